//! Many sites at once say what each says alone (*sites Q1*).

use std::collections::HashMap;

use super::lab::{self, Chance, DAY};
use crate::suitability::{Answer, Bits, Case, Column, Facts, truth::Truth};

#[test]
fn sites_q1_the_band_of_every_site_is_its_own_verdict() {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(1);
    let sites: Vec<Facts> = (0..500)
        .map(|_| {
            let mut facts = lab::site(&mut chance, &worlds);
            for key in worlds.keys() {
                if chance.below(5) == 0 {
                    facts.lack(key.clone(), lab::cause(&mut chance));
                }
            }
            facts
        })
        .collect();
    let mut bands: HashMap<Answer, usize> = HashMap::new();
    for _ in 0..40 {
        let set = lab::rules(&mut chance, &lab, &atoms);
        let columns = set.search(0, sites.len(), DAY, &mut |atom| {
            let truths: Vec<Truth> = sites
                .iter()
                .map(|facts| Case { set: &set, of: &set.uses[0], facts }.truth(atom))
                .collect();
            Column {
                yes: Bits::from_fn(sites.len(), |at| truths[at] == Truth::Known(true)),
                unknown: Bits::from_fn(sites.len(), |at| truths[at].known().is_none()),
            }
        });
        let lists = [
            (Answer::Suits, columns.suits()),
            (Answer::SuitsIf, columns.suits_if()),
            (Answer::DoesNot, columns.does_not()),
            (Answer::CannotBeSaid, columns.cannot_be_said()),
        ];
        assert_eq!(lists.iter().map(|(_, bits)| bits.count()).sum::<usize>(), sites.len());
        for (answer, bits) in &lists {
            *bands.entry(*answer).or_default() += bits.count();
        }
        for (at, facts) in sites.iter().enumerate() {
            let alone = set.possible_by_kleene(0, facts, DAY).unwrap();
            assert_eq!(columns.possible(at), alone, "{facts:?} {:?}", set.rules);
            for (answer, bits) in &lists {
                assert_eq!(bits.get(at), *answer == alone.answer());
            }
            // What the closer look decides, the band leaves open, and never the other way round.
            let exact = set.possible(0, facts, DAY).unwrap();
            assert!(exact.outcomes.is_subset(&alone.outcomes));
        }
    }
    assert_eq!(bands.len(), 4, "{bands:?}");
    assert!(bands.values().all(|count| *count > 100), "{bands:?}");
}
