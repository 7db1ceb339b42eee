//! Never allowed by silence (*sites S2*), and monotone (*sites S3*).

use super::lab::{self, Chance, DAY};
use crate::suitability::{Answer, Facts, RuleSet};

/// How much is allowed: what cannot be said is no permission.
const fn allowed(answer: Answer) -> u8 {
    match answer {
        Answer::Suits => 2,
        Answer::SuitsIf => 1,
        Answer::DoesNot | Answer::CannotBeSaid => 0,
    }
}

fn answer(set: &RuleSet, facts: &Facts) -> Answer {
    set.possible(0, facts, DAY).unwrap().answer()
}

#[test]
fn sites_s2_taking_away_up_to_three_facts_never_makes_a_verdict_better_in_100_000_cases() {
    let lab = lab::lab();
    let (atoms, plain) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(2);
    let (mut cases, mut open) = (0, 0);
    while cases < 100_000 {
        let set = lab::rules(&mut chance, &lab, &atoms[..plain + 2]);
        let keys = lab::asked(&set);
        for _ in 0..4 {
            let whole = lab::site(&mut chance, &worlds);
            let before = set.possible(0, &whole, DAY).unwrap();
            assert_eq!(before.outcomes.len(), 1, "all is known");
            // Every subset of up to three.
            for one in 0..keys.len() {
                for two in one..keys.len() {
                    for three in two..keys.len() {
                        let mut facts = whole.clone();
                        for key in [&keys[one], &keys[two], &keys[three]] {
                            facts.lack(key.clone(), lab::cause(&mut chance));
                        }
                        let after = set.possible(0, &facts, DAY).unwrap();
                        let told = (before.answer(), after.answer());
                        assert!(allowed(told.1) <= allowed(told.0), "{told:?} {set:?} {facts:?}");
                        assert!(after.outcomes.is_superset(&before.outcomes), "{set:?} {facts:?}");
                        cases += 1;
                        open += usize::from(told.1 == Answer::CannotBeSaid);
                    }
                }
            }
        }
    }
    assert!(open > 1000, "what was taken away hardly ever mattered: {open}");
}

#[test]
fn sites_s3_whatever_comes_to_light_keeps_a_certain_verdict_in_10_000_sets_of_facts() {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(3);
    let (mut cases, mut certain) = (0, 0);
    while cases < 10_000 {
        let set = lab::rules(&mut chance, &lab, &atoms);
        for _ in 0..20 {
            let whole = lab::site(&mut chance, &worlds);
            let mut facts = whole.clone();
            for key in worlds.keys() {
                if chance.below(2) == 0 {
                    facts.lack(key.clone(), lab::cause(&mut chance));
                }
            }
            cases += 1;
            let partly = answer(&set, &facts);
            let possible = set.possible(0, &facts, DAY).unwrap().outcomes;
            let later = set.possible(0, &whole, DAY).unwrap().outcomes;
            assert!(possible.is_superset(&later), "{set:?} {facts:?}");
            if partly != Answer::CannotBeSaid {
                certain += 1;
                assert_eq!(answer(&set, &whole), partly);
            }
        }
    }
    assert!(certain > 1000, "hardly anything was certain: {certain}");
}
