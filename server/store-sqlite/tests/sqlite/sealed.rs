//! What is personal is sealed, by whichever database.

use std::path::Path;

use domain::{
    request::{Actor, Deadline, Outcome, RequestState},
    suitability::Said,
};
use store::{
    Correction, DeliveryOutcome, DepartmentWord, Intervener, Intervention, Keys, Outbox, Requests,
    Rights, SealError, StoreError,
};
use store_sqlite::{SqliteStore, copy_database};
use store_suite::{
    outbox::{self, take},
    samples::*,
};

use super::opening::{opened, sqlite, unlocked};

/// Words that are personal, in every place that takes any.
const CANARIES: [&str; 8] = [
    "李四",
    "面积有误",
    "canary-note",
    "canary-material",
    "canary-reference",
    "canary-staff",
    "canary-reason",
    "canary-new",
];

/// A request with words in every place.
async fn full(store: &SqliteStore) {
    submit(store, 1).await;
    let id = take(store, "a", 10).await;
    let stuck = DeliveryOutcome::Stuck { reason: "answered 400".into() };
    assert!(store.record_outcome(&id, "a", at(11), &stuck).await.unwrap());
    let by = Intervener {
        name: "canary-staff".into(),
        at: at(12),
        reason: Some("canary-reason".into()),
    };
    let settle =
        Intervention::Settle { received: true, reference: Some("canary-reference".into()) };
    store::Deliveries::intervene(store, &id, &settle, &by).await.unwrap();
    let word = DepartmentWord {
        number: number(1),
        department: "natural-resources".into(),
        message: "m".into(),
        at: at(13),
        state: RequestState::InProgress,
        reference: Some("canary-reference".into()),
        note: Some("canary-note".into()),
        facts: [("value:x".to_owned(), Said::Text("canary-fact".into()))].into(),
        outcome: Some(Outcome::SupplementAsked {
            materials: vec!["canary-material".into()],
            deadline: Deadline { working_days: Some(5), until: None },
        }),
        reopening: None,
    };
    store.hear(&word).await.unwrap();
    let mut answers = request(1).submission.answers;
    answers.insert("what".into(), "canary-new".into());
    let correction = Correction {
        number: number(1),
        rests_on: 1,
        applicant: request(1).submission.applicant,
        answers,
        actor: Actor::Applicant,
        at: at(14),
        reason: None,
        confirmation: None,
    };
    store.correct(&correction).await.unwrap();
}

fn found_in(file: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(file).unwrap();
    let holds = |word: &&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    CANARIES.into_iter().filter(holds).collect()
}

fn connection(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("jianma.sqlite3")).unwrap()
}

#[tokio::test]
async fn x3_no_word_of_a_request_is_in_the_database_its_log_or_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    full(&store).await;
    copy_database(folder.path(), &folder.path().join("copy"), &mut |_, _| {}).unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(found_in(&file), [""; 0], "{}", file.display());
    }
    // The same words come back to whoever has the key.
    let dossier = store.dossier(&number(1)).await.unwrap().unwrap();
    let told = format!("{dossier:?}");
    for word in CANARIES {
        assert!(told.contains(word), "{word}");
    }
}

#[tokio::test]
async fn x3_a_value_moved_to_another_row_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    for id in [1, 2] {
        submit(&store, id).await;
    }
    let by_hand = connection(folder.path());
    by_hand
        .execute_batch(
            "insert into resealing values ('by hand');
             update message set content =
                 (select content from message where request_id = 1) where request_id = 2;",
        )
        .unwrap();
    let opened = store.request(&number(2)).await;
    assert!(
        matches!(&opened, Err(StoreError::Sealed { reason: SealError::Forged, .. })),
        "never an empty answer: {opened:?}"
    );
    // The outbox hands it to a person, and carries on with the other.
    let due = outbox::lease(&store, "a", 10).await;
    assert_eq!(due.iter().map(|each| each.number.clone()).collect::<Vec<_>>(), [number(1)]);
    let stuck = outbox::status(&store, 2).await;
    assert_eq!(stuck.state, store::DeliveryState::Stuck);
}

#[tokio::test]
async fn x3_a_lost_or_wrong_key_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!opened(folder.path()).has_sealed_records().unwrap());
    submit(&sqlite(folder.path()), 1).await;
    let open = |keys: &[u8]| unlocked(folder.path(), keys, store::Clear::Sealed);
    for keys in [&[][..], &[2], &[3]] {
        let error = open(keys).unwrap_err();
        assert!(matches!(error, StoreError::RecordKey { .. }), "{error}");
        assert!(error.to_string().contains("Put back"), "{error}");
    }
    // Without any, land is served by whoever needs no more, and requests are not.
    let without = opened(folder.path());
    let asked = without.request(&number(1)).await;
    assert!(matches!(asked, Err(StoreError::NoRecordKeys)), "{asked:?}");
    assert!(open(&[1]).unwrap().request(&number(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn x3_keys_rotate_and_what_is_old_is_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    full(&sqlite(folder.path())).await;
    let before = sqlite(folder.path()).dossier(&number(1)).await.unwrap();
    let open = |keys: &[u8]| unlocked(folder.path(), keys, store::Clear::Sealed);
    let both = open(&[1, 2]).unwrap();
    submit(&both, 2).await;
    assert_eq!(both.sealed_by().await.unwrap().len(), 2);
    let old = both.reseal().await.unwrap();
    assert!(old > 5, "{old}");
    assert_eq!(both.reseal().await.unwrap(), 0);
    assert_eq!(both.sealed_by().await.unwrap().len(), 1);
    assert_eq!(both.dossier(&number(1)).await.unwrap(), before);
    assert!(connection(folder.path()).execute("update message set content = x'00'", []).is_err());
    // A deletion is sealed anew as well, and the register still follows.
    let withdrawal = store::RequestWithdrawal {
        number: number(2),
        actor: Actor::Applicant,
        at: at(20),
        reason: None,
    };
    both.withdraw(&withdrawal).await.unwrap();
    let deletion = store::Deletion {
        number: number(2),
        at: at(21),
        cause: store::DeletionCause::Operator,
        actor: Actor::Staff("canary-staff".into()),
        reason: Some("canary-reason".into()),
        law: None,
    };
    both.delete(&deletion).await.unwrap();
    let third = open(&[1, 2, 3]).unwrap();
    third.reseal().await.unwrap();
    assert_eq!(third.sealed_by().await.unwrap().len(), 1);
    let [entry] = third.deletions().await.unwrap().rows.try_into().unwrap();
    assert!(entry.whole);
    assert_eq!(entry.said.1.as_deref(), Some("canary-reason"));
}

#[tokio::test]
async fn x3_every_column_of_bytes_that_belongs_to_requests_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    full(&store).await;
    let by_hand = connection(folder.path());
    let columns: Vec<(String, String)> = by_hand
        .prepare(
            "select t.name, c.name from sqlite_schema t join pragma_table_info(t.name) c
             where t.type = 'table' and c.type = 'BLOB'
                 and (t.sql like '%request_id%' or t.name in ('delivery_event', 'request'))",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(columns.len(), 10, "{columns:?}");
    let mut values = 0;
    for (table, column) in columns {
        let sql = format!("select {column} from {table} where {column} is not null");
        let mut rows = by_hand.prepare(&sql).unwrap();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let value: Vec<u8> = row.get(0).unwrap();
            assert!(store::RecordKeyId::of(&value).is_some(), "{table}.{column}");
            values += 1;
        }
    }
    let counted: u64 = store.sealed_by().await.unwrap().iter().map(|(_, count)| count).sum();
    assert_eq!(counted, values, "each is sealed anew when a key rotates");
}

/// A database changed by hand, past the triggers.
fn by_hand(folder: &Path, statements: &str) {
    let connection = connection(folder);
    let triggers: Vec<String> = connection
        .prepare("select name from sqlite_schema where type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in triggers {
        connection.execute_batch(&format!("drop trigger {trigger}")).unwrap();
    }
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[tokio::test]
async fn x3_a_request_in_clear_is_never_sealed_once_all_were_sealed() {
    let folder = tempfile::tempdir().unwrap();
    submit(&sqlite(folder.path()), 1).await;
    by_hand(folder.path(), include_str!("in_clear.sql"));
    let open = |clear| unlocked(folder.path(), &[1], clear).unwrap();
    let store = open(store::Clear::Refused);
    let read = store.request(&number(1)).await;
    assert!(
        matches!(&read, Err(StoreError::Sealed { reason: SealError::NotSealed, .. })),
        "{read:?}"
    );
    assert_eq!(outbox::lease(&store, "a", 10).await, []);
    assert_eq!(outbox::status(&store, 1).await.state, store::DeliveryState::Stuck);
    let [fault] = store.check_requests().await.unwrap().try_into().unwrap();
    assert!(fault.place.starts_with("message/"), "{fault:?}");
    drop(store);
    // Whoever answers for it has it sealed.
    let store = open(store::Clear::Sealed);
    assert_eq!(store.check_requests().await.unwrap(), []);
}

#[tokio::test]
async fn s5_a_delivery_whose_department_was_changed_is_stuck_until_somebody_redirects_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    submit(&store, 1).await;
    let before = outbox::status(&store, 1).await.department;
    by_hand(folder.path(), "update delivery set department = 'elsewhere'");
    assert_eq!(outbox::lease(&store, "a", 10).await, [], "nothing is sent");
    let [stuck] = list(&store).await.try_into().unwrap();
    assert_eq!(stuck.state, store::DeliveryState::Stuck);
    let reason = stuck.reason.unwrap();
    assert!(reason.contains("was not made for elsewhere"), "{reason}");
    assert_eq!(store.check_requests().await.unwrap().len(), 1);
    // Nor is what the wrong department says of it believed.
    let word = DepartmentWord {
        number: number(1),
        department: "elsewhere".into(),
        message: "m".into(),
        at: at(11),
        state: RequestState::Decided,
        reference: None,
        note: None,
        facts: std::collections::BTreeMap::new(),
        outcome: None,
        reopening: None,
    };
    let heard = store.hear(&word).await;
    assert!(matches!(heard, Err(StoreError::Misaddressed { .. })), "{heard:?}");
    // Back where it belongs, or anywhere else, by a person.
    for to in [before.as_str(), "third"] {
        let by = Intervener { name: "staff".into(), at: at(12), reason: None };
        let redirect = Intervention::Redirect { to: to.to_owned() };
        let open = list(&store)
            .await
            .into_iter()
            .find(|delivery| store::DeliveryState::UNDELIVERED.contains(&delivery.state));
        let id = open.unwrap().id;
        let done = store::Deliveries::intervene(&store, &id, &redirect, &by).await.unwrap();
        assert_eq!(done, store::Intervened::Done, "{to}");
        assert_eq!(store.check_requests().await.unwrap(), []);
    }
    let due = outbox::lease(&store, "a", 20).await;
    assert_eq!(due.iter().map(|each| each.department.as_str()).collect::<Vec<_>>(), ["third"]);
}

async fn list(store: &SqliteStore) -> Vec<store::DeliveryRecord> {
    let listed = store::Deliveries::deliveries(store, &store::DeliveryFilter::default()).await;
    whole(listed.unwrap())
}

#[tokio::test]
async fn s5_whatever_was_cut_off_or_changed_of_a_request_is_missed() {
    for (statements, missing) in [
        (
            "delete from request_event where sequence = (select max(sequence) from request_event e where e.request_id = 1)",
            "events",
        ),
        ("delete from request_event where true", "events"),
        ("delete from request_event where sequence = 1", "events"),
        ("update request_event set state = 'decided' where sequence = 2", "events"),
        (
            "delete from delivery where message = 2; delete from message where sequence = 2",
            "messages",
        ),
        ("delete from delivery where message = 2", "deliveries"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        full(&store).await;
        submit(&store, 2).await;
        assert_eq!(store.check_requests().await.unwrap(), []);
        by_hand(
            folder.path(),
            &statements
                .replace(" where ", " where request_id = 1 and ")
                .replace("e where request_id = 1 and ", "e where "),
        );
        let is_missed = |error: &StoreError| matches!(error, StoreError::Incomplete { missing: what, .. } if *what == missing);
        let read = store.request(&number(1)).await.unwrap_err();
        assert!(is_missed(&read), "{statements}: {read}");
        let read = store.dossier(&number(1)).await.unwrap_err();
        assert!(is_missed(&read), "{statements}: {read}");
        let faults = store.check_requests().await.unwrap();
        assert!(faults.iter().any(|fault| fault.reason.contains(missing)), "{faults:?}");
        assert!(!faults.iter().any(|fault| fault.place.contains(number(2).as_str())), "{faults:?}");
    }
}

#[tokio::test]
async fn s5_a_row_that_does_not_read_is_found_though_everything_sealed_opens() {
    for (statements, place) in [
        ("update delivery set attempts = -1 where request_id = 1", "delivery/"),
        ("update delivery set delivered_at = 'x' where request_id = 1", "delivery/"),
        ("update delivery_event set act = 'x' where true", "delivery/"),
        ("update delivery_event set at = 'x' where true", "delivery/"),
        ("update request set submitted_at = 'x' where id = 1", "request/"),
        ("update request set item = 'violation-report' where id = 1", "request/"),
        ("update request set submitted_at = '2020-01-01T00:00:00Z' where id = 1", "request/"),
        ("delete from request where id = 1", "message/1/1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        full(&store).await;
        submit(&store, 2).await;
        by_hand(folder.path(), statements);
        let faults = store.check_requests().await.unwrap();
        assert!(faults.iter().any(|fault| fault.place.starts_with(place)), "{faults:?}");
        assert!(!faults.iter().any(|fault| fault.place.contains(number(2).as_str())), "{faults:?}");
    }
}

#[tokio::test]
async fn s5_a_delivery_that_was_altered_with_its_journal_holds_up_no_other() {
    for journal in ["act = 'x'", "at = 'x'", "content = x'01'"] {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        submit(&store, 1).await;
        let id = take(&store, "a", 10).await;
        let stuck = DeliveryOutcome::Stuck { reason: "answered 400".into() };
        assert!(store.record_outcome(&id, "a", at(11), &stuck).await.unwrap());
        let by = Intervener { name: "staff".into(), at: at(12), reason: None };
        let retry = Intervention::Retry { again: false };
        let done = store::Deliveries::intervene(&store, &id, &retry, &by).await.unwrap();
        assert_eq!(done, store::Intervened::Done);
        submit(&store, 2).await;
        by_hand(
            folder.path(),
            &format!(
                "update delivery set department = 'elsewhere' where request_id = 1;
                 update delivery_event set {journal}"
            ),
        );
        let due = outbox::lease(&store, "a", 20).await;
        let numbers: Vec<_> = due.iter().map(|each| each.number.clone()).collect();
        assert_eq!(numbers, [number(2)], "{journal}");
        let state = "select state from delivery where request_id = 1";
        let state: String =
            connection(folder.path()).query_one(state, [], |row| row.get(0)).unwrap();
        assert_eq!(state, "stuck", "{journal}");
    }
}
