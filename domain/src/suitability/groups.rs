//! *Where could I?* over a whole register, exactly and at once. Rules that look at nothing in common are judged
//! apart ([`clusters`]): of each such cluster there are few states that a site can be in, and what it makes of
//! each is worked out once, by the facts of one of its sites, in the way in which a site alone is judged
//! ([`weighing`]). Sites that are in the same state of every cluster are one group; what is said of it is put
//! together of what each cluster says ([`folding`]), which is the verdict of a site alone (rule *sites Q1*).
//! What the applicant answers is the same everywhere and is added when somebody asks.

mod asking;
mod clusters;
mod counts;
mod flags;
mod folding;
mod gathering;
mod rows;
mod said;
mod scheme;
mod tree;
mod weighing;

use std::{collections::BTreeSet, sync::Mutex};

pub use self::gathering::Gathering;
use self::{
    clusters::{Cluster, OfUse},
    scheme::Scheme,
    tree::Tree,
    weighing::Weighed,
};
use super::{
    fact::{FactKey, Facts},
    model::RuleSet,
    outcome::Answer,
};

/// The groups of a register under a rule set on a day; [`Gathering`] makes them.
#[derive(Debug)]
pub struct Groups {
    scheme: Scheme,
    clusters: Vec<Cluster>,
    uses: Vec<OfUse>,
    len: usize,
    /// Of each cluster and each of its states, what is known of a site that is in it.
    states: Vec<Vec<Facts>>,
    tree: Tree,
    /// What clusters make of their states, for answers that were asked by.
    weighed: Mutex<Weighed>,
}

/// What a search says of every group.
#[derive(Clone, Debug)]
pub struct Bands {
    /// Of each group the place of what is said of it among `told`.
    pub of: Vec<u32>,
    /// Everything that is said, each once.
    pub told: Vec<Told>,
    /// What cannot be said turns on.
    pub matters: Vec<BTreeSet<FactKey>>,
    /// The rules for the use, in the order of the set.
    pub rules: Vec<String>,
    /// Whether every way in which the unknown may come out was looked at.
    pub exact: bool,
}

/// What is said of some groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// What can be said: what a site of them is told alone.
    pub answer: Answer,
    /// Where it cannot be said, the place in [`Bands::matters`] of what that turns on.
    pub turns_on: Option<u32>,
    /// The rules without each of which they would suit, or suit if something is obtained, and do not or may not
    /// now; by their places in [`Bands::rules`].
    pub gained: Vec<u16>,
}

impl Bands {
    /// What is said of a group.
    #[must_use]
    pub fn told(&self, group: usize) -> &Told {
        &self.told[self.of[group] as usize]
    }

    /// The facts that a group turns on; `None` where it can be said.
    #[must_use]
    pub fn open(&self, group: usize) -> Option<&BTreeSet<FactKey>> {
        self.told(group).turns_on.map(|at| &self.matters[at as usize])
    }

    /// Whether a group would fit without a rule and does not now.
    #[must_use]
    pub fn gains(&self, group: usize, rule: usize) -> bool {
        self.told(group).gained.iter().any(|one| usize::from(*one) == rule)
    }

    /// How many bytes they take, nearly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let told = |told: &Told| size_of::<Told>() + told.gained.len() * 2;
        self.of.len() * 4 + self.told.iter().map(told).sum::<usize>()
    }
}

impl Groups {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.scheme.set
    }

    /// How many bytes they take, nearly, with what is kept of questions: facts are counted by their own size,
    /// without what they point to.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let facts = |facts: &Facts| facts.0.len() * size_of::<(FactKey, super::fact::Fact)>();
        let states = self.states.iter().flatten().map(facts).sum::<usize>();
        states + self.tree.bytes() + self.kept().bytes()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Weighed> {
        self.weighed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
