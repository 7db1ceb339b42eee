//! Keys outside of a store, and what it knows of them.

use store::{Store, Traces};

use super::{
    Storage,
    outbox::{status, take},
    samples::*,
};

pub async fn s5_a_store_tells_what_was_made_with_which_key<S: Store>(place: &Storage<S>) {
    let store = place.open();
    // It was opened with the keys of classified codes and of requests, and knows both again.
    let opened = Traces { classified: true, sealed: true, ..Traces::default() };
    assert_eq!(store.traces().unwrap(), opened);
    submit(&store, 1).await;
    assert_eq!(store.traces().unwrap(), Traces { requests: true, ..opened.clone() });
    take(&store, "a", 10).await;
    let to = status(&store, 1).await.department;
    assert_eq!(store.traces().unwrap().sent_to.into_iter().collect::<Vec<_>>(), [to]);
    assert!(!store.traces().unwrap().labels);
    issue_label(&store).await;
    assert!(store.traces().unwrap().labels);
}

pub async fn x3_a_key_that_was_noted_is_known_again<S: Store>(place: &Storage<S>) {
    let store = place.open();
    assert_eq!(store.knows_key("receipt.key", "one").unwrap(), None);
    store.note_key("receipt.key", "one").unwrap();
    store.note_key("receipt.key", "other").unwrap();
    let again = place.open();
    assert_eq!(again.knows_key("receipt.key", "one").unwrap(), Some(true));
    assert_eq!(
        again.knows_key("receipt.key", "other").unwrap(),
        Some(false),
        "the first one stays"
    );
    assert_eq!(again.knows_key("audit.key", "one").unwrap(), None);
}

pub async fn x3_what_is_sealed_is_counted_by_its_key<S: Store>(place: &Storage<S>) {
    let store = place.open();
    assert_eq!(store.sealed_by().await.unwrap(), []);
    submit(&store, 1).await;
    assert!(store.has_sealed_records().unwrap());
    let [(_, values)] = store.sealed_by().await.unwrap()[..] else { panic!("one key sealed it") };
    assert!(values > 3, "submission, event, message, anchor and delivery: {values}");
    assert_eq!(store.reseal().await.unwrap(), 0, "the newest key sealed it already");
}
