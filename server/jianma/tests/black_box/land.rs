//! What leaves the server about land.

use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{DATASET, PARCEL_FILE, PARCELS, PortalFolder, UNLIMITED, client};

async fn get(address: &str, path: &str) -> (u16, String) {
    let response = client().get(format!("{address}{path}")).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn p2_a_parcel_is_given_without_what_the_policy_denies() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for path in [
        format!("/api/v1/parcels/{}", PARCELS[0]),
        format!("/api/v1/parcels/{}/restrictions", PARCELS[0]),
        "/api/v1/parcels?q=%E6%BC%94%E7%A4%BA%E8%B7%AF".to_owned(),
        format!("/c/{}", PARCELS[0]),
        "/?q=%E6%BC%94%E7%A4%BA%E8%B7%AF".to_owned(),
    ] {
        let (status, body) = get(&portal.address, &path).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            body.contains("330521001001GB00001") || body.contains("演示路"),
            "{path} says nothing"
        );
        assert!(!body.contains("不应出现的姓名"), "{path} leaks a name");
    }
}

#[tokio::test]
async fn m3_no_corner_of_the_survey_leaves() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let (_, body) = get(&portal.address, &format!("/api/v1/parcels/{}", PARCELS[0])).await;
    let parcel: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(parcel["properties"]["precision"]["kind"], "generalised");
    assert_eq!(parcel["properties"]["lineage"]["ended"], false);
    let rings = parcel["geometry"]["coordinates"][0].as_array().unwrap();
    let corners: Vec<(f64, f64)> = rings
        .iter()
        .flat_map(|ring| ring.as_array().unwrap())
        .map(|point| (point[0].as_f64().unwrap(), point[1].as_f64().unwrap()))
        .collect();
    assert!(corners.len() >= 4);
    for (surveyed_x, surveyed_y) in
        [(119.97, 30.54), (119.971, 30.54), (119.971, 30.541), (119.97, 30.541)]
    {
        for (x, y) in &corners {
            let metres = ((x - surveyed_x) * 95_800.0).hypot((y - surveyed_y) * 110_900.0);
            assert!(metres > 1.0, "a corner is {metres:.2} m from the survey");
        }
    }
}

#[tokio::test]
async fn z4_without_layers_every_theme_is_unknown() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let (_, body) =
        get(&portal.address, &format!("/api/v1/parcels/{}/restrictions", PARCELS[0])).await;
    let lists: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(lists["concerned"], Value::Array(vec![]));
    assert_eq!(lists["not_concerned"], Value::Array(vec![]));
    assert_eq!(lists["no_data"].as_array().unwrap().len(), domain::theme::themes().len());
}

#[tokio::test]
async fn an_etag_saves_sending_a_parcel_twice() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0]);
    let first = client().get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let second = client().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(second.status(), 304);
    assert_eq!(second.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn m3_no_box_however_cut_tells_more_than_the_published_point() {
    let place = PortalFolder::with_small_data();
    place.configure(
        "http://127.0.0.1:9",
        "[limits]\nread_burst = 100000\nreads_per_second = 100000\n",
    );
    let portal = place.serve();
    let inside = async |east: f64| {
        let path = format!("/api/v1/parcels?q={}&bbox=-180,-90,{east},90", PARCELS[0]);
        let (status, body) = get(&portal.address, &path).await;
        assert_eq!(status, 200);
        body.contains(PARCELS[0])
    };
    let (mut without, mut with) = (119.9, 120.0);
    for _ in 0..40 {
        let middle = f64::midpoint(without, with);
        if inside(middle).await {
            with = middle;
        } else {
            without = middle;
        }
    }
    // Where the answer changes is the rounded centroid, not the parcel's western edge at 119.97.
    assert!((with * 1000.0 - (with * 1000.0).round()).abs() < 1e-6, "{with}");
    assert!((with - 119.971).abs() < 1e-6 || (with - 119.97).abs() < 1e-6, "{with}");
}

#[tokio::test]
async fn a_search_costs_no_more_for_being_long() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let long = "%E6%BC%94%E7%A4%BA%E8%B7%AF".repeat(2_000);
    let started = std::time::Instant::now();
    let (status, _) = get(&portal.address, &format!("/api/v1/parcels?q={long}")).await;
    assert!(matches!(status, 200 | 414 | 431), "{status}");
    assert!(started.elapsed().as_secs() < 5, "a long text keeps a reader busy");
}

#[tokio::test]
async fn z4_an_empty_file_does_not_replace_the_register_unless_told() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let output = place.import(PARCEL_FILE, &geojson::collection([""; 0]));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("parcels.geojson") && said.contains("--allow empty"), "{said}");
    let portal = place.serve();
    let (status, _) = get(&portal.address, &format!("/c/{}", PARCELS[0])).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn real_land_is_not_told_by_the_story_of_the_demonstration() {
    const FACTORY: &str = "330521001003GB00008";
    let factory = geojson::feature(
        json!({ "ZDDM": FACTORY, "ZL": "真实路1号" }),
        geojson::square(119.97, 30.54, 0.001),
    );
    let factory = geojson::collection([factory]);
    let real = DATASET
        .replace("demonstration = true", "demonstration = false")
        .replace("policy = \"zhejiang\"", "policy = \"open-cadastre\"");
    for (dataset, told) in [(DATASET, true), (&real, false)] {
        let place = PortalFolder::empty();
        place.configure("http://127.0.0.1:9", "");
        assert!(place.import_into(dataset, PARCEL_FILE, &factory).status.success());
        let portal = place.serve();
        let (status, page) = get(&portal.address, &format!("/c/{FACTORY}")).await;
        assert!(status == 200 && page.contains("真实路1号"), "it is there: {page}");
        let (_, home) = get(&portal.address, "/").await;
        assert_eq!(home.contains("工业园里的厂房用地"), told, "{home}");
    }
}
