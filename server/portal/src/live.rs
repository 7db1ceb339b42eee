//! The store as pages and REST see it: every record passes the policy here, and nowhere else.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use app::portal::{
    DepartmentProgress, Example, LabelReading, MapAround, Place, Portal, Reach, RequestView,
    Search, SearchHit, Standing, Told, Unavailable,
};
use async_trait::async_trait;
use domain::{
    Clock, LandCode, Localized,
    audit::Withheld,
    base_map::{BaseFeature, Bounds},
    clock::china_date,
    dataset::DataVersion,
    policy::{Policies, Policy},
    profile::PublicProfile,
    record::LandRecord,
    request::{ReceiptKey, RequestNumber},
    viewer::{Tier, Viewer},
};
use store::{DeliveryAct, DeliveryState, DeliveryStatus, SearchQuery, Store, StoreError};

use crate::{audit::Auditor, label_keys, labels, lineage, near};

/// How far around a place the map reaches: at least this many metres each way.
const MARGIN_M: f64 = 120.0;
/// Most base map features drawn around one place.
const BASE_LIMIT: usize = 600;

/// The portal over a store.
pub struct LivePortal {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    receipts: ReceiptKey,
    policies: Policies,
    departments: BTreeMap<String, Localized>,
    audit: Auditor,
    daily_places: u64,
    label_keys: Option<PathBuf>,
    reach: Reach,
}

impl std::fmt::Debug for LivePortal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LivePortal").finish_non_exhaustive()
    }
}

impl LivePortal {
    /// A portal over a store, under these policies.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        receipts: ReceiptKey,
        departments: BTreeMap<String, Localized>,
        policies: Policies,
        audit: Auditor,
        daily_places: u64,
    ) -> Self {
        let (label_keys, reach) = (None, Reach::Department);
        Self {
            store,
            clock,
            receipts,
            policies,
            departments,
            audit,
            daily_places,
            label_keys,
            reach,
        }
    }

    /// The same portal, whose requests go there.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The same portal with the label keys of a data folder; without them it knows no label.
    #[must_use]
    pub fn with_label_keys(self, folder: PathBuf) -> Self {
        Self { label_keys: Some(folder), ..self }
    }

    fn policy_of(&self, version: &DataVersion) -> Option<&Policy> {
        let found = self.policies.governing(&version.dataset);
        if found.is_none() {
            tracing::error!(
                dataset.id = version.dataset.id,
                policy.id = version.dataset.policy,
                "a data set names a policy that does not exist; nothing of it is shown"
            );
        }
        found
    }
}

/// What the policy made of a place.
enum Judged {
    /// It may be shown, as far as this.
    Shown(Box<PublicProfile>),
    /// No record came: no data set has it, or one of them classifies it. Nor has it a history that
    /// may be told.
    NoRecord,
    /// The policy of that name shows nothing of it.
    Denied(String),
}

impl LivePortal {
    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// What the policy lets out of a place, without its map.
    async fn judged(&self, code: &LandCode, viewer: &Viewer) -> Result<Judged, Unavailable> {
        let record = match self.store.record(code).await.map_err(unavailable)? {
            Some(record) => Some(record),
            None => lineage::former(self, code.parcel()).await?,
        };
        Ok(record.map_or(Judged::NoRecord, |record| self.judge(record, code, viewer)))
    }

    fn judge(&self, mut record: LandRecord, code: &LandCode, viewer: &Viewer) -> Judged {
        let today = china_date(self.clock.now());
        let ended = lineage::without_unit_if_ended(&mut record, today);
        let asked = code.unit().filter(|_| !ended);
        // A unit that does not exist is not told from one that may not be seen.
        if asked.is_some() && record.unit.is_none() {
            return Judged::NoRecord;
        }
        let Some(policy) = self.policy_of(&record.version) else {
            return Judged::Denied(record.version.dataset.policy);
        };
        let denied = || Judged::Denied(format!("{}@{}", policy.id, policy.version));
        let profile = policy.disclose(&record, asked.as_ref(), viewer, today);
        profile.map_or_else(denied, |profile| Judged::Shown(Box::new(profile)))
    }

    /// The same, with everything that must be written down about the look (rule P9).
    async fn disclosed(
        &self,
        code: &LandCode,
        viewer: &Viewer,
    ) -> Result<Option<(PublicProfile, Tier)>, Unavailable> {
        let tier = viewer.tier_for(code);
        let as_public = Viewer { subject: viewer.subject.clone(), ..Viewer::public() };
        let viewer = if tier == viewer.tier {
            viewer
        } else {
            // They see what everybody sees.
            self.audit.withheld(viewer, code, Some(Withheld::Elsewhere), None).await;
            &as_public
        };
        match self.judged(code, viewer).await? {
            Judged::Shown(profile) if tier == Tier::Public => Ok(Some((*profile, tier))),
            Judged::Shown(profile) => {
                let (fields, policy) = (profile.fields(), profile.policy.as_str());
                let places = (tier == Tier::Registered).then_some(self.daily_places);
                let written = self.audit.disclosed(viewer, code, fields, policy, places).await;
                if written.map_err(unavailable)? {
                    return Ok(Some((*profile, tier)));
                }
                self.audit.withheld(viewer, code, Some(Withheld::DailyCap), None).await;
                match self.judged(code, &as_public).await? {
                    Judged::Shown(profile) => Ok(Some((*profile, Tier::Public))),
                    Judged::NoRecord | Judged::Denied(_) => Ok(None),
                }
            }
            Judged::NoRecord => {
                self.audit.withheld(viewer, code, None, None).await;
                Ok(None)
            }
            Judged::Denied(policy) => {
                self.audit.withheld(viewer, code, Some(Withheld::Policy), Some(policy)).await;
                Ok(None)
            }
        }
    }

    /// The base map of a data set, if its policy shows one.
    async fn base_of(
        &self,
        version: &DataVersion,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        let dataset = &version.dataset;
        let shown = self.policy_of(version).filter(|policy| policy.shows_base_map(dataset));
        let Some(policy) = shown else { return Ok(Vec::new()) };
        let map = self.store.base_map(&dataset.id, bounds, limit).await.map_err(unavailable)?;
        Ok(policy.coarse_enough(map.features, map.grid_m))
    }

    /// How a delivery stands, in terms of what is known and what will happen.
    fn standing(&self, delivery: &DeliveryStatus) -> Standing {
        let now = self.clock.now();
        // One that is overdue is being sent, as far as anybody knows.
        let next = delivery.next_attempt_at.filter(|next| *next > now);
        match delivery.state {
            DeliveryState::Pending | DeliveryState::Ambiguous
                if !self.departments.contains_key(&delivery.department) =>
            {
                Standing::NotConnected
            }
            DeliveryState::Pending => Standing::Waiting { attempts: delivery.attempts, next },
            DeliveryState::Ambiguous => Standing::InDoubt { next },
            DeliveryState::Delivered => Standing::Delivered,
            // Only what is stuck is taken up, so this stands as long as it is the last entry: any
            // other ends the being stuck, or begins it anew.
            DeliveryState::Stuck => match delivery.last_act {
                Some((DeliveryAct::TakenOver, since)) => Standing::WithStaff { since },
                _ => Standing::Stuck,
            },
            DeliveryState::Settled => Standing::Settled,
            DeliveryState::Redirected => Standing::Redirected,
        }
    }

    /// Whether everybody may know of a place. Not a look: nothing is written down.
    pub(crate) async fn is_public(&self, code: &LandCode) -> Result<bool, Unavailable> {
        Ok(matches!(self.judged(code, &Viewer::public()).await?, Judged::Shown(_)))
    }

    /// The same of a place by its record alone.
    pub(crate) async fn has_public_record(&self, code: &LandCode) -> Result<bool, Unavailable> {
        let record = self.store.record(code).await.map_err(unavailable)?;
        Ok(record.is_some_and(|record| self.lets_out(record, code)))
    }

    /// Whether the policy lets everybody know of the place of a record.
    pub(crate) fn lets_out(&self, record: LandRecord, code: &LandCode) -> bool {
        matches!(self.judge(record, code, &Viewer::public()), Judged::Shown(_))
    }
}

/// Notes a storage failure once, here, and tells the visitor only that there was one.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn unavailable(error: StoreError) -> Unavailable {
    if matches!(error, StoreError::Interrupted) {
        // Its time was up, or its visitor had gone: nothing is wrong with storage.
        tracing::debug!("a look-up was ended before it had an answer");
    } else {
        tracing::error!(error = %error, "storage did not answer");
    }
    Unavailable
}

#[async_trait]
impl Portal for LivePortal {
    async fn place(&self, code: &LandCode, viewer: &Viewer) -> Result<Option<Place>, Unavailable> {
        let Some((mut profile, tier)) = self.disclosed(code, viewer).await? else {
            return Ok(None);
        };
        let lineage = lineage::of(self, &mut profile).await?;
        let map = match bounds_around(&profile) {
            None => None,
            Some(bounds) => {
                let base = self.base_of(&profile.version, bounds, BASE_LIMIT).await?;
                Some(MapAround { bounds, base })
            }
        };
        let only_history = lineage::is_all_there_is(self, &lineage, &profile.code).await?;
        Ok(Some(Place { profile, map, lineage, only_history, tier }))
    }

    async fn shows(&self, code: &LandCode, viewer: &Viewer) -> Result<bool, Unavailable> {
        if self.is_public(code).await? {
            return Ok(true);
        }
        Ok(self.disclosed(code, viewer).await?.is_some())
    }

    async fn search(&self, search: &Search, told: &Told) -> Result<Vec<SearchHit>, Unavailable> {
        let Search { text, bounds, limit } = search.clone();
        let query = SearchQuery { text, bounds, limit };
        let hits = self.store.search(&query).await.map_err(unavailable)?;
        let versions = self.store.versions().await.map_err(unavailable)?;
        let hits: Vec<SearchHit> = hits
            .into_iter()
            .filter_map(|hit| {
                let version = versions.iter().find(|v| v.dataset.id == hit.dataset)?;
                let shown = Listed::of(self.policy_of(version)?);
                shown.code.then(|| SearchHit {
                    code: hit.code,
                    local_id: hit.local_id.filter(|_| shown.local_id),
                    location: hit.location.filter(|_| shown.location),
                    point: shown.point.then(|| domain::generalise::to_three_decimals(hit.centre)),
                    dataset: version.dataset.title.clone(),
                    data_version: version.label(),
                })
            })
            .collect();
        told.add(hits.len());
        Ok(hits)
    }

    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        let versions = self.store.versions().await.map_err(unavailable)?;
        match versions.iter().find(|version| version.dataset.id == dataset) {
            Some(version) => self.base_of(version, bounds, limit).await,
            None => Ok(Vec::new()),
        }
    }

    async fn near_misses(&self, written: &str) -> Result<Vec<LandCode>, Unavailable> {
        near::offered(self, written).await
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable> {
        self.store.versions().await.map_err(unavailable)
    }

    async fn examples(&self) -> Result<Vec<Example>, Unavailable> {
        let mut examples = Vec::new();
        for (code, title) in intake::demo::examples() {
            // Only what the loaded data really have.
            if self.is_public(&code).await? {
                examples.push(Example { code, title });
            }
        }
        Ok(examples)
    }

    async fn request(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<RequestView>, Unavailable> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        let Some(request) = self.store.request(number).await.map_err(unavailable)? else {
            // Only we can make its secret, and we made it when the request was on disk.
            tracing::error!(
                request.number = %number,
                "A receipt is genuine and its request is not in the database: lost or deleted"
            );
            return Ok(None);
        };
        let deliveries = self.store.deliveries_of(number).await.map_err(unavailable)?;
        let reference = request.reference().map(str::to_owned);
        let reference = reference.or(deliveries.iter().find_map(|each| each.reference.clone()));
        let departments = deliveries
            .into_iter()
            .map(|delivery| DepartmentProgress {
                standing: self.standing(&delivery),
                department: self
                    .departments
                    .get(&delivery.department)
                    .cloned()
                    .unwrap_or_else(|| Localized::same(delivery.department)),
                reference: delivery.reference.filter(|own| Some(own) != reference.as_ref()),
            })
            .collect();
        Ok(Some(RequestView {
            number: request.number.clone(),
            item: request.submission.item.clone(),
            code: request.submission.code,
            submitted_at: request.submitted_at,
            state: request.state(),
            reference,
            events: request.events,
            departments,
        }))
    }

    async fn label(
        &self,
        text: &str,
        host: &str,
        viewer: &Viewer,
    ) -> Result<LabelReading, Unavailable> {
        let Some(folder) = &self.label_keys else { return Ok(LabelReading::NotIssued) };
        // Read each time: a key that is rotated or retired beside us counts at once.
        let ring = label_keys::read(folder).map_err(|error| {
            tracing::error!(error = %error, "the label keys cannot be used");
            Unavailable
        })?;
        match labels::find(&*self.store, &ring, text, host).await.map_err(unavailable)? {
            None => Ok(LabelReading::NotIssued),
            Some(issued) => labels::reading(self, issued, viewer).await,
        }
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn policies(&self) -> &Policies {
        &self.policies
    }
}

/// Which fields of a list entry a policy shows to everybody.
struct Listed {
    code: bool,
    local_id: bool,
    location: bool,
    point: bool,
}

impl Listed {
    fn of(policy: &Policy) -> Self {
        use domain::policy::{Disclosure, Field};
        let shown = |field| policy.cell(field, Tier::Public) == Disclosure::Show;
        Self {
            code: shown(Field::ParcelCode),
            local_id: shown(Field::LocalId),
            location: shown(Field::Location),
            point: !policy.cell(Field::Centroid, Tier::Public).is_closed(),
        }
    }
}

/// The box of a place's map: twice its own size, and never less than the margin around it.
#[must_use]
pub fn bounds_around(profile: &PublicProfile) -> Option<Bounds> {
    use geo::BoundingRect;
    let (min, max) = match (&profile.outline, profile.centroid) {
        (Some(outline), _) => {
            let rect = outline.outline.bounding_rect()?;
            (rect.min(), rect.max())
        }
        (None, Some((x, y))) => (geo::coord! { x: x, y: y }, geo::coord! { x: x, y: y }),
        (None, None) => return None,
    };
    let north_m = 111_320.0;
    let east_m = north_m * min.y.to_radians().cos().max(0.01);
    let grow_x = ((max.x - min.x) * 0.5).max(MARGIN_M / east_m);
    let grow_y = ((max.y - min.y) * 0.5).max(MARGIN_M / north_m);
    Some(Bounds {
        west: min.x - grow_x,
        south: min.y - grow_y,
        east: max.x + grow_x,
        north: max.y + grow_y,
    })
}
