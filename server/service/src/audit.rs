//! What is written down about a look (rule P9), and how the audit that has it stands.

use async_trait::async_trait;
use domain::{LandCode, audit::Withheld, policy::Field, viewer::Viewer};
use store::StoreError;

/// What is wrong with the audit. While something is, nothing that is not public is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not as it was written, or not where it was noted to end.
    Tampered,
    /// Its end cannot be noted where it must be.
    NoWitness,
}

/// How the audit stands, for whoever watches a portal.
#[async_trait]
pub trait AuditHealth: Send + Sync {
    /// What is wrong with it, as far as it was seen.
    async fn fault(&self) -> Option<Fault>;

    /// Refusals that are not written yet.
    fn notes_waiting(&self) -> usize;

    /// Whether so many wait that somebody must look at it.
    fn is_behind(&self) -> bool;

    /// Reads the whole audit, and notes when it is not as it was written.
    async fn look_through(&self);
}

/// Where it is written down who was shown what that is not public, and who was shown nothing.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Writes down a disclosure; on disk when this returns. `false` when it would be one of more
    /// than `places` today: then nothing was written, and nothing may be shown.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: then nothing may be shown either.
    async fn disclosed(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        fields: Vec<Field>,
        policy: &str,
        places: Option<u64>,
    ) -> Result<bool, StoreError>;

    /// Has a refusal written down; one of the public is counted, and nobody of the public waits.
    async fn withheld(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        reason: Withheld,
        policy: Option<String>,
    );
}
