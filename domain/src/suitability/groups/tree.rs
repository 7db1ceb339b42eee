//! Groups by the states of their clusters, two by two: of a pair of clusters there are few pairs of states, of two
//! pairs some more, and in the end as many as there are groups. Whatever is said of sites is so put together of
//! few things that are said of parts of them.

use std::collections::{BTreeSet, HashMap};

use super::{clusters::Cluster, scheme::Scheme};

/// One side of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// A cluster, by its place among all.
    Cluster(usize),
    /// A pair, by its place in the tree; smaller than that of the pair that it is a side of.
    Pair(usize),
}

/// Two sides, with the pairs of them that occur.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) left: Side,
    pub(super) right: Side,
    pub(super) occurring: Vec<(u32, u32)>,
}

/// The pairs; a group is what occurs at the root.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) pairs: Vec<Pair>,
    /// None without clusters: then all sites are one group.
    pub(super) root: Option<Side>,
}

impl Tree {
    /// Clusters that look at the same facts stand side by side: what they make of a site goes together. Those of
    /// tables, which are many and all of the same zones, are a side of their own.
    pub(super) fn of(scheme: &Scheme, clusters: &[Cluster]) -> Self {
        let is_of_table =
            |at: &usize| clusters[*at].said.iter().any(|said| *said < scheme.tables.len());
        let (mut tables, mut rest): (Vec<usize>, Vec<usize>) =
            (0..clusters.len()).partition(is_of_table);
        for side in [&mut tables, &mut rest] {
            let keys =
                |at: &usize| -> BTreeSet<usize> { clusters[*at].keys.iter().copied().collect() };
            side.sort_by_cached_key(keys);
        }
        let mut tree = Self { pairs: Vec::new(), root: None };
        let sides = [tree.join(&rest), tree.join(&tables)];
        tree.root = match sides {
            [Some(left), Some(right)] => Some(tree.pair(left, right)),
            [left, right] => left.or(right),
        };
        tree
    }

    fn join(&mut self, clusters: &[usize]) -> Option<Side> {
        match clusters {
            [] => None,
            [one] => Some(Side::Cluster(*one)),
            _ => {
                let (left, right) = clusters.split_at(clusters.len() / 2);
                let (left, right) = (self.join(left)?, self.join(right)?);
                Some(self.pair(left, right))
            }
        }
    }

    fn pair(&mut self, left: Side, right: Side) -> Side {
        self.pairs.push(Pair { left, right, occurring: Vec::new() });
        Side::Pair(self.pairs.len() - 1)
    }

    /// The state of every cluster in a group, by the places of the clusters.
    pub(super) fn states(&self, group: usize, clusters: usize) -> Vec<usize> {
        let mut states = vec![0; clusters];
        let mut open = vec![(self.root, group)];
        while let Some((side, at)) = open.pop() {
            match side {
                None => {}
                Some(Side::Cluster(cluster)) => states[cluster] = at,
                Some(Side::Pair(pair)) => {
                    let Pair { left, right, occurring } = &self.pairs[pair];
                    let (a, b) = occurring[at];
                    open.extend([(Some(*left), a as usize), (Some(*right), b as usize)]);
                }
            }
        }
        states
    }

    pub(super) fn bytes(&self) -> usize {
        self.pairs.iter().map(|pair| pair.occurring.len() * size_of::<(u32, u32)>()).sum()
    }
}

/// A tree to which sites are added.
#[derive(Debug)]
pub(super) struct Growing {
    tree: Tree,
    known: Vec<HashMap<(u32, u32), u32>>,
    /// Of the site that is added, what occurs in each pair.
    now: Vec<u32>,
}

impl Growing {
    pub(super) fn new(tree: Tree) -> Self {
        let known = tree.pairs.iter().map(|_| HashMap::new()).collect();
        Self { now: vec![0; tree.pairs.len()], known, tree }
    }

    /// The group of a site whose clusters are in these states.
    pub(super) fn add(&mut self, states: &[u32]) -> u32 {
        for at in 0..self.tree.pairs.len() {
            let pair = &mut self.tree.pairs[at];
            let of = |side: Side, now: &[u32]| match side {
                Side::Cluster(cluster) => states[cluster],
                Side::Pair(pair) => now[pair],
            };
            let both = (of(pair.left, &self.now), of(pair.right, &self.now));
            let next = u32::try_from(pair.occurring.len()).unwrap_or(u32::MAX);
            let place = *self.known[at].entry(both).or_insert(next);
            if place == next {
                pair.occurring.push(both);
            }
            self.now[at] = place;
        }
        match self.tree.root {
            None => 0,
            Some(Side::Cluster(cluster)) => states[cluster],
            Some(Side::Pair(pair)) => self.now[pair],
        }
    }

    pub(super) fn finish(mut self) -> Tree {
        self.tree.pairs.iter_mut().for_each(|pair| pair.occurring.shrink_to_fit());
        self.tree
    }
}
