//! Imports of real registers from `shared/data` beside the workspace. Where it is absent, the
//! tests count as skipped (`build.rs`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use domain::{
    ParcelCode,
    code::{LandCode, Strictness},
    policy::Field,
    record::Value,
};
use geo::{
    BooleanOps, GeodesicArea, LineString, MultiPolygon, Orient, Polygon, Validation,
    orient::Direction,
};
use intake::{ImportOptions, IntakeError, Mapping, ReadError, Report, import};
use store::Land;
use store_sqlite::SqliteStore;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name)
}

fn mapping(name: &str) -> Mapping {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
    Mapping::load(&folder.join(format!("{name}.toml"))).unwrap()
}

fn files(mapping: &Mapping, folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = mapping.files.iter().map(|f| folder.join(&f.name)).collect();
    files.sort();
    files.dedup();
    files
}

fn run(store: &SqliteStore, mapping: &Mapping, files: &[PathBuf]) -> Result<Report, IntakeError> {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    import(store, mapping, files, &ImportOptions::default(), now, &mut |_progress| {})
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn codes(path: &Path, property: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mark = format!("\"{property}\":");
    text.split(&mark)
        .skip(1)
        .map(|rest| rest.trim_start().trim_start_matches('"').chars().take(19).collect())
        .collect()
}

#[test]
#[cfg_attr(not(registers), ignore = "needs the registers beside the workspace")]
fn cambridge_comes_in_whole() {
    let folder = data("cambridge");
    let home = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(home.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let mapping = mapping("cambridge");
    let report = run(&store, &mapping, &files(&mapping, &folder)).unwrap();

    let parcels = report.file("parcels.geojson", "parcels").unwrap();
    assert_eq!((parcels.read, parcels.stored), (13_116, 13_116), "{report}");
    assert_eq!(parcels.repaired.total, 37, "{report}");
    assert_eq!(parcels.without_outline.total, 1, "{report}");
    assert_eq!(report.refused(), 0, "{report}");
    assert!(report.warnings.is_empty(), "{report}");

    // Every parcel with an outline lies in a zoning district, and 128 of them not in the city with all of it.
    let zoning = report.layer("zoning").unwrap();
    assert_eq!((zoning.parcels_covered, zoning.parcels_concerned), (12_987, 13_115));
    // More than one district meets 1,792 parcels; slivers are a small part of it.
    assert!((1_500..3_000).contains(&(zoning.findings - 13_115)), "{report}");
    assert!(zoning.slivers > 50 && zoning.slivers < 600, "{report}");
    for (layer, concerned) in [
        // One of them by two strips of 0.94 and 0.49 m², which count together.
        ("zoning-overlay", 1_909),
        ("flood-100", 176),
        ("flood-500", 614),
        ("wetlands", 64),
        ("historic-districts", 267),
        ("landmarks-easements", 238),
        // One by strips of 2.46 and 4.29 m², where 5 m² count.
        ("open-space", 545),
    ] {
        assert_eq!(report.layer(layer).unwrap().parcels_concerned, concerned, "{layer}");
    }

    known_parcels(&store, &folder.join("parcels.geojson"));
    a_truncated_copy_changes_nothing(&store, &mapping, &folder.join("parcels.geojson"));
}

fn known_parcels(store: &SqliteStore, parcels: &Path) {
    let record = |code: &str| {
        let code = LandCode::Parcel(ParcelCode::parse(code, Strictness::LookUp).unwrap().code);
        block_on(store.record(&code)).unwrap().unwrap()
    };
    // 23 Rockwell Street: 3,224 square feet.
    let rockwell = record("999001001035GB00017");
    assert_eq!(rockwell.parcel.fields[&Field::Location], Value::Text("23 ROCKWELL ST".to_owned()));
    let Value::AreaM2(area) = rockwell.parcel.fields[&Field::ParcelArea] else {
        panic!("an area");
    };
    assert!((area - 299.5).abs() < 0.1, "{area}");
    assert!((rockwell.parcel.geometric_area_m2 / area - 1.0).abs() < 0.1);
    // The one without an outline: in the register, with no data on anything.
    let empty = record("999001001159GB00034");
    assert!(empty.parcel.outline.0.is_empty() && empty.layers.iter().all(|l| !l.covers));
    // Districts do not overlap and leave no gaps.
    let codes = codes(parcels, "ZDDM");
    let sample: Vec<f64> = codes
        .iter()
        .step_by(40)
        .map(|code| {
            let findings = record(code).findings;
            findings.iter().filter(|f| f.layer == "zoning").map(|f| f.share).sum()
        })
        .collect();
    let whole = sample.iter().filter(|share| (*share - 1.0).abs() < 0.01).count();
    assert!(sample.len() > 300 && whole * 100 > sample.len() * 95, "{whole} of {}", sample.len());
}

fn a_truncated_copy_changes_nothing(store: &SqliteStore, mapping: &Mapping, parcels: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("parcels.geojson");
    let whole = std::fs::read(parcels).unwrap();
    std::fs::write(&copy, &whole[..whole.len() * 2 / 3]).unwrap();
    let error = run(store, mapping, &[copy]).unwrap_err();
    assert!(
        matches!(&error, IntakeError::Read { source: ReadError::CutShort { features, .. }, .. }
            if *features > 1000),
        "{error}"
    );
    let versions = block_on(store.versions()).unwrap();
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [1]);
    let open = |dataset| store::Searched { dataset, location: true, ..store::Searched::default() };
    let datasets = versions.into_iter().map(|version| open(version.dataset.id)).collect();
    let text = "ROCKWELL".to_owned();
    let query = store::SearchQuery { text, limit: 5, datasets, ..store::SearchQuery::default() };
    assert!(!block_on(store.search(&query)).unwrap().hits.is_empty());
}

/// Valid areas of a file as they are drawn, with the property that names them.
fn drawn(path: &Path, name: &str) -> Vec<(String, MultiPolygon<f64>)> {
    let text = std::fs::read_to_string(path).unwrap();
    let collection: geojson::FeatureCollection = text.parse().unwrap();
    collection
        .features
        .into_iter()
        .filter_map(|feature| {
            let id = feature.property(name)?.as_str()?.to_owned();
            let outline = match geo::Geometry::<f64>::try_from(feature.geometry?).ok()? {
                geo::Geometry::Polygon(polygon) => MultiPolygon::new(vec![polygon]),
                geo::Geometry::MultiPolygon(outline) => outline,
                _ => return None,
            };
            outline.is_valid().then_some((id, outline))
        })
        .collect()
}

/// Geodesic area with every edge cut into pieces of at most ten metres.
fn densified_m2(outline: &MultiPolygon<f64>) -> f64 {
    let dense = |ring: &LineString<f64>| -> LineString<f64> {
        ring.lines()
            .flat_map(|edge| {
                let pieces = (edge.delta().x.hypot(edge.delta().y) / 1e-4).ceil().max(1.0);
                let pieces = (1..=2_000_u32)
                    .map(f64::from)
                    .take_while(move |at| *at <= pieces)
                    .map(move |at| edge.start + edge.delta() * ((at - 1.0) / pieces));
                pieces.collect::<Vec<_>>()
            })
            .collect()
    };
    outline
        .iter()
        .map(|polygon| {
            let holes = polygon.interiors().iter().map(dense).collect();
            Polygon::new(dense(polygon.exterior()), holes)
        })
        .collect::<MultiPolygon<f64>>()
        .orient(Direction::Default)
        .geodesic_area_unsigned()
}

#[test]
#[cfg_attr(not(registers), ignore = "needs the registers beside the workspace")]
fn parcels_and_overlaps_of_cambridge_equal_densified_straight_edges() {
    let folder = data("cambridge");
    let home = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(home.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let mapping = mapping("cambridge");
    run(&store, &mapping, &files(&mapping, &folder)).unwrap();
    let zoning = drawn(&folder.join("CDD_ZoningDistricts.geojson"), "GlobalID");
    let (mut compared, mut worst) = (0, 0.0_f64);
    for code in codes(&folder.join("parcels.geojson"), "ZDDM").iter().step_by(5) {
        let code = LandCode::Parcel(ParcelCode::parse(code, Strictness::LookUp).unwrap().code);
        let record = block_on(store.record(&code)).unwrap().unwrap();
        let outline = &record.parcel.outline;
        let mut agree = |found: f64, expected: f64| {
            let off = (found - expected).abs();
            worst = worst.max(off);
            compared += 1;
            assert!(off <= (expected * 1e-6).max(0.01), "{code:?}: {found} {expected}");
        };
        agree(record.parcel.geometric_area_m2, densified_m2(outline));
        for finding in record.findings.iter().filter(|finding| finding.layer == "zoning") {
            if let Some((_, district)) = zoning.iter().find(|(id, _)| *id == finding.feature) {
                agree(finding.area_m2, densified_m2(&outline.intersection(district)));
            }
        }
    }
    assert!(compared > 4_000, "{compared}, at worst {worst}");
}

#[test]
#[cfg_attr(not(registers), ignore = "needs the registers beside the workspace")]
fn a_french_commune_comes_in_whole() {
    let folder = data("etalab");
    let home = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(home.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let mapping = mapping("etalab");
    let report = run(&store, &mapping, &files(&mapping, &folder)).unwrap();
    let parcels = &report.files[0];
    assert_eq!((parcels.read, parcels.stored, parcels.refused.total), (4_241, 4_241, 0));
    let code = ParcelCode::parse("999002000028GB00037", Strictness::Issue).unwrap().code;
    let record = block_on(store.record(&LandCode::Parcel(code))).unwrap().unwrap();
    assert_eq!(record.parcel.local_id.as_deref(), Some("91216000AB0037"));
    assert_eq!(record.parcel.fields[&Field::ParcelArea], Value::AreaM2(254_881.0));
    assert!((record.parcel.geometric_area_m2 / 254_881.0 - 1.0).abs() < 0.02);
    assert!(record.layers.is_empty());
}

#[test]
#[cfg_attr(not(registers), ignore = "needs the registers beside the workspace")]
fn feet_called_degrees_are_refused() {
    let file = data("lying-crs.geojson");
    let home = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(home.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let text = |crs: &str| {
        format!(
            r#"
            crs = "{crs}"
            [dataset]
            id = "lying"
            title = {{ zh = "a", en = "a" }}
            source = {{ zh = "a", en = "a" }}
            source_date = "2024-01-01"
            demonstration = true
            policy = "open-cadastre"
            [[file]]
            name = "lying-crs.geojson"
            role = "parcels"
            code = "999001001001GB{{OBJECTID:05}}"
            "#
        )
    };
    let lying = Mapping::parse("lying.toml", &text("EPSG:4326")).unwrap();
    let error = run(&store, &lying, std::slice::from_ref(&file)).unwrap_err();
    assert!(matches!(&error, IntakeError::OutsideCrs { number: 1, .. }), "{error}");
    let message = error.to_string();
    for word in ["lying-crs.geojson", "3140115", "EPSG:4326", "crs = \"EPSG:2277\""] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert!(block_on(store.versions()).unwrap().is_empty());
    // Told the truth, it comes in.
    let honest = Mapping::parse("lying.toml", &text("EPSG:2277")).unwrap();
    let report = run(&store, &honest, &[file]).unwrap();
    assert_eq!(report.files[0].stored, 4);
}
