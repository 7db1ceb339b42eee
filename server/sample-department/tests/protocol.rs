//! The sample department, as any portal meets it.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

use std::sync::Arc;

use domain::Clock;
use jiff::SignedDuration;
use reqwest::{Client, Response, StatusCode, header::HeaderMap};
use sample_department::{DepartmentError, DepartmentSettings, serve};
use serde_json::Value;
use testkit::{Office, SystemClock, anywhere, secret};

const BODY: &[u8] = br#"{"request":"JM-20261122-7K3MQ2VX","answers":{"what":"<b>x</b>"}}"#;

fn headers(id: &str, body: &[u8], ago: i64) -> HeaderMap {
    let at = SystemClock.now().checked_sub(SignedDuration::from_secs(ago)).unwrap();
    let mut headers = secret().sign(id, at, body).unwrap();
    headers.insert("idempotency-key", id.parse().unwrap());
    headers
}

async fn post(office: &Office, headers: HeaderMap, body: &'static [u8]) -> Response {
    let request = Client::new().post(office.url("/deliveries"));
    request.headers(headers).body(body).send().await.unwrap()
}

async fn deliver(office: &Office, id: &str, body: &'static [u8]) -> Response {
    post(office, headers(id, body, 0), body).await
}

async fn reference(response: Response) -> String {
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert!(body["id"].as_str().unwrap().starts_with("msg_"), "it names the delivery");
    body["reference"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn references_count_up_and_stay_with_their_key() {
    let office = Office::open().await;
    let first = reference(deliver(&office, "msg_1", BODY).await).await;
    let second = reference(deliver(&office, "msg_2", BODY).await).await;
    assert!(first.starts_with("SD-") && first.ends_with("-000001"), "{first}");
    assert!(second.ends_with("-000002"), "{second}");
    assert_eq!(reference(deliver(&office, "msg_1", BODY).await).await, first);

    let inbox = office.inbox().await;
    let times: Vec<_> = inbox.iter().map(|each| (&each["id"], &each["times_received"])).collect();
    assert_eq!(times, [(&"msg_2".into(), &1.into()), (&"msg_1".into(), &2.into())]);
    assert_eq!(inbox[0]["body"], serde_json::from_slice::<Value>(BODY).unwrap());
}

#[tokio::test]
async fn other_bytes_under_a_known_key_are_a_conflict() {
    let office = Office::open().await;
    deliver(&office, "msg_1", BODY).await;
    assert_eq!(deliver(&office, "msg_1", b"{}").await.status(), StatusCode::CONFLICT);
    assert_eq!(office.inbox().await[0]["times_received"], 1);
}

#[tokio::test]
async fn what_is_not_signed_well_is_turned_away() {
    let office = Office::open().await;
    let mut tampered = headers("msg_1", b"{}", 0);
    let mut bare = headers("msg_1", BODY, 0);
    bare.remove("webhook-signature");
    for headers in
        [tampered.clone(), bare, headers("msg_1", BODY, 302), headers("msg_1", BODY, -302)]
    {
        let response = post(&office, headers, BODY).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], 401);
    }
    tampered = headers("msg_1", BODY, 0);
    tampered.insert("idempotency-key", "msg_2".parse().unwrap());
    assert_eq!(post(&office, tampered, BODY).await.status(), StatusCode::BAD_REQUEST);
    let text = deliver(&office, "msg_1", b"no JSON").await;
    assert_eq!(text.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(office.inbox().await.is_empty());
}

#[tokio::test]
async fn a_look_up_is_signed_for_the_delivery_it_asks_for() {
    let office = Office::open().await;
    let own = reference(deliver(&office, "msg_1", BODY).await).await;
    let look_up = async |id: &str, headers: HeaderMap| {
        let request = Client::new().get(office.url(&format!("/deliveries/{id}")));
        request.headers(headers).send().await.unwrap()
    };
    assert_eq!(reference(look_up("msg_1", headers("msg_1", b"", 0)).await).await, own);
    let signed = secret().sign_look_up("msg_1", SystemClock.now()).unwrap();
    assert_eq!(reference(look_up("msg_1", signed).await).await, own);
    let unknown = look_up("msg_2", headers("msg_2", b"", 0)).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    for headers in [HeaderMap::new(), headers("msg_2", b"", 0), headers("msg_1", BODY, 0)] {
        assert_eq!(look_up("msg_1", headers).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_was_confirmed_is_still_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::keeping(folder.path().join("department")).await;
    let own = reference(deliver(&office, "msg_1", BODY).await).await;
    office.close().await;

    let office = Office::keeping(folder.path().join("department")).await;
    assert_eq!(reference(deliver(&office, "msg_1", BODY).await).await, own);
    assert!(reference(deliver(&office, "msg_2", BODY).await).await.ends_with("-000002"));
    assert_eq!(office.inbox().await.len(), 2);
}

#[tokio::test]
async fn a_fail_rate_is_a_share() {
    for fail_rate in [-0.1, 1.1, f64::NAN] {
        let settings = DepartmentSettings::new(anywhere(), secret());
        let settings = DepartmentSettings { fail_rate, ..settings };
        let served = serve(settings, Arc::new(SystemClock), |_| {}, async {}).await;
        assert!(matches!(served, Err(DepartmentError::FailRate(_))), "{fail_rate}");
    }
}
