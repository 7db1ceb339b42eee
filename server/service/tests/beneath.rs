//! What rules ask of a parcel, of ground that somebody drew: every parcel beneath must pass, and ground beside every
//! parcel is not known.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use domain::{
    Clock, LandCode, Localized, ParcelCode,
    code::Strictness,
    dataset::DatasetInfo,
    law::register,
    outline::Outline,
    policy::Policies,
    request::ReceiptKey,
    suitability::{
        Answer, Cause, FactKey, Facts, LayerSource, Library, Reading, RuleFile, embedded,
    },
    viewer::Viewer,
};
use geo::{MultiPolygon, Rect};
use jiff::civil::date;
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Allowance, Probing, ProbingConfig},
    suitability::Rules,
};
use service_api::{ClientAddress, Judged, OutlineAsked, Portal, ToldOfOutline, Visit};
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{NoonAWeekLater as Noon, denying};

use common::OfThePublic;

/// Where the ground with parcels begins; each is a hundredth of a degree wide and high, one east of the other.
const WEST: f64 = 119.9;
const SOUTH: f64 = 30.5;
const SIDE: f64 = 0.01;
/// Here nobody is slowed for drawing.
const MANY: Allowance = Allowance { burst: 1_000, per_minute: 1 };

/// A mill may not stand on collective land, and on land of which the right is open only after an inquiry.
const RULES: &str = r#"
[set]
id = "trial"
date = "2026-01-01"
title = { zh = "试", en = "Trial" }
next_step = { zh = "问", en = "Ask" }

[[office]]
id = "office"
name = { zh = "局", en = "Office" }

[[use]]
id = "mill"
name = { zh = "磨坊", en = "Mill" }
code = { system = "land-use-planning", version = "2023-11", code = "1001" }
groups = ["mills"]

[[value]]
id = "parcel-type"
title = { zh = "宗地特征码", en = "Parcel type" }
kind = { dictionary = { system = "parcel-feature", version = "gbt37346-2019" } }
field = "parcel_code"
several = true
office = "office"

[[rule]]
id = "no-collective-land"
kind = "hard"
title = { zh = "不在集体土地上", en = "Not on collective land" }
uses = ["mills"]
fails = { value = "parcel-type", any_in = ["JC"] }
basis = [{ law = "land-law", articles = ["35"], text = { zh = "试。", en = "Trial." } }]
office = "office"
action = { zh = "移出。", en = "Move off." }

[[rule]]
id = "right-open"
kind = "condition"
title = { zh = "权属未定", en = "The right is open" }
uses = ["mills"]
when = { value = "parcel-type", any_in = ["GW"] }
basis = [{ law = "land-law", articles = ["35"], text = { zh = "试。", en = "Trial." } }]
office = "office"
action = { zh = "先查询。", en = "Ask first." }
"#;

/// One more use, for which one code among others would be enough.
const SHED: &str = r#"
[[use]]
id = "shed"
name = { zh = "棚", en = "Shed" }
code = { system = "land-use-planning", version = "2023-11", code = "1001" }
groups = ["sheds"]

[[rule]]
id = "state-land"
kind = "hard"
title = { zh = "须为国有土地", en = "State land" }
uses = ["sheds"]
needs = { value = "parcel-type", any_in = ["GB"] }
basis = [{ law = "land-law", articles = ["35"], text = { zh = "试。", en = "Trial." } }]
office = "office"
action = { zh = "另选。", en = "Elsewhere." }
"#;

fn code(kind: &str, number: u32) -> ParcelCode {
    let written = format!("330521001001{kind}{number:05}");
    ParcelCode::parse(&written, Strictness::LookUp).unwrap().code
}

/// A portal with parcels of these kinds side by side, and layers with what lies on them.
fn portal(
    kinds: &[&str],
    layers: &[(&str, &str, Option<&str>)],
    (policy, policies): (&str, Policies),
    library: &Library,
    set: &str,
) -> PortalService {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let dataset = DatasetInfo { policy: policy.into(), ..testkit::dataset("trial") };
    let mut writer = store.begin_import(&dataset).unwrap();
    for (id, theme, label) in layers {
        writer
            .put_layer(&LayerToStore { info: testkit::layer(id, theme), coverage: None })
            .unwrap();
        if let Some(label) = label {
            let ground = Rect::new((WEST - 0.05, SOUTH - 0.05), (WEST + 0.1, SOUTH + 0.05));
            let feature = RestrictionFeature {
                id: (*id).to_owned(),
                label: Localized::same(*label),
                outline: MultiPolygon(vec![ground.to_polygon()]),
            };
            writer.put_restriction(id, &feature).unwrap();
        }
    }
    for (at, kind) in (0_u32..).zip(kinds) {
        let ground = testkit::square(WEST + f64::from(at) * SIDE, SOUTH, SIDE);
        let parcel = testkit::parcel(code(kind, at + 1), ground);
        assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    // It is open for as long as the portal asks it.
    std::mem::forget(folder);
    service_of(store, policies, library, set)
}

fn service_of(
    store: SqliteStore,
    policies: Policies,
    library: &Library,
    set: &str,
) -> PortalService {
    PortalService::new(
        PolicyGate::new(Arc::new(store), policies, Arc::new(Noon)),
        ReceiptKey::new([7; 32]),
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(ProbingConfig {
            outlines: MANY,
            outlines_on: MANY,
            ..Default::default()
        })),
        0,
    )
    .judging_by(Rules::of(library, &[set.to_owned()]).unwrap())
}

/// An outline a fifth of a parcel high, from so many parcels east of the corner to so many.
fn drawn(from: f64, to: f64) -> Outline {
    let (west, east) = (WEST + from * SIDE, WEST + to * SIDE);
    let (south, north) = (SOUTH + 0.4 * SIDE, SOUTH + 0.6 * SIDE);
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    let lines: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.7} {y:.7}")).collect();
    Outline::read(&lines.join("\n")).unwrap()
}

async fn judged(portal: &PortalService, of: &str, outline: Outline, answers: Facts) -> Judged {
    let rules = portal.rule_sets().remove(0);
    let (use_at, _) = rules.find_use(of).unwrap();
    let asked = OutlineAsked::new(rules, use_at, outline, answers).unwrap();
    let client = ClientAddress::of(Ipv4Addr::LOCALHOST.into());
    let visit = Visit { viewer: Viewer::public(), client, key: None, epoch: None };
    match portal.assess_outline(&visit, &asked).await.unwrap().told {
        ToldOfOutline::Judged(judged) => judged.judged,
        other => panic!("{other:?}"),
    }
}

fn types(judged: &Judged) -> Result<Vec<String>, Cause> {
    let known = judged.facts.get(&FactKey::Value("parcel-type".into()))?;
    match &known.reading {
        Reading::Codes(codes) => Ok(codes.iter().cloned().collect()),
        other => panic!("{other:?}"),
    }
}

fn trial(kinds: &[&str], policy: &str, policies: Policies) -> PortalService {
    trial_by(RULES, kinds, policy, policies)
}

fn trial_by(text: &str, kinds: &[&str], policy: &str, policies: Policies) -> PortalService {
    let file = RuleFile { name: "trial/2026-01-01/rules.toml".into(), text: text.into() };
    let library = Library::read("", &[file], register()).unwrap();
    portal(kinds, &[], (policy, policies), &library, "trial")
}

#[tokio::test]
async fn sites_s2_every_parcel_beneath_an_outline_must_pass() {
    for policy in ["zhejiang", "open-cadastre"] {
        let portal = trial(&["GB", "JC", "GW"], policy, Policies::embedded().unwrap());
        let ask = async |of: &str, from: f64, to: f64| {
            judged(&portal, of, drawn(from, to), Facts::default()).await
        };
        let inside = ask("mill", 0.3, 0.6).await;
        assert_eq!(inside.verdict.answer, Answer::Suits, "{policy}");
        assert_eq!(types(&inside).as_deref(), Ok(&["GB".to_owned()][..]), "{policy}");
        assert_eq!(ask("mill", 2.3, 2.6).await.verdict.answer, Answer::SuitsIf, "{policy}");
        // One of two is refused.
        let across = ask("mill", 0.7, 1.3).await;
        assert!(!across.verdict.answer.is_favourable(), "{policy}");
        if policy == "open-cadastre" {
            assert_eq!(across.verdict.answer, Answer::DoesNot);
            assert_eq!(types(&across).unwrap(), ["GB", "JC"]);
        }
    }
}

#[tokio::test]
async fn sites_s2_what_one_parcel_of_several_would_be_enough_for_is_left_open() {
    let policy = ("open-cadastre", Policies::embedded().unwrap());
    let text = format!("{RULES}{SHED}");
    let portal = trial_by(&text, &["GB", "JC", "GB"], policy.0, policy.1);
    let ask = async |of: &str, from: f64, to: f64| {
        judged(&portal, of, drawn(from, to), Facts::default()).await
    };
    // That one of them is enough is said of one parcel with several codes, and not of several parcels; and by the
    // same facts other uses are told.
    for of in ["shed", "mill"] {
        let across = ask(of, 0.7, 1.3).await;
        assert_eq!(across.verdict.answer, Answer::CannotBeSaid, "{of}");
        assert_eq!(types(&across), Err(Cause::Differs), "{of}");
        assert_eq!(across.other_uses.unwrap().uses, [], "{of}");
    }
    assert_eq!(ask("shed", 0.3, 0.6).await.verdict.answer, Answer::Suits);
    assert_eq!(ask("shed", 1.3, 1.6).await.verdict.answer, Answer::DoesNot);
}

#[tokio::test]
async fn sites_s2_ground_beside_every_parcel_is_not_known() {
    for policy in ["zhejiang", "open-cadastre"] {
        let portal = trial(&["GB"], policy, Policies::embedded().unwrap());
        let beyond = judged(&portal, "mill", drawn(0.8, 1.1), Facts::default()).await;
        assert_eq!(beyond.verdict.answer, Answer::CannotBeSaid, "{policy}");
        assert_eq!(types(&beyond), Err(Cause::NotCovered), "{policy}");
    }
    let exact = trial(&["GB"], "open-cadastre", Policies::embedded().unwrap());
    let near = judged(&exact, "mill", drawn(0.8, 1.01), Facts::default()).await;
    assert_eq!(types(&near), Err(Cause::NotCovered));
}

#[tokio::test]
async fn sites_s11_of_parcels_that_nobody_is_shown_nothing_is_said_of_an_outline() {
    // What lies there is another type each time, and says nothing.
    let mut told = Vec::new();
    for kind in ["GB", "JC", "GW"] {
        let portal = trial(&[kind], "zhejiang", denying(31));
        let judged = judged(&portal, "mill", drawn(0.3, 0.6), Facts::default()).await;
        assert_eq!(types(&judged), Err(Cause::Withheld));
        told.push(format!("{:?} {:?}", judged.verdict, judged.changes));
    }
    assert!(told.iter().all(|one| *one == told[0]));
}

#[tokio::test]
async fn sites_s2_a_drawn_site_suits_by_the_rules_of_zhejiang_where_nothing_stands_in_the_way() {
    let rules = embedded().in_force("zhejiang", date(2026, 11, 29)).unwrap();
    let layers: Vec<(&str, &str, Option<&str>)> = rules
        .layers
        .values()
        .filter_map(|layer| match &layer.source {
            LayerSource::Theme(theme) => Some((
                layer.id.as_str(),
                theme.0.as_str(),
                match &*layer.id {
                    "planned-use" => Some("商业服务业用地"),
                    "urban-boundary" => Some("城镇集中建设区"),
                    _ => None,
                },
            )),
            LayerSource::Data(_) => None,
        })
        .collect();
    let no: BTreeMap<String, String> =
        rules.questions.iter().map(|one| (one.id.clone(), "no".to_owned())).collect();
    let answers = rules.answered(&no).unwrap();
    for policy in ["zhejiang", "open-cadastre"] {
        let open = |kind: &str| {
            let policies = (policy, Policies::embedded().unwrap());
            portal(&[kind], &layers, policies, embedded(), "zhejiang")
        };
        let suits = judged(&open("GB"), "cafe", drawn(0.4, 0.6), answers.clone()).await;
        assert_eq!(suits.verdict.answer, Answer::Suits, "{policy}: {:?}", suits.verdict.findings);
        let disputed = judged(&open("GW"), "cafe", drawn(0.4, 0.6), answers.clone()).await;
        assert_eq!(disputed.verdict.answer, Answer::SuitsIf, "{policy}");
    }
}

/// A portal with one parcel whose eastern edge lies so many degrees farther east than usual.
fn with_edge(east: f64) -> PortalService {
    let file = RuleFile { name: "trial/2026-01-01/rules.toml".into(), text: RULES.into() };
    let library = Library::read("", &[file], register()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let dataset = DatasetInfo { policy: "zhejiang".into(), ..testkit::dataset("trial") };
    let mut writer = store.begin_import(&dataset).unwrap();
    let ground = Rect::new((WEST, SOUTH), (WEST + SIDE + east, SOUTH + SIDE)).to_polygon();
    assert!(writer.put_parcel(&testkit::parcel(code("GB", 1), ground), &[], &[]).unwrap());
    writer.publish(Noon.now()).unwrap();
    std::mem::forget(folder);
    service_of(store, Policies::embedded().unwrap(), &library, "trial")
}

#[tokio::test]
async fn sites_s2_s11_an_outline_to_the_edge_of_a_parcel_is_told_so_by_what_is_shown_of_it_alone() {
    let mut told = Vec::new();
    for step in 0..5_u32 {
        // Half a metre each.
        let portal = with_edge(f64::from(step) * 0.000_005);
        let client = ClientAddress::of(Ipv4Addr::LOCALHOST.into());
        let visit = Visit { viewer: Viewer::public(), client, key: None, epoch: None };
        let place = portal.look(&visit, &LandCode::Parcel(code("GB", 1))).await.unwrap();
        let mut said = Vec::new();
        // To some 40 m before the edge, and then a few metres farther each time.
        for metres in (-40..=80).step_by(5) {
            let east = 1.0 + f64::from(metres) / 957.0;
            let judged = judged(&portal, "mill", drawn(0.5, east), Facts::default()).await;
            said.push(types(&judged).map_err(|cause| (cause, judged.verdict.answer)));
        }
        told.push((place.profile.outline.unwrap().outline, said));
    }
    for (shown, said) in &told {
        type Told = Result<Vec<String>, (Cause, Answer)>;
        let at = |wanted: &dyn Fn(&Told) -> bool| {
            let places: Vec<usize> = (0..said.len()).filter(|at| wanted(&said[*at])).collect();
            (places.first().copied().unwrap(), places.last().copied().unwrap())
        };
        let open = Answer::CannotBeSaid;
        let inside = at(&|one| one.is_ok());
        let edge = at(&|one| *one == Err((Cause::BeyondShown, open)));
        let beyond = at(&|one| *one == Err((Cause::NotCovered, open)));
        // First what lies on it, then what may, then what does not: nothing else, and about a cell of each.
        assert!(inside.1 < edge.0 && edge.1 < beyond.0, "{said:?}");
        assert!((3..=7).contains(&(edge.1 - edge.0 + 1)), "{said:?}");
        // Where the same is shown of it, the same is said.
        for (other, theirs) in &told {
            assert!(shown != other || said == theirs);
        }
    }
    let alike = told.windows(2).filter(|two| two[0].0 == two[1].0).count();
    assert!(alike > 0, "edges that lie apart are shown alike");
}

#[tokio::test]
async fn sites_s2_parcels_are_counted_that_lie_beneath_an_outline_and_not_around_it() {
    // A strip through 30 by 30 parcels, each a tenth as wide: its box meets all 900, and it lies on some thirty.
    let file = RuleFile { name: "trial/2026-01-01/rules.toml".into(), text: RULES.into() };
    let library = Library::read("", &[file], register()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let dataset = DatasetInfo { policy: "open-cadastre".into(), ..testkit::dataset("trial") };
    let mut writer = store.begin_import(&dataset).unwrap();
    let side = SIDE / 10.0;
    for at in 0..900_u32 {
        let (x, y) = (f64::from(at % 30), f64::from(at / 30));
        let ground = testkit::square(WEST + x * side, SOUTH + y * side, side);
        assert!(writer.put_parcel(&testkit::parcel(code("GB", at + 1), ground), &[], &[]).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    std::mem::forget(folder);
    let portal = service_of(store, Policies::embedded().unwrap(), &library, "trial");
    let outline = |corners: &[(f64, f64)]| {
        let line = |(x, y): &(f64, f64)| format!("{:.7} {:.7}", WEST + x * side, SOUTH + y * side);
        Outline::read(&corners.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap()
    };
    let aslant = outline(&[(0.5, 0.5), (0.9, 0.5), (29.5, 29.1), (29.5, 29.5)]);
    let strip = judged(&portal, "mill", aslant, Facts::default()).await;
    assert_eq!(types(&strip).as_deref(), Ok(&["GB".to_owned()][..]));
    let wide = outline(&[(0.5, 0.5), (20.5, 0.5), (20.5, 20.5), (0.5, 20.5)]);
    let wide = judged(&portal, "mill", wide, Facts::default()).await;
    assert_eq!(types(&wide), Err(Cause::TooMany));
}
