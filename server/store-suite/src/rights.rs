//! Seeing, correcting, withdrawing and deleting requests.

use domain::{
    Localized,
    request::{
        Actor, DeliveryPayload, MessageKind, RequestNumber, RequestState, Step, WithdrawalPayload,
    },
};
use store::{
    Corrected, Correction, Deleted, Deletion, DeletionCause, DeliveryFilter, DeliveryId,
    DeliveryOutcome, DeliveryState, DepartmentWord, Heard, Imports, Intervened, Intervener,
    Intervention, RequestWithdrawal, RequestWithdrawn, Store,
};

use super::{
    Storage,
    outbox::{ALL, delivered, lease, take},
    samples::*,
};

/// The first correction of a request.
fn correction(id: u32, text: &str, second: i64) -> Correction {
    let mut answers = request(id).submission.answers;
    answers.insert("what".into(), text.into());
    Correction {
        number: number(id),
        rests_on: 1,
        applicant: request(id).submission.applicant,
        answers,
        actor: Actor::Applicant,
        at: at(second),
        reason: None,
        confirmation: None,
    }
}

fn withdrawal(id: u32, second: i64) -> RequestWithdrawal {
    RequestWithdrawal { number: number(id), actor: Actor::Applicant, at: at(second), reason: None }
}

pub(super) fn deletion(id: u32, second: i64) -> Deletion {
    Deletion {
        number: number(id),
        at: at(second),
        cause: DeletionCause::Applicant,
        actor: Actor::Applicant,
        reason: None,
        law: None,
    }
}

/// Every delivery of a request: what it is about and where it stands.
async fn standing<S: Store>(
    store: &S,
    number: &RequestNumber,
) -> Vec<(String, MessageKind, DeliveryState)> {
    let filter = DeliveryFilter { number: Some(number.clone()), ..DeliveryFilter::default() };
    let found = whole(store.deliveries(&filter).await.unwrap());
    found.into_iter().map(|each| (each.department, each.kind, each.state)).collect()
}

async fn kinds<S: Store>(store: &S, number: &RequestNumber) -> Vec<(MessageKind, DeliveryState)> {
    standing(store, number).await.into_iter().map(|(_, kind, state)| (kind, state)).collect()
}

async fn confirm<S: Store>(store: &S, id: &DeliveryId, second: i64) {
    let outcome = delivered(Some("OA-1"));
    assert!(store.record_outcome(id, "a", at(second), &outcome).await.unwrap());
}

pub async fn p10_a_correction_reaches_the_department_once_and_after_what_it_corrects<S>(
    place: &Storage<S>,
) where
    S: Store + Imports,
{
    use Corrected::{Done, Ended, TooOften, Unchanged, Unknown};
    let store = place.open();
    assert_eq!(store.correct(&correction(1, "x", 1)).await.unwrap(), Unknown);
    submit(&store, 1).await;
    let first = take(&store, "a", 10).await;
    assert_eq!(store.correct(&correction(1, "面积应为 80", 11)).await.unwrap(), Done);
    let again = Correction { rests_on: 2, ..correction(1, "面积应为 80", 12) };
    assert_eq!(store.correct(&again).await.unwrap(), Unchanged);
    assert_eq!(lease(&store, "b", 13).await, [], "not before what it corrects has arrived");
    assert!(store.next_due(ALL).await.unwrap().unwrap() > at(13), "nobody looks in vain");
    confirm(&store, &first, 14).await;
    let [next] = lease(&store, "a", 15).await.try_into().unwrap();
    assert_eq!(next.kind, MessageKind::Corrected);
    assert_ne!(next.id, first);
    let payload: DeliveryPayload = serde_json::from_slice(&next.body).unwrap();
    assert_eq!(payload.submission.answers["what"], "面积应为 80");
    assert_eq!((payload.submitted_at, payload.corrected_at), (at(1), Some(at(11))));
    assert!(store.begin_attempt(&next.id, "a", at(16)).await.unwrap());
    confirm(&store, &next.id, 17).await;
    assert_eq!(lease(&store, "a", 2_000).await, []);
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!(kept.submission.answers["what"], "面积应为 80");
    assert_eq!(kept.state(), RequestState::Acknowledged);
    assert_eq!(kept.events[1].step(kept.events.first()), Step::Amendment);
    let mut before = None;
    for event in &kept.events {
        assert!(event.follows(before, &number(1)));
        before = Some(event);
    }
    // The key still stands for what was handed in first.
    let again = store.submit(&request(1)).await.unwrap();
    assert_eq!(again, store::Submitted::Repeated(number(1)));
    for n in 2..=20 {
        let rests_on = u32::try_from(n).unwrap();
        let next = Correction { rests_on, ..correction(1, &n.to_string(), 100 + n) };
        assert_eq!(store.correct(&next).await.unwrap(), Done, "{n}");
    }
    let last = Correction { rests_on: 21, ..correction(1, "once more", 200) };
    assert_eq!(store.correct(&last).await.unwrap(), TooOften);
    store.hear(&noted("m", RequestState::Decided, 300, "已核对")).await.unwrap();
    let late = store.correct(&correction(1, "late", 301)).await.unwrap();
    assert_eq!(late, Ended(RequestState::Decided));
}

pub async fn p10_a_correction_does_not_undo_one_that_it_has_not_seen<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    assert_eq!(store.correct(&correction(1, "a", 5)).await.unwrap(), Corrected::Done);
    assert_eq!(store.correct(&correction(1, "b", 6)).await.unwrap(), Corrected::Overtaken);
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!((&*kept.submission.answers["what"], kept.events.len()), ("a", 2));
    let next = Correction { rests_on: 2, ..correction(1, "b", 7) };
    assert_eq!(store.correct(&next).await.unwrap(), Corrected::Done);
}

pub async fn s5_what_is_settled_as_not_received_is_not_followed_by_its_corrections<S>(
    place: &Storage<S>,
) where
    S: Store + Imports,
{
    use DeliveryState::{Delivered, Settled};
    use MessageKind::{Corrected as News, Submitted};
    let store = place.open();
    let by = |second| Intervener { name: "王建国".into(), at: at(second), reason: None };
    let settle = Intervention::Settle { received: false, reference: None };
    submit(&store, 1).await;
    let every = DeliveryFilter::default();
    let [first] = store.deliveries(&every).await.unwrap().rows.try_into().unwrap();
    store.correct(&correction(1, "面积应为 80", 5)).await.unwrap();
    assert_eq!(store.intervene(&first.id, &settle, &by(6)).await.unwrap(), Intervened::Done);
    assert_eq!(kinds(&store, &number(1)).await, [(Submitted, Settled), (News, Settled)]);
    let closed = whole(store.deliveries(&every).await.unwrap());
    assert!(closed.iter().all(|each| each.events.len() == 1 && each.journal_is_whole()));
    let later = Correction { rests_on: 2, ..correction(1, "面积应为 90", 7) };
    store.correct(&later).await.unwrap();
    assert_eq!(lease(&store, "a", 5_000).await, [], "nobody gets it");
    // Sent after all: with everything that was corrected since.
    let again = Intervention::Retry { again: true };
    assert_eq!(store.intervene(&first.id, &again, &by(5_001)).await.unwrap(), Intervened::Done);
    for second in [5_010, 5_020, 5_030] {
        let [due] = lease(&store, "a", second).await.try_into().unwrap();
        assert!(store.begin_attempt(&due.id, "a", at(second)).await.unwrap());
        let outcome = delivered(None);
        assert!(store.record_outcome(&due.id, "a", at(second + 1), &outcome).await.unwrap());
    }
    let all = [(Submitted, Delivered), (News, Delivered), (News, Delivered)];
    assert_eq!(kinds(&store, &number(1)).await, all);
    // Whoever has a correction has the request, whatever is said of the submission.
    store.intervene(&first.id, &again, &by(5_040)).await.unwrap();
    store.intervene(&first.id, &settle, &by(5_041)).await.unwrap();
    let next = Correction { rests_on: 3, ..correction(1, "面积应为 95", 5_050) };
    store.correct(&next).await.unwrap();
    let [due] = lease(&store, "a", 5_060).await.try_into().unwrap();
    assert_eq!((due.kind, &*due.department), (News, "natural-resources"));
    assert_eq!(
        store.withdraw(&withdrawal(1, 5_070)).await.unwrap(),
        RequestWithdrawn::Done { told: 1 }
    );
}

pub async fn p10_what_was_not_sent_is_not_sent_after_a_withdrawal<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    assert_eq!(store.withdraw(&withdrawal(1, 2)).await.unwrap(), RequestWithdrawn::Unknown);
    submit(&store, 1).await;
    // In somebody's hands, but nothing has left.
    let [held] = lease(&store, "a", 10).await.try_into().unwrap();
    let done = store.withdraw(&withdrawal(1, 11)).await.unwrap();
    assert_eq!(done, RequestWithdrawn::Done { told: 0 });
    assert!(!store.begin_attempt(&held.id, "a", at(12)).await.unwrap(), "it does not leave");
    assert_eq!(lease(&store, "b", 100_000).await, []);
    assert_eq!(store.next_due(ALL).await.unwrap(), None);
    let stands = kinds(&store, &number(1)).await;
    assert_eq!(stands, [(MessageKind::Submitted, DeliveryState::Withdrawn)]);
    assert_eq!(store.withdraw(&withdrawal(1, 13)).await.unwrap(), RequestWithdrawn::Before);
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!((kept.state(), kept.ended_at()), (RequestState::Withdrawn, Some(at(11))));
    let late = Corrected::Ended(RequestState::Withdrawn);
    assert_eq!(store.correct(&correction(1, "x", 14)).await.unwrap(), late);
}

pub async fn p10_a_department_that_has_a_request_is_told_of_its_withdrawal<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let first = take(&store, "a", 10).await;
    confirm(&store, &first, 11).await;
    store.correct(&correction(1, "面积应为 80", 12)).await.unwrap();
    let done = store.withdraw(&withdrawal(1, 13)).await.unwrap();
    assert_eq!(done, RequestWithdrawn::Done { told: 1 });
    // The correction is no news any more, and it held something personal.
    let [told] = lease(&store, "a", 14).await.try_into().unwrap();
    assert_eq!(told.kind, MessageKind::Withdrawn);
    let payload: WithdrawalPayload = serde_json::from_slice(&told.body).unwrap();
    assert_eq!((payload.request, payload.withdrawn_at), (number(1), at(13)));
    let text = String::from_utf8(told.body).unwrap();
    assert!(!text.contains("李四") && !text.contains("面积"), "{text}");
    assert_eq!(store.delete(&deletion(1, 15)).await.unwrap(), Deleted::Undelivered);
    assert!(store.begin_attempt(&told.id, "a", at(16)).await.unwrap());
    confirm(&store, &told.id, 17).await;
    assert_eq!(
        kinds(&store, &number(1)).await,
        [
            (MessageKind::Submitted, DeliveryState::Delivered),
            (MessageKind::Corrected, DeliveryState::Withdrawn),
            (MessageKind::Withdrawn, DeliveryState::Delivered),
        ]
    );
    // What the department decided meanwhile comes too late, and a word on it does not.
    let decided = store.hear(&noted("m1", RequestState::Decided, 18, "已核对")).await.unwrap();
    assert_eq!(decided, Heard::Past(RequestState::Withdrawn));
    let noted = store.hear(&noted("m2", RequestState::Withdrawn, 19, "已核对")).await.unwrap();
    assert_eq!(noted, Heard::Taken);
}

pub async fn p10_a_withdrawal_does_not_overtake_what_is_under_way<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let first = take(&store, "a", 10).await;
    let done = store.withdraw(&withdrawal(1, 11)).await.unwrap();
    assert_eq!(done, RequestWithdrawn::Done { told: 1 });
    assert_eq!(lease(&store, "b", 69).await, [], "the attempt may still be on its way");
    // Its answer changes nothing: the lease is gone.
    let outcome = delivered(Some("OA-1"));
    assert!(!store.record_outcome(&first, "a", at(12), &outcome).await.unwrap());
    let [told] = lease(&store, "b", 70).await.try_into().unwrap();
    assert_eq!(told.kind, MessageKind::Withdrawn);
}

pub async fn p10_whoever_may_have_a_request_is_told_and_nobody_else<S: Store + Imports>(
    place: &Storage<S>,
) {
    let by = |second| Intervener { name: "王建国".into(), at: at(second), reason: None };
    let doubt = DeliveryOutcome::Ambiguous {
        reason: "no answer".into(),
        retry_at: at(500),
        failed_look_ups: 0,
    };
    let stuck = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    let stalled = DeliveryOutcome::Stalled { reason: "no connection".into(), retry_at: at(500) };
    let settle = |received| Intervention::Settle { received, reference: None };
    let elsewhere = Intervention::Redirect { to: "planning".into() };
    // What became of the attempt, what somebody did about it, who is told.
    let cases: [(&DeliveryOutcome, Option<Intervention>, &[&str]); 7] = [
        (&doubt, None, &["natural-resources"]),
        (&stuck, None, &["natural-resources"]),
        (&stalled, None, &[]),
        (&stalled, Some(settle(true)), &["natural-resources"]),
        (&stalled, Some(settle(false)), &[]),
        (&doubt, Some(elsewhere.clone()), &["natural-resources"]),
        (&stalled, Some(elsewhere), &[]),
    ];
    for (outcome, intervention, told) in cases {
        let store = place.open();
        let id = u32::try_from(store.listed().await.unwrap().rows.len()).unwrap() + 1;
        submit(&store, id).await;
        let delivery = take(&store, "a", 10).await;
        assert!(store.record_outcome(&delivery, "a", at(11), outcome).await.unwrap());
        if let Some(intervention) = &intervention {
            let done = store.intervene(&delivery, intervention, &by(12)).await.unwrap();
            assert_eq!(done, Intervened::Done);
        }
        store.withdraw(&withdrawal(id, 13)).await.unwrap();
        let stands = standing(&store, &number(id)).await;
        let notices = stands.iter().filter(|(_, kind, _)| *kind == MessageKind::Withdrawn);
        let whom: Vec<&str> = notices.map(|(department, ..)| &**department).collect();
        assert_eq!(whom, told, "{outcome:?} {intervention:?}");
        let open = stands.iter().filter(|(_, kind, state)| {
            *kind != MessageKind::Withdrawn && DeliveryState::UNDELIVERED.contains(state)
        });
        assert_eq!(open.count(), 0, "{stands:?}");
        // And nobody has it sent again by hand.
        let again = Intervention::Retry { again: true };
        let done = store.intervene(&delivery, &again, &by(14)).await.unwrap();
        assert!(matches!(done, Intervened::TakenBack | Intervened::NotIn(_)), "{done:?}");
        // So that the next case finds nothing due.
        for due in lease(&store, "a", 20).await {
            assert_eq!(due.kind, MessageKind::Withdrawn);
            assert!(store.begin_attempt(&due.id, "a", at(20)).await.unwrap());
            confirm(&store, &due.id, 21).await;
        }
    }
}

pub async fn s5_what_goes_to_another_department_goes_with_its_corrections<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    store.correct(&correction(1, "面积应为 80", 5)).await.unwrap();
    let first = take(&store, "a", 10).await;
    let stuck = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    assert!(store.record_outcome(&first, "a", at(11), &stuck).await.unwrap());
    let by =
        Intervener { name: "王建国".into(), at: at(12), reason: Some("不归其管辖".into()) };
    let to = Intervention::Redirect { to: "planning".into() };
    assert_eq!(store.intervene(&first, &to, &by).await.unwrap(), Intervened::Done);
    let mut order = Vec::new();
    for second in [20, 30] {
        let [due] = lease(&store, "a", second).await.try_into().unwrap();
        assert!(store.begin_attempt(&due.id, "a", at(second)).await.unwrap());
        confirm(&store, &due.id, second + 1).await;
        order.push((due.department, due.kind));
    }
    let to = |kind| ("planning".to_owned(), kind);
    assert_eq!(order, [to(MessageKind::Submitted), to(MessageKind::Corrected)]);
    assert_eq!(lease(&store, "a", 1_000).await, []);
}

pub async fn p10_a_deleted_request_is_in_the_register_and_nowhere_else<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    assert_eq!(store.delete(&deletion(1, 2)).await.unwrap(), Deleted::Unknown);
    for id in [1, 2] {
        submit(&store, id).await;
    }
    let open = Deleted::Open(RequestState::Submitted);
    assert_eq!(store.delete(&deletion(1, 3)).await.unwrap(), open);
    for id in [1, 2] {
        store.withdraw(&withdrawal(id, 10)).await.unwrap();
    }
    let due: Vec<_> = store.ended().await.unwrap().rows.into_iter().map(|one| one.number).collect();
    assert_eq!(due, [number(1), number(2)]);
    for id in [1, 2] {
        assert_eq!(store.delete(&deletion(id, 20)).await.unwrap(), Deleted::Done);
        assert_eq!(store.delete(&deletion(id, 21)).await.unwrap(), Deleted::Before);
    }
    assert_eq!(store.request(&number(1)).await.unwrap(), None);
    assert_eq!(store.dossier(&number(1)).await.unwrap(), None);
    assert_eq!(whole(store.listed().await.unwrap()), []);
    assert_eq!(standing(&store, &number(1)).await, []);
    let register = whole(store.deletions().await.unwrap());
    assert!(register.iter().all(|entry| entry.whole), "{register:?}");
    let [first, second] = register.try_into().unwrap();
    assert_eq!((first.number, &*first.item), (number(1), "data-correction"));
    assert_eq!((first.cause, first.said), (DeletionCause::Applicant, (Actor::Applicant, None)));
    assert_ne!(first.digest, second.digest);
    assert_eq!(store.deleted(&number(2)).await.unwrap().unwrap().hash, second.hash);
}

pub async fn p10_what_a_department_may_have_is_kept_by_law_whatever_staff_did<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let until = "2028-01-01".parse().unwrap();
    let law = Localized::same("a law");
    let forbidden = |id| Deletion { law: Some((law.clone(), until)), ..deletion(id, 900) };
    let by = Intervener { name: "王建国".into(), at: at(12), reason: None };
    let stalled = DeliveryOutcome::Stalled { reason: "no connection".into(), retry_at: at(500) };
    let doubt = DeliveryOutcome::Ambiguous {
        reason: "no answer".into(),
        retry_at: at(500),
        failed_look_ups: 0,
    };
    let again = Intervention::Retry { again: true };
    let not_received = Intervention::Settle { received: false, reference: None };
    // What became of the attempt, what staff did, whether a department may have it.
    let cases: [(&DeliveryOutcome, &[&Intervention], bool); 4] = [
        (&delivered(None), &[&again, &not_received], true),
        (&delivered(Some("OA-1")), &[], true),
        (&doubt, &[&not_received], true),
        (&stalled, &[&not_received], false),
    ];
    let store = place.open();
    for (id, (outcome, interventions, reached)) in (1..).zip(cases) {
        submit(&store, id).await;
        let delivery = take(&store, "a", 10).await;
        assert!(store.record_outcome(&delivery, "a", at(11), outcome).await.unwrap());
        for intervention in interventions {
            let done = store.intervene(&delivery, intervention, &by).await.unwrap();
            assert_eq!(done, Intervened::Done, "{intervention:?}");
        }
        if reached {
            let decided = noted(&format!("m{id}"), RequestState::Decided, 13, "已核对");
            let decided = DepartmentWord { number: number(id), ..decided };
            assert_eq!(store.hear(&decided).await.unwrap(), Heard::Taken);
        } else {
            store.withdraw(&withdrawal(id, 13)).await.unwrap();
        }
        let known = store.deliveries_of(&number(id)).await.unwrap();
        assert_eq!(known.iter().any(|each| each.reached), reached, "{outcome:?} {interventions:?}");
        let kept = if reached { Deleted::Kept(law.clone(), until) } else { Deleted::Done };
        let done = store.delete(&forbidden(id)).await.unwrap();
        assert_eq!(done, kept, "{outcome:?} {interventions:?}");
        let after = if reached { Deleted::Done } else { Deleted::Before };
        assert_eq!(store.delete(&deletion(id, 901)).await.unwrap(), after, "no law forbids it");
    }
}

pub async fn p10_all_that_is_kept_is_handed_out<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    assert_eq!(store.dossier(&number(1)).await.unwrap(), None);
    submit(&store, 1).await;
    let first = take(&store, "a", 10).await;
    confirm(&store, &first, 11).await;
    store.correct(&correction(1, "面积应为 80", 12)).await.unwrap();
    store.hear(&noted("m", RequestState::InProgress, 13, "已核对")).await.unwrap();
    let reason = Some("来信".to_owned());
    let staff = Actor::Staff("王建国".into());
    assert!(store.note_export(&number(1), at(14), staff.clone(), reason.clone()).await.unwrap());
    assert!(!store.note_export(&number(9), at(14), staff.clone(), reason.clone()).await.unwrap());
    let dossier = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!(dossier.first, request(1).submission);
    assert_eq!(dossier.request, store.request(&number(1)).await.unwrap().unwrap());
    assert_eq!(dossier.request.submission.answers["what"], "面积应为 80");
    let kinds: Vec<_> = dossier.messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::Submitted, MessageKind::Corrected]);
    assert_eq!(dossier.messages[0].content["applicant"]["name"], "李四");
    assert_eq!(dossier.deliveries[0].reference.as_deref(), Some("OA-1"));
    let last = dossier.request.events.last().unwrap();
    assert_eq!((&last.actor, &last.note), (&staff, &reason));
}
