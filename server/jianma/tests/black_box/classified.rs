//! Classified land: nothing of it is in any file, and what is missing says nothing of why (地图管理条例
//! art. 8, 36; row 41).

use std::{fs, path::Path};

use serde_json::{Value, json};
use store::{BaseFeature, BaseKind};
use testkit::geojson::{collection, feature, square};

use crate::harness::{PortalFolder, Running, UNLIMITED, client, opened};

/// Words that stand in what is classified, and nowhere else.
const CANARIES: [&str; 6] =
    ["canary-address", "canary-id", "canary-home", "canary-feature", "canary-wrong", "canary-zone"];
const SECRET: &str = "330521001009GB00077";
const WRONG: &str = "330521001009GB00078";
const OPEN: &str = "330521001009GB00079";

const MAPPING: &str = r#"
crs = "EPSG:4326"

[dataset]
id = "small"
title = { zh = "小样本", en = "Small sample" }
source = { zh = "测试数据", en = "test data" }
source_date = "2026-01-01"
demonstration = true
policy = "zhejiang"

[[file]]
name = "zones.geojson"
role = "restriction"
label = { zh = "{name}", en = "{name}" }
coverage = "dataset"
[file.layer]
id = "zoning"
theme = "planning_use"
title = { zh = "分区", en = "Zoning" }
status = "in_force"
office = { zh = "局", en = "Office" }
source_date = "2024-01-01"
documents = []
tolerance = { min_area_m2 = 1.0, min_share = 0.001 }

[[file]]
name = "base.geojson"
role = "base"
kind = "water"
label = "{name}"

[[file]]
name = "parcels.geojson"
role = "parcels"
feature_id = "{name}"
code = "{code}"
local_id = "{local}"
predecessors = "from"
valid_to = "until"
classified = { property = "secret", equals = 1 }
max_refused = 1

[file.fields]
location = { property = "where", kind = "text" }
parcel_area = { property = "area", kind = "area" }

[[file]]
name = "units.geojson"
role = "units"
code = "{code}"

[file.fields]
unit_location = { property = "where", kind = "text" }
"#;

fn file(place: &PortalFolder, name: &str, features: &[(Value, String)]) -> String {
    let features = features.iter().map(|(properties, geometry)| feature(properties, geometry));
    fs::write(place.path(name), collection(features)).unwrap();
    place.text(name)
}

/// Western edge of the classified parcel; its bytes are looked for as well.
const WEST: f64 = 119.980_123_45;

/// Imports a classified parcel with a home, a zone and a lake that are in it alone, one that names
/// it, and one that is refused.
fn import(place: &PortalFolder, secret: i32, allow: &[&str]) -> String {
    fs::write(place.path("mapping.toml"), MAPPING).unwrap();
    let files = [
        file(
            place,
            "zones.geojson",
            &[
                (json!({ "name": "canary-zone" }), square(WEST + 0.0002, 30.5402, 0.0002)),
                (json!({ "name": "old town" }), square(119.97, 30.53, 0.05)),
            ],
        ),
        file(
            place,
            "base.geojson",
            &[
                (json!({ "name": "canary-feature" }), square(WEST + 0.0003, 30.5403, 0.0004)),
                (json!({ "name": "lake" }), square(119.99, 30.53, 0.003)),
            ],
        ),
        file(
            place,
            "parcels.geojson",
            &[
                (
                    json!({ "code": SECRET, "local": "canary-id", "where": "canary-address",
                "area": "canary-wrong", "until": "2020-01-01", "secret": secret, "name": "canary-id" }),
                    square(WEST, 30.54, 0.001),
                ),
                // Its code does not read.
                (
                    json!({ "code": "33052100100canary-wrong", "secret": secret, "name": "canary-id",
                "where": "canary-address" }),
                    square(WEST, 30.55, 0.001),
                ),
                (
                    json!({ "code": OPEN, "local": "9", "where": "open street", "from": SECRET,
                "name": "open", "area": 9_000.0 }),
                    square(119.99, 30.54, 0.001),
                ),
                (
                    json!({ "code": WRONG, "where": "other street", "name": "other", "area": 9_000.0 }),
                    square(119.995, 30.54, 0.001),
                ),
            ],
        ),
        file(
            place,
            "units.geojson",
            &[
                (
                    json!({ "code": format!("{SECRET}F00010002"), "where": "canary-home" }),
                    "null".to_owned(),
                ),
                (
                    json!({ "code": format!("{OPEN}F00010002"), "where": "open home" }),
                    "null".to_owned(),
                ),
            ],
        ),
    ];
    let [data, mapping] = ["data", "mapping.toml"].map(|name| place.text(name));
    let mut arguments = vec!["import", "--data", &data, "--mapping", &mapping];
    for what in allow {
        arguments.extend(["--allow", what]);
    }
    arguments.extend(files.iter().map(String::as_str));
    let output = place.jianma(&arguments);
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(output.status.success(), "{said}");
    said
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn assert_nothing_in(folder: &Path) {
    for (name, bytes) in files(folder) {
        for word in CANARIES.iter().chain(&[SECRET]) {
            assert!(!holds(&bytes, word.as_bytes()), "{word} in {name}");
        }
        assert!(!holds(&bytes, &WEST.to_le_bytes()), "its survey in {name}");
    }
}

async fn get(portal: &Running, path: &str) -> (u16, String) {
    let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn p5_nothing_of_a_classified_parcel_is_in_any_file() {
    let place = PortalFolder::empty();
    let said = import(&place, 1, &["unclassified"]);
    for word in CANARIES.iter().chain(&[SECRET]) {
        assert!(!said.contains(word), "{word} in the report: {said}");
    }
    assert_nothing_in(&place.path("data"));
    // Nor after it was public, in a version that is kept, nor in a backup.
    import(&place, 0, &["unclassified", "smaller"]);
    let is_there = files(&place.path("data")).iter().any(|(_, it)| holds(it, b"canary-address"));
    assert!(is_there, "what is open is kept");
    import(&place, 1, &["unclassified", "smaller"]);
    // What an earlier import noted of what was open then is its own file.
    fs::remove_dir_all(place.path("data/reports")).unwrap();
    assert_nothing_in(&place.path("data"));
    let [data, backup, keys] = ["data", "backup", "backup.keys"].map(|name| place.text(name));
    let taken = place.jianma(&["backup", "--data", &data, "-o", &backup, "--keys", &keys]);
    assert!(taken.status.success());
    assert_nothing_in(&place.path("backup"));

    // What named it is told without it, and what lies in it is in no answer.
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let (status, open) = get(&portal, &format!("/api/v1/parcels/{OPEN}")).await;
    assert_eq!(status, 200);
    assert!(!open.contains(SECRET), "{open}");
    let (_, map) =
        get(&portal, "/api/v1/basemap?dataset=small&bbox=119.96,30.51,120.01,30.56").await;
    assert!(map.contains("lake") && !map.contains("canary"), "{map}");
    // Nor in the square of a map that goes anywhere: of two lakes there it has the open one.
    let (_, square) = get(&portal, "/api/v1/basemap/4799/1221").await;
    assert!(square.contains("lake") && !square.contains("canary"), "{square}");
    assert_eq!(square.matches("\"Feature\"").count(), 1, "{square}");
    assert_eq!(get(&portal, &format!("/api/v1/parcels/{SECRET}")).await.0, 404);
}

#[tokio::test]
async fn p5_a_number_missing_for_any_reason_is_answered_in_the_same_bytes() {
    let place = PortalFolder::empty();
    let data = place.text("data");
    assert!(place.jianma(&["demo", "--data", &data]).status.success());
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    // A classified wood, a number of the same series that was never registered, and one that was
    // never given.
    let codes = ["330521004002GL00002", "330521004002GL00008", "330521004002GL00900"];
    for path in ["/c/", "/api/v1/parcels/", "/en/c/"] {
        let mut answers = Vec::new();
        for code in codes {
            let (status, body) = get(&portal, &format!("{path}{code}")).await;
            answers.push((status, body.replace(code, "CODE").replace(&code[12..], "NUMBER")));
        }
        assert_eq!(answers[0].0, 404, "{path}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{path}: {answers:?}");
    }
    let (_, list) = get(&portal, "/api/v1/parcels?q=330521004002GL&limit=100").await;
    assert!(
        list.contains("330521004002GL00003") && !list.contains("330521004002GL00002"),
        "{list}"
    );
}

#[tokio::test]
async fn m3_a_base_map_that_was_kept_as_surveyed_is_drawn_on_the_grid() {
    let place = PortalFolder::empty();
    // As an import of an earlier program left it.
    let store = opened(&place.path("data"));
    let mut import = store.begin_import(&demo_district::dataset()).unwrap();
    let corners = [(119.970_012_3, 30.540_045_6), (119.970_512_3, 30.540_045_6)];
    let ring = vec![corners[0], corners[1], (119.970_512_3, 30.540_612_3), corners[0]];
    let house = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
    for geometry in [
        geo::Geometry::Polygon(house),
        geo::Geometry::LineString(geo::LineString::from(corners.to_vec())),
    ] {
        let kind = match geometry {
            geo::Geometry::Polygon(_) => BaseKind::Building,
            _ => BaseKind::Road,
        };
        import.put_base(&BaseFeature { kind, name: None, geometry }).unwrap();
    }
    import.publish(jiff::Timestamp::UNIX_EPOCH).unwrap();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let path = "/api/v1/basemap?dataset=deqing-demo&bbox=119.96,30.53,119.98,30.55";
    let (_, map) = get(&portal, path).await;
    let map: Value = serde_json::from_str(&map).unwrap();
    assert_eq!(map["features"].as_array().unwrap().len(), 2, "{map}");
    for digits in ["119.9700123", "30.5400456", "30.5406123"] {
        assert!(!map.to_string().contains(digits), "{digits} in {map}");
    }
}
