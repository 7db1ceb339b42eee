use serde_json::json;

use super::harness::Web;

fn of(query: &str) -> String {
    format!("/api/v1/basemap?{query}")
}

#[tokio::test]
async fn m8_the_map_around_a_place_comes_from_here() {
    let web = Web::open();
    let answer = web.get(&of("dataset=small&bbox=119.95,30.52,120.0,30.57")).await;
    assert_eq!((answer.status, answer.kind()), (200, "application/geo+json"));
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let map = answer.json();
    assert_eq!(map["type"], "FeatureCollection");
    let lake = &map["features"][0];
    assert_eq!(
        lake["properties"],
        json!({ "kind": "water", "name": "演示湖", "letters": "Yanshi Lake" })
    );
    assert_eq!(map["features"].as_array().unwrap().len(), 1);
    // Where nothing is, and of what there is not, the map is empty.
    for query in
        ["dataset=small&bbox=100,30,100.01,30.01", "dataset=none&bbox=119.95,30.52,120.0,30.57"]
    {
        assert_eq!(web.get(&of(query)).await.json()["features"], json!([]), "{query}");
    }
}

#[tokio::test]
async fn a_box_that_does_not_read_or_is_too_wide_is_refused() {
    let web = Web::open();
    for query in [
        "",
        "dataset=small",
        "dataset=small&bbox=1,2,3",
        "dataset=small&bbox=119.9,30.5,119.97,30.55",
        "dataset=small&bbox=119.9,30.5,119.95,30.6",
        "dataset=small&bbox=119.9,30.5,119.95,30.55&zoom=3",
    ] {
        web.get(&of(query)).await.is_problem(400, "bad-request");
    }
}
