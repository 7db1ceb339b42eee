//! What would have to be different (*sites S7*).

use std::collections::BTreeSet;

use super::{
    lab::{self, Chance, DAY},
    sample::sample,
};
use crate::suitability::{Answer, Fact, FactKey, Facts, Known, Reading, tree::Features};

fn with(facts: &Facts, changed: &[(FactKey, Reading)]) -> Facts {
    let mut facts = facts.clone();
    for (key, reading) in changed {
        let known = Known { reading: reading.clone(), seen: Vec::new() };
        facts.0.insert(key.clone(), Fact::Known(known));
    }
    facts
}

#[test]
fn sites_s7_every_change_passes_when_tried_and_none_of_it_can_be_left_out() {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let worlds = lab::worlds();
    let mut chance = Chance::seeded(7);
    let (mut told, mut missed) = (0, 0);
    for _ in 0..150 {
        let set = lab::rules(&mut chance, &lab, &atoms);
        let facts = lab::site(&mut chance, &worlds);
        let answer = set.possible(0, &facts, DAY).unwrap().answer();
        let changes = set.otherwise(0, &facts, DAY).changes.smallest;
        if answer != Answer::DoesNot {
            assert!(changes.is_empty());
            continue;
        }
        for change in &changes {
            told += 1;
            let after = set.possible(0, &with(&facts, &change.facts), DAY).unwrap().answer();
            assert_eq!(after, change.answer);
            // In another zone the table may be silent; else all is known.
            let zones = FactKey::Overlaps("zones".to_owned());
            assert!(after != Answer::DoesNot);
            assert!(
                after != Answer::CannotBeSaid || change.facts.iter().any(|(key, _)| *key == zones)
            );
            for left_out in 0..change.facts.len() {
                let mut fewer = change.facts.clone();
                fewer.remove(left_out);
                let after = set.possible(0, &with(&facts, &fewer), DAY).unwrap().answer();
                assert_eq!(after, Answer::DoesNot, "{change:?}");
            }
        }
        // One other answer that would do is never passed over.
        for (key, readings) in &worlds {
            if !matches!(key, FactKey::Answer(_)) {
                continue;
            }
            let passes = readings.iter().any(|reading| {
                let one = [(key.clone(), reading.clone())];
                set.possible(0, &with(&facts, &one), DAY).unwrap().answer() != Answer::DoesNot
            });
            let found =
                changes.iter().any(|change| change.facts.len() == 1 && change.facts[0].0 == *key);
            missed += usize::from(passes && !found);
        }
        for other in set.otherwise(0, &facts, DAY).other_uses.uses {
            let (at, _) = set.find_use(&other.of).unwrap();
            assert_eq!(set.possible(at, &facts, DAY).unwrap().answer(), other.answer);
            assert!(at != 0 && matches!(other.answer, Answer::Suits | Answer::SuitsIf));
        }
    }
    assert!(told > 50 && missed == 0, "{told} told, {missed} missed");
}

/// A café of the example, all known and in order.
fn cafe() -> Facts {
    let mut facts = Facts::default();
    let overlaps = |layer: &str| FactKey::Overlaps(layer.to_owned());
    facts.put(
        overlaps("farmland"),
        Reading::Overlaps(crate::suitability::Overlaps::default()),
        Vec::new(),
    );
    facts.put(overlaps("zoning"), lab::covered("A", 1.0), Vec::new());
    facts.put(FactKey::Area, lab::figure(lab::SITE_M2), Vec::new());
    facts.put(FactKey::Distance("roads".into(), Features::Every), lab::figure(100.0), Vec::new());
    facts.put(FactKey::Answer("national-project".into()), lab::codes(&["no"]), Vec::new());
    facts.put(FactKey::Answer("noise".into()), lab::codes(&["none"]), Vec::new());
    facts.put(FactKey::Answer("closing".into()), lab::figure(24.0), Vec::new());
    facts.put(FactKey::Value("latest-closing".into()), lab::figure(23.0), Vec::new());
    facts
}

#[test]
fn sites_s7_a_cafe_that_closes_too_late_is_told_when_it_may() {
    let set = sample();
    let facts = cafe();
    let (at, _) = set.find_use("cafe").unwrap();
    assert!(set.asks(at, DAY).iter().all(|key| facts.get(key).is_ok()));
    let verdict = set.assess(at, &facts, DAY).unwrap();
    assert_eq!(verdict.answer, Answer::DoesNot);
    assert_eq!(verdict.findings[0].rule, "closing-time");
    let changes = set.otherwise(at, &facts, DAY).changes.smallest;
    let closing = (FactKey::Answer("closing".into()), lab::figure(23.0));
    assert_eq!(
        changes.iter().map(|change| change.facts.clone()).collect::<Vec<_>>(),
        [vec![closing]]
    );
    assert_eq!(changes[0].answer, Answer::Suits);
}

#[test]
fn sites_s1_evidence_has_layer_date_measure_threshold_and_tolerance() {
    let set = sample();
    let mut facts = cafe();
    let seen = crate::suitability::Seen {
        source: "farmland-2025".into(),
        title: crate::Localized::new("永久基本农田", "Farmland"),
        date: Some("2025-06-30".parse().unwrap()),
    };
    let farmland = FactKey::Overlaps("farmland".into());
    facts.put(farmland, lab::covered("", 0.2), vec![seen.clone()]);
    let (at, _) = set.find_use("cafe").unwrap();
    let verdict = set.assess(at, &facts, DAY).unwrap();
    let finding = &verdict.findings[0];
    assert_eq!(
        (finding.rule.as_str(), finding.office.as_str()),
        ("permanent-farmland", "natural-resources")
    );
    assert_eq!(finding.basis[0].document.law.as_deref(), Some("land-law"));
    let evidence = finding.evidence.iter().find(|one| one.tolerance.is_some()).unwrap();
    assert_eq!(evidence.seen, [seen]);
    assert_eq!(evidence.tolerance, Some(("1 m2".into(), "0.1 %".into())));
    assert!(serde_json::to_string(&evidence.measured).unwrap().contains("\"hi\":200.0"));
    assert_eq!(verdict.hash, set.hash);
    // It survives being written down, facts and all.
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<crate::suitability::Verdict>(&json).unwrap(), verdict);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
    let standing: Vec<_> = verdict.findings.iter().map(|finding| finding.standing).collect();
    assert!(standing.is_sorted());
}

#[test]
fn sites_s4_a_zone_of_which_the_table_says_nothing_is_asked_of_the_office() {
    let set = sample();
    let mut facts = cafe();
    facts.put(FactKey::Answer("closing".into()), lab::figure(20.0), Vec::new());
    let (at, _) = set.find_use("cafe").unwrap();
    let zones = |zone: &str| (FactKey::Overlaps("zoning".into()), lab::covered(zone, 1.0));
    let answer = |facts: &Facts| set.assess(at, facts, DAY).unwrap();
    assert_eq!(answer(&with(&facts, &[zones("A")])).answer, Answer::Suits);
    assert_eq!(answer(&with(&facts, &[zones("B")])).answer, Answer::SuitsIf);
    for silent in ["C", "nowhere"] {
        let verdict = answer(&with(&facts, &[zones(silent)]));
        assert_eq!(verdict.answer, Answer::CannotBeSaid);
        let entry = FactKey::TableEntry("uses-by-zone".into());
        assert_eq!(verdict.settling.unwrap().surely, BTreeSet::from([entry.clone()]));
        assert_eq!(set.office_of(&entry), Some("natural-resources"));
        let told = (entry, lab::codes(&["permitted"]));
        assert_eq!(answer(&with(&facts, &[zones(silent), told])).answer, Answer::Suits);
    }
}

#[test]
fn the_largest_zone_decides_and_counts_from_a_tenth_of_the_lot_or_of_the_zone() {
    let set = sample();
    let mut facts = cafe();
    facts.put(FactKey::Answer("closing".into()), lab::figure(20.0), Vec::new());
    let (at, _) = set.find_use("cafe").unwrap();
    let zoned = |features: Vec<crate::suitability::Overlap>| {
        let overlaps = crate::suitability::Overlaps { apart: true, features };
        let facts =
            with(&facts, &[(FactKey::Overlaps("zoning".into()), Reading::Overlaps(overlaps))]);
        set.assess(at, &facts, DAY).unwrap().answer
    };
    let feature = |zone: &str, share: f64, of_zone: f64| crate::suitability::Overlap {
        of_feature: crate::suitability::amount::Range::measured(of_zone),
        ..lab::feature(zone, share)
    };
    assert_eq!(zoned(vec![feature("A", 0.6, 0.01), feature("B", 0.4, 0.01)]), Answer::Suits);
    assert_eq!(zoned(vec![feature("A", 0.4, 0.01), feature("B", 0.6, 0.01)]), Answer::SuitsIf);
    // Equal shares: nobody knows which is first, and the table says different things.
    assert_eq!(zoned(vec![feature("A", 0.5, 0.01), feature("B", 0.5, 0.01)]), Answer::CannotBeSaid);
}
