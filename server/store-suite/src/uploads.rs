//! Files that come in parts.

use store::{Leftover, NewAttachment, NewUpload, Store, Submitted};

use super::{
    Storage,
    attachments::{file, with_files},
    samples::*,
};

fn upload(id: &str, size: u64) -> NewUpload {
    NewUpload { id: id.into(), name: "裂缝.jpg".into(), size, key: [7; 32], until: at(100) }
}

pub async fn s5_a_file_in_parts_grows_in_its_order_and_goes_with_a_request_when_it_is_whole<
    S: Store,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    store.begin_upload(&upload("u", 30)).await.unwrap();
    assert_eq!(store.held_bytes().await.unwrap(), 30, "all of it counts from the beginning");
    for (offset, bytes, taken) in [
        (0, 10, true),
        (0, 10, false),
        (20, 5, false),
        (10, 21, false),
        (10, u64::MAX, false),
        (10, 20, true),
        (30, 1, false),
    ] {
        let grown = store.grow_upload("u", offset, bytes).await.unwrap();
        assert_eq!(grown, taken, "{bytes} at {offset}");
    }
    // Whoever opens the store anew finds as much.
    let store = place.open();
    let come = store.upload("u").await.unwrap().unwrap();
    assert_eq!((&come.parts[..], come.offset(), come.file), (&[10, 20][..], 30, upload("u", 30)));
    // It is no file yet.
    assert_eq!(store.attachments(&["u".into()]).await.unwrap(), []);
    let refused = store.submit(&with_files(1, &["u"])).await.unwrap();
    assert_eq!(refused, Submitted::Unattachable(vec!["u".into()]));
    // Drawn anew it may be of another length.
    let whole = NewAttachment { size: 100, ..file("u", 200) };
    assert!(store.finish_upload(&whole).await.unwrap());
    assert!(!store.finish_upload(&whole).await.unwrap(), "once");
    assert!(!store.grow_upload("u", 30, 1).await.unwrap());
    assert_eq!(store.upload("u").await.unwrap(), None);
    assert_eq!(store.held_bytes().await.unwrap(), 100);
    let left = vec![Leftover { id: "u".into(), parts: Some(2) }];
    assert_eq!(store.parts_left(10).await.unwrap(), left);
    store.forget_parts("u").await.unwrap();
    assert_eq!(store.parts_left(10).await.unwrap(), []);
    let kept = store.submit(&with_files(1, &["u"])).await.unwrap();
    assert_eq!(kept, Submitted::New(number(1)));
    for not_one in ["u", "none"] {
        assert!(!store.finish_upload(&file(not_one, 200)).await.unwrap(), "{not_one}");
        assert!(!store.grow_upload(not_one, 0, 1).await.unwrap(), "{not_one}");
    }
    assert_eq!(store.check_requests().await.unwrap(), []);
}

pub async fn s5_nothing_is_left_of_a_file_that_never_became_whole<S: Store>(place: &Storage<S>) {
    let store = place.open();
    for id in ["a", "b"] {
        store.begin_upload(&upload(id, 30)).await.unwrap();
        assert!(store.grow_upload(id, 0, 10).await.unwrap());
    }
    store.drop_attachment("a").await.unwrap();
    assert_eq!(store.upload("a").await.unwrap(), None);
    let left = |id: &str| Leftover { id: id.into(), parts: Some(1) };
    assert_eq!(store.attachments_to_remove(at(99), 10).await.unwrap(), [left("a")]);
    assert_eq!(store.attachments_to_remove(at(100), 10).await.unwrap(), [left("a"), left("b")]);
    assert!(!store.finish_upload(&file("b", 200)).await.unwrap(), "it was too late");
    for id in ["a", "b"] {
        store.forget_attachment(id).await.unwrap();
    }
    assert_eq!(store.attachments_to_remove(at(100), 10).await.unwrap(), []);
    assert_eq!(store.held_bytes().await.unwrap(), 0);
}
