//! What a cluster of rules makes of a state that sites can be in: which outcomes are possible by it, what each of
//! them turns on, and how many ways there are in which the unknown may come out.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    clusters::{COMMON, Cluster},
    flags::{
        ASKED, ASSIGNMENTS, CONDITION, CONDITION_OPEN, DIFFERENCES, DOES_NOT, HARD, HARD_OPEN,
        NEVER_FROM_IF, NEVER_TO_IF, SUITS, SUITS_IF, TOO_MANY, both, differences, kleene,
    },
    rows::Table,
};
use crate::suitability::{
    completions::MOST_ROWS,
    fact::{FactKey, Facts},
    model::{Kind, Rule, RuleSet},
    verdict::Judged,
};

/// Bytes of what is kept for answers that were asked by; beyond them it is worked out anew.
const MOST_KEPT: usize = 8 << 20;

/// What a cluster makes of a state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weight {
    /// The outcomes that are possible, by how the common questions come out.
    pub(super) sets: [u8; ASSIGNMENTS],
    /// In how many ways the unknown may come out, without the common questions.
    pub(super) ways: u32,
    pub(super) flags: u32,
    /// Of facts of which nothing is known: by which assignments it is between *suits* and *suits if* that they
    /// decide, by which for or against *does not*.
    pub(super) turns: Vec<(FactKey, u8, u8)>,
    /// What open rules lack, and what would tell all that is unknown.
    pub(super) lacking: BTreeSet<FactKey>,
    pub(super) axes: BTreeSet<FactKey>,
}

impl Weight {
    fn of(set: &RuleSet, cluster: &Cluster, facts: &Facts, without: Option<usize>) -> Option<Self> {
        let rules = cluster.rules.iter().filter(|at| without != Some(**at));
        let rules = rules.filter_map(|at| set.rules.get(*at));
        Self::by(set, cluster, facts, rules)
    }

    fn by<'r>(
        set: &'r RuleSet,
        cluster: &Cluster,
        facts: &'r Facts,
        rules: impl Iterator<Item = &'r Rule>,
    ) -> Option<Self> {
        let judged = Judged::by(set, cluster.use_at, facts, rules)?;
        let mut flags = 0;
        for (kind, known) in judged.truths() {
            flags |= match (kind, known) {
                (_, Some(false)) => 0,
                (Kind::Hard, Some(true)) => HARD,
                (Kind::Hard, None) => HARD_OPEN,
                (Kind::Condition, Some(true)) => CONDITION,
                (Kind::Condition, None) => CONDITION_OPEN,
            };
        }
        let by_kleene = kleene(flags);
        let mut weight = Self {
            sets: [by_kleene; ASSIGNMENTS],
            ways: 1,
            flags,
            turns: Vec::new(),
            lacking: judged.lacking(),
            axes: BTreeSet::new(),
        };
        if flags & (HARD_OPEN | CONDITION_OPEN) != 0 {
            match judged.completions(MOST_ROWS) {
                None => weight.ways = TOO_MANY,
                Some(table) => {
                    let rows: Vec<u8> =
                        judged.rows(&table).0.iter().map(|outcome| outcome.bit()).collect();
                    weight.look(&Table::of(&table.axes(), rows, &cluster.common));
                }
            }
        }
        weight.compare();
        Some(weight)
    }

    fn look(&mut self, table: &Table<'_>) {
        self.sets = [0; ASSIGNMENTS];
        for (row, outcome) in table.rows.iter().enumerate() {
            for assignment in table.assignments(row) {
                self.sets[assignment] |= outcome;
            }
        }
        let mut ways = 1_usize;
        for axis in &table.axes {
            self.axes.extend(axis.facts.iter().cloned());
            if let Some(question) = axis.common {
                self.flags |= ASKED[question];
                continue;
            }
            ways *= axis.ways;
            let (mut one, mut two) = (0_u8, 0_u8);
            for row in (0..table.rows.len()).filter(|row| row / axis.stride % axis.ways == 0) {
                let line = (0..axis.ways).map(|at| table.rows[row + at * axis.stride]);
                let line = line.fold(0, |all, outcome| all | outcome);
                for assignment in table.assignments(row) {
                    let between = line & SUITS != 0 && line & SUITS_IF != 0;
                    one |= u8::from(between) << assignment;
                    let against = line & DOES_NOT != 0 && line != DOES_NOT;
                    two |= u8::from(against) << assignment;
                }
            }
            if one | two != 0 {
                self.turns.extend(axis.facts.iter().map(|fact| (fact.clone(), one, two)));
            }
        }
        self.ways = u32::try_from(ways).unwrap_or(TOO_MANY).min(TOO_MANY);
        for question in 0..COMMON {
            for other in 0..2 {
                self.flags |= table.differences(question, other) << differences(question, other);
            }
        }
    }

    /// Where nothing was looked at row by row, no question makes a difference: of what the outcomes are, the
    /// pairs are of one with itself.
    fn compare(&mut self) {
        if self.flags >> DIFFERENCES != 0 {
            return;
        }
        for question in 0..COMMON {
            for other in 0..2 {
                let (from, to) = both(question, other);
                let never = |set: u8, flag: u32| if set & SUITS == 0 { flag } else { 0 };
                let flags =
                    never(self.sets[from], NEVER_TO_IF) | never(self.sets[to], NEVER_FROM_IF);
                self.flags |= flags << differences(question, other);
            }
        }
    }

    fn bytes(&self) -> usize {
        let facts = self.turns.len() + self.lacking.len() + self.axes.len();
        size_of::<Self>() + facts * 48
    }
}

/// What a cluster makes of each of its states.
#[derive(Debug)]
pub(super) struct Weights {
    /// By all its rules.
    pub(super) whole: Vec<Weight>,
    /// Without each of them, where it stands in the way or may.
    pub(super) without: Vec<Vec<Option<Weight>>>,
    /// Of each state the first of which it makes the same.
    pub(super) same: Vec<usize>,
}

impl Weights {
    pub(super) fn of(
        set: &RuleSet,
        cluster: &Cluster,
        states: &[Facts],
        answers: &Facts,
    ) -> Option<Self> {
        let facts: Vec<Facts> = states
            .iter()
            .map(|facts| {
                let mut facts = facts.clone();
                let own = answers.0.iter().filter(|(key, _)| cluster.questions.contains(*key));
                facts.0.extend(own.map(|(key, fact)| (key.clone(), fact.clone())));
                facts
            })
            .collect();
        let whole: Option<Vec<Weight>> =
            facts.iter().map(|facts| Weight::of(set, cluster, facts, None)).collect();
        let without = cluster.rules.iter().map(|at| {
            let each = facts.iter().map(|facts| {
                let alone = std::iter::once(set.rules.get(*at)?);
                let alone = Judged::by(set, cluster.use_at, facts, alone)?;
                let stands = alone.truths().any(|(_, known)| known != Some(false));
                stands.then(|| Weight::of(set, cluster, facts, Some(*at))).flatten()
            });
            each.collect()
        });
        let (whole, without): (_, Vec<Vec<Option<Weight>>>) = (whole?, without.collect());
        let is_same = |one: usize, other: usize| {
            whole[one] == whole[other] && without.iter().all(|each| each[one] == each[other])
        };
        let first = |at: usize| (0..at).find(|one| is_same(*one, at)).unwrap_or(at);
        let same = (0..whole.len()).map(first).collect();
        Some(Self { whole, without, same })
    }

    fn bytes(&self) -> usize {
        let without = self.without.iter().flatten().flatten();
        self.whole.iter().chain(without).map(Weight::bytes).sum()
    }
}

/// What is kept of clusters, by the answers to what they ask.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    kept: HashMap<(usize, Facts), Arc<Weights>>,
    bytes: usize,
}

impl Weighed {
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, key: &(usize, Facts)) -> Option<Arc<Weights>> {
        self.kept.get(key).cloned()
    }

    pub(super) fn put(&mut self, key: (usize, Facts), weights: Arc<Weights>) {
        let bytes = weights.bytes() + size_of_val(&key) + key.1.0.len() * 200;
        if self.bytes + bytes > MOST_KEPT {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.kept.insert(key, weights);
    }
}
