//! What the policy makes of a place: one look at the store, and one way from it to the answer.

use std::sync::Arc;

use domain::{
    Clock, LandCode, ParcelCode,
    clock::china_date,
    dataset::{DataVersion, Epoch},
    lineage::Lineage,
    policy::{Disclosure, Field, Policies, Policy},
    profile::PublicProfile,
    record::LandRecord,
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use service_api::{MapAround, Place, Seen, Unavailable};
use store::{Look, Question, Snapshot, Store, StoreError};

use crate::{
    elsewhere, history,
    shelving::{KnownShelves, VersionShelves},
};

/// The finest grid that a policy may have, m (rule M3).
const FINEST_M: f64 = 25.0;

/// What of a place may be shown.
pub(crate) struct Shown {
    pub(crate) profile: PublicProfile,
    pub(crate) lineage: Lineage,
    pub(crate) only_history: bool,
    /// None until somebody draws it.
    pub(crate) map: Option<MapAround>,
    /// Of which data all this is; none until it was seen that nobody published meanwhile.
    pub(crate) epoch: Option<Epoch>,
}

impl Shown {
    /// What a viewer of a tier is handed.
    pub(crate) fn seen(self, tier: Tier) -> Seen {
        let Self { profile, lineage, only_history, map, epoch } = self;
        Seen { place: Place { profile, map, lineage, only_history, tier, as_of: None }, epoch }
    }
}

/// What the policy made of a place.
pub(crate) enum Disclosed {
    /// It may be shown, as far as this.
    Shown(Box<Shown>),
    /// No record came: no data set has it, or one of them classifies it. Nor has it a history that
    /// may be told.
    NoRecord,
    /// The policy of that name shows nothing of it.
    Denied(String),
}

/// What lets records out: the policies over a store, by the day.
#[derive(Clone)]
pub struct PolicyGate {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) policies: Arc<Policies>,
    pub(crate) clock: Arc<dyn Clock>,
    shelves: Arc<KnownShelves>,
}

impl std::fmt::Debug for PolicyGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyGate").finish_non_exhaustive()
    }
}

impl PolicyGate {
    /// A gate of these policies.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, policies: Policies, clock: Arc<dyn Clock>) -> Self {
        Self { store, policies: Arc::new(policies), clock, shelves: Arc::default() }
    }

    /// What the policy lets out of a place, without its map: one look, and one way from it to the
    /// answer, whatever there is (rule P5).
    pub(crate) async fn disclosed(
        &self,
        code: &LandCode,
        viewer: &Viewer,
    ) -> Result<Disclosed, Unavailable> {
        let (gate, code, viewer) = (self.clone(), *code, viewer.clone());
        let disclosed =
            store::read(&*self.store, move |moment| gate.disclosed_at(moment, &code, &viewer));
        disclosed.await.map_err(unavailable)
    }

    /// What each current version has to give out as a whole, asked first of its moment.
    pub(crate) fn shelves(&self, moment: &dyn Snapshot) -> Result<Arc<VersionShelves>, StoreError> {
        let epoch = self.store.epoch().ok();
        if let Some(known) = epoch.and_then(|epoch| self.shelves.of(epoch)) {
            return Ok(known);
        }
        let versions = moment.versions()?.into_iter();
        let found: Result<VersionShelves, StoreError> = versions
            .map(|version| moment.shelves(&version).map(|shelves| (version, shelves)))
            .collect();
        let found = Arc::new(found?);
        // What was read while somebody published may be of the data before.
        if let Some(epoch) = epoch.filter(|of| self.store.epoch().is_ok_and(|now| now == *of)) {
            self.shelves.note(epoch, found.clone());
        }
        Ok(found)
    }

    /// The same of the data of one moment.
    pub(crate) fn disclosed_at(
        &self,
        moment: &dyn Snapshot,
        code: &LandCode,
        viewer: &Viewer,
    ) -> Result<Disclosed, StoreError> {
        self.disclosed_among(moment, &moment.versions()?, (code, viewer))
    }

    /// The same where the data versions of the moment have been looked up.
    pub(crate) fn disclosed_among(
        &self,
        moment: &dyn Snapshot,
        versions: &[DataVersion],
        (code, viewer): (&LandCode, &Viewer),
    ) -> Result<Disclosed, StoreError> {
        let question = self.question(versions, (code, viewer));
        let look = moment.look(&question)?;
        // Only where there are others.
        let others = |own: &str| question.public.iter().any(|id| id != own);
        let record = look.record.as_ref().filter(|it| others(&it.version.dataset.id));
        let place =
            record.map(|it| (it.version.dataset.id.clone(), elsewhere::near(&it.parcel.outline)));
        let mut disclosed = self.evaluate(look, &question, viewer, versions);
        if let (Disclosed::Shown(shown), Some((own, bounds))) = (&mut disclosed, place) {
            let around =
                elsewhere::around(moment, &|it| self.policy_of(it), &own, bounds, question.today)?;
            shown.profile.restrictions.elsewhere = around;
        }
        Ok(disclosed)
    }

    /// The same without what other data sets say of what is around: all that a register says.
    pub(crate) fn registered_among(
        &self,
        moment: &dyn Snapshot,
        versions: &[DataVersion],
        (code, viewer): (&LandCode, &Viewer),
    ) -> Result<Disclosed, StoreError> {
        let question = self.question(versions, (code, viewer));
        let look = moment.look(&question)?;
        Ok(self.evaluate(look, &question, viewer, versions))
    }

    fn question(&self, versions: &[DataVersion], (code, viewer): (&LandCode, &Viewer)) -> Question {
        let tier = viewer.tier_for(&LandCode::Parcel(code.parcel()));
        Question {
            code: *code,
            today: self.today(),
            told: self.telling(versions, tier),
            public: self.telling(versions, Tier::Public),
        }
    }

    pub(crate) fn policy_of(&self, version: &DataVersion) -> Option<&Policy> {
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

    fn evaluate(
        &self,
        look: Look,
        question: &Question,
        viewer: &Viewer,
        versions: &[DataVersion],
    ) -> Disclosed {
        let Question { code, today, .. } = question;
        let Look { record, only_history, withheld_by, ties } = look;
        let Some(mut record) = record else {
            let by = withheld_by.and_then(|id| versions.iter().find(|v| v.dataset.id == id));
            return by.map_or(Disclosed::NoRecord, |version| self.denied(version));
        };
        let Some(policy) = self.policy_of(&record.version) else {
            return self.denied(&record.version);
        };
        let ended = history::without_unit_if_ended(&mut record, *today);
        let asked = code.unit().filter(|_| !ended);
        if asked.is_some() {
            if !policy.tells_units(viewer.tier_for(code)) {
                // Whether there is such a unit decides nothing.
                record.unit = None;
            } else if record.unit.is_none() {
                return Disclosed::NoRecord;
            }
        }
        match policy.disclose(&record, asked.as_ref(), viewer, *today) {
            None => self.denied(&record.version),
            Some(mut profile) => {
                let lineage = history::lineage(&mut profile, &ties, *today, |dataset| {
                    let version = versions.iter().find(|version| version.dataset.id == dataset);
                    version.and_then(|version| self.policies.governing(&version.dataset))
                });
                let only_history = only_history && lineage.ended;
                let shown = Shown { profile, lineage, only_history, map: None, epoch: None };
                Disclosed::Shown(Box::new(shown))
            }
        }
    }

    fn denied(&self, version: &DataVersion) -> Disclosed {
        // Not by `policy_of`: a line in the log would be work that other kinds of no have not.
        Disclosed::Denied(match self.policies.governing(&version.dataset) {
            Some(policy) => format!("{}@{}", policy.id, policy.version),
            None => version.dataset.policy.clone(),
        })
    }

    /// The data sets whose places may be told of to a tier.
    pub(crate) fn telling(&self, versions: &[DataVersion], tier: Tier) -> Vec<String> {
        let tells = |version: &&DataVersion| {
            let policy = self.policies.governing(&version.dataset);
            policy.is_some_and(|policy| policy.cell(Field::ParcelCode, tier) == Disclosure::Show)
        };
        versions.iter().filter(tells).map(|version| version.dataset.id.clone()).collect()
    }

    /// The widest grid of the policies of these data sets, m.
    pub(crate) fn coarsest_m(&self, versions: &[DataVersion], datasets: &[String]) -> f64 {
        let named = versions.iter().filter(|version| datasets.contains(&version.dataset.id));
        let policies = named.filter_map(|version| self.policies.governing(&version.dataset));
        policies.map(|policy| policy.grid_m).fold(FINEST_M, f64::max)
    }

    /// The day in China.
    pub(crate) fn today(&self) -> Date {
        china_date(self.clock.now())
    }

    /// Whether a place is one of the demonstration that everybody may know of. Not a look: nothing is
    /// written down.
    pub(crate) async fn is_public_demonstration(
        &self,
        code: &LandCode,
    ) -> Result<bool, Unavailable> {
        let disclosed = self.disclosed(code, &Viewer::public()).await?;
        let Disclosed::Shown(shown) = disclosed else { return Ok(false) };
        Ok(shown.profile.version.dataset.demonstration)
    }

    /// Whether a place is registered and everybody may know of its parcel: for whoever makes labels.
    /// For nobody who asks from outside: what it says of a home is not public (row 2).
    ///
    /// # Errors
    /// [`Unavailable`] when storage does not answer.
    pub(crate) async fn is_registered(&self, code: &LandCode) -> Result<bool, Unavailable> {
        let record = self.public_record(code).await?;
        Ok(record.is_some_and(|record| code.unit().is_none() || record.unit.is_some()))
    }

    /// The record of a place whose parcel everybody may know of; without its unit if it has ended.
    pub(crate) async fn public_record(
        &self,
        code: &LandCode,
    ) -> Result<Option<LandRecord>, Unavailable> {
        let (gate, code) = (self.clone(), *code);
        let record = store::read(&*self.store, move |moment| {
            let public = gate.telling(&moment.versions()?, Tier::Public);
            let question = Question { code, today: gate.today(), told: public.clone(), public };
            let mut record = moment.look(&question)?.record;
            if let Some(record) = &mut record {
                history::without_unit_if_ended(record, question.today);
            }
            Ok(record)
        });
        record.await.map_err(unavailable)
    }

    /// Those of the parcels whose records everybody may know of.
    pub(crate) async fn public_among(
        &self,
        parcels: &[ParcelCode],
    ) -> Result<Vec<ParcelCode>, Unavailable> {
        let versions = self.store.versions().await.map_err(unavailable)?;
        let public = self.telling(&versions, Tier::Public);
        self.store.recorded(parcels, &public).await.map_err(unavailable)
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
