//! Whether sites suit a use: what is asked, and what is answered.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    LandCode,
    code::ParcelCode,
    dataset::DataVersion,
    lineage::Lineage,
    profile::PublicOutline,
    record::Value,
    suitability::{self, Changes, Facts, MOST_SITES, OtherUses, RuleSet, Scored, Use, Verdict},
};
use jiff::civil::Date;

/// More sites than are judged at once, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name 1 to {MOST_SITES} sites")]
pub struct NotSoMany;

/// A question about sites: one use, by the rules of one set.
#[derive(Clone, Debug)]
pub struct SitesAsked {
    rules: Arc<RuleSet>,
    use_at: usize,
    parcels: Vec<ParcelCode>,
    answers: Facts,
}

impl SitesAsked {
    /// The use at that position of the rules, at the parcels of these codes: a home is judged by the
    /// ground it stands on. A parcel that is named twice is judged once. `answers` are what the rules ask
    /// the applicant ([`RuleSet::answered`]).
    ///
    /// # Errors
    /// [`NotSoMany`].
    pub fn new(
        rules: Arc<RuleSet>,
        use_at: usize,
        codes: &[LandCode],
        answers: Facts,
    ) -> Result<Self, NotSoMany> {
        let mut seen = BTreeSet::new();
        let parcels = codes.iter().map(LandCode::parcel);
        let parcels: Vec<ParcelCode> = parcels.filter(|parcel| seen.insert(*parcel)).collect();
        if use_at < rules.uses.len() && (1..=MOST_SITES).contains(&parcels.len()) {
            Ok(Self { rules, use_at, parcels, answers })
        } else {
            Err(NotSoMany)
        }
    }

    /// The rules.
    #[must_use]
    pub const fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// The position of the use in them.
    #[must_use]
    pub const fn use_at(&self) -> usize {
        self.use_at
    }

    /// The parcels, each once.
    #[must_use]
    pub fn parcels(&self) -> &[ParcelCode] {
        &self.parcels
    }

    /// What the applicant answered.
    #[must_use]
    pub const fn answers(&self) -> &Facts {
        &self.answers
    }
}

/// What can be said of the sites. It is information, and decides nothing (rule Z3).
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// The position of the use in them.
    pub use_at: usize,
    /// The day it is said, in China.
    pub on: Date,
    /// Each site, in the order in which they were named.
    pub sites: Vec<Site>,
}

impl Assessment {
    /// The use.
    #[must_use]
    pub fn of(&self) -> &Use {
        &self.rules.uses[self.use_at]
    }
}

/// One of the sites.
#[derive(Clone, Debug)]
pub struct Site {
    /// The parcel.
    pub parcel: ParcelCode,
    /// What is said of it.
    pub told: Told,
}

/// What is said of a site.
#[derive(Clone, Debug)]
pub enum Told {
    /// It was judged.
    Judged(Box<Judged>),
    /// The rules are not for land there.
    OtherRules,
    /// The code has ended: nothing is judged by what was.
    Ended(Lineage),
    /// Nothing is there that may be shown; alike for every reason (rule P5).
    Nothing {
        /// Parcels that the code may have been meant as.
        near: Vec<LandCode>,
    },
}

/// A site that was judged, by what of it the visitor may see and nothing else.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Where it lies, as far as it may be said.
    pub location: Option<Value>,
    /// Its middle, longitude and latitude, as exactly as its own page shows it.
    pub centroid: Option<(f64, f64)>,
    /// Its outline, as its own page shows it; where several stand beside each other on a map.
    pub outline: Option<PublicOutline>,
    /// The data that it was judged by.
    pub version: DataVersion,
    /// The policy that decided what of them could be looked at, `id@version`.
    pub policy: String,
    /// What the rules were told of it, with what the applicant answered; without what offices said to a request.
    pub facts: Facts,
    /// The verdict.
    pub verdict: Verdict,
    /// What would have to be different; tried where it does not suit and stands alone.
    pub changes: Option<Changes>,
    /// The other uses that it suits; where it stands alone.
    pub other_uses: Option<OtherUses>,
    /// Its scores, if the rules have some for the use.
    pub scored: Option<Scored>,
    /// How it stands among the others that are not refused; positions are those in [`Assessment::sites`]. None of
    /// one that is.
    pub among: Option<suitability::Place>,
}

impl Judged {
    /// Whether a hard rule stands in the way, whatever else is known: such a site is compared with no other.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.verdict.answer == suitability::Answer::DoesNot
    }
}
