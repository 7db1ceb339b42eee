//! Which files an import takes. What becomes of their features is tested in `tests/`.

use std::path::{Path, PathBuf};

use store_sqlite::SqliteStore;
use testkit::geojson;

use super::{ImportOptions, import, plan};
use crate::{IntakeError, Mapping};

#[test]
fn a_file_that_is_not_used_is_accepted_and_reported() {
    let mapping = Mapping::parse(
        "trial.toml",
        r#"
        unused = [
            { name = "blocks.geojson", reason = "its blocks have no addresses" },
            { name = "absent.geojson", reason = "it is not needed" },
        ]
        [dataset]
        id = "trial"
        title = { zh = "试", en = "Trial" }
        source = { zh = "试", en = "Trial" }
        source_date = "2024-01-01"
        demonstration = true
        policy = "open-cadastre"
        [[file]]
        name = "parcels.geojson"
        role = "parcels"
        code = "{code}"
        "#,
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("data"), &testkit::CLASSIFIED_KEY).unwrap();
    let file = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let parcels = file(
        "parcels.geojson",
        &geojson::collection([geojson::feature(
            r#"{"code":"330521001001GB00001"}"#,
            geojson::square(120.0, 30.0, 0.001),
        )]),
    );
    // Not even read: what it holds is no matter.
    let blocks = file("blocks.geojson", "not GeoJSON");
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let options = ImportOptions::default();
    let run =
        |files: &[PathBuf]| import(&store, &mapping, files, &options, now, &mut |_progress| {});

    let report = run(&[blocks.clone(), parcels.clone()]).unwrap();
    assert_eq!(report.files.len(), 1);
    let names: Vec<&str> = report.not_used.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["blocks.geojson"]);
    let line = "Not used: blocks.geojson because its blocks have no addresses.";
    let text = report.to_string();
    assert!(text.lines().any(|l| l == line), "{text}");
    assert!(!text.contains("absent.geojson") && !text.contains("Warning"), "{text}");

    // It need not be there, and is no excuse for other files.
    assert!(run(std::slice::from_ref(&parcels)).unwrap().not_used.is_empty());
    let twice = run(&[blocks.clone(), blocks, parcels.clone()]).unwrap_err();
    assert!(matches!(twice, IntakeError::GivenTwice { .. }), "{twice}");
    let other = run(&[parcels, file("other.geojson", "")]).unwrap_err();
    assert!(matches!(other, IntakeError::UnknownFile { .. }), "{other}");
}

#[test]
#[cfg_attr(not(registers), ignore = "needs the registers beside the workspace")]
fn the_whole_folder_of_cambridge_can_be_given() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mapping = Mapping::load(&here.join("mappings/cambridge.toml")).unwrap();
    let folder = std::fs::read_dir(here.join("../../../shared/data/cambridge")).unwrap();
    let files: Vec<PathBuf> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "geojson"))
        .collect();
    let given = plan::given(&mapping, &files).unwrap();
    let not_used = plan::not_used(&mapping, &plan::paths(&given));
    let names: Vec<&str> = not_used.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["ADDRESS_MasterAddressBlocks.geojson"]);
}
