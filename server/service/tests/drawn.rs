//! Whether ground that somebody drew suits a use, over a real store: by the layers that lie on it, exactly
//! where everybody is shown their ground and in classes where not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{
    Clock, Localized,
    area::area_m2,
    outline::Outline,
    policy::Policies,
    profile::Precision,
    record::ParcelRecord,
    request::ReceiptKey,
    suitability::{Answer, Cause, FactKey, Facts, Standing, Verdict},
    viewer::Viewer,
};
use geo::{MultiPolygon, Polygon};
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Allowance, Probing, ProbingConfig},
    suitability::Rules,
};
use service_api::{
    ClientAddress, JudgedOutline, OutlineAsked, OutlineAssessment, Portal, Refusal, ToldOfOutline,
    Visit,
};
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{NoonAWeekLater as Noon, denying, parcel_code as code, square, trial_rules};

use common::OfThePublic;

/// South-western corner of the ground that has data, degrees; it is a hundredth wide.
const CORNER: (f64, f64) = (119.9, 30.5);

struct Layer {
    theme: &'static str,
    ground: Vec<Polygon<f64>>,
    coverage: Option<Polygon<f64>>,
}

fn layer(theme: &'static str, ground: &[Polygon<f64>]) -> Layer {
    Layer { theme, ground: ground.to_vec(), coverage: None }
}

/// Farmland over the western half, and no wetland.
fn half() -> Vec<Layer> {
    let (x, y) = CORNER;
    vec![layer("permanent_basic_farmland", &[square(x - 0.005, y, 0.01)]), layer("wetland", &[])]
}

/// A portal over these layers, which may be asked so much.
fn portal(
    layers: &[Layer],
    policy: &str,
    policies: Policies,
    probing: ProbingConfig,
) -> PortalService {
    portal_beside(layers, policy, (policies, probing), None)
}

/// The same, with another data set whose land begins so far east of the corner, degrees.
fn portal_beside(
    layers: &[Layer],
    policy: &str,
    (policies, probing): (Policies, ProbingConfig),
    beside: Option<f64>,
) -> PortalService {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let dataset =
        domain::dataset::DatasetInfo { policy: policy.into(), ..testkit::dataset("trial") };
    let mut writer = store.begin_import(&dataset).unwrap();
    for Layer { theme, ground, coverage } in layers {
        let info = testkit::layer(&theme.replace('_', "-"), theme);
        let id = info.id.clone();
        let coverage = coverage.clone().map(|it| MultiPolygon(vec![it]));
        writer.put_layer(&LayerToStore { info, coverage }).unwrap();
        for (at, polygon) in ground.iter().enumerate() {
            // Of lines no ground is kept.
            let ground = Some(polygon.clone()).filter(|it| !it.exterior().0.is_empty());
            let outline = MultiPolygon(ground.into_iter().collect());
            let feature =
                RestrictionFeature { id: at.to_string(), label: Localized::same(*theme), outline };
            writer.put_restriction(&id, &feature).unwrap();
        }
    }
    let (x, y) = CORNER;
    let all = testkit::parcel(code(1), square(x, y, 0.01));
    let secret = testkit::parcel(code(2), square(x + 0.0003, y + 0.0003, 0.0002));
    for parcel in [all, ParcelRecord { classified: true, ..secret }] {
        assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    if let Some(east) = beside {
        let other =
            domain::dataset::DatasetInfo { policy: policy.into(), ..testkit::dataset("beside") };
        let mut writer = store.begin_import(&other).unwrap();
        let parcel = testkit::parcel(code(3), square(x + east, y, 0.01));
        assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
        writer.publish(Noon.now()).unwrap();
    }
    // It is open for as long as the portal asks it.
    std::mem::forget(folder);
    PortalService::new(
        PolicyGate::new(Arc::new(store), policies, Arc::new(Noon)),
        ReceiptKey::new([7; 32]),
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(probing)),
        0,
    )
    .judging_by(Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap())
}

fn open(layers: &[Layer], policy: &str) -> PortalService {
    portal(layers, policy, Policies::embedded().unwrap(), ProbingConfig::default())
}

fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    let client = ClientAddress::of(address.into());
    Visit { viewer: Viewer::public(), client, key: None, epoch: None }
}

/// A square with its corner so far from that of the ground, degrees.
fn outline(x: f64, y: f64, side: f64) -> Outline {
    let geometry = square(CORNER.0 + x, CORNER.1 + y, side);
    let ring = geometry.exterior().0.iter().map(|it| format!("{:.7} {:.7}", it.x, it.y));
    Outline::read(&ring.collect::<Vec<_>>().join("\n")).unwrap()
}

fn asked(portal: &PortalService, outline: Outline) -> OutlineAsked {
    let rules = portal.rule_sets().remove(0);
    OutlineAsked::new(rules, 0, outline, Facts::default()).unwrap()
}

async fn ask(portal: &PortalService, outline: Outline) -> OutlineAssessment {
    portal.assess_outline(&visit(), &asked(portal, outline)).await.unwrap()
}

async fn judged(portal: &PortalService, outline: Outline) -> JudgedOutline {
    match ask(portal, outline).await.told {
        ToldOfOutline::Judged(judged) => *judged,
        other => panic!("{other:?}"),
    }
}

async fn verdict(portal: &PortalService, x: f64, y: f64, side: f64) -> Verdict {
    judged(portal, outline(x, y, side)).await.judged.verdict
}

/// Why it is not known what of a layer lies there.
fn causes(verdict: &Verdict, layer: &str) -> Vec<Cause> {
    let gaps = verdict.findings.iter().flat_map(|finding| &finding.gaps);
    let of = gaps.filter(|gap| gap.fact == FactKey::Overlaps(layer.into()));
    of.map(|gap| gap.cause).collect()
}

#[tokio::test]
async fn sites_s13_an_outline_is_judged_by_what_lies_on_its_ground() {
    for policy in ["zhejiang", "open-cadastre"] {
        let portal = open(&half(), policy);
        assert_eq!(verdict(&portal, 0.0075, 0.005, 0.001).await.answer, Answer::Suits, "{policy}");
        let inside = verdict(&portal, 0.0025, 0.005, 0.001).await;
        assert_eq!(inside.answer, Answer::DoesNot, "{policy}");
        let [finding] = &inside.findings[..1] else { panic!() };
        assert_eq!((finding.standing, finding.rule.as_str()), (Standing::InTheWay, "no-farmland"));
        assert_eq!(finding.evidence[0].seen[0].source, "permanent-basic-farmland");
    }
    // Two metres on either side of the line: one of them is shown them, the other is not.
    let exact = open(&half(), "open-cadastre");
    assert_eq!(verdict(&exact, 0.00502, 0.005, 0.001).await.answer, Answer::Suits);
    assert_eq!(verdict(&exact, 0.00498, 0.005, 0.001).await.answer, Answer::DoesNot);
    let coarse = verdict(&open(&half(), "zhejiang"), 0.00498, 0.005, 0.001).await;
    assert_eq!(coarse.answer, Answer::CannotBeSaid);
    assert_eq!(causes(&coarse, "farmland"), [Cause::Coarse]);
}

#[tokio::test]
async fn sites_s2_where_layers_do_not_reach_are_lines_or_too_many_nothing_is_allowed() {
    let (x, y) = CORNER;
    let reaching = |coverage| {
        let mut layers = half();
        layers[0].coverage = Some(coverage);
        layers
    };
    for policy in ["zhejiang", "open-cadastre"] {
        let east = (0.0075, 0.005, 0.001);
        let ask =
            async |layers: &[Layer]| verdict(&open(layers, policy), east.0, east.1, east.2).await;
        let all = ask(&reaching(square(x, y, 0.01))).await;
        assert_eq!(all.answer, Answer::Suits, "{policy}");
        let part = ask(&reaching(square(x, y, 0.008))).await;
        assert_eq!(causes(&part, "farmland"), [Cause::NotCovered], "{policy}");
        // Lines are kept without their ground.
        let mut lines = half();
        lines[1].ground = vec![Polygon::new(geo::LineString(vec![]), vec![])];
        let lines = ask(&lines).await;
        assert_eq!(causes(&lines, "wetland"), [Cause::NotCovered], "{policy}");
        let mut many = half();
        many[1].ground = (0..10_001).map(|_| square(x + 0.0075, y + 0.005, 0.0001)).collect();
        assert_eq!(causes(&ask(&many).await, "wetland"), [Cause::TimedOut], "{policy}");
        let none = ask(&half()[..1]).await;
        assert_eq!(causes(&none, "wetland"), [Cause::Missing], "{policy}");
    }
}

#[tokio::test]
async fn sites_s2_beyond_the_last_parcel_silence_is_no_permission() {
    for policy in ["zhejiang", "open-cadastre"] {
        let portal = open(&half(), policy);
        // Wholly outside the only parcel, and across its edge; within the cells that have parcels nearby.
        for east in [0.010_05, 0.010_4, 0.0095] {
            let beyond = verdict(&portal, east, 0.005, 0.001).await;
            assert_eq!(beyond.answer, Answer::CannotBeSaid, "{policy} {east}");
            for layer in ["farmland", "wetland"] {
                assert_eq!(causes(&beyond, layer), [Cause::NotCovered], "{policy} {east}");
            }
        }
        // What is found there is there.
        let found = verdict(&portal, -0.0013, 0.005, 0.001).await;
        assert_eq!(found.answer, Answer::DoesNot, "{policy}");
    }
}

#[tokio::test]
async fn sites_s2_where_two_data_sets_meet_neither_says_alone_that_nothing_is_there() {
    for policy in ["zhejiang", "open-cadastre"] {
        let ask = async |beside: f64| {
            let of = (Policies::embedded().unwrap(), ProbingConfig::default());
            let portal = portal_beside(&half(), policy, of, Some(beside));
            verdict(&portal, 0.0075, 0.005, 0.001).await
        };
        let border = ask(0.0115).await;
        assert_eq!(border.answer, Answer::CannotBeSaid, "{policy}");
        assert_eq!(causes(&border, "wetland"), [Cause::NotCovered], "{policy}");
        assert_eq!(ask(0.1).await.answer, Answer::Suits, "{policy}");
    }
}

#[tokio::test]
async fn sites_s13_ground_without_data_and_too_little_ground_are_told() {
    let portal = open(&half(), "zhejiang");
    let away = ask(&portal, outline(0.5, 0.5, 0.001)).await;
    assert!(matches!(away.told, ToldOfOutline::NoData), "{away:?}");
    let beyond = ask(&portal, outline(0.005, 0.005, 0.012)).await;
    assert!(matches!(beyond.told, ToldOfOutline::NoData), "{beyond:?}");
    let small = ask(&portal, outline(0.0075, 0.005, 0.0004)).await;
    assert!(matches!(small.told, ToldOfOutline::TooSmall { least_m2: 2_500.0 }), "{small:?}");
    let exact = open(&half(), "open-cadastre");
    assert_eq!(verdict(&exact, 0.0075, 0.005, 0.0004).await.answer, Answer::Suits);
}

#[tokio::test]
async fn p5_near_classified_land_nothing_is_said_of_any_layer() {
    for policy in ["zhejiang", "open-cadastre"] {
        let near = verdict(&open(&half(), policy), 0.0006, 0.0002, 0.0007).await;
        for layer in ["farmland", "wetland"] {
            assert_eq!(causes(&near, layer), [Cause::Withheld], "{policy}");
        }
    }
}

#[tokio::test]
async fn sites_s12_where_it_is_not_told_where_restrictions_lie_nothing_is_said_of_an_outline() {
    let policies = denying(47);
    let portal = portal(&half(), "zhejiang", policies, ProbingConfig::default());
    for x in [0.0025, 0.0075] {
        let told = verdict(&portal, x, 0.005, 0.001).await;
        for layer in ["farmland", "wetland"] {
            assert_eq!(causes(&told, layer), [Cause::Withheld], "{x}");
        }
    }
}

#[tokio::test]
async fn sites_s11_what_is_concealed_has_no_part_in_what_is_said_of_an_outline() {
    let (x, y) = CORNER;
    // It covers the ground; is not there; has more features than are read; is lines; does not reach.
    let many: Vec<Polygon<f64>> = (0..10_001).map(|_| square(x, y, 0.01)).collect();
    let lines = Polygon::new(geo::LineString(vec![]), vec![]);
    let mut told = Vec::new();
    for ground in [vec![square(x, y, 0.01)], vec![], many, vec![lines]] {
        let policies = denying(46);
        let mut layers = half();
        layers[1].ground = ground;
        let portal = portal(&layers, "zhejiang", policies, ProbingConfig::default());
        let judged = judged(&portal, outline(0.0075, 0.005, 0.001)).await.judged;
        assert_eq!(causes(&judged.verdict, "wetland"), [Cause::Withheld]);
        told.push(format!("{:?} {:?} {:?}", judged.verdict, judged.changes, judged.other_uses));
    }
    assert!(told.iter().all(|one| *one == told[0]));
}

#[tokio::test]
async fn sites_s7_the_largest_admissible_part_is_judged_again_and_told_where_layers_are_shown() {
    let portal = open(&half(), "open-cadastre");
    let across = outline(0.003, 0.005, 0.003);
    let whole = across.area_m2();
    let told = judged(&portal, across.clone()).await;
    assert_eq!((told.precision, told.judged.verdict.answer), (Precision::Exact, Answer::DoesNot));
    let part = told.largest.unwrap();
    assert_eq!(part.answer, Answer::Suits);
    // A third of it lies east of the line.
    assert!((part.outline.area_m2() / whole - 1.0 / 3.0).abs() < 1e-4, "{part:?}");
    assert!((area_m2(part.outline.shape()) - part.outline.area_m2()).abs() < 1e-6);
    let again = judged(&portal, part.outline).await.judged.verdict;
    assert_eq!(again.answer, Answer::Suits);
    // What is covered whole has none; what suits needs none.
    assert!(judged(&portal, outline(0.001, 0.005, 0.001)).await.largest.is_none());
    assert!(judged(&portal, outline(0.0075, 0.005, 0.001)).await.largest.is_none());
    // Where the line is hidden, so is what it leaves.
    let hidden = judged(&open(&half(), "zhejiang"), outline(0.0005, 0.005, 0.006)).await;
    assert_eq!(hidden.judged.verdict.answer, Answer::DoesNot);
    assert!(hidden.largest.is_none());
}

#[tokio::test]
async fn sites_s12_each_outline_is_a_look_and_the_same_one_again_is_none() {
    let few = Allowance { burst: 2, per_minute: 1 };
    let probing = ProbingConfig { outlines_on: few, ..ProbingConfig::default() };
    let portal = portal(&half(), "zhejiang", Policies::embedded().unwrap(), probing);
    let visit = visit();
    let ask = async |x: f64| {
        let asked = asked(&portal, outline(x, 0.006, 0.001));
        portal.assess_outline(&visit, &asked).await.map(|_| ())
    };
    for x in [0.0071, 0.0072, 0.0072, 0.0071] {
        assert!(ask(x).await.is_ok(), "{x}");
    }
    assert!(matches!(ask(0.0073).await, Err(Refusal::TooMany { retry_after: 1.. })));
    assert!(ask(0.0071).await.is_ok(), "what was answered is answered again");
    assert!(ask(0.0021).await.is_ok(), "elsewhere there is something left");
}

#[tokio::test]
async fn sites_s13_of_several_pieces_each_is_judged_as_if_it_were_drawn_alone() {
    let portal = open(&half(), "open-cadastre");
    let [on, off] = [(0.0025, 0.005), (0.0075, 0.005)];
    let shape = |at: &[(f64, f64)]| {
        let ring = |(x, y): &(f64, f64)| {
            let piece = square(CORNER.0 + x, CORNER.1 + y, 0.001);
            let ring = piece.exterior().0.iter().map(|at| format!("[{:.7},{:.7}]", at.x, at.y));
            format!("[[{}]]", ring.collect::<Vec<_>>().join(","))
        };
        let pieces: Vec<String> = at.iter().map(ring).collect();
        let pieces = pieces.join(",");
        let json = format!(r#"{{"type":"MultiPolygon","coordinates":[{pieces}]}}"#);
        Outline::read(&json).unwrap()
    };
    let both = judged(&portal, shape(&[on, off])).await;
    assert_eq!(both.judged.verdict.answer, Answer::DoesNot);
    let answers: Vec<_> =
        both.apart.iter().map(|piece| piece.verdict.as_ref().unwrap().answer).collect();
    assert_eq!(answers, [Answer::DoesNot, Answer::Suits]);
    for (piece, (x, y)) in both.apart.iter().zip([on, off]) {
        let alone = verdict(&portal, x, y, 0.001).await;
        assert_eq!(piece.verdict.as_ref(), Some(&alone));
    }
    assert!(judged(&portal, shape(&[on])).await.apart.is_empty());
    // Each is a look: whoever draws two pieces is answered less often than whoever draws one.
    let answered = async |pieces: usize| {
        let few = Allowance { burst: 12, per_minute: 1 };
        let probing = ProbingConfig { outlines: few, ..ProbingConfig::default() };
        let policies = Policies::embedded().unwrap();
        let portal = self::portal(&half(), "open-cadastre", policies, probing);
        let (visit, mut answered) = (visit(), 0);
        for at in 0..12 {
            let up = f64::from(at) * 1e-5;
            let moved = [(0.001 + up, 0.005), (0.0075, 0.005 + up)];
            let asked = asked(&portal, shape(&moved[..pieces]));
            answered += usize::from(portal.assess_outline(&visit, &asked).await.is_ok());
        }
        answered
    };
    let (one, two) = (answered(1).await, answered(2).await);
    assert!(two < one, "pieces cost nothing: {two}, {one}");
}
