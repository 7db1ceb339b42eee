//! Reading a whole audit.

use domain::{
    audit::{
        AuditCheck, AuditEvent, AuditFault, AuditKey, AuditLeap, Checked, Elsewhere, Head, Outcome,
        Pruned, Record,
    },
    clock::Leap,
};
use jiff::Timestamp;
use store::{Store, StoreError, StoredEntry};

/// Entries read at once.
const PAGE: usize = 1_000;

/// What a whole audit amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Where it ends, where databases were put back, what was pruned.
    pub checked: Checked,
    /// Disclosures among its entries.
    pub disclosed: u64,
    /// Refusals among its entries, one by one.
    pub withheld: u64,
    /// Refusals to the public, counted.
    pub misses: u64,
    /// Number of the last entry, and when it was written, UTC.
    pub last: Option<(u64, Timestamp)>,
    /// The leaps from one entry to the next that nobody answered for since.
    pub leaps: Vec<AuditLeap>,
}

impl Summary {
    pub(super) fn count(&mut self, sequence: u64, record: &Record) {
        let at = record.at();
        self.leaps.extend(self.leap_to(at));
        if let Record::Event(AuditEvent::Pruned(pruned)) = record {
            self.leaps.retain(|leap| !answers_for(pruned, leap));
        }
        self.last = Some((sequence, at));
        match record {
            Record::Look(look) if look.outcome == Outcome::Disclosed => self.disclosed += 1,
            Record::Look(_) => self.withheld += 1,
            Record::Event(AuditEvent::Misses(misses)) => {
                self.misses += misses.counts.iter().map(|each| each.count).sum::<u64>();
            }
            Record::Event(_) => {}
        }
    }

    /// The leap from the last entry to that moment.
    pub(super) fn leap_to(&self, at: Timestamp) -> Option<AuditLeap> {
        let (after, last) = self.last?;
        Leap::between(last, at).map(|leap| AuditLeap { after, leap })
    }
}

/// Whether somebody says there that the clock was right at a leap before: at those they name, in
/// entries of before any was named at every one.
fn answers_for(pruned: &Pruned, leap: &AuditLeap) -> bool {
    let named = |named: &AuditLeap| named.after == leap.after;
    pruned.clock_is_right && (pruned.leaps.is_empty() || pruned.leaps.iter().any(named))
}

/// Why an audit does not pass.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is not as it was written.
    #[error(
        "the audit is not as it was written: {0}. Stop the portal, keep the data folder as it is, and \
         tell the audit officer"
    )]
    Fault(#[from] AuditFault),
    /// It could not be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Reads the whole audit and checks every entry. It must run through `known`, and through
/// `elsewhere` unless those were lost where a database was put back, or pruned.
///
/// # Errors
/// [`VerifyError`] at the first entry that was changed, removed or moved.
pub async fn verify(
    store: &dyn Store,
    key: &AuditKey,
    known: Vec<Head>,
    elsewhere: Elsewhere,
) -> Result<Summary, VerifyError> {
    loop {
        let cut = store.audit_cut().await?;
        let read = read(store, key, (known.clone(), elsewhere.clone()), cut.clone()).await;
        // What is pruned meanwhile is missed, and no fault.
        if read.is_ok() || store.audit_cut().await? == cut {
            return read;
        }
    }
}

async fn read(
    store: &dyn Store,
    key: &AuditKey,
    (known, elsewhere): (Vec<Head>, Elsewhere),
    cut: Option<(Head, String)>,
) -> Result<Summary, VerifyError> {
    // Taken first: entries written meanwhile come after it.
    let noted = store.audit_head().await?;
    let until = noted.as_ref().map_or(u64::MAX, |(head, _)| head.sequence);
    let mut last = cut.as_ref().map_or(0, |(head, _)| head.sequence);
    let mut check = AuditCheck::new(key, known).expecting(elsewhere).behind(cut)?;
    let mut summary = Summary::default();
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
            summary.count(entry.sequence, &entry.record);
        }
        if !more || last >= until {
            break;
        }
    }
    summary.checked = check.end(noted)?;
    if !store.audit_is_whole().await? {
        return Err(AuditFault::Strays.into());
    }
    Ok(summary)
}
