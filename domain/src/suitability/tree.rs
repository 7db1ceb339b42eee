//! What a rule tests: a tree of *all, any, not, at least n* over atoms, each of which asks one thing of
//! the site.
//!
//! There is no test for *unknown*, and no arithmetic. So a tree can only say more when more is known:
//! whatever it says of a site whose facts are partly unknown stays true when the rest comes to light.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::amount::Limit;

/// A test of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// One question to the facts.
    Atom(Atom),
    /// Every one holds.
    All(Vec<Tree>),
    /// One of them holds.
    Any(Vec<Tree>),
    /// It does not hold.
    Not(Box<Tree>),
    /// So many of them hold.
    AtLeast(usize, Vec<Tree>),
}

/// One question to the facts: what is looked at, and what about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// What is looked at.
    pub subject: Subject,
    /// What must be so.
    pub test: Test,
}

/// What an atom looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// How much of the site the features of a layer cover.
    Overlap {
        /// The layer, by its id in the rule set.
        layer: String,
        /// Which of its features.
        features: Features,
    },
    /// How much of the site they leave uncovered: what *within* is about.
    Outside {
        /// The layer.
        layer: String,
        /// Which of its features.
        features: Features,
    },
    /// How far the nearest feature is, m.
    Distance {
        /// The layer.
        layer: String,
        /// Which of its features.
        features: Features,
    },
    /// The area of the site, m².
    Area,
    /// The length of the site's side along a public road, m.
    Frontage,
    /// What a register, a plan or an office says of the site: a figure or codes of a dictionary.
    Value {
        /// The value, by its id in the rule set.
        id: String,
    },
    /// What the applicant answered.
    Answer {
        /// The question, by its id in the rule set.
        id: String,
    },
    /// What a use table says for the use in the site's zone: `permitted`, `conditional`, `prohibited`.
    TableEntry {
        /// The table, by its id in the rule set.
        table: String,
    },
    /// Whether what a layer shows binds today: `in_force`, `change_with_pre_effect`,
    /// `change_without_pre_effect`.
    LawStatus {
        /// The layer.
        layer: String,
    },
}

/// Which features of a layer are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Features {
    /// All of them.
    #[default]
    Every,
    /// Those of one of these codes, as the layer writes them.
    Kinds(BTreeSet<String>),
    /// Those whose name holds one of these words, in lower case.
    Named(BTreeSet<String>),
}

/// What must be so of what an atom looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The overlap counts by the layer's tolerance: it reaches either figure.
    Counts,
    /// What is uncovered does not count by the layer's tolerance.
    Covered,
    /// A figure against a limit.
    Compare(Comparison, Limit),
    /// A figure against another figure of the site.
    CompareWith(Comparison, Subject),
    /// Its codes are among these.
    Among(Codes),
}

/// How two figures compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `more_than`
    MoreThan,
    /// `at_least`
    AtLeast,
    /// `less_than`
    LessThan,
    /// `at_most`
    AtMost,
}

/// A list of codes, and how a site's codes stand to it. A site may have several: a parcel with a shop
/// below and homes above has two uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// The codes.
    pub codes: BTreeSet<String>,
    /// Whether classes below them count too: `07` with `0701`.
    pub below: bool,
    /// Whether one code of the site among them is enough; else every one must be.
    pub any: bool,
}

impl Codes {
    /// Whether one code is among them.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.codes.contains(code)
            || self.below && self.codes.iter().any(|class| code.starts_with(class.as_str()))
    }

    /// Whether the codes of a site, of which there is at least one, stand to it as asked.
    #[must_use]
    pub fn hold(&self, codes: &BTreeSet<String>) -> bool {
        let mut codes = codes.iter();
        if self.any { codes.any(|code| self.has(code)) } else { codes.all(|code| self.has(code)) }
    }
}

impl Tree {
    /// Every atom, in the order in which they are written.
    #[must_use]
    pub fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::Atom(atom) => vec![atom],
            Self::Not(tree) => tree.atoms(),
            Self::All(trees) | Self::Any(trees) | Self::AtLeast(_, trees) => {
                trees.iter().flat_map(Self::atoms).collect()
            }
        }
    }
}
