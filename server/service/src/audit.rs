//! What is written down about a look (rule P9).

use async_trait::async_trait;
use domain::{LandCode, audit::Withheld, policy::Field, viewer::Viewer};
use store::StoreError;

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
