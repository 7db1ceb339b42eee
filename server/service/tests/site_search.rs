//! *Where could I?* over a real store: every site that a list may name, by what may be shown of it.
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
    dataset::DatasetInfo,
    lifecycle::{LifecycleEvent, Stage},
    policy::{Field, Policies},
    record::{ParcelRecord, Value},
    request::ReceiptKey,
    restriction::{Finding, LayerInfo},
    suitability::{Answer, FactKey, Facts, embedded},
    viewer::Viewer,
};
use geo::MultiPolygon;
use jiff::{Timestamp, civil::date};
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Allowance, Probing, ProbingConfig},
    suitability::Rules,
};
use service_api::{
    ClientAddress, Portal, Refusal, SiteSearch, SitesAsked, SitesFound, SitesWanted, Told, Visit,
    site_search::{Band, Count, MOST_ON_PAGE, Sizes},
};
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{parcel_code as code, square};

use common::OfThePublic;

const ZHEJIANG: &str = include_str!("../../../domain/data/policies/zhejiang.toml");

/// Every layer that the rules of Zhejiang look at, with what it may find.
const LAYERS: [(&str, &[&str]); 15] = [
    ("planning_use", &["商业服务业用地", "居住用地", "工业用地", "农业生产区"]),
    ("urban_development_boundary", &["城镇集中建设区"]),
    ("permanent_basic_farmland", &["永久基本农田"]),
    ("ecological_red_line", &["生态保护红线"]),
    ("geological_hazard", &["低易发区", "高易发区", "不易发区"]),
    ("planning_overlay", &[]),
    ("flood", &["河道管理范围"]),
    ("wetland", &["国家重要湿地"]),
    ("water_source", &["一级保护区", "二级保护区"]),
    ("heritage", &["保护范围", "建设控制地带"]),
    ("open_space", &["绿线"]),
    ("forest", &["公益林"]),
    ("mineral", &[]),
    ("coastline", &[]),
    ("standard_land", &["标准地"]),
];

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-29T04:00:00Z".parse().unwrap()
    }
}

/// Numbers by chance (xorshift), the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % end
    }
}

/// A site with what was found on it and the layers that reach it.
struct Ground {
    parcel: ParcelRecord,
    findings: Vec<Finding>,
    reaching: Vec<String>,
}

fn info(theme: &str) -> LayerInfo {
    testkit::layer(&theme.replace('_', "-"), theme)
}

fn parcel(number: u32, square_metres: f64) -> ParcelRecord {
    let outline = square(119.9 + f64::from(number) / 1e5, 30.5, 1e-4);
    let fields = [
        (Field::ParcelArea, Value::AreaM2(square_metres)),
        (Field::Location, Value::Text(format!("德清县演示镇演示路{number}号"))),
    ];
    ParcelRecord { fields: fields.into(), ..testkit::parcel(code(number), outline) }
}

fn supplied(number: u32, square_metres: f64) -> ParcelRecord {
    let result = LifecycleEvent {
        stage: Stage::Supplied,
        date: date(2020, 5, 1),
        title: Localized::new("供应结果公布", "Result published"),
        document: None,
    };
    ParcelRecord { events: vec![result], ..parcel(number, square_metres) }
}

/// A commercial site in town on which nothing lies.
fn fine(parcel: ParcelRecord) -> Ground {
    let whole = |theme: &str, at: usize, label: &str| Finding {
        layer: info(theme).id,
        feature: at.to_string(),
        label: Localized::same(label),
        area_m2: 1_000.0,
        share: 1.0,
        sliver: false,
        of_feature: None,
    };
    let findings = vec![
        whole("planning_use", 0, "商业服务业用地"),
        whole("urban_development_boundary", 0, "城镇集中建设区"),
    ];
    Ground { parcel, findings, reaching: LAYERS.map(|(theme, _)| info(theme).id).into() }
}

/// Land by chance: of each layer often nothing, seldom a sliver or all, and here and there no data.
fn land(chance: &mut Chance, parcel: ParcelRecord) -> Ground {
    let (mut findings, mut reaching) = (Vec::new(), Vec::new());
    for (theme, labels) in LAYERS {
        if chance.below(12) == 0 {
            continue;
        }
        let info = info(theme);
        let common = ["planning_use", "urban_development_boundary"].contains(&theme);
        if !labels.is_empty() && (common || chance.below(5) == 0) {
            let at = usize::try_from(chance.below(labels.len() as u64)).unwrap();
            let shares = [0.0004, 0.02, 0.3, 0.995, 1.0, 1.0];
            let share = shares[usize::try_from(chance.below(6)).unwrap()];
            findings.push(Finding {
                layer: info.id.clone(),
                feature: at.to_string(),
                label: Localized::same(labels[at]),
                area_m2: share * 1_000.0,
                share,
                sliver: info.tolerance.is_sliver(share * 1_000.0, share),
                of_feature: None,
            });
        }
        reaching.push(info.id);
    }
    Ground { parcel, findings, reaching }
}

fn data(id: &str, policy: &str) -> DatasetInfo {
    DatasetInfo { policy: policy.into(), ..testkit::dataset(id) }
}

fn publish(store: &SqliteStore, dataset: &DatasetInfo, land: &[Ground]) {
    let mut writer = store.begin_import(dataset).unwrap();
    for (theme, labels) in LAYERS {
        let info = info(theme);
        writer.put_layer(&LayerToStore { info: info.clone(), coverage: None }).unwrap();
        for (at, label) in labels.iter().enumerate() {
            let outline = MultiPolygon(vec![square(119.0, 30.0, 2.0)]);
            let label = Localized::same(*label);
            let feature = RestrictionFeature { id: at.to_string(), label, outline };
            writer.put_restriction(&info.id, &feature).unwrap();
        }
    }
    for Ground { parcel, findings, reaching } in land {
        assert!(writer.put_parcel(parcel, findings, reaching).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
}

/// A portal that searches, and its store.
struct Searched {
    portal: PortalService,
    store: Arc<SqliteStore>,
    _folder: tempfile::TempDir,
}

fn over(policies: Policies, probing: ProbingConfig) -> Searched {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap());
    let rules = Rules::of(embedded(), &["zhejiang".to_owned(), "cambridge".to_owned()]).unwrap();
    let portal = PortalService::new(
        PolicyGate::new(store.clone(), policies, Arc::new(Noon)),
        ReceiptKey::new([7; 32]),
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(probing)),
        0,
    )
    .judging_by(rules)
    .searching_sites();
    Searched { portal, store, _folder: folder }
}

fn empty() -> Searched {
    let much = Allowance { burst: 100_000, per_minute: 100_000 };
    let probing =
        ProbingConfig { block: much, places: much, searches: much, ..ProbingConfig::default() };
    over(Policies::embedded().unwrap(), probing)
}

impl Searched {
    fn with(self, dataset: &DatasetInfo, land: &[Ground]) -> Self {
        publish(&self.store, dataset, land);
        self
    }

    async fn put_together(self) -> Self {
        self.portal.site_search().unwrap().renew().await.unwrap();
        self
    }

    fn wanted(&self, of: &str, answer: &str) -> SitesWanted {
        let rules = self.portal.rule_sets().into_iter().find(|it| it.id == "zhejiang").unwrap();
        let (use_at, _) = rules.find_use(of).unwrap();
        let same = rules.questions.iter().map(|one| (one.id.clone(), answer.to_owned()));
        let answers = rules.answered(&same.collect()).unwrap();
        let (sizes, band, page) = (Sizes::default(), Band::Yes, 1);
        SitesWanted { rules, use_at, answers, sizes, band, page, limit: MOST_ON_PAGE }
    }

    async fn search(&self, wanted: &SitesWanted) -> SiteSearch {
        self.portal.search_sites(&visit(), wanted).await.unwrap()
    }

    async fn found(&self, wanted: &SitesWanted) -> SitesFound {
        match self.search(wanted).await {
            SiteSearch::Found(found) => *found,
            other => panic!("{other:?}"),
        }
    }

    /// Every site of a band, page by page.
    async fn all(&self, wanted: &SitesWanted, band: Band) -> Vec<(LandCode, Answer)> {
        let (mut all, mut page) = (Vec::new(), 1);
        loop {
            let found = self.found(&SitesWanted { band, page, ..wanted.clone() }).await;
            all.extend(found.sites.iter().map(|site| (LandCode::Parcel(site.code), site.answer)));
            if page == found.pages {
                return all;
            }
            page += 1;
        }
    }
}

fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    Visit { viewer: Viewer::public(), client: ClientAddress::of(address.into()), epoch: None }
}

#[tokio::test]
async fn sites_q1_the_band_of_every_site_is_the_verdict_that_it_is_told_alone() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let land: Vec<Ground> =
        (1..=300).map(|number| land(&mut chance, parcel(number, 900.0))).collect();
    // Shares are exact in one, and in whole per cent in the other: there limits lie within a figure.
    let coarse: Vec<Ground> =
        (301..=420).map(|number| self::land(&mut chance, supplied(number, 900.0))).collect();
    let searched = empty()
        .with(&data("open", "open-cadastre"), &land)
        .with(&data("closed", "zhejiang"), &coarse)
        .put_together()
        .await;
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for (of, answer) in [("cafe", "no"), ("factory", "yes"), ("greenhouse", "unknown")] {
        let wanted = searched.wanted(of, answer);
        let mut told = BTreeMap::new();
        for band in Band::ALL {
            for (code, answer) in searched.all(&wanted, band).await {
                assert_eq!(Band::of(answer), band);
                assert_eq!(told.insert(code, answer), None, "{code} stands twice");
            }
        }
        assert_eq!(told.len(), 420);
        let codes: Vec<LandCode> = told.keys().copied().collect();
        for some in codes.chunks(20) {
            let asked =
                SitesAsked::new(wanted.rules.clone(), wanted.use_at, some, wanted.answers.clone());
            let alone = searched.portal.assess(&visit(), &asked.unwrap()).await.unwrap();
            for site in alone.sites {
                let Told::Judged(judged) = site.told else { panic!("{:?}", site.told) };
                let answer = judged.verdict.answer;
                assert_eq!(told[&LandCode::Parcel(site.parcel)], answer, "{of} {}", site.parcel);
                *said.entry(format!("{answer:?}")).or_default() += 1;
            }
        }
    }
    assert_eq!(said.len(), 4, "every answer is among them: {said:?}");
}

#[tokio::test]
async fn sites_q3_what_is_missing_and_what_a_rule_costs_is_counted() {
    let mut unknown = fine(parcel(3, 1_000.0));
    unknown.reaching.retain(|layer| layer != "ecological-red-line");
    let on_farmland = |number| {
        let mut ground = fine(parcel(number, 1_000.0));
        ground.findings.push(Finding {
            layer: "permanent-basic-farmland".into(),
            feature: "0".into(),
            label: Localized::same("永久基本农田"),
            area_m2: 500.0,
            share: 0.5,
            sliver: false,
            of_feature: None,
        });
        ground
    };
    let land = [on_farmland(1), on_farmland(2), unknown];
    let searched = empty().with(&data("open", "open-cadastre"), &land).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    let found = searched.found(&wanted).await;
    assert_eq!(found.bands, [Count::Exactly(0), Count::Exactly(1), Count::Exactly(2)]);
    let red_line = FactKey::Overlaps("red-line".to_owned());
    assert_eq!(found.missing, [(red_line, Count::Exactly(1))]);
    let costs = |rule: &str| found.without.iter().find(|(id, _)| id == rule).map(|it| it.1);
    assert_eq!(costs("permanent-farmland"), Some(Count::Exactly(2)), "{:?}", found.without);
    assert_eq!(found.relax(), Some("permanent-farmland"), "nothing suits: this one costs most");
    let with_one = searched.with(&data("more", "open-cadastre"), &[fine(parcel(4, 1_000.0))]);
    let found = with_one.put_together().await.found(&wanted).await;
    assert_eq!((found.bands[0], found.relax()), (Count::Exactly(1), None));
    assert_eq!(found.suits, (Count::Exactly(1), Count::Exactly(0)));
}

#[tokio::test]
async fn sites_q4_nothing_is_answered_by_data_that_are_not_current() {
    let land = [fine(parcel(1, 1_000.0))];
    let searched = empty().with(&data("open", "open-cadastre"), &land);
    let wanted = searched.wanted("cafe", "no");
    let not_yet = |told| matches!(told, SiteSearch::NotYet { retry_after } if retry_after > 0);
    assert!(not_yet(searched.search(&wanted).await), "nothing is put together");
    let searched = searched.put_together().await;
    assert_eq!(searched.found(&wanted).await.bands[0], Count::Exactly(1));
    publish(
        &searched.store,
        &data("open", "open-cadastre"),
        &[fine(parcel(2, 1_000.0)), fine(parcel(3, 1_000.0))],
    );
    assert!(not_yet(searched.search(&wanted).await), "it is of the version before");
    let searched = searched.put_together().await;
    let codes: Vec<_> = searched.all(&wanted, Band::Yes).await.into_iter().map(|it| it.0).collect();
    assert_eq!(codes, [2, 3].map(|number| LandCode::Parcel(code(number))));
}

#[tokio::test]
async fn sites_q4_the_index_keeps_itself_up_to_date() {
    let searched = empty().with(&data("open", "open-cadastre"), &[fine(parcel(1, 1_000.0))]);
    let wanted = searched.wanted("cafe", "no");
    let keeping = tokio::spawn(searched.portal.site_search().unwrap().keep());
    for expected in [1, 2] {
        let found = loop {
            if let SiteSearch::Found(found) = searched.search(&wanted).await {
                break found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        assert_eq!(found.bands[0], Count::Exactly(expected));
        let more = [fine(parcel(1, 1_000.0)), fine(parcel(2, 1_000.0))];
        publish(&searched.store, &data("open", "open-cadastre"), &more);
    }
    keeping.abort();
}

#[tokio::test]
async fn sites_q5_of_a_register_only_what_is_published_as_a_list_is_searched() {
    let classified = ParcelRecord { classified: true, ..supplied(3, 1_000.0) };
    let ended = ParcelRecord { valid_to: Some(date(2021, 1, 1)), ..supplied(4, 1_000.0) };
    let mut planned = supplied(5, 1_000.0);
    planned.events[0].date = date(2027, 1, 1);
    let land = [supplied(1, 1_000.0), parcel(2, 1_000.0), classified, ended, planned].map(fine);
    let searched = empty().with(&data("register", "zhejiang"), &land).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    let found = searched.found(&wanted).await;
    let codes: Vec<_> = found.sites.iter().map(|site| site.code).collect();
    assert_eq!(
        codes,
        [code(1)],
        "neither one that is only shown by its code, nor a classified one"
    );
    assert!(found.listed_only);
    assert_eq!(found.bands, [Count::Few, Count::Exactly(0), Count::Exactly(0)], "M4: small counts");
    let site = &found.sites[0];
    let (x, y) = site.point.unwrap();
    for degrees in [x, y] {
        assert!(
            (degrees * 1e3 - (degrees * 1e3).round()).abs() < 1e-9,
            "M3: three decimals: {degrees}"
        );
    }
    assert!(site.location.is_some());

    let none = [fine(parcel(2, 1_000.0))];
    let register = empty().with(&data("register", "zhejiang"), &none).put_together().await;
    assert!(matches!(register.search(&wanted).await, SiteSearch::NoList));
    // Nor of rules that are for land elsewhere.
    let cambridge = searched.portal.rule_sets().into_iter().find(|it| it.id == "cambridge");
    let elsewhere =
        SitesWanted { rules: cambridge.unwrap(), use_at: 0, answers: Facts::default(), ..wanted };
    assert!(matches!(searched.search(&elsewhere).await, SiteSearch::NoList));
}

#[tokio::test]
async fn sites_q5_a_search_costs_what_it_names() {
    let land: Vec<Ground> = (1..=60).map(|number| fine(parcel(number, 1_000.0))).collect();
    let searched = over(Policies::embedded().unwrap(), ProbingConfig::default())
        .with(&data("open", "open-cadastre"), &land)
        .put_together()
        .await;
    let (wanted, one) = (searched.wanted("cafe", "no"), visit());
    assert_eq!(
        searched.found(&SitesWanted { limit: 1_000, ..wanted.clone() }).await.sites.len(),
        50
    );
    let mut answered = 0;
    let refused = loop {
        match searched.portal.search_sites(&one, &wanted).await {
            Ok(_) => answered += 1,
            Err(refusal) => break refusal,
        }
        assert!(answered < 200, "P6: nobody reads a register through searches");
    };
    assert!(answered > 0 && matches!(refused, Refusal::TooMany { .. }));
}

#[tokio::test]
async fn sites_of_other_sizes_are_left_out_and_one_of_no_known_size_may_fit() {
    let mut sizeless = parcel(4, 0.0);
    sizeless.fields.remove(&Field::ParcelArea);
    sizeless.outline = MultiPolygon(Vec::new());
    let land = [parcel(1, 499.0), parcel(2, 500.0), parcel(3, 2_000.0), sizeless].map(fine);
    let searched = empty().with(&data("open", "open-cadastre"), &land).put_together().await;
    let sizes = Sizes { least: Sizes::step(500), most: Sizes::step(2_000) };
    let all = searched.wanted("cafe", "no");
    let wanted = SitesWanted { sizes, ..all.clone() };
    let found = searched.found(&wanted).await;
    assert_eq!(found.other_sizes, Count::Exactly(2));
    let codes = |band| {
        let sites = searched.all(&wanted, band);
        async { sites.await.into_iter().map(|it| it.0.parcel()).collect::<Vec<_>>() }
    };
    assert_eq!(codes(Band::Yes).await, [code(2)]);
    let before = searched.found(&all).await;
    if before.bands[Band::No as usize].is_none() {
        assert_eq!(codes(Band::Maybe).await, [code(4)], "of what size it is nobody knows");
        assert!(found.missing.iter().any(|(fact, _)| *fact == FactKey::Area));
    }
    assert_eq!(before.other_sizes, Count::Exactly(0), "who does not ask for a size gets all");
}

/// The policies, row 46 closed to the public.
fn closed() -> Policies {
    let text = ZHEJIANG.split("[[row]]").map(|row| {
        if !row.contains("\nrow = 46\n") {
            return row.to_owned();
        }
        let lines =
            row.lines().map(|line| if line.starts_with("P = ") { "P = \"deny\"" } else { line });
        lines.map(|line| format!("{line}\n")).collect()
    });
    let text = text.collect::<Vec<String>>().join("[[row]]");
    Policies::embedded().unwrap().with([text.as_str()], date(2026, 11, 29)).unwrap()
}

#[tokio::test]
async fn sites_s11_registers_that_differ_only_in_what_is_concealed_are_searched_alike_to_the_byte()
{
    let mut said: Vec<String> = Vec::new();
    // A wetland that covers some sites, lies elsewhere, or is not there; other parcels that no list names.
    for world in 0..4_u32 {
        let mut land: Vec<Ground> = (1..=30).map(|it| fine(supplied(it, 900.0))).collect();
        for (at, ground) in land.iter_mut().enumerate() {
            if world == 3 {
                ground.reaching.retain(|layer| layer != "wetland");
            } else if at % 3 == world as usize {
                ground.findings.push(Finding {
                    layer: "wetland".into(),
                    feature: "0".into(),
                    label: Localized::same("国家重要湿地"),
                    area_m2: 700.0,
                    share: 0.7,
                    sliver: false,
                    of_feature: None,
                });
            }
        }
        land.extend((100..100 + world * 7).map(|it| fine(parcel(it, 900.0))));
        let secret = |it| fine(ParcelRecord { classified: true, ..supplied(it, 900.0) });
        land.extend((200..200 + world * 5).map(secret));
        let much = Allowance { burst: 100_000, per_minute: 100_000 };
        let probing = ProbingConfig { searches: much, ..ProbingConfig::default() };
        let searched =
            over(closed(), probing).with(&data("register", "zhejiang"), &land).put_together().await;
        let mut told = String::new();
        for of in ["cafe", "factory", "greenhouse"] {
            let wanted = searched.wanted(of, "no");
            for band in Band::ALL {
                let SitesFound { rules: _, missing, without, bands, sites, pages, .. } =
                    searched.found(&SitesWanted { band, ..wanted.clone() }).await;
                told += &format!("{missing:?}{without:?}{bands:?}{sites:?}{pages}\n");
            }
        }
        said.push(told);
    }
    assert!(said[0].contains("wetland"), "what is closed is not known: {}", said[0]);
    assert!(said.iter().all(|told| *told == said[0]));
}
