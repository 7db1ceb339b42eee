//! The disclosure audit: only ever added to.

use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditKey, AuditNote, Head};
use jiff::Timestamp;

use crate::StoreError;

/// An entry as stored, readable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredEntry {
    /// It reads; whether it is the one that was written, its seal tells.
    Entry(AuditEntry),
    /// It does not read any more.
    Unreadable {
        /// Its number.
        sequence: u64,
    },
}

/// How many places one person may be shown in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyCap {
    /// So many different ones.
    pub places: u64,
    /// The day's beginning.
    pub since: Timestamp,
}

/// What became of notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// On disk; the chain ends here now.
    Written(Head),
    /// Nothing was written: it would have been one place too many.
    OverCap,
}

/// Writing down and checking who was shown what.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Adds notes to the chain, in order, all or none; they are on disk when this returns. Several
    /// processes may write: each entry follows the last one of all. `known` is an end of the chain
    /// that the caller has seen; the chain must still run through it. With a `cap`, nothing is
    /// written if one of the notes is a disclosure beyond it.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] when the chain is not as it was written: nothing is added to it,
    /// or a forged end would be sealed.
    async fn note(
        &self,
        notes: Vec<AuditNote>,
        key: &AuditKey,
        known: Option<Head>,
        cap: Option<DailyCap>,
    ) -> Result<Noted, StoreError>;

    /// Entries after the one of that number, at most `limit`, in order.
    async fn audit_after(
        &self,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// Whether there is exactly one entry for every number from 1 to the noted end. Says nothing
    /// of what stands in them.
    async fn audit_is_whole(&self) -> Result<bool, StoreError>;

    /// The end of the chain as noted beside it, with its proof.
    async fn audit_head(&self) -> Result<Option<(Head, String)>, StoreError>;
}
