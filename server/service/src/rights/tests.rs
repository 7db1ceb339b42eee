//! What stands in the way of a right is said as what it is.

use domain::{
    LandCode,
    code::Strictness,
    request::{Channel, Submission},
};
use store::{Cipher, Keyring, NewRequest, RecordKey, Requests};
use store_sqlite::SqliteStore;

use super::*;

/// What no key of a test need be: guessable.
struct Guessable;

impl domain::Entropy for Guessable {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// A store with a request for that item.
async fn with_request(item: &str) -> (tempfile::TempDir, SqliteStore, RequestNumber) {
    let folder = tempfile::tempdir().unwrap();
    let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
    let ring = Keyring::new(vec![key], std::sync::Arc::new(Guessable));
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    store::Keys::unlock(&store, std::sync::Arc::new(ring), store::Clear::Sealed).unwrap();
    let number = RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap();
    let request = NewRequest {
        number: number.clone(),
        submission: Submission {
            item: item.to_owned(),
            code: LandCode::parse("330521001001GB00001", Strictness::LookUp).unwrap().code,
            data_version: "a/1".into(),
            applicant: answers(&[("applicant_name", "李四"), ("applicant_phone", "13800000000")]),
            answers: answers(&[("what_is_wrong", "面积有误")]),
            channel: Channel::Applicant,
            asks: None,
            attachments: Vec::new(),
            assisted: None,
        },
        submitted_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        idempotency_key: "key".into(),
        departments: vec!["registration".into()],
        confirmation: None,
    };
    store.submit(&request).await.unwrap();
    (folder, store, number)
}

async fn corrected(item: &str, given: &[(&str, &str)]) -> RightsError {
    let (_folder, store, number) = with_request(item).await;
    let at = "2026-11-23T00:00:00Z".parse().unwrap();
    let by = By { actor: Actor::Applicant, at, reason: None };
    correct(&store, &number, &answers(given), by, None).await.unwrap_err()
}

#[tokio::test]
async fn p10_an_answer_to_what_is_not_asked_is_a_fault_and_not_dropped() {
    let given = [("nmae", "王五"), ("what_is_wrong", "用途有误")];
    let RightsError::Faults(faults) = corrected("data-correction", &given).await else {
        panic!("it says nothing of the misspelt name")
    };
    let names: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
    assert_eq!(names, ["nmae"]);
}

#[tokio::test]
async fn p10_a_request_whose_item_is_not_offered_any_more_is_not_said_to_be_unknown() {
    let error = corrected("gone-item", &[("what_is_wrong", "用途有误")]).await;
    assert!(matches!(&error, RightsError::NoItem(item) if item == "gone-item"), "{error}");
    assert!(error.to_string().contains("withdraw"), "it says what to do: {error}");
}
