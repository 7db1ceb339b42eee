//! An invalid outline mended, and the area it had as drawn.

use domain::overlay::LocalPlane;
use geo::{
    Area, BooleanOps, BoundingRect, LineString, MapCoords, MultiPolygon, Polygon,
    algorithm::bool_ops::{FillRule, OpType},
};

/// Ring by ring: the outer ring's own union, minus every hole's, then the union of the parts. A
/// hole that sticks out takes nothing that was not there, and parts that overlap count once.
pub(super) fn mend(drawn: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon::new(Vec::new());
    drawn
        .iter()
        .map(|polygon| {
            polygon
                .interiors()
                .iter()
                .fold(filled(polygon.exterior()), |whole, hole| whole.difference(&filled(hole)))
        })
        .fold(nothing, |sum, part| if sum.0.is_empty() { part } else { sum.union(&part) })
        .into_iter()
        .filter(|polygon| polygon.unsigned_area() > 0.0)
        .collect()
}

/// The area of an outline that may be invalid, m²: rings that cross themselves have no direction,
/// which the area on the ellipsoid would need.
pub(super) fn area_as_drawn_m2(drawn: &MultiPolygon<f64>) -> f64 {
    drawn.bounding_rect().map_or(0.0, |bounds| {
        let centre = bounds.center();
        LocalPlane::at(centre.y).to_metres(&drawn.map_coords(|c| c - centre)).unsigned_area()
    })
}

/// What a ring encloses. Non-zero winding: where a ring runs twice around the same ground, the
/// surveyor went too far; they did not draw a hole.
fn filled(ring: &LineString<f64>) -> MultiPolygon<f64> {
    Polygon::new(ring.clone(), Vec::new()).boolean_op_with_fill_rule(
        &MultiPolygon::new(Vec::new()),
        OpType::Union,
        FillRule::NonZero,
    )
}
