//! Telling somebody of the progress of their request.

use domain::{
    Locale,
    request::{Actor, RequestNumber, RequestState},
};
use jiff::SignedDuration;
use store::{
    Deleted, Deletion, DeletionCause, DueNotice, FAILING_FROM, Heard, Imports, MOST_ADDRESSES,
    MOST_UNASKED, NewNotice, NoticeAddress, NoticeAsked, NoticeKind, NoticeLease, NoticeOutcome,
    NoticeState, RequestWithdrawal, Store, UNCONFIRMED_FOR,
};

use super::{
    Storage,
    outbox::{delivered, take},
    samples::*,
};

/// How long an event waits for others here.
const GATHER: i64 = 60;

fn named(id: u32, drawn: &str, second: i64) -> NewNotice {
    let address = format!("{drawn}@example.cn");
    let to = NoticeAddress { address, locale: Locale::En };
    let mark = to.address.clone();
    NewNotice { number: number(id), id: drawn.to_owned(), to, mark, at: at(second) }
}

fn how(second: i64) -> NoticeLease {
    NoticeLease {
        now: at(second),
        lease: SignedDuration::from_secs(120),
        gather: SignedDuration::from_secs(GATHER),
    }
}

async fn leased<S: Store>(store: &S, owner: &str, second: i64) -> Option<DueNotice> {
    store.lease_notice(owner, how(second)).await.unwrap()
}

/// Takes what is due and says that it was sent.
async fn told<S: Store>(store: &S, second: i64) -> Option<NoticeKind> {
    let due = leased(store, "w", second).await?;
    let outcome = NoticeOutcome::Told(due.kind);
    assert!(store.settle_notice(&due.number, "w", at(second), outcome).await.unwrap());
    Some(due.kind)
}

async fn state<S: Store>(store: &S, number: &RequestNumber) -> Option<NoticeState> {
    store.notice(number).await.unwrap().map(|notice| notice.state)
}

/// An address that has confirmed, of the first request.
async fn confirmed<S: Store>(store: &S) -> RequestNumber {
    let number = submit(store, 1).await;
    assert_eq!(store.ask_notices(&named(1, "one", 10)).await.unwrap(), NoticeAsked::Done);
    assert_eq!(told(store, 11).await, Some(NoticeKind::Confirm));
    assert!(store.confirm_notices(&number, "one", at(12)).await.unwrap());
    number
}

async fn said<S: Store>(store: &S, message: &str, second: i64) {
    let word = noted(message, RequestState::InProgress, second, message);
    assert_eq!(store.hear(&word).await.unwrap(), Heard::Taken);
}

pub async fn p10_an_address_is_told_after_it_confirmed_and_of_what_came_since<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let id = submit(&store, 1).await;
    assert_eq!(store.notice(&id).await.unwrap(), None);
    assert_eq!(store.ask_notices(&named(9, "nobody", 1)).await.unwrap(), NoticeAsked::Unknown);
    assert_eq!(store.ask_notices(&named(1, "one", 10)).await.unwrap(), NoticeAsked::Done);
    // Another process sees it, whole.
    let kept = place.open().dossier(&id).await.unwrap().unwrap().notice.unwrap();
    let to = Some(named(1, "one", 10).to);
    assert_eq!((kept.state, &*kept.id, kept.to), (NoticeState::Asked, "one", to));
    assert_eq!(told(&store, 11).await, Some(NoticeKind::Confirm));
    assert_eq!(state(&store, &id).await, Some(NoticeState::Sent));
    said(&store, "before it confirmed", 20).await;
    assert_eq!(leased(&store, "w", 20 + GATHER).await, None, "it has not confirmed");
    assert!(!store.confirm_notices(&id, "other", at(21)).await.unwrap());
    assert!(!store.confirm_notices(&number(9), "one", at(21)).await.unwrap());
    assert!(store.confirm_notices(&id, "one", at(21)).await.unwrap());
    assert!(!store.confirm_notices(&id, "one", at(22)).await.unwrap(), "it has already");
    let due = leased(&store, "w", 20 + GATHER).await.unwrap();
    assert!(matches!(due.kind, NoticeKind::Progress { upto: 2 }), "{due:?}");
    assert_eq!(due.to, named(1, "one", 10).to);
    assert_eq!(
        store.ask_notices(&named(1, "one", 30)).await.unwrap(),
        NoticeAsked::Unchanged,
        "whoever has confirmed is not asked again"
    );
}

pub async fn p10_one_message_tells_of_all_that_came_and_of_nothing_twice<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    confirmed(&store).await;
    said(&store, "first", 100).await;
    said(&store, "second", 110).await;
    assert_eq!(leased(&store, "w", 100 + GATHER - 1).await, None, "others may come");
    assert_eq!(told(&store, 100 + GATHER).await, Some(NoticeKind::Progress { upto: 3 }));
    assert_eq!(leased(&store, "w", 10_000).await, None, "all is told");
    said(&store, "third", 10_000).await;
    assert_eq!(told(&store, 10_000 + GATHER).await, Some(NoticeKind::Progress { upto: 4 }));
    // Written by a clock that was years ahead, it does not wait for years.
    said(&store, "fourth", 400_000_000).await;
    assert_eq!(told(&store, 10_100).await, Some(NoticeKind::Progress { upto: 5 }));
}

pub async fn p10_a_message_is_in_one_pair_of_hands_and_comes_back_when_it_failed<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let (one, other) = (place.open(), place.open());
    let id = confirmed(&one).await;
    said(&one, "news", 100).await;
    let due = leased(&one, "a", 200).await.unwrap();
    assert_eq!(leased(&other, "b", 201).await, None, "a has it");
    // Whoever had it is gone: after the lease it is somebody else's, and the first changes nothing.
    assert_eq!(leased(&other, "b", 200 + 121).await, Some(due.clone()));
    let outcome = NoticeOutcome::Told(due.kind);
    assert!(!one.settle_notice(&id, "a", at(322), outcome).await.unwrap());
    for failed in 1..=FAILING_FROM {
        let now = 400 * i64::from(failed);
        if failed > 1 {
            let again = leased(&other, "b", now).await.unwrap();
            assert_eq!((again.attempts, again.failing_since), (failed - 1, Some(at(330))));
        }
        assert_eq!(one.failing_notices().await.unwrap(), 0);
        let settled = if failed == 1 { at(330) } else { at(now + 1) };
        let outcome = NoticeOutcome::Failed { retry_at: at(now + 300), since: at(330) };
        assert!(other.settle_notice(&id, "b", settled, outcome).await.unwrap());
        assert_eq!(leased(&one, "a", now + 299).await, None, "not before it is due");
    }
    assert_eq!(one.failing_notices().await.unwrap(), 1);
    assert_eq!(told(&one, 100_000).await, Some(due.kind));
    assert_eq!(one.failing_notices().await.unwrap(), 0);
}

pub async fn p10_what_an_applicant_did_is_not_told_to_them<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let id = confirmed(&store).await;
    let noted = store.note_export(&id, at(100), Actor::Applicant, None).await.unwrap();
    assert!(noted);
    assert_eq!(leased(&store, "w", 1_000).await, None);
    said(&store, "news", 1_000).await;
    assert_eq!(told(&store, 2_000).await, Some(NoticeKind::Progress { upto: 3 }));
}

pub async fn p10_an_address_is_forgotten_when_nobody_is_told_any_more<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let id = confirmed(&store).await;
    let sealed = async || -> u64 {
        store.sealed_by().await.unwrap().into_iter().map(|(_, values)| values).sum()
    };
    let with_address = sealed().await;
    assert!(!store.stop_notices(&id, Some("other"), at(20)).await.unwrap());
    assert!(store.stop_notices(&id, Some("one"), at(20)).await.unwrap());
    assert!(!store.stop_notices(&id, None, at(21)).await.unwrap(), "there is none");
    let stopped = store.notice(&id).await.unwrap().unwrap();
    assert_eq!((stopped.state, stopped.since, stopped.to), (NoticeState::Stopped, at(20), None));
    assert_eq!(sealed().await, with_address - 1);
    said(&store, "news", 100).await;
    assert_eq!(leased(&store, "w", 1_000).await, None);
    // One that takes nothing.
    store.ask_notices(&named(1, "two", 1_000)).await.unwrap();
    leased(&store, "w", 1_001).await.unwrap();
    assert!(store.settle_notice(&id, "w", at(1_002), NoticeOutcome::Refused).await.unwrap());
    assert_eq!(state(&store, &id).await, Some(NoticeState::Refused));
    // One that was not confirmed.
    store.ask_notices(&named(1, "three", 2_000)).await.unwrap();
    told(&store, 2_001).await.unwrap();
    let over = 2_002 + UNCONFIRMED_FOR.as_secs();
    assert_eq!(store.lapse_notices(at(over - 2)).await.unwrap(), 0);
    assert_eq!(store.lapse_notices(at(over)).await.unwrap(), 1);
    let lapsed = store.notice(&id).await.unwrap().unwrap();
    assert_eq!((lapsed.state, lapsed.to), (NoticeState::Lapsed, None));
    assert!(!store.confirm_notices(&id, "three", at(over)).await.unwrap());
    // Taking the request back takes all of it along, and so does deleting it.
    store.ask_notices(&named(1, "four", over)).await.unwrap();
    let actor = Actor::Applicant;
    let back = RequestWithdrawal { number: id.clone(), actor, at: at(over + 1), reason: None };
    store.withdraw(&back).await.unwrap();
    assert_eq!(store.notice(&id).await.unwrap(), None);
    let late = store.ask_notices(&named(1, "five", over + 2)).await.unwrap();
    assert_eq!(late, NoticeAsked::Ended(RequestState::Withdrawn));
}

pub async fn p10_only_so_many_addresses_are_named_for_a_request<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let id = submit(&store, 1).await;
    for named_before in 0..MOST_ADDRESSES {
        let notice = named(1, &format!("n{named_before}"), 10);
        assert_eq!(store.ask_notices(&notice).await.unwrap(), NoticeAsked::Done);
        assert!(store.stop_notices(&id, None, at(11)).await.unwrap());
    }
    assert_eq!(store.ask_notices(&named(1, "more", 12)).await.unwrap(), NoticeAsked::TooOften);
    assert_eq!(leased(&store, "w", 1_000).await, None, "none of them is told");
    // With the request all of it goes.
    let delivery = take(&store, "f", 20).await;
    assert!(store.record_outcome(&delivery, "f", at(21), &delivered(None)).await.unwrap());
    let decided = noted("d", RequestState::Decided, 22, "d");
    assert_eq!(store.hear(&decided).await.unwrap(), Heard::Taken);
    assert!(store.notice(&id).await.unwrap().is_some());
    let (number, cause, actor) = (id.clone(), DeletionCause::Applicant, Actor::Applicant);
    let deletion = Deletion { number, at: at(30), cause, actor, reason: None, law: None };
    assert_eq!(store.delete(&deletion).await.unwrap(), Deleted::Done);
    assert_eq!(store.notice(&id).await.unwrap(), None);
    assert_eq!(store.check_requests().await.unwrap(), []);
    // Nor is one address named for ever other requests, whoever does it.
    for other in 2..=5 {
        submit(&store, other).await;
        let asked = store.ask_notices(&named(other, "stranger", 20)).await.unwrap();
        let taken = other <= 1 + MOST_UNASKED;
        assert_eq!(asked, if taken { NoticeAsked::Done } else { NoticeAsked::TooOften }, "{other}");
    }
    let a_day_later = store.ask_notices(&named(5, "stranger", 21 + 24 * 3_600)).await.unwrap();
    assert_eq!(a_day_later, NoticeAsked::Done);
}
