//! What the policy makes of a place: one look at the store, and one way from it to the answer.

use domain::{
    LandCode, ParcelCode,
    audit::Withheld,
    clock::china_date,
    dataset::DataVersion,
    lineage::Lineage,
    policy::{Disclosure, Field},
    profile::PublicProfile,
    record::LandRecord,
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use service_api::Unavailable;
use store::{Look, Question};

use super::{LivePortal, unavailable};
use crate::lineage;

/// What of a place may be shown, without its map.
pub(super) struct Shown {
    pub(super) profile: PublicProfile,
    pub(super) lineage: Lineage,
    pub(super) only_history: bool,
}

/// What the policy made of a place.
enum Judged {
    /// It may be shown, as far as this.
    Shown(Box<Shown>),
    /// No record came: no data set has it, or one of them classifies it. Nor has it a history that
    /// may be told.
    NoRecord,
    /// The policy of that name shows nothing of it.
    Denied(String),
}

impl LivePortal {
    /// What the policy lets out of a place, without its map: one look, and one way from it to the
    /// answer, whatever there is (rule P5).
    async fn judged(&self, code: &LandCode, viewer: &Viewer) -> Result<Judged, Unavailable> {
        let versions = self.store.versions().await.map_err(unavailable)?;
        let tier = viewer.tier_for(&LandCode::Parcel(code.parcel()));
        let question = Question {
            code: *code,
            today: self.today(),
            told: self.telling(&versions, tier),
            public: self.telling(&versions, Tier::Public),
        };
        let look = self.store.look(&question).await.map_err(unavailable)?;
        Ok(self.judge(look, &question, viewer, &versions))
    }

    fn judge(
        &self,
        look: Look,
        question: &Question,
        viewer: &Viewer,
        versions: &[DataVersion],
    ) -> Judged {
        let Question { code, today, .. } = question;
        let Look { record, only_history, withheld_by, ties } = look;
        let Some(mut record) = record else {
            let by = withheld_by.and_then(|id| versions.iter().find(|v| v.dataset.id == id));
            return by.map_or(Judged::NoRecord, |version| self.denied(version));
        };
        let Some(policy) = self.policy_of(&record.version) else {
            return self.denied(&record.version);
        };
        let ended = lineage::without_unit_if_ended(&mut record, *today);
        let asked = code.unit().filter(|_| !ended);
        if asked.is_some() {
            if !policy.tells_units(viewer.tier_for(code)) {
                // Whether there is such a unit decides nothing.
                record.unit = None;
            } else if record.unit.is_none() {
                return Judged::NoRecord;
            }
        }
        match policy.disclose(&record, asked.as_ref(), viewer, *today) {
            None => self.denied(&record.version),
            Some(mut profile) => {
                let lineage = lineage::of(&mut profile, &ties, *today, |dataset| {
                    let version = versions.iter().find(|version| version.dataset.id == dataset);
                    version.and_then(|version| self.policies.governing(&version.dataset))
                });
                let only_history = only_history && lineage.ended;
                Judged::Shown(Box::new(Shown { profile, lineage, only_history }))
            }
        }
    }

    fn denied(&self, version: &DataVersion) -> Judged {
        // Not by `policy_of`: a line in the log would be work that other kinds of no have not.
        Judged::Denied(match self.policies.governing(&version.dataset) {
            Some(policy) => format!("{}@{}", policy.id, policy.version),
            None => version.dataset.policy.clone(),
        })
    }

    /// The data sets whose places may be told of to a tier.
    pub(super) fn telling(&self, versions: &[DataVersion], tier: Tier) -> Vec<String> {
        let tells = |version: &&DataVersion| {
            let policy = self.policies.governing(&version.dataset);
            policy.is_some_and(|policy| policy.cell(Field::ParcelCode, tier) == Disclosure::Show)
        };
        versions.iter().filter(tells).map(|version| version.dataset.id.clone()).collect()
    }

    fn today(&self) -> Date {
        china_date(self.clock.now())
    }

    /// The same, with everything that must be written down about the look (rule P9).
    pub(super) async fn disclosed(
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
        match self.judged(code, viewer).await? {
            Judged::Shown(shown) if tier == Tier::Public => Ok(Some((*shown, tier))),
            Judged::Shown(shown) => {
                let (fields, policy) = (shown.profile.fields(), shown.profile.policy.as_str());
                let places = (tier == Tier::Registered).then_some(self.daily_places);
                let written = self.audit.disclosed(viewer, code, fields, policy, places).await;
                if written.map_err(unavailable)? {
                    return Ok(Some((*shown, tier)));
                }
                self.audit.withheld(viewer, code, Withheld::DailyCap, None).await;
                match self.judged(code, &as_public).await? {
                    Judged::Shown(shown) => Ok(Some((*shown, Tier::Public))),
                    Judged::NoRecord | Judged::Denied(_) => Ok(None),
                }
            }
            Judged::NoRecord => {
                self.audit.withheld(viewer, code, Withheld::Unknown, None).await;
                Ok(None)
            }
            Judged::Denied(policy) => {
                self.audit.withheld(viewer, code, Withheld::Policy, Some(policy)).await;
                Ok(None)
            }
        }
    }

    /// Whether everybody may know of a place. Not a look: nothing is written down.
    pub(crate) async fn is_public(&self, code: &LandCode) -> Result<bool, Unavailable> {
        Ok(matches!(self.judged(code, &Viewer::public()).await?, Judged::Shown(_)))
    }

    /// Whether a place is registered and everybody may know of its parcel: for whoever makes labels.
    /// For nobody who asks from outside: what it says of a home is not public (row 2).
    pub(crate) async fn is_registered(&self, code: &LandCode) -> Result<bool, Unavailable> {
        let record = self.public_record(code).await?;
        Ok(record.is_some_and(|record| code.unit().is_none() || record.unit.is_some()))
    }

    /// The record of a place whose parcel everybody may know of; without its unit if it has ended.
    pub(super) async fn public_record(
        &self,
        code: &LandCode,
    ) -> Result<Option<LandRecord>, Unavailable> {
        let versions = self.store.versions().await.map_err(unavailable)?;
        let public = self.telling(&versions, Tier::Public);
        let question = Question { code: *code, today: self.today(), told: public.clone(), public };
        let mut record = self.store.look(&question).await.map_err(unavailable)?.record;
        if let Some(record) = &mut record {
            lineage::without_unit_if_ended(record, question.today);
        }
        Ok(record)
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
