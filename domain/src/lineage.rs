//! What became of parcels: which codes came out of which, when, and by what kind of change
//! (GB/T 37346-2019 clause 9; rule C7).
//!
//! Only predecessors, successors and dates are kept. The kind of a change is what they say
//! together, so it cannot contradict them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::ParcelCode;

/// Most generations that are followed each way.
pub const MOST_GENERATIONS: usize = 6;
/// Most codes in one lineage.
pub const MOST_CODES: usize = 60;

/// What the register says of one code's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The code.
    pub code: ParcelCode,
    /// Codes it was formed from.
    pub predecessors: Vec<ParcelCode>,
    /// Codes it became.
    pub successors: Vec<ParcelCode>,
    /// The day it came into being, if known.
    pub valid_from: Option<Date>,
    /// The day it ended, if it has.
    pub valid_to: Option<Date>,
}

impl Succession {
    /// What may be told of them on `today`: that a code has ended is public, the days only where
    /// `days` says so (row 45).
    #[must_use]
    pub fn told(&self, today: Date, days: bool) -> DisclosedSuccession {
        DisclosedSuccession {
            code: self.code,
            predecessors: self.predecessors.clone(),
            successors: self.successors.clone(),
            ended: has_ended(self.valid_to, &self.successors, today),
            began_on: self.valid_from.filter(|_| days),
            ended_on: self.valid_to.filter(|_| days),
        }
    }
}

/// What may be told of one code's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisclosedSuccession {
    /// The code.
    pub code: ParcelCode,
    /// Codes it was formed from.
    pub predecessors: Vec<ParcelCode>,
    /// Codes it became.
    pub successors: Vec<ParcelCode>,
    /// Whether the code is no longer in use.
    pub ended: bool,
    /// The day it came into being, if it is known and may be told.
    pub began_on: Option<Date>,
    /// The day it ends or ended, the same way.
    pub ended_on: Option<Date>,
}

/// Whether a code that ends on `valid_to` and became `successors` is no longer in use on `today`.
/// Where no day is known, successors say so.
#[must_use]
pub fn has_ended(valid_to: Option<Date>, successors: &[ParcelCode], today: Date) -> bool {
    valid_to.map_or(!successors.is_empty(), |day| day <= today)
}

/// How codes gave way to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 分割: one became several.
    Split,
    /// 合并: several became one.
    Merge,
    /// 变更编号: one became another, as when its type changed (rule C7).
    Renumber,
    /// 灭失 or 注销: it ended, and no code that can be named came out of it.
    Extinguish,
    /// 调整: several became several others.
    Readjust,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Split, Self::Merge, Self::Renumber, Self::Extinguish, Self::Readjust];

    /// Its name in keys and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Renumber => "renumber",
            Self::Extinguish => "extinguish",
            Self::Readjust => "readjust",
        }
    }

    const fn of(from: usize, into: usize) -> Self {
        match (from, into) {
            (_, 0) => Self::Extinguish,
            (1, 1) => Self::Renumber,
            (1, _) => Self::Split,
            (_, 1) => Self::Merge,
            _ => Self::Readjust,
        }
    }
}

/// One change: these codes gave way to those.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind it was.
    pub kind: ChangeKind,
    /// The day of it, if it is known and may be told: the first of the new codes, or the last of
    /// the old ones.
    pub date: Option<Date>,
    /// Codes that ended, ascending.
    pub from: Vec<ParcelCode>,
    /// Codes that began, ascending.
    pub into: Vec<ParcelCode>,
}

/// The history of one code, as far as it may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Whether the code is no longer in use.
    pub ended: bool,
    /// The day from which it is no longer in use, if it is known and may be told.
    pub ended_on: Option<Date>,
    /// The change that ended it.
    pub ended_by: Option<ChangeKind>,
    /// Codes in force now that it led to, over as many generations as it takes; empty for a code
    /// that is in force itself.
    pub in_force: Vec<ParcelCode>,
    /// Every change before and after, oldest first; without days, each after those it came from.
    pub changes: Vec<Change>,
}

impl Lineage {
    /// The history of `code`, from what is told of the codes around it. Codes that `ties`
    /// do not have are not named: whoever leaves one out because it may not be shown leaves it out
    /// everywhere, and the kinds of the changes follow from what is left.
    #[must_use]
    pub fn of(code: ParcelCode, ties: &[DisclosedSuccession]) -> Self {
        let graph = Graph::new(ties);
        let Some(own) = graph.ties.get(&code) else { return Self::default() };
        let changes = graph.changes();
        let last = changes.iter().find(|change| change.from.contains(&code));
        let ended = own.ended;
        Self {
            ended,
            ended_on: last.and_then(|change| change.date).or(own.ended_on).filter(|_| ended),
            ended_by: last.map(|change| change.kind).filter(|_| ended),
            in_force: if ended { graph.in_force(code) } else { Vec::new() },
            changes,
        }
    }
}

/// Codes and what came out of what, whichever side of the pair says so.
struct Graph<'a> {
    ties: BTreeMap<ParcelCode, &'a DisclosedSuccession>,
    after: BTreeMap<ParcelCode, BTreeSet<ParcelCode>>,
    before: BTreeMap<ParcelCode, BTreeSet<ParcelCode>>,
}

impl<'a> Graph<'a> {
    fn new(ties: &'a [DisclosedSuccession]) -> Self {
        let ties: BTreeMap<ParcelCode, &DisclosedSuccession> =
            ties.iter().map(|one| (one.code, one)).collect();
        let mut graph = Self { ties, after: BTreeMap::new(), before: BTreeMap::new() };
        let pairs: Vec<(ParcelCode, ParcelCode)> = graph
            .ties
            .values()
            .flat_map(|one| {
                let before = one.predecessors.iter().map(|old| (*old, one.code));
                before.chain(one.successors.iter().map(|new| (one.code, *new)))
            })
            .filter(|(old, new)| {
                old != new && graph.ties.contains_key(old) && graph.ties.contains_key(new)
            })
            .collect();
        for (old, new) in pairs {
            graph.after.entry(old).or_default().insert(new);
            graph.before.entry(new).or_default().insert(old);
        }
        graph
    }

    fn changes(&self) -> Vec<Change> {
        let mut told: BTreeSet<ParcelCode> = BTreeSet::new();
        let mut changes = Vec::new();
        for code in self.ties.keys() {
            if told.contains(code) {
                continue;
            }
            if let Some(change) = self.change_that_ended(*code) {
                told.extend(change.from.iter().copied());
                changes.push(change);
            }
        }
        let changes = in_order_of_codes(changes);
        self.in_order_of_days(changes)
    }

    /// Changes without a day stand where the codes they made end.
    fn in_order_of_days(&self, mut changes: Vec<Change>) -> Vec<Change> {
        changes.sort_by_key(|change| {
            change.date.or_else(|| self.first_end(&change.into)).unwrap_or(Date::MIN)
        });
        changes
    }

    /// All codes that are tied to the end of `code`: its successors, what else these were made of,
    /// what else that became, and so on.
    fn change_that_ended(&self, code: ParcelCode) -> Option<Change> {
        let mut from = BTreeSet::from([code]);
        let mut into: BTreeSet<ParcelCode> = BTreeSet::new();
        loop {
            let size = from.len() + into.len();
            into.extend(from.iter().filter_map(|old| self.after.get(old)).flatten());
            from.extend(into.iter().filter_map(|new| self.before.get(new)).flatten());
            if from.len() + into.len() == size {
                break;
            }
        }
        if into.is_empty() && !self.ties.get(&code)?.ended {
            return None;
        }
        let begun = into.iter().filter_map(|new| self.ties.get(new)?.began_on).min();
        let ends = from.iter().filter_map(|old| self.ties.get(old)?.ended_on).max();
        Some(Change {
            kind: ChangeKind::of(from.len(), into.len()),
            date: begun.or(ends),
            from: from.into_iter().collect(),
            into: into.into_iter().collect(),
        })
    }

    fn first_end(&self, codes: &[ParcelCode]) -> Option<Date> {
        codes.iter().filter_map(|code| self.ties.get(code)?.ended_on).min()
    }

    /// The codes in force that `code` led to, in the order of their codes.
    fn in_force(&self, code: ParcelCode) -> Vec<ParcelCode> {
        let mut seen = BTreeSet::from([code]);
        let mut waiting = vec![code];
        let mut found = BTreeSet::new();
        while let Some(next) = waiting.pop() {
            for new in self.after.get(&next).into_iter().flatten() {
                if !seen.insert(*new) {
                    continue;
                }
                if self.ties.get(new).is_some_and(|ties| !ties.ended) {
                    found.insert(*new);
                } else {
                    waiting.push(*new);
                }
            }
        }
        found.into_iter().collect()
    }
}

/// Each change after those that made the codes it ended, else by code: an order that no day
/// decides. What goes round in a circle comes last.
fn in_order_of_codes(mut waiting: Vec<Change>) -> Vec<Change> {
    waiting.sort_by(|one, other| one.from.cmp(&other.from));
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let made: BTreeSet<ParcelCode> =
            waiting.iter().flat_map(|change| change.into.iter().copied()).collect();
        let is_ready = |change: &Change| change.from.iter().all(|code| !made.contains(code));
        let (ready, rest): (Vec<Change>, Vec<Change>) = waiting.into_iter().partition(is_ready);
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}

#[cfg(test)]
mod tests;
