//! What stays seen while pens write and others read.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use store_sqlite::SqliteStore;
use testkit::{CLASSIFIED_KEY, Numbered, SystemClock};

use super::*;

struct Trial {
    folder: tempfile::TempDir,
    shared: SharedAudit,
}

async fn begun() -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = Arc::new(SqliteStore::open(path, &CLASSIFIED_KEY).unwrap());
    let key = keys::audit_key(path, &Numbered).unwrap();
    let ends = Ends::in_folder(path);
    let shared = SharedAudit::new(store, Arc::new(SystemClock), key, ends, path.to_owned());
    shared.open().await;
    assert_eq!(shared.fault().await, None);
    Trial { folder, shared }
}

fn record() -> Record {
    let at = SystemClock.now();
    let misses = Misses { from: at, at, counts: Vec::new(), standing_out: Vec::new() };
    AuditEvent::Misses(misses).into()
}

impl Trial {
    /// Alters the first entry, which no pen looks at.
    fn alter(&self) {
        let database = self.folder.path().join(store_sqlite::DATABASE_FILE);
        let connection = rusqlite::Connection::open(database).unwrap();
        let drops: String = connection
            .query_row(
                "select group_concat('drop trigger ' || name, ';') from sqlite_master
                 where type = 'trigger' and tbl_name = 'audit_entry'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        connection.execute_batch(&drops).unwrap();
        let changed =
            connection.execute("update audit_entry set note = '{}' where sequence = 1", []);
        assert_eq!(changed.unwrap(), 1);
    }

    /// As far as a pen gets before it notes the end.
    async fn half_written(&self) -> Head {
        let known = self.shared.ends.known().unwrap();
        let noted = self.shared.store.note(vec![record()], &self.shared.key, known, None).await;
        let Noted::Written(head) = noted.unwrap() else { panic!("there is no cap") };
        head
    }

    fn seen(&self) -> Option<Fault> {
        self.shared.seen().as_ref().map(|seen| seen.fault)
    }
}

#[tokio::test]
async fn x2_what_a_reader_finds_while_a_pen_writes_stays_found() {
    let trial = begun().await;
    let head = trial.half_written().await;
    trial.alter();
    trial.shared.look_through().await;
    assert_eq!(trial.seen(), Some(Fault::Tampered));
    let written = trial.shared.written(head);
    assert!(matches!(written, Err(WriteError::Store(StoreError::Tampered { .. }))), "{written:?}");
    assert_eq!(trial.seen(), Some(Fault::Tampered));
}

#[tokio::test]
async fn x2_a_witness_that_comes_and_goes_does_not_mend_an_altered_audit() {
    let trial = begun().await;
    trial.alter();
    trial.shared.look_through().await;
    trial.shared.unwitnessed(&EndsError::Unreadable { path: trial.folder.path().to_owned() });
    assert_eq!(trial.seen(), Some(Fault::Tampered));
    assert!(trial.shared.write(vec![record()], None).await.is_err());
    assert_eq!(trial.seen(), Some(Fault::Tampered));
}

#[tokio::test]
async fn x2_a_witness_that_answers_again_is_all_that_was_wrong() {
    let trial = begun().await;
    trial.shared.unwitnessed(&EndsError::Unreadable { path: trial.folder.path().to_owned() });
    assert_eq!(trial.seen(), Some(Fault::NoWitness));
    assert!(trial.shared.write(vec![record()], None).await.unwrap());
    assert_eq!(trial.seen(), None);
}

#[tokio::test]
async fn whoever_asks_while_the_audit_is_read_takes_that_readers_answer() {
    let Trial { folder: _folder, shared } = begun().await;
    shared.found(Fault::Tampered, Vec::new());
    let reading = shared.looking.lock().await;
    {
        let mut asked = pin!(shared.fault());
        let first = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
        assert!(first.is_pending(), "it waits for the reader");
        shared.found(Fault::Tampered, shared.ends.known().unwrap());
        drop(reading);
        // One that read the audit itself would find it as it was written.
        assert_eq!(asked.await, Some(Fault::Tampered));
    }
    shared.found(Fault::Tampered, Vec::new());
    assert_eq!(shared.fault().await, None, "the first reads it");
}
