//! What several tests of this room need.

use async_trait::async_trait;
use domain::{LandCode, audit::Withheld, policy::Field, viewer::Viewer};
use service::audit::AuditLog;
use store::StoreError;

/// Only the public asks here: nothing is disclosed that an audit must have, and its refusals are no
/// matter of these tests.
pub struct OfThePublic;

#[async_trait]
impl AuditLog for OfThePublic {
    async fn disclosed(
        &self,
        _: &Viewer,
        code: &LandCode,
        _: Vec<Field>,
        _: &str,
        _: Option<u64>,
    ) -> Result<bool, StoreError> {
        panic!("{code} was shown as more than public")
    }

    async fn withheld(&self, _: &Viewer, _: &LandCode, _: Withheld, _: Option<String>) {}
}
