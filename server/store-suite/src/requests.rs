//! Keeping requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::request::{RequestState, Step, key_under};
use store::{
    DeliveryAct, DeliveryOutcome, DeliveryState, DepartmentWord, Heard, Imports, Store, Submitted,
};

use super::{Storage, outbox, samples::*};

pub async fn a_request_is_kept_with_its_first_event<S: Store + Imports>(place: &Storage<S>) {
    let submitted = submit(&place.open(), 1).await;
    // Another process, or the same after a crash.
    let store = place.open();
    let kept = store.request(&submitted).await.unwrap().unwrap();
    assert_eq!(kept.submission, request(1).submission);
    assert_eq!(kept.submitted_at, at(1));
    assert_eq!(kept.state(), RequestState::Submitted);
    assert_eq!(kept.events.len(), 1);
    assert!(kept.events[0].follows(None, &submitted));
    assert_eq!(store.request(&number(2)).await.unwrap(), None);
    let deliveries = store.deliveries_of(&submitted).await.unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].state, DeliveryState::Pending);
    assert_eq!(deliveries[0].next_attempt_at, Some(at(1)));
}

pub async fn the_same_key_never_makes_two_requests<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let mut again = request(1);
    again.number = number(2);
    again.submitted_at = at(60);
    again.submission.data_version = "deqing/2".into();
    let repeated = Submitted::Repeated(number(1));
    assert_eq!(store.earlier(&again).await.unwrap(), Some(repeated.clone()));
    assert_eq!(store.submit(&again).await.unwrap(), repeated);
    assert_eq!(store.earlier(&request(2)).await.unwrap(), None);
    again.submission.answers.insert("what".into(), "另一件事".into());
    let conflict = Submitted::Conflict(number(1));
    assert_eq!(store.earlier(&again).await.unwrap(), Some(conflict.clone()));
    assert_eq!(store.submit(&again).await.unwrap(), conflict);
    assert_eq!(store.request(&number(2)).await.unwrap(), None);
    assert_eq!(store.deliveries_of(&number(1)).await.unwrap().len(), 1);
    // The number is somebody's: nothing is kept under it.
    let mut taken = request(3);
    taken.number = number(1);
    assert!(store.submit(&taken).await.is_err());
    assert_eq!(store.request(&number(1)).await.unwrap().unwrap().submission, request(1).submission);
}

/// *sites S5*: requests that one form handed in know each other, and nobody else's.
pub async fn sites_s5_requests_of_one_form_lie_beside_each_other<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let form = "0123456789abcdefghijklmn";
    for (at, key) in [
        (1, key_under(form, "planning-conformity")),
        (2, key_under(form, "hazard-zone")),
        (3, key_under("0123456789abcdefghijklmo", "hazard-zone")),
        (4, form.to_owned()),
    ] {
        let mut one = request(at);
        one.idempotency_key = key;
        assert_eq!(store.submit(&one).await.unwrap(), Submitted::New(number(at)));
    }
    assert_eq!(store.beside(&number(1)).await.unwrap(), [number(2)]);
    assert_eq!(store.beside(&number(2)).await.unwrap(), [number(1)]);
    for alone in [3, 4, 5] {
        assert_eq!(store.beside(&number(alone)).await.unwrap(), [], "{alone}");
    }
}

pub async fn events_chain_and_only_go_forward<S: Store + Imports>(place: &Storage<S>) {
    use RequestState::{Acknowledged, Decided, InProgress, Sent};
    let store = place.open();
    let id = submit(&store, 1).await;
    let hear = async |word: DepartmentWord| store.hear(&word).await.unwrap();
    let acknowledged =
        DepartmentWord { reference: Some("A-1".into()), ..noted("1", Acknowledged, 10, "好") };
    assert_eq!(hear(acknowledged.clone()).await, Heard::Taken);
    assert_eq!(hear(acknowledged).await, Heard::Repeated);
    assert_eq!(hear(word("2", Sent, 12)).await, Heard::Past(Acknowledged));
    assert_eq!(hear(word("3", InProgress, 13)).await, Heard::Taken);
    assert_eq!(hear(word("4", Decided, 14)).await, Heard::Taken);
    assert_eq!(hear(word("5", InProgress, 15)).await, Heard::Past(Decided));
    // A late one stays late, however often it comes.
    assert_eq!(hear(word("5", InProgress, 16)).await, Heard::Past(Decided));
    let kept = store.request(&id).await.unwrap().unwrap();
    assert_eq!(kept.state(), Decided);
    assert_eq!(kept.reference(), Some("A-1"));
    assert_eq!(kept.events.len(), 4);
    let mut previous = None;
    for event in &kept.events {
        assert!(event.follows(previous, &id));
        previous = Some(event);
    }
    let nobodys = DepartmentWord { number: number(9), ..word("6", Decided, 17) };
    assert_eq!(hear(nobodys).await, Heard::NotTheirs);
    let anothers = DepartmentWord { department: "geology".into(), ..word("7", Decided, 17) };
    assert_eq!(hear(anothers).await, Heard::NotTheirs);
}

/// Rule S5: nothing that a department says is dropped.
pub async fn s5_notes_in_the_same_state_and_corrections_are_events<S: Store + Imports>(
    place: &Storage<S>,
) {
    use RequestState::{Decided, InProgress, Returned};
    let store = place.open();
    let id = submit(&store, 1).await;
    let numbered =
        DepartmentWord { reference: Some("A-2".into()), ..word("numbered", InProgress, 13) };
    for (word, heard) in [
        (noted("1", InProgress, 10, "请补交材料"), Heard::Taken),
        (noted("2", InProgress, 11, "材料已收到"), Heard::Taken),
        // The first again, as a sender does that lost our answer.
        (noted("1", InProgress, 12, "请补交材料"), Heard::Repeated),
        (numbered.clone(), Heard::Taken),
        (DepartmentWord { message: "numbered again".into(), ..numbered }, Heard::Repeated),
        (word("bare", InProgress, 14), Heard::Repeated),
        // A sender that has one id for all its messages is heard as well.
        (noted("1", Decided, 15, "准予"), Heard::Taken),
        (noted("new id, same word", Decided, 16, "准予"), Heard::Repeated),
        (noted("3", Decided, 17, "更正：面积为 100 平方米"), Heard::Taken),
        (noted("4", Returned, 18, "撤销原决定"), Heard::Taken),
    ] {
        assert_eq!(store.hear(&word).await.unwrap(), heard, "{word:?}");
    }
    let kept = store.request(&id).await.unwrap().unwrap();
    let steps: Vec<_> = kept
        .events
        .iter()
        .zip(std::iter::once(None).chain(kept.events.iter().map(Some)))
        .map(|(event, previous)| event.step(previous))
        .collect();
    use Step::{Correction, Forward, Note};
    assert_eq!(steps, [Forward, Forward, Note, Note, Forward, Correction, Correction]);
    assert_eq!(kept.reference(), Some("A-2"));
}

/// Rule S5: a department that speaks of a request has it, whatever became of its confirmation.
pub async fn s5_what_a_department_speaks_of_is_not_sent_again<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let id = outbox::take(&store, "a", 10).await;
    let stuck = DeliveryOutcome::Stuck { reason: "answered 409".into() };
    assert!(store.record_outcome(&id, "a", at(11), &stuck).await.unwrap());
    let word =
        DepartmentWord { reference: Some("A-1".into()), ..word("1", RequestState::InProgress, 20) };
    assert_eq!(store.hear(&word).await.unwrap(), Heard::Taken);
    let [now] = store.deliveries_of(&number(1)).await.unwrap().try_into().unwrap();
    assert_eq!(now.state, DeliveryState::Delivered);
    assert_eq!(now.reference.as_deref(), Some("A-1"));
    assert_eq!(now.last_act, Some((DeliveryAct::Heard, at(20))));
    // What never left may be known from the applicant's paper alone: it is still sent.
    submit(&store, 2).await;
    let of_paper = DepartmentWord { number: number(2), message: "2".into(), ..word };
    assert_eq!(store.hear(&of_paper).await.unwrap(), Heard::Taken);
    assert_eq!(outbox::lease(&store, "a", 30).await.len(), 1);
}

pub async fn concurrent_submissions_are_all_kept<S>(place: &Storage<S>)
where
    S: Store + Imports + Clone + 'static,
{
    let stores = [place.open(), place.open()];
    let mut tasks = tokio::task::JoinSet::new();
    for id in 0..50 {
        // Each twice, as an impatient finger does, through two processes.
        for store in stores.clone() {
            tasks.spawn(async move { (id, store.submit(&request(id)).await.unwrap()) });
        }
    }
    let mut new = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            (id, Submitted::New(given)) => {
                assert_eq!(given, number(id));
                new += 1;
            }
            (id, Submitted::Repeated(given)) => assert_eq!(given, number(id)),
            (_, Submitted::Conflict(_) | Submitted::Unattachable(_)) => {
                panic!("the submissions were the same")
            }
        }
    }
    assert_eq!(new, 50);
    for id in 0..50 {
        assert!(stores[0].request(&number(id)).await.unwrap().is_some());
    }
    let counts = stores[0].delivery_counts().await.unwrap();
    assert!(counts.contains(&(DeliveryState::Pending, 50)), "{counts:?}");
}

pub async fn requests_are_kept_while_an_import_runs<S>(place: &Storage<S>)
where
    S: Store + Imports + Clone + Sync + Send + 'static,
{
    let (store, importer) = (place.open(), place.open());
    let staged = Arc::new(AtomicBool::new(false));
    let stop = Arc::new(AtomicBool::new(false));
    let import = {
        let (staged, stop) = (Arc::clone(&staged), Arc::clone(&stop));
        std::thread::spawn(move || {
            let mut import = importer.begin_import(&dataset("deqing")).unwrap();
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) || number < 3_000 {
                assert!(import.put_parcel(&parcel(number), &[], &[]).unwrap());
                number += 1;
                staged.store(number > 1_000, Ordering::Relaxed);
                assert!(number < 99_999, "the requests did not get through");
            }
            import.publish(at(1)).unwrap()
        })
    };
    while !staged.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut slowest = Duration::ZERO;
    for id in 0..25 {
        let begun = Instant::now();
        submit(&store, id).await;
        slowest = slowest.max(begun.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    let version = tokio::task::spawn_blocking(move || import.join().unwrap()).await.unwrap();
    assert_eq!(store.versions().await.unwrap(), [version]);
    assert!(slowest < Duration::from_secs(5), "a request waited {slowest:?} for the import");
}
