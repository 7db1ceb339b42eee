use std::{path::Path, sync::Arc};

use domain::{
    Entropy,
    request::{Actor, DeliveryPayload, RequestEvent, RequestNumber, RequestState},
};

use super::*;
use crate::{migrate, sealed::message_place, value::to_json};
use store::{Cipher, DeliveryFilter, Keyring, RecordKey, Requests};
use testkit::CLASSIFIED_KEY;

#[derive(Default)]
struct Counting(std::sync::atomic::AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        bytes.iter_mut().zip(number.to_le_bytes()).for_each(|(byte, part)| *byte = part);
    }
}

fn unlocked(folder: &Path) -> SqliteStore {
    let key = RecordKey { cipher: Cipher::Sm4Gcm, secret: [9; 32] };
    let ring = Keyring::new(vec![key], Arc::new(Counting::default()));
    let store = SqliteStore::open(folder, &CLASSIFIED_KEY).unwrap();
    store::Keys::unlock(&store, Arc::new(ring), Clear::Sealed).unwrap();
    store
}

fn holds(folder: &Path, word: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(word.len()).any(|part| part == word.as_bytes())
    })
}

/// A data folder as the program before left it.
fn of_an_older_program(folder: &Path) -> (RequestNumber, String, RequestEvent) {
    let number = RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap();
    let submission = r#"{"item":"data-correction","code":"330521001001GB00001","data_version":"a/1","applicant":{"name":"canary-name"},"answers":{"what":"canary-answer"},"channel":"self"}"#;
    let body = format!(
        r#"{{"request":"{number}",{},"submitted_at":"2026-11-22T00:00:00Z"}}"#,
        &submission[1..submission.len() - 1]
    );
    let at = "2026-11-22T00:00:00Z".parse().unwrap();
    let note = Some("canary-note".to_owned());
    let actor = Actor::Department("registration".into());
    let state = RequestState::Submitted;
    let event = RequestEvent::after(None, &number, at, state, actor, None, note);
    let mut connection = super::super::open_writer(folder, &CLASSIFIED_KEY).unwrap();
    migrate::migrate_before(&mut connection, "seal_requests").unwrap();
    connection
        .execute(
            "insert into request values (1, ?1, 'key', x'00', ?2, '2026-11-22T00:00:00.000000000Z')",
            (number.as_str(), submission),
        )
        .unwrap();
    connection
        .execute(
            "insert into request_event values
                 (1, 1, '2026-11-22T00:00:00.000000000Z', 'submitted', ?1, null, ?2, ?3)",
            (to_json("actor", &event.actor).unwrap(), &event.note, &event.hash),
        )
        .unwrap();
    connection
        .execute(
            "insert into delivery (id, request_id, department, body, state, attempts, reference)
             values ('msg_1', 1, 'registration', ?1, 'stuck', 3, 'canary-reference')",
            [body.as_bytes()],
        )
        .unwrap();
    connection
        .execute_batch(
            "insert into delivery_event values ('msg_1', 1, '2026-11-22T00:00:00.000000000Z',
                 'stuck', '{\"kind\":\"staff\",\"id\":\"canary-staff\"}', 'canary-why', '');
             insert into department_message values ('registration', 'm', x'01', 1);
             create table gone (text text);
             insert into gone values ('canary-gone'); delete from gone; drop table gone;",
        )
        .unwrap();
    (number, body, event)
}

#[tokio::test]
async fn x3_what_an_older_program_kept_in_clear_is_sealed_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (number, body, event) = of_an_older_program(folder);
    assert!(holds(folder, "canary-name") && holds(folder, "canary-gone"));
    // A program that needs no requests comes first: it changes the tables and has no key.
    drop(SqliteStore::open(folder, &CLASSIFIED_KEY).unwrap());
    let store = unlocked(folder);
    for word in ["name", "answer", "note", "reference", "staff", "why", "gone"] {
        assert!(!holds(folder, &format!("canary-{word}")), "{word}");
    }
    let kept = store.request(&number).await.unwrap().unwrap();
    assert_eq!(kept.events, [event]);
    let [delivery] = store::Deliveries::deliveries(&store, &DeliveryFilter::default())
        .await
        .unwrap()
        .rows
        .try_into()
        .unwrap();
    assert_eq!(delivery.reference.as_deref(), Some("canary-reference"));
    assert_eq!(delivery.events[0].note.as_deref(), Some("canary-why"));
    let sealed: Vec<u8> = store
        .read_sealed(|connection| {
            let sql = "select content from message";
            let content: Vec<u8> = connection.query_one(sql, [], |row| row.get(0))?;
            connection.open(&message_place("JM-20261122-7K3MQ2VX", 1, "submitted"), &content)
        })
        .await
        .unwrap();
    assert_eq!(sealed, body.as_bytes(), "the same bytes are sent again");
    let payload: DeliveryPayload = serde_json::from_slice(&sealed).unwrap();
    assert_eq!(payload.submission, kept.submission);
    drop(store);
    // Cut off before its end, it is done again, and nothing is sealed twice.
    Connection::open(folder.join(super::super::FILE))
        .unwrap()
        .execute("insert into clear_left values ('requests')", [])
        .unwrap();
    assert_eq!(unlocked(folder).request(&number).await.unwrap(), Some(kept));
}
