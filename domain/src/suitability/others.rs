//! What else a site suits as it is: its other uses, each judged as one of many.

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

impl RuleSet {
    /// The other uses of the set that the site suits as it is.
    #[must_use]
    pub fn other_uses(&self, use_at: usize, facts: &Facts, on: Date) -> OtherUses {
        let mut found = OtherUses { uses: Vec::new(), whole: true };
        for at in (0..self.uses.len()).filter(|at| *at != use_at) {
            let Some(possible) = self.possible_of_one(at, facts, on) else { continue };
            found.whole &= possible.exact;
            let answer = possible.answer();
            if answer.is_favourable() {
                found.uses.push(OtherUse { of: self.uses[at].id.clone(), answer });
            }
        }
        found
    }

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
