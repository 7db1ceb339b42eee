//! What a restore writes into the audit.

use std::sync::Arc;

use ::audit::{Ends, auditor};
use domain::audit::{AuditEvent, Record};
use jiff::Timestamp;
use store::StoredEntry;

use super::{
    super::{BackupArgs, take},
    *,
};
use crate::system::SystemEntropy;

struct At(i64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap()
    }
}

#[tokio::test]
async fn x2_the_audit_says_by_whom_and_when_by_the_clock_handed_in_a_backup_was_restored() {
    let folder = tempfile::tempdir().unwrap();
    let [data, output, restored] =
        ["data", "copy", "restored"].map(|name| folder.path().join(name));
    {
        let store = Data::create(&Database::in_folder(&data), &data).unwrap().store;
        let key = keys::audit_key(&data, &SystemEntropy).unwrap();
        let ends = Ends::in_folder(&data);
        let clock = Arc::new(At(1_700_000_000));
        let (pen, _writer) = auditor(store, clock, key, ends, data.clone());
        pen.open().await;
    }
    let backup = BackupArgs {
        data,
        database: crate::database::DatabaseArg::default(),
        output: output.clone(),
        keys: None,
        config: None,
    };
    take(&backup, &At(1_700_000_100), &mut |_| {}).unwrap();
    let arguments =
        RestoreArgs { from: output, keys: None, data: restored.clone(), key_folder: None };
    let done = restore(&arguments, &At(1_700_000_200), &mut |_| {}).await.unwrap();
    assert!(done.well);
    let store = Data::existing(&Database::in_folder(&restored), &restored).unwrap().store;
    let entries = store.audit_after(0, 10).await.unwrap();
    let Some(StoredEntry::Entry(last)) = entries.last() else { panic!("{entries:?}") };
    let Record::Event(AuditEvent::Restored(said)) = &last.record else { panic!("{last:?}") };
    assert_eq!(said.at.as_second(), 1_700_000_200);
    assert_eq!(said.by, staff::name(None).unwrap());
}
