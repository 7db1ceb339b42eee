//! What all clusters say of each group, put together pair by pair of the tree. Of a pair much is said alike: so what is
//! said of its sides is put together once, whatever groups it is said of.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    hash::Hash,
    sync::Arc,
};

use super::{
    Bands, Groups, Told,
    clusters::OfUse,
    said::{Leaf, Said, Wanted, answer},
    tree::Side,
    weighing::{Weight, Weights},
};
use crate::suitability::fact::FactKey;

/// Of more facts than these nobody looks which of them a verdict turns on ([`crate::suitability::settle`]).
pub(super) const MOST_TOLD: u32 = 32;
/// Pairs of what is said that have a place each, whether they occur or not.
const MOST_PLACES: usize = 1 << 22;

/// A question to all groups.
pub(super) struct Asking<'g, const A: usize> {
    pub(super) groups: &'g Groups,
    pub(super) of_use: &'g OfUse,
    /// What the rules look at: each has a bit.
    pub(super) facts: &'g [FactKey],
    /// Of each cluster of the use.
    pub(super) weights: Vec<Arc<Weights>>,
    /// The common questions that are open, each by its place with its bit.
    pub(super) open: Vec<(usize, u64)>,
    pub(super) wanted: Wanted<A>,
}

/// What is said of everything that occurs on a side.
struct Folded<const A: usize> {
    /// The place in `all`; none where nothing is said.
    of: Option<Vec<u32>>,
    all: Vec<Said<A>>,
}

/// What is said of groups, each once, with a place for every pair from which it was put together.
struct Once<T> {
    known: HashMap<T, u32>,
    all: Vec<T>,
}

impl<T: Clone + Eq + Hash> Once<T> {
    fn new() -> Self {
        Self { known: HashMap::new(), all: Vec::new() }
    }

    fn place(&mut self, one: T) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        match self.known.entry(one) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                self.all.push(vacant.key().clone());
                *vacant.insert(next)
            }
        }
    }
}

/// For every pair that occurs what `put` makes of its sides, asked once for each pair of what is said of them.
fn paired<const A: usize>(
    occurring: &[(u32, u32)],
    (left, right): (&Folded<A>, &Folded<A>),
    mut put: impl FnMut(&Said<A>, &Said<A>) -> u32,
) -> Vec<u32> {
    let at = |of: &Option<Vec<u32>>, place: u32| of.as_ref().map_or(0, |of| of[place as usize]);
    let width = right.all.len();
    let places = left.all.len() * width;
    let mut make = |a: u32, b: u32| put(&left.all[a as usize], &right.all[b as usize]);
    if places > MOST_PLACES {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        let each = occurring.iter().map(|(a, b)| {
            let both = (at(&left.of, *a), at(&right.of, *b));
            *known.entry(both).or_insert_with(|| make(both.0, both.1))
        });
        return each.collect();
    }
    // Nothing is 0: memory of which no page is touched costs nothing.
    let mut known = vec![0_u32; places];
    let each = occurring.iter().map(|(a, b)| {
        let (a, b) = (at(&left.of, *a), at(&right.of, *b));
        let known = &mut known[a as usize * width + b as usize];
        if *known == 0 {
            *known = make(a, b) + 1;
        }
        *known - 1
    });
    each.collect()
}

impl<const A: usize> Asking<'_, A> {
    fn bit(&self, fact: &FactKey) -> u64 {
        self.facts.binary_search(fact).map_or(0, |at| 1 << at)
    }

    pub(super) fn bands(&self) -> Bands {
        let (tree, len) = (&self.groups.tree, self.groups.len);
        let mut ending = Ending::of(self);
        let mut folded: Vec<Folded<A>> = Vec::new();
        let last = tree.pairs.len().saturating_sub(1);
        let of = match tree.root {
            None => Vec::new(),
            Some(Side::Cluster(cluster)) => {
                let side = self.cluster(cluster);
                let told: Vec<u32> = side.all.iter().map(|said| ending.end(said)).collect();
                let of = side.of.unwrap_or_else(|| vec![0; len]);
                of.into_iter().map(|at| told[at as usize]).collect()
            }
            Some(Side::Pair(_)) => {
                for pair in &tree.pairs[..last] {
                    let next = self.pair(&pair.occurring, (pair.left, pair.right), &folded);
                    folded.push(next);
                }
                let root = &tree.pairs[last];
                let sides = [root.left, root.right].map(|side| self.side(side, &folded));
                let [left, right] = sides.each_ref().map(|side| side.get(&folded));
                paired(&root.occurring, (left, right), |a, b| ending.end(&a.and(b, &self.wanted)))
            }
        };
        ending.bands(of)
    }

    fn cluster(&self, cluster: usize) -> Folded<A> {
        let place = self.of_use.clusters.iter().position(|one| *one == cluster);
        let Some(place) = place else { return Folded { of: None, all: vec![Said::NOTHING] } };
        let weights = &self.weights[place];
        let mut once = Once::new();
        let each = weights.same.iter().map(|first| {
            let state = u32::try_from(*first).unwrap_or(u32::MAX);
            let leaf = Leaf { place: u32::try_from(place).unwrap_or(u32::MAX), state };
            let weight = &weights.whole[*first];
            once.place(Said::of(weight, leaf, &self.wanted, &|fact| self.bit(fact)))
        });
        let of = Some(each.collect());
        Folded { of, all: once.all }
    }

    fn side(&self, side: Side, folded: &[Folded<A>]) -> Sided<A> {
        match side {
            Side::Cluster(cluster) => Sided::Own(self.cluster(cluster)),
            Side::Pair(pair) => {
                debug_assert!(pair < folded.len(), "sides come first");
                Sided::Folded(pair)
            }
        }
    }

    fn pair(
        &self,
        occurring: &[(u32, u32)],
        (left, right): (Side, Side),
        folded: &[Folded<A>],
    ) -> Folded<A> {
        let sides = [left, right].map(|side| self.side(side, folded));
        let [left, right] = sides.each_ref().map(|side| side.get(folded));
        if left.of.is_none() && right.of.is_none() {
            return Folded { of: None, all: vec![Said::NOTHING] };
        }
        let mut once = Once::new();
        let of = paired(occurring, (left, right), |a, b| once.place(a.and(b, &self.wanted)));
        Folded { of: Some(of), all: once.all }
    }
}

/// A side of a pair: a cluster, or a pair that is folded already.
enum Sided<const A: usize> {
    Own(Folded<A>),
    Folded(usize),
}

impl<const A: usize> Sided<A> {
    fn get<'f>(&'f self, folded: &'f [Folded<A>]) -> &'f Folded<A> {
        match self {
            Self::Own(own) => own,
            Self::Folded(pair) => &folded[*pair],
        }
    }
}

/// What is said in the end.
struct Ending<'a, const A: usize> {
    asking: &'a Asking<'a, A>,
    /// Of each cluster of the use its rules, each with its place in the list of all.
    rules: Vec<Vec<(u16, usize)>>,
    told: Once<Told>,
    matters: Once<u64>,
    /// What is said of groups that have to be looked at one by one.
    slow: BTreeSet<u32>,
    exact: bool,
}

impl<'a, const A: usize> Ending<'a, A> {
    fn of(asking: &'a Asking<'a, A>) -> Self {
        let mut rules = vec![Vec::new(); asking.weights.len()];
        for (at, (_, place, rule)) in (0_u16..).zip(&asking.of_use.rules) {
            rules[*place].push((at, *rule));
        }
        let (told, matters) = (Once::new(), Once::new());
        Self { asking, rules, told, matters, slow: BTreeSet::new(), exact: true }
    }

    /// The place of what is said in the end.
    fn end(&mut self, said: &Said<A>) -> u32 {
        let Asking { open, wanted, .. } = self.asking;
        let (set, too_much) = said.set(wanted);
        self.exact &= !too_much;
        let answer = answer(set);
        let turns_on = (answer == crate::suitability::Answer::CannotBeSaid)
            .then(|| self.matters.place(said.matter(open, wanted, MOST_TOLD)));
        let mut gained = Vec::new();
        // Where too much is open and no cluster alone keeps a group from fitting, any rule may be the one; what
        // is summed up does not tell.
        let is_slow = too_much && said.is_safe();
        if let Some(leaf) = said.kept_by().filter(|_| !answer.is_favourable() && !is_slow) {
            let (place, state) = (leaf.place as usize, leaf.state as usize);
            gained =
                self.gained(place, state, |whole, without| said.instead(whole, without, wanted));
        }
        let place = self.told.place(Told { answer, turns_on, gained });
        if is_slow {
            self.slow.insert(place);
        }
        place
    }

    /// The rules of a cluster without which what is then possible fits.
    fn gained(
        &self,
        place: usize,
        state: usize,
        possible: impl Fn(&Weight, &Weight) -> u8,
    ) -> Vec<u16> {
        let weights = &self.asking.weights[place];
        let rules = self.rules[place].iter().filter(|(_, rule)| {
            weights.without[*rule][state].as_ref().is_some_and(|without| {
                answer(possible(&weights.whole[state], without)).is_favourable()
            })
        });
        rules.map(|(at, _)| *at).collect()
    }

    fn bands(mut self, mut of: Vec<u32>) -> Bands {
        let slow = std::mem::take(&mut self.slow);
        if !slow.is_empty() {
            for (group, told) in of.iter_mut().enumerate().filter(|(_, told)| slow.contains(told)) {
                *told = self.slowly(group, *told);
            }
        }
        let named = |matter: &u64| {
            let facts = self.asking.facts.iter().enumerate();
            let own = facts.filter(|(at, _)| matter >> at & 1 == 1);
            own.map(|(_, fact)| fact.clone()).collect()
        };
        let set = &self.asking.groups.scheme.set;
        let rules = self.asking.of_use.rules.iter().map(|(rule, ..)| set.rules[*rule].id.clone());
        Bands {
            of,
            matters: self.matters.all.iter().map(named).collect(),
            rules: rules.collect(),
            exact: self.exact,
            told: self.told.all,
        }
    }

    /// What is said of one group, with every rule left out once.
    fn slowly(&mut self, group: usize, told: u32) -> u32 {
        let Asking { groups, of_use, weights, wanted, .. } = self.asking;
        let states = groups.tree.states(group, groups.clusters.len());
        let said: Vec<Said<A>> = (0_u32..)
            .zip(weights)
            .map(|(place, weights)| {
                let state = states[of_use.clusters[place as usize]];
                let leaf = Leaf { place, state: u32::try_from(state).unwrap_or(u32::MAX) };
                Said::of(&weights.whole[state], leaf, wanted, &|_| 0)
            })
            .collect();
        let all = said.iter().fold(Said::NOTHING, |all, one| all.and(one, wanted));
        let mut gained: Vec<u16> = (0..weights.len())
            .flat_map(|place| {
                let state = states[of_use.clusters[place]];
                self.gained(place, state, |whole, without| all.instead(whole, without, wanted))
            })
            .collect();
        gained.sort_unstable();
        let before = self.told.all[told as usize].clone();
        self.told.place(Told { gained, ..before })
    }
}
