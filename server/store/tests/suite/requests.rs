//! Keeping requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::request::{Actor, RequestState};
use store::{DeliveryState, Imports, Store, Submitted};

use super::{Place, samples::*};

pub async fn a_request_is_kept_with_its_first_event<S: Store + Imports>(place: &Place<S>) {
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

pub async fn the_same_key_never_makes_two_requests<S: Store + Imports>(place: &Place<S>) {
    let store = place.open();
    submit(&store, 1).await;
    let mut again = request(1);
    again.number = number(2);
    again.submitted_at = at(60);
    again.submission.data_version = "deqing/2".into();
    assert_eq!(store.submit(&again).await.unwrap(), Submitted::Repeated(number(1)));
    again.submission.answers.insert("what".into(), "另一件事".into());
    assert_eq!(store.submit(&again).await.unwrap(), Submitted::Conflict);
    assert_eq!(store.request(&number(2)).await.unwrap(), None);
    assert_eq!(store.deliveries_of(&number(1)).await.unwrap().len(), 1);
    // The number is somebody's: nothing is kept under it.
    let mut taken = request(3);
    taken.number = number(1);
    assert!(store.submit(&taken).await.is_err());
    assert_eq!(store.request(&number(1)).await.unwrap().unwrap().submission, request(1).submission);
}

pub async fn events_chain_and_only_go_forward<S: Store + Imports>(place: &Place<S>) {
    let store = place.open();
    let id = submit(&store, 1).await;
    let advance = async |state, second, reference: Option<&str>| {
        let actor = Actor::Department("natural-resources".into());
        let reference = reference.map(str::to_owned);
        store.advance(&id, at(second), state, actor, reference, Some("好".into())).await.unwrap()
    };
    assert!(advance(RequestState::Acknowledged, 10, Some("A-1")).await);
    assert!(!advance(RequestState::Acknowledged, 11, Some("A-1")).await);
    assert!(!advance(RequestState::Sent, 12, None).await);
    assert!(advance(RequestState::InProgress, 13, None).await);
    assert!(advance(RequestState::Decided, 14, None).await);
    assert!(!advance(RequestState::Returned, 15, None).await);
    let kept = store.request(&id).await.unwrap().unwrap();
    assert_eq!(kept.state(), RequestState::Decided);
    assert_eq!(kept.reference(), Some("A-1"));
    assert_eq!(kept.events.len(), 4);
    let mut previous = None;
    for event in &kept.events {
        assert!(event.follows(previous, &id));
        previous = Some(event);
    }
    let nobody = store
        .advance(&number(9), at(1), RequestState::Sent, Actor::Portal, None, None)
        .await
        .unwrap();
    assert!(!nobody);
}

pub async fn concurrent_submissions_are_all_kept<S>(place: &Place<S>)
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
            (_, Submitted::Conflict) => panic!("the submissions were the same"),
        }
    }
    assert_eq!(new, 50);
    for id in 0..50 {
        assert!(stores[0].request(&number(id)).await.unwrap().is_some());
    }
    let counts = stores[0].delivery_counts().await.unwrap();
    assert!(counts.contains(&(DeliveryState::Pending, 50)), "{counts:?}");
}

pub async fn requests_are_kept_while_an_import_runs<S>(place: &Place<S>)
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
