//! What each kind of answer leads to, and what goes over the wire.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

mod common;

use std::time::Duration;

use axum::{
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use common::{
    DEPARTMENT, Portal, SystemClock, TIMEOUT, brisk, department, pause, scripted::Scripted, secret,
};
use domain::{Clock, request::DeliveryPayload};
use forward::Department;
use jiff::SignedDuration;
use store::{DeliveryState, Outbox, Whose};

fn forward(portal: &Portal, to: &Scripted) -> common::Running {
    portal.forward(vec![department(DEPARTMENT, to.address, secret())], brisk())
}

#[tokio::test]
async fn every_attempt_carries_the_same_bytes_and_key_under_a_fresh_signature() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match (seen.method.as_str(), before) {
        ("GET", _) => StatusCode::NOT_FOUND.into_response(),
        (_, 0..3) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => seen.confirmed("R-1"),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;

    let posts = office.seen(&Method::POST);
    assert_eq!(posts.len(), 4);
    let now = SystemClock.now();
    for post in &posts {
        assert_eq!(post.body, posts[0].body);
        assert_eq!(post.headers["content-type"], "application/json");
        assert_eq!(post.headers["idempotency-key"], post.headers["webhook-id"]);
        assert_eq!(post.headers["idempotency-key"], posts[0].headers["idempotency-key"]);
        secret().verify(&post.headers, now, &post.body).unwrap();
    }
    let payload: DeliveryPayload = serde_json::from_slice(&posts[0].body).unwrap();
    assert_eq!(payload.request, number);
    // Each repetition was looked up first, at the address of the delivery.
    let gets = office.seen(&Method::GET);
    assert_eq!(gets.len(), 3);
    let id = posts[0].headers["webhook-id"].to_str().unwrap();
    for get in &gets {
        assert_eq!(get.path, format!("/deliveries/{id}"));
        assert_eq!(secret().verify(&get.headers, now, &get.body).unwrap(), id);
        assert_eq!(get.body, forward::LOOK_UP_BODY);
    }
}

#[tokio::test]
async fn a_refusal_needs_a_person() {
    for status in [400, 409, 410, 422] {
        let portal = Portal::new();
        let status = StatusCode::from_u16(status).unwrap();
        let office = Scripted::open(move |_, _| status.into_response()).await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        let stuck = portal.until(&number, DeliveryState::Stuck).await;
        assert_eq!((stuck.attempts, stuck.next_attempt_at), (1, None), "{status}");
        running.stop().await;
        assert_eq!(office.seen(&Method::POST).len(), 1);
    }
}

#[tokio::test]
async fn a_department_without_look_up_is_sent_it_again_under_the_same_key() {
    for status in [401, 403, 404, 405, 501] {
        let portal = Portal::new();
        let status = StatusCode::from_u16(status).unwrap();
        let office = Scripted::open(move |seen, before| match (seen.method.as_str(), before) {
            ("GET", _) => status.into_response(),
            (_, 0) => StatusCode::BAD_GATEWAY.into_response(),
            _ => seen.confirmed("R-1"),
        })
        .await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
        running.stop().await;
        assert_eq!(office.seen(&Method::POST).len(), 2, "{status}");
        assert_eq!(portal.reference(&number).await, "R-1");
    }
}

#[tokio::test]
async fn a_page_where_the_look_up_should_be_proves_nothing() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match (seen.method.as_str(), before) {
        ("GET", _) => "<!doctype html><title>OA</title>".into_response(),
        (_, 0) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        _ => seen.confirmed("R-1"),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!(office.seen(&Method::POST).len(), 2);
}

#[tokio::test]
async fn s5_a_look_up_that_fails_holds_back_the_delivery_once_and_not_for_ever() {
    // What a stock library does that throws at a look-up, and what one does that hangs.
    for status in [500, 503, 429, 408] {
        let portal = Portal::new();
        let status = StatusCode::from_u16(status).unwrap();
        let office = Scripted::open(move |seen, before| match (seen.method.as_str(), before) {
            ("GET", _) => status.into_response(),
            (_, 0) => StatusCode::BAD_GATEWAY.into_response(),
            _ => seen.confirmed("R-1"),
        })
        .await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
        running.stop().await;
        let (gets, posts) = (office.seen(&Method::GET), office.seen(&Method::POST));
        assert_eq!((gets.len(), posts.len()), (2, 2), "{status}");
        assert_eq!(posts[0].id(), posts[1].id(), "the same key");
    }
}

#[tokio::test]
async fn s5_no_answer_in_time_leaves_it_in_doubt_and_a_look_up_goes_first() {
    let portal = Portal::new();
    let office = Scripted::slow(TIMEOUT * 2, |seen, _| seen.confirmed("R-1")).await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Ambiguous).await;
    portal.until_attempts(&number, 3).await;
    running.stop().await;
    // Posted, asked twice, and only then posted again.
    let (gets, posts) = (office.seen(&Method::GET), office.seen(&Method::POST));
    assert!(posts[0].at < gets[0].at && gets[1].at < posts[1].at);
}

#[tokio::test]
async fn s5_a_2xx_that_is_not_the_departments_own_is_asked_about_and_never_final() {
    let page = || ([("content-type", "text/html")], "<title>统一身份认证</title>").into_response();
    let other = || r#"{"code":401,"msg":"not signed in","id":"msg_other"}"#.into_response();
    let numbered = || r#"{"reference":"A-1"}"#.into_response();
    let cut = || {
        let length = [("content-length", "1000"), ("content-type", "application/json")];
        let half = futures_half();
        (length, axum::body::Body::from_stream(half)).into_response()
    };
    let answers: [fn() -> Response; 5] =
        [page, other, numbered, || StatusCode::NO_CONTENT.into_response(), cut];
    for (at, not_its_own) in answers.into_iter().enumerate() {
        let portal = Portal::new();
        // It was kept behind the third of them.
        let office = Scripted::open(move |seen, before| match (seen.method.as_str(), before) {
            ("GET", 0) => not_its_own(),
            ("GET", _) => StatusCode::NOT_FOUND.into_response(),
            (_, 0..2) => not_its_own(),
            _ => seen.confirmed("R-1"),
        })
        .await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
        running.stop().await;
        assert_eq!(office.seen(&Method::POST).len(), 3, "answer {at}");
        assert_eq!(portal.reference(&number).await, "R-1", "answer {at}");
    }
}

/// The first half of a confirmation, and then the end of the connection.
fn futures_half() -> impl futures_core::Stream<Item = std::io::Result<&'static str>> {
    Half(0)
}

struct Half(u8);

impl futures_core::Stream for Half {
    type Item = std::io::Result<&'static str>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0 += 1;
        std::task::Poll::Ready(Some(match self.0 {
            1 => Ok(r#"{"reference":"A"#),
            _ => Err(std::io::ErrorKind::ConnectionReset.into()),
        }))
    }
}

#[tokio::test]
async fn s5_what_a_look_up_says_ends_the_doubt() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, _| match seen.method.as_str() {
        "GET" => seen.confirmed("R-7"),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!(office.seen(&Method::POST).len(), 1);
    assert_eq!(portal.reference(&number).await, "R-7");
}

#[tokio::test]
async fn s5_a_department_that_cannot_name_a_delivery_is_taken_at_its_word_by_configuration() {
    use forward::Confirmation::{Reference, Status};
    for (confirmation, answer) in [(Reference, r#"{"reference":"R-1"}"#), (Status, "")] {
        let portal = Portal::new();
        let office = Scripted::open(move |_, _| answer.into_response()).await;
        let to = department(DEPARTMENT, office.address, secret());
        let running = portal.forward(vec![Department { confirmation, ..to }], brisk());
        let number = portal.submit(DEPARTMENT).await;
        assert_eq!(portal.until(&number, DeliveryState::Delivered).await.attempts, 1);
        running.stop().await;
    }
}

#[tokio::test]
async fn s5_a_refusal_is_tried_again_where_the_operator_says_so() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match before {
        0..2 => StatusCode::CONFLICT.into_response(),
        2 => StatusCode::BAD_REQUEST.into_response(),
        _ => seen.confirmed("R-1"),
    })
    .await;
    let to = department(DEPARTMENT, office.address, secret());
    let retry_refusals = [400, 409].into();
    let running = portal.forward(vec![Department { retry_refusals, ..to }], brisk());
    let number = portal.submit(DEPARTMENT).await;
    assert_eq!(portal.until(&number, DeliveryState::Delivered).await.attempts, 4);
    running.stop().await;
}

#[tokio::test]
async fn s5_a_person_has_it_sent_again_beside_a_running_portal() {
    use store::{Deliveries, Intervened, Intervener, Intervention};
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match (seen.method.as_str(), before) {
        ("GET", _) => StatusCode::NOT_FOUND.into_response(),
        (_, 0) => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        _ => seen.confirmed("R-1"),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Stuck).await;
    let id = store::DeliveryId(office.seen(&Method::POST)[0].id().to_owned());
    let by = Intervener { name: "王".into(), at: SystemClock.now(), reason: None };
    let retry = Intervention::Retry { again: false };
    assert_eq!(portal.store.intervene(&id, &retry, &by).await.unwrap(), Intervened::Done);
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!((office.seen(&Method::GET).len(), office.seen(&Method::POST).len()), (1, 2));
}

#[tokio::test]
async fn s5_an_answer_that_is_compressed_though_nobody_asked_is_read() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, _| {
        let answer = format!(r#"{{"id":"{}","reference":"R-1"}}"#, seen.id());
        ([("content-encoding", "gzip")], gzip(answer.as_bytes())).into_response()
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!(portal.reference(&number).await, "R-1");
    let posts = office.seen(&Method::POST);
    assert_eq!(
        (posts.len(), &posts[0].headers["accept-encoding"]),
        (1, &"identity".parse().unwrap())
    );
}

/// Gzip with one stored block.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(bytes);
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

#[tokio::test]
async fn an_attempt_cut_off_by_a_crash_is_looked_up_first() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, _| seen.confirmed("R-1")).await;
    let number = portal.submit(DEPARTMENT).await;
    let lease = SignedDuration::from_millis(150);
    let (now, office_only) = (SystemClock.now(), Whose::Of(DEPARTMENT));
    let taken = portal.store.lease("crashed", now, lease, 1, office_only).await.unwrap();
    let id = &taken[0].id;
    assert!(portal.store.begin_attempt(id, "crashed", SystemClock.now()).await.unwrap());

    let running = forward(&portal, &office);
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!((office.seen(&Method::GET).len(), office.seen(&Method::POST).len()), (1, 0));
}

#[tokio::test]
async fn a_department_that_asks_for_time_gets_it() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match before {
        0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        _ => seen.confirmed("R-1"),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    assert_eq!(portal.until_attempts(&number, 1).await.state, DeliveryState::Pending);
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    let posts = office.seen(&Method::POST);
    assert!(posts[1].at - posts[0].at >= Duration::from_millis(990));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let portal = Portal::new();
    let elsewhere = Scripted::open(|seen, _| seen.confirmed("R-1")).await;
    let target = format!("http://{}/deliveries", elsewhere.address);
    let office = Scripted::open(move |_, _| {
        (StatusCode::TEMPORARY_REDIRECT, [("location", target.clone())]).into_response()
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    assert_eq!(portal.until_attempts(&number, 2).await.state, DeliveryState::Pending);
    running.stop().await;
    assert!(elsewhere.seen(&Method::POST).is_empty());
}

#[tokio::test]
async fn s5_a_confirmation_needs_no_reference_and_a_lost_one_is_told() {
    let long = "9".repeat(250);
    for (rest, told) in [
        (String::new(), None),
        (r#","reference":null"#.into(), None),
        (format!(r#","reference":"{long}""#), Some("250 characters")),
    ] {
        let portal = Portal::new();
        let office = Scripted::open(move |seen, _| {
            format!(r#"{{"id":"{}"{rest}}}"#, seen.id()).into_response()
        })
        .await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
        running.stop().await;
        let request = store::Requests::request(&*portal.store, &number).await.unwrap().unwrap();
        assert_eq!(request.state(), domain::request::RequestState::Sent);
        let all = store::Deliveries::deliveries(&*portal.store, &Default::default()).await;
        let all = all.unwrap().rows;
        assert_eq!(all[0].reason.is_some(), told.is_some(), "{:?}", all[0]);
        let remark = all[0].events.last().unwrap().note.clone().unwrap_or_default();
        assert!(remark.contains(told.unwrap_or_default()), "{remark}");
    }
}

#[tokio::test]
async fn shutting_down_waits_for_the_answer() {
    let portal = Portal::new();
    let office = Scripted::slow(TIMEOUT / 2, |seen, _| seen.confirmed("R-1")).await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    while office.seen(&Method::POST).is_empty() {
        pause().await;
    }
    running.stop().await;
    assert_eq!(portal.status(&number).await.state, DeliveryState::Delivered);
}
