//! What handlers write into the audit with.

use std::{
    collections::{HashMap, hash_map::Entry},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::{
    Clock, LandCode,
    audit::{AuditEvent, AuditKey, AuditNote, Outcome, StaffRecord, Withheld},
    policy::Field,
    viewer::{Tier, Viewer},
};
use service::audit::{AuditHealth, AuditLog, Fault};
use staff::StaffLog;
use store::{DailyCap, Store, StoreError};
use tokio::sync::mpsc;

use super::{
    ends::Ends,
    shared::{SharedAudit, WriteError},
    window::sub_district,
    writer::RefusalWriter,
};

/// Refusals to signed-in visitors that may wait to be written; further ones wait for room.
const WAITING: usize = 4_096;
/// The same refusal to the same signed-in visitor, given before anybody looked, is written once in
/// so long.
const REPEATED: Duration = Duration::from_secs(600);
/// Refusals that are remembered, to tell repeated ones.
const REMEMBERED: usize = 20_000;

/// Writes into the audit, one for each handler.
#[derive(Clone)]
pub struct Auditor {
    shared: Arc<SharedAudit>,
    refusals: mpsc::Sender<AuditNote>,
    repeated: Arc<Mutex<HashMap<(String, String), Instant>>>,
}

impl std::fmt::Debug for Auditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auditor").finish_non_exhaustive()
    }
}

/// An auditor, and the task that must run beside it. `keys` is the folder of the keys, whose list says
/// whether the chain was begun.
#[must_use]
pub fn auditor(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: AuditKey,
    ends: Ends,
    keys: PathBuf,
) -> (Auditor, RefusalWriter) {
    let (refusals, waiting) = mpsc::channel(WAITING);
    let shared = Arc::new(SharedAudit::new(store, clock, key, ends, keys));
    let writer = RefusalWriter::new(shared.clone(), waiting);
    (Auditor { shared, refusals, repeated: Arc::default() }, writer)
}

impl Auditor {
    fn draft(&self, viewer: &Viewer, code: &LandCode, outcome: Outcome) -> AuditNote {
        AuditNote {
            at: self.shared.clock.now(),
            who: viewer.subject.clone().unwrap_or_else(|| "visitor".to_owned()),
            tier: viewer.tier,
            purpose: viewer.purpose.clone(),
            code: *code,
            outcome,
            reason: None,
            fields: Vec::new(),
            policy: None,
        }
    }

    /// Begins the chain together with its key, and looks whether one that was begun ends where it
    /// was noted to end. Says so when it does not: from then on nothing that is not public is shown.
    pub async fn open(&self) {
        self.shared.open().await;
    }

    /// Whether the same was refused to the same visitor a while ago, before anybody looked: the
    /// first of a sub-district stands for all.
    fn is_repeated(&self, note: &AuditNote) -> bool {
        let now = Instant::now();
        let mut repeated = self.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        if repeated.len() >= REMEMBERED {
            repeated.retain(|_, at| now.duration_since(*at) < REPEATED);
            if repeated.len() >= REMEMBERED {
                repeated.clear();
            }
        }
        let place = sub_district(&note.code).to_owned();
        match repeated.entry((note.who.clone(), place)) {
            Entry::Occupied(mut before) => {
                let again = now.duration_since(*before.get()) < REPEATED;
                if !again {
                    before.insert(now);
                }
                again
            }
            Entry::Vacant(first) => {
                first.insert(now);
                false
            }
        }
    }
}

#[async_trait]
impl AuditHealth for Auditor {
    async fn fault(&self) -> Option<Fault> {
        self.shared.fault().await
    }

    fn notes_waiting(&self) -> usize {
        self.refusals.max_capacity() - self.refusals.capacity()
    }

    fn is_behind(&self) -> bool {
        self.notes_waiting() >= WAITING / 2
    }

    async fn look_through(&self) {
        self.shared.look_through().await;
    }
}

#[async_trait]
impl AuditLog for Auditor {
    async fn disclosed(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        fields: Vec<Field>,
        policy: &str,
        places: Option<u64>,
    ) -> Result<bool, StoreError> {
        let draft = self.draft(viewer, code, Outcome::Disclosed);
        let since = domain::clock::start_in_china(domain::clock::china_date(draft.at));
        let note = AuditNote { fields, policy: Some(policy.to_owned()), ..draft };
        let cap = places.map(|places| DailyCap { places, since });
        self.shared.write(vec![note.into()], cap).await.map_err(not_written)
    }

    async fn withheld(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        reason: Withheld,
        policy: Option<String>,
    ) {
        let note = AuditNote {
            reason: Some(reason),
            policy,
            ..self.draft(viewer, code, Outcome::Withheld)
        };
        if viewer.tier == Tier::Public {
            self.shared.count(&note);
            return;
        }
        if reason == Withheld::TooMany && self.is_repeated(&note) {
            return;
        }
        if self.refusals.send(note).await.is_err() {
            tracing::error!("a refusal was not written: the audit's task is gone");
        }
    }
}

#[async_trait]
impl StaffLog for Auditor {
    async fn staff_did(&self, record: StaffRecord) -> Result<(), StoreError> {
        let record = AuditEvent::Staff(record).into();
        self.shared.write(vec![record], None).await.map(drop).map_err(not_written)
    }
}

/// Why something was not written down, in the words of storage.
fn not_written(error: WriteError) -> StoreError {
    match error {
        WriteError::Store(error) => error,
        error @ (WriteError::Unknown(_) | WriteError::Unnoted(_)) => {
            StoreError::Corrupt { what: "end of the audit", reason: error.to_string() }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{audit::Record, code::Strictness};
    use store::StoredEntry;
    use store_sqlite::SqliteStore;
    use testkit::{CLASSIFIED_KEY, Numbered, SystemClock};

    use super::*;

    #[tokio::test]
    async fn p9_ten_thousand_misses_are_a_few_kilobytes() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(folder.path(), &CLASSIFIED_KEY).unwrap());
        let key = keys::audit_key(folder.path(), &Numbered).unwrap();
        let ends = Ends::in_folder(folder.path());
        let keys = folder.path().to_owned();
        let (pen, writer) = auditor(store.clone(), Arc::new(SystemClock), key, ends, keys);
        pen.open().await;
        let writing = tokio::spawn(writer.run());
        for number in 0..10_000_u32 {
            let text = format!("330521{:06}GB{:05}", number % 500, number + 1);
            let code = LandCode::parse(&text, Strictness::LookUp).unwrap().code;
            let subject = Some(format!("visitor-{}", number % 1_000));
            let viewer = Viewer { subject, ..Viewer::public() };
            pen.withheld(&viewer, &code, Withheld::Unknown, None).await;
        }
        drop(pen);
        writing.await.unwrap();
        let entries: Vec<_> = store.audit_after(1, 100).await.unwrap();
        let mut bytes = 0;
        let mut counted = 0;
        for entry in &entries {
            let StoredEntry::Entry(entry) = entry else { panic!("it reads: {entry:?}") };
            let Record::Event(AuditEvent::Misses(misses)) = &entry.record else {
                panic!("what the public was refused is counted: {entry:?}");
            };
            bytes += serde_json::to_string(&entry.record).unwrap().len() + entry.seal.len();
            counted += misses.counts.iter().map(|each| each.count).sum::<u64>();
        }
        assert_eq!(counted, 10_000);
        assert!(bytes < 20_000, "{bytes}");
    }
}
