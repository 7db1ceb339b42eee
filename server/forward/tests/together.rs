//! Several workers, and several departments.

mod common;

use std::{collections::HashSet, time::Duration};

use axum::{http::Method, response::IntoResponse};
use common::{DEPARTMENT, Portal, brisk, department, scripted::Scripted, secret};
use forward::{ForwardSettings, Schedule};
use jiff::SignedDuration;
use store::DeliveryState;
use testkit::Office;

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_on_one_outbox_never_hold_the_same_delivery() {
    let portal = Portal::new();
    let office = Scripted::slow(Duration::from_millis(20), |seen, _| seen.confirmed("R")).await;
    let to = || vec![department(DEPARTMENT, office.address, secret())];
    let mut numbers = Vec::new();
    for _ in 0..60 {
        numbers.push(portal.submit(DEPARTMENT).await);
    }
    let one = portal.forward_as("worker-1", to(), brisk());
    let two = portal.forward_as("worker-2", to(), brisk());
    for number in &numbers {
        assert_eq!(portal.until(number, DeliveryState::Delivered).await.attempts, 1);
    }
    one.stop().await;
    two.stop().await;

    let posts = office.seen(&Method::POST);
    let ids: HashSet<_> = posts.iter().map(|seen| seen.headers["webhook-id"].clone()).collect();
    assert_eq!((posts.len(), ids.len()), (60, 60));
}

#[tokio::test]
async fn a_department_that_hangs_does_not_hold_up_the_others() {
    let (portal, healthy) = (Portal::new(), Office::open().await);
    let hanging = Scripted::slow(Duration::from_secs(60), |_, _| ().into_response()).await;
    let slow = forward::Department {
        timeout: Duration::from_millis(2_400),
        ..department("hanging", hanging.address, secret())
    };
    for _ in 0..30 {
        portal.submit("hanging").await;
    }
    let number = portal.submit(DEPARTMENT).await;
    let settings = ForwardSettings {
        batch: 4,
        in_flight: 4,
        per_department: 2,
        busy_wait: SignedDuration::from_millis(100),
        schedule: Schedule::default(),
        ..brisk()
    };
    let running = portal
        .forward(vec![slow, department(DEPARTMENT, healthy.address, secret())], settings.clone());
    portal.until(&number, DeliveryState::Delivered).await;
    // Not one of the hanging ones has timed out yet.
    assert_eq!(hanging.seen(&Method::POST).len(), settings.per_department);
    running.stop().await;
}
