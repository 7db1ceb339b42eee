//! What somebody typed into a form and has not handed in.

use domain::{LandCode, code::Strictness, request::DraftNumber, service::Answers};
use store::{DRAFT_KEPT_FOR, Draft, DraftContent, Store};

use super::{Storage, samples::at};

fn number(tail: &str) -> DraftNumber {
    DraftNumber::parse(tail).unwrap()
}

fn draft(tail: &str, second: i64, name: &str) -> Draft {
    let code = LandCode::parse("330521001001GB00001", Strictness::LookUp).unwrap().code;
    let fields = Answers::from([("applicant_name".to_owned(), name.to_owned())]);
    let until = at(second).checked_add(DRAFT_KEPT_FOR).unwrap();
    let content = DraftContent { code, item: "data-correction".to_owned(), fields };
    Draft { number: number(tail), until, form: None, content }
}

pub async fn s11_a_draft_is_given_back_as_it_was_saved_last_until_it_is_deleted<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    let (one, other) = (draft("22222222", 1, "张三"), draft("33333333", 1, "李四"));
    assert_eq!(store.draft(&one.number, at(1)).await.unwrap(), None);
    for draft in [&one, &other] {
        store.save_draft(draft).await.unwrap();
    }
    // Another process reads it, whole.
    let elsewhere = place.open();
    assert_eq!(elsewhere.draft(&one.number, at(2)).await.unwrap(), Some(one.clone()));
    let later = draft("22222222", 100, "张三丰");
    store.save_draft(&later).await.unwrap();
    assert_eq!(elsewhere.draft(&one.number, at(101)).await.unwrap(), Some(later));
    assert!(store.delete_draft(&one.number).await.unwrap());
    assert!(!store.delete_draft(&one.number).await.unwrap());
    assert_eq!(elsewhere.draft(&one.number, at(101)).await.unwrap(), None);
    assert_eq!(elsewhere.draft(&other.number, at(101)).await.unwrap(), Some(other));
}

pub async fn s11_a_draft_whose_time_is_over_is_not_given_back_and_goes<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    let (one, later) = (draft("22222222", 0, "张三"), draft("33333333", 60, "李四"));
    for draft in [&one, &later] {
        store.save_draft(draft).await.unwrap();
    }
    let over = one.until;
    assert_eq!(store.draft(&one.number, over).await.unwrap(), None, "also before it is deleted");
    assert_eq!(store.expire_drafts(over).await.unwrap(), 1);
    assert_eq!(store.expire_drafts(over).await.unwrap(), 0);
    assert_eq!(store.draft(&one.number, at(1)).await.unwrap(), None, "it is gone");
    assert_eq!(store.draft(&later.number, over).await.unwrap(), Some(later));
}
