//! What every auditor shares: the chain, its ends, and whether it is as it was written.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    Clock,
    audit::{AuditEvent, AuditFault, AuditKey, AuditNote, Elsewhere, Head, Misses, Record},
};
use keys::{KeyError, manifest::KeyList};
use service::audit::Fault;
use store::{DailyCap, Noted, Store, StoreError};

use super::{
    OLDER_THAN_ITS_END,
    ends::{Ends, EndsError},
    verify::{VerifyError, verify},
    window::Window,
};

/// The end of the audit is said in the log once in so long.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// A fault, and the ends that were noted when it was seen: when somebody has had another noted, it
/// is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    fault: Fault,
    ends: Vec<Head>,
}

#[derive(Default)]
struct AnnouncedEnd {
    at: Option<Instant>,
    end: Option<Head>,
    /// The latest end, said or not.
    latest: Option<Head>,
}

pub(super) struct SharedAudit {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    key: AuditKey,
    ends: Ends,
    keys: PathBuf,
    fault: Mutex<Option<Seen>>,
    /// Held by whoever reads the whole audit.
    looking: tokio::sync::Mutex<()>,
    window: Mutex<Window>,
    said: Mutex<AnnouncedEnd>,
}

/// Why records were not written, or may not count yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// Storage, or a chain that is not as it was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ends that the chain must run through are not known: nothing was written.
    #[error("what must be known before anything is written is not: {0}")]
    Unknown(EndsError),
    /// The records stand in the chain, and its new end is not noted.
    #[error("it stands in the audit, and where that ends now is not noted: {0}")]
    Unnoted(EndsError),
}

/// Why an audit cannot be opened.
#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error(transparent)]
    Fault(#[from] AuditFault),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ends(#[from] EndsError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl SharedAudit {
    pub(super) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        key: AuditKey,
        ends: Ends,
        keys: PathBuf,
    ) -> Self {
        Self {
            store,
            clock,
            key,
            ends,
            keys,
            fault: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            window: Mutex::default(),
            said: Mutex::default(),
        }
    }

    pub(super) async fn write(
        &self,
        records: Vec<Record>,
        cap: Option<DailyCap>,
    ) -> Result<bool, WriteError> {
        self.look_again().await;
        self.refuse_tampered()?;
        let known = self.known().await.map_err(|error| {
            self.unwitnessed(&error);
            WriteError::Unknown(error)
        })?;
        match self.store.note(records, &self.key, known.clone(), cap).await {
            Ok(Noted::Written(head)) => self.written(head).map(|()| true),
            Ok(Noted::OverCap) => Ok(false),
            Err(error) => {
                if matches!(error, StoreError::Tampered { .. }) {
                    self.found(Fault::Tampered, known);
                }
                Err(error.into())
            }
        }
    }

    /// Notes outside the database that the chain ends at `head` now.
    fn written(&self, head: Head) -> Result<(), WriteError> {
        self.ends.note(self.clock.now(), &head).map_err(|error| {
            self.unwitnessed(&error);
            WriteError::Unnoted(error)
        })?;
        lock(&self.said).latest = Some(head);
        // Only ends were looked at: what was found in the whole audit meanwhile stays.
        self.seen().take_if(|seen| seen.fault == Fault::NoWitness);
        Ok(self.refuse_tampered()?)
    }

    fn refuse_tampered(&self) -> Result<(), StoreError> {
        match &*self.seen() {
            Some(Seen { fault: Fault::Tampered, .. }) => {
                Err(StoreError::Tampered { reason: "it was found so, and nothing has changed" })
            }
            _ => Ok(()),
        }
    }

    fn unwitnessed(&self, error: &EndsError) {
        tracing::error!(
            %error,
            "nothing that is not public is shown: the end of the audit cannot be read or noted \
             outside the database"
        );
        self.found(Fault::NoWitness, self.ends.known().unwrap_or_default());
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        lock(&self.fault)
    }

    /// Notes a fault that was seen while `ends` were noted.
    fn found(&self, fault: Fault, ends: Vec<Head>) {
        let mut seen = self.seen();
        let is_tampered = seen.as_ref().is_some_and(|seen| seen.fault == Fault::Tampered);
        // The graver fault stays: a witness that answers again does not mend it.
        if fault == Fault::Tampered || !is_tampered {
            *seen = Some(Seen { fault, ends });
        }
    }

    /// Every end that the chain must run through, as far as it answers for those it does not.
    async fn known(&self) -> Result<Vec<Head>, EndsError> {
        self.ends.ask(&*self.store, &self.key).await?;
        self.ends.known()
    }

    /// What is wrong, as far as it was seen.
    pub(super) async fn fault(&self) -> Option<Fault> {
        self.look_again().await;
        self.seen().as_ref().map(|seen| seen.fault)
    }

    /// Looks again when somebody has had another end noted, as a command beside the portal does.
    async fn look_again(&self) {
        let is_well = self.seen().is_none();
        if is_well || self.known().await.is_err() || !self.has_another_end() {
            return;
        }
        let _looking = self.looking.lock().await;
        // Whoever waited for another look takes its answer.
        if self.has_another_end() {
            self.look().await;
        }
    }

    /// Whether another end is noted than when the fault was seen that stands.
    fn has_another_end(&self) -> bool {
        let before = match &*self.seen() {
            Some(seen) => seen.ends.clone(),
            None => return false,
        };
        self.ends.known().is_ok_and(|now| now != before)
    }

    /// Reads the whole audit, and notes when it is not as it was written.
    pub(super) async fn look_through(&self) {
        let _looking = self.looking.lock().await;
        self.look().await;
    }

    async fn look(&self) {
        let before = self.seen().clone();
        let known = match self.known().await {
            Ok(known) => known,
            Err(error) => {
                self.unwitnessed(&error);
                return;
            }
        };
        match verify(&*self.store, &self.key, known.clone(), Elsewhere::default()).await {
            Ok(summary) if summary.checked.head.is_some() => {
                let mut seen = self.seen();
                // What an auditor found while this was reading stays.
                if *seen == before {
                    *seen = None;
                }
            }
            Ok(_) => self.tampered(&AuditFault::Emptied, known),
            Err(VerifyError::Fault(fault)) => self.tampered(&fault, known),
            Err(VerifyError::Store(error)) => {
                tracing::error!(error = %error, "the audit could not be looked through");
            }
        }
    }

    fn tampered(&self, fault: &AuditFault, known: Vec<Head>) {
        tracing::error!(fault = %fault, remedy = "check-audit", "the audit was tampered with");
        self.found(Fault::Tampered, known);
    }

    pub(super) async fn open(&self) {
        match self.opened().await {
            Ok(()) => {}
            Err(OpenError::Ends(error)) => self.unwitnessed(&error),
            Err(error) => {
                tracing::error!(
                    %error,
                    remedy = "accept-restore",
                    "nothing that is not public is shown: {OLDER_THAN_ITS_END}"
                );
                self.found(Fault::Tampered, self.ends.known().unwrap_or_default());
            }
        }
    }

    async fn opened(&self) -> Result<(), OpenError> {
        let known = self.known().await?;
        let now = self.clock.now();
        let Some((head, _)) = self.store.audit_head().await? else {
            if !known.is_empty() || !self.is_to_be_begun().await? {
                return Err(AuditFault::Emptied.into());
            }
            let began = AuditEvent::Began { at: now };
            let noted = self.store.note(vec![began.into()], &self.key, known, None).await?;
            if let Noted::Written(head) = noted {
                self.ends.make_witness()?;
                self.ends.note(now, &head)?;
                lock(&self.said).latest = Some(head);
            }
            return Ok(KeyList::begun(&self.keys)?);
        };
        self.store.audit_ends_well(&self.key, known).await?;
        KeyList::begun(&self.keys)?;
        if self.ends.lacks_witness()? {
            tracing::warn!(
                audit.end = %head,
                "the witness of the audit keeps no end yet: it begins here. If it kept one before, \
                 it was taken away: put it back"
            );
            self.ends.make_witness()?;
        }
        lock(&self.said).latest = Some(head.clone());
        Ok(self.ends.note(now, &head)?)
    }

    /// Whether an empty chain is one that was never begun: its key was made just now, or both are
    /// of before chains had a beginning.
    async fn is_to_be_begun(&self) -> Result<bool, OpenError> {
        let list = KeyList::of(&self.keys)?;
        let is_new = list.names(keys::AUDIT).is_some_and(|listed| !listed.found);
        Ok(!list.audit_begun && (is_new || self.store.audit_is_unbegun().await?))
    }

    /// Counts a refusal to the public.
    pub(super) fn count(&self, note: &AuditNote) {
        lock(&self.window).add(note.at, &note.who, &note.code, note.reason);
    }

    pub(super) fn window_is_over(&self) -> bool {
        lock(&self.window).is_over(self.clock.now())
    }

    pub(super) fn close_window(&self) -> Option<Misses> {
        lock(&self.window).close(self.clock.now())
    }

    /// Says where the audit ends, so that whoever collects the log elsewhere keeps it.
    pub(super) fn say_end(&self) {
        let mut said = lock(&self.said);
        if said.at.is_some_and(|at| at.elapsed() < SAID_EVERY) || said.end == said.latest {
            return;
        }
        if let Some(end) = &said.latest {
            tracing::info!(target: "audit", end = %end, "the audit ends here");
        }
        said.end = said.latest.clone();
        said.at = Some(Instant::now());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
