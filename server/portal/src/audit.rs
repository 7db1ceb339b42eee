//! Writing down who was shown what that is not public, and who was shown nothing (rule P9).
//!
//! A disclosure is written before it is made: what cannot be written is not shown. A refusal is
//! written behind the visitor's back, by one task for all of them: neither the time of the answer
//! nor its outcome tells why nothing was shown (rule P5).

use std::{sync::Arc, time::Duration};

use domain::{
    Clock, LandCode,
    audit::{AuditCheck, AuditFault, AuditKey, AuditNote, Head, Outcome, Withheld},
    policy::Field,
    viewer::{Tier, Viewer},
};
use store::{Store, StoreError, StoredEntry};
use tokio::sync::mpsc;

/// Refusals that may wait to be written; further ones wait for room.
const WAITING: usize = 4_096;
/// Refusals written in one transaction.
const AT_ONCE: usize = 256;

/// A refusal that waits to be written.
#[derive(Debug)]
struct Refusal {
    note: AuditNote,
}

/// The audit's pen.
#[derive(Clone)]
pub struct Auditor {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: AuditKey,
    refusals: mpsc::Sender<Refusal>,
}

impl std::fmt::Debug for Auditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auditor").finish_non_exhaustive()
    }
}

/// The task that writes refusals; ends when every [`Auditor`] is gone and all is written.
pub struct RefusalWriter {
    store: Arc<dyn Store>,
    key: AuditKey,
    refusals: mpsc::Receiver<Refusal>,
}

impl std::fmt::Debug for RefusalWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefusalWriter").finish_non_exhaustive()
    }
}

/// A pen, and the task that must run beside it.
#[must_use]
pub fn auditor(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: AuditKey,
) -> (Auditor, RefusalWriter) {
    let (refusals, waiting) = mpsc::channel(WAITING);
    let writer = RefusalWriter { store: store.clone(), key: key.clone(), refusals: waiting };
    (Auditor { store, clock, key, refusals }, writer)
}

impl Auditor {
    fn draft(&self, viewer: &Viewer, code: &LandCode, outcome: Outcome) -> AuditNote {
        AuditNote {
            at: self.clock.now(),
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

    /// Writes down a disclosure; on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: then nothing may be shown.
    pub async fn disclosed(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        fields: Vec<Field>,
        policy: &str,
    ) -> Result<(), StoreError> {
        let draft = self.draft(viewer, code, Outcome::Disclosed);
        let note = AuditNote { fields, policy: Some(policy.to_owned()), ..draft };
        self.store.note(vec![note], &self.key).await
    }

    /// Has a refusal written down. `reason` is found out later where it is not given.
    pub async fn withheld(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        reason: Option<Withheld>,
        policy: Option<String>,
    ) {
        let note = AuditNote { reason, policy, ..self.draft(viewer, code, Outcome::Withheld) };
        if self.refusals.send(Refusal { note }).await.is_err() {
            tracing::error!("a refusal was not written: the audit's task is gone");
        }
    }

    /// How many places somebody was shown since midnight in China.
    ///
    /// # Errors
    /// [`StoreError`] when storage does not answer.
    pub async fn places_today(&self, viewer: &Viewer) -> Result<u64, StoreError> {
        let today = domain::clock::china_date(self.clock.now());
        let Some(who) = viewer.subject.as_deref().filter(|_| viewer.tier != Tier::Public) else {
            return Ok(0);
        };
        self.store.places_disclosed_to(who, domain::clock::start_in_china(today)).await
    }
}

impl RefusalWriter {
    /// Writes until every pen is put down.
    pub async fn run(mut self) {
        let mut batch = Vec::new();
        while self.refusals.recv_many(&mut batch, AT_ONCE).await > 0 {
            let mut notes = Vec::with_capacity(batch.len());
            for refusal in batch.drain(..) {
                notes.push(self.explained(refusal.note).await);
            }
            self.write(notes).await;
        }
    }

    /// A refusal whose reason was not known when it was given: the record did not come, because no
    /// data set has the code, or because one of them classifies it.
    async fn explained(&self, note: AuditNote) -> AuditNote {
        if note.reason.is_some() {
            return note;
        }
        let reason = match self.store.is_classified(&note.code.parcel()).await {
            Ok(true) => Some(Withheld::Classified),
            Ok(false) => Some(Withheld::Unknown),
            Err(error) => {
                tracing::error!(error = %error, "the reason of a refusal is not known");
                None
            }
        };
        AuditNote { reason, ..note }
    }

    async fn write(&self, notes: Vec<AuditNote>) {
        let mut wait = Duration::from_millis(100);
        // Kept until it is written: a full disk is mended, a lost note is not.
        while let Err(error) = self.store.note(notes.clone(), &self.key).await {
            tracing::error!(error = %error, notes = notes.len(), "the audit was not written; trying again");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(30));
        }
    }
}

/// What a whole audit amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Where it ends; none when it is empty.
    pub head: Option<Head>,
    /// Disclosures among its entries.
    pub disclosed: u64,
    /// Refusals among its entries.
    pub withheld: u64,
}

/// Why an audit does not pass.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is not as it was written.
    #[error(transparent)]
    Fault(#[from] AuditFault),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the whole audit and checks every entry. `expect` is the end of an earlier check.
///
/// # Errors
/// [`VerifyError`] at the first entry that was changed, removed or moved.
pub async fn verify(
    store: &dyn Store,
    key: &AuditKey,
    expect: Option<Head>,
) -> Result<Summary, VerifyError> {
    const PAGE: usize = 1_000;
    // Taken first: entries written meanwhile come after it.
    let noted = store.audit_head().await?;
    let until = noted.as_ref().map_or(u64::MAX, |(head, _)| head.sequence);
    let mut check = AuditCheck::new(key, expect);
    let mut summary = Summary::default();
    let mut last = 0;
    loop {
        let page = store.audit_after(last, PAGE).await?;
        let more = page.len() == PAGE;
        for stored in page {
            let entry = match stored {
                StoredEntry::Entry(entry) => entry,
                StoredEntry::Unreadable { sequence } => {
                    return Err(AuditFault::Unreadable { sequence }.into());
                }
            };
            if entry.sequence > until {
                break;
            }
            check.take(&entry)?;
            last = entry.sequence;
            match entry.note.outcome {
                Outcome::Disclosed => summary.disclosed += 1,
                Outcome::Withheld => summary.withheld += 1,
            }
        }
        if !more || last >= until {
            break;
        }
    }
    summary.head = check.end(noted)?;
    Ok(summary)
}
