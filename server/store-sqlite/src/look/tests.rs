use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use crate::SqliteStore;
use domain::{
    LandCode, Localized, ParcelCode,
    code::Strictness,
    dataset::DatasetInfo,
    policy::Field,
    record::{ParcelRecord, Value},
};
use geo::{MultiPolygon, polygon};
use jiff::civil::date;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use store::Imports;
use testkit::CLASSIFIED_KEY;

use super::*;

/// A data set that everybody is told of, and one that nobody is.
const TOLD: &str = "told";
const HIDDEN: &str = "hidden";

const KNOWN: u32 = 1;
const NEW: u32 = 2;
const OLD: u32 = 3;
const GONE: u32 = 4;
const CLASSIFIED: u32 = 10;
const NOT_TOLD: u32 = 11;
const TO_CLASSIFIED: u32 = 12;
const TO_NOT_TOLD: u32 = 13;
const WAS_CLASSIFIED: u32 = 14;
const OVER_OTHERS: u32 = 15;
const GONE_NOT_TOLD: u32 = 17;
const NEVER: u32 = 99;

fn code(number: u32) -> ParcelCode {
    ParcelCode::parse(&format!("330521001001GB{number:05}"), Strictness::Issue).unwrap().code
}

/// A parcel that became others.
fn parcel(number: u32, into: &[u32], classified: bool) -> ParcelRecord {
    let x = 120.0 + f64::from(number) * 0.001;
    let outline = polygon![(x: x, y: 30.5), (x: x + 0.0005, y: 30.5), (x: x, y: 30.5005)];
    ParcelRecord {
        code: code(number),
        local_id: Some(format!("id-{number}")),
        fields: BTreeMap::from([(Field::Location, Value::Text("永安街".into()))]),
        outline: MultiPolygon(vec![outline]),
        geometric_area_m2: 1_000.0,
        classified,
        events: Vec::new(),
        predecessors: Vec::new(),
        successors: into.iter().copied().map(code).collect(),
        valid_from: None,
        valid_to: (!into.is_empty()).then_some(date(2020, 1, 1)),
    }
}

fn publish(store: &SqliteStore, dataset: &str, parcels: &[ParcelRecord]) {
    let info = DatasetInfo {
        id: dataset.into(),
        title: Localized::same("a"),
        source: Localized::same("b"),
        map_review_number: None,
        source_date: date(2026, 1, 1),
        demonstration: true,
        policy: "any".into(),
    };
    let mut import = store.begin_import(&info).unwrap();
    for parcel in parcels {
        assert!(import.put_parcel(parcel, &[], &[]).unwrap());
    }
    // After the changes: what was still planned and is not repeated was given up.
    import.publish("2026-01-02T00:00:00Z".parse().unwrap()).unwrap();
}

/// Land with a place of every kind of no, and of a yes with and without a record.
fn land() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &CLASSIFIED_KEY).unwrap();
    let stays = [parcel(KNOWN, &[], false), parcel(NEW, &[], false), parcel(CLASSIFIED, &[], true)];
    let went = [
        parcel(OLD, &[GONE], false),
        parcel(GONE, &[NEW], false),
        parcel(TO_CLASSIFIED, &[CLASSIFIED], false),
        parcel(TO_NOT_TOLD, &[NOT_TOLD], false),
        parcel(WAS_CLASSIFIED, &[NEW], true),
        parcel(OVER_OTHERS, &[TO_CLASSIFIED, TO_NOT_TOLD], false),
    ];
    publish(&store, TOLD, &[&stays[..], &went[..]].concat());
    publish(&store, TOLD, &stays);
    let hidden = parcel(NOT_TOLD, &[], false);
    publish(&store, HIDDEN, &[hidden.clone(), parcel(GONE_NOT_TOLD, &[NEW], false)]);
    publish(&store, HIDDEN, &[hidden]);
    (folder, store)
}

fn question(code: LandCode) -> Question {
    let told = vec![TOLD.to_owned()];
    Question { code, today: date(2026, 11, 22), told: told.clone(), public: told }
}

fn reader(folder: &tempfile::TempDir) -> Connection {
    crate::open_reader(folder.path(), &CLASSIFIED_KEY).unwrap()
}

/// Every statement that a look runs, and what it came to.
fn traced(
    connection: &mut Connection,
    versions: &VersionCache,
    code: LandCode,
) -> (Vec<String>, Look) {
    let run: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&run);
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(_, sql) = event {
            noted.lock().unwrap().push(sql.to_owned());
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    let look = look(connection, versions, &question(code)).unwrap();
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, None::<fn(TraceEvent<'_>)>).unwrap();
    let run = run.lock().unwrap().clone();
    (run, look)
}

#[test]
fn p5_every_kind_of_no_runs_the_same_statements() {
    let (folder, _store) = land();
    let (mut connection, versions) = (reader(&folder), VersionCache::default());
    let kinds = [
        NEVER,
        CLASSIFIED,
        NOT_TOLD,
        TO_CLASSIFIED,
        TO_NOT_TOLD,
        WAS_CLASSIFIED,
        OVER_OTHERS,
        GONE_NOT_TOLD,
    ];
    for unit in ["", "F00010001"] {
        let (mut first, mut kinds_run) = (None, 0);
        for number in kinds {
            let text = format!("{}{unit}", code(number));
            let code = LandCode::parse(&text, Strictness::LookUp).unwrap().code;
            let (run, found) = traced(&mut connection, &versions, code);
            assert!(found.record.is_none() && found.ties.is_empty(), "{number}");
            assert_eq!(found.withheld_by.is_some(), number == NOT_TOLD, "{number}");
            assert!(run.len() >= 7, "{run:?}");
            assert_eq!(first.get_or_insert(run.clone()), &run, "{number}");
            kinds_run += 1;
        }
        assert_eq!(kinds_run, kinds.len());
    }
}

#[test]
fn c7_one_look_brings_record_former_state_and_ties() {
    let (folder, _store) = land();
    let (mut connection, versions) = (reader(&folder), VersionCache::default());
    let mut looked = |number| {
        let found = traced(&mut connection, &versions, LandCode::Parcel(code(number))).1;
        let named: Vec<_> = found.ties.iter().map(|tied| tied.ties.code).collect();
        (found.record.is_some(), found.only_history, named)
    };
    assert_eq!(looked(KNOWN), (true, false, vec![code(KNOWN)]));
    // Over one that is gone too, and with what led there beside it; never the classified one.
    assert_eq!(looked(OLD), (true, true, [OLD, GONE, NEW].map(code).into()));
    assert_eq!(looked(NEW), (true, false, [NEW, GONE, OLD].map(code).into()));
}
