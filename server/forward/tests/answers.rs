//! What each kind of answer leads to, and what goes over the wire.

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
use jiff::SignedDuration;
use store::{DeliveryState, Outbox};

fn confirmed() -> Response {
    r#"{"reference":"R-1"}"#.into_response()
}

fn forward(portal: &Portal, to: &Scripted) -> common::Running {
    portal.forward(vec![department(DEPARTMENT, to.address, secret())], brisk())
}

#[tokio::test]
async fn every_attempt_carries_the_same_bytes_and_key_under_a_fresh_signature() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, before| match (seen.method.as_str(), before) {
        ("GET", _) => StatusCode::NOT_FOUND.into_response(),
        (_, 0..3) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => confirmed(),
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
        assert_eq!(secret().verify(&get.headers, now, b"").unwrap(), id);
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
            _ => confirmed(),
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
        _ => confirmed(),
    })
    .await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!(office.seen(&Method::POST).len(), 2);
}

#[tokio::test]
async fn no_answer_in_time_leaves_it_in_doubt_and_a_sick_look_up_sends_nothing() {
    let portal = Portal::new();
    let office = Scripted::slow(TIMEOUT * 2, |_, _| confirmed()).await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Ambiguous).await;
    portal.until_attempts(&number, 3).await;
    running.stop().await;
    assert_eq!(office.seen(&Method::POST).len(), 1);
}

#[tokio::test]
async fn an_attempt_cut_off_by_a_crash_is_looked_up_first() {
    let portal = Portal::new();
    let office = Scripted::open(|_, _| confirmed()).await;
    let number = portal.submit(DEPARTMENT).await;
    let lease = SignedDuration::from_millis(150);
    let taken = portal.store.lease("crashed", SystemClock.now(), lease, 1).await.unwrap();
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
    let office = Scripted::open(|_, before| match before {
        0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        _ => confirmed(),
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
    let elsewhere = Scripted::open(|_, _| confirmed()).await;
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
async fn a_confirmation_needs_no_reference_and_is_not_read_without_end() {
    for body in [String::new(), "ok".into(), format!("[{}1]", "1,".repeat(100_000))] {
        let portal = Portal::new();
        let office = Scripted::open(move |_, _| body.clone().into_response()).await;
        let running = forward(&portal, &office);
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
        running.stop().await;
        let request = store::Requests::request(&*portal.store, &number).await.unwrap().unwrap();
        assert_eq!(request.state(), domain::request::RequestState::Sent);
    }
}

#[tokio::test]
async fn shutting_down_waits_for_the_answer() {
    let portal = Portal::new();
    let office = Scripted::slow(TIMEOUT / 2, |_, _| confirmed()).await;
    let running = forward(&portal, &office);
    let number = portal.submit(DEPARTMENT).await;
    while office.seen(&Method::POST).is_empty() {
        pause().await;
    }
    running.stop().await;
    assert_eq!(portal.status(&number).await.state, DeliveryState::Delivered);
}
