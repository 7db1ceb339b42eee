//! Which parcel lies under a point: by what everybody may see of it, and nothing more.

use domain::{LandCode, ParcelCode};
use geo::{Contains, Point};
use service_api::{Drawn, Portal, Unavailable};

use super::PortalService;
use crate::disclosure::unavailable;

/// Parcels at most whose boxes hold one point and that are looked at: far more than overlap anywhere.
const MOST_NEAR: u32 = 16;

impl PortalService {
    /// Parcels in force in whose public outline a point lies. One whose outline may not be shown is not among
    /// them, and its true outline is never asked.
    pub(super) async fn under(&self, (x, y): (f64, f64)) -> Result<Vec<ParcelCode>, Unavailable> {
        let near = self.gate.store.near_point((x, y), MOST_NEAR).await.map_err(unavailable)?;
        let mut found = Vec::new();
        for code in near {
            let seen = self.for_everybody((&LandCode::Parcel(code), Drawn::Not)).await?;
            let shown = seen.filter(|seen| !seen.place.lineage.ended);
            let outline = shown.and_then(|seen| seen.place.profile.outline);
            if outline.is_some_and(|shown| shown.outline.contains(&Point::new(x, y))) {
                found.push(code);
            }
        }
        Ok(found)
    }
}
