//! The index: of each set of rules the sites that they are for, with their groups.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    ParcelCode,
    dataset::{DataVersion, Epoch},
    suitability::{Bands, Facts, Groups, RuleSet},
};
use jiff::civil::Date;
use service_api::{SitesWanted, site_search::SIZE_STEPS_M2};

/// The classes of size, and one of sites whose size is not told.
pub(super) const CLASSES: usize = SIZE_STEPS_M2.len() + 2;
/// The class of those.
pub(super) const NOT_TOLD: usize = CLASSES - 1;
/// Answers to questions that are kept, to turn a page without asking anew.
const KEPT: usize = 32;

/// All sites of one state of the data on one day.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) epoch: Epoch,
    pub(super) on: Date,
    pub(super) sets: Vec<SetIndex>,
}

/// The sites that a set of rules is for.
#[derive(Debug)]
pub(super) struct SetIndex {
    pub(super) rules: Arc<RuleSet>,
    pub(super) groups: Groups,
    /// By code.
    pub(super) sites: Vec<Row>,
    /// How many of each group are of each class of size; the last is [`NOT_TOLD`].
    pub(super) sizes: Vec<[u32; CLASSES]>,
    /// The data that were searched, oldest first.
    pub(super) versions: Vec<DataVersion>,
    /// Whether some of them are no open cadastre: then only their published lists were searched, and small
    /// counts are rounded.
    pub(super) listed_only: bool,
    asked: Mutex<VecDeque<Asked>>,
}

/// A question with what was said.
#[derive(Debug)]
struct Asked {
    use_at: usize,
    answers: Facts,
    bands: Arc<Bands>,
}

/// A site: 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) code: ParcelCode,
    /// The class of its size, or [`NOT_TOLD`].
    pub(super) size: u8,
    pub(super) group: u32,
}

impl SetIndex {
    pub(super) fn new(
        rules: Arc<RuleSet>,
        groups: Groups,
        sites: Vec<Row>,
        (versions, listed_only): (Vec<DataVersion>, bool),
    ) -> Self {
        let mut sizes = vec![[0; CLASSES]; groups.len()];
        for row in &sites {
            sizes[row.group as usize][usize::from(row.size)] += 1;
        }
        let asked = Mutex::default();
        Self { rules, groups, sites, sizes, versions, listed_only, asked }
    }

    fn kept(&self, use_at: usize, answers: &Facts) -> Option<Arc<Bands>> {
        let kept = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &&Asked| one.use_at == use_at && one.answers == *answers;
        kept.iter().find(is_it).map(|known| known.bands.clone())
    }

    /// What is said of each group; `None` for a use that the rules do not have.
    pub(super) fn ask(&self, use_at: usize, answers: &Facts) -> Option<Arc<Bands>> {
        if let Some(kept) = self.kept(use_at, answers) {
            return Some(kept);
        }
        let bands = Arc::new(self.groups.ask(use_at, answers)?);
        let mut kept = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back(Asked { use_at, answers: answers.clone(), bands: bands.clone() });
        Some(bands)
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
            let rows = set.sites.len() * size_of::<Row>() + set.sizes.len() * CLASSES * 4;
            let bytes = bytes + rows + set.groups.bytes();
            (sites + set.sites.len(), groups + set.groups.len(), bytes)
        })
    }
}
