use axum::http::Method;
use serde_json::{Value, json};

use super::{
    harness::{Web, answers},
    land::{CLASSIFIED, FAR, FORMER, HERE},
};

const PATH: &str = "/api/v1/requests";
const KEY: [(&str, &str); 1] = [("idempotency-key", "0123456789abcdef")];
/// Is asked for at codes in force only.
const PLANNING: &str = "planning-conformity";

fn request(item: &str, code: &str) -> Value {
    json!({ "item": item, "code": code, "answers": answers("planning-conformity") })
}

fn bearer(secret: &str) -> String {
    format!("Bearer {secret}")
}

#[tokio::test]
async fn s5_the_same_key_makes_one_request() {
    let web = Web::open();
    let body = request(PLANNING, HERE);
    let first = web.post_json(PATH, &KEY, &body).await;
    assert_eq!((first.status, first.kind()), (201, "application/json"));
    assert_eq!(first.header("cache-control"), "no-store");
    let receipt = first.json();
    assert_eq!(receipt["href"], format!("{PATH}/{}", receipt["number"].as_str().unwrap()));
    assert_eq!(first.header("location"), receipt["href"].as_str().unwrap());
    let again = web.post_json(PATH, &KEY, &body).await;
    assert_eq!((again.status, again.json()), (200, receipt));
    let mut other = body.clone();
    other["answers"]["activity"] = json!("别的");
    web.post_json(PATH, &KEY, &other).await.is_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn every_reason_against_a_request_has_its_problem() {
    let web = Web::set(|settings| settings.limits.body_bytes = 5_000);
    let sound = request(PLANNING, HERE);
    let faulty = json!({ "item": PLANNING, "code": HERE, "answers": { "activity": "" } });
    let mut unknown_field = sound.clone();
    unknown_field["colour"] = json!("red");
    for (body, status, kind) in [
        (json!([]), 400, "bad-request"),
        (unknown_field, 400, "bad-request"),
        (request(PLANNING, "33052100100XGB00001"), 400, "malformed-code"),
        (request("no-such-service", HERE), 404, "not-found"),
        (request(PLANNING, FAR), 404, "not-found"),
        (request(PLANNING, CLASSIFIED), 404, "not-found"),
        (request(PLANNING, FORMER), 409, "code-ended"),
        (faulty, 422, "faults"),
        (json!({ "item": "a".repeat(6_000) }), 413, "too-large"),
    ] {
        let problem = web.post_json(PATH, &KEY, &body).await.is_problem(status, kind);
        match kind {
            "code-ended" => assert_eq!(problem["successors"], json!([HERE])),
            "faults" => assert!(!problem["faults"].as_array().unwrap().is_empty(), "{problem}"),
            "malformed-code" => assert_eq!(problem["position"], 12),
            _ => {}
        }
    }
    for key in ["", "too short", "0123456789 abcdef"] {
        let key = [("idempotency-key", key)];
        web.post_json(PATH, &key, &sound).await.is_problem(400, "bad-request");
    }
    let plain = [KEY[0], ("content-type", "text/plain")];
    let unread = web.ask(Method::POST, PATH, &plain, sound.to_string()).await;
    unread.is_problem(400, "bad-request");
    // Nothing of all that was kept: the key is free still.
    assert_eq!(web.post_json(PATH, &KEY, &sound).await.status, 201);
}

#[tokio::test]
async fn who_hands_in_too_much_is_told_to_wait() {
    let web = Web::set(|settings| {
        settings.limits.submissions_per_minute = 1;
        settings.limits.submission_burst = 1;
    });
    let keys = ["0123456789abcde0", "0123456789abcde1"];
    let [first, second] = keys.map(|key| [("idempotency-key", key)]);
    let body = request(PLANNING, HERE);
    assert_eq!(web.post_json(PATH, &first, &body).await.status, 201);
    let waiting = web.post_json(PATH, &second, &body).await;
    waiting.is_problem(429, "too-many-requests");
    assert!(!waiting.header("retry-after").is_empty());
}

#[tokio::test]
async fn s5_a_request_is_followed_with_its_secret_alone() {
    let web = Web::open();
    let (number, secret) = web.handed_in(PLANNING).await;
    let path = format!("{PATH}/{number}");
    let status = web.get_with(&path, &[("authorization", &bearer(&secret))]).await;
    assert_eq!((status.status, status.kind()), (200, "application/json"));
    assert_eq!(status.header("cache-control"), "no-store");
    let said = status.json();
    assert_eq!((&said["state"], &said["code"]), (&json!("submitted"), &json!(HERE)));
    assert_eq!(said["events"][0]["by"], "applicant");
    // A wrong number, a wrong secret and none are one answer.
    let wrong = bearer("ABCDEFGHJKMN");
    let none = web.get(&path).await;
    none.is_problem(404, "not-found");
    for (path, headers) in [
        (path.as_str(), &[("authorization", wrong.as_str())][..]),
        (path.as_str(), &[("authorization", secret.as_str())][..]),
        ("/api/v1/requests/JM-20261122-22222222", &[("authorization", wrong.as_str())][..]),
        ("/api/v1/requests/nonsense", &[][..]),
    ] {
        assert_eq!(web.get_with(path, headers).await.body, none.body, "{path}");
    }
}
