//! What may be said of a site in the end.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a site is for a use once everything is known. Worse ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing stands in the way.
    Suits,
    /// Something must be obtained first.
    SuitsIf,
    /// A hard rule stands in the way.
    DoesNot,
}

impl Outcome {
    /// All, the best first.
    pub const ALL: [Self; 3] = [Self::Suits, Self::SuitsIf, Self::DoesNot];

    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }

    pub(super) const fn of(hard: bool, condition: bool) -> Self {
        match (hard, condition) {
            (true, _) => Self::DoesNot,
            (false, true) => Self::SuitsIf,
            (false, false) => Self::Suits,
        }
    }
}

/// What can be said today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It suits.
    Suits,
    /// It suits if what must be obtained is.
    SuitsIf,
    /// It does not.
    DoesNot,
    /// It cannot be said: [`possible`](super::Verdict::possible) has what is left open.
    CannotBeSaid,
}

impl Answer {
    /// Whether it suits, also if something must be obtained first.
    #[must_use]
    pub const fn is_favourable(self) -> bool {
        matches!(self, Self::Suits | Self::SuitsIf)
    }
}

/// What is possible, without saying why: all that search, comparison and repair need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// What it may turn out to be.
    pub outcomes: BTreeSet<Outcome>,
    /// Whether every way was looked at.
    pub exact: bool,
}

impl Possible {
    /// What can be said.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self.outcomes.iter().collect::<Vec<_>>()[..] {
            [one] => (*one).into(),
            _ => Answer::CannotBeSaid,
        }
    }
}

impl From<Outcome> for Answer {
    /// What can be said where nothing else is possible.
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Suits => Self::Suits,
            Outcome::SuitsIf => Self::SuitsIf,
            Outcome::DoesNot => Self::DoesNot,
        }
    }
}
