//! What the rule sets of the program say of sites.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;

use domain::{
    Localized,
    law::register,
    suitability::{
        Answer, Cause, Domain, FactKey, Facts, Overlap, Overlaps, Reading, RuleFile, RuleSet, Said,
        Standing,
        amount::{Limit, Range},
        embedded,
    },
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 29);

fn set(id: &str) -> &'static RuleSet {
    embedded().in_force(id, TODAY).unwrap()
}

/// A feature of that code or name on so much of a site.
fn feature(kind: &str, name: &str, share: &str) -> Overlap {
    let share = Limit::read(share).unwrap().amount;
    Overlap {
        kind: kind.to_owned(),
        label: Localized::new(name, ""),
        area: Range::measured(share.figure() * 1000.0).unwrap(),
        share: Range::exactly(share),
        of_feature: None,
    }
}

fn layer(facts: &mut Facts, id: &str, features: Vec<Overlap>) {
    let reading = Reading::Overlaps(Overlaps { apart: true, features });
    facts.put(FactKey::Overlaps(id.to_owned()), reading, Vec::new());
}

fn answer(facts: &mut Facts, id: &str, code: &str) {
    let reading = Reading::Codes(BTreeSet::from([code.to_owned()]));
    facts.put(FactKey::Answer(id.to_owned()), reading, Vec::new());
}

fn value(facts: &mut Facts, id: &str, code: &str) {
    let reading = Reading::Codes(BTreeSet::from([code.to_owned()]));
    facts.put(FactKey::Value(id.to_owned()), reading, Vec::new());
}

fn area(facts: &mut Facts, written: &str) {
    let amount = Limit::read(written).unwrap().amount;
    facts.put(FactKey::Area, Reading::Figure(Range::exactly(amount)), Vec::new());
}

/// A site of 1,000 m² in town on which nothing lies, planned for commerce; nothing is built.
fn free() -> Facts {
    let set = set("zhejiang");
    let mut facts = Facts::default();
    for id in set.layers.keys() {
        layer(&mut facts, id, Vec::new());
    }
    layer(&mut facts, "planned-use", vec![feature("0901", "商业用地", "100 %")]);
    layer(&mut facts, "urban-boundary", vec![feature("", "城镇集中建设区", "100 %")]);
    for question in &set.questions {
        answer(&mut facts, &question.id, "no");
    }
    value(&mut facts, "present-use", "0501");
    value(&mut facts, "parcel-type", "GB");
    area(&mut facts, "1000 m2");
    facts
}

fn zhejiang(of: &str, facts: &Facts) -> Answer {
    let (at, _) = set("zhejiang").find_use(of).unwrap();
    set("zhejiang").assess(at, facts, TODAY).unwrap().answer
}

#[test]
fn a_cafe_suits_a_free_commercial_site_and_a_factory_is_for_the_office_to_say() {
    assert_eq!(zhejiang("cafe", &free()), Answer::Suits);
    assert_eq!(zhejiang("factory", &free()), Answer::CannotBeSaid);
    let mut built = free();
    answer(&mut built, "builds", "yes");
    assert_eq!(zhejiang("cafe", &built), Answer::SuitsIf, "permits are needed");
}

#[test]
fn sites_s7_a_zone_that_refuses_names_uses_of_the_same_kind_and_the_part_that_allows_it() {
    let set = set("zhejiang");
    let (factory, _) = set.find_use("factory").unwrap();
    let mut facts = free();
    let zones = |first: &str, second: &str| {
        vec![
            feature("一类工业用地", "一类工业用地", first),
            feature("二类工业用地", "二类工业用地", second),
        ]
    };
    layer(&mut facts, "planned-use", zones("30 %", "70 %"));
    assert_eq!(zhejiang("factory", &facts), Answer::DoesNot);
    let refusals = set.otherwise(factory, &facts, TODAY).changes.zones;
    let [refusal] = &refusals[..] else { panic!("{refusals:?}") };
    assert_eq!(
        (refusal.rule.as_str(), refusal.group.as_deref()),
        ("planned-use", Some("industrial"))
    );
    let named = |zones: &BTreeSet<Localized>| -> Vec<String> {
        zones.iter().map(|zone| zone.zh.clone()).collect()
    };
    assert_eq!(named(&refusal.refused_in), ["一类工业用地"]);
    assert_eq!(named(&refusal.allowed_in), ["二类工业用地"]);
    let share = |written: &str| Limit::read(written).unwrap().amount;
    assert_eq!(refusal.part, Some(Range::exactly(share("70 %"))));
    // A workshop is permitted in the one and conditional in the other; it was tried by every rule.
    let uses: Vec<_> = refusal.uses.iter().map(|it| (it.of.as_str(), it.answer)).collect();
    assert_eq!(uses, [("workshop", Answer::SuitsIf)]);
    // Where nobody said that zones lie beside each other the part is no more than that.
    let over = Reading::Overlaps(Overlaps { apart: false, features: zones("30 %", "70 %") });
    facts.put(FactKey::Overlaps("planned-use".to_owned()), over, Vec::new());
    let part = set.otherwise(factory, &facts, TODAY).changes.zones[0].part.unwrap();
    assert_eq!((part.lo, part.hi), (share("40 %"), share("70 %")));
    // What another rule refuses is not offered, and of what no zone refuses nothing is said.
    layer(&mut facts, "planned-use", zones("30 %", "70 %"));
    layer(&mut facts, "basic-farmland", vec![feature("", "永久基本农田", "20 %")]);
    assert_eq!(set.otherwise(factory, &facts, TODAY).changes.zones[0].uses, []);
    assert!(set.otherwise(factory, &free(), TODAY).changes.zones.is_empty());
}

#[test]
fn sites_s7_nobody_is_sent_to_have_a_law_or_a_plan_changed() {
    for set in embedded().iter() {
        for rule in &set.rules {
            let told = [&rule.action.zh, &rule.action.en].map(|text| text.to_lowercase());
            for words in [
                "规划能否调整",
                "修改规划",
                "调整规划",
                "plan can be changed",
                "change the plan",
                "change of law",
            ] {
                assert!(!told.iter().any(|text| text.contains(words)), "{}: {words}", rule.id);
            }
        }
    }
}

#[test]
fn z1_what_a_line_forbids_is_forbidden_whatever_the_plan_says() {
    for (id, name, builds) in [
        ("basic-farmland", "永久基本农田", "no"),
        ("red-line", "生态保护红线", "no"),
        ("water-source", "饮用水水源一级保护区", "no"),
        ("hazard", "滑坡危险区", "yes"),
        ("heritage", "某故居保护范围", "yes"),
        ("green", "公园绿地", "yes"),
    ] {
        let mut facts = free();
        answer(&mut facts, "builds", builds);
        layer(&mut facts, id, vec![feature("", name, "5 %")]);
        assert_eq!(zhejiang("cafe", &facts), Answer::DoesNot, "{id}");
        layer(&mut facts, id, vec![feature("", name, "0.01 %")]);
        assert_ne!(zhejiang("cafe", &facts), Answer::DoesNot, "{id}: a sliver decides nothing");
        facts.lack(FactKey::Overlaps(id.to_owned()), Cause::Failed);
        assert_eq!(zhejiang("cafe", &facts), Answer::CannotBeSaid, "{id}");
    }
}

#[test]
fn z8_a_danger_zone_fails_and_a_prone_zone_asks_for_an_assessment() {
    let with = |name: &str, assessed: &str| {
        let mut facts = free();
        answer(&mut facts, "builds", "yes");
        answer(&mut facts, "area-assessment", assessed);
        layer(&mut facts, "hazard", vec![feature("", name, "100 %")]);
        let (at, _) = set("zhejiang").find_use("cafe").unwrap();
        let verdict = set("zhejiang").assess(at, &facts, TODAY).unwrap();
        let stands = |id: &str| {
            let finding = verdict.findings.iter().find(|finding| finding.rule == id).unwrap();
            finding.standing != Standing::Clear
        };
        (verdict.answer, stands("hazard-assessment"), stands("hazard-other"))
    };
    assert_eq!(with("滑坡危险区", "yes"), (Answer::DoesNot, false, false));
    assert_eq!(with("泥石流低易发区", "no"), (Answer::SuitsIf, true, false));
    assert_eq!(with("泥石流低易发区", "yes"), (Answer::SuitsIf, false, false), "exempt");
    assert_eq!(with("地质灾害不易发区", "no"), (Answer::SuitsIf, false, false));
    assert_eq!(
        with("地质灾害区域", "no"),
        (Answer::CannotBeSaid, true, true),
        "of no stated class"
    );
}

/// How a rule stands of a use on a site on which something is built.
fn stands(of: &str, rule: &str, facts: &Facts) -> Standing {
    let (at, _) = set("zhejiang").find_use(of).unwrap();
    let verdict = set("zhejiang").assess(at, facts, TODAY).unwrap();
    verdict.findings.iter().find(|finding| finding.rule == rule).unwrap().standing
}

#[test]
fn sites_s2_a_feature_whose_name_says_no_class_clears_no_rule_that_asks_for_one() {
    for (id, rule, unclassed, another) in [
        ("hazard", "hazard-danger-zone", "滑坡体3号", "滑坡低易发区"),
        ("water-source", "water-source-first-class", "对河口水库水源地", "二级保护区"),
        ("heritage", "heritage-protection-zone", "张宅", "张宅建设控制地带"),
        ("wetland", "wetland-national", "某湖湿地", "某湖省级重要湿地"),
    ] {
        let mut facts = free();
        answer(&mut facts, "builds", "yes");
        for nobody_named in [unclassed, ""] {
            layer(&mut facts, id, vec![feature("", nobody_named, "100 %")]);
            assert_eq!(stands("cafe", rule, &facts), Standing::Open, "{id}: {nobody_named}");
            assert_eq!(zhejiang("cafe", &facts), Answer::CannotBeSaid, "{id}: {nobody_named}");
        }
        // A sliver of it decides nothing, and one of another class is what it says.
        layer(&mut facts, id, vec![feature("", unclassed, "0.01 %")]);
        assert_eq!(stands("cafe", rule, &facts), Standing::Clear, "{id}: a sliver");
        layer(&mut facts, id, vec![feature("", another, "100 %")]);
        assert_eq!(stands("cafe", rule, &facts), Standing::Clear, "{id}: {another}");
        // What else is there stands.
        let rule_of = |finding: &domain::suitability::Finding| {
            (finding.rule == rule).then(|| finding.gaps.iter().map(|gap| gap.cause).collect())
        };
        layer(&mut facts, id, vec![feature("", unclassed, "50 %")]);
        let (at, _) = set("zhejiang").find_use("cafe").unwrap();
        let verdict = set("zhejiang").assess(at, &facts, TODAY).unwrap();
        let causes: Vec<Cause> = verdict.findings.iter().find_map(rule_of).unwrap();
        assert_eq!(causes, [Cause::Unclassed], "{id}");
    }
    let mut facts = free();
    answer(&mut facts, "builds", "yes");
    let both = vec![feature("", "滑坡体3号", "50 %"), feature("", "滑坡危险区", "50 %")];
    layer(&mut facts, "hazard", both);
    assert_eq!(zhejiang("cafe", &facts), Answer::DoesNot);
}

#[test]
fn sites_s5_an_office_says_of_what_class_a_feature_is_and_no_less_of_it() {
    let set = set("zhejiang");
    let key = FactKey::Overlaps("hazard".into());
    let asked = set.fact_asked(&key).unwrap();
    let mut facts = free();
    answer(&mut facts, "builds", "yes");
    answer(&mut facts, "area-assessment", "yes");
    layer(&mut facts, "hazard", vec![feature("", "滑坡体3号", "60 %")]);
    let with = |said: serde_json::Value| {
        let said = asked.read(&Said::of(&said)?)?;
        let said = Facts([(key.clone(), said)].into());
        let (facts, disputed) = facts.with_said(&said);
        Some((zhejiang("cafe", &facts), disputed.len()))
    };
    let of = |code: &str, share: &str| serde_json::json!([{ "code": code, "share": share }]);
    assert_eq!(with(of("危险区", "60 %")), Some((Answer::DoesNot, 0)));
    assert_eq!(with(of("低易发", "60 %")), Some((Answer::SuitsIf, 0)));
    assert_eq!(with(of("低易发", "10 %")), Some((Answer::CannotBeSaid, 1)), "less than there is");
    assert_eq!(with("none".into()), Some((Answer::CannotBeSaid, 1)));
    assert_eq!(with("60 %".into()), None, "it does not say of what class");
}

#[test]
fn sites_s2_half_a_site_in_no_zone_is_no_permission_where_zones_may_lie_over_each_other() {
    let with = |features: &[(&str, &str)], apart: bool| {
        let features = features.iter().map(|(zone, share)| feature(zone, "", share)).collect();
        let mut facts = free();
        let reading = Reading::Overlaps(Overlaps { apart, features });
        facts.put(FactKey::Overlaps("planned-use".into()), reading, Vec::new());
        zhejiang("cafe", &facts)
    };
    // The sum is the whole site, and half of it, or 30 %, may be bare.
    let over = [("0901", "50 %"), ("0901", "50 %")];
    assert_eq!(with(&over, false), Answer::CannotBeSaid);
    assert_eq!(with(&over, true), Answer::Suits);
    assert_eq!(with(&[("0901", "50 %"), ("09", "50 %")], false), Answer::CannotBeSaid);
    // Whatever is bare, the zone that prohibits lies there.
    assert_eq!(with(&[("0901", "50 %"), ("0101", "50 %")], false), Answer::DoesNot);
    // One zone alone, one that covers all, and one that leaves less than counts, are as certain as before.
    for features in [
        &[("0901", "100 %")][..],
        &[("0901", "91 %")],
        &[("0901", "100 %"), ("0901", "100 %")],
        &[("0901", "91 %"), ("0901", "9 %")],
    ] {
        assert_eq!(with(features, false), Answer::Suits, "{features:?}");
    }
    assert_eq!(with(&[("0901", "90 %")], false), Answer::CannotBeSaid);
}

#[test]
fn sites_s1_a_table_shows_its_zones_with_their_shares_and_which_of_them_count() {
    let mut facts = free();
    let zones = [("0901", "60 %"), ("0101", "5 %"), ("0901", "10 %")];
    let features = zones.map(|(zone, share)| feature(zone, "", share)).into();
    let reading = Reading::Overlaps(Overlaps { apart: false, features });
    facts.put(FactKey::Overlaps("planned-use".into()), reading, Vec::new());
    let (at, _) = set("zhejiang").find_use("cafe").unwrap();
    let verdict = set("zhejiang").assess(at, &facts, TODAY).unwrap();
    let evidence = verdict.findings.iter().flat_map(|finding| &finding.evidence);
    let seen = evidence.filter_map(|evidence| evidence.zones.as_ref()).next().unwrap();
    assert_eq!((seen.of_site.as_str(), &seen.of_zone), ("10 %", &None));
    let told: Vec<_> = seen
        .zones
        .iter()
        .map(|one| (one.zone.as_str(), one.share.lo.figure(), one.share.hi.figure(), one.decides))
        .collect();
    assert_eq!(
        told,
        [
            ("0901", 0.6, 0.7, Some(true)),
            ("", 0.25, 0.4, Some(true)),
            ("0101", 0.05, 0.05, Some(false)),
        ]
    );
}

#[test]
fn a_house_plot_is_judged_at_its_limit() {
    let with = |size: &str, present: &str, hill: &str| {
        let mut facts = free();
        layer(&mut facts, "planned-use", vec![feature("0703", "农村宅基地", "100 %")]);
        value(&mut facts, "present-use", present);
        answer(&mut facts, "hill-plot", hill);
        area(&mut facts, size);
        zhejiang("village-house", &facts)
    };
    for (present, hill, most, more) in [
        ("0101", "no", "125 m2", "125.01 m2"),
        ("0101", "yes", "125 m2", "125.01 m2"),
        ("0702", "no", "140 m2", "140.01 m2"),
        ("0702", "yes", "160 m2", "160.01 m2"),
    ] {
        assert_eq!(with(most, present, hill), Answer::Suits, "{present} {hill}");
        assert_eq!(with(more, present, hill), Answer::DoesNot, "{present} {hill}");
    }
}

/// Cambridge's rules, with another word for which zones decide.
fn cambridge(take: &str) -> RuleSet {
    let file = |name: &str, text: &str| RuleFile { name: name.to_owned(), text: text.to_owned() };
    let own = include_str!("../data/rules/cambridge/2026-11-29/set.toml");
    assert!(own.contains("take = \"every\""));
    let files = [
        file("set.toml", &own.replace("take = \"every\"", &format!("take = \"{take}\""))),
        file("rules.toml", include_str!("../data/rules/cambridge/2026-11-29/rules.toml")),
        file("uses.toml", include_str!("../data/rules/cambridge/2026-11-29/uses.toml")),
        file("districts.csv", include_str!("../data/rules/cambridge/2026-11-29/districts.csv")),
    ];
    RuleSet::read("cambridge/", &files, register()).unwrap()
}

/// Offices on a lot in two districts: IB-2, which permits them, and C-1, whose list is silent.
fn split(set: &RuleSet, ib2: &str, c1: &str, of_c1: &str) -> Answer {
    let mut facts = Facts::default();
    for id in set.layers.keys() {
        layer(&mut facts, id, Vec::new());
    }
    let with = |zone: &str, share: &str, of_zone: &str| {
        let of_zone = Range::exactly(Limit::read(of_zone).unwrap().amount);
        Overlap { of_feature: Some(of_zone), ..feature(zone, "", share) }
    };
    layer(&mut facts, "zoning", vec![with("IB-2", ib2, "0 %"), with("C-1", c1, of_c1)]);
    answer(&mut facts, "builds", "no");
    area(&mut facts, "1000 m2");
    let (at, _) = set.find_use("office").unwrap();
    set.assess(at, &facts, TODAY).unwrap().answer
}

#[test]
fn sites_s14_a_district_counts_from_a_tenth_of_the_lot_or_of_itself_and_the_largest_comes_first() {
    let every = cambridge("every");
    assert_eq!(split(&every, "90.001 %", "9.999 %", "0 %"), Answer::Suits);
    assert_eq!(split(&every, "90 %", "10 %", "0 %"), Answer::CannotBeSaid);
    assert_eq!(split(&every, "99 %", "1 %", "10 %"), Answer::CannotBeSaid);
    assert_eq!(split(&every, "99 %", "1 %", "9.999 %"), Answer::Suits);
    let largest = cambridge("largest");
    assert_eq!(split(&largest, "50.001 %", "49.999 %", "0 %"), Answer::Suits);
    assert_eq!(split(&largest, "49.999 %", "50.001 %", "0 %"), Answer::CannotBeSaid);
}

/// Numbers that look drawn by lot, the same every time.
struct Lots(u64);

impl Lots {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A site of which everything is known that the rules for a use ask.
fn drawn(set: &RuleSet, at: usize, lots: &mut Lots) -> Facts {
    let mut facts = Facts::default();
    for key in set.asks(at, TODAY) {
        let reading = match &key {
            FactKey::Overlaps(_) => {
                let names = [
                    "",
                    "滑坡危险区",
                    "低易发区",
                    "不易发区",
                    "一级保护区",
                    "保护范围",
                    "国家重要湿地",
                ];
                let kinds = ["", "01", "0901", "100102", "0703", "IB-2", "C-3A", "OS"];
                let shares = ["0 %", "0.5 %", "30 %", "100 %"];
                let features = (0..lots.below(3))
                    .map(|_| feature(lots.of(&kinds), lots.of(&names), lots.of(&shares)))
                    .collect();
                Reading::Overlaps(Overlaps { apart: false, features })
            }
            FactKey::Area | FactKey::Distance(..) | FactKey::Frontage => {
                let figure = lots.of(&["90", "125", "150", "400000", "800000"]).parse().unwrap();
                Reading::Figure(Range::measured(figure).unwrap())
            }
            FactKey::Value(id) => {
                let codes: &[&str] = match &set.values[id].domain {
                    Domain::Dictionary { system, .. } if system == "parcel-feature" => {
                        &["GB", "JW", "JC"]
                    }
                    _ => &["0101", "0201", "0501", "0702"],
                };
                Reading::Codes(BTreeSet::from([lots.of(codes).to_owned()]))
            }
            _ => Reading::Codes(BTreeSet::from([lots.of(&["yes", "no"]).to_owned()])),
        };
        facts.put(key, reading, Vec::new());
    }
    facts
}

#[test]
fn sites_s2_no_use_of_a_set_of_the_program_fares_better_for_what_is_not_known() {
    let mut lots = Lots(14);
    let mut lacking = 0;
    for set in embedded().iter() {
        for at in 0..set.uses.len() {
            for _ in 0..8 {
                let facts = drawn(set, at, &mut lots);
                let whole = set.possible(at, &facts, TODAY).unwrap().outcomes;
                for key in set.asks(at, TODAY) {
                    let mut less = facts.clone();
                    less.lack(key.clone(), Cause::TimedOut);
                    let left = set.possible(at, &less, TODAY).unwrap().outcomes;
                    assert!(left.is_superset(&whole), "{} {at}: {key:?}", set.id);
                    lacking += 1;
                }
            }
        }
    }
    assert!(lacking > 3_000, "{lacking}");
}
