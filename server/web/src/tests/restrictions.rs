use serde_json::{Value, json};

use super::{
    harness::Web,
    land::{CLASSIFIED, FAR, FORMER, HERE},
};

fn of(code: &str) -> String {
    format!("/api/v1/parcels/{code}/restrictions")
}

fn themes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|theme| theme["theme"]["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn z4_every_theme_stands_in_one_of_three_lists() {
    let web = Web::open();
    let answer = web.get(&of(HERE)).await;
    assert_eq!((answer.status, answer.kind()), (200, "application/json"));
    assert_eq!(answer.header("cache-control"), "no-cache");
    let said = answer.json();
    assert_eq!((&said["code"], &said["ended"]), (&json!(HERE), &json!(false)));
    assert_eq!(themes(&said["concerned"]), ["permanent_basic_farmland"]);
    assert!(!themes(&said["no_data"]).is_empty(), "what no layer reaches is no data: {said}");
    let all: Vec<_> = ["concerned", "not_concerned", "no_data"]
        .iter()
        .flat_map(|list| themes(&said[*list]))
        .collect();
    let mut once = all.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), all.len(), "{all:?}");
}

#[tokio::test]
async fn c7_of_a_code_that_has_ended_those_in_force_are_named() {
    let web = Web::open();
    let said = web.get(&of(FORMER)).await.json();
    assert_eq!((&said["ended"], &said["in_force"]), (&json!(true), &json!([HERE])));
}

#[tokio::test]
async fn p5_the_no_is_the_same_here() {
    let web = Web::open();
    let (none, classified) = (web.get(&of(FAR)).await, web.get(&of(CLASSIFIED)).await);
    none.is_problem(404, "not-found");
    assert_eq!(none.body, classified.body);
    web.get(&of("nonsense")).await.is_problem(400, "malformed-code");
}

#[tokio::test]
async fn whoever_has_it_is_told_that_it_is_still_so() {
    let web = Web::open();
    let first = web.get(&of(HERE)).await;
    let again = web.get_with(&of(HERE), &[("if-none-match", first.header("etag"))]).await;
    assert_eq!((again.status, again.header("etag")), (304, first.header("etag")));
    let parcel = web.get(&format!("/api/v1/parcels/{HERE}")).await;
    assert_ne!(parcel.header("etag"), first.header("etag"));
}
