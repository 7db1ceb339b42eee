//! *Where could I?* over a whole register, exactly and at once. Sites that no rule of a set can tell apart
//! are one group: a register of a million parcels has some thousand of them. Of each group two bits say of
//! every atom whether it holds and whether that is known; what they leave open is decided by the facts of
//! one of its sites, in the way in which a site alone is judged (rule *sites Q1*). What the applicant
//! answers is the same everywhere and is added when somebody asks.

mod asking;
mod gathering;
mod scheme;

use std::collections::BTreeSet;

pub use self::gathering::Gathering;
use self::scheme::Scheme;
use super::{
    bits::{Bits, Column},
    fact::{Fact, FactKey, Facts},
    model::RuleSet,
    outcome::Answer,
};

/// The groups of a register under a rule set on a day; [`Gathering`] makes them.
#[derive(Debug)]
pub struct Groups {
    scheme: Scheme,
    len: usize,
    /// Of each atom of the scheme.
    columns: Vec<Column>,
    /// What else the open turns on, as [`Scheme::judge`] says it: group after group.
    said: Vec<u8>,
    /// Every fact that a group has, once.
    facts: Vec<Fact>,
    /// The facts of each group by their places there: group after group, as many as there are keys.
    kept: Vec<u32>,
}

/// What a search says of every group.
#[derive(Clone, Debug)]
pub struct Bands {
    /// What can be said of each group: what a site of it is told alone.
    pub answers: Vec<Answer>,
    /// What is open of the groups of which it cannot be said, in their order: the facts it turns on.
    pub open: Vec<(usize, BTreeSet<FactKey>)>,
    /// Of each rule for the use, in the order of the set, what would be without it.
    pub relaxed: Vec<Relaxed>,
    /// Whether every way in which the unknown may come out was looked at.
    pub exact: bool,
}

/// What would be without a rule.
#[derive(Clone, Debug)]
pub struct Relaxed {
    /// The rule.
    pub rule: String,
    /// The groups that would suit, or suit if something is obtained, and do not or may not now.
    pub gained: Bits,
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

    /// How many bytes they take, nearly: facts are counted by their own size, without what they point to.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = self.columns.iter().map(|column| column.yes.words().len() * 16);
        columns.sum::<usize>()
            + self.said.len()
            + self.kept.len() * size_of::<u32>()
            + self.facts.len() * size_of::<Fact>()
    }

    /// What is known of the sites of a group, with what the applicant answered.
    fn facts(&self, group: usize, answers: &Facts) -> Facts {
        let mut facts = answers.clone();
        let keys = &self.scheme.keys;
        for (at, key) in keys.iter().enumerate() {
            let fact = &self.facts[self.kept[group * keys.len() + at] as usize];
            facts.0.insert(key.clone(), fact.clone());
        }
        facts
    }
}
