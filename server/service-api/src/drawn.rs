//! Whether ground that somebody draws suits a use: what is asked, and what is answered.

use std::sync::Arc;

use domain::{
    outline::Outline,
    profile::Precision,
    suitability::{Answer, Facts, RuleSet, Use, Verdict},
};
use jiff::civil::Date;

use crate::sites::Judged;

/// A question about an outline: one use, by the rules of one set.
#[derive(Clone, Debug)]
pub struct OutlineAsked {
    rules: Arc<RuleSet>,
    use_at: usize,
    outline: Outline,
    answers: Facts,
}

impl OutlineAsked {
    /// The use at that position of the rules, on this ground; `None` for a use that they do not have.
    /// `answers` are what the rules ask the applicant ([`RuleSet::answered`]).
    #[must_use]
    pub fn new(
        rules: Arc<RuleSet>,
        use_at: usize,
        outline: Outline,
        answers: Facts,
    ) -> Option<Self> {
        (use_at < rules.uses.len()).then_some(Self { rules, use_at, outline, answers })
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

    /// The ground.
    #[must_use]
    pub const fn outline(&self) -> &Outline {
        &self.outline
    }

    /// What the applicant answered.
    #[must_use]
    pub const fn answers(&self) -> &Facts {
        &self.answers
    }
}

/// What can be said of an outline. It is information, and decides nothing (rule Z3).
#[derive(Clone, Debug)]
pub struct OutlineAssessment {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// The position of the use in them.
    pub use_at: usize,
    /// The day it is said, in China.
    pub on: Date,
    /// The ground.
    pub outline: Outline,
    /// What is said of it.
    pub told: ToldOfOutline,
}

impl OutlineAssessment {
    /// The use.
    #[must_use]
    pub fn of(&self) -> &Use {
        &self.rules.uses[self.use_at]
    }
}

/// What is said of an outline.
#[derive(Clone, Debug)]
pub enum ToldOfOutline {
    /// It was judged.
    Judged(Box<JudgedOutline>),
    /// The rules are not for land there.
    OtherRules,
    /// No data of this portal reach all of it.
    NoData,
    /// So little ground is not judged there.
    TooSmall {
        /// So much is, m².
        least_m2: f64,
    },
}

/// An outline that was judged, by what of its ground everybody may know and nothing else.
#[derive(Clone, Debug)]
pub struct JudgedOutline {
    /// As of any site; nothing is said of a location.
    pub judged: Judged,
    /// How exactly layers were looked at: as they are, or in classes over a grid.
    pub precision: Precision,
    /// Where its edge lies beyond what is shown of parcels on a grid, and no farther than they may reach: how far that
    /// is at most, m. By what is shown alone; where their edges lie it does not say.
    pub beyond_m: Option<f64>,
    /// Of what does not suit: its largest piece that is not refused, where that may be told.
    pub largest: Option<LargestPart>,
    /// Where its ground is several pieces that lie apart: each by itself, in the order of the outline. None of one
    /// piece, nor of more than [`MOST_APART`].
    pub apart: Vec<PieceApart>,
}

/// Pieces of ground of one outline that are judged one by one at most: each is a look of its own.
pub const MOST_APART: usize = 6;

/// One of several pieces of ground of an outline.
#[derive(Clone, Debug)]
pub struct PieceApart {
    /// It.
    pub outline: Outline,
    /// What can be said of it; none where it alone is not judged: so little ground is not, or the visitor has asked
    /// too often.
    pub verdict: Option<Verdict>,
}

/// A piece of an outline that was judged again.
#[derive(Clone, Debug)]
pub struct LargestPart {
    /// The piece.
    pub outline: Outline,
    /// What can be said of it.
    pub answer: Answer,
}
