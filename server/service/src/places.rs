//! The portal as pages, REST and commands see it: every record passes the policy here, and nowhere
//! else.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    LandCode, Localized,
    audit::Withheld,
    base_map::{BaseFeature, Bounds},
    dataset::DataVersion,
    extent::PublicExtent,
    policy::{Listed, Policies, Policy},
    profile::PublicProfile,
    record::Value,
    request::{ReceiptKey, RequestNumber, Submission},
    retention::Retentions,
    service::Answers,
    viewer::{Tier, Viewer},
};
use service_api::{
    DeletedBecause, DeletedView, DossierView, Example, LabelReading, MapAround, NotShown, Place,
    Portal, Reach, Refusal, RequestView, Search, SearchHit, Unavailable, Visit,
};
use store::{DeletionCause, SearchQuery, Searched};

use crate::{
    admission::Admission,
    audit::AuditLog,
    disclosure::{Disclosed, PolicyGate, Shown, unavailable},
    follow::{Follow, not_shown},
    labels::{self, LabelKeys},
    near_misses,
    probing::Probing,
    rights,
};

/// How far around a place the map reaches: at least this many metres each way.
const MARGIN_M: f64 = 120.0;
/// Most base map features drawn around one place.
const BASE_LIMIT: usize = 600;

/// The portal over a store.
pub struct PortalService {
    gate: PolicyGate,
    receipts: ReceiptKey,
    departments: BTreeMap<String, Localized>,
    audit: Arc<dyn AuditLog>,
    admission: Admission,
    daily_places: u64,
    label_keys: Option<Arc<dyn LabelKeys>>,
    reach: Reach,
    retentions: Arc<Retentions>,
    examples: Vec<Example>,
}

impl std::fmt::Debug for PortalService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalService").finish_non_exhaustive()
    }
}

impl PortalService {
    /// A portal over a store, under these policies.
    #[must_use]
    pub fn new(
        gate: PolicyGate,
        receipts: ReceiptKey,
        departments: BTreeMap<String, Localized>,
        audit: Arc<dyn AuditLog>,
        probing: Arc<Probing>,
        daily_places: u64,
    ) -> Self {
        let (label_keys, reach) = (None, Reach::Department);
        Self {
            gate,
            receipts,
            departments,
            audit: audit.clone(),
            admission: Admission { probing, audit },
            daily_places,
            label_keys,
            reach,
            retentions: Arc::default(),
            examples: Vec::new(),
        }
    }

    /// The same portal, that keeps requests so long; as the catalogue says unless told.
    #[must_use]
    pub fn keeping(self, retentions: Arc<Retentions>) -> Self {
        Self { retentions, ..self }
    }

    /// The same portal, whose home page offers these codes, where the data have them.
    #[must_use]
    pub fn offering(self, examples: Vec<Example>) -> Self {
        Self { examples, ..self }
    }

    /// The same portal, whose requests go there.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The same portal with these label keys; without them it knows no label.
    #[must_use]
    pub fn with_label_keys(self, keys: Arc<dyn LabelKeys>) -> Self {
        Self { label_keys: Some(keys), ..self }
    }

    fn follow(&self) -> Follow<'_> {
        let Self { gate, departments, retentions, .. } = self;
        Follow { store: &*gate.store, clock: &*gate.clock, departments, retentions }
    }

    /// What the policy lets out of a place, with everything written down that must be about the look
    /// (rule P9).
    pub(crate) async fn disclosed_and_audited(
        &self,
        code: &LandCode,
        viewer: &Viewer,
    ) -> Result<Option<(Shown, Tier)>, Unavailable> {
        let tier = viewer.tier_for(code);
        let as_public = Viewer { subject: viewer.subject.clone(), ..Viewer::public() };
        let viewer = if tier == viewer.tier {
            viewer
        } else {
            // They see what everybody sees.
            self.audit.withheld(viewer, code, Withheld::Elsewhere, None).await;
            &as_public
        };
        match self.gate.disclosed(code, viewer).await? {
            Disclosed::Shown(shown) if tier == Tier::Public => Ok(Some((*shown, tier))),
            Disclosed::Shown(shown) => {
                let (fields, policy) = (shown.profile.fields(), shown.profile.policy.as_str());
                let places = (tier == Tier::Registered).then_some(self.daily_places);
                let written = self.audit.disclosed(viewer, code, fields, policy, places).await;
                if written.map_err(unavailable)? {
                    return Ok(Some((*shown, tier)));
                }
                self.audit.withheld(viewer, code, Withheld::DailyCap, None).await;
                match self.gate.disclosed(code, &as_public).await? {
                    Disclosed::Shown(shown) => Ok(Some((*shown, Tier::Public))),
                    Disclosed::NoRecord | Disclosed::Denied(_) => Ok(None),
                }
            }
            Disclosed::NoRecord => {
                self.audit.withheld(viewer, code, Withheld::Unknown, None).await;
                Ok(None)
            }
            Disclosed::Denied(policy) => {
                self.audit.withheld(viewer, code, Withheld::Policy, Some(policy)).await;
                Ok(None)
            }
        }
    }

    /// What of a place may be shown to a viewer; `None` alike for every reason why nothing may.
    async fn place(&self, code: &LandCode, viewer: &Viewer) -> Result<Option<Place>, Unavailable> {
        let Some((shown, tier)) = self.disclosed_and_audited(code, viewer).await? else {
            return Ok(None);
        };
        let Shown { profile, lineage, only_history } = shown;
        let map = match bounds_around(&profile) {
            None => None,
            Some(bounds) => {
                let base = self.base_of(&profile.version, bounds, BASE_LIMIT).await?;
                let extents = self.extents_of(&profile).await?;
                Some(MapAround { bounds, base, extents })
            }
        };
        Ok(Some(Place { profile, map, lineage, only_history, tier }))
    }

    /// Where in a place its restrictions lie, as far as the policy lets that be drawn.
    async fn extents_of(&self, profile: &PublicProfile) -> Result<Vec<PublicExtent>, Unavailable> {
        if !profile.draws_restrictions() {
            return Ok(Vec::new());
        }
        let (version, layers) = (&profile.version, profile.layers_drawn());
        let found = self.gate.store.found_features(version, &profile.code, &layers).await;
        Ok(profile.extents_of(&found.map_err(unavailable)?))
    }

    /// Whether there is anything at a place that may be shown.
    async fn shows(&self, code: &LandCode, viewer: &Viewer) -> Result<bool, Unavailable> {
        if self.gate.is_visible_to_public(code).await? {
            return Ok(true);
        }
        Ok(self.disclosed_and_audited(code, viewer).await?.is_some())
    }

    async fn found(&self, search: &Search) -> Result<Vec<SearchHit>, Unavailable> {
        let Search { text, bounds, limit } = search.clone();
        let versions = self.gate.store.versions().await.map_err(unavailable)?;
        let datasets = versions
            .iter()
            .filter_map(|version| searched(self.gate.policy_of(version)?, &version.dataset.id))
            .collect();
        let query = SearchQuery { text, bounds, limit, datasets };
        let hits = self.gate.store.search(&query).await.map_err(unavailable)?;
        Ok(hits
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
            .collect())
    }

    /// Where a home stands, down to the building, for whoever holds its own label; `None` where
    /// that may not be told or is not known. Not by its code: whether there is such a home is not
    /// for everybody (row 2).
    async fn building(&self, code: &LandCode) -> Result<Option<Value>, Unavailable> {
        let Some(record) = self.gate.public_record(code).await? else { return Ok(None) };
        let policy = self.gate.policy_of(&record.version);
        Ok(policy.zip(record.unit.as_ref()).and_then(|(policy, unit)| policy.building_of(unit)))
    }

    async fn reading(
        &self,
        text: &str,
        host: &str,
        viewer: &Viewer,
    ) -> Result<LabelReading, Unavailable> {
        let Some(keys) = &self.label_keys else { return Ok(LabelReading::NotIssued) };
        // Read each time: a key that is rotated or retired beside us counts at once.
        let ring = keys.read()?;
        let found = labels::find(&*self.gate.store, &ring, text, host).await;
        let Some(issued) = found.map_err(unavailable)? else { return Ok(LabelReading::NotIssued) };
        let Some(code) = labels::place_of(&issued) else {
            return Ok(labels::reading(issued, None, None));
        };
        let place = self.place(&code, viewer).await?;
        let building = match labels::home_of(&issued) {
            Some(home) => self.building(&LandCode::Unit(home)).await?,
            None => None,
        };
        Ok(labels::reading(issued, place, building))
    }

    /// The base map of a data set, if its policy shows one.
    async fn base_of(
        &self,
        version: &DataVersion,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        let dataset = &version.dataset;
        let shown = self.gate.policy_of(version).filter(|policy| policy.shows_base_map(dataset));
        let Some(policy) = shown else { return Ok(Vec::new()) };
        let map =
            self.gate.store.base_map(&dataset.id, bounds, limit).await.map_err(unavailable)?;
        Ok(policy.coarse_enough(map.features, map.grid_m))
    }
}

#[async_trait]
impl Portal for PortalService {
    async fn look(&self, visit: &Visit, code: &LandCode) -> Result<Place, Refusal> {
        let find = self.place(code, &visit.viewer);
        self.admission
            .look(visit, code, find, near_misses::offered(&self.gate, code.as_str()))
            .await
    }

    async fn knows(&self, visit: &Visit, code: &LandCode) -> Result<(), Refusal> {
        let find = async { Ok(self.shows(code, &visit.viewer).await?.then_some(())) };
        self.admission
            .look(visit, code, find, near_misses::offered(&self.gate, code.as_str()))
            .await
    }

    async fn mistyped(&self, visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal> {
        let find = async { Ok(near_misses::offered(&self.gate, written).await) };
        self.admission.attempt(visit, find, |_| false).await
    }

    async fn search(&self, visit: &Visit, search: &Search) -> Result<Vec<SearchHit>, Refusal> {
        self.admission.list(visit, self.found(search)).await
    }

    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        let versions = self.gate.store.versions().await.map_err(unavailable)?;
        match versions.iter().find(|version| version.dataset.id == dataset) {
            Some(version) => self.base_of(version, bounds, limit).await,
            None => Ok(Vec::new()),
        }
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable> {
        self.gate.store.versions().await.map_err(unavailable)
    }

    async fn examples(&self) -> Result<Vec<Example>, Unavailable> {
        let mut examples = Vec::new();
        for example in &self.examples {
            // Only what the loaded data really have.
            if self.gate.is_visible_to_public(&example.code).await? {
                examples.push(example.clone());
            }
        }
        Ok(examples)
    }

    async fn request(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<RequestView>, NotShown> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        match self.gate.store.request(number).await.map_err(not_shown)? {
            Some(request) => self.follow().seen_by_applicant(&request).await.map(Some),
            None => Ok(None),
        }
    }

    async fn dossier(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DossierView>, NotShown> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        let Some(dossier) = self.gate.store.dossier(number).await.map_err(not_shown)? else {
            return Ok(None);
        };
        let all = |submission: Submission| -> Answers {
            submission.applicant.into_iter().chain(submission.answers).collect()
        };
        let request = self.follow().seen_by_applicant(&dossier.request).await?;
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
        let entry = rights::deletion_of(&*self.gate.store, number).await.map_err(unavailable)?;
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

    async fn label(&self, visit: &Visit, text: &str, host: &str) -> Result<LabelReading, Refusal> {
        let find = self.reading(text, host, &visit.viewer);
        self.admission.attempt(visit, find, |found| *found != LabelReading::NotIssued).await
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn policies(&self) -> &Policies {
        &self.gate.policies
    }
}

/// What of a data set everybody may search: what a list shows to everybody. `None` where it shows
/// no codes.
fn searched(policy: &Policy, dataset: &str) -> Option<Searched> {
    let Listed { local_id, location, point } = policy.listed()?;
    Some(Searched { dataset: dataset.to_owned(), local_id, location, point })
}

/// The box of a place's map: twice its own size, and never less than the margin around it.
fn bounds_around(profile: &PublicProfile) -> Option<Bounds> {
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
