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
    assert_eq!(answer.header("cache-control"), "no-cache");
    let map = answer.json();
    assert_eq!(map["type"], "FeatureCollection");
    let lake = &map["features"][0];
    assert_eq!(
        lake["properties"],
        json!({ "kind": "water", "name": "演示湖", "letters": "Yanshi Lake" })
    );
    assert_eq!(map["features"].as_array().unwrap().len(), 1);
    let known = answer.header("etag").to_owned();
    let again = of("dataset=small&bbox=119.95,30.52,120.0,30.57");
    let again = web.get_with(&again, &[("if-none-match", &known)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    // Where nothing is, and of what there is not, the map is empty.
    for query in
        ["dataset=small&bbox=100,30,100.01,30.01", "dataset=none&bbox=119.95,30.52,120.0,30.57"]
    {
        assert_eq!(web.get(&of(query)).await.json()["features"], json!([]), "{query}");
    }
}

#[tokio::test]
async fn m8_a_map_that_goes_anywhere_has_the_same_features_square_by_square() {
    let web = Web::open();
    let lake = web.get(&of("dataset=small&bbox=119.95,30.52,120.0,30.57")).await.json();
    let lake = &lake["features"][0];
    let mut told = 0;
    for (column, row) in
        (4797..=4800).flat_map(|column| (1220..=1222).map(move |row| (column, row)))
    {
        let answer = web.get(&format!("/api/v1/basemap/{column}/{row}")).await;
        assert_eq!((answer.status, answer.kind()), (200, "application/geo+json"));
        assert_eq!(answer.header("cache-control"), "no-cache");
        let features = answer.json()["features"].as_array().unwrap().clone();
        // What touches a square is told whole, so where a square is cut tells nothing.
        assert!(features.iter().all(|feature| feature == lake), "{features:?}");
        told += features.len();
    }
    assert!(told > 0, "the lake is in a square");
    // Beyond the data, and on the far side of the earth.
    let empty = web.get("/api/v1/basemap/4000/1200").await;
    assert_eq!(empty.json()["features"], json!([]));
    assert_eq!(empty.body, web.get("/api/v1/basemap/-7200/-3600").await.body);
}

#[tokio::test]
async fn what_is_no_square_of_the_grid_is_refused() {
    let web = Web::open();
    for square in ["7200/0", "-7201/0", "0/3600", "0/-3601", "1.5/0", "a/b", "99999999999/0"] {
        web.get(&format!("/api/v1/basemap/{square}")).await.is_problem(400, "bad-request");
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
