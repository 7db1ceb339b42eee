use axum::http::Method;
use domain::Clock as _;
use forward::Secret;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    callbacks::say,
    harness::{Answer, Noon, SECRET, Web},
};

const INBOX: &str = "/api/v1/departments/geology/inbox";

/// Asks as a department does, signed over `body` and sent with it.
async fn signed(web: &Web, method: Method, path: &str, id: &str, body: &str) -> Answer {
    signed_over(web, (method, path), (id, Noon.now()), body, body).await
}

async fn signed_over(
    web: &Web,
    (method, path): (Method, &str),
    (id, at): (&str, jiff::Timestamp),
    over: &str,
    body: &str,
) -> Answer {
    let headers = Secret::parse(SECRET).unwrap().sign(id, at, over.as_bytes()).unwrap();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    web.ask(method, path, &headers, body.to_owned()).await
}

async fn collect(web: &Web, id: &str) -> Vec<Value> {
    let answer = signed(web, Method::GET, INBOX, id, "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()["deliveries"].as_array().unwrap().clone()
}

async fn acknowledge(web: &Web, delivery: &Value, reference: Value) -> Answer {
    let id = delivery["id"].as_str().unwrap();
    let body = json!({ "id": id, "lease": delivery["lease"], "reference": reference });
    let path = format!("{INBOX}/{id}/acknowledge");
    signed(web, Method::POST, &path, "ack-1", &body.to_string()).await
}

#[tokio::test]
async fn s5_a_department_collects_what_would_be_posted_and_says_that_it_has_it() {
    let web = Web::open();
    let (number, secret) = web.handed_in("hazard-zone").await;
    let [delivery] = collect(&web, "q-1").await.try_into().unwrap();
    let body = delivery["body"].as_str().unwrap();
    let read: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&read["request"], &read["kind"]), (&json!(number), &json!("request.submitted")));
    // What it is handed verifies as what is posted does.
    let mut headers = axum::http::HeaderMap::new();
    for (name, value) in delivery["headers"].as_object().unwrap() {
        let name: axum::http::HeaderName = name.parse().unwrap();
        headers.insert(name, value.as_str().unwrap().parse().unwrap());
    }
    let known = Secret::parse(SECRET).unwrap();
    let id = known.verify(&headers, Noon.now(), body.as_bytes()).unwrap();
    assert_eq!(delivery["id"], id);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(body);
    assert_eq!(delivery["sha256"], domain::digest::hexadecimal(&digest));
    assert_eq!(delivery["leased_until"], "2026-11-22T04:05:00Z");
    assert_eq!(collect(&web, "q-2").await, [json!(null); 0], "it is in somebody's hands");

    for _ in 0..2 {
        let taken = acknowledge(&web, &delivery, json!(" 地灾〔2026〕1号 ")).await;
        let expected = json!({ "id": id, "reference": "地灾〔2026〕1号" });
        assert_eq!((taken.status, taken.json()), (200, expected));
    }
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let said = web.get_with(&path, &[("authorization", &bearer)]).await.json();
    assert_eq!(
        (&said["state"], &said["reference"]),
        (&json!("acknowledged"), &json!("地灾〔2026〕1号"))
    );
    // What it says later it says as every department does.
    let word = json!({ "request": number, "state": "decided" });
    assert_eq!(say(&web, "geology", 0, "m-1", &word).await.status, 200);
}

#[tokio::test]
async fn s5_a_lease_that_another_took_acknowledges_nothing() {
    let web = Web::open();
    web.handed_in("hazard-zone").await;
    let [delivery] = collect(&web, "q-1").await.try_into().unwrap();
    let later = Noon.now() + SignedDuration::from_mins(6);
    let taken = service::inbox::collect(&*web.store, "geology", "another", later, 10).await;
    assert_eq!(taken.unwrap().len(), 1);
    acknowledge(&web, &delivery, json!(null)).await.is_problem(409, "conflict");
    let mut held = delivery.clone();
    held["lease"] = json!("another");
    assert_eq!(acknowledge(&web, &held, json!("A-1")).await.status, 200);
    let after = acknowledge(&web, &delivery, json!(null)).await;
    assert_eq!((after.status, &after.json()["reference"]), (200, &json!("A-1")), "it has arrived");
}

#[tokio::test]
async fn s5_an_inbox_tells_nothing_to_whoever_has_not_its_secret() {
    let web = Web::open();
    web.handed_in("hazard-zone").await;
    let unsigned = web.get(INBOX).await.is_problem(401, "unauthorized");
    let unknown = signed(&web, Method::GET, "/api/v1/departments/nobody/inbox", "q-1", "{}").await;
    assert_eq!(unknown.is_problem(401, "unauthorized"), unsigned);
    // A signature over something else that the department said.
    let get = (Method::GET, INBOX);
    let word = r#"{"request":"JM-20261128-7K3MQ2VX","state":"decided"}"#;
    let other = signed_over(&web, get.clone(), ("q-1", Noon.now()), word, word).await;
    assert_eq!(other.is_problem(401, "unauthorized"), unsigned);
    let late = Noon.now() - SignedDuration::from_secs(301);
    let late = signed_over(&web, get.clone(), ("q-1", late), "{}", "{}").await;
    let late = late.is_problem(401, "unauthorized");
    assert!(late["detail"].as_str().unwrap().contains("301 s behind"), "{late}");
    let bare = web.post_json(&format!("{INBOX}/msg_1/acknowledge"), &[], &json!({})).await;
    assert_eq!(bare.is_problem(401, "unauthorized"), unsigned);
    // The question of a library that keeps the body of a GET to itself, or signs none.
    for (id, over, body) in [("q-2", "{}", ""), ("q-3", "", "")] {
        let asked = signed_over(&web, get.clone(), (id, Noon.now()), over, body).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
    }
    // Whoever read its headers asks in vain.
    signed(&web, Method::GET, INBOX, "q-2", "{}").await.is_problem(409, "conflict");
}

#[tokio::test]
async fn s5_an_inbox_is_for_departments_that_collect() {
    let web = Web::open();
    web.handed_in("data-correction").await;
    let path = "/api/v1/departments/registration/inbox";
    let posted = signed(&web, Method::GET, path, "q-1", "{}").await.is_problem(409, "conflict");
    assert!(posted["detail"].as_str().unwrap().contains("pull = true"), "{posted}");
    let path = format!("{path}/msg_1/acknowledge");
    let body = r#"{"id":"msg_1","lease":"x"}"#;
    signed(&web, Method::POST, &path, "q-2", body).await.is_problem(409, "conflict");
}

#[tokio::test]
async fn s5_what_does_not_read_at_an_inbox_says_why() {
    let web = Web::open();
    web.handed_in("hazard-zone").await;
    for limit in ["0", "51", "-1", "many"] {
        let path = format!("{INBOX}?limit={limit}");
        let answer = signed(&web, Method::GET, &path, "q-1", "{}").await;
        answer.is_problem(400, "bad-request");
    }
    let path = format!("{INBOX}/msg_1/acknowledge");
    for (body, status, kind) in [
        ("[]", 400, "bad-request"),
        (r#"{"id":"msg_1"}"#, 400, "bad-request"),
        (r#"{"id":"msg_2","lease":"x"}"#, 400, "bad-request"),
        (r#"{"id":"msg_1","lease":"x","reference":[]}"#, 400, "bad-request"),
        (r#"{"id":"msg_1","lease":"x"}"#, 404, "not-found"),
    ] {
        signed(&web, Method::POST, &path, "m-1", body).await.is_problem(status, kind);
    }
    let one = signed(&web, Method::GET, &format!("{INBOX}?limit=1"), "q-2", "{}").await.json();
    assert_eq!((one["deliveries"].as_array().unwrap().len(), &one["more"]), (1, &json!(true)));
}
