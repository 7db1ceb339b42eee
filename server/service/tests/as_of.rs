//! A place as of a day, and what the newest data changed, over a real store. Rule P12.
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

use domain::{Clock, LandCode, policy::Field, record::Value, request::ReceiptKey, viewer::Viewer};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Allowance, Probing, ProbingConfig},
};
use service_api::{
    ClientAddress, Drawn, Place, Portal, Refusal, Visit,
    former::{AsOf, Before},
};
use store::Imports;
use store_sqlite::SqliteStore;
use testkit::{parcel_code as code, square};

use common::OfThePublic;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-22T04:00:00Z".parse().unwrap()
    }
}

/// Publishes parcels, by number, where they lie, and whether they are classified, as current from a day on.
fn publish(store: &SqliteStore, day: Date, parcels: &[(u32, &str, bool)]) {
    let mut writer = store.begin_import(&testkit::dataset("trial")).unwrap();
    for (number, location, classified) in parcels {
        let outline = square(119.9 + f64::from(*number) / 1e5, 30.5, 1e-4);
        let mut parcel = testkit::parcel(code(*number), outline);
        parcel.classified = *classified;
        parcel.fields.insert(Field::Location, Value::Text((*location).to_owned()));
        assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
    }
    writer.publish(format!("{day}T04:00:00Z").parse().unwrap()).unwrap();
}

const FIRST: Date = date(2026, 10, 1);
const SECOND: Date = date(2026, 11, 10);

fn first(store: &SqliteStore) {
    publish(store, FIRST, &[(1, "旧路1号", false), (2, "路2号", false), (3, "路3号", false)]);
}

fn second(store: &SqliteStore) {
    publish(store, SECOND, &[(1, "新路1号", false), (2, "路2号", true), (4, "路4号", false)]);
}

fn over(store: &SqliteStore) -> PortalService {
    allowing(store, ProbingConfig::default())
}

fn allowing(store: &SqliteStore, probing: ProbingConfig) -> PortalService {
    let store: Arc<dyn store::Store> = Arc::new(store.clone());
    let policies = domain::policy::Policies::embedded().unwrap();
    PortalService::new(
        PolicyGate::new(store, policies, Arc::new(Noon)),
        ReceiptKey::new([7; 32]),
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(probing)),
        0,
    )
}

/// Somebody else each time: nobody is slowed here.
fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    Visit {
        viewer: Viewer::public(),
        client: ClientAddress::of(address.into()),
        epoch: None,
        key: None,
    }
}

fn location(place: &Place) -> &Value {
    place.profile.fact(Field::Location).unwrap()
}

#[tokio::test]
async fn p12_a_place_as_of_a_day_is_what_the_data_of_then_have_and_may_be_shown_today() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    first(&store);
    second(&store);
    let portal = over(&store);
    let ask = async |number: u32, day: Date| {
        portal.see_as_of(&visit(), &LandCode::Parcel(code(number)), day).await
    };
    for day in [SECOND, date(2026, 11, 22)] {
        assert_eq!(ask(1, day).await.unwrap(), AsOf::Current);
    }
    for day in [FIRST, date(2026, 11, 9)] {
        let AsOf::Then(then) = ask(1, day).await.unwrap() else { panic!("{day}") };
        assert_eq!(location(&then), &Value::Text("旧路1号".to_owned()));
        assert_eq!((then.as_of, then.profile.version.number, &then.map), (Some(day), 1, &None));
        // What is gone now was there.
        assert!(matches!(ask(3, day).await.unwrap(), AsOf::Then(_)));
        // What is classified now was not, and is not shown: as what was not there and what never was.
        for number in [2, 4, 9] {
            assert!(matches!(ask(number, day).await, Err(Refusal::Nothing { .. })), "{number}");
        }
    }
    // What was before the first version is not known, of any code alike (rule P5).
    for number in [1, 2, 4, 9] {
        let said = ask(number, date(2026, 9, 30)).await.unwrap();
        assert_eq!(said, AsOf::NotKept { from: FIRST }, "{number}");
    }

    // Of data that are not kept nothing is said, and that is the same for every code.
    publish(&store, date(2026, 11, 20), &[(1, "新路1号", false), (2, "路2号", true)]);
    for number in [1, 2, 3, 9] {
        let said = ask(number, date(2026, 10, 15)).await.unwrap();
        assert_eq!(said, AsOf::NotKept { from: SECOND });
    }
    assert!(matches!(ask(4, date(2026, 11, 15)).await.unwrap(), AsOf::Then(_)));
}

/// How many codes that are not there a visitor looks for before being refused, where each is asked of a day before.
async fn looks_for_nothing(day: Option<Date>) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    first(&store);
    // After two misses a look costs three, and what comes back meanwhile is less than one.
    let of = |burst| Allowance { burst, per_minute: 1 };
    let probing = ProbingConfig { misses: of(2), block: of(12), ..ProbingConfig::default() };
    let (portal, visit) = (allowing(&store, probing), visit());
    for number in 100..160 {
        let code = LandCode::Parcel(code(number));
        if let Some(day) = day {
            portal.see_as_of(&visit, &code, day).await.unwrap();
        }
        let seen = portal.see(&visit, (&code, Drawn::Not)).await;
        if matches!(seen, Err(Refusal::TooMany { .. })) {
            return number as usize - 100;
        }
    }
    panic!("nobody is refused");
}

#[tokio::test]
async fn p6_asking_of_a_day_makes_no_miss_free() {
    let plain = looks_for_nothing(None).await;
    for day in [date(2026, 11, 22), date(2026, 9, 30)] {
        assert_eq!(looks_for_nothing(Some(day)).await, plain, "{day}");
    }
}

#[tokio::test]
async fn p12_what_the_newest_data_changed_is_told_of_what_everybody_may_see() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    first(&store);
    let portal = over(&store);
    let ask =
        async |number: u32| portal.changes_at(&visit(), &LandCode::Parcel(code(number))).await;
    assert_eq!(ask(1).await.unwrap().before, Before::NotKept);
    second(&store);
    let changes = ask(1).await.unwrap();
    let Before::Was(then) = &changes.before else { panic!("{changes:?}") };
    assert_eq!(location(then), &Value::Text("旧路1号".to_owned()));
    assert_eq!(location(&changes.now), &Value::Text("新路1号".to_owned()));
    let before = ask(4).await.unwrap().before;
    assert!(matches!(before, Before::Nothing(version) if version.number == 1));
    for number in [2, 3, 9] {
        assert!(matches!(ask(number).await, Err(Refusal::Nothing { .. })), "{number}");
    }
}
