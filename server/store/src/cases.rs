//! Visits to the counter: what staff write down for applicants before it is handed in (desk D2, D5).

use async_trait::async_trait;
use domain::case::{Case, CaseNumber};
use jiff::Timestamp;

use crate::StoreError;

/// Visits, as the store keeps them. Who may have one is not its business.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Keeps a case, its content sealed: a new one at version 1, later ones in the place of the version
    /// before. `false` where that is not what is kept, and nothing was changed. `pick_up` is the mark of the code
    /// by which its applicant opens it; none where nobody does. The files that its services carry wait as long as it is
    /// kept; those that they carry no more are let go of, as are all that wait with a case that is deleted.
    async fn save_case(&self, case: &Case, pick_up: Option<&str>) -> Result<bool, StoreError>;

    /// The case of that number; none where there is none, or its time is over `at`, UTC.
    async fn case(&self, number: &CaseNumber, at: Timestamp) -> Result<Option<Case>, StoreError>;

    /// The case whose applicant opens it by the code of this mark.
    async fn case_of(&self, pick_up: &str, at: Timestamp) -> Result<Option<Case>, StoreError>;

    /// The cases of an office, the one that was changed last first; at most `limit`.
    async fn cases(
        &self,
        office: &str,
        at: Timestamp,
        limit: usize,
    ) -> Result<Vec<Case>, StoreError>;

    /// Deletes a case as it was at this version; `false` where that is not what is kept.
    async fn delete_case(&self, number: &CaseNumber, version: u32) -> Result<bool, StoreError>;

    /// Deletes every case whose time is over `at`, UTC; how many there were.
    async fn expire_cases(&self, at: Timestamp) -> Result<usize, StoreError>;
}
