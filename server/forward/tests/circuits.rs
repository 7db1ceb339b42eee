//! A department that fails in a row is tried by one delivery at a time, until it answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where its ground is not firm")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::response::IntoResponse;
use common::{DEPARTMENT, Portal, brisk, department, pause, scripted::Scripted, secret};
use forward::{CircuitState, ForwardSettings, Schedule};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use store::{Deliveries, DeliveryFilter, DeliveryState};

/// Fails with 500 until told otherwise.
async fn failing() -> (Scripted, Arc<AtomicBool>) {
    let is_well = Arc::new(AtomicBool::new(false));
    let well = Arc::clone(&is_well);
    let office = Scripted::open(move |seen, _| {
        if !well.load(Ordering::Relaxed) {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        } else if seen.method == Method::GET {
            StatusCode::NOT_FOUND.into_response()
        } else {
            seen.confirmed("R-1")
        }
    });
    (office.await, is_well)
}

/// A delivery by itself would come every few milliseconds; a pause takes 100 to 400.
fn settings() -> ForwardSettings {
    ForwardSettings {
        schedule: Schedule {
            first: SignedDuration::from_millis(200),
            longest: SignedDuration::from_millis(400),
            ..Schedule::default()
        },
        failures_in_a_row: 4,
        ..brisk()
    }
}

async fn open_circuit(portal: &Portal) -> CircuitState {
    for _ in 0..1_000 {
        let state = portal.circuits.state(DEPARTMENT);
        if state.is_open {
            return state;
        }
        pause().await;
    }
    panic!("its circuit never opened")
}

#[tokio::test]
async fn s5_a_department_that_fails_is_tried_by_one_delivery_at_a_time_until_it_answers() {
    let portal = Portal::new();
    let (office, is_well) = failing().await;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        numbers.push(portal.submit(DEPARTMENT).await);
    }
    let running =
        portal.forward(vec![department(DEPARTMENT, office.address, secret())], settings());
    assert!(open_circuit(&portal).await.failures >= 4);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = || {
        let mut seen = [office.seen(&Method::GET), office.seen(&Method::POST)].concat();
        seen.sort_by_key(|seen| seen.at);
        seen
    };
    let before = asked().len();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    while asked().len() < before + 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let since = asked().split_off(before);
    // Two exchanges each at most, a look-up and a post, 100 ms and more apart.
    assert!((2..=30).contains(&since.len()), "{} exchanges for 40 deliveries", since.len());
    for pair in since.windows(2) {
        let [one, next] = pair else { continue };
        let apart = next.at.duration_since(one.at) >= Duration::from_millis(80);
        assert!(apart || one.id() == next.id(), "{} and {} at once", one.id(), next.id());
    }
    assert!(open_circuit(&portal).await.failures > 4);

    is_well.store(true, Ordering::Relaxed);
    for number in &numbers {
        portal.until(number, DeliveryState::Delivered).await;
    }
    assert_eq!(portal.circuits.state(DEPARTMENT), CircuitState::default());
    running.stop().await;
}

#[tokio::test]
async fn s5_a_department_that_is_down_holds_up_no_other_and_its_circuit_is_its_own() {
    let portal = Portal::new();
    let (down, _) = failing().await;
    let well = Scripted::open(|seen, _| seen.confirmed("R-1")).await;
    for _ in 0..8 {
        portal.submit(DEPARTMENT).await;
    }
    let departments = vec![
        department(DEPARTMENT, down.address, secret()),
        department("planning", well.address, secret()),
    ];
    let running = portal.forward(departments, settings());
    open_circuit(&portal).await;
    let number = portal.submit("planning").await;
    portal.until(&number, DeliveryState::Delivered).await;
    assert_eq!(portal.circuits.state("planning"), CircuitState::default());
    running.stop().await;
}

#[tokio::test]
async fn s5_what_waits_behind_an_open_circuit_is_left_to_a_person_when_its_time_is_up() {
    let portal = Portal::new();
    let (office, _) = failing().await;
    let mut numbers = Vec::new();
    for _ in 0..12 {
        numbers.push(portal.submit(DEPARTMENT).await);
    }
    let schedule = Schedule {
        give_up_after: SignedDuration::from_millis(500),
        least_attempts: 6,
        ..settings().schedule
    };
    let (grace, remind) = (Duration::from_millis(200), Duration::from_millis(50));
    let settings = ForwardSettings { schedule, grace, remind, ..settings() };
    let running = portal.forward(vec![department(DEPARTMENT, office.address, secret())], settings);
    for number in &numbers {
        portal.until(number, DeliveryState::Stuck).await;
    }
    running.stop().await;
    let found = portal.store.deliveries(&DeliveryFilter::default()).await.unwrap().rows;
    let reasons: Vec<_> = found.iter().map(|each| each.reason.clone().unwrap()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("times in a row")), "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.contains("out of time")), "{reasons:?}");
    assert!(found.iter().all(store::DeliveryRecord::journal_is_whole));
}
