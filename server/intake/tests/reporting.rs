//! What the person who imports is told: on the screen in short, in the report file in full.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use intake::{ImportOptions, IntakeError, Mapping, NotesFile, Report, import};
use store::Land;
use store_sqlite::SqliteStore;
use testkit::geojson;

const HEAD: &str = r#"
    max_refused = 60
    [dataset]
    id = "trial"
    title = { zh = "试", en = "Trial" }
    source = { zh = "试", en = "Trial" }
    source_date = "2026-01-01"
    demonstration = false
    policy = "open-cadastre"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{ZDDM}"
    feature_id = "{n}"
"#;

const LAYER: &str = r#"
    [[file]]
    name = "layer.geojson"
    role = "restriction"
    label = { zh = "L", en = "L" }
    coverage = "dataset"
    where = { property = "TYPO", equals = "1" }
    [file.layer]
    id = "layer"
    theme = "planning_use"
    title = { zh = "L", en = "L" }
    status = "in_force"
    office = { zh = "L", en = "L" }
    source_date = "2026-01-01"
    tolerance = { min_area_m2 = 1.0, min_share = 0.01 }
    documents = []
"#;

fn file(folder: &Path, name: &str, properties: impl Iterator<Item = String>) -> PathBuf {
    let features = properties.map(|p| geojson::feature(p, geojson::square(120.0, 30.5, 0.001)));
    let path = folder.join(name);
    std::fs::write(&path, geojson::collection(features)).unwrap();
    path
}

fn parcels(folder: &Path, many: u32) -> PathBuf {
    let one = |n| format!(r#"{{"ZDDM":"330521001001GB00001","n":{n}}}"#);
    file(folder, "parcels.geojson", (1..=many).map(one))
}

fn run(
    store: &SqliteStore,
    mapping: &str,
    files: &[PathBuf],
    options: &ImportOptions,
) -> Result<Report, IntakeError> {
    let mapping = Mapping::parse("trial.toml", mapping).unwrap();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    import(store, &mapping, files, options, now, &mut |_progress| {})
}

#[test]
fn every_refused_feature_is_in_the_report_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("data"), &testkit::CLASSIFIED_KEY).unwrap();
    let path = folder.path().join("report.csv");
    let notes = NotesFile::create(&path).unwrap();
    let options = ImportOptions { notes: notes.clone(), ..ImportOptions::default() };
    let report = run(&store, HEAD, &[parcels(folder.path(), 60)], &options).unwrap();
    assert_eq!((report.refused(), report.files[0].refused.first.len()), (59, 20));
    assert!(report.to_string().contains("… and 39 more, all in the report file"), "{report}");
    notes.finish(Some(&report), "Published.").unwrap();

    let text = std::fs::read_to_string(&path).unwrap();
    for n in 2..=60 {
        let row = format!(
            "refused,parcels.geojson,parcels,{n},{n},\"has the code 330521001001GB00001, which \
             feature 1 (1) of parcels.geojson already has"
        );
        assert!(text.contains(&row), "{row}\nin\n{text}");
    }
    assert!(text.trim_end().ends_with("result,,,,,Published."), "{text}");
}

#[test]
fn a_check_says_the_same_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("data"), &testkit::CLASSIFIED_KEY).unwrap();
    let files = [parcels(folder.path(), 2)];
    let options = ImportOptions { check: true, ..ImportOptions::default() };
    let checked = run(&store, HEAD, &files, &options).unwrap();
    assert!(checked.checked && checked.published.is_none());
    assert!(checked.to_string().contains("Nothing was written"), "{checked}");
    let block = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(block.block_on(store.versions()).unwrap().is_empty());

    let strict = HEAD.replace("max_refused = 60", "max_refused = 0");
    let error = run(&store, &strict, &files, &options).unwrap_err();
    assert!(matches!(error, IntakeError::TooManyRefused { .. }), "{error}");

    let real = run(&store, HEAD, &files, &ImportOptions::default()).unwrap();
    assert_eq!(real.files, checked.files);
    assert_eq!(real.warnings, checked.warnings);
}

#[test]
fn z4_a_condition_on_a_property_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("data"), &testkit::CLASSIFIED_KEY).unwrap();
    let layer = file(folder.path(), "layer.geojson", std::iter::once(r#"{"TYPE":"1"}"#.to_owned()));
    let files = [layer, parcels(folder.path(), 1)];
    let report = run(&store, &format!("{HEAD}{LAYER}"), &files, &ImportOptions::default()).unwrap();
    for words in [
        ["layer.geojson", "`TYPO`", "left out every feature", "`TYPE`"],
        ["layer.geojson", "no legal document", "(Z2)", "layer.documents"],
    ] {
        let found = report.warnings.iter().any(|text| words.iter().all(|w| text.contains(w)));
        assert!(found, "{words:?} in {:#?}", report.warnings);
    }
}
