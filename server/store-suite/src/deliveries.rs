//! What people do about deliveries.

use domain::{
    person_number::PersonNumber,
    request::{Actor, RequestState},
    staff::Member,
};
use store::{
    Deliveries, DeliveryAct, DeliveryFilter, DeliveryId, DeliveryOutcome, DeliveryRecord,
    DeliveryState, Imports, Intervened, Intervener, Intervention, Store,
};

use super::{
    Storage,
    outbox::{ALL, delivered, lease, status, take},
    samples::*,
    staff::{id, invitation, member},
};

fn by(second: i64, reason: &str) -> Intervener {
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    Intervener { name: "王建国".into(), at: at(second), reason }
}

async fn stuck<S: Store>(store: &S, id: u32, second: i64) -> DeliveryId {
    submit(store, id).await;
    let id = take(store, "a", second).await;
    let outcome = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    assert!(store.record_outcome(&id, "a", at(second), &outcome).await.unwrap());
    id
}

async fn all<S: Deliveries>(store: &S) -> Vec<DeliveryRecord> {
    whole(store.deliveries(&DeliveryFilter::default()).await.unwrap())
}

const RETRY: Intervention = Intervention::Retry { again: false };

fn redirect(to: &str) -> Intervention {
    Intervention::Redirect { to: to.to_owned() }
}

pub async fn s5_a_stuck_delivery_is_sent_again_with_new_patience<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let id = stuck(&store, 1, 10).await;
    let done = store.intervene(&id, &RETRY, &by(9_000, "对方已修复")).await.unwrap();
    assert_eq!(done, Intervened::Done);
    let [taken] = lease(&store, "b", 9_000).await.try_into().unwrap();
    assert!(taken.ambiguous, "what was refused once is asked about first");
    assert_eq!((taken.attempts, taken.round.attempts), (1, 0));
    assert_eq!(taken.round.began, at(9_000));
    assert!(store.begin_attempt(&id, "b", at(9_000)).await.unwrap());
    assert!(store.record_outcome(&id, "b", at(9_001), &delivered(None)).await.unwrap());
    // Delivered: only by leave, and then it is asked about.
    let again = store.intervene(&id, &RETRY, &by(9_002, "")).await.unwrap();
    assert_eq!(again, Intervened::NotIn(DeliveryState::Delivered));
    let again = Intervention::Retry { again: true };
    assert_eq!(store.intervene(&id, &again, &by(9_003, "")).await.unwrap(), Intervened::Done);
    let [taken] = lease(&store, "b", 9_003).await.try_into().unwrap();
    assert!(taken.ambiguous);
    // One that waits is hurried, and is still known never to have arrived.
    submit(&store, 2).await;
    let waiting = take(&store, "b", 9_004).await;
    let later = DeliveryOutcome::Stalled { reason: "down".into(), retry_at: at(20_000) };
    assert!(store.record_outcome(&waiting, "b", at(9_005), &later).await.unwrap());
    assert_eq!(store.intervene(&waiting, &RETRY, &by(9_006, "")).await.unwrap(), Intervened::Done);
    let [taken] = lease(&store, "b", 9_006).await.try_into().unwrap();
    assert!(!taken.ambiguous);
    // One that may be there and was never left to a person stays in its round, with new patience.
    let doubt = DeliveryOutcome::Ambiguous {
        reason: "timed out".into(),
        retry_at: at(20_000),
        failed_look_ups: 0,
    };
    assert!(store.begin_attempt(&waiting, "b", at(9_006)).await.unwrap());
    assert!(store.record_outcome(&waiting, "b", at(9_007), &doubt).await.unwrap());
    assert_eq!(store.intervene(&waiting, &RETRY, &by(9_008, "")).await.unwrap(), Intervened::Done);
    let [taken] = lease(&store, "b", 9_008).await.try_into().unwrap();
    assert!(taken.ambiguous && taken.round.attempts > 0, "{:?}", taken.round);
    assert_eq!(taken.round.began, at(9_008));
    let nobody = DeliveryId("msg_none".into());
    assert_eq!(store.intervene(&nobody, &RETRY, &by(1, "")).await.unwrap(), Intervened::Unknown);
}

pub async fn s5_a_delivery_is_sent_to_another_department_and_back<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let id = stuck(&store, 1, 10).await;
    let there = redirect("geology");
    assert_eq!(
        store.intervene(&id, &there, &by(20, "不归我局管")).await.unwrap(),
        Intervened::Done
    );
    let [taken] = lease(&store, "b", 20).await.try_into().unwrap();
    assert_eq!(taken.department, "geology");
    assert!(taken.id != id && !taken.ambiguous);
    let [old, new] = all(&store).await.try_into().unwrap();
    assert_eq!((old.state, new.state), (DeliveryState::Redirected, DeliveryState::Pending));
    // The applicant reads it: another office has their name.
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    let last = kept.events.last().unwrap();
    assert_eq!(last.actor, Actor::Staff("王建国".into()));
    assert_eq!((last.state, last.note.as_deref()), (RequestState::Submitted, Some("不归我局管")));
    assert!(last.follows(kept.events.first(), &number(1)));
    // Nothing more is done about what went elsewhere, and nobody gets it twice.
    let again = store.intervene(&id, &RETRY, &by(21, "")).await.unwrap();
    assert_eq!(again, Intervened::NotIn(DeliveryState::Redirected));
    let to_itself = store.intervene(&taken.id, &there, &by(21, "x")).await.unwrap();
    assert_eq!(to_itself, Intervened::AlreadyThere);
    let back = redirect("natural-resources");
    assert_eq!(store.intervene(&taken.id, &back, &by(22, "归")).await.unwrap(), Intervened::Done);
    let [old, new] = all(&store).await.try_into().unwrap();
    assert_eq!((old.state, new.state), (DeliveryState::Ambiguous, DeliveryState::Redirected));
}

pub async fn s5_a_delivery_is_settled_by_hand<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let settle = |received, reference: Option<&str>| Intervention::Settle {
        received,
        reference: reference.map(str::to_owned),
    };
    for (id, intervention, states) in [
        (1, settle(false, None), vec![RequestState::Submitted; 2]),
        (2, settle(true, None), vec![RequestState::Submitted, RequestState::Sent]),
        (
            3,
            settle(true, Some("纸质-7")),
            vec![RequestState::Submitted, RequestState::Sent, RequestState::Acknowledged],
        ),
    ] {
        let delivery = stuck(&store, id, 10).await;
        let done = store.intervene(&delivery, &intervention, &by(20, "已送纸质件")).await.unwrap();
        assert_eq!(done, Intervened::Done);
        let kept = store.request(&number(id)).await.unwrap().unwrap();
        assert_eq!(kept.events.iter().map(|event| event.state).collect::<Vec<_>>(), states);
        let last = kept.events.iter().rfind(|event| event.note.is_some()).unwrap();
        assert_eq!(last.note.as_deref(), Some("已送纸质件"));
        assert_eq!(last.actor, Actor::Staff("王建国".into()));
        assert_eq!(kept.reference(), (id == 3).then_some("纸质-7"));
        let status = store.deliveries_of(&number(id)).await.unwrap().remove(0);
        assert_eq!(status.state, DeliveryState::Settled);
        assert_eq!(status.last_act, Some((DeliveryAct::Settled, at(20))));
    }
    assert_eq!(lease(&store, "b", 1_000_000).await, []);
    assert_eq!(store.next_due(ALL).await.unwrap(), None);
}

pub async fn s5_only_what_is_stuck_is_taken_up_as_long_as_it_is<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let take_up = async |id: &DeliveryId, second: i64| {
        store.intervene(id, &Intervention::TakeOver, &by(second, "")).await.unwrap()
    };
    let refused = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    assert_eq!(take_up(&id, 11).await, Intervened::NotIn(DeliveryState::Pending));
    let doubt = DeliveryOutcome::Ambiguous {
        reason: "timed out".into(),
        retry_at: at(20),
        failed_look_ups: 0,
    };
    assert!(store.record_outcome(&id, "a", at(12), &doubt).await.unwrap());
    assert_eq!(take_up(&id, 13).await, Intervened::NotIn(DeliveryState::Ambiguous));
    assert_eq!(status(&store, 1).await.last_act, None, "nobody reads of what was not done");
    assert_eq!(take(&store, "a", 20).await, id);
    assert!(store.record_outcome(&id, "a", at(21), &refused).await.unwrap());
    // One takes it up, and another takes it over.
    for second in [22, 23] {
        assert_eq!(take_up(&id, second).await, Intervened::Done);
        let now = status(&store, 1).await;
        let last = Some((DeliveryAct::TakenOver, at(second)));
        assert_eq!((now.state, now.last_act), (DeliveryState::Stuck, last));
    }
    // Another round: that somebody had it in the one before does not count.
    assert_eq!(store.intervene(&id, &RETRY, &by(24, "")).await.unwrap(), Intervened::Done);
    assert_eq!(take_up(&id, 25).await, Intervened::NotIn(DeliveryState::Ambiguous));
    assert_eq!(take(&store, "a", 26).await, id);
    assert!(store.record_outcome(&id, "a", at(27), &refused).await.unwrap());
    let now = status(&store, 1).await;
    let last = Some((DeliveryAct::Stuck, at(27)));
    assert_eq!((now.state, now.last_act), (DeliveryState::Stuck, last));
    assert_eq!(take_up(&id, 28).await, Intervened::Done);
    let settle = Intervention::Settle { received: true, reference: None };
    assert_eq!(store.intervene(&id, &settle, &by(29, "x")).await.unwrap(), Intervened::Done);
    assert_eq!(take_up(&id, 30).await, Intervened::NotIn(DeliveryState::Settled));
}

pub async fn s5_nothing_is_done_while_an_answer_is_awaited<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let id = take(&store, "a", 10).await;
    let settle = Intervention::Settle { received: false, reference: None };
    for intervention in [RETRY, redirect("geology"), settle.clone()] {
        let now = store.intervene(&id, &intervention, &by(20, "x")).await.unwrap();
        assert_eq!(now, Intervened::UnderWay(at(70)), "{intervention:?}");
    }
    assert!(all(&store).await[0].events.is_empty());
    let refused = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    assert!(store.record_outcome(&id, "a", at(21), &refused).await.unwrap());
    assert_eq!(store.intervene(&id, &RETRY, &by(22, "")).await.unwrap(), Intervened::Done);
    // Whoever has taken it, and not begun, goes by the round that they took it in.
    assert_eq!(lease(&store, "a", 23).await.len(), 1);
    let now = store.intervene(&id, &RETRY, &by(24, "")).await.unwrap();
    assert_eq!(now, Intervened::UnderWay(at(83)));
    // One that is gone holds it until its lease runs out.
    assert_eq!(store.intervene(&id, &RETRY, &by(84, "")).await.unwrap(), Intervened::Done);
    assert_eq!(take(&store, "b", 85).await, id);
    assert!(store.record_outcome(&id, "b", at(86), &delivered(Some("A-1"))).await.unwrap());
    // A lease that a wrong clock gave keeps nobody waiting.
    submit(&store, 2).await;
    let id = take(&store, "a", 50_000_000).await;
    for intervention in [RETRY, settle] {
        let done = store.intervene(&id, &intervention, &by(100, "x")).await.unwrap();
        assert_eq!(done, Intervened::Done, "{intervention:?}");
    }
}

pub async fn s5_deliveries_are_listed_and_counted<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    stuck(&store, 1, 10).await;
    stuck(&store, 3, 10).await;
    submit(&store, 2).await;
    let listed = async |filter: DeliveryFilter| {
        let found = whole(store.deliveries(&filter).await.unwrap());
        found.into_iter().map(|record| record.number).collect::<Vec<_>>()
    };
    let none = DeliveryFilter::default;
    assert_eq!(listed(none()).await, [number(1), number(2), number(3)], "oldest first");
    let states = vec![DeliveryState::Stuck];
    assert_eq!(listed(DeliveryFilter { states, ..none() }).await, [number(1), number(3)]);
    let department = Some("natural-resources".to_owned());
    assert_eq!(listed(DeliveryFilter { department, ..none() }).await.len(), 3);
    let department = Some("geology".to_owned());
    assert!(listed(DeliveryFilter { department, ..none() }).await.is_empty());
    let filter = DeliveryFilter { number: Some(number(2)), ..none() };
    assert_eq!(listed(filter).await, [number(2)]);
    let backlog = store.backlog().await.unwrap();
    let counted: Vec<_> = backlog.iter().map(|b| (b.state, b.count, b.oldest)).collect();
    assert_eq!(counted, [(DeliveryState::Pending, 1, at(2)), (DeliveryState::Stuck, 2, at(1))]);
}

pub async fn s5_the_journal_is_a_chain<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let id = stuck(&store, 1, 10).await;
    for (intervention, second) in [(Intervention::TakeOver, 20), (RETRY, 30)] {
        let done = store.intervene(&id, &intervention, &by(second, "")).await.unwrap();
        assert_eq!(done, Intervened::Done);
    }
    let [taken] = lease(&store, "b", 31).await.try_into().unwrap();
    assert!(store.begin_attempt(&taken.id, "b", at(31)).await.unwrap());
    let outcome = DeliveryOutcome::Delivered {
        reference: None,
        remark: Some("the reference has 250 characters".into()),
    };
    assert!(store.record_outcome(&id, "b", at(32), &outcome).await.unwrap());
    let [mut record] = all(&store).await.try_into().unwrap();
    let acts: Vec<_> = record.events.iter().map(|event| event.act).collect();
    use DeliveryAct::{Delivered, Retried, Stuck, TakenOver};
    assert_eq!(acts, [Stuck, TakenOver, Retried, Delivered]);
    assert_eq!(record.events[0].note.as_deref(), Some("answered 400"));
    assert_eq!(record.reason.as_deref(), Some("the reference has 250 characters"));
    assert!(record.journal_is_whole());
    record.events[1].actor = Actor::Staff("别人".into());
    assert!(!record.journal_is_whole());
}

pub async fn desk_d7_what_one_proposes_another_confirms<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let id = stuck(&store, 1, 10).await;
    let by = |name: &str, second, reason| Intervener { name: name.into(), ..by(second, reason) };
    let act = async |intervention: Intervention, by: Intervener| {
        store.intervene(&id, &intervention, &by).await.unwrap()
    };
    let propose = || Intervention::Propose;
    let confirm = |of| Intervention::Confirm { of };
    assert_eq!(act(confirm(1), by("wang", 11, "")).await, Intervened::NotProposed);
    assert_eq!(act(propose(), by("li", 12, "纸质件已送达")).await, Intervened::Done);
    assert_eq!(status(&store, 1).await.state, DeliveryState::Stuck, "nothing follows yet");
    assert_eq!(act(confirm(2), by("li", 13, "")).await, Intervened::SamePerson);
    // Whatever happened since ends what was proposed.
    assert_eq!(act(RETRY, by("li", 14, "再试")).await, Intervened::Done);
    assert_eq!(act(confirm(2), by("wang", 15, "")).await, Intervened::NotProposed);
    assert_eq!(all(&store).await[0].proposal(), None);
    assert_eq!(act(propose(), by("li", 16, "纸质件已送达")).await, Intervened::Done);
    let [waits] = all(&store).await.try_into().unwrap();
    assert_eq!(waits.proposal().unwrap().actor, Actor::Staff("li".into()));
    assert_eq!(act(confirm(2), by("wang", 17, "")).await, Intervened::NotProposed, "not that one");
    assert_eq!(act(confirm(4), by("wang", 17, "")).await, Intervened::Done);
    let [settled] = all(&store).await.try_into().unwrap();
    assert_eq!((settled.state, settled.proposal()), (DeliveryState::Settled, None));
    assert!(settled.journal_is_whole());
    let last = settled.events.last().unwrap();
    assert_eq!((last.act, &last.actor), (DeliveryAct::Settled, &Actor::Staff("wang".into())));
    // The applicant reads what the first of them wrote.
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    let last = kept.events.last().unwrap();
    assert_eq!((last.state, last.note.as_deref()), (RequestState::Sent, Some("纸质件已送达")));
    let over = Intervened::NotIn(DeliveryState::Settled);
    assert_eq!(act(confirm(4), by("wang", 18, "")).await, over);
    assert_eq!(act(propose(), by("li", 18, "x")).await, over);
}

pub async fn desk_d7_two_accounts_of_one_person_are_not_two_people<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let stuck = stuck(&store, 1, 10).await;
    for name in ["li", "li.2", "wang", "zhao"] {
        let office = Member { office: "natural-resources".into(), ..member(name) };
        store.add_member(&office, &invitation(name), at(0)).await.unwrap();
    }
    for (name, number) in [("li", "00817"), ("li.2", "00817"), ("wang", "00818")] {
        let number = PersonNumber::parse(number).unwrap();
        assert!(store.identify(&id(name), &number).await.unwrap());
    }
    let act = async |intervention: Intervention, name: &str| {
        let by = Intervener { name: name.into(), ..by(20, "纸质件已送达") };
        store.intervene(&stuck, &intervention, &by).await.unwrap()
    };
    assert_eq!(act(Intervention::Propose, "zhao").await, Intervened::NoNumber);
    assert_eq!(act(Intervention::Propose, "li").await, Intervened::Done);
    let [waits] = all(&store).await.try_into().unwrap();
    let confirm = Intervention::Confirm { of: waits.proposal().unwrap().sequence };
    assert_eq!(act(confirm.clone(), "li.2").await, Intervened::SamePerson);
    assert_eq!(act(confirm.clone(), "zhao").await, Intervened::NoNumber);
    assert_eq!(act(confirm.clone(), "wang").await, Intervened::Done);
    assert_eq!(status(&store, 1).await.state, DeliveryState::Settled);
}

pub async fn s5_what_is_not_decided_is_listed_by_department<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    const OFFICE: &str = "natural-resources";
    submit(&store, 1).await;
    let item = store.request(&number(1)).await.unwrap().unwrap().submission.item;
    let [waits] = store.undecided(OFFICE, 10).await.unwrap().try_into().unwrap();
    assert_eq!((waits.number, waits.item, waits.begun), (number(1), item, None));
    let id = take(&store, "a", 10).await;
    assert!(store.begin_attempt(&id, "a", at(10)).await.unwrap());
    assert!(store.record_outcome(&id, "a", at(11), &delivered(Some("N-1"))).await.unwrap());
    for id in 2..=3 {
        submit(&store, id).await;
    }
    let open = store.undecided(OFFICE, 10).await.unwrap();
    let lines: Vec<_> = open.iter().map(|it| (it.number.clone(), it.begun.is_some())).collect();
    assert_eq!(lines, [(number(1), true), (number(2), false), (number(3), false)]);
    assert_eq!(store.undecided(OFFICE, 2).await.unwrap(), open[..2]);
    assert_eq!(store.undecided("geology", 10).await.unwrap(), []);
    // What goes elsewhere waits there.
    let third = DeliveryId::of(&number(3), OFFICE, 1);
    let done = store.intervene(&third, &redirect("geology"), &by(20, "不归我局管")).await.unwrap();
    assert_eq!(done, Intervened::Done);
    assert_eq!(store.undecided(OFFICE, 10).await.unwrap(), open[..2]);
    assert_eq!(store.undecided("geology", 10).await.unwrap(), open[2..]);
}
