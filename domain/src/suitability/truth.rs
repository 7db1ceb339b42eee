//! Three values: it holds, it does not, or it is not known, and then all the reasons why. Kleene's
//! strong logic: *all* is false as soon as one is, *any* true as soon as one is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    fact::{Cause, FactKey},
    tree::{Atom, Tree},
};

/// Something that is not known, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// What.
    pub fact: FactKey,
    /// Why.
    pub cause: Cause,
}

/// Whether something holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does, or does not.
    Known(bool),
    /// Nobody can say, for want of all these. Never empty.
    Unknown(BTreeSet<Gap>),
}

impl Truth {
    /// Not known, for want of one thing.
    #[must_use]
    pub fn lacking(fact: FactKey, cause: Cause) -> Self {
        Self::Unknown(BTreeSet::from([Gap { fact, cause }]))
    }

    /// What it is if it is known.
    #[must_use]
    pub const fn known(&self) -> Option<bool> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Unknown(_) => None,
        }
    }

    /// The reasons why it is not known.
    #[must_use]
    pub fn gaps(&self) -> BTreeSet<Gap> {
        match self {
            Self::Known(_) => BTreeSet::new(),
            Self::Unknown(gaps) => gaps.clone(),
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Known(known) => Self::Known(!known),
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// At least `least` of them hold.
    pub(super) fn at_least(least: usize, all: &[Self]) -> Self {
        let count = all.len();
        let yes = all.iter().filter(|one| **one == Self::Known(true)).count();
        let no = all.iter().filter(|one| **one == Self::Known(false)).count();
        if yes >= least {
            return Self::Known(true);
        }
        if count - no < least {
            return Self::Known(false);
        }
        Self::Unknown(all.iter().flat_map(Self::gaps).collect())
    }
}

impl Tree {
    /// What it says, where `judge` says it of an atom.
    #[must_use]
    pub fn truth(&self, judge: &mut impl FnMut(&Atom) -> Truth) -> Truth {
        let mut each =
            |trees: &[Self]| -> Vec<Truth> { trees.iter().map(|tree| tree.truth(judge)).collect() };
        match self {
            Self::All(trees) => Truth::at_least(trees.len(), &each(trees)),
            Self::Any(trees) => Truth::at_least(1, &each(trees)),
            Self::AtLeast(least, trees) => Truth::at_least(*least, &each(trees)),
            Self::Not(tree) => tree.truth(judge).not(),
            Self::Atom(atom) => judge(atom),
        }
    }
}
