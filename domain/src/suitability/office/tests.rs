use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::*;
use crate::suitability::{
    Cause, Fact, FactKey, Facts, Known, Outcome, Overlap, Overlaps, Reading, RuleSet,
    amount::Range, embedded,
};

const DAY: Date = date(2026, 11, 29);

fn rules() -> &'static RuleSet {
    embedded().in_force("zhejiang", DAY).unwrap()
}

fn written(facts: &[&str]) -> AskWritten {
    AskWritten {
        rules: "zhejiang".into(),
        of: "cafe".into(),
        facts: facts.iter().map(|id| (*id).to_owned()).collect(),
        answers: BTreeMap::from([("builds".to_owned(), "no".to_owned())]),
        outline: None,
    }
}

#[test]
fn sites_s5_what_is_asked_of_an_outline_carries_it_with_its_digest() {
    let ground = "119.9 30.5\n119.901 30.5\n119.901 30.501";
    let with = |outline: &str| AskWritten {
        outline: Some(outline.to_owned()),
        ..written(&["overlaps:planned-use"])
    };
    let asked = rules().ask(&with(ground), "planning", DAY).unwrap();
    let outline = asked.outline.clone().unwrap();
    assert_eq!(outline.sha256, crate::digest::hex_digest(outline.geojson.as_bytes()));
    assert_eq!(outline.ground(), crate::outline::Outline::read(&outline.geojson).ok());
    let again = rules().ask(&with(&outline.geojson), "planning", DAY).unwrap();
    assert_eq!(again, asked, "what was read is read again");
    assert!(matches!(rules().ask(&with("119.9"), "planning", DAY), Err(AskError::Outline(_))));
    // What a department gets, and a request without one as before.
    let json = serde_json::to_value(&asked).unwrap();
    assert_eq!(json["outline"]["crs"], "CGCS2000");
    let plain = rules().ask(&written(&["overlaps:planned-use"]), "planning", DAY).unwrap();
    assert!(serde_json::to_value(plain).unwrap().get("outline").is_none());
}

fn read(takes: Takes, said: &Value) -> Option<Fact> {
    let fact = FactAsked { id: "x".into(), title: crate::Localized::same("x"), takes };
    fact.read(&Said::of(said)?)
}

fn share(fact: &Fact) -> Vec<(String, f64)> {
    let Fact::Known(Known { reading: Reading::Overlaps(all), .. }) = fact else { panic!() };
    all.features.iter().map(|one| (one.kind.clone(), one.share.hi.figure())).collect()
}

#[test]
fn sites_s5_only_what_the_rules_ask_of_a_department_is_asked_of_it() {
    let rules = rules();
    let (use_at, _) = rules.find_use("cafe").unwrap();
    let askable = rules.askable(use_at, DAY);
    let department = |key: &FactKey| rules.offices[rules.office_of(key)?].department.as_deref();
    let theirs: Vec<&str> = askable
        .iter()
        .filter(|(_, key)| department(key) == Some("planning"))
        .map(|(id, _)| id.as_str())
        .collect();
    assert!(theirs.len() > 2, "{askable:?}");
    let asked = rules.ask(&written(&theirs), "planning", DAY).unwrap();
    assert_eq!(asked.rules.hash, rules.hash);
    assert_eq!(asked.facts.iter().map(|fact| &*fact.id).collect::<Vec<_>>(), theirs);
    let other = askable.iter().find(|(_, key)| department(key) == Some("geology")).unwrap().0;
    let ask = |facts: &[&str]| rules.ask(&written(facts), "planning", DAY).unwrap_err();
    assert_eq!(ask(&[other]), AskError::NotTheirs { id: other.clone() });
    assert_eq!(ask(&["value:nonsense"]), AskError::NoFact { id: "value:nonsense".into() });
    assert!(matches!(ask(&["area"]), AskError::NotTheirs { .. } | AskError::NoFact { .. }));
    assert_eq!(ask(&[]), AskError::Count);
    assert_eq!(ask(&[theirs[0], theirs[0]]), AskError::Count);
    let odd = AskWritten { of: "castle".into(), ..written(&theirs) };
    assert!(matches!(rules.ask(&odd, "planning", DAY), Err(AskError::NoRules { .. })));
    let mut odd = written(&theirs);
    odd.answers.insert("builds".into(), "perhaps".into());
    assert!(matches!(rules.ask(&odd, "planning", DAY), Err(AskError::Answer(_))));
    // A department reads what was written, and the portal what it kept.
    let json = serde_json::to_string(&asked).unwrap();
    assert_eq!(serde_json::from_str::<FactsAsked>(&json).unwrap(), asked);
}

#[test]
fn sites_s5_an_answer_is_read_in_the_words_of_its_fact_and_no_others() {
    let zones = || Takes::Overlaps { codes: ["a", "b"].map(str::to_owned).into() };
    let codes = |all: &[&str]| {
        let all: BTreeSet<String> = all.iter().map(|code| (*code).to_owned()).collect();
        Some(Fact::Known(Known { reading: Reading::Codes(all), seen: Vec::new() }))
    };
    let dictionary = |several| Takes::Codes {
        system: "land-use-planning".into(),
        version: "2023-11".into(),
        several,
    };
    assert_eq!(read(Takes::YesNo, &json!(true)), codes(&["yes"]));
    assert_eq!(read(Takes::YesNo, &json!("no")), codes(&["no"]));
    assert_eq!(read(dictionary(true), &json!(["0901", "0701"])), codes(&["0701", "0901"]));
    assert_eq!(read(zones(), &json!("unknown")), Some(Fact::Unknown(Cause::NotKnown)));
    let height = || Takes::Figure { unit: "m".into() };
    let metres = Fact::Known(Known {
        reading: Reading::Figure(Range::measured(12.0).unwrap()),
        seen: Vec::new(),
    });
    for said in [json!("12"), json!(12), json!("12 m"), json!("0.012 km")] {
        assert_eq!(read(height(), &said).as_ref(), Some(&metres), "{said}");
    }
    assert_eq!(share(&read(zones(), &json!("a")).unwrap()), [("a".to_owned(), 1.0)]);
    assert_eq!(share(&read(zones(), &json!("none")).unwrap()), []);
    let parts = json!([{ "code": "a", "share": "70 %" }, { "code": "b", "share": "0.3" }]);
    assert_eq!(share(&read(zones(), &parts).unwrap()).len(), 2);
    let plain = || Takes::Overlaps { codes: BTreeSet::new() };
    assert_eq!(share(&read(plain(), &json!("30%")).unwrap()), [(String::new(), 0.3)]);
    for (takes, said) in [
        (Takes::YesNo, json!("perhaps")),
        (Takes::YesNo, json!(null)),
        (Takes::YesNo, json!({ "yes": true })),
        (dictionary(false), json!(["0901", "0701"])),
        (dictionary(true), json!([])),
        (dictionary(true), json!("9999")),
        (height(), json!("12 m2")),
        (height(), json!("high")),
        (height(), json!(-3)),
        (zones(), json!("c")),
        (zones(), json!([{ "code": "c", "share": "1" }])),
        (zones(), json!([{ "share": "1" }])),
        (zones(), json!([{ "code": "a", "share": "70 %" }, { "code": "b", "share": "40 %" }])),
        (plain(), json!([{ "share": "0" }])),
        (plain(), json!("3")),
        (plain(), json!([{ "share": "30 %", "colour": "red" }])),
        (Takes::Text { several: false }, json!("a\u{202E}b")),
    ] {
        assert_eq!(read(takes.clone(), &said), None, "{takes:?}: {said}");
    }
}

#[test]
fn sites_s5_what_was_not_asked_or_does_not_read_is_named() {
    let asked = rules().ask(&written(&["overlaps:planned-use"]), "planning", DAY);
    let asked = asked.unwrap_or_else(|error| {
        let (at, _) = rules().find_use("cafe").unwrap();
        panic!("{error}: {:?}", rules().askable(at, DAY).keys().collect::<Vec<_>>())
    });
    let said = |id: &str, text: &str| {
        asked.check(&BTreeMap::from([(id.to_owned(), Said::Text(text.to_owned()))]))
    };
    assert_eq!(said("overlaps:planned-use", "none"), Ok(()));
    assert!(matches!(said("value:x", "none"), Err(SaidError::NotAsked { id }) if id == "value:x"));
    let no = said("overlaps:planned-use", "某区").unwrap_err().to_string();
    assert_eq!(no, "\"某区\" is no answer to overlaps:planned-use");
}

fn layer(parts: &[(&str, f64, f64)]) -> Fact {
    let features = parts.iter().map(|(kind, lo, hi)| Overlap {
        kind: (*kind).to_owned(),
        label: crate::Localized::same(*kind),
        area: Range::between(lo * 1_000.0, hi * 1_000.0).unwrap(),
        share: Range::between(*lo, *hi).unwrap(),
        of_feature: None,
    });
    let reading = Reading::Overlaps(Overlaps { apart: true, features: features.collect() });
    Fact::Known(Known { reading, seen: Vec::new() })
}

#[test]
fn sites_s2_an_office_fills_a_gap_and_where_it_contradicts_the_data_neither_is_taken() {
    let key = FactKey::Overlaps("x".into());
    let of = |fact: &Fact| Facts([(key.clone(), fact.clone())].into());
    let unknown = Fact::Unknown(Cause::Missing);
    let exact = layer(&[("a", 0.3, 0.3)]);
    let class = layer(&[("a", 0.2, 0.5)]);
    let open = layer(&[("a", 0.3, 0.3), ("", 0.0, 1.0)]);
    let (none, disputed) = (layer(&[]), Fact::Unknown(Cause::Disputed));
    let not_known = Fact::Unknown(Cause::NotKnown);
    for (known, said, laid) in [
        (&unknown, &exact, &exact),
        (&unknown, &not_known, &not_known),
        (&exact, &not_known, &exact),
        (&exact, &layer(&[("a", 0.305, 0.305)]), &exact),
        (&class, &exact, &exact),
        (
            &open,
            &layer(&[("a", 0.3, 0.3), ("b", 0.2, 0.2)]),
            &layer(&[("a", 0.3, 0.3), ("b", 0.2, 0.2)]),
        ),
        (&exact, &none, &disputed),
        (&none, &exact, &disputed),
        (&exact, &layer(&[("b", 0.3, 0.3)]), &disputed),
        (&class, &layer(&[("a", 0.8, 0.8)]), &disputed),
        (&open, &none, &disputed),
    ] {
        let (facts, disputes) = of(known).with_said(&of(said));
        assert_eq!(facts.0[&key], *laid, "{known:?} and {said:?}");
        assert_eq!(disputes.len(), usize::from(*laid == disputed));
    }
    // What only touches, how large a zone is, and a share that was measured stand beside an office's words.
    let touches = layer(&[("a", 0.0, 0.0), ("", 0.0, 1.0)]);
    let kept = |fact: &Fact, said: &Fact| of(fact).with_said(&of(said)).0.0[&key].clone();
    assert_eq!(kept(&touches, &none), layer(&[("a", 0.0, 0.0)]));
    // Of a layer that does not reach all of the site an office knows more.
    let all_of_it = layer(&[("a", 0.6, 0.6)]);
    assert_eq!(kept(&open, &all_of_it), all_of_it);
    let rounded = layer(&[("a", 0.304, 0.304), ("", 0.0, 1.0)]);
    assert_eq!(kept(&rounded, &exact), layer(&[("a", 0.304, 0.304)]));
    let with = |fact: Fact, change: &dyn Fn(&mut Overlap)| {
        let Fact::Known(Known { reading: Reading::Overlaps(mut all), seen }) = fact else {
            panic!()
        };
        all.features.iter_mut().for_each(change);
        Fact::Known(Known { reading: Reading::Overlaps(all), seen })
    };
    let part = Range::measured(0.6);
    let of_zone = with(class.clone(), &|one| one.of_feature = part);
    let anyhow = with(exact.clone(), &|one| one.area = Range::between(0.0, 1e15).unwrap());
    let finer = with(class.clone(), &|one| {
        (one.share, one.of_feature) = (Range::measured(0.3).unwrap(), part);
    });
    assert_eq!(kept(&of_zone, &anyhow), finer);
    let small = with(exact.clone(), &|one| one.area = Range::measured(1.0).unwrap());
    assert_eq!(kept(&class, &small), disputed);
    // Nothing known at all is as good as a gap.
    assert_eq!(Facts::default().with_said(&of(&exact)).0, of(&exact));
}

#[test]
fn sites_s3_what_offices_say_rules_ways_out_and_adds_none_unless_it_contradicts() {
    let rules = rules();
    let (use_at, _) = rules.find_use("cafe").unwrap();
    let keys = rules.askable(use_at, DAY);
    let answers: BTreeMap<String, String> =
        rules.questions.iter().map(|one| (one.id.clone(), "no".to_owned())).collect();
    let bare = rules.answered(&answers).unwrap();
    let before = rules.possible(use_at, &bare, DAY).unwrap().outcomes;
    let mut narrower = 0;
    for key in keys.values() {
        let Some(fact) = rules.fact_asked(key) else { continue };
        let tried = ["yes", "no", "none", "100 %", "permitted", "prohibited", "in_force", "12"];
        for said in tried {
            let Some(said) = fact.read(&Said::Text(said.into())) else { continue };
            let said = Facts([(key.clone(), said)].into());
            let (facts, disputed) = bare.with_said(&said);
            let after: BTreeSet<Outcome> = rules.possible(use_at, &facts, DAY).unwrap().outcomes;
            if disputed.is_empty() {
                assert!(after.is_subset(&before), "{key:?}: {before:?} {after:?}");
                narrower += usize::from(after != before);
            }
            // What the data say first and an office denies leaves open whatever was open without both.
            let mut known = said.clone();
            known.0.extend(bare.0.clone());
            for other in tried {
                let Some(other) = fact.read(&Said::Text(other.into())) else { continue };
                let (facts, disputed) = known.with_said(&Facts([(key.clone(), other)].into()));
                if !disputed.is_empty() {
                    let left = rules.possible(use_at, &facts, DAY).unwrap().outcomes;
                    let knew = rules.possible(use_at, &known, DAY).unwrap().outcomes;
                    assert!(left.is_superset(&knew), "{key:?}: {knew:?} {left:?}");
                }
            }
        }
    }
    assert!(narrower > 0, "some fact decides");
}
