//! Whether sites suit a use, over a real store: by what may be shown of them and nothing else.
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
    Clock, LandCode, Localized,
    dictionary::Coded,
    policy::{Field, Policies},
    record::{ParcelRecord, Value},
    request::ReceiptKey,
    restriction::{Finding, LawStatus, LayerInfo},
    suitability::{Answer, Cause, FactKey, Facts, MOST_SITES, Standing, embedded},
    viewer::Viewer,
};
use geo::MultiPolygon;
use jiff::civil::date;
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Allowance, Probing, ProbingConfig},
    suitability::Rules,
};
use service_api::{Assessment, ClientAddress, Judged, Portal, Refusal, SitesAsked, Told, Visit};
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{NoonAWeekLater as Noon, parcel_code as code, square, unit_code as unit};

use common::OfThePublic;

/// A layer with what it found on every parcel: names with shares, in m² of 1,000.
struct Layer {
    info: LayerInfo,
    found: Vec<(&'static str, f64)>,
    reaches: bool,
}

fn layer(id: &str, theme: &str, found: &[(&'static str, f64)]) -> Layer {
    Layer { info: testkit::layer(id, theme), found: found.to_vec(), reaches: true }
}

impl Layer {
    fn findings(&self) -> impl Iterator<Item = Finding> {
        let tolerance = self.info.tolerance;
        self.found.iter().enumerate().map(move |(at, (label, share))| Finding {
            layer: self.info.id.clone(),
            feature: at.to_string(),
            label: Localized::new(*label, *label),
            area_m2: share * 1_000.0,
            share: *share,
            sliver: tolerance.is_sliver(share * 1_000.0, *share),
            of_feature: None,
        })
    }
}

/// Every layer that the rules of Zhejiang look at, with nothing on a commercial site in town.
fn whole_town() -> Vec<Layer> {
    let mut layers: Vec<Layer> = [
        "planning_overlay",
        "permanent_basic_farmland",
        "ecological_red_line",
        "geological_hazard",
        "flood",
        "wetland",
        "water_source",
        "heritage",
        "open_space",
        "forest",
        "mineral",
        "coastline",
        "standard_land",
    ]
    .map(|theme| layer(&theme.replace('_', "-"), theme, &[]))
    .into();
    layers.push(layer("planning-use", "planning_use", &[("商业服务业用地", 1.0)]));
    layers.push(layer("boundary", "urban_development_boundary", &[("城镇集中建设区", 1.0)]));
    layers
}

fn parcel(number: u32) -> ParcelRecord {
    let outline = square(119.9 + f64::from(number) / 1e5, 30.5, 1e-4);
    let fields = [
        (Field::ParcelArea, Value::AreaM2(1_000.0)),
        (Field::Location, Value::Text("德清县演示镇演示路1号".into())),
    ];
    ParcelRecord { fields: fields.into(), ..testkit::parcel(code(number), outline) }
}

/// A portal over these layers and parcels, under these policies.
fn portal(layers: &[Layer], parcels: &[ParcelRecord], policies: Policies) -> PortalService {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let mut writer = store.begin_import(&testkit::dataset("trial")).unwrap();
    for layer in layers {
        let coverage = None;
        writer.put_layer(&LayerToStore { info: layer.info.clone(), coverage }).unwrap();
    }
    for layer in layers {
        for finding in layer.findings() {
            let outline = MultiPolygon(vec![square(119.0, 30.0, 2.0)]);
            let Finding { feature: id, label, .. } = finding;
            let feature = RestrictionFeature { id, label, outline };
            writer.put_restriction(&layer.info.id, &feature).unwrap();
        }
    }
    let findings: Vec<Finding> = layers.iter().flat_map(Layer::findings).collect();
    let reaching: Vec<String> =
        layers.iter().filter(|it| it.reaches).map(|it| it.info.id.clone()).collect();
    for parcel in parcels {
        assert!(writer.put_parcel(parcel, &findings, &reaching).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    // It is open for as long as the portal asks it.
    std::mem::forget(folder);
    let rules = Rules::of(embedded(), &["zhejiang".to_owned(), "cambridge".to_owned()]).unwrap();
    let much = Allowance { burst: 10_000, per_minute: 10_000 };
    let probing = ProbingConfig { block: much, ..ProbingConfig::default() };
    PortalService::new(
        PolicyGate::new(Arc::new(store), policies, Arc::new(Noon)),
        ReceiptKey::new([7; 32]),
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(probing)),
        0,
    )
    .judging_by(rules)
}

fn open(layers: &[Layer]) -> PortalService {
    portal(layers, &[parcel(1)], Policies::embedded().unwrap())
}

fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    let client = ClientAddress::of(address.into());
    Visit { viewer: Viewer::public(), client, key: None, epoch: None }
}

/// What is asked of a use of Zhejiang; nothing is built.
fn asked(portal: &PortalService, of: &str, codes: &[LandCode]) -> SitesAsked {
    let rules = portal.rule_sets().into_iter().find(|rules| rules.id == "zhejiang").unwrap();
    let (use_at, _) = rules.find_use(of).unwrap();
    let no = rules.questions.iter().map(|question| (question.id.clone(), "no".to_owned()));
    let answers = rules.answered(&no.collect()).unwrap();
    SitesAsked::new(rules, use_at, codes, answers).unwrap()
}

async fn assess(portal: &PortalService, of: &str) -> Assessment {
    let asked = asked(portal, of, &[LandCode::Parcel(code(1))]);
    portal.assess(&visit(), &asked).await.unwrap()
}

fn judged(told: &Assessment) -> &Judged {
    match &told.sites[0].told {
        Told::Judged(judged) => judged,
        other => panic!("{other:?}"),
    }
}

async fn answer(layers: &[Layer]) -> Answer {
    judged(&assess(&open(layers), "cafe").await).verdict.answer
}

#[tokio::test]
async fn sites_s2_a_layer_that_is_missing_or_does_not_reach_the_site_never_allows_anything() {
    assert_eq!(answer(&whole_town()).await, Answer::Suits);
    let mut open_ones = 0;
    for at in 0..whole_town().len() {
        let mut without = whole_town();
        let taken = without.remove(at);
        let missing = answer(&without).await;
        let mut beyond = whole_town();
        beyond[at].reaches = false;
        beyond[at].found.clear();
        let not_covered = answer(&beyond).await;
        for told in [missing, not_covered] {
            // What no rule of a café looks at changes nothing; whatever one does, it allows nothing.
            let same = matches!(told, Answer::Suits | Answer::CannotBeSaid);
            assert!(same, "{}: {told:?}", taken.info.id);
        }
        assert_eq!(missing, not_covered, "{}", taken.info.id);
        open_ones += usize::from(missing == Answer::CannotBeSaid);
    }
    assert!(open_ones >= 6, "rules of a café look at more layers than {open_ones}");
}

#[tokio::test]
async fn sites_s2_what_a_place_was_registered_for_is_not_what_lies_there() {
    let mut registered = parcel(1);
    let homestead = Coded::new("land-use-survey", "2017", "0702");
    registered.fields.insert(Field::LandUse, Value::Coded(homestead));
    registered.fields.insert(Field::ParcelArea, Value::AreaM2(136.0));
    let portal = portal(&whole_town(), &[registered], Policies::embedded().unwrap());
    let place = [LandCode::Parcel(code(1))];
    let mut asked = asked(&portal, "village-house", &place);
    let rules = asked.rules().clone();
    let yes = BTreeMap::from([("builds".to_owned(), "yes".to_owned())]);
    let mut answers = asked.answers().clone();
    answers.0.extend(rules.answered(&yes).unwrap().0);
    asked = SitesAsked::new(rules, asked.use_at(), &place, answers).unwrap();
    let told = portal.assess(&visit(), &asked).await.unwrap();
    let verdict = &judged(&told).verdict;
    for rule in ["village-house-area", "farmland-conversion"] {
        let finding = verdict.findings.iter().find(|finding| finding.rule == rule).unwrap();
        assert_eq!(finding.standing, Standing::Open, "{rule}");
        let facts: Vec<&FactKey> = finding.gaps.iter().map(|gap| &gap.fact).collect();
        assert_eq!(facts, [&FactKey::Value("present-use".into())], "{rule}");
    }
    // The type of the parcel is in its code.
    let types = FactKey::Value("parcel-type".into());
    assert!(judged(&told).facts.get(&types).is_ok());
}

#[tokio::test]
async fn sites_s2_each_reason_why_nothing_is_known_is_told_apart() {
    let mut layers = whole_town();
    layers.retain(|layer| layer.info.id != "ecological-red-line");
    for layer in &mut layers {
        layer.reaches = layer.info.id != "permanent-basic-farmland";
    }
    let told = assess(&open(&layers), "cafe").await;
    let gaps: BTreeMap<FactKey, Cause> = judged(&told)
        .verdict
        .findings
        .iter()
        .flat_map(|finding| &finding.gaps)
        .map(|gap| (gap.fact.clone(), gap.cause))
        .collect();
    let of = |layer: &str| gaps.get(&FactKey::Overlaps(layer.to_owned())).copied();
    assert_eq!(of("red-line"), Some(Cause::Missing), "{gaps:?}");
    assert_eq!(of("basic-farmland"), Some(Cause::NotCovered), "{gaps:?}");
}

#[tokio::test]
async fn sites_s1_what_lies_on_the_site_stands_in_the_way_with_layer_day_and_share() {
    let mut layers = whole_town();
    layers[1].found = vec![("永久基本农田", 0.2)];
    let told = assess(&open(&layers), "cafe").await;
    let verdict = &judged(&told).verdict;
    assert_eq!(verdict.answer, Answer::DoesNot);
    let finding = &verdict.findings[0];
    assert_eq!(
        (finding.rule.as_str(), finding.standing),
        ("permanent-farmland", Standing::InTheWay)
    );
    let seen = finding.evidence.iter().flat_map(|evidence| &evidence.seen).next().unwrap();
    assert_eq!(
        (seen.source.as_str(), seen.date),
        ("permanent-basic-farmland", Some(date(2026, 1, 1)))
    );
    // A sliver decides nothing, and a draft has no effect yet.
    layers[1].found = vec![("永久基本农田", 0.0004)];
    assert_eq!(answer(&layers).await, Answer::Suits);
    layers[1].found = vec![("永久基本农田", 0.2)];
    layers[1].info.status = LawStatus::ChangeWithoutPreEffect;
    assert_eq!(answer(&layers).await, Answer::CannotBeSaid, "what counts today nobody says");
}

#[tokio::test]
async fn sites_s2_what_was_found_stands_although_another_layer_of_its_theme_does_not_reach_the_site()
 {
    let mut layers = whole_town();
    layers.push(Layer { reaches: false, ..layer("farmland-2", "permanent_basic_farmland", &[]) });
    assert_eq!(answer(&layers).await, Answer::CannotBeSaid);
    layers[1].found = vec![("永久基本农田", 0.2)];
    assert_eq!(answer(&layers).await, Answer::DoesNot);
}

#[tokio::test]
async fn sites_s2_a_layer_that_found_something_says_nothing_of_the_ground_that_it_does_not_reach() {
    let mut layers = whole_town();
    assert_eq!(answer(&layers).await, Answer::Suits);
    let zones = layers.iter_mut().find(|layer| layer.info.id == "planning-use").unwrap();
    assert!(!zones.found.is_empty());
    zones.reaches = false;
    assert_eq!(answer(&layers).await, Answer::CannotBeSaid);
}

/// The policies, row 46 closed to the public.
fn closed() -> Policies {
    testkit::denying(46)
}

#[tokio::test]
async fn sites_s11_two_portals_that_differ_only_in_what_is_concealed_answer_alike_to_the_byte() {
    // The wetland covers the site; does not touch it; does not reach it; is not there.
    let mut worlds: Vec<Vec<Layer>> = Vec::new();
    for (found, reaches) in [(Some(0.8), true), (None, true), (None, false)] {
        let mut layers = whole_town();
        let wetland = layers.iter_mut().find(|layer| layer.info.id == "wetland").unwrap();
        wetland.found = found.map(|share| ("国家重要湿地", share)).into_iter().collect();
        wetland.reaches = reaches;
        worlds.push(layers);
    }
    let mut without = whole_town();
    without.retain(|layer| layer.info.id != "wetland");
    worlds.push(without);
    let mut said = Vec::new();
    for layers in &worlds {
        let portal = portal(layers, &[parcel(1)], closed());
        let codes = [LandCode::Parcel(code(1)), LandCode::Parcel(code(2))];
        for of in ["cafe", "factory", "greenhouse"] {
            let one = portal.assess(&visit(), &asked(&portal, of, &codes[..1])).await.unwrap();
            let two = portal.assess(&visit(), &asked(&portal, of, &codes)).await.unwrap();
            said.push(format!("{:?}{:?}", one.sites, two.sites));
        }
        let told = assess(&portal, "cafe").await;
        let gaps = judged(&told).verdict.findings.iter().flat_map(|finding| &finding.gaps);
        let wetland = FactKey::Overlaps("wetland".to_owned());
        let causes: Vec<Cause> =
            gaps.filter(|gap| gap.fact == wetland).map(|gap| gap.cause).collect();
        assert!(causes.iter().all(|cause| *cause == Cause::Withheld), "{causes:?}");
        assert!(!causes.is_empty(), "what is closed is not known to the rules");
    }
    for others in said.chunks(3).skip(1) {
        assert_eq!(others, &said[..3]);
    }
    // With the row open, each world has its own answer.
    assert_ne!(answer(&worlds[0]).await, answer(&worlds[1]).await);
}

#[tokio::test]
async fn sites_s8_a_site_that_is_refused_has_no_rank_among_others() {
    let mut layers = whole_town();
    layers[1].found = vec![("永久基本农田", 0.2)];
    let parcels: Vec<ParcelRecord> = (1..=3).map(parcel).collect();
    let portal = portal(&layers, &parcels, Policies::embedded().unwrap());
    let codes: Vec<LandCode> = (1..=3).map(|number| LandCode::Parcel(code(number))).collect();
    let ranked = async |of: &str| {
        let told = portal.assess(&visit(), &asked(&portal, of, &codes)).await.unwrap();
        let one = |site: &service_api::Site| match &site.told {
            Told::Judged(judged) => {
                assert!(judged.scored.is_some(), "{of}");
                (judged.is_refused(), judged.among.is_some())
            }
            other => panic!("{other:?}"),
        };
        told.sites.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(ranked("factory").await, [(true, false); 3]);
}

#[tokio::test]
async fn sites_s8_twenty_sites_are_ranked_and_twenty_one_are_no_question() {
    let parcels: Vec<ParcelRecord> = (1..=20).map(parcel).collect();
    let portal = portal(&whole_town(), &parcels, Policies::embedded().unwrap());
    let codes: Vec<LandCode> = (1..=21).map(|number| LandCode::Parcel(code(number))).collect();
    let told = portal.assess(&visit(), &asked(&portal, "cafe", &codes[..20])).await.unwrap();
    assert_eq!(told.sites.len(), MOST_SITES);
    for site in &told.sites {
        let Told::Judged(judged) = &site.told else { panic!("{:?}", site.told) };
        // Nothing is measured to what lies beside a site: points are a range, and so are ranks.
        let scored = judged.scored.as_ref().unwrap();
        assert!(scored.total.lo < scored.total.hi);
        let among = judged.among.as_ref().unwrap();
        assert_eq!((among.best, among.worst), (1, 20));
        assert!(judged.changes.is_none() && judged.other_uses.is_none(), "told of one alone");
    }
    let asked = asked(&portal, "cafe", &codes[..1]);
    let more = SitesAsked::new(asked.rules().clone(), asked.use_at(), &codes, Facts::default());
    assert!(more.is_err());
    let again = [codes[0], codes[0], LandCode::Unit(unit(1, 1))];
    let once = SitesAsked::new(asked.rules().clone(), asked.use_at(), &again, Facts::default());
    assert_eq!(once.unwrap().parcels(), [code(1)], "a home stands on its parcel, named once");
}

#[tokio::test]
async fn sites_s11_what_is_not_there_or_has_ended_or_lies_elsewhere_is_not_judged() {
    let ended =
        ParcelRecord { successors: vec![code(1)], valid_to: Some(date(2015, 5, 31)), ..parcel(3) };
    let classified = ParcelRecord { classified: true, ..parcel(4) };
    let first = ParcelRecord { predecessors: vec![code(3)], ..parcel(1) };
    let parcels = [first, ended, classified];
    let portal = portal(&whole_town(), &parcels, Policies::embedded().unwrap());
    let codes = [1, 3, 4, 5].map(|number| LandCode::Parcel(code(number)));
    let told = portal.assess(&visit(), &asked(&portal, "cafe", &codes)).await.unwrap();
    let [Told::Judged(_), Told::Ended(lineage), Told::Nothing { .. }, Told::Nothing { .. }] =
        &told.sites.iter().map(|site| site.told.clone()).collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", told.sites)
    };
    assert_eq!(lineage.in_force, [code(1)]);
    let cambridge = portal.rule_sets().into_iter().find(|rules| rules.id == "cambridge").unwrap();
    let asked = SitesAsked::new(cambridge, 0, &codes[..1], Facts::default()).unwrap();
    let told = portal.assess(&visit(), &asked).await.unwrap();
    assert!(matches!(told.sites[0].told, Told::OtherRules), "the law of another place");
}

#[tokio::test]
async fn p6_each_site_is_a_look_that_is_counted_and_refused_like_any() {
    let portal = open(&whole_town());
    let one = visit();
    let mut refused = false;
    for round in 0..3 {
        let numbers = (0..20).map(|at| 100 + round * 200 + at * 7);
        let missing: Vec<LandCode> = numbers.map(|at| LandCode::Parcel(code(at))).collect();
        match portal.assess(&one, &asked(&portal, "cafe", &missing)).await {
            Ok(told) => {
                assert!(told.sites.iter().all(|it| matches!(it.told, Told::Nothing { .. })));
            }
            Err(Refusal::TooMany { .. }) => refused = true,
            Err(refusal) => panic!("{refusal}"),
        }
    }
    assert!(refused, "misses of a list count like misses one by one");
}
