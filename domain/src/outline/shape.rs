//! Whether what was read encloses ground that can be judged.

use geo::{
    BoundingRect, CoordsIter, LineString, MultiPolygon, Polygon,
    algorithm::validation::{InvalidMultiPolygon, InvalidPolygon, Validation},
};

use super::{MOST_KM, MOST_M2, MOST_POINTS, MOST_RINGS, fault::OutlineFault};
use crate::{area::area_m2, overlay::LocalPlane};

/// The outline as rings that are closed and say no corner twice in a row, with its area, m². What is cheap to see
/// is looked at first: whether rings cross is not, and nobody was counted yet.
pub(super) fn sound(parts: &[Polygon<f64>]) -> Result<(MultiPolygon<f64>, f64), OutlineFault> {
    let rings: usize = parts.iter().map(|part| 1 + part.interiors().len()).sum();
    if rings > MOST_RINGS {
        return Err(OutlineFault::TooManyRings { rings, most: MOST_RINGS });
    }
    let polygons: Result<Vec<Polygon<f64>>, _> = parts
        .iter()
        .map(|part| {
            let holes: Result<Vec<_>, _> = part.interiors().iter().map(ring).collect();
            Ok(Polygon::new(ring(part.exterior())?, holes?))
        })
        .collect();
    let shape = MultiPolygon::new(polygons?);
    // Each ring says its first corner once more.
    let points = shape.coords_count() - rings;
    if points > MOST_POINTS {
        return Err(OutlineFault::TooMany { points, most: MOST_POINTS });
    }
    let bounds = shape.bounding_rect().ok_or(OutlineFault::TooFew)?;
    let size = LocalPlane::at(bounds.center().y).metres(bounds.max() - bounds.min());
    if size.x.max(size.y) > f64::from(MOST_KM) * 1_000.0 {
        return Err(OutlineFault::TooFar { most_km: MOST_KM });
    }
    let area_m2 = area_m2(&shape);
    if area_m2 > MOST_M2 {
        return Err(OutlineFault::TooLarge { area_m2, most_m2: MOST_M2 });
    }
    shape.check_validation().map_err(|error| match error {
        InvalidMultiPolygon::InvalidPolygon(_, InvalidPolygon::TooFewPointsInRing(_)) => {
            OutlineFault::TooFew
        }
        _ => OutlineFault::CrossesItself,
    })?;
    Ok((shape, area_m2))
}

fn ring(written: &LineString<f64>) -> Result<LineString<f64>, OutlineFault> {
    let mut corners = written.0.clone();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if corners.len() < 3 {
        return Err(OutlineFault::TooFew);
    }
    let mut ring = LineString::new(corners);
    ring.close();
    Ok(ring)
}
