//! Removing the oldest entries after the time that they must be kept (网络安全法 art. 23: six months).
//! The part is cut off behind one entry, whose number and seal stay in a sealed entry: the rest
//! still passes, and so does the part, where it was written to a file.
//!
//! How old entries are, the clock says. What it said in between stands in the entries: where it leapt
//! from one to the next, or from the last to now, it may be ahead, and somebody has to answer for it. So
//! no entry that a portal or a command writes by a wrong clock makes that clock believed.

use std::path::Path;

use domain::{
    Clock,
    audit::{AuditEntry, AuditFault, AuditLeap, Elsewhere, Head, Pruned},
    clock::{china_date, start_in_china},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use store::{Store, StoreError, StoredEntry};

use super::{
    accept::AuditUnderCheck,
    ends::EndsError,
    export::{Export, ExportError},
    verify::{VerifyError, verify},
};

/// Months that every entry is kept.
const KEPT_MONTHS: i64 = 6;
/// Entries read at once.
const PAGE: usize = 1_000;
/// Entries removed in one transaction: requests are kept meanwhile.
const REMOVED_AT_ONCE: usize = 5_000;

/// Why nothing is pruned.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// The law has it kept.
    #[error(
        "entries are kept for at least six months: {latest} is the latest day of before which any are \
         pruned"
    )]
    TooYoung {
        /// The latest day.
        latest: Date,
    },
    /// The clock may be wrong, or was: each leap that nobody answered for yet.
    #[error("{}", doubted(.0))]
    Clock(Vec<AuditLeap>),
    /// Nobody is asked about the clock: what they say of it would count for nothing, and be kept nowhere.
    #[error(
        "nobody has to answer for the clock: the audit has no time of more than 7 days without an \
         entry that was not answered for. Nothing was removed"
    )]
    NoLeap,
    /// There is nothing so old, and nothing was left over.
    #[error("no entry is older than {before}")]
    Nothing {
        /// The day.
        before: Date,
    },
    /// It does not pass: pruning it would hide that.
    #[error("nothing was pruned: {0}")]
    Verify(#[from] VerifyError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The noted ends.
    #[error("{0}")]
    Ends(#[from] EndsError),
    /// The file for the part.
    #[error("{0}")]
    Export(#[from] ExportError),
}

/// What is asked of whoever prunes over leaps of the clock.
fn doubted(leaps: &[AuditLeap]) -> String {
    let named: Vec<String> = leaps.iter().map(ToString::to_string).collect();
    let last = leaps.last().map_or(0, |leap| leap.after);
    format!(
        "the audit has nothing for more than 7 days {}: if the clock was set ahead there, entries are \
         younger than they look. Set the clock right; if it is, and was at each of these, somebody \
         must say so up to entry {last}, which stays in the audit with their names",
        named.join("; ")
    )
}

/// What somebody wants removed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Every entry of before this day in China that no younger one stands before.
    pub before: Date,
    /// A new file for them.
    pub export: Option<&'a Path>,
    /// The entry behind which the last leap is that they were told of, where they say that the clock was
    /// right at all of those.
    pub clock_is_right: Option<u64>,
}

/// What was removed.
#[derive(Debug)]
pub struct Removed {
    /// Entries that an earlier command had cut off, and did not live to remove.
    pub left_over: usize,
    /// What was cut off now; none when nothing else is so old.
    pub pruned: Option<Pruned>,
}

/// Prunes the oldest entries, in the name of somebody and for a reason.
///
/// # Errors
/// [`PruneError`]; unless it says that the end was not noted, nothing was cut off.
pub async fn prune(
    place: &AuditUnderCheck<'_>,
    Wanted { before, export, clock_is_right }: Wanted<'_>,
    (by, why): (String, String),
    clock: &dyn Clock,
) -> Result<Removed, PruneError> {
    let now = clock.now();
    let latest = china_date(now).saturating_sub(KEPT_MONTHS.months());
    if before > latest {
        return Err(PruneError::TooYoung { latest });
    }
    let known = place.known().await?;
    let summary = verify(place.store, place.key, known, Elsewhere::default()).await?;
    let to_now = summary.leap_to(now);
    let leaps: Vec<AuditLeap> = summary.leaps.into_iter().chain(to_now).collect();
    // An answer counts for the leaps that they were told of, and no later one.
    match leaps.last().map(|last| last.after) {
        asked if asked == clock_is_right => {}
        None => return Err(PruneError::NoLeap),
        Some(_) => return Err(PruneError::Clock(leaps)),
    }
    // Behind the check alone: a forged cut would have entries removed that nobody cut off.
    let left_over = clear(place.store).await?;
    let behind = place.store.audit_cut().await?.map(|(head, _)| head);
    let start = behind.as_ref().map_or(0, |head| head.sequence);
    let old = Old { before: start_in_china(before), start };
    let Some(last) = old.each(place.store, |_| Ok(())).await? else {
        return match left_over {
            0 => Err(PruneError::Nothing { before }),
            left_over => Ok(Removed { left_over, pruned: None }),
        };
    };
    if let Some(path) = export {
        let mut file = Export::begin(path, behind)?;
        old.each(place.store, |entry| file.take(entry)).await?;
        file.finish(Head::from(&last), place.key)?;
    }
    let pruned = Pruned {
        at: now,
        by,
        why,
        until: Head::from(&last),
        until_at: last.record.at(),
        count: last.sequence - start,
        clock_is_right: !leaps.is_empty(),
        leaps,
    };
    let known = place.known().await?;
    let end = place.store.audit_cut_behind(pruned.clone(), place.key, known).await?;
    place.ends.note(now, &end)?;
    clear(place.store).await?;
    Ok(Removed { left_over, pruned: Some(pruned) })
}

/// Removes what was cut off; how many entries.
async fn clear(store: &dyn Store) -> Result<usize, StoreError> {
    let mut removed = 0;
    loop {
        match store.audit_clear(REMOVED_AT_ONCE).await? {
            0 => return Ok(removed),
            some => removed += some,
        }
    }
}

/// The oldest entries: those behind `start` and of before an instant.
struct Old {
    before: Timestamp,
    start: u64,
}

impl Old {
    /// Hands each to `take`; the last one.
    async fn each(
        &self,
        store: &dyn Store,
        mut take: impl FnMut(&AuditEntry) -> Result<(), ExportError>,
    ) -> Result<Option<AuditEntry>, PruneError> {
        let mut last: Option<AuditEntry> = None;
        loop {
            let at = last.as_ref().map_or(self.start, |entry| entry.sequence);
            let page = store.audit_after(at, PAGE).await?;
            if page.is_empty() {
                return Ok(last);
            }
            for stored in page {
                let entry = match stored {
                    StoredEntry::Entry(entry) => entry,
                    StoredEntry::Unreadable { sequence } => {
                        return Err(VerifyError::from(AuditFault::Unreadable { sequence }).into());
                    }
                };
                if entry.record.at() >= self.before {
                    return Ok(last);
                }
                take(&entry)?;
                last = Some(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests;
