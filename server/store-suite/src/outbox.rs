//! Carrying requests to departments.

use std::collections::{BTreeSet, HashSet};

use domain::request::{Actor, DeliveryPayload, RequestState};
use jiff::SignedDuration;
use store::{
    Delivery, DeliveryId, DeliveryOutcome, DeliveryState, DeliveryStatus, Imports, NewRequest,
    Outbox, Store, Whose,
};

use super::{Storage, samples::*};

pub const MINUTE: SignedDuration = SignedDuration::from_secs(60);

static NOBODY: BTreeSet<String> = BTreeSet::new();

/// Those of every department.
pub const ALL: Whose<'static> = Whose::AllBut(&NOBODY);

pub async fn lease<S: Outbox>(store: &S, owner: &str, second: i64) -> Vec<Delivery> {
    store.lease(owner, at(second), MINUTE, 10, ALL).await.unwrap()
}

pub async fn take<S: Outbox>(store: &S, owner: &str, second: i64) -> DeliveryId {
    let [delivery] = lease(store, owner, second).await.try_into().unwrap();
    assert!(store.begin_attempt(&delivery.id, owner, at(second)).await.unwrap());
    delivery.id
}

pub async fn status<S: Outbox>(store: &S, id: u32) -> DeliveryStatus {
    let [status] = store.deliveries_of(&number(id)).await.unwrap().try_into().unwrap();
    status
}

pub fn delivered(reference: Option<&str>) -> DeliveryOutcome {
    DeliveryOutcome::Delivered { reference: reference.map(str::to_owned), remark: None }
}

pub async fn a_delivery_is_in_one_pair_of_hands<S: Store + Imports>(place: &Storage<S>) {
    let (store, other) = (place.open(), place.open());
    assert_eq!(store.next_due(ALL).await.unwrap(), None);
    submit(&store, 1).await;
    submit(&store, 2).await;
    assert_eq!(store.next_due(ALL).await.unwrap(), Some(at(1)));
    assert_eq!(lease(&store, "a", 0).await, [], "not due yet");
    let first = store.lease("a", at(10), MINUTE, 1, ALL).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].number, number(1), "the oldest first");
    assert_eq!(first[0].leased_until, at(70));
    assert_eq!((first[0].attempts, first[0].submitted_at), (0, at(1)));
    let second = lease(&other, "b", 10).await;
    assert_eq!(second.iter().map(|d| d.number.clone()).collect::<Vec<_>>(), [number(2)]);
    assert_eq!(lease(&store, "a", 69).await, []);
    assert_eq!(store.next_due(ALL).await.unwrap(), Some(at(70)));
    // Both leases run out; nothing had been sent, so nothing is ambiguous.
    assert_eq!(lease(&other, "b", 70).await.len(), 2);
    assert_eq!(status(&store, 1).await.state, DeliveryState::Pending);
    assert_eq!(status(&store, 1).await.attempts, 0);
}

pub async fn the_body_is_frozen_at_submission<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let first = lease(&store, "a", 10).await;
    let payload: DeliveryPayload = serde_json::from_slice(&first[0].body).unwrap();
    assert_eq!(payload.request, number(1));
    assert_eq!(payload.submission, request(1).submission);
    assert_eq!(payload.submitted_at, at(1));
    assert_eq!(first[0].body, serde_json::to_vec(&payload).unwrap());
    assert!(first[0].id.0.starts_with("msg_"));
    let again = lease(&store, "b", 100).await;
    assert_eq!((&again[0].id, &again[0].body), (&first[0].id, &first[0].body));
}

pub async fn an_attempt_cut_off_is_ambiguous<S: Store + Imports>(place: &Storage<S>) {
    submit(&place.open(), 1).await;
    let id = take(&place.open(), "a", 10).await;
    // The process is gone; another one comes.
    let store = place.open();
    assert_eq!(lease(&store, "b", 30).await, []);
    let again = lease(&store, "b", 70).await;
    assert_eq!((&again[0].id, again[0].attempts), (&id, 1));
    assert_eq!(status(&store, 1).await.state, DeliveryState::Ambiguous);
    // That this attempt did not arrive says nothing of the first one.
    assert!(store.begin_attempt(&id, "b", at(71)).await.unwrap());
    let stalled = DeliveryOutcome::Stalled { reason: "refused".into(), retry_at: at(100) };
    assert!(store.record_outcome(&id, "b", at(72), &stalled).await.unwrap());
    let now = status(&store, 1).await;
    assert_eq!((now.state, now.attempts), (DeliveryState::Ambiguous, 2));
    assert_eq!(now.next_attempt_at, Some(at(100)));
}

pub async fn a_late_owner_changes_nothing<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    assert!(!store.record_outcome(&id, "b", at(20), &delivered(None)).await.unwrap());
    assert!(!store.begin_attempt(&id, "b", at(20)).await.unwrap());
    // The lease has run out, though nobody has taken it.
    assert!(!store.record_outcome(&id, "a", at(70), &delivered(None)).await.unwrap());
    assert!(!store.begin_attempt(&id, "a", at(70)).await.unwrap());
    assert_eq!(lease(&store, "b", 75).await.len(), 1);
    assert!(!store.record_outcome(&id, "a", at(76), &delivered(None)).await.unwrap());
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!(kept.events.len(), 1);
    assert!(store.record_outcome(&id, "b", at(77), &delivered(None)).await.unwrap());
    assert!(!store.record_outcome(&id, "b", at(78), &delivered(None)).await.unwrap());
    let unknown = DeliveryId("msg_none".into());
    assert!(!store.record_outcome(&unknown, "b", at(78), &delivered(None)).await.unwrap());
}

pub async fn what_is_delivered_or_stuck_is_never_taken_again<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    assert!(store.record_outcome(&id, "a", at(11), &delivered(Some("A-1"))).await.unwrap());
    submit(&store, 2).await;
    let id = take(&store, "a", 12).await;
    let stuck = DeliveryOutcome::Stuck { reason: "410 Gone".into() };
    assert!(store.record_outcome(&id, "a", at(13), &stuck).await.unwrap());
    assert_eq!(lease(&store, "b", 1_000_000).await, []);
    assert_eq!(store.next_due(ALL).await.unwrap(), None);
    let mut counts = store.delivery_counts().await.unwrap();
    counts.retain(|(_, count)| *count > 0);
    assert_eq!(counts, [(DeliveryState::Delivered, 1), (DeliveryState::Stuck, 1)]);
    assert_eq!(status(&store, 2).await.next_attempt_at, None);
    // The applicant's request has not moved.
    let kept = store.request(&number(2)).await.unwrap().unwrap();
    assert_eq!(kept.state(), RequestState::Submitted);
}

pub async fn a_stalled_delivery_comes_back_when_due<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    let stalled = DeliveryOutcome::Stalled { reason: "no route".into(), retry_at: at(500) };
    assert!(store.record_outcome(&id, "a", at(11), &stalled).await.unwrap());
    assert_eq!(status(&store, 1).await.state, DeliveryState::Pending);
    assert_eq!(store.next_due(ALL).await.unwrap(), Some(at(500)));
    assert_eq!(lease(&store, "a", 499).await, []);
    let id = take(&store, "a", 500).await;
    let ambiguous = DeliveryOutcome::Ambiguous {
        reason: "reset".into(),
        retry_at: at(900),
        failed_look_ups: 1,
    };
    assert!(store.record_outcome(&id, "a", at(501), &ambiguous).await.unwrap());
    let now = status(&store, 1).await;
    assert_eq!((now.state, now.attempts), (DeliveryState::Ambiguous, 2));
    assert_eq!(now.next_attempt_at, Some(at(900)));
    // One that is under way has not failed, so nobody is told of it.
    take(&store, "a", 900).await;
    assert_eq!(status(&store, 1).await.attempts, 2);
}

pub async fn a_delivery_moves_its_request<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    assert!(store.record_outcome(&id, "a", at(11), &delivered(Some("A-1"))).await.unwrap());
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    let states: Vec<_> = kept.events.iter().map(|event| event.state).collect();
    // The applicant sees each step, also when one answer took two.
    assert_eq!(states, [RequestState::Submitted, RequestState::Sent, RequestState::Acknowledged]);
    let last = kept.events.last().unwrap();
    assert_eq!(last.actor, Actor::Department("natural-resources".into()));
    assert_eq!((last.at, last.reference.as_deref()), (at(11), Some("A-1")));
    assert!(last.follows(Some(&kept.events[1]), &number(1)));

    submit(&store, 2).await;
    let id = take(&store, "a", 20).await;
    assert!(store.record_outcome(&id, "a", at(21), &delivered(None)).await.unwrap());
    let kept = store.request(&number(2)).await.unwrap().unwrap();
    assert_eq!(kept.state(), RequestState::Sent);
    assert_eq!(kept.events[1].actor, Actor::Portal);
}

pub async fn two_departments_do_not_move_it_back<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut both = request(1);
    both.departments = vec!["a-office".into(), "b-office".into(), "a-office".into()];
    store.submit(&both).await.unwrap();
    let deliveries = lease(&store, "w", 10).await;
    let offices: Vec<_> = deliveries.iter().map(|d| d.department.as_str()).collect();
    assert_eq!(offices, ["a-office", "b-office"]);
    for (delivery, reference) in deliveries.iter().zip([Some("A-1"), None]) {
        let outcome = delivered(reference);
        assert!(store.record_outcome(&delivery.id, "w", at(11), &outcome).await.unwrap());
    }
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!(kept.state(), RequestState::Acknowledged);
    assert_eq!(kept.events.len(), 3);
    let statuses = store.deliveries_of(&number(1)).await.unwrap();
    assert!(statuses.iter().all(|status| status.state == DeliveryState::Delivered));
}

/// Rule S5: a clock that jumped ahead and back parks nothing.
pub async fn s5_what_a_wrong_clock_made_due_in_years_is_due_now<S: Store + Imports>(
    place: &Storage<S>,
) {
    const YEARS: i64 = 4 * 365 * 86_400;
    let store = place.open();
    // Submitted, tried and put off while the clock was four years ahead.
    store.submit(&NewRequest { submitted_at: at(YEARS), ..request(1) }).await.unwrap();
    let id = take(&store, "a", YEARS).await;
    let stalled = DeliveryOutcome::Stalled { reason: "down".into(), retry_at: at(YEARS + 60) };
    assert!(store.record_outcome(&id, "a", at(YEARS), &stalled).await.unwrap());
    // Within a day it could be a wait that somebody asked for.
    assert_eq!(lease(&store, "a", YEARS + 60 - 86_000).await, []);
    let [taken] = lease(&store, "a", 100).await.try_into().unwrap();
    assert_eq!(taken.round.began, at(100), "its patience is measured from now on");
    assert_eq!(taken.round.attempts, 1);
    let stalled = DeliveryOutcome::Stalled { reason: "down".into(), retry_at: at(200) };
    assert!(store.begin_attempt(&id, "a", at(101)).await.unwrap());
    assert!(store.record_outcome(&id, "a", at(102), &stalled).await.unwrap());
    let [taken] = lease(&store, "a", 5_000).await.try_into().unwrap();
    assert_eq!(taken.round.began, at(100));
}

/// Rule S5: a lease of the future holds nothing.
pub async fn s5_a_lease_that_a_wrong_clock_gave_is_freed<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    take(&store, "gone", 1_000_000).await;
    let [taken] = lease(&store, "b", 10).await.try_into().unwrap();
    assert!(taken.ambiguous, "its attempt had begun");
    assert_eq!(lease(&store, "c", 11).await, [], "an honest lease holds");
    // A portal whose clock is a little ahead of ours keeps what it holds.
    let store = place.open();
    submit(&store, 2).await;
    lease(&store, "a", 130).await;
    assert_eq!(lease(&store, "b", 100).await, []);
}

pub async fn many_workers_deliver_each_once<S>(place: &Storage<S>)
where
    S: Store + Imports + Clone + 'static,
{
    let stores = [place.open(), place.open()];
    for id in 0..40 {
        submit(&stores[0], id).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..6 {
        let store = stores[worker % 2].clone();
        workers.spawn(async move {
            let owner = format!("worker-{worker}");
            let mut done = Vec::new();
            loop {
                let taken = store.lease(&owner, at(100), MINUTE, 3, ALL).await.unwrap();
                if taken.is_empty() {
                    return done;
                }
                for delivery in taken {
                    assert!(store.begin_attempt(&delivery.id, &owner, at(101)).await.unwrap());
                    let outcome = delivered(None);
                    let kept = store.record_outcome(&delivery.id, &owner, at(102), &outcome).await;
                    assert!(kept.unwrap());
                    done.push(delivery.id);
                }
            }
        });
    }
    let done: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(done.len(), 40);
    assert_eq!(done.iter().collect::<HashSet<_>>().len(), 40);
}
