//! Rules for a use that look at nothing in common: whatever of the unknown decides one cluster of them decides
//! no other, so that each can be judged apart. A question of yes and no that rules of many clusters ask in the
//! same words joins none of them: it is tried both ways instead, for there are two of them at most.

use std::collections::{BTreeMap, BTreeSet};

use super::scheme::{Scheme, facts_of};
use crate::suitability::{
    fact::FactKey,
    model::{Domain, Rule, RuleSet},
    tree::{Atom, Subject, Test},
};

/// Questions of a use that join no clusters.
pub(super) const COMMON: usize = 2;
/// Clusters of a use: counts of them have eight bits, and sums of their places twelve.
const MOST_CLUSTERS: usize = 63;
/// Facts that a search tells apart for a use: a bit each.
const MOST_FACTS: usize = 64;

/// A question that rules of several clusters ask, always by this atom.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Common {
    pub(super) key: FactKey,
    pub(super) atom: Atom,
}

/// Rules that are judged together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cluster {
    /// Their places in the set.
    pub(super) rules: Vec<usize>,
    /// A use that they are for; of a table the one whose entries they ask for.
    pub(super) use_at: usize,
    /// Which of the common questions they ask.
    pub(super) common: [Option<Common>; COMMON],
    /// Atoms, what is said beside them, and facts, by their places in the scheme.
    pub(super) atoms: Vec<usize>,
    pub(super) said: Vec<usize>,
    pub(super) keys: Vec<usize>,
    /// What they ask the applicant.
    pub(super) questions: BTreeSet<FactKey>,
    /// Everything that they look at.
    pub(super) facts: BTreeSet<FactKey>,
}

/// The clusters of a use.
#[derive(Clone, Debug, Default)]
pub(super) struct OfUse {
    /// By their places among all clusters.
    pub(super) clusters: Vec<usize>,
    pub(super) common: [Option<Common>; COMMON],
    /// Each rule, in the order of the set: its place there, that of its cluster in `clusters`, its own among
    /// the rules of that.
    pub(super) rules: Vec<(usize, usize, usize)>,
    /// What the rules look at. `None` where it is more than a search tells apart.
    pub(super) facts: Option<Vec<FactKey>>,
}

/// The clusters of all uses, each once, and those of each use.
pub(super) fn all(scheme: &Scheme) -> (Vec<Cluster>, Vec<OfUse>) {
    let mut clusters: Vec<Cluster> = Vec::new();
    let uses = 0..scheme.set.uses.len();
    let uses = uses.map(|use_at| of_use(scheme, use_at, &mut clusters)).collect();
    (clusters, uses)
}

fn of_use(scheme: &Scheme, use_at: usize, clusters: &mut Vec<Cluster>) -> OfUse {
    let set = &*scheme.set;
    let is_for = |rule: &&Rule| rule.uses.has(use_at) && rule.in_force(scheme.on);
    let rules: Vec<(usize, &Rule)> =
        set.rules.iter().enumerate().filter(|(_, rule)| is_for(rule)).collect();
    let common = common(set, &rules);
    let mut of = OfUse { common: common.clone(), ..OfUse::default() };
    let mut facts = BTreeSet::new();
    for members in joined(&rules, &common) {
        let cluster = cluster(scheme, use_at, &members, &common);
        facts.extend(cluster.facts.iter().cloned());
        let place = clusters.iter().position(|one| *one == cluster).unwrap_or_else(|| {
            clusters.push(cluster);
            clusters.len() - 1
        });
        let own = members.iter().enumerate();
        of.rules.extend(own.map(|(at, (rule, _))| (*rule, of.clusters.len(), at)));
        of.clusters.push(place);
    }
    of.rules.sort_unstable();
    of.facts = (facts.len() <= MOST_FACTS).then(|| facts.into_iter().collect());
    of
}

fn cluster(
    scheme: &Scheme,
    use_at: usize,
    members: &[(usize, &Rule)],
    common: &[Option<Common>; COMMON],
) -> Cluster {
    let atoms: Vec<&Atom> = members.iter().flat_map(|(_, rule)| rule.stands.atoms()).collect();
    let (mut places, mut said, mut facts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut of_table = false;
    for atom in &atoms {
        let place = scheme.place_of(atom, use_at);
        places.extend(place);
        let outside = scheme.outside.iter().position(|at| Some(*at) == place);
        said.extend(outside.map(|at| scheme.tables.len() + at));
        if let Subject::TableEntry { table } = &atom.subject {
            of_table = true;
            let is_it = |one: &(String, usize)| one.0 == *table && one.1 == use_at;
            said.extend(scheme.tables.iter().position(is_it));
        }
        facts.extend(facts_of(&scheme.set, atom));
    }
    let asks = |one: &Common| facts.contains(&one.key);
    let is_question = |key: &&FactKey| matches!(key, FactKey::Answer(_));
    let place = |key: &FactKey| scheme.keys.iter().position(|one| one == key);
    Cluster {
        rules: members.iter().map(|(at, _)| *at).collect(),
        // What is of no table is the same for every use.
        use_at: if of_table { use_at } else { 0 },
        common: common.clone().map(|one| one.filter(asks)),
        atoms: places.into_iter().collect(),
        said: said.into_iter().collect(),
        keys: facts.iter().filter_map(place).collect(),
        questions: facts.iter().filter(is_question).cloned().collect(),
        facts,
    }
}

/// What makes the unknown of one rule that of another too; `None` is that two figures are compared, for all of
/// those are cut at the same points.
type Links = BTreeSet<Option<Subject>>;

fn links(rule: &Rule) -> Links {
    let mut links = BTreeSet::new();
    for atom in rule.stands.atoms() {
        links.insert(Some(atom.subject.clone()));
        if let Test::CompareWith(_, other) = &atom.test {
            links.extend([Some(other.clone()), None]);
        }
    }
    links
}

/// The rules in clusters, each in the order of the set.
fn joined<'r>(
    rules: &[(usize, &'r Rule)],
    common: &[Option<Common>; COMMON],
) -> Vec<Vec<(usize, &'r Rule)>> {
    let left_out: Vec<FactKey> = common.iter().flatten().map(|one| one.key.clone()).collect();
    let joins = |link: &Option<Subject>| {
        link.as_ref().is_none_or(|subject| !left_out.contains(&subject.fact()))
    };
    let mut clusters: Vec<(Links, Vec<(usize, &Rule)>)> = Vec::new();
    for (at, rule) in rules {
        let mut own: Links = links(rule).into_iter().filter(joins).collect();
        let mut members = vec![(*at, *rule)];
        clusters.retain_mut(|(links, others)| {
            let is_apart = links.is_disjoint(&own);
            if !is_apart {
                own.append(links);
                members.append(others);
            }
            is_apart
        });
        members.sort_unstable_by_key(|(at, _)| *at);
        clusters.push((own, members));
    }
    while clusters.len() > MOST_CLUSTERS {
        let (_, rest) = clusters.pop().unwrap_or_default();
        if let Some((_, last)) = clusters.last_mut() {
            last.extend(rest);
            last.sort_unstable_by_key(|(at, _)| *at);
        }
    }
    clusters.into_iter().map(|(_, members)| members).collect()
}

/// The questions of yes and no that most clusters ask, always by the same atom.
fn common(set: &RuleSet, rules: &[(usize, &Rule)]) -> [Option<Common>; COMMON] {
    let mut asked: BTreeMap<String, Vec<&Atom>> = BTreeMap::new();
    let mut compared = BTreeSet::new();
    for atom in rules.iter().flat_map(|(_, rule)| rule.stands.atoms()) {
        if let Subject::Answer { id } = &atom.subject {
            let atoms = asked.entry(id.clone()).or_default();
            if !atoms.contains(&atom) {
                atoms.push(atom);
            }
        }
        if let Test::CompareWith(_, Subject::Answer { id }) = &atom.test {
            compared.insert(id.clone());
        }
    }
    let single = asked.into_iter().filter_map(|(id, atoms)| {
        let [atom] = atoms[..] else { return None };
        let yes_no = set.question(&id).is_some_and(|it| matches!(it.domain, Domain::YesNo));
        let Test::Among(codes) = &atom.test else { return None };
        let hold = |code: &str| codes.hold(&BTreeSet::from([code.to_owned()]));
        let decides = hold("yes") != hold("no");
        (yes_no && decides && !compared.contains(&id))
            .then(|| Common { key: FactKey::Answer(id), atom: atom.clone() })
    });
    let mut single: Vec<Common> = single.collect();
    let mut chosen: [Option<Common>; COMMON] = Default::default();
    for at in 0..COMMON {
        let count = |one: &Common| {
            let mut left_out = chosen.clone();
            left_out[at] = Some(one.clone());
            let asks = |rule: &Rule| rule.stands.atoms().contains(&&one.atom);
            let apart = joined(rules, &left_out);
            apart.iter().filter(|members| members.iter().any(|(_, rule)| asks(rule))).count()
        };
        let counted = single.iter().map(count).enumerate();
        // Of as many the first.
        let most = counted.rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 1);
        chosen[at] = most.map(|(most, _)| single.remove(most));
    }
    chosen
}
