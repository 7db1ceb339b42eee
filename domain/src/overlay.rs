//! What share of a parcel a restriction covers.

use geo::{
    Area, BooleanOps, BoundingRect, Coord, CoordsIter, GeodesicArea, MapCoords, MultiPolygon,
    Polygon, Rect,
    orient::{Direction, Orient},
};

/// A flat, metric picture of the ground near one latitude: good to 1 in 10 000 over a few
/// kilometres, which is all that a share of a parcel needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalPlane {
    metres_per_degree_east: f64,
    metres_per_degree_north: f64,
}

impl LocalPlane {
    /// The plane at that latitude, degrees.
    #[must_use]
    pub fn at(latitude: f64) -> Self {
        // Radii of curvature of the CGCS2000 (GRS 80) ellipsoid.
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_380_022_90;
        let (sin, cos) = latitude.to_radians().sin_cos();
        let w2 = 1.0 - E2 * sin * sin;
        Self {
            metres_per_degree_east: (A / w2.sqrt() * cos).to_radians(),
            metres_per_degree_north: (A * (1.0 - E2) / w2.powf(1.5)).to_radians(),
        }
    }

    /// Degrees to metres.
    #[must_use]
    pub fn to_metres(&self, outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        outline.map_coords(|c| Coord {
            x: c.x * self.metres_per_degree_east,
            y: c.y * self.metres_per_degree_north,
        })
    }

    /// Metres to degrees.
    #[must_use]
    pub fn to_degrees(&self, outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        outline.map_coords(|c| Coord {
            x: c.x / self.metres_per_degree_east,
            y: c.y / self.metres_per_degree_north,
        })
    }
}

/// Area on the ellipsoid, m², whichever way the rings run. Degrees in.
#[must_use]
pub fn geodesic_area_m2(outline: &MultiPolygon<f64>) -> f64 {
    // Read the other way round, a ring encloses the rest of the Earth.
    outline.orient(Direction::Default).geodesic_area_unsigned()
}

/// How much of a parcel a restriction covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Area of the overlap on the ellipsoid, m².
    pub area_m2: f64,
    /// Share of the parcel, 0 to 1.
    pub share: f64,
}

/// The overlap of `parcel` with the pieces of one restriction feature; `None` when they do not
/// meet. Pieces must not overlap each other: cut them with [`subdivide`].
///
/// Degrees in. `parcel_area_m2` is the parcel's area on the ellipsoid.
#[must_use]
pub fn overlap(
    parcel: &MultiPolygon<f64>,
    parcel_area_m2: f64,
    pieces: &[Polygon<f64>],
) -> Option<Overlap> {
    let bounds = parcel.bounding_rect()?;
    let plane = LocalPlane::at(bounds.center().y);
    // Working near the origin keeps the digits that a square centimetre needs.
    let origin = bounds.center();
    let local = |outline: &MultiPolygon<f64>| plane.to_metres(&outline.map_coords(|c| c - origin));
    let parcel_plane = local(parcel);
    let whole = parcel_plane.unsigned_area();
    if whole <= 0.0 {
        return None;
    }
    let covered: f64 = pieces
        .iter()
        .filter(|piece| piece.bounding_rect().is_some_and(|other| touches(&bounds, &other)))
        .map(|piece| {
            let piece = local(&MultiPolygon::new(vec![piece.clone()]));
            parcel_plane.intersection(&piece).unsigned_area()
        })
        .sum();
    let share = (covered / whole).clamp(0.0, 1.0);
    (covered > 0.0).then_some(Overlap { area_m2: share * parcel_area_m2, share })
}

fn touches(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x
        && b.min().x <= a.max().x
        && a.min().y <= b.max().y
        && b.min().y <= a.max().y
}

/// Cuts an outline into pieces of at most about `max_corners` corners that do not overlap, so
/// that a small parcel never meets a huge polygon. Pieces keep their place; degrees in and out.
#[must_use]
pub fn subdivide(outline: &MultiPolygon<f64>, max_corners: usize) -> Vec<Polygon<f64>> {
    let mut pieces = Vec::new();
    let mut pending: Vec<(MultiPolygon<f64>, u8)> =
        outline.iter().map(|polygon| (MultiPolygon::new(vec![polygon.clone()]), 0)).collect();
    while let Some((part, depth)) = pending.pop() {
        let Some(bounds) = part.bounding_rect() else { continue };
        if part.coords_count() <= max_corners || depth == MAX_CUTS {
            pieces.extend(part);
            continue;
        }
        for half in halves(&bounds) {
            let cut = part.intersection(&half.to_polygon());
            if !cut.0.is_empty() {
                pending.push((cut, depth + 1));
            }
        }
    }
    pieces
}

/// Sixteen cuts leave 1/256 of each side: enough for a coastline.
const MAX_CUTS: u8 = 16;

fn halves(bounds: &Rect<f64>) -> [Rect<f64>; 2] {
    let (min, max, mid) = (bounds.min(), bounds.max(), bounds.center());
    if bounds.width() >= bounds.height() {
        [Rect::new(min, Coord { x: mid.x, y: max.y }), Rect::new(Coord { x: mid.x, y: min.y }, max)]
    } else {
        [Rect::new(min, Coord { x: max.x, y: mid.y }), Rect::new(Coord { x: min.x, y: mid.y }, max)]
    }
}

#[cfg(test)]
mod tests {
    use geo::{LineString, polygon};

    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]
    }

    #[test]
    fn a_quarter_covered_is_a_quarter() {
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.002)]);
        let area = geodesic_area_m2(&parcel);
        let found = overlap(&parcel, area, &[square(120.001, 30.501, 0.01)]).unwrap();
        assert!((found.share - 0.25).abs() < 1e-6, "{found:?}");
        assert!((found.area_m2 - area / 4.0).abs() < 1.0);
        assert_eq!(overlap(&parcel, area, &[square(121.0, 30.5, 0.01)]), None);
    }

    #[test]
    fn a_ring_that_runs_the_other_way_has_the_same_area() {
        let there = MultiPolygon::new(vec![square(120.0, 30.5, 0.002)]);
        let mut ring = there.0[0].exterior().clone();
        ring.0.reverse();
        let back = MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]);
        assert!((geodesic_area_m2(&back) - geodesic_area_m2(&there)).abs() < 1e-3);
    }

    #[test]
    fn the_plane_agrees_with_the_ellipsoid() {
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.01)]);
        let flat = LocalPlane::at(30.505).to_metres(&parcel).unsigned_area();
        assert!((flat / geodesic_area_m2(&parcel) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn pieces_keep_the_area_of_the_whole() {
        let ring: Vec<(f64, f64)> = (0..5000)
            .map(|at| {
                let angle = f64::from(at) / 5000.0 * std::f64::consts::TAU;
                let radius = 0.02 + 0.004 * (angle * 37.0).sin();
                (120.0 + radius * angle.cos(), 30.5 + radius * angle.sin())
            })
            .collect();
        let whole = MultiPolygon::new(vec![Polygon::new(LineString::from(ring), Vec::new())]);
        let pieces = subdivide(&whole, 64);
        assert!(pieces.iter().all(|piece| piece.coords_count() <= 64));
        let sum: f64 = pieces.iter().map(Area::unsigned_area).sum();
        assert!((sum / whole.unsigned_area() - 1.0).abs() < 1e-6);
    }
}
