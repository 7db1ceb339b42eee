//! Files that go with requests.

use domain::attachment::{Attached, MediaType};
use domain::request::Actor;
use store::{
    Attachment, AttachmentState, Deleted, Deletion, DeletionCause, NewAttachment, NewRequest,
    RequestWithdrawal, Store, Submitted,
};

use super::{Storage, samples::*};

pub(crate) fn file(id: &str, until: i64) -> NewAttachment {
    NewAttachment {
        id: id.into(),
        name: "裂缝.jpg".into(),
        media_type: MediaType::Jpeg,
        size: 100,
        sha256: "ab".repeat(32),
        key: [7; 32],
        held_until: at(until),
    }
}

pub(crate) fn attached(id: &str) -> Attached {
    let NewAttachment { id, name, media_type, size, sha256, .. } = file(id, 0);
    Attached { id, name, media_type, size, sha256, address: String::new(), expires: None }
}

/// The request of that number with files.
pub(crate) fn with_files(id: u32, files: &[&str]) -> NewRequest {
    let mut new = request(id);
    new.submission.attachments = files.iter().map(|id| attached(id)).collect();
    new
}

/// The ids of those that are to be removed.
pub(crate) async fn due<S: Store>(store: &S, now: i64) -> Vec<String> {
    let due = store.attachments_to_remove(at(now), 10).await.unwrap();
    due.into_iter().map(|left| left.id).collect()
}

pub(crate) async fn found<S: Store>(store: &S, ids: &[&str]) -> Vec<Attachment> {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    store.attachments(&ids).await.unwrap()
}

pub async fn p10_a_file_goes_with_one_request_or_with_none<S: Store>(place: &Storage<S>) {
    let store = place.open();
    for id in ["a", "b"] {
        store.hold_attachment(&file(id, 100)).await.unwrap();
    }
    let both = found(&store, &["b", "no", "a"]).await;
    let held = |id| Attachment { file: file(id, 100), state: AttachmentState::Held(at(100)) };
    assert_eq!(both, [held("b"), held("a")]);
    assert_eq!(store.held_bytes().await.unwrap(), 200);
    let kept = store.submit(&with_files(1, &["a"])).await.unwrap();
    assert_eq!(kept, Submitted::New(number(1)));
    let [claimed] = found(&store, &["a"]).await.try_into().unwrap();
    assert_eq!(claimed.state, AttachmentState::Claimed(number(1)));
    assert_eq!(store.held_bytes().await.unwrap(), 100);
    // Another request takes none of it, and is not kept.
    let refused = store.submit(&with_files(2, &["b", "a", "no"])).await.unwrap();
    assert_eq!(refused, Submitted::Unattachable(vec!["a".into(), "no".into()]));
    assert_eq!(store.request(&number(2)).await.unwrap(), None);
    let [left] = found(&store, &["b"]).await.try_into().unwrap();
    assert_eq!(left.state, AttachmentState::Held(at(100)));
    // The same form once more is the same request, also where its file was brought a second time.
    let again = store.submit(&with_files(1, &["a"])).await.unwrap();
    assert_eq!(again, Submitted::Repeated(number(1)));
    let again = store.submit(&with_files(1, &["b"])).await.unwrap();
    assert_eq!(again, Submitted::Repeated(number(1)));
    // One that went with a request is not let go of by its number.
    store.drop_attachment("a").await.unwrap();
    assert_eq!(found(&store, &["a"]).await.len(), 1);
    assert_eq!(store.check_requests().await.unwrap(), []);
}

pub async fn p10_a_file_that_nobody_hands_in_is_removed_after_its_time<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    for (id, until) in [("a", 100), ("b", 100), ("c", 200), ("d", 200)] {
        store.hold_attachment(&file(id, until)).await.unwrap();
    }
    store.submit(&with_files(1, &["a"])).await.unwrap();
    store.drop_attachment("d").await.unwrap();
    let none: Vec<String> = Vec::new();
    assert_eq!(due(&store, 99).await, ["d"]);
    assert_eq!(due(&store, 100).await, ["b", "d"]);
    assert_eq!(found(&store, &["a", "b", "c", "d"]).await.len(), 2, "what is let go of is gone");
    let late = store.submit(&with_files(3, &["b"])).await.unwrap();
    assert_eq!(late, Submitted::Unattachable(vec!["b".into()]));
    for id in ["a", "b", "d"] {
        store.forget_attachment(id).await.unwrap();
    }
    assert_eq!(due(&store, 100).await, none);
    assert_eq!(found(&store, &["a", "c"]).await.len(), 2, "only what was let go of is forgotten");
    // Whoever is late is late also where nobody has looked yet.
    let late = NewRequest { submitted_at: at(200), ..with_files(4, &["c"]) };
    assert_eq!(store.submit(&late).await.unwrap(), Submitted::Unattachable(vec!["c".into()]));
}

pub async fn p10_the_files_of_a_deleted_request_are_deleted_with_it<S: Store>(place: &Storage<S>) {
    let store = place.open();
    store.hold_attachment(&file("a", 100)).await.unwrap();
    store.submit(&with_files(1, &["a"])).await.unwrap();
    let dossier = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!(dossier.request.submission.attachments, [attached("a")]);
    let actor = Actor::Applicant;
    let withdrawal = RequestWithdrawal { number: number(1), actor, at: at(2), reason: None };
    store.withdraw(&withdrawal).await.unwrap();
    assert_eq!(found(&store, &["a"]).await.len(), 1, "taken back is not deleted");
    let deletion = Deletion {
        number: number(1),
        at: at(3),
        cause: DeletionCause::Applicant,
        actor: Actor::Applicant,
        reason: None,
        law: None,
    };
    assert_eq!(store.delete(&deletion).await.unwrap(), Deleted::Done);
    assert_eq!(found(&store, &["a"]).await, []);
    assert_eq!(due(&store, 3).await, ["a"]);
}
