//! What else a site suits as it is: its other uses, each judged as one of many.

use std::cell::OnceCell;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    fact::Facts,
    model::RuleSet,
    outcome::{Answer, Possible},
};

/// Tables of a changed site, or of another use, have so many rows at most: many are judged.
const ROWS_OF_ONE: usize = 4_096;

/// The other uses that were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherUses {
    /// Those that the site suits as it is.
    pub uses: Vec<OtherUse>,
    /// Whether every way was looked at for each. Else so much is open for some that strong Kleene logic
    /// speaks, and uses that suit may be missing.
    pub whole: bool,
}

/// A use that a site suits as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherUse {
    /// The use, by its id in the set.
    pub of: String,
    /// `suits` or `suits_if`.
    pub answer: Answer,
}

/// A site as it is, with what is possible of it for each use: worked out where somebody asks, and once.
pub(super) struct AsItIs<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) facts: &'a Facts,
    pub(super) on: Date,
    possible: Vec<OnceCell<Option<Possible>>>,
}

impl<'a> AsItIs<'a> {
    pub(super) fn new(set: &'a RuleSet, facts: &'a Facts, on: Date) -> Self {
        Self { set, facts, on, possible: set.uses.iter().map(|_| OnceCell::new()).collect() }
    }

    /// What is possible of it for the use at a position; `None` where there is none.
    pub(super) fn possible(&self, use_at: usize) -> Option<&Possible> {
        let judge = || self.set.possible_of_one(use_at, self.facts, self.on);
        self.possible.get(use_at)?.get_or_init(judge).as_ref()
    }

    /// The other uses of the set that it suits.
    pub(super) fn other_uses(&self, use_at: usize) -> OtherUses {
        let mut found = OtherUses { uses: Vec::new(), whole: true };
        for at in (0..self.set.uses.len()).filter(|at| *at != use_at) {
            let Some(possible) = self.possible(at) else { continue };
            found.whole &= possible.exact;
            let answer = possible.answer();
            if answer.is_favourable() {
                found.uses.push(OtherUse { of: self.set.uses[at].id.clone(), answer });
            }
        }
        found
    }
}

impl RuleSet {
    /// What is possible of a site for one of its uses, as one of many that are looked at.
    pub(super) fn possible_of_one(
        &self,
        use_at: usize,
        facts: &Facts,
        on: Date,
    ) -> Option<Possible> {
        self.possible_within(use_at, facts, on, ROWS_OF_ONE)
    }
}
