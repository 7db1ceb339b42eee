//! The map around a place, of the moment that the place is of.

use domain::{
    base_map::{BaseFeature, Bounds, near},
    dataset::DataVersion,
    profile::PublicProfile,
};
use geo::BoundingRect;
use service_api::MapAround;
use store::{Snapshot, StoreError};

use crate::disclosure::{PolicyGate, Shown};

/// How far around a place the map reaches: at least this many metres each way.
const MARGIN_M: f64 = 120.0;
/// Most base map features drawn around one place.
const BASE_LIMIT: usize = 600;

/// What may be shown of a place with the map around it, where it stands on one, and where its
/// restrictions lie in it, as far as the policy lets that be drawn. These are cut out of the ground of
/// whole zones: that is no work for a thread which others wait for.
pub(crate) fn with_map(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    mut shown: Box<Shown>,
) -> Result<Box<Shown>, StoreError> {
    let profile = &shown.profile;
    let Some(bounds) = bounds_around(profile) else { return Ok(shown) };
    let base = base_of(gate, moment, &profile.version, (bounds, BASE_LIMIT))?.into_iter();
    let base = base.map(|it| BaseFeature { geometry: near(it.geometry, &bounds), ..it }).collect();
    // Of what has ended no restrictions are told.
    let extents = if shown.lineage.ended || !profile.draws_restrictions() {
        Vec::new()
    } else {
        let layers = profile.layers_drawn();
        let found = moment.found_features(&profile.version, &profile.code, &layers)?;
        profile.extents_of(&found)
    };
    shown.map = Some(MapAround { bounds, base, extents });
    Ok(shown)
}

/// The base map of a data set in a box, at most so many features, if its policy shows one.
pub(crate) fn base_of(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    version: &DataVersion,
    (bounds, limit): (Bounds, usize),
) -> Result<Vec<BaseFeature>, StoreError> {
    let dataset = &version.dataset;
    let shown = gate.policy_of(version).filter(|policy| policy.shows_base_map(dataset));
    let Some(policy) = shown else { return Ok(Vec::new()) };
    let map = moment.base_map(&dataset.id, bounds, limit)?;
    Ok(policy.coarse_enough(map.features, map.grid_m))
}

/// The box of a place's map: twice its own size, and never less than the margin around it.
fn bounds_around(profile: &PublicProfile) -> Option<Bounds> {
    let (min, max) = match (&profile.outline, profile.centroid) {
        (Some(outline), _) => {
            let rect = outline.outline.bounding_rect()?;
            (rect.min(), rect.max())
        }
        (None, Some((x, y))) => (geo::coord! { x: x, y: y }, geo::coord! { x: x, y: y }),
        (None, None) => return None,
    };
    let north_m = 111_320.0;
    let east_m = north_m * min.y.to_radians().cos().max(0.01);
    let grow_x = ((max.x - min.x) * 0.5).max(MARGIN_M / east_m);
    let grow_y = ((max.y - min.y) * 0.5).max(MARGIN_M / north_m);
    Some(Bounds {
        west: min.x - grow_x,
        south: min.y - grow_y,
        east: max.x + grow_x,
        north: max.y + grow_y,
    })
}
