//! The index: of each set of rules the sites that they are for, with their groups.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    dataset::{DataVersion, Epoch},
    suitability::{Facts, Groups, RuleSet},
};
use jiff::civil::Date;
use service_api::SitesWanted;

use super::{
    rows::{Rows, SizesOf},
    tally::Tallied,
};

/// Bytes of answers that are kept, to turn a page without asking anew; the oldest go first.
const MOST_KEPT: usize = 16 << 20;

/// All sites of one state of the data on one day.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) epoch: Epoch,
    pub(super) on: Date,
    pub(super) sets: Vec<SetIndex>,
    /// All data that were current, oldest first.
    pub(super) current: Vec<DataVersion>,
    /// Of those data sets that had another version before and have its rows still, that version; none that was
    /// rolled back from.
    pub(super) kept: Vec<DataVersion>,
}

/// The sites that a set of rules is for.
#[derive(Debug)]
pub(super) struct SetIndex {
    pub(super) rules: Arc<RuleSet>,
    pub(super) groups: Groups,
    pub(super) sites: Rows,
    sizes: SizesOf,
    /// The data that were searched, oldest first.
    pub(super) versions: Vec<DataVersion>,
    /// Whether some of them are no open cadastre: then only their published lists were searched, and small
    /// counts are rounded.
    pub(super) listed_only: bool,
    asked: Mutex<Kept>,
}

/// Questions with what was said, the oldest first, and how many bytes they take.
#[derive(Debug, Default)]
struct Kept {
    asked: VecDeque<Asked>,
    bytes: usize,
}

#[derive(Debug)]
struct Asked {
    use_at: usize,
    answers: Facts,
    told: Arc<Tallied>,
}

/// What an answer of the applicant's takes about, bytes.
const AN_ANSWER: usize = 200;

impl Asked {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.answers.0.len() * AN_ANSWER + self.told.bytes()
    }
}

impl Kept {
    /// Keeps an answer as long as there is room; one that is too large for itself is not kept.
    fn put(&mut self, asked: Asked, most: usize) {
        let bytes = asked.bytes();
        if bytes > most {
            return;
        }
        self.bytes += bytes;
        self.asked.push_back(asked);
        while self.bytes > most {
            let Some(oldest) = self.asked.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }
}

impl SetIndex {
    pub(super) fn new(
        rules: Arc<RuleSet>,
        groups: Groups,
        sites: Rows,
        (versions, listed_only): (Vec<DataVersion>, bool),
    ) -> Self {
        let sizes = SizesOf::of(groups.len(), &sites);
        let asked = Mutex::default();
        Self { rules, groups, sites, sizes, versions, listed_only, asked }
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, use_at: usize, answers: &Facts) -> Option<Arc<Tallied>> {
        let is_it = |one: &&Asked| one.use_at == use_at && one.answers == *answers;
        self.asked().asked.iter().find(is_it).map(|known| known.told.clone())
    }

    /// What is said of each group; `None` for a use that the rules do not have.
    pub(super) fn ask(&self, use_at: usize, answers: &Facts) -> Option<Arc<Tallied>> {
        if let Some(kept) = self.kept(use_at, answers) {
            return Some(kept);
        }
        let told = Arc::new(Tallied::of(self.groups.ask(use_at, answers)?, &self.sizes));
        let asked = Asked { use_at, answers: answers.clone(), told: told.clone() };
        self.asked().put(asked, MOST_KEPT);
        Some(told)
    }

    /// Asks for every use without an answer of the applicant's, so that what rules make of sites is worked out
    /// before somebody waits for it.
    pub(super) fn warm(&self) {
        (0..self.rules.uses.len()).for_each(|at| drop(self.groups.ask(at, &Facts::default())));
    }

    /// Without what is kept of questions.
    fn bytes(&self) -> usize {
        self.sites.bytes() + self.sizes.bytes() + self.groups.bytes()
    }
}

impl Index {
    /// Whether what is asked was asked before, and is kept.
    pub(super) fn knows(&self, wanted: &SitesWanted) -> bool {
        self.of(&wanted.rules).is_none_or(|set| set.kept(wanted.use_at, &wanted.answers).is_some())
    }

    /// The sites of a set, where the rules are those of it.
    pub(super) fn of(&self, rules: &RuleSet) -> Option<&SetIndex> {
        self.sets.iter().find(|set| set.rules.hash == rules.hash)
    }

    /// Sites, groups and bytes, of all sets together.
    pub(super) fn measured(&self) -> (usize, usize, usize) {
        self.sets.iter().fold((0, 0, 0), |(sites, groups, bytes), set| {
            (sites + set.sites.len(), groups + set.groups.len(), bytes + set.bytes())
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::suitability::{Answer, Bands, Told};

    use super::*;

    #[test]
    fn sites_q2_answers_are_kept_within_so_many_bytes_the_newest_longest() {
        let mut kept = Kept::default();
        let told = Told { answer: Answer::Suits, turns_on: None, gained: Vec::new() };
        let bands = Bands {
            of: vec![0; 1_000],
            told: vec![told],
            matters: Vec::new(),
            rules: Vec::new(),
            exact: true,
        };
        let asked = |use_at: usize| {
            let told = Tallied::of(bands.clone(), &SizesOf::of(1_000, &Rows::default()));
            Asked { use_at, answers: Facts::default(), told: Arc::new(told) }
        };
        let each = asked(0).bytes();
        for use_at in 0..10 {
            kept.put(asked(use_at), 3 * each);
        }
        let uses: Vec<usize> = kept.asked.iter().map(|asked| asked.use_at).collect();
        assert_eq!(uses, [7, 8, 9]);
        assert_eq!(kept.bytes, 3 * each);
        kept.put(asked(10), each - 1);
        assert!(kept.asked.iter().all(|asked| asked.use_at != 10), "too large to be kept");
    }
}
