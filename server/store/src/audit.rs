//! The disclosure audit: only ever added to.

use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditKey, Head, Pruned, Record};
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
    /// Adds records to the chain, in order, all or none; they are on disk when this returns.
    /// Several processes may write: each entry follows the last one of all. `known` are ends of the
    /// chain that the caller has seen; the chain must still run through them. With a `cap`, nothing
    /// is written if one of the records is a disclosure beyond it. An empty chain takes first what
    /// a chain may begin with.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] when the chain is not as it was written: nothing is added to it,
    /// or a forged end would be sealed.
    async fn note(
        &self,
        records: Vec<Record>,
        key: &AuditKey,
        known: Vec<Head>,
        cap: Option<DailyCap>,
    ) -> Result<Noted, StoreError>;

    /// Whether the chain runs through `known`, and its end is the one that was noted. An empty
    /// chain does when nothing is known. Looks at ends alone.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] when not.
    async fn audit_ends_well(&self, key: &AuditKey, known: Vec<Head>) -> Result<(), StoreError>;

    /// Cuts the chain behind the entry that `pruned` names, and says so in a new entry, in one step.
    /// What stands before is removed by [`Audit::audit_clear`].
    ///
    /// # Errors
    /// [`StoreError::Tampered`] as [`Audit::note`], and when there is no such entry.
    async fn audit_cut_behind(
        &self,
        pruned: Pruned,
        key: &AuditKey,
        known: Vec<Head>,
    ) -> Result<Head, StoreError>;

    /// Removes at most so many entries that were cut off; how many.
    async fn audit_clear(&self, most: usize) -> Result<usize, StoreError>;

    /// The last entry that was cut off, with its proof.
    async fn audit_cut(&self) -> Result<Option<(Head, String)>, StoreError>;

    /// Whether the chain is one that nobody wrote in before chains had a beginning.
    async fn audit_is_unbegun(&self) -> Result<bool, StoreError>;

    /// Entries after the one of that number, at most `limit`, in order.
    async fn audit_after(
        &self,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// Whether there is exactly one entry for every number from the first that was not cut off to
    /// the noted end. Says nothing of what stands in them.
    async fn audit_is_whole(&self) -> Result<bool, StoreError>;

    /// The end of the chain as noted beside it, with its proof.
    async fn audit_head(&self) -> Result<Option<(Head, String)>, StoreError>;
}
