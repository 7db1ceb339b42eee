//! Kleene's tables, and what FEEL (DMN TCK 0064, 0065, 0106, 0107) and CEL (`logic.textproto`) say of
//! *and*, *or* and *not* of true, false and no value: facts about the languages, a line each. Where the
//! value of a comparison is missing, those languages say false or an error; here it is not known.

use std::collections::BTreeSet;

use super::lab;
use crate::suitability::{
    Cause, FactKey, Facts,
    tree::{Atom, Tree},
    truth::{Gap, Truth},
};

const VALUES: [Option<bool>; 3] = [Some(true), Some(false), None];

fn gap(at: usize) -> Gap {
    Gap { fact: FactKey::Answer(format!("q{at}")), cause: Cause::NotAsked }
}

/// Two atoms and what a tree of them is.
fn says(tree: impl Fn(Tree, Tree) -> Tree, left: Option<bool>, right: Option<bool>) -> Truth {
    let (atoms, plain) = lab::atoms(&lab::lab());
    let pair = [&atoms[plain], &atoms[plain + 1]];
    let value = |atom: &Atom| {
        let at = usize::from(atom != pair[0]);
        [left, right][at].map_or_else(|| Truth::Unknown(BTreeSet::from([gap(at)])), Truth::Known)
    };
    let [left, right] = pair.map(|atom| Tree::Atom(atom.clone()));
    tree(left, right).truth(&mut |atom| value(atom))
}

#[test]
fn sites_s4_and_or_and_not_are_kleenes() {
    const T: Option<bool> = Some(true);
    const F: Option<bool> = Some(false);
    const U: Option<bool> = None;
    let and = [[T, F, U], [F, F, F], [U, F, U]];
    let or = [[T, T, T], [T, F, U], [T, U, U]];
    for (row, left) in VALUES.into_iter().enumerate() {
        for (column, right) in VALUES.into_iter().enumerate() {
            let all = says(|a, b| Tree::All(vec![a, b]), left, right);
            let any = says(|a, b| Tree::Any(vec![a, b]), left, right);
            assert_eq!(all.known(), and[row][column], "{left:?} and {right:?}");
            assert_eq!(any.known(), or[row][column], "{left:?} or {right:?}");
        }
        let not = says(|a, _| Tree::Not(Box::new(a)), left, T);
        assert_eq!(not.known(), left.map(|left| !left));
    }
}

#[test]
fn sites_s4_every_reason_is_kept_and_none_that_does_not_matter() {
    let both = says(|a, b| Tree::All(vec![a, b]), None, None);
    assert_eq!(both.gaps(), BTreeSet::from([gap(0), gap(1)]));
    let one = says(|a, b| Tree::AtLeast(2, vec![a, b]), Some(true), None);
    assert_eq!(one.gaps(), BTreeSet::from([gap(1)]));
    let settled = says(|a, b| Tree::Any(vec![a, b]), Some(true), None);
    assert_eq!(settled.gaps(), BTreeSet::new());
}

#[test]
fn sites_s4_what_did_not_answer_is_not_allowed_by_not() {
    // FEEL: zone = "farmland" of null is false, and not of that is true. CEL, JSONLogic, zen: alike.
    let set = lab::lab();
    let (atoms, _) = lab::atoms(&set);
    let mut facts = Facts::default();
    for atom in &atoms {
        for cause in [Cause::Missing, Cause::Failed, Cause::TimedOut, Cause::Withheld] {
            for key in lab::worlds().into_keys() {
                facts.lack(key, cause);
            }
            let case = super::super::Case { set: &set, of: &set.uses[0], facts: &facts };
            let not = Tree::Not(Box::new(Tree::Atom(atom.clone())));
            let truth = not.truth(&mut |atom| case.truth(atom));
            assert!(truth.gaps().iter().all(|gap| gap.cause == cause), "{truth:?}");
            assert_eq!(truth.known(), None, "{atom:?}");
        }
    }
}

#[test]
fn sites_s4_x_or_not_x_is_certain_and_kleene_alone_does_not_see_it() {
    let mut set = lab::lab();
    let (atoms, plain) = lab::atoms(&set);
    let one = || Tree::Atom(atoms[plain].clone());
    set.rules[0].stands = Tree::Any(vec![one(), Tree::Not(Box::new(one()))]);
    let facts = Facts::default();
    let exact = set.possible(0, &facts, lab::DAY).unwrap();
    let kleene = set.possible_by_kleene(0, &facts, lab::DAY).unwrap();
    assert_eq!((exact.outcomes.len(), kleene.outcomes.len()), (1, 2));
    let verdict = set.assess(0, &facts, lab::DAY).unwrap();
    assert_eq!(verdict.findings[0].standing, crate::suitability::Standing::InTheWay);
    assert_eq!(verdict.findings[0].gaps, BTreeSet::new());
}
