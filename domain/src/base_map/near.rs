//! What of a line or an area matters to whoever looks at the ground in a box. A river of thousands of corners
//! passes many places, at each of which some tens of them are in view.

use geo::{Coord, CoordsIter, Geometry, LineString, Polygon, Rect};

use super::Bounds;
use crate::overlay::LocalPlane;

/// A geometry of no more corners is left as it is.
const FEW: usize = 32;

/// A geometry for whoever cuts it at `bounds`, and for whoever looks for what of it is nearest to a point in them, if
/// any of it lies in them. Both find the same as in all of it.
#[must_use]
pub fn near(geometry: Geometry<f64>, bounds: &Bounds) -> Geometry<f64> {
    if geometry.coords_count() <= FEW {
        return geometry;
    }
    let around = widened(bounds);
    let line = |line: LineString<f64>| thinned(&line, &around);
    let area = |area: Polygon<f64>| thinned_area(&area, &around);
    match geometry {
        Geometry::LineString(one) => Geometry::LineString(line(one)),
        Geometry::MultiLineString(lines) => {
            Geometry::MultiLineString(lines.into_iter().map(line).collect())
        }
        Geometry::Polygon(one) => Geometry::Polygon(area(one)),
        Geometry::MultiPolygon(areas) => {
            Geometry::MultiPolygon(areas.into_iter().map(area).collect())
        }
        other => other,
    }
}

/// The box, farther on every side than any two of its points are apart.
fn widened(bounds: &Bounds) -> Rect<f64> {
    let Bounds { west, south, east, north } = *bounds;
    let plane = LocalPlane::at((south + north) / 2.0);
    let across = plane.metres(Coord { x: east - west, y: north - south });
    let apart = 1.01 * across.x.hypot(across.y);
    let margin = plane.degrees(Coord { x: apart, y: apart });
    Rect::new(Coord { x: west, y: south } - margin, Coord { x: east, y: north } + margin)
}

/// An area whose rings are [`thinned`].
pub(crate) fn thinned_area(area: &Polygon<f64>, around: &Rect<f64>) -> Polygon<f64> {
    let ring = |ring: &LineString<f64>| thinned(ring, around);
    Polygon::new(ring(area.exterior()), area.interiors().iter().map(ring).collect())
}

/// A line or ring without corners that lie beyond the same side of a box as those before and after them. What is left
/// out and what takes its place lie beyond that side, so in the box nothing changes, and a ring goes around the same
/// points of it.
fn thinned(line: &LineString<f64>, around: &Rect<f64>) -> LineString<f64> {
    let (Some(first), Some(last)) = (line.0.first(), line.0.last()) else { return line.clone() };
    let inner = line.0.get(1..line.0.len() - 1).unwrap_or_default();
    let mut kept = vec![*first];
    let mut before = beyond(*first, around);
    let following = line.0.iter().skip(2);
    let mut own = inner.first().map_or(0, |at| beyond(*at, around));
    for (corner, next) in inner.iter().zip(following) {
        let after = beyond(*next, around);
        if before & own & after == 0 {
            kept.push(*corner);
            before = own;
        }
        own = after;
    }
    if line.0.len() > 1 {
        kept.push(*last);
    }
    LineString(kept)
}

/// Beyond which sides of a box a corner lies, one bit each.
fn beyond(at: Coord<f64>, around: &Rect<f64>) -> u8 {
    let (min, max) = (around.min(), around.max());
    let sides = [at.x < min.x, at.x > max.x, at.y < min.y, at.y > max.y];
    sides.into_iter().fold(0, |bits, is_beyond| bits * 2 + u8::from(is_beyond))
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps, ClosestPoint, Intersects, MapCoords, Point};
    use proptest::prelude::*;

    use super::*;

    /// Half a kilometre each way.
    const BOUNDS: Bounds = Bounds { west: 120.0, south: 30.5, east: 120.005, north: 30.505 };

    /// A star of so many degrees.
    fn star((x, y): (f64, f64), radius: f64, spokes: &[f64]) -> LineString<f64> {
        let ring = spokes.iter().enumerate().map(|(at, length)| {
            let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
            (x + angle.cos() * length * radius, y + angle.sin() * length * radius)
        });
        let mut ring = LineString::from(ring.collect::<Vec<_>>());
        ring.close();
        ring
    }

    fn frame() -> Polygon<f64> {
        let corner = |x, y| Coord { x, y };
        Rect::new(corner(BOUNDS.west, BOUNDS.south), corner(BOUNDS.east, BOUNDS.north)).to_polygon()
    }

    proptest! {
        #[test]
        fn in_the_box_it_is_the_same_and_what_is_nearest_too(
            x in 119.95..120.05, y in 30.45..30.55, radius in 0.001..0.06,
            spokes in prop::collection::vec(0.3..1.7, 40..200), hole in 0.1..0.9,
            across in 0.0..1.0, up in 0.0..1.0,
        ) {
            let holes = vec![star((x, y), radius * 0.3 * hole, &[1.0; 50])];
            let whole = Polygon::new(star((x, y), radius, &spokes), holes);
            let Geometry::Polygon(thin) = near(whole.clone().into(), &BOUNDS) else { panic!() };
            prop_assert!(thin.coords_count() <= whole.coords_count());
            let (one, other) = (whole.intersection(&frame()), thin.intersection(&frame()));
            prop_assert!((one.unsigned_area() - other.unsigned_area()).abs() < 1e-9);
            let from = Point::new(BOUNDS.west + across * 0.005, BOUNDS.south + up * 0.005);
            // In metres, as it is looked for.
            let plane = LocalPlane::at(30.5);
            let metres = |area: &Polygon<f64>| area.map_coords(|at| plane.metres(at));
            let (from, areas) = (Point(plane.metres(from.0)), [&whole, &thin].map(metres));
            if one.unsigned_area() > 0.0 {
                prop_assert_eq!(areas[0].closest_point(&from), areas[1].closest_point(&from));
            }
            if whole.exterior().intersects(&frame()) {
                let [one, other] = areas.each_ref().map(|area| area.exterior().closest_point(&from));
                prop_assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn of_what_is_all_around_or_far_away_next_to_nothing_is_left() {
        let around: Polygon<f64> =
            Polygon::new(star((120.0025, 30.5025), 1.0, &[1.0; 5_000]), Vec::new());
        let Geometry::Polygon(thin) = near(around.into(), &BOUNDS) else { panic!() };
        assert!(thin.coords_count() < 20, "{}", thin.coords_count());
        assert!((thin.intersection(&frame()).unsigned_area() - 0.000_025).abs() < 1e-9);
        let far = near(star((121.0, 30.5), 0.5, &[1.0; 5_000]).into(), &BOUNDS);
        assert_eq!(far.coords_count(), 2);
    }

    #[test]
    fn what_is_small_stays_as_it_is() {
        let small = Geometry::from(star((121.0, 30.5), 0.5, &[1.0; 20]));
        assert_eq!(near(small.clone(), &BOUNDS), small);
    }
}
