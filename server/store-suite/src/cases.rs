//! What staff at the counter have written down for applicants.

use domain::{
    case::{Case, CaseContent, CaseNumber, Filing, FilingMaterial},
    service::Answers,
};
use store::{AttachmentState, DRAFT_KEPT_FOR, Store};

use super::{
    Storage,
    attachments::{attached, due, file, found, with_files},
    samples::{at, request},
};

fn case(tail: &str, version: u32, name: &str) -> Case {
    let content = CaseContent {
        opened_at: at(1),
        holder: None,
        note: String::new(),
        person: Answers::from([("applicant_name".to_owned(), name.to_owned())]),
        filings: Vec::new(),
        mirror: None,
    };
    Case {
        number: CaseNumber::parse(&format!("BJ-{tail}")).unwrap(),
        office: "registration".to_owned(),
        version,
        until: at(i64::from(version)).checked_add(DRAFT_KEPT_FOR).unwrap(),
        content,
    }
}

pub async fn desk_d5_a_case_is_given_back_as_it_was_saved_last_and_nothing_older_replaces_it<
    S: Store,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let first = case("22222222", 1, "张三");
    assert!(store.save_case(&first, None).await.unwrap());
    assert!(!store.save_case(&first, None).await.unwrap(), "there is one of that number");
    // Another process reads it, whole, and changes it.
    let elsewhere = place.open();
    assert_eq!(elsewhere.case(&first.number, at(2)).await.unwrap(), Some(first.clone()));
    let second = case("22222222", 2, "李四");
    assert!(elsewhere.save_case(&second, None).await.unwrap());
    // Who has read the first replaces nothing with what they made of it.
    assert!(!store.save_case(&case("22222222", 2, "王五"), None).await.unwrap());
    assert_eq!(store.case(&first.number, at(2)).await.unwrap(), Some(second));
    let other_office = Case { office: "planning".to_owned(), ..case("22222222", 3, "王五") };
    assert!(!store.save_case(&other_office, None).await.unwrap(), "a case stays where it is");
    assert!(!store.delete_case(&first.number, 1).await.unwrap(), "nor deletes it");
    assert!(store.delete_case(&first.number, 2).await.unwrap());
    assert!(!store.delete_case(&first.number, 2).await.unwrap());
    assert!(
        !store.save_case(&case("22222222", 3, "王五"), None).await.unwrap(),
        "nor comes it back"
    );
}

pub async fn desk_d5_a_case_is_found_by_its_office_and_its_code_until_its_time_is_over<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    let (one, mut later) = (case("22222222", 1, "张三"), case("33333333", 1, "李四"));
    later.until = case("33333333", 60, "").until;
    assert!(store.save_case(&one, Some("mark")).await.unwrap());
    assert!(store.save_case(&later, None).await.unwrap());
    let listed = store.cases("registration", at(2), 10).await.unwrap();
    assert_eq!(listed, [later.clone(), one.clone()], "what was changed last comes first");
    assert_eq!(store.cases("registration", at(2), 1).await.unwrap().len(), 1);
    assert!(store.cases("planning", at(2), 10).await.unwrap().is_empty());
    assert_eq!(store.case_of("mark", at(2)).await.unwrap(), Some(one.clone()));
    assert_eq!(store.case_of("other", at(2)).await.unwrap(), None);
    let over = one.until;
    assert_eq!(store.case(&one.number, over).await.unwrap(), None, "also before it is deleted");
    assert_eq!(store.case_of("mark", over).await.unwrap(), None);
    assert_eq!(store.expire_cases(over).await.unwrap(), 1);
    assert_eq!(store.cases("registration", over, 10).await.unwrap(), [later]);
}

pub async fn desk_d11_the_files_of_a_case_wait_as_long_as_it_does_and_go_with_it<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    let brought = |ids: &[&str]| {
        let files = ids.iter().map(|id| attached(id)).collect();
        let material = FilingMaterial { material: "身份证明".into(), files, seen: None };
        Filing {
            key: "key".into(),
            code: request(1).submission.code,
            item: "data-correction".into(),
            fields: Answers::new(),
            consent: None,
            confirmed_in: None,
            number: None,
            taken: false,
            materials: vec![material],
            noted: None,
        }
    };
    for id in ["a", "b", "c"] {
        store.hold_attachment(&file(id, 5)).await.unwrap();
    }
    let mut kept = case("22222222", 1, "张三");
    kept.content.filings = vec![brought(&["a", "b"])];
    assert!(store.save_case(&kept, None).await.unwrap());
    // Their own day is over; that of a file that no case has is over too.
    assert_eq!(due(&store, 10).await, ["c"]);
    let until = found(&store, &["a"]).await[0].state.clone();
    assert_eq!(until, AttachmentState::Held(kept.until));
    // What is not saved takes no file along.
    let mut stale = case("22222222", 3, "张三");
    stale.content.filings = vec![brought(&[])];
    assert!(!store.save_case(&stale, None).await.unwrap());
    assert_eq!(found(&store, &["a", "b"]).await.len(), 2);
    // One that it carries no more is let go of.
    let mut fewer = case("22222222", 2, "张三");
    fewer.content.filings = vec![brought(&["a"])];
    assert!(store.save_case(&fewer, None).await.unwrap());
    assert!(found(&store, &["b"]).await.is_empty());
    // One that went with a request is the request's, whatever becomes of the case.
    store.submit(&with_files(1, &["a"])).await.unwrap();
    store.hold_attachment(&file("d", 5)).await.unwrap();
    let mut more = case("22222222", 3, "张三");
    more.content.filings = vec![brought(&["d"])];
    assert!(store.save_case(&more, None).await.unwrap());
    assert!(store.delete_case(&more.number, 3).await.unwrap());
    assert!(found(&store, &["d"]).await.is_empty(), "what waited with it goes with it");
    assert!(matches!(found(&store, &["a"]).await[0].state, AttachmentState::Claimed(_)));
}
