//! The portal as pages, REST and commands see it: every record passes the policy here, and nowhere
//! else.

use std::{collections::BTreeMap, num::NonZero, sync::Arc, thread::available_parallelism};

use async_trait::async_trait;
use domain::{
    LandCode, Localized,
    audit::Withheld,
    base_map::{BaseFeature, Bounds},
    contact::Contact,
    dataset::{DataVersion, Epoch},
    lineage::Lineage,
    policy::Policies,
    profile::PublicProfile,
    record::Value,
    request::{ReceiptKey, RequestNumber},
    retention::Retentions,
    suitability::RuleSet,
    viewer::{Tier, Viewer},
};
use service_api::{
    Assessment, DeletedView, DossierView, Drawn, Example, Export, LabelReading, MapAround,
    NotShown, Portal, Reach, Refusal, RequestView, Search, SearchPage, Seen, SitesAsked,
    Unavailable, Visit,
};
use tokio::sync::Semaphore;

use crate::{
    admission::Admission,
    audit::AuditLog,
    disclosure::{Disclosed, PolicyGate, Shown, unavailable},
    follow::Follow,
    labels::{self, LabelKeys},
    near_misses,
    probing::Probing,
    search,
    suitability::{self, Closed, Looked, Rules},
};

/// How far around a place the map reaches: at least this many metres each way.
const MARGIN_M: f64 = 120.0;
/// Most looks at one place for one answer, when data are published again and again meanwhile.
const MOST_LOOKS: usize = 5;
/// Most base map features drawn around one place.
const BASE_LIMIT: usize = 600;

/// The portal over a store.
pub struct PortalService {
    gate: PolicyGate,
    receipts: ReceiptKey,
    departments: BTreeMap<String, Localized>,
    contacts: BTreeMap<String, Contact>,
    audit: Arc<dyn AuditLog>,
    admission: Admission,
    daily_places: u64,
    label_keys: Option<Arc<dyn LabelKeys>>,
    reach: Reach,
    retentions: Arc<Retentions>,
    examples: Vec<Example>,
    rules: Rules,
    /// Leave to judge sites: as many at once as there are cores.
    judging: Arc<Semaphore>,
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
            contacts: BTreeMap::new(),
            audit: audit.clone(),
            admission: Admission { probing, audit },
            daily_places,
            label_keys,
            reach,
            retentions: Arc::default(),
            examples: Vec::new(),
            rules: Rules::default(),
            judging: Arc::new(Semaphore::new(available_parallelism().map_or(1, NonZero::get))),
        }
    }

    /// Has it keep requests so long; unless told, as the catalogue says.
    #[must_use]
    pub fn keeping(self, retentions: Arc<Retentions>) -> Self {
        Self { retentions, ..self }
    }

    /// Has its home page offer these codes, where the data have them.
    #[must_use]
    pub fn offering(self, examples: Vec<Example>) -> Self {
        Self { examples, ..self }
    }

    /// Has it judge sites by these rules; unless told, it judges none.
    #[must_use]
    pub fn judging_by(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// The same portal, whose departments people reach so.
    #[must_use]
    pub fn with_contacts(self, contacts: BTreeMap<String, Contact>) -> Self {
        Self { contacts, ..self }
    }

    /// Says where its requests go; unless told, to departments.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// Hands it the keys of labels; without them it knows no label.
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
        (code, drawn): (&LandCode, Drawn),
        visit: &Visit,
    ) -> Result<Option<(Shown, Tier)>, Unavailable> {
        let Visit { viewer, epoch, .. } = visit;
        let tier = viewer.tier_for(code);
        let as_public = Viewer { subject: viewer.subject.clone(), ..Viewer::public() };
        let viewer = if tier == viewer.tier {
            viewer
        } else {
            // They see what everybody sees.
            self.audit.withheld(viewer, code, Withheld::Elsewhere, None).await;
            &as_public
        };
        match self.disclosed((code, drawn), viewer, *epoch).await? {
            Disclosed::Shown(shown) if tier == Tier::Public => Ok(Some((*shown, tier))),
            Disclosed::Shown(shown) => {
                let (fields, policy) = (shown.profile.fields(), shown.profile.policy.as_str());
                let places = (tier == Tier::Registered).then_some(self.daily_places);
                let written = self.audit.disclosed(viewer, code, fields, policy, places).await;
                if written.map_err(unavailable)? {
                    return Ok(Some((*shown, tier)));
                }
                self.audit.withheld(viewer, code, Withheld::DailyCap, None).await;
                match self.disclosed((code, drawn), &as_public, None).await? {
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

    /// What the policy makes of a place, with the map around it, all of one moment: where somebody
    /// has published since the data were `current`, it is looked up again. Where storage does not say
    /// whether, one look must do; what comes of it is not kept.
    async fn disclosed(
        &self,
        (code, drawn): (&LandCode, Drawn),
        viewer: &Viewer,
        current: Option<Epoch>,
    ) -> Result<Disclosed, Unavailable> {
        let mut begun = current.or_else(|| self.epoch());
        for _ in 0..MOST_LOOKS {
            let mut disclosed = match self.gate.disclosed(code, viewer).await? {
                Disclosed::Shown(shown) if drawn == Drawn::WithMap => {
                    Disclosed::Shown(self.with_map(shown).await?)
                }
                other => other,
            };
            let ended = self.epoch();
            if ended == begun {
                if let Disclosed::Shown(shown) = &mut disclosed {
                    shown.epoch = ended;
                }
                return Ok(disclosed);
            }
            begun = ended;
        }
        tracing::warn!("data are published faster than a place can be looked up");
        Err(Unavailable)
    }

    /// The same with the map around it, where it stands on one.
    async fn with_map(&self, mut shown: Box<Shown>) -> Result<Box<Shown>, Unavailable> {
        let Some(bounds) = bounds_around(&shown.profile) else { return Ok(shown) };
        let base = self.base_of(&shown.profile.version, bounds, BASE_LIMIT).await?;
        shown.map = Some(MapAround { bounds, base, extents: Vec::new() });
        // Of what has ended no restrictions are told.
        if shown.lineage.ended || !shown.profile.draws_restrictions() {
            return Ok(shown);
        }
        self.with_extents(shown).await
    }

    /// The same with where its restrictions lie in it, as far as the policy lets that be drawn. They
    /// are cut out of the ground of whole zones: that is no work for a thread which others wait for.
    async fn with_extents(&self, mut shown: Box<Shown>) -> Result<Box<Shown>, Unavailable> {
        let Shown { profile, .. } = &*shown;
        let (version, layers) = (&profile.version, profile.layers_drawn());
        let found = self.gate.store.found_features(version, &profile.code, &layers).await;
        let found = found.map_err(unavailable)?;
        let cut = move || {
            let extents = shown.profile.extents_of(&found);
            shown.map = shown.map.map(|map| MapAround { extents, ..map });
            shown
        };
        tokio::task::spawn_blocking(cut).await.map_err(|error| {
            tracing::error!(%error, "a place could not be drawn");
            Unavailable
        })
    }

    /// What of a place may be shown to a visit; `None` alike for every reason why nothing may.
    async fn place(
        &self,
        of: (&LandCode, Drawn),
        visit: &Visit,
    ) -> Result<Option<Seen>, Unavailable> {
        let found = self.disclosed_and_audited(of, visit).await?;
        Ok(found.map(|(shown, tier)| shown.seen(tier)))
    }

    /// What became of a place, if there is anything at it that may be shown.
    async fn became(&self, code: &LandCode, visit: &Visit) -> Result<Option<Lineage>, Unavailable> {
        if let Disclosed::Shown(shown) = self.gate.disclosed(code, &Viewer::public()).await? {
            return Ok(Some(shown.lineage));
        }
        let shown = self.disclosed_and_audited((code, Drawn::Not), visit).await?;
        Ok(shown.map(|(shown, _)| shown.lineage))
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
        visit: &Visit,
    ) -> Result<LabelReading, Unavailable> {
        let Some(keys) = &self.label_keys else { return Ok(LabelReading::NotIssued) };
        // Read each time: a key that is rotated or retired beside us counts at once.
        let ring = keys.read()?;
        let found = labels::find(&*self.gate.store, &ring, text, host).await;
        let Some(issued) = found.map_err(unavailable)? else { return Ok(LabelReading::NotIssued) };
        let Some(code) = labels::place_of(&issued) else {
            return Ok(labels::reading(issued, None, None));
        };
        let seen = self.place((&code, Drawn::WithMap), visit).await?;
        let place = seen.map(|seen| seen.place);
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
    fn epoch(&self) -> Option<Epoch> {
        self.gate.store.epoch().map_err(unavailable).ok()
    }

    async fn see(&self, visit: &Visit, of: (&LandCode, Drawn)) -> Result<Seen, Refusal> {
        let (code, _) = of;
        let near = near_misses::offered(&self.gate, code.as_str());
        self.admission.look(visit, code, self.place(of, visit), near).await
    }

    async fn let_at_hand(
        &self,
        visit: &Visit,
        code: &LandCode,
        is_still: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool, Refusal> {
        self.admission.at_hand(visit, code, is_still).await
    }

    async fn for_everybody(&self, of: (&LandCode, Drawn)) -> Result<Option<Seen>, Unavailable> {
        Ok(match self.disclosed(of, &Viewer::public(), None).await? {
            Disclosed::Shown(shown) => Some(shown.seen(Tier::Public)),
            Disclosed::NoRecord | Disclosed::Denied(_) => None,
        })
    }

    async fn knows(&self, visit: &Visit, code: &LandCode) -> Result<Lineage, Refusal> {
        let find = self.became(code, visit);
        self.admission
            .look(visit, code, find, near_misses::offered(&self.gate, code.as_str()))
            .await
    }

    async fn mistyped(&self, visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal> {
        let find = async { Ok(near_misses::offered(&self.gate, written).await) };
        self.admission.attempt(visit, find, |_| false).await
    }

    async fn search(&self, visit: &Visit, search: &Search) -> Result<SearchPage, Refusal> {
        let find = search::page(&self.gate, search);
        self.admission.list(visit, find, |page| page.hits.len()).await
    }

    fn rule_sets(&self) -> Vec<Arc<RuleSet>> {
        self.rules.in_force(self.gate.today())
    }

    async fn assess(&self, visit: &Visit, asked: &SitesAsked) -> Result<Assessment, Refusal> {
        let mut looked = Vec::new();
        for parcel in asked.parcels() {
            let seen = self.see(visit, (&LandCode::Parcel(*parcel), Drawn::Not)).await;
            let found = match seen {
                Ok(Seen { place, .. }) => {
                    let policy = self.gate.policy_of(&place.profile.version);
                    let closed = policy.map(|policy| Closed::to(policy, asked.rules(), place.tier));
                    Looked::At(Box::new(place), closed.unwrap_or_default())
                }
                Err(Refusal::Nothing { near }) => Looked::Nothing(near),
                Err(refusal) => return Err(refusal),
            };
            looked.push((*parcel, found));
        }
        let (asked, on) = (asked.clone(), self.gate.today());
        // It is never closed.
        let leave = self.judging.clone().acquire_owned().await;
        let judge = move || {
            // Held to the end, though whoever asked has gone.
            let _leave = leave;
            suitability::judged(&asked, on, looked)
        };
        tokio::task::spawn_blocking(judge).await.map_err(|error| {
            tracing::error!(%error, "sites could not be judged");
            Refusal::from(Unavailable)
        })
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
        self.follow().request(number).await
    }

    async fn dossier(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DossierView>, NotShown> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        self.follow().dossier(number).await
    }

    async fn export(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<Export>, NotShown> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        self.follow().export(number).await
    }

    async fn deleted(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DeletedView>, Unavailable> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        self.follow().deleted(number).await
    }

    fn retentions(&self) -> &Retentions {
        &self.retentions
    }

    async fn label(&self, visit: &Visit, text: &str, host: &str) -> Result<LabelReading, Refusal> {
        let find = self.reading(text, host, visit);
        self.admission.attempt(visit, find, |found| *found != LabelReading::NotIssued).await
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn contact(&self, department: &str) -> Option<&Contact> {
        self.contacts.get(department)
    }

    fn policies(&self) -> &Policies {
        &self.gate.policies
    }
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
