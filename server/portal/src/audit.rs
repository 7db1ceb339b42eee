//! Writing down who was shown what that is not public, and who was shown nothing (rule P9).
//!
//! A disclosure is written before it is made: what cannot be written is not shown. A refusal is
//! written behind the visitor's back, by one task for all of them: neither the time of the answer
//! nor its outcome tells why nothing was shown (rule P5).

use std::{
    collections::{HashMap, hash_map::Entry},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    Clock, LandCode,
    audit::{AuditCheck, AuditFault, AuditKey, AuditNote, Head, Outcome, Withheld},
    policy::Field,
    viewer::{Tier, Viewer},
};
use store::{DailyCap, Noted, Store, StoreError, StoredEntry};
use tokio::sync::mpsc;

/// Refusals that may wait to be written; further ones wait for room.
const WAITING: usize = 4_096;
/// Refusals written in one transaction.
const AT_ONCE: usize = 256;

/// The same refusal to the same visitor is written once in so long.
const REPEATED: Duration = Duration::from_secs(600);
/// Characters of a code that name its sub-district.
const SUB_DISTRICT: usize = 12;
/// Refusals that are remembered, to tell repeated ones.
const REMEMBERED: usize = 20_000;

/// What all pens share.
struct Desk {
    store: Arc<dyn Store>,
    key: AuditKey,
    /// The end of the chain as last seen, kept beside the key as well: somebody who writes the
    /// database alone cannot take the newest entries out.
    end: EndFile,
    /// Whether it was seen not to be as it was written.
    tampered: AtomicBool,
}

impl Desk {
    async fn write(
        &self,
        notes: Vec<AuditNote>,
        cap: Option<DailyCap>,
    ) -> Result<bool, StoreError> {
        let noted = self.store.note(notes, &self.key, self.end.known(), cap).await;
        if matches!(noted, Err(StoreError::Tampered { .. })) {
            self.tampered.store(true, Ordering::Relaxed);
        }
        match noted? {
            Noted::Written(head) => {
                self.end.note(head);
                Ok(true)
            }
            Noted::OverCap => Ok(false),
        }
    }
}

/// The audit's pen.
#[derive(Clone)]
pub struct Auditor {
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    refusals: mpsc::Sender<AuditNote>,
    repeated: Arc<Mutex<HashMap<(String, String), Instant>>>,
}

impl std::fmt::Debug for Auditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auditor").finish_non_exhaustive()
    }
}

/// The task that writes refusals; ends when every [`Auditor`] is gone and all is written.
pub struct RefusalWriter {
    desk: Arc<Desk>,
    refusals: mpsc::Receiver<AuditNote>,
}

impl std::fmt::Debug for RefusalWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefusalWriter").finish_non_exhaustive()
    }
}

/// A pen, and the task that must run beside it. `folder` holds the key and the noted end.
#[must_use]
pub fn auditor(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: AuditKey,
    folder: &Path,
) -> (Auditor, RefusalWriter) {
    let (refusals, waiting) = mpsc::channel(WAITING);
    let desk =
        Arc::new(Desk { store, key, end: EndFile::of(folder), tampered: AtomicBool::new(false) });
    let writer = RefusalWriter { desk: desk.clone(), refusals: waiting };
    (Auditor { desk, clock, refusals, repeated: Arc::default() }, writer)
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

    /// Whether the audit was seen not to be as it was written.
    #[must_use]
    pub fn is_known_tampered(&self) -> bool {
        self.desk.tampered.load(Ordering::Relaxed)
    }

    /// Refusals that are not written yet.
    #[must_use]
    pub fn notes_waiting(&self) -> usize {
        self.refusals.max_capacity() - self.refusals.capacity()
    }

    /// Whether so many wait that somebody must look at it.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.notes_waiting() >= WAITING / 2
    }

    /// Reads the whole audit, and notes when it is not as it was written.
    pub async fn look_through(&self) {
        let noted: Vec<_> = self.desk.end.known().into_iter().collect();
        match verify(&*self.desk.store, &self.desk.key, &noted).await {
            Ok(_) => {}
            Err(VerifyError::Fault(fault)) => {
                tracing::error!(fault = %fault, "the audit was tampered with; run verify-audit");
                self.desk.tampered.store(true, Ordering::Relaxed);
            }
            Err(VerifyError::Store(error)) => {
                tracing::error!(error = %error, "the audit could not be looked through");
            }
        }
    }

    /// Writes down a disclosure; on disk when this returns. `false` when it would be one of more
    /// than `places` today: then nothing was written, and nothing may be shown.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: then nothing may be shown either.
    pub async fn disclosed(
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
        self.desk.write(vec![note], places.map(|places| DailyCap { places, since })).await
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
        let unlimited = viewer.tier == Tier::Public || reason == Some(Withheld::TooMany);
        if unlimited && self.is_repeated(&note) {
            return;
        }
        if self.refusals.send(note).await.is_err() {
            tracing::error!("a refusal was not written: the audit's task is gone");
        }
    }

    /// Whether the same was refused to the same visitor a while ago: somebody who asks a thousand
    /// times does not fill the disk.
    fn is_repeated(&self, note: &AuditNote) -> bool {
        let now = Instant::now();
        let mut repeated = self.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        if repeated.len() >= REMEMBERED {
            repeated.retain(|_, at| now.duration_since(*at) < REPEATED);
            if repeated.len() >= REMEMBERED {
                repeated.clear();
            }
        }
        let mut place = note.code.as_str().to_owned();
        if note.reason == Some(Withheld::TooMany) {
            // The first of a sub-district stands for all.
            place.truncate(SUB_DISTRICT);
        }
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

impl RefusalWriter {
    /// Writes until every pen is put down.
    pub async fn run(mut self) {
        let mut batch = Vec::new();
        while self.refusals.recv_many(&mut batch, AT_ONCE).await > 0 {
            let mut notes = Vec::with_capacity(batch.len());
            for note in batch.drain(..) {
                notes.push(self.explained(note).await);
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
        let reason = match self.desk.store.is_classified(&note.code.parcel()).await {
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
        while let Err(error) = self.desk.write(notes.clone(), None).await {
            tracing::error!(error = %error, notes = notes.len(), "the audit was not written");
            if matches!(error, StoreError::Tampered { .. }) {
                // Nothing more is added to a forged chain; disclosures stop, the public part goes
                // on.
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(30));
        }
    }
}

/// The end of the chain in a file beside the key.
#[derive(Debug)]
pub struct EndFile {
    path: PathBuf,
    known: Mutex<Option<Head>>,
}

impl EndFile {
    /// Its name in a data folder.
    pub const NAME: &str = "audit.end";

    /// The one in a data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let path = folder.join(Self::NAME);
        let known = std::fs::read_to_string(&path).ok().and_then(|text| text.parse().ok());
        Self { path, known: Mutex::new(known) }
    }

    /// The end as last seen.
    #[must_use]
    pub fn known(&self) -> Option<Head> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, head: Head) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_some_and(|known| known.sequence >= head.sequence) {
            return;
        }
        // Renamed into place: a reader never sees half of it. One that is lost with the power is
        // behind the chain, which does no harm.
        let draft = self.path.with_extension(format!("end-{}", std::process::id()));
        let written = std::fs::write(&draft, head.to_string())
            .and_then(|()| std::fs::rename(&draft, &self.path));
        if let Err(error) = written {
            tracing::warn!(error = %error, "the end of the audit was not noted beside its key");
        }
        *known = Some(head);
    }
}

/// What it may be when an audit ends before the end that was noted, and what to do.
pub const OLDER_THAN_ITS_END: &str = "the database is older than the end noted in audit.end: it was \
    put back by hand, or entries were removed. If it was put back, restore the backup with `jianma \
    restore`, which puts back both; or keep audit.end for the audit officer and move it away";

/// Says in the log when the chain does not run through the end that was noted beside its key: from
/// then on nothing that is not public is shown.
pub async fn check_end(store: &dyn Store, folder: &Path) {
    let Some(known) = EndFile::of(folder).known() else { return };
    let before = known.sequence.saturating_sub(1);
    let found = match store.audit_after(before, 1).await {
        Ok(found) => found,
        Err(error) => return tracing::error!(%error, "the audit does not read"),
    };
    let fits = |stored: &StoredEntry| {
        matches!(stored, StoredEntry::Entry(entry)
            if entry.sequence == known.sequence && entry.seal == known.seal)
    };
    if !found.first().is_some_and(fits) {
        tracing::error!(
            audit.noted_length = known.sequence,
            "nothing that is not public is shown: {OLDER_THAN_ITS_END}"
        );
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

/// Reads the whole audit and checks every entry. `expect` are ends of it that were noted before.
///
/// # Errors
/// [`VerifyError`] at the first entry that was changed, removed or moved.
pub async fn verify(
    store: &dyn Store,
    key: &AuditKey,
    expect: &[Head],
) -> Result<Summary, VerifyError> {
    const PAGE: usize = 1_000;
    // Taken first: entries written meanwhile come after it.
    let noted = store.audit_head().await?;
    let until = noted.as_ref().map_or(u64::MAX, |(head, _)| head.sequence);
    let mut check = AuditCheck::new(key, expect.to_vec());
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
    if !store.audit_is_whole().await? {
        return Err(AuditFault::Strays.into());
    }
    Ok(summary)
}
