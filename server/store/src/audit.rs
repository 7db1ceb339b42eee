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

/// Writing down and checking who was shown what.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Adds notes to the chain, in order, all or none; they are on disk when this returns. Several
    /// processes may write: each entry follows the last one of all.
    async fn note(&self, notes: Vec<AuditNote>, key: &AuditKey) -> Result<(), StoreError>;

    /// Entries after the one of that number, at most `limit`, in order.
    async fn audit_after(
        &self,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// The end of the chain as noted beside it, with its proof.
    async fn audit_head(&self) -> Result<Option<(Head, String)>, StoreError>;

    /// How many different places were disclosed to `who` since then.
    async fn places_disclosed_to(&self, who: &str, since: Timestamp) -> Result<u64, StoreError>;
}
