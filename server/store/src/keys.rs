//! What a store knows of the keys that lie outside of it.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;

use crate::{Clear, RecordKeyId, Sealer, StoreError};

/// What a store holds that only its keys can open, prove or go on with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Requests: their receipts.
    pub requests: bool,
    /// Entries of the audit.
    pub audit: bool,
    /// Labels issued.
    pub labels: bool,
    /// Digests of classified codes, or the mark of their key.
    pub classified: bool,
    /// Requests sealed by a key.
    pub sealed: bool,
    /// Departments that something was sent to.
    pub sent_to: BTreeSet<String>,
}

/// Keys, as a store is handed them and knows them again. What is not `async` is asked where a store is
/// opened, before anybody waits for it, and may block.
#[async_trait]
pub trait Keys: Send + Sync {
    /// What was made with which kind of key.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it does not read.
    fn traces(&self) -> Result<Traces, StoreError>;

    /// Whether the key of a file is the one that the store has known since it was first told of one;
    /// `check` is a digest under it. `None` where it was never told.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it does not read.
    fn knows_key(&self, file: &str, check: &str) -> Result<Option<bool>, StoreError>;

    /// Tells the store by what it knows the key of a file again. One that it knows stays.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it cannot be written.
    fn note_key(&self, file: &str, check: &str) -> Result<(), StoreError>;

    /// Whether anything was ever sealed: then there are keys, and they must be found.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it does not read.
    fn has_sealed_records(&self) -> Result<bool, StoreError>;

    /// Hands over the keys of requests, which are asked for without them in vain. Before it returns,
    /// it has seen that they are the right ones, and what an older program left in clear is sealed
    /// and gone from the store: unless `clear` says that there can be nothing of the kind. How many
    /// values that were.
    ///
    /// # Errors
    /// [`StoreError::RecordKey`] when a key that sealed something is missing or another one.
    fn unlock(&self, sealer: Arc<dyn Sealer>, clear: Clear) -> Result<u64, StoreError>;

    /// Seals by the newest key what other keys have sealed, in small steps beside a running portal;
    /// how many values there were.
    ///
    /// # Errors
    /// [`StoreError`]; what was sealed until then stays so.
    async fn reseal(&self) -> Result<u64, StoreError>;

    /// How many values each key has sealed; keys that have sealed nothing are not named.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sealed_by(&self) -> Result<Vec<(RecordKeyId, u64)>, StoreError>;
}
