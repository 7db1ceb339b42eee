//! Sites, one after the other, put into their groups.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use jiff::civil::Date;

use super::{
    Groups,
    clusters::{self, Cluster, OfUse},
    scheme::{Entries, Scheme, signs},
    tree::{Growing, Tree},
};
use crate::suitability::{
    fact::{Cause, Fact, FactKey, Facts},
    model::RuleSet,
};

/// Written for a fact that is known and of which the atoms say enough.
const DECIDED: u32 = u32::MAX;
/// And, with the cause, for one that is not known.
const UNKNOWN: u32 = 1 << 31;

/// Puts sites into groups.
#[derive(Debug)]
pub struct Gathering {
    scheme: Scheme,
    clusters: Vec<Cluster>,
    uses: Vec<OfUse>,
    /// Of each cluster its states, by all that tells them apart, and what is known in each.
    known: Vec<HashMap<Box<[u8]>, u32>>,
    states: Vec<Vec<Facts>>,
    /// Facts that decide how something open comes out.
    facts: HashMap<Fact, u32>,
    tree: Growing,
    /// How many groups there are.
    len: usize,
    entries: Entries,
}

impl Gathering {
    /// For these rules, as they count on that day.
    #[must_use]
    pub fn new(set: Arc<RuleSet>, on: Date) -> Self {
        let scheme = Scheme::of(set, on);
        let (clusters, uses) = clusters::all(&scheme);
        let tree = Growing::new(Tree::of(&scheme, &clusters));
        Self {
            known: clusters.iter().map(|_| HashMap::new()).collect(),
            states: clusters.iter().map(|_| Vec::new()).collect(),
            facts: HashMap::new(),
            tree,
            len: 0,
            entries: Entries::new(),
            scheme,
            clusters,
            uses,
        }
    }

    /// What has to be known of a site.
    #[must_use]
    pub fn asks(&self) -> &[FactKey] {
        &self.scheme.keys
    }

    /// The group of a site of which this is known. What an applicant answers is not asked here.
    pub fn add(&mut self, facts: &Facts) -> u32 {
        let (truths, said) = self.scheme.judge(facts, &mut self.entries);
        let signs = signs(&truths);
        let known: Vec<Option<&Fact>> =
            self.scheme.keys.iter().map(|key| facts.0.get(key)).collect();
        let states: Vec<u32> =
            (0..self.clusters.len()).map(|at| self.state(at, (&signs, &said), &known)).collect();
        let group = self.tree.add(&states);
        self.len = self.len.max(group as usize + 1);
        group
    }

    /// The state of a cluster.
    fn state(&mut self, at: usize, (signs, said): (&[u8], &[u8]), known: &[Option<&Fact>]) -> u32 {
        let Self { scheme, clusters, states, facts, .. } = self;
        let cluster = &clusters[at];
        let mut name: Vec<u8> = cluster.atoms.iter().map(|atom| signs[*atom]).collect();
        name.extend(cluster.said.iter().map(|place| said[*place]));
        for key in &cluster.keys {
            let is_open = |atom: &&usize| signs[**atom] == b'?';
            let turns = |atom: &usize| scheme.turns[*atom].contains(key);
            let whole =
                scheme.against.contains(key) || cluster.atoms.iter().filter(is_open).any(turns);
            let place = match known[*key] {
                None => UNKNOWN | Cause::NotAsked as u32,
                Some(Fact::Unknown(cause)) => UNKNOWN | *cause as u32,
                Some(fact) if whole => {
                    let next = u32::try_from(facts.len()).unwrap_or(u32::MAX);
                    *facts.entry(scheme.plain(&scheme.keys[*key], Some(fact))).or_insert(next)
                }
                Some(_) => DECIDED,
            };
            name.extend(place.to_le_bytes());
        }
        let all = &mut self.known[at];
        if let Some(state) = all.get(&name[..]) {
            return *state;
        }
        let state = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.insert(name.into(), state);
        let plain = cluster.keys.iter().map(|key| {
            let name = &scheme.keys[*key];
            (name.clone(), scheme.plain(name, known[*key]))
        });
        states[at].push(Facts(plain.collect::<BTreeMap<_, _>>()));
        state
    }

    /// The groups of all sites that were added.
    #[must_use]
    pub fn finish(self) -> Groups {
        let Self { scheme, clusters, uses, states, tree, len, .. } = self;
        let tree = tree.finish();
        Groups { scheme, clusters, uses, len, states, tree, weighed: Mutex::default() }
    }
}
