use axum::{body::Body, http::Method};
use domain::audit::Withheld;
use serde_json::json;

use super::{
    harness::Web,
    land::{CLASSIFIED, FAR, FORMER, HERE, OWNER, UNKNOWN},
};

fn of(code: &str) -> String {
    format!("/api/v1/parcels/{code}")
}

#[tokio::test]
async fn p2_a_parcel_is_a_feature_of_what_is_public() {
    let web = Web::open();
    let answer = web.get(&of(HERE)).await;
    assert_eq!((answer.status, answer.kind()), (200, "application/geo+json"));
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("vary"), "accept-encoding");
    let feature = answer.json();
    assert_eq!((&feature["type"], &feature["id"]), (&json!("Feature"), &json!(HERE)));
    let facts = &feature["properties"]["facts"];
    assert_eq!(facts["location"], "演示路 1 号");
    assert!(facts.get("holder_person").is_none() && !answer.text().contains(OWNER), "{facts}");
}

#[tokio::test]
async fn p5_a_classified_parcel_and_none_are_the_same_no() {
    let web = Web::open();
    let (none, classified) = (web.get(&of(FAR)).await, web.get(&of(CLASSIFIED)).await);
    let told = none.is_problem(404, "not-found");
    assert!(told.get("instance").is_none(), "nothing tells one answer from another: {told}");
    assert_eq!(none.body, classified.body);
    let headers = |answer: &super::harness::Answer| {
        let mut headers = answer.headers.clone();
        assert!(headers.remove("x-request-id").is_some());
        headers
    };
    assert_eq!(headers(&none), headers(&classified));
    // P9: and is written down.
    assert_eq!(web.withheld(CLASSIFIED), [Withheld::Unknown]);
}

#[tokio::test]
async fn c1_every_way_of_writing_a_code_is_answered_alike() {
    let web = Web::open();
    let one = web.get(&of(HERE)).await;
    for written in ["330521001001gb00001", "330521-001001-GB00001", "330521%20001001%20GB00001"] {
        let other = web.get(&of(written)).await;
        assert_eq!((other.status, &other.body), (200, &one.body), "{written}");
    }
}

#[tokio::test]
async fn c2_what_is_no_code_is_answered_with_the_place_of_its_fault() {
    let web = Web::open();
    let problem = web.get(&of("33052100100XGB00001")).await.is_problem(400, "malformed-code");
    assert_eq!(problem["position"], 12);
    // What is no text at all is no code either, and leads to nothing.
    web.get("/api/v1/parcels/%ff").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn c7_a_code_that_has_ended_names_those_in_force() {
    let web = Web::open();
    let feature = web.get(&of(FORMER)).await.json();
    let lineage = &feature["properties"]["lineage"];
    assert_eq!((&lineage["ended"], &lineage["in_force"]), (&json!(true), &json!([HERE])));
}

#[tokio::test]
async fn an_answer_that_is_kept_is_the_one_that_was_made() {
    let web = Web::open();
    let (made, kept) = (web.get(&of(HERE)).await, web.get(&of(HERE)).await);
    assert_eq!(made.body, kept.body);
    for name in ["etag", "cache-control", "content-type", "vary", "content-length"] {
        assert_eq!(made.header(name), kept.header(name), "{name}");
        assert!(!made.header(name).is_empty(), "{name}");
    }
    let head = web.ask(Method::HEAD, &of(HERE), &[], Body::empty()).await;
    assert_eq!((head.status, head.header("etag")), (200, made.header("etag")));
    let known = [("if-none-match", made.header("etag"))];
    let same = web.get_with(&of(HERE), &known).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
}

#[tokio::test]
async fn m4_a_list_has_rounded_points_and_never_an_outline() {
    let web = Web::open();
    let words: String = form_urlencoded::byte_serialize("演示路".as_bytes()).collect();
    let answer = web.get(&format!("/api/v1/parcels?q={words}&limit=1")).await;
    assert_eq!((answer.status, answer.kind()), (200, "application/geo+json"));
    let list = answer.json();
    assert_eq!((&list["total"], &list["total_is_at_least"]), (&json!(1), &json!(false)));
    let hit = &list["features"][0];
    assert_eq!(hit["properties"]["code"], HERE);
    assert_eq!(hit["geometry"], json!({ "type": "Point", "coordinates": [119.971, 30.541] }));
    assert_eq!(list["links"], json!([]));
}

#[tokio::test]
async fn a_page_of_a_list_names_those_beside_it() {
    let web = Web::open();
    let first = web.get("/api/v1/parcels?q=330521001001GB&limit=1").await.json();
    let next = &first["links"][0];
    assert_eq!(next["rel"], "next");
    let href = next["href"].as_str().unwrap();
    assert_eq!(href, "/api/v1/parcels?q=330521001001GB&limit=1&page=2");
    let second = web.get(href).await.json();
    assert_eq!((&second["page"], &second["links"][0]["rel"]), (&json!(2), &json!("prev")));
    // P5: of what is classified no list says a word.
    assert_eq!(first["total"], 2);
}

#[tokio::test]
async fn a_parameter_that_does_not_read_is_named() {
    let web = Web::open();
    for (query, named) in [
        ("", "bbox"),
        ("?q=+", "bbox"),
        ("?bbox=1,2,3", "119.9,30.5,120.0,30.6"),
        ("?bbox=2,2,1,3", "119.9,30.5,120.0,30.6"),
        ("?q=a&colour=red", "colour"),
        ("?q=a&page=x", "page"),
    ] {
        let problem =
            web.get(&format!("/api/v1/parcels{query}")).await.is_problem(400, "bad-request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{query}: {problem}");
    }
}

#[tokio::test]
async fn p6_whoever_guesses_code_after_code_is_told_to_wait() {
    let web = Web::set(|settings| {
        let few = crate::settings::Allowance { burst: 2, per_minute: 1 };
        settings.limits.probing.misses = few;
        settings.limits.probing.places = few;
    });
    let mut last = web.get(&of(UNKNOWN)).await;
    for number in 90..99 {
        if last.status == 429 {
            break;
        }
        last = web.get(&of(&format!("330521001001GB000{number}"))).await;
    }
    last.is_problem(429, "too-many-requests");
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
}
