//! Scores as intervals, and sites beside each other (*sites S8*).

use super::lab::{self, Chance};
use crate::suitability::{
    FactKey, Facts, Part, Scored, Span, compare,
    pairwise::{CONSISTENT, PairwiseError, weights},
};

fn scored(worths: &[(f64, f64)]) -> Scored {
    let all = [0.5, 0.3, 0.2];
    let parts: Vec<Part> = worths
        .iter()
        .zip(all)
        .enumerate()
        .map(|(at, (&(lo, hi), weight))| Part {
            score: at.to_string(),
            weight,
            measured: None,
            worth: Span { lo, hi },
        })
        .collect();
    let sum = |end: fn(&Span) -> f64| -> f64 {
        parts.iter().map(|part| part.weight * end(&part.worth)).sum()
    };
    Scored { total: Span { lo: sum(|span| span.lo), hi: sum(|span| span.hi) }, parts }
}

#[test]
fn sites_s8_a_criterion_that_is_not_known_is_worth_anything_and_no_mean() {
    let set = lab::lab();
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(8);
    for _ in 0..300 {
        let whole = lab::site(&mut chance, &worlds);
        let mut facts = whole.clone();
        for key in worlds.keys() {
            if chance.below(3) == 0 {
                facts.lack(key.clone(), lab::cause(&mut chance));
            }
        }
        let (exact, partly) = (set.score(0, &whole).unwrap(), set.score(0, &facts).unwrap());
        assert!((exact.total.hi - exact.total.lo).abs() < 1e-12);
        assert!(
            partly.total.lo <= exact.total.lo + 1e-12 && exact.total.hi <= partly.total.hi + 1e-12
        );
        assert!((exact.parts.iter().map(|part| part.weight).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    let nothing = set.score(0, &Facts::default()).unwrap();
    assert!(nothing.total.lo.abs() < 1e-12 && (nothing.total.hi - 1.0).abs() < 1e-12);
    let mut near = Facts::default();
    let roads = FactKey::Distance("roads".to_owned(), crate::suitability::tree::Features::Every);
    near.put(roads, lab::figure(250.0), Vec::new());
    let near = set.score(0, &near).unwrap();
    assert!((near.total.lo - 0.375).abs() < 1e-9 && (near.total.hi - 0.875).abs() < 1e-9);
}

#[test]
fn sites_s8_dominated_sites_are_marked_and_ranks_hold_for_all_weights_a_tenth_off() {
    let mut chance = Chance::seeded(88);
    let mut figure = || f64::from(u32::try_from(chance.below(101)).unwrap()) / 100.0;
    for _ in 0..50 {
        let exact: Vec<Scored> = (0..8)
            .map(|_| scored(&[figure(), figure(), figure()].map(|worth| (worth, worth))))
            .collect();
        let places = compare(&exact).unwrap();
        for corner in 0..8 {
            let total = |site: &Scored| -> f64 {
                let factor = |at: usize| if corner >> at & 1 == 1 { 1.1 } else { 0.9 };
                site.parts
                    .iter()
                    .enumerate()
                    .map(|(at, part)| part.weight * factor(at) * part.worth.lo)
                    .sum()
            };
            for (site, place) in exact.iter().zip(&places) {
                let rank =
                    1 + exact.iter().filter(|other| total(other) > total(site) + 1e-9).count();
                assert!((place.best..=place.worst).contains(&rank), "{rank} {place:?}");
            }
        }
        for (at, place) in places.iter().enumerate() {
            for other in &place.dominated_by {
                let pairs = || exact[*other].parts.iter().zip(&exact[at].parts);
                assert!(pairs().all(|(one, two)| one.worth.lo >= two.worth.lo));
                assert!(place.worst > places[*other].best);
            }
        }
    }
}

#[test]
fn sites_s8_a_further_site_swaps_no_two_others() {
    let one = scored(&[(0.9, 0.9), (0.2, 0.4), (0.5, 0.5)]);
    let two = scored(&[(0.3, 0.3), (0.2, 0.2), (0.5, 0.5)]);
    let further = scored(&[(0.0, 1.0), (0.0, 1.0), (1.0, 1.0)]);
    let before = compare(&[one.clone(), two.clone()]).unwrap();
    let after = compare(&[one.clone(), two, further]).unwrap();
    assert_eq!((before[0].worst, before[1].best), (1, 2));
    assert_eq!((after[1].dominated_by.clone(), before[1].dominated_by.clone()), (vec![0], vec![0]));
    assert!(after[0].best < after[1].best);
    assert!(compare(&vec![one; 21]).is_err());
}

#[test]
fn sites_s8_pairwise_weights_and_their_consistency_are_saatys() {
    let good = weights(3, &[3.0, 5.0, 3.0]).unwrap();
    for (weight, known) in good.weights.iter().zip([0.637, 0.258, 0.105]) {
        assert!((weight - known).abs() < 0.001, "{good:?}");
    }
    assert!((good.ratio - 0.033).abs() < 0.001 && good.ratio < CONSISTENT, "{good:?}");
    let circle = weights(3, &[9.0, 1.0 / 9.0, 9.0]).unwrap();
    assert!(circle.ratio > CONSISTENT, "{circle:?}");
    assert!(weights(2, &[9.0]).unwrap().ratio.abs() < 1e-12);
    assert_eq!(weights(3, &[1.0]), Err(PairwiseError::Count));
    assert_eq!(weights(2, &[10.0]), Err(PairwiseError::Scale));
}
