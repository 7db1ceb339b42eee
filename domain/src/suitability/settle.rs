//! What would have to be known for a verdict to be certain: the smallest sets of facts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{completions::Axis, fact::FactKey, outcome::Outcome};

/// So many ways are told, the smallest first.
const MOST_WAYS: usize = 64;
/// Of more facts than these no smallest sets are looked for: each further one doubles the search.
const MOST_FACTS: u32 = 12;
/// Rows that one search looks at, all tables together.
const MOST_LOOKED_AT: usize = 8_000_000;

/// What would settle a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settling {
    /// Every fact that matters. Whatever they turn out to be, they settle it, and no smaller set does
    /// so for certain.
    pub surely: BTreeSet<FactKey>,
    /// Smallest sets of facts that settle it if they turn out one way, with what it is then: nothing
    /// can be taken out of any of them. By size.
    pub perhaps: Vec<Way>,
    /// Whether every smallest set was looked for. Else so much is open that the search was given up:
    /// then `perhaps` is empty, and `surely` says all the same what has to be known.
    pub whole: bool,
}

/// Facts that can settle a verdict alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Way {
    /// What the verdict is then.
    pub outcome: Outcome,
    /// What has to be known.
    pub facts: BTreeSet<FactKey>,
}

/// A truth table of verdicts: each row the outcomes that are possible in it, a bit each.
#[derive(Clone, Debug)]
struct Table {
    axes: Vec<(u32, usize)>,
    rows: Vec<u8>,
}

impl Table {
    /// Without an axis: what is possible whichever way it comes out.
    fn without(&self, at: usize) -> Self {
        let stride: usize = self.axes[..at].iter().map(|(_, ways)| ways).product();
        let ways = self.axes[at].1;
        let mut rows = vec![0_u8; self.rows.len() / ways];
        for (row, possible) in self.rows.iter().enumerate() {
            rows[row / (stride * ways) * stride + row % stride] |= possible;
        }
        let mut axes = self.axes.clone();
        axes.remove(at);
        Self { axes, rows }
    }

    /// Without every axis that only these facts together would tell.
    fn knowing(&self, known: u32) -> Self {
        let mut table = self.clone();
        for at in (0..table.axes.len()).rev() {
            if table.axes[at].0 & !known != 0 {
                table = table.without(at);
            }
        }
        table
    }

    fn turns_on(&self, at: usize) -> bool {
        let stride: usize = self.axes[..at].iter().map(|(_, ways)| ways).product();
        let first = |row: usize| row - row / stride % self.axes[at].1 * stride;
        self.rows.iter().enumerate().any(|(row, possible)| self.rows[first(row)] != *possible)
    }
}

/// What settles the verdicts `rows`, whose axes these are. More than 32 facts are not looked at: `None`.
pub(super) fn settling(axes: &[Axis], rows: &[Outcome]) -> Option<Settling> {
    let facts: Vec<&FactKey> =
        axes.iter().flat_map(|axis| &axis.facts).collect::<BTreeSet<_>>().into_iter().collect();
    if facts.len() > 32 {
        return None;
    }
    let bits = |of: &BTreeSet<FactKey>| {
        facts
            .iter()
            .enumerate()
            .filter(|(_, fact)| of.contains(**fact))
            .fold(0, |bits, (at, _)| bits | 1 << at)
    };
    let mut table = Table {
        axes: axes.iter().map(|axis| (bits(&axis.facts), axis.ways)).collect(),
        rows: rows.iter().map(|outcome| outcome.bit()).collect(),
    };
    // What the verdict does not turn on need not be asked.
    for at in (0..table.axes.len()).rev() {
        if !table.turns_on(at) {
            table = table.without(at);
        }
    }
    let all = table.axes.iter().fold(0, |all, (facts, _)| all | facts);
    let named = |set: u32| -> BTreeSet<FactKey> {
        (0..facts.len()).filter(|at| set >> at & 1 == 1).map(|at| facts[at].clone()).collect()
    };
    let given_up = || Some(Settling { surely: named(all), perhaps: Vec::new(), whole: false });
    if all.count_ones() > MOST_FACTS {
        return given_up();
    }
    let mut perhaps = Vec::new();
    let mut left = MOST_LOOKED_AT;
    for outcome in Outcome::ALL {
        let (enough, smallest) = (BTreeMap::new(), Vec::new());
        let mut search = Search { outcome: outcome.bit(), enough, smallest, left };
        search.look(all, &table);
        left = search.left;
        if left == 0 {
            return given_up();
        }
        let way = |set: &u32| Way { outcome, facts: named(*set) };
        perhaps.extend(search.smallest.iter().map(way));
    }
    perhaps.sort_by_key(|way| (way.facts.len(), way.clone()));
    let whole = perhaps.len() <= MOST_WAYS;
    perhaps.truncate(MOST_WAYS);
    Some(Settling { surely: named(all), perhaps, whole })
}

/// From all facts downwards: whatever is too little, less of it is too.
struct Search {
    outcome: u8,
    enough: BTreeMap<u32, bool>,
    smallest: Vec<u32>,
    /// Rows that may still be looked at.
    left: usize,
}

impl Search {
    /// Whether knowing these can make the outcome certain.
    fn look(&mut self, known: u32, table: &Table) -> bool {
        if let Some(enough) = self.enough.get(&known) {
            return *enough;
        }
        self.left = self.left.saturating_sub(table.rows.len());
        if self.left == 0 {
            return false;
        }
        let enough = table.rows.contains(&self.outcome);
        self.enough.insert(known, enough);
        if enough {
            let mut smaller = false;
            for at in (0..32).filter(|at| known >> at & 1 == 1) {
                let less = known & !(1 << at);
                smaller |= match self.enough.get(&less) {
                    Some(enough) => *enough,
                    None => {
                        // To leave axes out, the larger table is gone through.
                        self.left = self.left.saturating_sub(table.rows.len());
                        self.look(less, &table.knowing(less))
                    }
                };
            }
            if !smaller {
                self.smallest.push(known);
            }
        }
        enough
    }
}
