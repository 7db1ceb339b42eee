//! A command that was cut off between cutting and removing.

use std::sync::Arc;

use domain::audit::{AuditEvent, AuditKey, Misses};
use jiff::civil::date;
use store::Noted;

use super::{super::ends::Ends, *};
use crate::{
    data::Data,
    database::Database,
    system::{SystemClock, SystemEntropy},
};

struct Trial {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    key: AuditKey,
    ends: Ends,
}

impl Trial {
    /// One entry of 2020, one of now.
    async fn begun() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let store = Data::create(&Database::in_folder(path), path).unwrap().store;
        let key = crate::keys::audit_key(path, &SystemEntropy).unwrap();
        let ends = Ends::in_folder(path);
        let began = AuditEvent::Began { at: start_in_china(date(2020, 6, 1)) };
        let at = SystemClock.now();
        let misses = Misses { from: at, at, counts: Vec::new(), standing_out: Vec::new() };
        let records = vec![began.into(), AuditEvent::Misses(misses).into()];
        let noted = store.note(records, &key, Vec::new(), None).await.unwrap();
        let Noted::Written(head) = noted else { panic!("there is no cap") };
        ends.note(at, &head).unwrap();
        Self { folder, store, key, ends }
    }

    async fn prune(&self) -> Result<Removed, PruneError> {
        let Self { folder, store, key, ends } = self;
        let place = Place { store: &**store, key, ends, keys: folder.path() };
        let answer = ("王建国".to_owned(), "time".to_owned());
        prune(&place, date(2021, 1, 1), None, answer, &SystemClock).await
    }

    async fn first(&self) -> AuditEntry {
        match self.store.audit_after(0, 1).await.unwrap().remove(0) {
            StoredEntry::Entry(entry) => entry,
            unreadable => panic!("it reads: {unreadable:?}"),
        }
    }
}

#[tokio::test]
async fn p9_what_was_cut_off_is_removed_by_the_next_command_if_the_first_did_not_live_to() {
    let trial = Trial::begun().await;
    let first = trial.first().await;
    let pruned = Pruned {
        at: SystemClock.now(),
        by: "王建国".to_owned(),
        why: "time".to_owned(),
        until: Head::from(&first),
        until_at: first.record.at(),
        count: 1,
    };
    let known = trial.ends.known().unwrap();
    trial.store.audit_cut_behind(pruned, &trial.key, known).await.unwrap();
    assert_eq!(trial.first().await.sequence, 1, "it is still there");
    let removed = trial.prune().await.unwrap();
    assert_eq!((removed.left_over, removed.pruned), (1, None));
    assert_eq!(trial.first().await.sequence, 2);
    assert!(matches!(trial.prune().await, Err(PruneError::Nothing { .. })));
    verify(&*trial.store, &trial.key, trial.ends.known().unwrap(), Elsewhere::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn x2_a_forged_cut_removes_nothing() {
    let trial = Trial::begun().await;
    let database = trial.folder.path().join(store_sqlite::DATABASE_FILE);
    let connection = rusqlite::Connection::open(database).unwrap();
    let seal = trial.first().await.seal;
    let forged = "insert into audit_cut (one, sequence, seal, proof) values (1, 1, ?1, 'forged')";
    assert_eq!(connection.execute(forged, [seal]).unwrap(), 1);
    assert!(matches!(trial.prune().await, Err(PruneError::Fault(_))));
    assert_eq!(trial.first().await.sequence, 1);
}
