//! Imports from small files made here, into a real store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use domain::{
    ParcelCode,
    code::{LandCode, Strictness},
    lineage::{ChangeKind, Lineage},
    policy::Field,
    record::{LandRecord, Value},
};
use intake::{IntakeError, Mapping, ReadError, Report, import};
use store::{Land, sqlite::SqliteStore};

const HEAD: &str = r#"
    extent = [119.0, 29.0, 121.0, 31.0]
    max_refused = 0
    [dataset]
    id = "trial"
    title = { zh = "试", en = "Trial" }
    source = { zh = "试", en = "Trial" }
    source_date = "2024-01-01"
    demonstration = true
    policy = "open-cadastre"
"#;

const PARCELS: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    local_id = "{lot}"
    feature_id = "{lot}"
    predecessors = "from"
    classified = { property = "secret", equals = 1 }
    [file.fields]
    location = { property = "address" }
    building_year = { property = "year", kind = "year" }
"#;

const ZONING: &str = r#"
    [[file]]
    name = "zoning.geojson"
    role = "restriction"
    feature_id = "{zone}"
    label = { zh = "{zone}", en = "{zone}" }
    coverage = "extent-of-file"
    [file.layer]
    id = "zoning"
    theme = "planning_use"
    title = { zh = "分区", en = "Zoning" }
    status = "in_force"
    office = { zh = "局", en = "Office" }
    source_date = "2024-01-01"
    documents = []
    tolerance = { min_area_m2 = 1.0, min_share = 0.01 }
"#;

const UNITS: &str = r#"
    [[file]]
    name = "units.geojson"
    role = "units"
    code = "{code}"
    [file.fields]
    unit_location = { property = "door" }
"#;

struct Trial {
    folder: tempfile::TempDir,
    store: SqliteStore,
}

impl Trial {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("data")).unwrap();
        Self { folder, store }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn import(&self, mapping: &str, files: &[PathBuf]) -> Result<Report, IntakeError> {
        let mapping = Mapping::parse("trial.toml", mapping)?;
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        import(&self.store, &mapping, files, now, &mut |_line| {})
    }

    fn version(&self) -> Option<u32> {
        block_on(self.store.versions()).unwrap().first().map(|version| version.number)
    }

    fn record(&self, code: &str) -> Option<LandRecord> {
        let code = LandCode::parse(code, Strictness::LookUp).unwrap().code;
        block_on(self.store.record(&code)).unwrap()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn square(x: f64, y: f64, side: f64) -> String {
    let at = |x: f64, y: f64| format!("[{:.8},{:.8}]", 120.0 + x / 1e3, 30.0 + y / 1e3);
    let ring = [(0., 0.), (side, 0.), (side, side), (0., side), (0., 0.)]
        .map(|(dx, dy)| at(x + dx, y + dy))
        .join(",");
    format!(r#"{{"type":"Polygon","coordinates":[[{ring}]]}}"#)
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const ONE: &str = "330521001001GB00001";
const TWO: &str = "330521001001GB00002";
const OLD: &str = "330521001001GB00009";

fn parcel(lot: &str, code: &str, geometry: &str) -> String {
    feature(
        &format!(r#"{{"lot":"{lot}","code":"{code}","address":"Road 1","year":"2001"}}"#),
        geometry,
    )
}

#[test]
fn a_small_district_comes_in_whole() {
    let trial = Trial::new();
    let files = [
        trial.file(
            "parcels.geojson",
            &collection(&[
                parcel("a", ONE, &square(0., 0., 1.)),
                feature(
                    &format!(r#"{{"lot":"b","code":"{TWO}","from":"{OLD}","secret":1}}"#),
                    &square(50., 0., 1.),
                ),
            ]),
        ),
        trial.file(
            "zoning.geojson",
            &collection(&[
                feature(r#"{"zone":"R"}"#, &square(-5., -5., 5.75)),
                feature(r#"{"zone":"B"}"#, &square(0.99995, 0., 9.)),
            ]),
        ),
        // A text sequence, without geometry.
        trial.file(
            "units.geojson",
            &format!(
                "\u{1E}{}\n\u{1E}{}\n",
                feature(&format!(r#"{{"code":"{ONE}F00010001","door":"101"}}"#), "null"),
                feature(&format!(r#"{{"code":"{ONE}F00010002","door":"102"}}"#), "null"),
            ),
        ),
    ];
    let report = trial.import(&format!("{HEAD}{PARCELS}{ZONING}{UNITS}"), &files).unwrap();
    assert_eq!(report.published.as_ref().unwrap().number, 1);
    let layer = report.layer("zoning").unwrap();
    assert_eq!(
        (layer.features, layer.parcels_covered, layer.parcels_concerned, layer.slivers),
        (2, 1, 1, 1)
    );
    assert_eq!(report.file("units.geojson", "units").unwrap().stored, 2);

    let record = trial.record(&format!("{ONE}F00010001")).unwrap();
    assert_eq!(record.parcel.local_id.as_deref(), Some("a"));
    assert_eq!(record.parcel.fields[&Field::BuildingYear], Value::Number(2001.0));
    assert!(record.unit.is_some() && !record.parcel.classified);
    assert!(record.layers[0].covers);
    let mut found: Vec<_> = record
        .findings
        .iter()
        .map(|f| (f.feature.as_str(), (f.share * 1_000_000.0).round(), f.sliver))
        .collect();
    found.sort_by_key(|(feature, ..)| *feature);
    // 9/16 in degrees; on the ground the southern quarters are the wider ones.
    assert_eq!(found, [("B", 50.0, true), ("R", 562_501.0, false)]);

    // Classified: kept, with its history, and never given out.
    assert!(trial.record(TWO).is_none());
    let [old, two] =
        [OLD, TWO].map(|code| ParcelCode::parse(code, Strictness::LookUp).unwrap().code);
    assert!(block_on(trial.store.is_classified(&two)).unwrap());
    let ties = block_on(trial.store.lineage(&two)).unwrap();
    assert_eq!((ties[0].code, ties[0].predecessors.as_slice()), (two, [old].as_slice()));
}

#[test]
fn what_is_refused_is_named_and_nothing_is_published() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}");
    let good = parcel("a", ONE, &square(0., 0., 1.));
    trial
        .import(
            &mapping,
            &[trial.file("parcels.geojson", &collection(std::slice::from_ref(&good)))],
        )
        .unwrap();

    let bad = [
        (parcel("b", ONE, &square(2., 0., 1.)), "feature 1 (a) of parcels.geojson"),
        (parcel("c", "330521001001GB0000", &square(4., 0., 1.)), "18 characters"),
        (parcel("d", TWO, "null"), "no geometry"),
        (parcel("e", TWO, r#"{"type":"Point","coordinates":[120,30]}"#), "Point"),
        (parcel("f", TWO, &square(2000., 0., 1.)), "extent"),
        (feature(r#"{"lot":"g"}"#, &square(4., 0., 1.)), "`code`"),
        (parcel("h", TWO, r#"{"type":"Polygon","coordinates":[[[120,30],[120]]]}"#), "position"),
    ];
    for (feature, word) in &bad {
        let path = trial.file("parcels.geojson", &collection(&[good.clone(), feature.clone()]));
        let Err(IntakeError::TooManyRefused { report, allowed: 0 }) =
            trial.import(&mapping, &[path])
        else {
            panic!("{feature} is refused");
        };
        let file = report.file("parcels.geojson", "parcels").unwrap();
        assert_eq!((file.read, file.stored, file.refused.total), (2, 1, 1));
        let note = &file.refused.first[0];
        assert!(note.number == 2 && note.reason.contains(word), "{word} in {note:?}");
        assert_eq!(trial.version(), Some(1));
    }
    // The same, when the mapping allows it.
    let features: Vec<String> =
        std::iter::once(good).chain(bad.iter().map(|(feature, _)| feature.clone())).collect();
    let path = trial.file("parcels.geojson", &collection(&features));
    let lenient = mapping.replace("max_refused = 0", "max_refused = 7");
    let report = trial.import(&lenient, &[path]).unwrap();
    assert_eq!(report.refused(), 7);
    assert_eq!(trial.version(), Some(2));
}

#[test]
fn a_file_that_does_not_end_changes_nothing() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}");
    let whole = collection(&[parcel("a", ONE, &square(0., 0., 1.))]);
    trial.import(&mapping, &[trial.file("parcels.geojson", &whole)]).unwrap();
    let other =
        collection(&[parcel("a", ONE, &square(0., 0., 1.)), parcel("b", TWO, &square(2., 0., 1.))]);
    let cut = trial.file("parcels.geojson", &other[..other.len() - 1]);
    let error = trial.import(&mapping, &[cut]).unwrap_err();
    assert!(
        matches!(&error, IntakeError::Read { source: ReadError::CutShort { features: 2, .. }, .. }),
        "{error}"
    );
    assert_eq!(trial.version(), Some(1));
    assert!(trial.record(TWO).is_none());
    // And the next import is not in its way.
    trial.import(&mapping, &[trial.file("parcels.geojson", &other)]).unwrap();
    assert!(trial.record(TWO).is_some());
}

#[test]
fn repairs_and_values_left_out_are_reported() {
    let trial = Trial::new();
    let bow_tie = r#"{"type":"Polygon","coordinates":[[[120,30],[120.001,30.001],[120.001,30],[120,30.001],[120,30]]]}"#;
    let path = trial.file(
        "parcels.geojson",
        &collection(&[feature(
            &format!(r#"{{"lot":"a","code":"{ONE}","year":"long ago"}}"#),
            bow_tie,
        )]),
    );
    let report = trial.import(&format!("{HEAD}{PARCELS}"), &[path]).unwrap();
    let text = report.to_string();
    for words in ["Repaired in parcels.geojson: 1", "crosses", "long ago", "Published trial/1."] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert_eq!(trial.record(ONE).unwrap().parcel.outline.0.len(), 2);
}

#[test]
fn files_are_matched_by_name() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}{ZONING}");
    let parcels =
        trial.file("parcels.geojson", &collection(&[parcel("a", ONE, &square(0., 0., 1.))]));
    let other = trial.file("other.geojson", "");
    let error = trial.import(&mapping, &[parcels.clone(), other]).unwrap_err().to_string();
    assert!(error.contains("other.geojson") && error.contains("zoning.geojson"), "{error}");
    let error = trial.import(&mapping, &[parcels.clone(), parcels.clone()]).unwrap_err();
    assert!(matches!(error, IntakeError::GivenTwice { .. }));
    let error = trial.import(&mapping, &[]).unwrap_err();
    assert!(matches!(error, IntakeError::MissingFile { .. }));
    // Without its file, a layer is a warning and its theme has no data.
    let report = trial.import(&mapping, &[parcels]).unwrap();
    assert!(
        report.warnings[0].contains("zoning.geojson") && report.warnings[0].contains("no data")
    );
    assert!(trial.record(ONE).unwrap().layers.is_empty());
}

#[test]
fn metres_come_out_where_degrees_do() {
    let trial = Trial::new();
    let metres = r#"{"type":"Polygon","coordinates":[[[40548122,3347932],[40548222,3347932],[40548222,3348032],[40548122,3348032],[40548122,3347932]]]}"#;
    let path = trial.file("parcels.geojson", &collection(&[parcel("a", ONE, metres)]));
    let declared = format!("crs = \"EPSG:4528\"\n{HEAD}{PARCELS}");
    trial.import(&declared, std::slice::from_ref(&path)).unwrap();
    let area = trial.record(ONE).unwrap().parcel.geometric_area_m2;
    // The scale of the projection half a degree off its meridian is 1.00003.
    assert!((area - 10_000.0).abs() < 2.0, "{area}");
    let undeclared = format!("{HEAD}{PARCELS}");
    let error = trial.import(&undeclared, &[path]).unwrap_err();
    assert!(matches!(&error, IntakeError::OutsideCrs { number: 1, .. }), "{error}");
    assert!(error.to_string().contains("EPSG:4528"), "{error}");
    assert_eq!(trial.version(), Some(1));
}

#[test]
fn the_order_of_what_is_stored_is_the_order_of_the_file() {
    let trial = Trial::new();
    let features: Vec<String> = (1..=1500_u32)
        .map(|at| {
            let (column, row) = (f64::from(at % 40), f64::from(at / 40));
            let geometry = square(column * 2.0, row * 2.0, 1.0);
            // Every tenth repeats the code before it.
            let code = if at % 10 == 0 { at - 1 } else { at };
            parcel(&at.to_string(), &format!("330521001001GB{code:05}"), &geometry)
        })
        .collect();
    let path = trial.file("parcels.geojson", &collection(&features));
    let mapping = format!("{HEAD}{PARCELS}").replace("max_refused = 0", "max_refused = 150");
    let report = trial.import(&mapping, &[Path::new(&path).to_owned()]).unwrap();
    let file = report.file("parcels.geojson", "parcels").unwrap();
    assert_eq!((file.read, file.stored, file.refused.total), (1500, 1350, 150));
    for (at, note) in file.refused.first.iter().enumerate() {
        let number = (at as u64 + 1) * 10;
        assert_eq!(note.number, number);
        assert!(
            note.reason.contains(&format!("feature {} ({})", number - 1, number - 1)),
            "{note:?}"
        );
    }
}

const DATED: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    feature_id = "{lot}"
    valid_to = "until"
"#;

fn dated(lot: &str, code: &str, until: &str, at: f64) -> String {
    let properties = format!(r#"{{"lot":"{lot}","code":"{code}"{until}}}"#);
    feature(&properties, &square(at, 0., 1.))
}

#[test]
fn c7_a_code_that_ended_is_never_used_again() {
    let trial = Trial::new();
    // The day of these imports is 2026-01-01.
    let run = |allowed: u32, one: &str, two: &str| {
        let head = HEAD.replace("max_refused = 0", &format!("max_refused = {allowed}"));
        let parcels = collection(&[dated("a", ONE, one, 0.), dated("b", TWO, two, 5.)]);
        let file = trial.file("parcels.geojson", &parcels);
        trial.import(&format!("{head}{DATED}"), &[file])
    };
    let (ended, soon) = (r#","until":"2020-05-06""#, r#","until":"2030-05-06""#);
    assert_eq!(run(0, ended, soon).unwrap().files[0].stored, 2);
    // An end that is corrected or still to come is no revival.
    assert_eq!(run(0, r#","until":"2020-05-07""#, "").unwrap().files[0].stored, 2);

    for alive in ["", soon] {
        let Err(IntakeError::TooManyRefused { report, allowed: 0 }) = run(0, alive, "") else {
            panic!("a code was used again");
        };
        assert_eq!(trial.version(), Some(2));
        let note = &report.files[0].refused.first[0];
        assert_eq!(note.id, "a");
        assert!(
            note.reason.contains("C7") && note.reason.contains("2020-05-07"),
            "{}",
            note.reason
        );
    }
    // Where refusals are allowed, everything else comes in.
    let report = run(1, "", "").unwrap();
    assert_eq!((report.files[0].stored, report.files[0].refused.total), (1, 1));
    assert!(trial.record(ONE).is_none() && trial.record(TWO).is_some());
}

const TIED: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    feature_id = "{lot}"
    predecessors = "from"
    successors = "into"
    valid_from = "since"
    valid_to = "until"
"#;

/// Imports parcels a, b and so on, of a code and what is said of its history; codes by number.
fn import_tied(
    trial: &Trial,
    allowed: u32,
    parcels: &[(u32, &str)],
) -> Result<Report, IntakeError> {
    let head = HEAD.replace("max_refused = 0", &format!("max_refused = {allowed}"));
    let features: Vec<String> = (0_u32..)
        .zip(parcels)
        .map(|(at, (number, history))| {
            let lot = char::from_digit(at + 10, 36).unwrap();
            let code = format!("330521001001GB{number:05}");
            let properties = format!(r#"{{"lot":"{lot}","code":"{code}"{history}}}"#);
            feature(&properties, &square(f64::from(at) * 3.0, 0., 1.))
        })
        .collect();
    let file = trial.file("parcels.geojson", &collection(&features));
    trial.import(&format!("{head}{TIED}"), &[file])
}

/// That the parcel `lot` alone is refused, for a code that gave way to `because`.
fn refused_revival(result: Result<Report, IntakeError>, lot: &str, because: &str) {
    let Err(IntakeError::TooManyRefused { report, allowed: 0 }) = result else {
        panic!("a code was used again");
    };
    let refused = &report.files[0].refused;
    assert_eq!((refused.total, refused.first[0].id.as_str()), (1, lot));
    let reason = &refused.first[0].reason;
    assert!(reason.contains("C7") && reason.contains(because), "{reason}");
}

const FROM_ONE: &str = r#","from":"330521001001GB00001","since":"2020-01-01""#;
const INTO_TWO: &str = r#","into":"330521001001GB00002""#;

#[test]
fn c7_a_code_that_gave_way_without_a_day_is_never_used_again() {
    let trial = Trial::new();
    assert_eq!(import_tied(&trial, 0, &[(1, INTO_TWO), (2, "")]).unwrap().files[0].stored, 2);
    refused_revival(import_tied(&trial, 0, &[(1, ""), (2, "")]), "a", "GB00002");
    // Nor when it was missing for a while. As one that has ended, it may come as often as it likes.
    import_tied(&trial, 0, &[(2, "")]).unwrap();
    refused_revival(import_tied(&trial, 0, &[(2, ""), (1, "")]), "b", "GB00002");
    import_tied(&trial, 0, &[(2, ""), (1, INTO_TWO)]).unwrap();
    import_tied(&trial, 0, &[(2, ""), (1, r#","until":"2019-12-31""#)]).unwrap();
}

#[test]
fn c7_a_code_that_another_was_formed_from_is_never_used_again() {
    let trial = Trial::new();
    import_tied(&trial, 0, &[(2, FROM_ONE)]).unwrap();
    // The new parcel tells of it no more.
    refused_revival(import_tied(&trial, 0, &[(1, ""), (2, "")]), "a", "GB00002 on 2020-01-01");
}

#[test]
fn c7_within_one_import_either_parcel_may_come_first() {
    for (parcels, lot) in [([(1, ""), (2, FROM_ONE)], "a"), ([(2, FROM_ONE), (1, "")], "b")] {
        let trial = Trial::new();
        refused_revival(import_tied(&trial, 0, &parcels), lot, "GB00002");
        assert_eq!(trial.version(), None);
        let report = import_tied(&trial, 1, &parcels).unwrap();
        assert_eq!((report.files[0].stored, report.files[0].refused.total), (1, 1));
    }
    let ended = r#","until":"2019-12-31""#;
    for parcels in [[(1, ended), (2, FROM_ONE)], [(2, FROM_ONE), (1, ended)]] {
        assert_eq!(import_tied(&Trial::new(), 0, &parcels).unwrap().files[0].stored, 2);
    }
}

#[test]
fn c7_a_plan_uses_up_no_code() {
    let trial = Trial::new();
    // The day of these imports is 2026-01-01.
    let planned = r#","from":"330521001001GB00001","since":"2030-01-01""#;
    import_tied(&trial, 0, &[(1, ""), (2, planned)]).unwrap();
    assert_eq!(trial.record(ONE).unwrap().parcel.valid_to, Some(jiff::civil::date(2030, 1, 1)));
    let soon = r#","until":"2030-01-01","into":"330521001001GB00002""#;
    import_tied(&trial, 0, &[(1, soon)]).unwrap();
    import_tied(&trial, 0, &[(1, "")]).unwrap();
    assert_eq!(trial.record(ONE).unwrap().parcel.successors, []);
}

#[test]
fn c7_a_split_and_a_merger_told_by_one_side_come_out_whole() {
    let trial = Trial::new();
    let ended = r#","until":"2020-01-01""#;
    let from = |codes: &str| format!(r#","from":"{codes}","since":"2020-01-01""#);
    let (one, both) = (from(ONE), from("330521001001GB00005,330521001001GB00006"));
    import_tied(&trial, 0, &[(1, ended), (2, &one), (3, &one), (5, ended), (6, ended), (7, &both)])
        .unwrap();
    let today = jiff::civil::date(2026, 1, 1);
    for (numbers, kind) in [([1, 2, 3], ChangeKind::Split), ([5, 6, 7], ChangeKind::Merge)] {
        for number in numbers {
            let text = format!("330521001001GB{number:05}");
            let code = ParcelCode::parse(&text, Strictness::LookUp).unwrap().code;
            let ties = block_on(trial.store.lineage(&code)).unwrap();
            let kinds: Vec<ChangeKind> =
                Lineage::of(code, &ties, today).changes.iter().map(|change| change.kind).collect();
            assert_eq!(kinds, [kind], "{number}");
        }
    }
}
