//! The portal as pages, REST and commands see it: every record passes the policy here, and nowhere
//! else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread::available_parallelism,
};

use async_trait::async_trait;
use domain::{
    LandCode, Localized, ParcelCode,
    audit::Withheld,
    base_map::{BaseFeature, Bounds},
    contact::Contact,
    dataset::{DataVersion, Epoch},
    figures::{Figures, Window},
    lineage::Lineage,
    policy::Policies,
    record::Value,
    request::{ReceiptKey, RequestNumber},
    retention::Retentions,
    service::ServiceItem,
    signed_verdict::{Issuer, SignedVerdict},
    signing::{PublishedKeys, Signer},
    suitability::RuleSet,
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use service_api::{
    Assessment, DeletedView, DossierView, Drawn, Example, Export, ItemOf, Items, ItemsAsked,
    LabelReading, ListedCollection, NotShown, NoticeLink, NoticeView, Opened, OutlineAsked,
    OutlineAssessment, Portal, Reach, Redecision, Refusal, RequestView, Search, SearchPage, Seen,
    SiteSearch, SitesAsked, SitesWanted, TileAsked, TileDrawn, TileLayer, Unavailable,
    VerdictReading, Visit,
    former::{AsOf, PlaceChanges},
};
use tokio::sync::Semaphore;

use crate::{
    admission::Admission,
    audit::AuditLog,
    collections::KnownBounds,
    disclosure::{Disclosed, PolicyGate, Shown, unavailable},
    figures::DailyFigures,
    follow::Follow,
    labels::{self, LabelKeys},
    map_around, near_misses, notices,
    probing::Probing,
    search,
    suitability::{self, Closed, Looked, Rules, search::SiteSearching, verdicts},
    tiles::Tiles,
};

mod former;
mod given_out;
mod pieces;
mod point;
mod redeciding;

/// Most looks at one place for one answer, when data are published again and again meanwhile.
const MOST_LOOKS: usize = 5;

/// The portal over a store.
pub struct PortalService {
    gate: PolicyGate,
    receipts: ReceiptKey,
    departments: BTreeMap<String, Localized>,
    collecting: BTreeSet<String>,
    contacts: BTreeMap<String, Contact>,
    audit: Arc<dyn AuditLog>,
    admission: Admission,
    daily_places: u64,
    label_keys: Option<Arc<dyn LabelKeys>>,
    reach: Reach,
    retentions: Arc<Retentions>,
    examples: Vec<Example>,
    rules: Rules,
    signer: Option<Arc<dyn Signer>>,
    /// Leave to judge sites: half as many at once as there are cores.
    judging: Arc<Semaphore>,
    /// The same for outlines, which take longer: codes do not wait behind them.
    judging_outlines: Arc<Semaphore>,
    site_search: Option<Arc<SiteSearching>>,
    sends_notices: bool,
    figures: DailyFigures,
    known_bounds: Arc<KnownBounds>,
    tiles: Arc<Tiles>,
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
            collecting: BTreeSet::new(),
            contacts: BTreeMap::new(),
            audit: audit.clone(),
            admission: Admission { probing, audit },
            daily_places,
            label_keys,
            reach,
            retentions: Arc::default(),
            examples: Vec::new(),
            rules: Rules::default(),
            signer: None,
            // Whoever has many sites judged leaves the other half to whoever looks at one place.
            judging: Arc::new(Semaphore::new(
                available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)),
            )),
            judging_outlines: Arc::new(Semaphore::new(
                available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1)),
            )),
            site_search: None,
            sends_notices: false,
            figures: DailyFigures::default(),
            known_bounds: Arc::default(),
            tiles: Arc::default(),
        }
    }

    /// Has applicants told that these departments collect what is for them.
    #[must_use]
    pub fn collected_by(self, collecting: BTreeSet<String>) -> Self {
        Self { collecting, ..self }
    }

    /// Has it keep requests so long; unless told, as the catalogue says.
    #[must_use]
    pub fn keeping(self, retentions: Arc<Retentions>) -> Self {
        Self { retentions, ..self }
    }

    /// Has its home page offer these codes of the demonstration, where its data are loaded.
    #[must_use]
    pub fn offering(self, examples: Vec<Example>) -> Self {
        Self { examples, ..self }
    }

    /// Has it judge sites by these rules; unless told, it judges none.
    #[must_use]
    pub fn judging_by(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Has it search all sites that everybody may be listed, by the rules it judges by: what it searches is
    /// put together by whoever runs [`SiteSearching::keep`] beside it.
    #[must_use]
    pub fn searching_sites(self) -> Self {
        let search = SiteSearching::new(self.gate.clone(), self.rules.clone());
        Self { site_search: Some(Arc::new(search)), ..self }
    }

    /// What it searches sites by, if it does.
    #[must_use]
    pub fn site_search(&self) -> Option<Arc<SiteSearching>> {
        self.site_search.clone()
    }

    /// Has it sign verdicts; unless told, it signs none.
    #[must_use]
    pub fn signing_with(self, signer: Arc<dyn Signer>) -> Self {
        Self { signer: Some(signer), ..self }
    }

    fn signs(&self) -> Result<&dyn Signer, Unavailable> {
        self.signer.as_deref().ok_or(Unavailable)
    }

    /// Has people reach its departments so.
    #[must_use]
    pub fn with_contacts(self, contacts: BTreeMap<String, Contact>) -> Self {
        Self { contacts, ..self }
    }

    /// Says where its requests go; unless told, to departments.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// Has it tell applicants by e-mail that something happened: somebody has to send it.
    #[must_use]
    pub fn sending_notices(self, sends_notices: bool) -> Self {
        Self { sends_notices, ..self }
    }

    /// Hands it the keys of labels; without them it knows no label.
    #[must_use]
    pub fn with_label_keys(self, keys: Arc<dyn LabelKeys>) -> Self {
        Self { label_keys: Some(keys), ..self }
    }

    fn follow(&self) -> Follow<'_> {
        let Self { gate, departments, collecting, retentions, sends_notices, receipts, .. } = self;
        let (store, clock, sends_notices) = (&*gate.store, &*gate.clock, *sends_notices);
        Follow { store, clock, departments, collecting, retentions, sends_notices, receipts }
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
            let (gate, code, viewer) = (self.gate.clone(), *code, viewer.clone());
            let read = store::read(&*self.gate.store, move |moment| {
                match gate.disclosed_at(moment, &code, &viewer)? {
                    Disclosed::Shown(shown) if drawn == Drawn::WithMap => {
                        Ok(Disclosed::Shown(map_around::with_map(&gate, moment, shown)?))
                    }
                    other => Ok(other),
                }
            });
            let mut disclosed = read.await.map_err(unavailable)?;
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
}

#[async_trait]
impl Portal for PortalService {
    fn epoch(&self) -> Option<Epoch> {
        self.gate.store.epoch().map_err(unavailable).ok()
    }

    async fn see(&self, visit: &Visit, of: (&LandCode, Drawn)) -> Result<Seen, Refusal> {
        let (code, _) = of;
        let near = near_misses::offered(&self.gate, code);
        self.admission.look(visit, code, self.place(of, visit), near).await
    }

    async fn see_as_of(&self, visit: &Visit, code: &LandCode, day: Date) -> Result<AsOf, Refusal> {
        self.seen_as_of(visit, code, day).await
    }

    async fn changes_at(&self, visit: &Visit, code: &LandCode) -> Result<PlaceChanges, Refusal> {
        self.told_of_changes(visit, code).await
    }

    async fn let_at_hand(
        &self,
        visit: &Visit,
        code: &LandCode,
        is_still: &(dyn Fn() -> bool + Sync),
    ) -> bool {
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
        self.admission.look(visit, code, find, near_misses::offered(&self.gate, code)).await
    }

    async fn at_point(&self, visit: &Visit, point: (f64, f64)) -> Result<Vec<ParcelCode>, Refusal> {
        self.admission.attempt(visit, self.under(point), |found| !found.is_empty()).await
    }

    async fn mistyped(&self, visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal> {
        let find = async { Ok(near_misses::offered_for_text(&self.gate, written).await) };
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

    async fn search_sites(
        &self,
        visit: &Visit,
        wanted: &SitesWanted,
    ) -> Result<SiteSearch, Refusal> {
        let Some(search) = &self.site_search else { return Ok(SiteSearch::NotOffered) };
        self.admission.list(visit, search.find(wanted), SiteSearch::named).await
    }

    fn signed(
        &self,
        told: &Assessment,
        issuer: &Issuer,
    ) -> Result<Vec<Option<SignedVerdict>>, Unavailable> {
        verdicts::signed(told, (&[], None), issuer, self.gate.clock.now(), self.signs()?)
    }

    fn signed_outline(
        &self,
        told: &OutlineAssessment,
        issuer: &Issuer,
    ) -> Result<Option<SignedVerdict>, Unavailable> {
        verdicts::signed_outline(told, issuer, self.gate.clock.now(), self.signs()?)
    }

    async fn signed_redecision(
        &self,
        opened: &Opened,
        issuer: &Issuer,
    ) -> Result<Option<SignedVerdict>, NotShown> {
        let Some((again, words)) = self.redecide(opened).await? else { return Ok(None) };
        let Some(told) = again.told.as_ref().filter(|_| !words.is_empty()) else { return Ok(None) };
        let (now, signer) = (self.gate.clock.now(), self.signs()?);
        let with = (&words[..], again.outline.as_ref());
        let mut files = verdicts::signed(told, with, issuer, now, signer)?;
        Ok(files.pop().flatten())
    }

    fn signer(&self) -> Option<&dyn Signer> {
        self.signer.as_deref()
    }

    fn signing_keys(&self) -> Result<PublishedKeys, Unavailable> {
        self.signs()?.published().or(Err(Unavailable))
    }

    async fn verdict(&self, visit: &Visit, file: &[u8]) -> Result<VerdictReading, Refusal> {
        let keys = self.signing_keys()?;
        let by = (&self.rules, &self.judging);
        verdicts::read(self, by, (&keys, self.signs()?), visit, file).await
    }

    async fn assess_outline(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal> {
        self.outline_and_pieces(visit, asked).await
    }

    async fn base_map(
        &self,
        dataset: Option<&str>,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        let (gate, dataset) = (self.gate.clone(), dataset.map(str::to_owned));
        let read = store::read(&*self.gate.store, move |moment| {
            let is_asked =
                |version: &DataVersion| dataset.as_ref().is_none_or(|id| *id == version.dataset.id);
            let versions: Vec<_> = moment.versions()?.into_iter().filter(is_asked).collect();
            // None crowds out the roads and waters of its neighbour.
            let each = limit / versions.len().max(1);
            let mut features = Vec::new();
            for version in versions {
                features.extend(map_around::base_of(&gate, moment, &version, (bounds, each))?);
            }
            Ok(features)
        });
        read.await.map_err(unavailable)
    }

    async fn collections(&self) -> Result<Vec<ListedCollection>, Unavailable> {
        self.given_collections().await
    }

    async fn items(
        &self,
        collection: &str,
        asked: &ItemsAsked,
    ) -> Result<Option<Items>, Unavailable> {
        self.given_items(collection, asked).await
    }

    async fn item(&self, visit: &Visit, of: (&str, &str)) -> Result<ItemOf, Refusal> {
        self.given_item(visit, of).await
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable> {
        self.gate.store.versions().await.map_err(unavailable)
    }

    async fn tile_layers(&self) -> Result<Vec<TileLayer>, Unavailable> {
        self.tiles.layers(&self.gate).await
    }

    async fn tile(&self, asked: &TileAsked) -> Result<TileDrawn, Unavailable> {
        self.tiles.drawn(&self.gate, asked).await
    }

    async fn examples(&self) -> Result<Vec<Example>, Unavailable> {
        let mut examples = Vec::new();
        for example in &self.examples {
            // Real land may have the same code, and what is told here is the demonstration's.
            if self.gate.is_public_demonstration(&example.code).await? {
                examples.push(example.clone());
            }
        }
        Ok(examples)
    }

    fn open(&self, number: &RequestNumber, secret: &str) -> Option<Opened> {
        Opened::by(&self.receipts, number, secret)
    }

    async fn request(&self, opened: &Opened) -> Result<Option<RequestView>, NotShown> {
        self.follow().request(opened).await
    }

    async fn dossier(&self, opened: &Opened) -> Result<Option<DossierView>, NotShown> {
        self.follow().dossier(opened).await
    }

    async fn redecided(&self, opened: &Opened) -> Result<Option<Redecision>, NotShown> {
        Ok(self.redecide(opened).await?.map(|(again, _)| again))
    }

    async fn export(&self, opened: &Opened) -> Result<Option<Export>, NotShown> {
        self.follow().export(opened).await
    }

    async fn deleted(&self, opened: &Opened) -> Result<Option<DeletedView>, Unavailable> {
        self.follow().deleted(opened).await
    }

    async fn notices_by(
        &self,
        number: &RequestNumber,
        link: (NoticeLink, &str),
    ) -> Result<Option<NoticeView>, Unavailable> {
        let found = notices::found_by(&*self.gate.store, &self.receipts, number, link).await;
        Ok(found.map_err(unavailable)?.map(|notice| notices::shown(Some(&notice))))
    }

    async fn figures(&self, window: Window) -> Result<Arc<Figures>, Unavailable> {
        self.figures.of(&*self.gate.store, &*self.gate.clock, window).await
    }

    fn sends_notices(&self) -> bool {
        self.sends_notices
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

    fn offers(&self, item: &ServiceItem) -> bool {
        self.departments.is_empty() || self.departments.contains_key(&item.department)
    }

    fn office(&self, id: &str) -> Option<&Localized> {
        self.departments.get(id)
    }

    fn contact(&self, department: &str) -> Option<&Contact> {
        self.contacts.get(department)
    }

    fn policies(&self) -> &Policies {
        &self.gate.policies
    }
}
