use axum::http::Method;
use domain::{Clock as _, clock::china_date, working_days::working_days};
use forward::Secret;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::harness::{Answer, Noon, SECRET, Web};

/// A word of a department, signed `off` from the present.
pub(super) async fn say(web: &Web, department: &str, off: i64, id: &str, word: &Value) -> Answer {
    let body = word.to_string();
    let at = Noon.now() + SignedDuration::from_secs(off);
    let signed = Secret::parse(SECRET).unwrap().sign(id, at, body.as_bytes()).unwrap();
    let headers: Vec<_> =
        signed.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let path = format!("/api/v1/departments/{department}/callbacks");
    web.ask(Method::POST, &path, &headers, body).await
}

#[tokio::test]
async fn s5_a_departments_word_is_taken_once_and_goes_forward_only() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let word = |state: &str| json!({ "request": number, "state": state, "reference": 77 });
    for changed in [true, false] {
        let taken = say(&web, "registration", 0, "m-1", &word("in_progress")).await;
        assert_eq!((taken.status, taken.json()), (200, json!({ "changed": changed })));
    }
    let back = say(&web, "registration", 0, "m-2", &word("acknowledged")).await;
    back.is_problem(409, "conflict");
    let never = say(&web, "registration", 0, "m-3", &word("withdrawn")).await;
    never.is_problem(409, "conflict");
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let said = web.get_with(&path, &[("authorization", &bearer)]).await.json();
    assert_eq!((&said["state"], &said["reference"]), (&json!("in_progress"), &json!("77")));
    assert_eq!(said["events"].as_array().unwrap().last().unwrap()["by"], "department");
}

#[tokio::test]
async fn s3_the_time_that_the_law_allows_runs_from_the_departments_confirmation_in_working_days() {
    let web = Web::open();
    let (number, secret) = web.handed_in("information-disclosure").await;
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let limit = async || {
        web.get_with(&path, &[("authorization", &bearer)]).await.json()["time_limit"].clone()
    };
    let before = limit().await;
    assert_eq!((&before["working_days"], &before["begun"]), (&json!(20), &Value::Null));
    let word = |state: &str| json!({ "request": number, "state": state });
    say(&web, "planning", 0, "m-1", &word("acknowledged")).await;
    let today = china_date(Noon.now());
    let last = working_days().last_of(today, 20).unwrap();
    let running = limit().await;
    assert_eq!(running["begun"], today.to_string());
    assert_eq!((&running["last"], &running["over"]), (&json!(last.to_string()), &Value::Null));
    let opened = web.post(&format!("/requests/{number}"), &[], &[("secret", &secret)]).await;
    let page = web.get_with(&format!("/requests/{number}"), &[("cookie", &opened.cookies())]).await;
    assert!(
        page.text().contains("最晚到") && page.text().contains("还有20个工作日"),
        "{}",
        page.text()
    );
    say(&web, "planning", 0, "m-2", &word("decided")).await;
    assert_eq!((&limit().await["taken"], &limit().await["last"]), (&json!(0), &Value::Null));
    // Where the law sets no number, none is counted.
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let other = web.get_with(&path, &[("authorization", &bearer)]).await.json();
    assert_eq!(other["time_limit"], Value::Null);
}

#[tokio::test]
async fn s5_only_the_department_of_a_request_moves_it() {
    let web = Web::open();
    let (number, _) = web.handed_in("data-correction").await;
    let word = json!({ "request": number, "state": "decided" });
    say(&web, "planning", 0, "m-1", &word).await.is_problem(404, "not-found");
    let unknown = say(&web, "nobody", 0, "m-1", &word).await.is_problem(401, "unauthorized");
    let path = "/api/v1/departments/registration/callbacks";
    let unsigned = web.post_json(path, &[], &word).await.is_problem(401, "unauthorized");
    assert_eq!(unknown, unsigned, "which departments there are is not told");
    let late = say(&web, "registration", -301, "m-1", &word).await.is_problem(401, "unauthorized");
    assert!(late["detail"].as_str().unwrap().contains("301 s behind"), "{late}");
}

#[tokio::test]
async fn a_word_that_does_not_read_says_why() {
    let web = Web::set(|settings| settings.limits.body_bytes = 2_000);
    let (number, _) = web.handed_in("data-correction").await;
    for (word, status, kind) in [
        (json!([]), 400, "bad-request"),
        (json!({ "request": number, "state": "lost" }), 400, "bad-request"),
        (json!({ "request": number, "state": "sent" }), 400, "bad-request"),
        (
            json!({ "request": number, "state": "decided", "note": "a\u{202E}b" }),
            400,
            "bad-request",
        ),
        (json!({ "request": "nonsense", "state": "decided" }), 404, "not-found"),
        (json!({ "request": "JM-20261122-22222222", "state": "decided" }), 404, "not-found"),
        (
            json!({ "request": number, "state": "decided", "note": "a".repeat(3_000) }),
            413,
            "too-large",
        ),
    ] {
        say(&web, "registration", 0, "m-1", &word).await.is_problem(status, kind);
    }
}

#[tokio::test]
async fn a_department_that_says_too_much_is_told_to_wait_and_so_is_a_forger() {
    let web = Web::set(|settings| {
        settings.limits.callbacks_per_second = 1;
        settings.limits.callback_burst = 1;
    });
    let (number, _) = web.handed_in("data-correction").await;
    let word = json!({ "request": number, "state": "acknowledged" });
    assert_eq!(say(&web, "registration", 0, "m-1", &word).await.status, 200);
    let waiting = say(&web, "registration", 0, "m-2", &word).await;
    waiting.is_problem(429, "too-many-requests");
    assert!(!waiting.header("retry-after").is_empty());
    let path = "/api/v1/departments/registration/callbacks";
    let mut last = web.post_json(path, &[], &word).await;
    for _ in 0..1_000 {
        if last.status == 429 {
            break;
        }
        last = web.post_json(path, &[], &word).await;
    }
    last.is_problem(429, "too-many-requests");
}
