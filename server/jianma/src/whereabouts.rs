//! Where places lie, for departments that speak Open311: what everybody may see of it, and nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use domain::LandCode;
use forward::Places;
use service_api::{Drawn, Portal};

/// The places that the portal shows to everybody.
pub(crate) struct ShownToEverybody(pub(crate) Arc<dyn Portal>);

#[async_trait]
impl Places for ShownToEverybody {
    async fn point(&self, code: &LandCode) -> Option<(f64, f64)> {
        self.0.for_everybody((code, Drawn::Not)).await.ok()??.place.profile.centroid
    }
}
