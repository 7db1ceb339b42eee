//! What ground a parcel and a restriction have in common.

use geo::{BoundingRect, Coord, CoordsIter, LineString, MapCoords, MultiPolygon, Polygon, Rect};

use crate::{
    area::{A, E2, polygon_area_m2},
    planar::{Grid, Gridded},
};

/// A flat, metric picture of the ground near one latitude: good to 1 in 10 000 over a few
/// kilometres, which is all that lengths and drawings need. Areas have a measure of their own
/// ([`crate::area`]).
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
        outline.map_coords(|c| self.metres(c))
    }

    /// One place or way, degrees to metres.
    #[must_use]
    pub fn metres(&self, c: Coord<f64>) -> Coord<f64> {
        Coord { x: c.x * self.metres_per_degree_east, y: c.y * self.metres_per_degree_north }
    }

    /// One place or way, metres to degrees.
    #[must_use]
    pub fn degrees(&self, c: Coord<f64>) -> Coord<f64> {
        Coord { x: c.x / self.metres_per_degree_east, y: c.y / self.metres_per_degree_north }
    }

    /// Length of all rings of a polygon in degrees, m.
    fn length_m(&self, polygon: &Polygon<f64>) -> f64 {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .flat_map(|ring| ring.lines())
            .map(|edge| {
                let Coord { x, y } = self.metres(edge.delta());
                x.hypot(y)
            })
            .sum()
    }

    /// Metres to degrees.
    #[must_use]
    pub fn to_degrees(&self, outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        outline.map_coords(|c| self.degrees(c))
    }
}

/// Ground that two areas have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// Its area by the one measure ([`crate::area::area_m2`]), m².
    pub area_m2: f64,
    /// How wide the widest part of it is, m: area over half the way around. Edges that two areas
    /// share come out as lenses of less than a millimetre.
    pub width_m: f64,
}

/// The ground that `parcel` and the pieces of one restriction feature have in common; `None` when
/// they do not meet. Pieces must not overlap each other: cut them with [`subdivide`]. Degrees in.
#[must_use]
pub fn common(parcel: &MultiPolygon<f64>, pieces: &[&Polygon<f64>]) -> Option<Common> {
    let bounds = parcel.bounding_rect()?;
    let window = widened(&bounds);
    let plane = LocalPlane::at(bounds.center().y);
    let grid = Grid::of(&window);
    let mut whole: Option<Gridded> = None;
    let mut common = Common { area_m2: 0.0, width_m: 0.0 };
    for piece in pieces {
        let Some(around) = piece.bounding_rect() else { continue };
        if !touches(&bounds, &around) {
            continue;
        }
        // The boolean operation works on a grid as fine as its operands are small.
        let near = grid.polygon(&within(piece, &around, &window));
        let parcel = whole.get_or_insert_with(|| grid.outline(parcel));
        for polygon in grid.in_degrees(&parcel.shared_with(&near)) {
            let area_m2 = polygon_area_m2(&polygon);
            common.area_m2 += area_m2;
            let half_way = plane.length_m(&polygon) / 2.0;
            if half_way > 0.0 {
                common.width_m = common.width_m.max(area_m2 / half_way);
            }
        }
    }
    (common.area_m2 > 0.0).then_some(common)
}

fn touches(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x
        && b.min().x <= a.max().x
        && a.min().y <= b.max().y
        && b.min().y <= a.max().y
}

/// The box with a margin, so that no edge of its own falls upon an edge of the parcel.
fn widened(bounds: &Rect<f64>) -> Rect<f64> {
    let margin = Coord { x: bounds.width() / 8.0, y: bounds.height() / 8.0 };
    Rect::new(bounds.min() - margin, bounds.max() + margin)
}

/// What of a piece lies in the window. Rings that leave it come back along its rim, which the
/// parcel does not reach; the even-odd rule makes nothing of a rim walked there and back.
pub(crate) fn within(piece: &Polygon<f64>, around: &Rect<f64>, window: &Rect<f64>) -> Polygon<f64> {
    let (min, max) = (window.min(), window.max());
    let inside = |at: Coord<f64>| at.x >= min.x && at.x <= max.x && at.y >= min.y && at.y <= max.y;
    if inside(around.min()) && inside(around.max()) {
        return piece.clone();
    }
    let cut = |ring: &LineString<f64>| {
        let corners = &ring.0[..ring.0.len().saturating_sub(1)];
        let west = half(corners, |c| c.x - min.x);
        let east = half(&west, |c| max.x - c.x);
        let south = half(&east, |c| c.y - min.y);
        let north = half(&south, |c| max.y - c.y);
        LineString::new(north)
    };
    Polygon::new(
        cut(piece.exterior()),
        piece.interiors().iter().map(cut).filter(|ring| !ring.0.is_empty()).collect(),
    )
}

/// The corners on the side where `depth` is not below zero, with new ones where edges cross over
/// (Sutherland and Hodgman).
fn half(corners: &[Coord<f64>], depth: impl Fn(Coord<f64>) -> f64) -> Vec<Coord<f64>> {
    let mut kept = Vec::with_capacity(corners.len() + 4);
    let Some(mut before) = corners.last().copied() else { return kept };
    for &corner in corners {
        let (from, to) = (depth(before), depth(corner));
        if (from < 0.0) != (to < 0.0) {
            kept.push(before + (corner - before) * (from / (from - to)));
        }
        if to >= 0.0 {
            kept.push(corner);
        }
        before = corner;
    }
    kept
}

/// Cuts an outline into pieces of at most about `max_corners` corners that do not overlap, so
/// that a small parcel never meets a huge polygon. Pieces keep their place; degrees in and out.
#[must_use]
pub fn subdivide(outline: &MultiPolygon<f64>, max_corners: usize) -> Vec<Polygon<f64>> {
    let mut pieces = Vec::new();
    let mut pending: Vec<(Polygon<f64>, u8)> =
        outline.iter().map(|polygon| (polygon.clone(), 0)).collect();
    while let Some((part, depth)) = pending.pop() {
        let Some(bounds) = part.bounding_rect() else { continue };
        if part.coords_count() <= max_corners || depth == MAX_CUTS {
            pieces.push(part);
            continue;
        }
        let grid = Grid::of(&bounds);
        let whole = grid.polygon(&part);
        for half in halves(&bounds) {
            let half = grid.polygon(&half.to_polygon());
            let cut = grid.in_degrees(&whole.shared_with(&half));
            pending.extend(cut.into_iter().map(|part| (part, depth + 1)));
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
    use geo::{Area, BooleanOps, polygon};

    use super::*;
    use crate::area::area_m2;

    fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]
    }

    #[test]
    fn parcel_and_overlap_are_counted_in_the_same_measure() {
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.002)]);
        let corner = [square(120.001, 30.501, 0.001)];
        let found = common(&parcel, &[&square(120.001, 30.501, 0.01)]).unwrap();
        assert!((found.area_m2 - polygon_area_m2(&corner[0])).abs() < 1e-4, "{found:?}");
        assert!((found.width_m - 51.0).abs() < 2.0, "{found:?}");
        assert_eq!(common(&parcel, &[&square(121.0, 30.5, 0.01)]), None);
        let all = common(&parcel, &[&square(119.0, 29.5, 3.0)]).unwrap();
        assert!((all.area_m2 - area_m2(&parcel)).abs() < 1e-4, "{all:?}");
    }

    #[test]
    fn a_piece_that_winds_in_and_out_of_the_window_loses_nothing() {
        // A comb whose teeth reach into the parcel, far larger than it, with a hole of its own.
        let mut comb = vec![(119.0, 29.0), (121.0, 29.0), (121.0, 32.0)];
        for tooth in (0..8).rev() {
            let x = 120.0 + f64::from(tooth) * 0.00025;
            comb.extend([(x + 0.00025, 32.0), (x + 0.00025, 30.501), (x, 30.501), (x, 31.0)]);
            comb.extend([(x - 0.0001, 31.0), (x - 0.0001, 30.9)]);
        }
        comb.extend([(119.0, 32.0), (119.0, 29.0)]);
        let hole = LineString::from(vec![
            (120.0, 30.4),
            (120.0005, 30.4),
            (120.0005, 30.6),
            (120.0, 30.6),
            (120.0, 30.4),
        ]);
        let piece = Polygon::new(LineString::from(comb), vec![hole]);
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.002)]);
        let whole: f64 = parcel.intersection(&piece).iter().map(polygon_area_m2).sum();
        let found = common(&parcel, &[&piece]).unwrap();
        // The whole was cut on a grid of nanodegrees.
        assert!((found.area_m2 - whole).abs() < 0.5 && whole > 1000.0, "{found:?} {whole}");
    }

    #[test]
    fn the_width_tells_a_shared_edge_from_ground() {
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.01)]);
        // A tenth of a millimetre along a kilometre.
        let hair = common(&parcel, &[&square(120.01 - 1e-9, 30.49, 0.03)]).unwrap();
        assert!(hair.area_m2 > 0.05 && hair.width_m < 0.000_2, "{hair:?}");
    }

    #[test]
    fn the_plane_agrees_with_the_ellipsoid() {
        let parcel = MultiPolygon::new(vec![square(120.0, 30.5, 0.01)]);
        let flat = LocalPlane::at(30.505).to_metres(&parcel).unsigned_area();
        assert!((flat / area_m2(&parcel) - 1.0).abs() < 1e-4);
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
