//! What departments collect, acknowledge, or leave where it is.

use std::collections::BTreeSet;

use domain::request::{Actor, RequestState};
use jiff::SignedDuration;
use store::{
    Acknowledged, Acknowledgement, Delivery, DeliveryAct, DeliveryFilter, DeliveryId,
    DeliveryOutcome, DeliveryState, Imports, Intervener, Intervention, NewRequest, Outbox, Store,
    Whose,
};

use super::{
    Storage,
    outbox::{ALL, MINUTE, delivered, lease, status, take},
    samples::*,
};

const OFFICE: &str = "natural-resources";

async fn collect<S: Outbox>(store: &S, lease: &str, second: i64) -> Vec<Delivery> {
    let found = store.lease(lease, at(second), MINUTE, 10, Whose::Of(OFFICE)).await.unwrap();
    for delivery in &found {
        assert!(store.begin_attempt(&delivery.id, lease, at(second)).await.unwrap());
    }
    found
}

async fn acknowledge<S: Outbox>(
    store: &S,
    id: &DeliveryId,
    lease: &str,
    second: i64,
    reference: Option<&str>,
) -> Acknowledged {
    let (id, department, owner) = (id.clone(), OFFICE.to_owned(), lease.to_owned());
    let reference = reference.map(str::to_owned);
    let said = Acknowledgement { id, department, owner, reference, at: at(second) };
    store.acknowledge(&said).await.unwrap()
}

/// Rule S5: what one department collects is posted to nobody, and nobody else's is collected.
pub async fn s5_only_those_asked_for_are_taken<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let departments = vec![OFFICE.to_owned(), "planning".to_owned()];
    store.submit(&NewRequest { departments, ..request(1) }).await.unwrap();
    let office = BTreeSet::from([OFFICE.to_owned()]);
    let both = BTreeSet::from([OFFICE.to_owned(), "planning".to_owned()]);
    assert_eq!(store.next_due(Whose::AllBut(&both)).await.unwrap(), None);
    assert_eq!(store.next_due(Whose::Of("geology")).await.unwrap(), None);
    assert_eq!(store.next_due(Whose::Of(OFFICE)).await.unwrap(), Some(at(1)));
    let take = async |whose| {
        let taken = store.lease("a", at(10), MINUTE, 10, whose).await.unwrap();
        taken.into_iter().map(|delivery| delivery.department).collect::<Vec<_>>()
    };
    assert_eq!(take(Whose::AllBut(&both)).await, [""; 0]);
    assert_eq!(take(Whose::Of("geology")).await, [""; 0]);
    assert_eq!(take(Whose::AllBut(&office)).await, ["planning"]);
    assert_eq!(take(Whose::Of(OFFICE)).await, [OFFICE]);
    assert_eq!(take(ALL).await, [""; 0], "both are in somebody's hands");
}

/// Rule S5: what was collected has arrived when the department says so, and not before.
pub async fn s5_what_was_collected_arrives_by_the_departments_word<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let [collected] = collect(&store, "lease-a", 10).await.try_into().unwrap();
    assert_eq!(collect(&store, "lease-b", 20).await, []);
    assert_eq!(status(&store, 1).await.state, DeliveryState::Pending);
    let id = &collected.id;
    assert_eq!(acknowledge(&store, id, "lease-a", 30, Some("A-1")).await, Acknowledged::Done);
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!((kept.state(), kept.reference()), (RequestState::Acknowledged, Some("A-1")));
    assert_eq!(kept.events.last().unwrap().actor, Actor::Department(OFFICE.into()));
    assert_eq!(status(&store, 1).await.state, DeliveryState::Delivered);
    // Said again, by the same client or another, it is as it was.
    for (lease, reference) in [("lease-a", Some("A-1")), ("lease-b", None)] {
        let again = acknowledge(&store, id, lease, 40, reference).await;
        assert_eq!(again, Acknowledged::Before(Some("A-1".into())));
    }
    let again = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!(again.events, kept.events);
    assert_eq!(collect(&store, "lease-c", 1_000).await, []);
}

/// Rule S5: what is not acknowledged comes again, and only its last holder can acknowledge it.
pub async fn s5_what_is_not_acknowledged_comes_again<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    submit(&store, 2).await;
    let first = collect(&store, "lease-a", 10).await;
    assert_eq!(first.len(), 2);
    // Late, but nobody else has it.
    let said = acknowledge(&store, &first[0].id, "lease-a", 75, None).await;
    assert_eq!(said, Acknowledged::Done);
    let [again] = collect(&store, "lease-b", 80).await.try_into().unwrap();
    assert_eq!((&again.id, &again.body), (&first[1].id, &first[1].body));
    assert_eq!((again.ambiguous, again.attempts), (true, 1), "the department may have it");
    assert_eq!(acknowledge(&store, &again.id, "lease-a", 81, None).await, Acknowledged::NotHeld);
    assert_eq!(acknowledge(&store, &again.id, "lease-b", 82, None).await, Acknowledged::Done);
    let told: Vec<_> = store.request(&number(2)).await.unwrap().unwrap().events;
    assert_eq!(told.len(), 2, "submitted and sent, once");
}

/// Rule S5: what a department never acknowledges holds up nothing that it was not handed yet.
pub async fn s5_what_is_never_acknowledged_stands_behind_what_is_new<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    submit(&store, 2).await;
    let one = async |lease: &str, second| {
        let found = store.lease(lease, at(second), MINUTE, 1, Whose::Of(OFFICE)).await.unwrap();
        let [one] = found.try_into().unwrap();
        let Delivery { id, number, .. } = one;
        assert!(store.begin_attempt(&id, lease, at(second)).await.unwrap());
        number
    };
    // Each time after the lease before it is over.
    let handed = [one("a", 10).await, one("b", 80).await, one("c", 150).await, one("d", 220).await];
    assert_eq!(handed, [number(1), number(2), number(1), number(2)]);
}

/// Rule S5: nobody acknowledges what is another department's, was never collected, or was closed.
pub async fn s5_only_what_was_collected_is_acknowledged<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let unknown = DeliveryId("msg_none".into());
    assert_eq!(acknowledge(&store, &unknown, "lease-a", 5, None).await, Acknowledged::Unknown);
    let waiting = DeliveryFilter { number: Some(number(1)), ..Default::default() };
    let id = whole(store.deliveries(&waiting).await.unwrap())[0].id.clone();
    assert_eq!(acknowledge(&store, &id, "lease-a", 5, None).await, Acknowledged::NotHeld);
    collect(&store, "lease-a", 10).await;
    let foreign = Acknowledgement {
        id: id.clone(),
        department: "planning".into(),
        owner: "lease-a".into(),
        reference: None,
        at: at(11),
    };
    assert_eq!(store.acknowledge(&foreign).await.unwrap(), Acknowledged::Unknown);
    let by = Intervener { name: "王五".into(), at: at(80), reason: Some("来电".into()) };
    let settle = Intervention::Settle { received: false, reference: None };
    store.intervene(&id, &settle, &by).await.unwrap();
    let said = acknowledge(&store, &id, "lease-a", 90, None).await;
    assert_eq!(said, Acknowledged::Closed(DeliveryState::Settled));
}

/// Rule S5: what nobody collects is left to a person with its reason, and never dropped.
pub async fn s5_what_nobody_collects_is_left_to_a_person<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    for id in 1..=3 {
        submit(&store, id).await;
    }
    let taken = store.lease("lease-a", at(10), MINUTE, 2, Whose::Of(OFFICE)).await.unwrap();
    assert!(store.begin_attempt(&taken[0].id, "lease-a", at(10)).await.unwrap());
    let give_up = async |second: i64, before: i64| {
        let patience = (at(second), MINUTE, at(before));
        store.give_up(OFFICE, patience.0, patience.1, patience.2, "out of time").await.unwrap()
    };
    assert_eq!(give_up(20, 0).await, 0, "nothing is so old");
    assert_eq!(give_up(20, 1_000).await, 1, "two are in somebody's hands");
    assert_eq!(give_up(100, 1_000).await, 2);
    assert_eq!(store.give_up("planning", at(100), MINUTE, at(99), "").await.unwrap(), 0);
    let all = whole(store.deliveries(&DeliveryFilter::default()).await.unwrap());
    let reasons: BTreeSet<_> = all.iter().map(|each| each.reason.clone().unwrap()).collect();
    let there = ["may have it", "does not have it"]
        .map(|there| format!("out of time; the department {there}"));
    assert_eq!(reasons, BTreeSet::from(there));
    for each in &all {
        assert_eq!(each.state, DeliveryState::Stuck);
        assert_eq!(each.events.last().unwrap().act, DeliveryAct::Stuck);
        assert!(each.journal_is_whole());
    }
    assert_eq!(collect(&store, "lease-b", 200).await, []);
    // Whoever collected it before has it all the same, and says so.
    let said = acknowledge(&store, &taken[0].id, "lease-a", 210, None).await;
    assert_eq!(said, Acknowledged::Done);
    let never = acknowledge(&store, &taken[1].id, "lease-a", 210, None).await;
    assert_eq!(never, Acknowledged::NotHeld, "its bytes never left");
    // A person has it offered again, with new patience.
    let by = Intervener { name: "王五".into(), at: at(300), reason: None };
    store.intervene(&taken[1].id, &Intervention::Retry { again: false }, &by).await.unwrap();
    let offered = collect(&store, "lease-c", 301).await;
    assert_eq!(offered.iter().map(|each| &each.id).collect::<Vec<_>>(), [&taken[1].id]);
    assert_eq!(offered[0].round.began, at(300));
}

/// Rule S5: a department that is posted to again is asked first whether it has what it collected.
pub async fn s5_what_was_collected_and_is_posted_is_in_doubt<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    collect(&store, "lease-a", 10).await;
    let [posted] = lease(&store, "worker", 80).await.try_into().unwrap();
    assert!(posted.ambiguous);
    assert!(store.begin_attempt(&posted.id, "worker", at(80)).await.unwrap());
    assert_eq!(acknowledge(&store, &posted.id, "lease-a", 81, None).await, Acknowledged::NotHeld);
    let outcome = delivered(Some("A-1"));
    assert!(store.record_outcome(&posted.id, "worker", at(82), &outcome).await.unwrap());
    let said = acknowledge(&store, &posted.id, "lease-a", 83, None).await;
    assert_eq!(said, Acknowledged::Before(Some("A-1".into())));
    // The other way round: what was posted and stalled is collected.
    submit(&store, 2).await;
    let id = take(&store, "worker", 100).await;
    let stalled = DeliveryOutcome::Stalled { reason: "down".into(), retry_at: at(110) };
    assert!(store.record_outcome(&id, "worker", at(101), &stalled).await.unwrap());
    let [collected] = collect(&store, "lease-b", 110).await.try_into().unwrap();
    assert_eq!(collected.leased_until, at(110).checked_add(SignedDuration::from_mins(1)).unwrap());
    assert_eq!(acknowledge(&store, &id, "lease-b", 111, None).await, Acknowledged::Done);
}
