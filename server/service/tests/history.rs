//! What the portal tells of a parcel's history, and what it guesses a mistyped code to be, over a
//! real store in which some parcels are classified.
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
    Clock, LandCode,
    code::UnitCode,
    lineage::ChangeKind,
    record::{Fields, ParcelRecord, UnitRecord},
    request::ReceiptKey,
    viewer::Viewer,
};
use jiff::civil::date;
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Probing, ProbingConfig},
};
use service_api::{ClientAddress, Place, Portal, Refusal, Visit};
use store::Imports;
use store_sqlite::SqliteStore;
use testkit::{Noon, parcel_code as code, square, unit_code as unit};

use common::OfThePublic;

fn parcel(number: u32, from: &[u32], into: &[u32], classified: bool) -> ParcelRecord {
    let outline = square(119.9 + f64::from(number) / 1e5, 30.5, 1e-4);
    let ended = !into.is_empty();
    ParcelRecord {
        classified,
        predecessors: from.iter().copied().map(code).collect(),
        successors: into.iter().copied().map(code).collect(),
        valid_from: Some(if from.is_empty() { date(2001, 1, 1) } else { date(2015, 6, 1) }),
        valid_to: ended.then(|| date(2015, 5, 31)),
        ..testkit::parcel(code(number), outline)
    }
}

fn store(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap()
}

fn publish(store: &SqliteStore, parcels: &[ParcelRecord], units: &[UnitCode]) {
    let mut writer = store.begin_import(&testkit::dataset("trial")).unwrap();
    for one in parcels {
        assert!(writer.put_parcel(one, &[], &[]).unwrap());
    }
    for code in units {
        assert!(writer.put_unit(&UnitRecord { code: *code, fields: Fields::new() }).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
}

/// 101 was split into 102, 103 (classified) and 104; 104 became 150; 160 was made of 161 and 162
/// (classified); 170 is classified.
fn portal(folder: &tempfile::TempDir) -> PortalService {
    let store = store(folder);
    let parcels = [
        parcel(101, &[], &[102, 103, 104], false),
        parcel(102, &[101], &[], false),
        parcel(103, &[101], &[], true),
        parcel(104, &[101], &[150], false),
        parcel(150, &[104], &[], false),
        parcel(160, &[161, 162], &[], false),
        parcel(161, &[], &[160], false),
        parcel(162, &[], &[160], true),
        parcel(170, &[], &[], true),
    ];
    publish(&store, &parcels, &[unit(101, 1), unit(150, 1)]);
    over(store)
}

fn over(store: SqliteStore) -> PortalService {
    let receipts = ReceiptKey::new([7; 32]);
    let store: Arc<dyn store::Store> = Arc::new(store);
    let policies = domain::policy::Policies::embedded().unwrap();
    PortalService::new(
        PolicyGate::new(store, policies, Arc::new(Noon)),
        receipts,
        BTreeMap::new(),
        Arc::new(OfThePublic),
        Arc::new(Probing::new(ProbingConfig::default())),
        0,
    )
}

/// Somebody else each time: nobody is slowed here.
fn visit() -> Visit {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(ASKED.fetch_add(1, Ordering::Relaxed));
    let client = ClientAddress::of(address.into());
    Visit { viewer: Viewer::public(), client, key: None, epoch: None }
}

async fn place(portal: &PortalService, code: LandCode) -> Option<Place> {
    match portal.look(&visit(), &code).await {
        Ok(place) => Some(place),
        Err(Refusal::Nothing { .. }) => None,
        Err(refusal) => panic!("{refusal}"),
    }
}

#[tokio::test]
async fn c7_a_former_code_leads_on_without_naming_what_may_not_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let portal = portal(&folder);
    let found = place(&portal, LandCode::Parcel(code(101))).await.unwrap();
    assert_eq!(found.profile.successors, [code(102), code(104)]);
    let lineage = &found.lineage;
    assert_eq!((lineage.ended, lineage.ended_on), (true, None));
    assert_eq!(lineage.ended_by, Some(ChangeKind::Split));
    assert_eq!(lineage.in_force, [code(102), code(150)]);
    for hidden in [103, 162] {
        for start in [101, 102, 104, 150, 160, 161] {
            let told = format!("{:?}", place(&portal, LandCode::Parcel(code(start))).await);
            assert!(!told.contains(code(hidden).as_str()), "{start} names {hidden}");
        }
    }
    let merged = place(&portal, LandCode::Parcel(code(160))).await.unwrap();
    assert_eq!(merged.profile.predecessors, [code(161)]);
    assert!(!merged.lineage.ended && merged.lineage.in_force.is_empty());
    // What is left of it reads like any other new number.
    assert_eq!(merged.lineage.changes[0].kind, ChangeKind::Renumber);
    assert!(place(&portal, LandCode::Parcel(code(103))).await.is_none());
}

#[tokio::test]
async fn c7_a_unit_of_a_former_parcel_leads_to_it_whether_it_existed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let portal = portal(&folder);
    let known = place(&portal, LandCode::Unit(unit(101, 1))).await.unwrap();
    let unknown = place(&portal, LandCode::Unit(unit(101, 2))).await.unwrap();
    assert_eq!(known, unknown);
    assert_eq!((known.profile.code, &known.profile.unit), (code(101), &None));
    assert_eq!(known.lineage.in_force, [code(102), code(150)]);
    // On a parcel in force the answer is the parcel's, and of a classified one nothing.
    for asked in [unit(150, 1), unit(150, 2)] {
        let mut home = place(&portal, LandCode::Unit(asked)).await.unwrap();
        let told = home.profile.unit.take().unwrap();
        assert_eq!((told.code, told.known, told.facts.len()), (asked, false, 0));
        assert_eq!(Some(home), place(&portal, LandCode::Parcel(code(150))).await);
    }
    assert!(place(&portal, LandCode::Unit(unit(170, 1))).await.is_none());
}

/// A parcel that says nothing of where it came from, nor what became of it.
fn silent(number: u32, ended: bool) -> ParcelRecord {
    let valid_to = ended.then(|| date(2015, 5, 31));
    ParcelRecord { valid_to, ..parcel(number, &[], &[], false) }
}

#[tokio::test]
async fn c7_both_sides_tell_one_story_whichever_of_them_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    // 201 was split, 211 and 212 were merged: of each change only one side tells.
    let parcels = [
        silent(201, true),
        parcel(202, &[201], &[], false),
        parcel(203, &[201], &[], false),
        silent(211, true),
        parcel(212, &[], &[213], false),
        parcel(213, &[211], &[], false),
    ];
    publish(&store, &parcels, &[]);
    let portal = over(store);
    for (codes, old, kind) in
        [([201, 202, 203], 1, ChangeKind::Split), ([211, 212, 213], 2, ChangeKind::Merge)]
    {
        let mut stories = Vec::new();
        for number in codes {
            let found = place(&portal, LandCode::Parcel(code(number))).await.unwrap();
            let former = number < codes[old];
            assert_eq!(found.lineage.ended, former, "{number}");
            assert_eq!(found.lineage.ended_by, former.then_some(kind), "{number}");
            assert!(!found.only_history);
            let kin = if former { &found.profile.successors } else { &found.profile.predecessors };
            assert!(!kin.is_empty(), "{number}");
            if former {
                assert_eq!(
                    found.lineage.in_force,
                    codes[old..].iter().copied().map(code).collect::<Vec<_>>()
                );
            }
            stories.push(found.lineage.changes);
        }
        assert!(stories.iter().all(|changes| *changes == stories[0]), "{stories:?}");
        assert_eq!((stories[0].len(), stories[0][0].kind), (1, kind));
    }
}

#[tokio::test]
async fn c7_a_former_code_leads_on_without_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let before = [parcel(101, &[], &[102, 104], false), silent(102, false), silent(104, true)];
    publish(&store, &before, &[unit(101, 1)]);
    publish(&store, &[silent(102, false), parcel(150, &[104], &[], false)], &[]);
    let portal = over(store);
    let found = place(&portal, LandCode::Parcel(code(101))).await.unwrap();
    assert!(found.only_history && found.map.is_none());
    assert!(found.profile.facts.is_empty() && found.profile.centroid.is_none());
    assert_eq!((found.lineage.ended, found.lineage.ended_by), (true, Some(ChangeKind::Split)));
    // By way of 104, which has no record either.
    assert_eq!(found.lineage.in_force, [code(102), code(150)]);
    let between = place(&portal, LandCode::Parcel(code(104))).await.unwrap();
    assert!(between.only_history);
    assert_eq!(between.lineage.changes, found.lineage.changes);
    // The code in force names them, and an old certificate leads there too.
    let now = place(&portal, LandCode::Parcel(code(150))).await.unwrap();
    assert_eq!((now.only_history, now.profile.predecessors), (false, vec![code(104)]));
    assert_eq!(now.lineage.changes, found.lineage.changes);
    let home = place(&portal, LandCode::Unit(unit(101, 1))).await.unwrap();
    assert_eq!(home, place(&portal, LandCode::Unit(unit(101, 7))).await.unwrap());
    assert_eq!((home.profile.code, home.profile.unit), (code(101), None));
    let known = portal.knows(&visit(), &LandCode::Parcel(code(101))).await.unwrap();
    assert_eq!((known.ended, known.in_force), (true, found.lineage.in_force.clone()));
    // A parcel that went without a word was never said to have ended.
    assert!(place(&portal, LandCode::Parcel(code(103))).await.is_none());
}

#[tokio::test]
async fn p5_a_former_code_that_led_only_to_what_is_hidden_is_answered_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    // 301 became 302 (to be classified); 303 became 302 and 304; 305 was classified itself; 306
    // led nowhere; 310 became 311, which has gone as well, and led to 302.
    let before = [
        parcel(301, &[], &[302], false),
        parcel(303, &[], &[302, 304], false),
        parcel(305, &[], &[304], true),
        silent(306, true),
        parcel(310, &[], &[311], false),
        parcel(311, &[], &[302], false),
    ];
    publish(&store, &before, &[unit(301, 1)]);
    let after = [parcel(302, &[], &[], true), silent(304, false)];
    publish(&store, &after, &[]);
    let portal = over(store);
    for number in [301, 305, 310, 311, 302, 399] {
        let asked = LandCode::Parcel(code(number));
        assert!(place(&portal, asked).await.is_none(), "{number}");
        let known = portal.knows(&visit(), &asked).await;
        assert!(matches!(known, Err(Refusal::Nothing { .. })), "{number}");
    }
    assert!(place(&portal, LandCode::Unit(unit(301, 1))).await.is_none());
    let told = place(&portal, LandCode::Parcel(code(303))).await.unwrap();
    assert_eq!(told.lineage.in_force, [code(304)]);
    let gone = place(&portal, LandCode::Parcel(code(306))).await.unwrap();
    assert_eq!((gone.lineage.ended, gone.lineage.ended_on), (true, None));
    assert_eq!(gone.lineage.ended_by, Some(ChangeKind::Extinguish));
    for start in [303, 304, 306] {
        let told = format!("{:?}", place(&portal, LandCode::Parcel(code(start))).await);
        for hidden in [301, 302, 305, 310, 311] {
            assert!(!told.contains(code(hidden).as_str()), "{start} names {hidden}");
        }
    }
}

#[tokio::test]
async fn p5_near_misses_are_public_parcels_and_tell_nothing_of_the_code_written() {
    let folder = tempfile::tempdir().unwrap();
    let portal = portal(&folder);
    let near = async |written: &str| portal.mistyped(&visit(), written).await.unwrap();
    let offered = |numbers: &[u32]| -> Vec<LandCode> {
        numbers.iter().map(|number| LandCode::Parcel(code(*number))).collect()
    };
    assert_eq!(near("33O521001001GB00150").await, offered(&[150]));
    assert_eq!(near("330521001001GB00105").await, offered(&[150]));
    assert_eq!(near("330521001001GB00510").await, offered(&[150]));
    // The slip of a classified code offers nothing, as that of no code does.
    for written in ["330521001001GB00107", "330521001001GB00710", "33O521001001GB00170"] {
        assert_eq!(near(written).await, [], "{written}");
    }
    // The classified code itself and one of no parcel are answered alike.
    for written in ["330521001001GB00170", "330521001001GB00190"] {
        assert_eq!(near(written).await, [], "{written}");
    }
    // Never a household: its parcel, whether it is there or not.
    for household in [1, 2, 9] {
        assert_eq!(near(unit(150, household).as_str()).await, offered(&[150]));
    }
    assert_eq!(near("330521001001GB00150F0001OO01").await, offered(&[150]));
    assert_eq!(near("330521001001GB00150F0001").await, offered(&[150]));
    assert_eq!(near("德清县").await, []);
}
