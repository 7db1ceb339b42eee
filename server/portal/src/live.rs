//! The store as pages and REST see it: every record passes the policy here, and nowhere else.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use app::portal::{
    DeletedBecause, DeletedView, DepartmentProgress, DossierView, Example, Keeping, LabelReading,
    MapAround, Place, Portal, Reach, RequestView, Search, SearchHit, Standing, Told, Unavailable,
};
use async_trait::async_trait;
use domain::{
    Clock, LandCode, Localized,
    base_map::{BaseFeature, Bounds},
    dataset::DataVersion,
    policy::{Listed, Policies, Policy},
    profile::PublicProfile,
    record::Value,
    request::{MessageKind, ReceiptKey, Request, RequestNumber, Submission},
    retention::Retentions,
    service::Answers,
    viewer::Viewer,
};
use store::{
    DeletionCause, DeliveryAct, DeliveryState, DeliveryStatus, SearchQuery, Searched, Store,
    StoreError,
};

use self::judged::Shown;
use crate::{audit::Auditor, label_keys, labels, near, rights};

mod judged;

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
    retentions: Arc<Retentions>,
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
            retentions: Arc::default(),
        }
    }

    /// The same portal, that keeps requests so long; as the catalogue says unless told.
    #[must_use]
    pub fn keeping(self, retentions: Arc<Retentions>) -> Self {
        Self { retentions, ..self }
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
            DeliveryState::Withdrawn => Standing::TakenBack,
        }
    }

    /// A request as its applicant sees it.
    async fn seen_by_applicant(&self, request: &Request) -> Result<RequestView, Unavailable> {
        let deliveries = self.store.deliveries_of(&request.number).await.map_err(unavailable)?;
        let is_first = |each: &&DeliveryStatus| each.kind == MessageKind::Submitted;
        let reference = request.reference().map(str::to_owned);
        let reference = reference
            .or_else(|| deliveries.iter().filter(is_first).find_map(|each| each.reference.clone()));
        let keeping = self.keeping_of(request, &deliveries);
        let departments = deliveries
            .into_iter()
            .map(|delivery| DepartmentProgress {
                standing: self.standing(&delivery),
                kind: delivery.kind,
                confirmed_at: delivery.delivered_at,
                department: self
                    .departments
                    .get(&delivery.department)
                    .cloned()
                    .unwrap_or_else(|| Localized::same(delivery.department)),
                reference: delivery
                    .reference
                    .filter(|own| Some(own) != reference.as_ref())
                    .filter(|_| delivery.kind == MessageKind::Submitted),
            })
            .collect();
        Ok(RequestView {
            number: request.number.clone(),
            item: request.submission.item.clone(),
            code: request.submission.code,
            submitted_at: request.submitted_at,
            state: request.state(),
            reference,
            events: request.events.clone(),
            departments,
            keeping,
        })
    }

    fn keeping_of(&self, request: &Request, deliveries: &[DeliveryStatus]) -> Keeping {
        let Some(ended) = request.ended_at() else { return Keeping::Open };
        if deliveries.iter().any(|each| DeliveryState::UNDELIVERED.contains(&each.state)) {
            return Keeping::OnItsWay;
        }
        let item = &request.submission.item;
        let reached = deliveries.iter().any(|each| each.reached);
        let now = self.clock.now();
        match rights::forbidden(&self.retentions, item, ended, now).filter(|_| reached) {
            Some((law, until)) => Keeping::ByLaw { law: law.clone(), until },
            None => Keeping::Until(self.retentions.of(item).map(|period| period.until(ended))),
        }
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
        let Some((shown, tier)) = self.disclosed(code, viewer).await? else {
            return Ok(None);
        };
        let Shown { profile, lineage, only_history } = shown;
        let map = match bounds_around(&profile) {
            None => None,
            Some(bounds) => {
                let base = self.base_of(&profile.version, bounds, BASE_LIMIT).await?;
                Some(MapAround { bounds, base })
            }
        };
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
        let versions = self.store.versions().await.map_err(unavailable)?;
        let datasets = versions
            .iter()
            .filter_map(|version| searched(self.policy_of(version)?, &version.dataset.id))
            .collect();
        let query = SearchQuery { text, bounds, limit, datasets };
        let hits = self.store.search(&query).await.map_err(unavailable)?;
        let hits: Vec<SearchHit> = hits
            .into_iter()
            .filter_map(|hit| {
                let version = versions.iter().find(|v| v.dataset.id == hit.dataset)?;
                Some(SearchHit {
                    code: hit.code,
                    local_id: hit.local_id,
                    location: hit.location,
                    point: hit.centre.map(domain::generalise::to_three_decimals),
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

    async fn building(&self, code: &LandCode) -> Result<Option<Value>, Unavailable> {
        let Some(record) = self.public_record(code).await? else { return Ok(None) };
        let policy = self.policy_of(&record.version);
        Ok(policy.zip(record.unit.as_ref()).and_then(|(policy, unit)| policy.building_of(unit)))
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
        match self.store.request(number).await.map_err(unavailable)? {
            Some(request) => self.seen_by_applicant(&request).await.map(Some),
            None => Ok(None),
        }
    }

    async fn dossier(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DossierView>, Unavailable> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        let Some(dossier) = self.store.dossier(number).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let all = |submission: Submission| -> Answers {
            submission.applicant.into_iter().chain(submission.answers).collect()
        };
        let request = self.seen_by_applicant(&dossier.request).await?;
        let data_version = dossier.request.submission.data_version.clone();
        let (answers, first) = (all(dossier.request.submission), all(dossier.first));
        let first = (first != answers).then_some(first);
        Ok(Some(DossierView { request, data_version, answers, first }))
    }

    async fn deleted(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DeletedView>, Unavailable> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        let entry = rights::deletion_of(&*self.store, number).await.map_err(unavailable)?;
        Ok(entry.map(|entry| DeletedView {
            number: entry.number,
            item: entry.item,
            day: entry.day,
            cause: match entry.cause {
                DeletionCause::Retention => DeletedBecause::TimeOver,
                DeletionCause::Applicant => DeletedBecause::Applicant,
                DeletionCause::Operator => DeletedBecause::Operator,
            },
        }))
    }

    fn retentions(&self) -> &Retentions {
        &self.retentions
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

/// What of a data set everybody may search: what a list shows to everybody. `None` where it shows
/// no codes.
fn searched(policy: &Policy, dataset: &str) -> Option<Searched> {
    let Listed { local_id, location, point } = policy.listed()?;
    Some(Searched { dataset: dataset.to_owned(), local_id, location, point })
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
