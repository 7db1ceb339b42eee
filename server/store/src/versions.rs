//! Data versions and their ends: what is kept, what was rolled back, what a dead import left.

use async_trait::async_trait;
use domain::dataset::DataVersion;
use jiff::Timestamp;

use crate::{Listed, StoreError};

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// What everybody sees.
    Current,
    /// Was current before; whole, and can be made current again.
    Kept,
    /// Only that it was is still known.
    Past,
}

/// Who changed which version is current, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When, UTC.
    pub at: Timestamp,
    /// Who, as the operating system or the operator says.
    pub by: String,
}

/// A version as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedVersion {
    /// The version.
    pub version: DataVersion,
    /// Where it stands.
    pub state: VersionState,
    /// Its parcels; `None` when their rows are gone.
    pub parcels: Option<u64>,
    /// Its restriction layers; `None` when their rows are gone.
    pub layers: Option<u64>,
    /// Set while it is rolled back from.
    pub withdrawn: Option<Change>,
    /// Set when a rollback made it current again, the last time.
    pub restored: Option<Change>,
}

/// What a rollback did.
#[derive(Clone, Debug, PartialEq)]
pub struct RolledBack {
    /// Was current, is kept.
    pub from: DataVersion,
    /// Is current.
    pub to: DataVersion,
}

/// What became of the rows that nobody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleared {
    /// There were none.
    Nothing,
    /// They are removed.
    Removed,
    /// An import is under way, so nothing was touched.
    ImportRunning,
}

/// Data versions. The one that was current before is kept until the next import of its data set.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Every version of every data set, by data set, oldest first.
    async fn history(&self) -> Result<Listed<ListedVersion>, StoreError>;

    /// Whether a data set ever had a version of that number.
    async fn has_been(&self, dataset: &str, number: u32) -> Result<bool, StoreError>;

    /// Makes a kept version current, in one step that survives a crash: number `to` of the data
    /// set, or without a number the one before the current. The version that was current is kept
    /// in its place, so this can be undone by naming it. Going back withdraws the newer version:
    /// what it said of codes that ended, of what came out of what, and of what is classified does
    /// not count any more; going forward again counts it again.
    ///
    /// # Errors
    /// [`StoreError::NoRollback`] when there is no such version, [`StoreError::ImportRunning`]
    /// while an import runs.
    async fn roll_back(
        &self,
        dataset: &str,
        to: Option<u32>,
        change: &Change,
    ) -> Result<RolledBack, StoreError>;

    /// Removes what a dead import staged and what is left of versions that are not kept.
    async fn clear_left_over(&self) -> Result<Cleared, StoreError>;
}
