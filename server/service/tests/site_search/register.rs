//! A portal that searches, over a real store, and registers for it.

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
    suitability::{Answer, embedded},
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
use service_api::{
    ClientAddress, Portal, SiteSearch, SitesFound, SitesWanted, Visit,
    site_search::{Band, MOST_ON_PAGE, Sizes},
};
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
pub use testkit::NoonAWeekLater as Noon;
use testkit::{parcel_code as code, square};

use crate::common::OfThePublic;

/// Every layer that the rules of Zhejiang look at, with what it may find.
pub const LAYERS: [(&str, &[&str]); 15] = [
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

/// Numbers by chance (xorshift), the same on every run.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % end
    }
}

/// A site with what was found on it and the layers that reach it.
pub struct Ground {
    pub parcel: ParcelRecord,
    pub findings: Vec<Finding>,
    pub reaching: Vec<String>,
}

pub fn info(theme: &str) -> LayerInfo {
    testkit::layer(&theme.replace('_', "-"), theme)
}

pub fn parcel(number: u32, square_metres: f64) -> ParcelRecord {
    let outline = square(119.9 + f64::from(number) / 1e5, 30.5, 1e-4);
    let fields = [
        (Field::ParcelArea, Value::AreaM2(square_metres)),
        (Field::Location, Value::Text(format!("德清县演示镇演示路{number}号"))),
    ];
    ParcelRecord { fields: fields.into(), ..testkit::parcel(code(number), outline) }
}

pub fn supplied(number: u32, square_metres: f64) -> ParcelRecord {
    let result = LifecycleEvent {
        stage: Stage::Supplied,
        date: date(2020, 5, 1),
        title: Localized::new("供应结果公布", "Result published"),
        document: None,
    };
    ParcelRecord { events: vec![result], ..parcel(number, square_metres) }
}

/// A commercial site in town on which nothing lies.
pub fn fine(parcel: ParcelRecord) -> Ground {
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
pub fn land(chance: &mut Chance, parcel: ParcelRecord) -> Ground {
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

pub fn data(id: &str, policy: &str) -> DatasetInfo {
    DatasetInfo { policy: policy.into(), ..testkit::dataset(id) }
}

pub fn publish(store: &SqliteStore, dataset: &DatasetInfo, land: &[Ground]) {
    let mut writer = store.begin_import(dataset).unwrap();
    for (theme, labels) in LAYERS {
        let info = info(theme);
        writer.put_layer(&LayerToStore { info: info.clone(), coverage: None }).unwrap();
        for (at, label) in labels.iter().enumerate() {
            // What was found stands with the parcels; where it lies, no other data set is.
            let outline = MultiPolygon(vec![square(118.0, 29.0, 0.1)]);
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
pub struct Searched {
    pub portal: PortalService,
    pub store: Arc<SqliteStore>,
    _folder: tempfile::TempDir,
}

pub fn over(policies: Policies, probing: ProbingConfig) -> Searched {
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

pub fn empty() -> Searched {
    let much = Allowance { burst: 100_000, per_minute: 100_000 };
    let probing =
        ProbingConfig { block: much, places: much, searches: much, ..ProbingConfig::default() };
    over(Policies::embedded().unwrap(), probing)
}

impl Searched {
    pub fn with(self, dataset: &DatasetInfo, land: &[Ground]) -> Self {
        publish(&self.store, dataset, land);
        self
    }

    pub async fn put_together(self) -> Self {
        self.portal.site_search().unwrap().renew().await.unwrap();
        self
    }

    pub fn wanted(&self, of: &str, answer: &str) -> SitesWanted {
        let rules = self.portal.rule_sets().into_iter().find(|it| it.id == "zhejiang").unwrap();
        let (use_at, _) = rules.find_use(of).unwrap();
        let same = rules.questions.iter().map(|one| (one.id.clone(), answer.to_owned()));
        let answers = rules.answered(&same.collect()).unwrap();
        let (sizes, band, page) = (Sizes::default(), Band::Yes, 1);
        SitesWanted { rules, use_at, answers, sizes, band, page, limit: MOST_ON_PAGE, since: None }
    }

    pub async fn search(&self, wanted: &SitesWanted) -> SiteSearch {
        self.portal.search_sites(&visit(), wanted).await.unwrap()
    }

    pub async fn found(&self, wanted: &SitesWanted) -> SitesFound {
        match self.search(wanted).await {
            SiteSearch::Found(found) => *found,
            other => panic!("{other:?}"),
        }
    }

    /// Every site of a band, page by page.
    pub async fn all(&self, wanted: &SitesWanted, band: Band) -> Vec<(LandCode, Answer)> {
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

pub fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    let client = ClientAddress::of(address.into());
    Visit { viewer: Viewer::public(), client, key: None, epoch: None }
}

/// The policies, row 46 closed to the public.
pub fn closed() -> Policies {
    testkit::denying(46)
}
