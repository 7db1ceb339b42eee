//! Certain if and only if all completions agree (*sites S4*), and the smallest sets of facts that settle
//! it (*sites S5*), both against trying everything.

use std::collections::{BTreeMap, BTreeSet};

use super::lab::{self, Chance, DAY};
use crate::suitability::{Answer, FactKey, Facts, Outcome, RuleSet, Settling, Way};

type Tried = Vec<(Vec<usize>, Outcome)>;

fn only(set: &RuleSet, facts: &Facts) -> Outcome {
    let outcomes = set.possible(0, facts, DAY).unwrap().outcomes;
    assert_eq!(outcomes.len(), 1, "all is known: {facts:?}");
    outcomes.into_iter().next().unwrap()
}

/// Rules, a site, and everything that what is not known of it can be. A fact that lies open with no
/// consequence for a table (its entry while the zone has one) is what the engine leaves out too.
fn case(chance: &mut Chance, most: usize) -> (RuleSet, Facts, Vec<FactKey>, Tried) {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let set = lab::rules(chance, &lab, &atoms);
    let whole = lab::site(chance, &worlds);
    let open = lab::opened(chance, &lab::asked(&set), &worlds, most);
    let mut facts = whole;
    for key in &open {
        facts.lack(key.clone(), lab::cause(chance));
    }
    let tried = lab::completions(&facts, &open, &worlds);
    let tried = tried.into_iter().map(|(path, facts)| (path, only(&set, &facts))).collect();
    (set, facts, open, tried)
}

#[test]
fn sites_s4_a_verdict_is_certain_exactly_where_all_completions_agree() {
    let mut chance = Chance::seeded(4);
    let mut open_ended = 0;
    for _ in 0..300 {
        let (set, facts, open, tried) = case(&mut chance, 1500);
        let expected: BTreeSet<Outcome> = tried.iter().map(|(_, outcome)| *outcome).collect();
        let possible = set.possible(0, &facts, DAY).unwrap();
        assert!(possible.exact);
        assert_eq!(possible.outcomes, expected, "{open:?} {:?} {facts:?}", set.rules);
        let verdict = set.assess(0, &facts, DAY).unwrap();
        assert_eq!((verdict.answer, verdict.possible), (possible.answer(), possible.outcomes));
        open_ended += usize::from(expected.len() > 1);
    }
    assert!(open_ended > 50, "{open_ended}");
}

#[test]
fn sites_s4_twelve_unknown_answers_are_all_tried() {
    let lab = lab::lab();
    let (atoms, plain) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(12);
    for _ in 0..12 {
        let mut set = lab::rules(&mut chance, &lab, &atoms[plain..]);
        set.rules[0].stands = lab::tree(&mut chance, &atoms[plain..], 3);
        let open: Vec<FactKey> =
            (0..lab::QUESTIONS).map(|at| FactKey::Answer(format!("q{at}"))).collect();
        let facts = Facts::default();
        let tried = lab::completions(&facts, &open, &worlds);
        assert_eq!(tried.len(), 4096);
        let expected: BTreeSet<Outcome> =
            tried.iter().map(|(_, facts)| only(&set, facts)).collect();
        assert_eq!(set.possible(0, &facts, DAY).unwrap().outcomes, expected);
    }
}

#[test]
fn sites_s4_beyond_the_largest_table_kleene_speaks_and_the_verdict_says_so() {
    let mut set = lab::lab();
    let (atoms, _) = lab::atoms(&set);
    let stands = atoms.into_iter().map(crate::suitability::tree::Tree::Atom).collect();
    set.rules[0].stands = crate::suitability::tree::Tree::All(stands);
    let verdict = set.assess(0, &Facts::default(), DAY).unwrap();
    assert_eq!((verdict.answer, verdict.exact), (Answer::CannotBeSaid, false));
    assert_eq!(verdict.possible, BTreeSet::from([Outcome::Suits, Outcome::DoesNot]));
    assert_eq!(verdict.settling, None);
}

/// What settles it, by trying every set of facts.
fn by_trying(open: &[FactKey], tried: &[(Vec<usize>, Outcome)]) -> Settling {
    let sets: Vec<Vec<usize>> = (0..1_usize << open.len())
        .map(|set| (0..open.len()).filter(|at| set >> at & 1 == 1).collect())
        .collect();
    let told = |set: &[usize]| -> BTreeMap<Vec<usize>, BTreeSet<Outcome>> {
        let mut told: BTreeMap<Vec<usize>, BTreeSet<Outcome>> = BTreeMap::new();
        for (path, outcome) in tried {
            told.entry(set.iter().map(|at| path[*at]).collect()).or_default().insert(*outcome);
        }
        told
    };
    let named = |set: &[usize]| set.iter().map(|at| open[*at].clone()).collect::<BTreeSet<_>>();
    let surely = sets.iter().filter(|set| told(set).values().all(|outcomes| outcomes.len() == 1));
    let surely = surely.min_by_key(|set| set.len()).map(|set| named(set)).unwrap_or_default();
    let mut perhaps = Vec::new();
    for outcome in Outcome::ALL {
        let enough: Vec<BTreeSet<FactKey>> = sets
            .iter()
            .filter(|set| told(set).values().any(|outcomes| *outcomes == BTreeSet::from([outcome])))
            .map(|set| named(set))
            .collect();
        let smallest = |set: &&BTreeSet<FactKey>| {
            !enough.iter().any(|less| less != *set && less.is_subset(set))
        };
        perhaps.extend(
            enough.iter().filter(smallest).map(|facts| Way { outcome, facts: facts.clone() }),
        );
    }
    perhaps.sort_by_key(|way| (way.facts.len(), way.clone()));
    Settling { surely, perhaps, whole: true }
}

#[test]
fn sites_s5_the_sets_of_facts_that_settle_it_are_the_smallest_that_there_are() {
    let mut chance = Chance::seeded(5);
    let mut looked = 0;
    while looked < 60 {
        let (set, facts, open, tried) = case(&mut chance, 700);
        let verdict = set.assess(0, &facts, DAY).unwrap();
        if verdict.answer != Answer::CannotBeSaid {
            assert_eq!(verdict.settling, None);
            continue;
        }
        looked += 1;
        let settling = verdict.settling.unwrap();
        assert_eq!(settling, by_trying(&open, &tried), "{:?} {facts:?}", set.rules);
        for fact in &settling.surely {
            let office = set.office_of(fact);
            assert_eq!(office, Some("bureau"), "{fact:?}");
        }
    }
}
