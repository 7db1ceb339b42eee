//! A use and what the applicant answered, asked of every group at once.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Bands, Groups, Told,
    clusters::{COMMON, OfUse},
    folding::{Asking, MOST_TOLD},
    said::Wanted,
    weighing::{Weight, Weights},
};
use crate::suitability::{
    completions::MOST_ROWS,
    fact::{FactKey, Facts},
    judge::Case,
    outcome::Answer,
};

impl Groups {
    /// What is said of each group for the use at that position; `None` for a use that the set does not have, or
    /// whose rules look at more than 64 facts. It costs time where groups are many: nothing for a thread that
    /// others wait for.
    #[must_use]
    pub fn ask(&self, use_at: usize, answers: &Facts) -> Option<Bands> {
        let of_use = self.uses.get(use_at)?;
        let facts = of_use.facts.as_deref()?;
        if of_use.rules.is_empty() {
            return Some(self.unsaid());
        }
        let set = &*self.scheme.set;
        let case = Case { set, of: set.uses.get(use_at)?, facts: answers };
        let is_open = |question: &usize| {
            let common = of_use.common[*question].as_ref();
            common.is_some_and(|common| case.truth(&common.atom).known().is_none())
        };
        let weights = self.weights(of_use, answers)?;
        let asked: Vec<usize> = (0..COMMON).filter(is_open).collect();
        let bit = |at: &usize| {
            let key = &of_use.common[*at].as_ref()?.key;
            Some((*at, 1 << facts.binary_search(key).ok()?))
        };
        let open = asked.iter().filter_map(bit).collect();
        let limited = may_be_too_many(&weights, asked.len());
        let many = facts.len() > MOST_TOLD as usize;
        let groups = self;
        macro_rules! bands {
            ($places:expr) => {{
                let wanted = Wanted { places: $places, limited, many };
                Asking { groups, of_use, facts, weights, open, wanted }.bands()
            }};
        }
        Some(match asked[..] {
            [] => bands!([0]),
            [one] => bands!([0, 1 << one]),
            _ => bands!([0, 1, 2, 3]),
        })
    }

    /// Of a use of which no rule speaks.
    fn unsaid(&self) -> Bands {
        let told = Told { answer: Answer::CannotBeSaid, turns_on: Some(0), gained: Vec::new() };
        Bands {
            of: vec![0; self.len],
            told: vec![told],
            matters: vec![BTreeSet::new()],
            rules: Vec::new(),
            exact: self.len == 0,
        }
    }

    /// What each cluster of a use makes of its states, by these answers.
    fn weights(&self, of_use: &OfUse, answers: &Facts) -> Option<Vec<Arc<Weights>>> {
        let each = of_use.clusters.iter().map(|at| {
            let cluster = &self.clusters[*at];
            let own = |key: &FactKey| cluster.questions.contains(key);
            let own = answers.0.iter().filter(|(key, _)| own(key));
            let own = Facts(own.map(|(key, fact)| (key.clone(), fact.clone())).collect());
            let key = (*at, own);
            if let Some(known) = self.kept().get(&key) {
                return Some(known);
            }
            let (set, states) = (&self.scheme.set, &self.states[*at]);
            let weights = Arc::new(Weights::of(set, cluster, states, &key.1)?);
            self.kept().put(key, weights.clone());
            Some(weights)
        });
        each.collect()
    }
}

/// Whether of some site there may be more ways than are looked at.
fn may_be_too_many(weights: &[Arc<Weights>], open: usize) -> bool {
    let most = |weights: &Arc<Weights>| {
        let without = weights.without.iter().flatten().flatten();
        let ways = weights.whole.iter().chain(without).map(|Weight { ways, .. }| *ways);
        ways.max().unwrap_or(1)
    };
    let ways = weights.iter().fold(1_u64, |all, one| all.saturating_mul(most(one).into()));
    ways.saturating_mul(1 << open) > MOST_ROWS as u64
}
