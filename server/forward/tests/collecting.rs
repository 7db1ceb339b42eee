//! Departments that collect: nothing is posted to them, and what they leave lying is left to a person.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where its ground is not firm")]

mod common;

use std::time::Duration;

use common::{DEPARTMENT, Portal, brisk, department, pause, scripted::Scripted, secret};
use domain::{Clock, Localized, request::MessageKind};
use forward::{Department, ForwardSettings, Schedule};
use jiff::SignedDuration;
use reqwest::Method;
use store::{Deliveries, DeliveryFilter, DeliveryState, Outbox, Whose};
use testkit::SystemClock;

const COLLECTING: &str = "fire-brigade";

fn collecting() -> Department {
    Department::collecting(COLLECTING.into(), Localized::same(COLLECTING), secret())
}

/// Patience is over at once; what it takes to be sure of it is `grace`.
fn impatient(grace: Duration) -> ForwardSettings {
    ForwardSettings {
        schedule: Schedule { give_up_after: SignedDuration::ZERO, ..brisk().schedule },
        grace,
        remind: Duration::from_millis(20),
        ..brisk()
    }
}

#[tokio::test]
async fn s5_what_a_department_collects_is_posted_to_nobody() {
    let portal = Portal::new();
    let office = Scripted::open(|seen, _| seen.confirmed("R-1")).await;
    let left = portal.submit(COLLECTING).await;
    let posted = portal.submit(DEPARTMENT).await;
    let departments = vec![department(DEPARTMENT, office.address, secret()), collecting()];
    let running = portal.forward(departments, brisk());
    portal.until(&posted, DeliveryState::Delivered).await;
    for _ in 0..10 {
        pause().await;
    }
    let status = portal.status(&left).await;
    assert_eq!((status.state, status.attempts), (DeliveryState::Pending, 0));
    assert_eq!(office.seen(&Method::POST).len(), 1);
    // It waits for whoever collects, and for nobody else.
    let whose = Whose::Of(COLLECTING);
    let lease = SignedDuration::from_mins(1);
    let now = SystemClock.now();
    let taken = portal.store.lease("inbox-1", now, lease, 10, whose).await.unwrap();
    assert_eq!(taken.iter().map(|each| each.kind).collect::<Vec<_>>(), [MessageKind::Submitted]);
    running.stop().await;
}

#[tokio::test]
async fn s5_what_is_never_collected_is_left_to_a_person_after_its_patience() {
    let portal = Portal::new();
    let number = portal.submit(COLLECTING).await;
    let running = portal.forward(vec![collecting()], impatient(Duration::from_millis(100)));
    portal.until(&number, DeliveryState::Stuck).await;
    running.stop().await;
    let filter = DeliveryFilter { number: Some(number), ..Default::default() };
    let found = portal.store.deliveries(&filter).await.unwrap().rows;
    let reason = found[0].reason.clone().unwrap();
    assert!(reason.contains("did not collect") && reason.contains("does not have it"), "{reason}");
    assert!(found[0].journal_is_whole());
}

#[tokio::test]
async fn s5_a_portal_that_was_away_lets_departments_come_first() {
    let portal = Portal::new();
    let number = portal.submit(COLLECTING).await;
    let running = portal.forward(vec![collecting()], impatient(Duration::from_secs(3_600)));
    for _ in 0..20 {
        pause().await;
    }
    assert_eq!(portal.status(&number).await.state, DeliveryState::Pending);
    running.stop().await;
}
