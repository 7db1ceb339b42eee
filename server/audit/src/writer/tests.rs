//! Refusals while the witness is out of reach.

use std::fs;

use domain::{
    LandCode,
    audit::Withheld,
    code::Strictness,
    viewer::{Tier, Viewer},
};
use service::audit::{AuditHealth, AuditLog, Fault};
use store::{Store, StoredEntry};
use store_sqlite::SqliteStore;
use testkit::{CLASSIFIED_KEY, Numbered, SystemClock};

use super::{
    super::{Auditor, Ends, auditor},
    *,
};

struct Trial {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    pen: Auditor,
    writer: RefusalWriter,
}

async fn begun() -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path, &CLASSIFIED_KEY).unwrap());
    let key = keys::audit_key(path, &Numbered).unwrap();
    let ends = Ends::of(path, Some(&path.join("witness")));
    let (pen, writer) = auditor(store.clone(), Arc::new(SystemClock), key, ends, path.to_owned());
    pen.open().await;
    assert_eq!(pen.fault().await, None);
    Trial { folder, store, pen, writer }
}

async fn refuse(pen: &Auditor) {
    let code = LandCode::parse("330521001002GB00011", Strictness::LookUp).unwrap().code;
    let viewer =
        Viewer { tier: Tier::Holder, subject: Some("s-holder".into()), ..Viewer::public() };
    pen.withheld(&viewer, &code, Withheld::Policy, None).await;
}

async fn refusals(store: &dyn Store) -> usize {
    let is_refusal = |stored: &StoredEntry| match stored {
        StoredEntry::Entry(entry) => matches!(entry.record, Record::Look(_)),
        StoredEntry::Unreadable { .. } => false,
    };
    store.audit_after(0, 100).await.unwrap().iter().filter(|entry| is_refusal(entry)).count()
}

#[tokio::test]
async fn p9_a_refusal_outlasts_a_witness_that_does_not_answer() {
    let Trial { folder, store, pen, writer } = begun().await;
    let [witness, away] = ["witness", "away"].map(|name| folder.path().join(name));
    fs::rename(&witness, &away).unwrap();
    // A folder is there and does not read.
    fs::create_dir(&witness).unwrap();
    refuse(&pen).await;
    let writing = tokio::spawn(writer.run());
    while pen.fault().await != Some(Fault::NoWitness) {
        tokio::task::yield_now().await;
    }
    assert_eq!(refusals(&*store).await, 0);
    fs::remove_dir(&witness).unwrap();
    fs::rename(&away, &witness).unwrap();
    drop(pen);
    writing.await.unwrap();
    assert_eq!(refusals(&*store).await, 1);
}

#[tokio::test]
async fn p9_a_refusal_whose_end_is_not_noted_is_written_once() {
    let Trial { folder, store, pen, writer } = begun().await;
    let [witness, away] = ["witness", "away"].map(|name| folder.path().join(name));
    fs::rename(witness, away).unwrap();
    refuse(&pen).await;
    drop(pen);
    writer.run().await;
    assert_eq!(refusals(&*store).await, 1);
}
