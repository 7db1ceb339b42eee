//! Two business permits written in the vocabulary of rules, and fifteen published cases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    law::register,
    suitability::{
        Answer, Domain, FactKey, Facts, Reading, RuleFile, RuleSet, Verdict,
        amount::{Limit, Range},
    },
};
use jiff::{
    Unit,
    civil::{Date, date},
};
use serde::Deserialize;

/// The day that the cases are judged on.
const DAY: Date = date(2024, 6, 1);

#[derive(Deserialize)]
struct File {
    base: BTreeMap<String, BTreeMap<String, String>>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    r#use: String,
    #[serde(default)]
    differs: BTreeMap<String, String>,
    granted: bool,
}

fn rules() -> RuleSet {
    let text = include_str!("rotterdam/rules.toml").to_owned();
    let files = [RuleFile { name: "rules.toml".to_owned(), text }];
    RuleSet::read("rotterdam/", &files, register()).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Every case with all that is known of it.
fn cases() -> Vec<(Case, BTreeMap<String, String>)> {
    let File { base, case } = toml::from_str(include_str!("rotterdam/cases.toml")).unwrap();
    let whole = |case: Case| {
        let mut known = base[&case.r#use].clone();
        for (what, value) in &case.differs {
            assert!(known.insert(what.clone(), value.clone()).is_some(), "{}: {what}", case.id);
        }
        (case, known)
    };
    case.into_iter().map(whole).collect()
}

fn years(born: &str) -> i32 {
    born.parse::<Date>().unwrap().until((Unit::Year, DAY)).unwrap().get_years().into()
}

/// What a fact is called in the rules. A day of birth is told as years.
fn key(what: &str) -> FactKey {
    match what {
        "building-use" => FactKey::Value(what.to_owned()),
        "operator-born" => FactKey::Answer("operator-age".to_owned()),
        what => FactKey::Answer(what.to_owned()),
    }
}

fn facts(set: &RuleSet, known: &BTreeMap<String, String>) -> Facts {
    let mut facts = Facts::default();
    for (what, value) in known {
        let figure =
            |written: &str| Reading::Figure(Range::exactly(Limit::read(written).unwrap().amount));
        let reading = match key(what) {
            FactKey::Answer(id)
                if matches!(set.question(&id).unwrap().domain, Domain::Figure(_)) =>
            {
                if what == "operator-born" {
                    figure(&format!("{} years", years(value)))
                } else {
                    figure(value)
                }
            }
            _ => Reading::Codes(BTreeSet::from([value.clone()])),
        };
        facts.put(key(what), reading, Vec::new());
    }
    facts
}

fn judged(set: &RuleSet, of: &str, known: &BTreeMap<String, String>) -> Verdict {
    let (use_at, _) = set.find_use(of).unwrap();
    set.assess(use_at, &facts(set, known), DAY).unwrap()
}

#[test]
fn sites_s14_every_case_of_rotterdam_is_decided_as_published() {
    let (set, cases) = (rules(), cases());
    assert_eq!(cases.len(), 15);
    for (case, known) in &cases {
        let verdict = judged(&set, &case.r#use, known);
        let wanted = if case.granted { Answer::Suits } else { Answer::DoesNot };
        assert_eq!(verdict.answer, wanted, "{}: {:#?}", case.id, verdict.findings);
    }
}

#[test]
fn sites_s2_a_fact_taken_away_is_named_and_never_makes_a_case_better() {
    let set = rules();
    let mut without_weight = BTreeSet::new();
    for (case, known) in &cases() {
        for what in known.keys() {
            let at = format!("{} without {what}", case.id);
            let mut less = known.clone();
            less.remove(what);
            let verdict = judged(&set, &case.r#use, &less);
            match verdict.answer {
                Answer::CannotBeSaid => {
                    let gaps = verdict.findings.iter().flat_map(|finding| &finding.gaps);
                    assert!(gaps.clone().any(|gap| gap.fact == key(what)), "{at}");
                    assert!(gaps.clone().all(|gap| gap.fact == key(what)), "{at}: and no other");
                }
                // Another rule refuses, or the same one whatever the fact is.
                Answer::DoesNot => assert!(!case.granted, "{at}"),
                Answer::Suits => {
                    assert!(case.granted, "{at}");
                    for value in ["yes", "no"] {
                        let other =
                            known.clone().into_iter().chain([(what.clone(), value.to_owned())]);
                        let verdict = judged(&set, &case.r#use, &other.collect());
                        assert_eq!(verdict.answer, Answer::Suits, "{at}: it decides");
                    }
                    without_weight.insert((case.id.clone(), what.clone()));
                }
                Answer::SuitsIf => panic!("{at}: {verdict:#?}"),
            }
        }
    }
    // Whoever is old enough, and has diploma or permit, may serve alcohol or not; whoever serves none
    // needs no diploma.
    let expected =
        [("O1", "alcohol"), ("O2", "managers-diploma"), ("T1", "alcohol"), ("T2", "alcohol")];
    let expected = expected.map(|(case, what)| (case.to_owned(), what.to_owned()));
    assert_eq!(without_weight, BTreeSet::from(expected));
}
