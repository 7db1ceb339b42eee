//! The desk that every pen shares: the chain, its ends, and whether it is as it was written.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    Clock,
    audit::{AuditEvent, AuditFault, AuditKey, AuditNote, Head, Misses, Record},
};
use store::{DailyCap, Noted, Store, StoreError};

use super::{
    OLDER_THAN_ITS_END,
    ends::{Ends, EndsError},
    verify::{VerifyError, verify},
    window::Window,
};
use crate::keys::{self, KeyError, manifest::KeyList};

/// The end of the audit is said in the log once in so long.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// What is wrong with the audit. While something is, nothing that is not public is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not as it was written, or not where it was noted to end.
    Tampered,
    /// Its end cannot be noted where it must be.
    NoWitness,
}

/// A fault, and the ends that were noted when it was seen: when somebody has had another noted, it
/// is looked at again.
#[derive(Clone, Debug)]
struct Seen {
    fault: Fault,
    ends: Vec<Head>,
}

#[derive(Default)]
struct Said {
    at: Option<Instant>,
    end: Option<Head>,
    /// The latest end, said or not.
    latest: Option<Head>,
}

pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    key: AuditKey,
    ends: Ends,
    keys: PathBuf,
    fault: Mutex<Option<Seen>>,
    window: Mutex<Window>,
    said: Mutex<Said>,
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

impl Desk {
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
            window: Mutex::default(),
            said: Mutex::default(),
        }
    }

    pub(super) async fn write(
        &self,
        records: Vec<Record>,
        cap: Option<DailyCap>,
    ) -> Result<bool, StoreError> {
        self.look_again().await;
        if self.seen().as_ref().is_some_and(|seen| seen.fault == Fault::Tampered) {
            return Err(StoreError::Tampered {
                reason: "it was found so, and nothing has changed",
            });
        }
        let known = self.ends.known().map_err(|error| self.unwitnessed(&error))?;
        let noted = self.store.note(records, &self.key, known, cap).await;
        if matches!(noted, Err(StoreError::Tampered { .. })) {
            self.found(Fault::Tampered);
        }
        let Noted::Written(head) = noted? else { return Ok(false) };
        self.ends.note(self.clock.now(), &head).map_err(|error| self.unwitnessed(&error))?;
        *self.seen() = None;
        lock(&self.said).latest = Some(head);
        Ok(true)
    }

    fn unwitnessed(&self, error: &EndsError) -> StoreError {
        tracing::error!(%error, "nothing that is not public is shown: the witness does not answer");
        self.found(Fault::NoWitness);
        StoreError::Tampered {
            reason: "the end that was noted outside it cannot be read or written",
        }
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        lock(&self.fault)
    }

    fn found(&self, fault: Fault) {
        let ends = self.ends.known().unwrap_or_default();
        *self.seen() = Some(Seen { fault, ends });
    }

    /// What is wrong, as far as it was seen.
    pub(super) async fn fault(&self) -> Option<Fault> {
        self.look_again().await;
        self.seen().as_ref().map(|seen| seen.fault)
    }

    /// Looks again when somebody has had another end noted, as a command beside the portal does.
    async fn look_again(&self) {
        let before = match &*self.seen() {
            Some(seen) => seen.ends.clone(),
            None => return,
        };
        if self.ends.known().is_ok_and(|now| now != before) {
            self.look_through().await;
        }
    }

    /// Reads the whole audit, and notes when it is not as it was written.
    pub(super) async fn look_through(&self) {
        let known = match self.ends.known() {
            Ok(known) => known,
            Err(error) => {
                self.unwitnessed(&error);
                return;
            }
        };
        match verify(&*self.store, &self.key, known, Vec::new()).await {
            Ok(summary) if summary.checked.head.is_some() => *self.seen() = None,
            Ok(_) => self.tampered(&AuditFault::Emptied),
            Err(VerifyError::Fault(fault)) => self.tampered(&fault),
            Err(VerifyError::Store(error)) => {
                tracing::error!(error = %error, "the audit could not be looked through");
            }
        }
    }

    fn tampered(&self, fault: &AuditFault) {
        tracing::error!(fault = %fault, "the audit was tampered with; run verify-audit");
        self.found(Fault::Tampered);
    }

    pub(super) async fn open(&self) {
        match self.opened().await {
            Ok(()) => {}
            Err(OpenError::Ends(error)) => {
                self.unwitnessed(&error);
            }
            Err(error) => {
                tracing::error!(
                    %error,
                    "nothing that is not public is shown: {OLDER_THAN_ITS_END}"
                );
                self.found(Fault::Tampered);
            }
        }
    }

    async fn opened(&self) -> Result<(), OpenError> {
        let known = self.ends.known()?;
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
