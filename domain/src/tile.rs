//! Squares of the grid that maps of the web are cut in (*Web Mercator Quad* of the OGC's Two Dimensional Tile
//! Matrix Set), and ground as it is drawn in one: cut off at its rim, without corners that nobody could see, on
//! a grid of its own. CGCS2000 and WGS 84 are one at every zoom there is.

use geo::{BoundingRect, Coord, Intersects, LineString, MapCoords, MultiPolygon, Rect, Simplify};

use crate::{base_map::Bounds, overlay::within};

/// The farthest zoom: a town is one square there, and what is farther out is no matter of parcels.
pub const LEAST_ZOOM: u8 = 8;
/// The closest zoom (rule M6): as far as the map that moves goes.
pub const MOST_ZOOM: u8 = 18;
/// Steps of a square's own grid to its side.
pub const EXTENT: u32 = 4_096;
/// So many steps beyond the rim ground is kept, so that no outline is drawn along the rim.
const BEYOND: f64 = 64.0;
/// Corners that lie nearer to the line without them than this are left out, steps: an eighth of a pixel of a
/// square that is shown at 256 pixels.
const UNSEEN: f64 = 2.0;

/// A square of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    zoom: u8,
    column: u32,
    row: u32,
}

/// A closed ring in the steps of a square, its first corner not said again; x to the east, y to the south.
pub type Ring = Vec<[i32; 2]>;

impl Tile {
    /// The square of a zoom, counted from the west and from the north; `None` beyond the zooms and off the grid.
    #[must_use]
    pub fn new(zoom: u8, column: u32, row: u32) -> Option<Self> {
        let zooms = (LEAST_ZOOM..=MOST_ZOOM).contains(&zoom);
        (zooms && column < 1 << zoom && row < 1 << zoom).then_some(Self { zoom, column, row })
    }

    /// The ground that something must meet to be drawn in it, degrees: a little more than its own.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let window = self.window();
        let (min, max) = (window.min(), window.max());
        Bounds { west: min.x, south: min.y, east: max.x, north: max.y }
    }

    /// Ground as it is drawn in it: of each polygon the outer ring and then its holes. The outer one goes round
    /// clockwise as it is seen, holes the other way (Mapbox Vector Tile 2.1, 4.3.4.4). What would be no wider
    /// than a step is not drawn.
    #[must_use]
    pub fn cut(&self, ground: &MultiPolygon<f64>) -> Vec<Vec<Ring>> {
        let window = self.window();
        let polygons = ground.iter().filter_map(|polygon| {
            let around = polygon.bounding_rect().filter(|around| around.intersects(&window))?;
            let drawn = within(polygon, &around, &window).map_coords(|at| self.place(at));
            let drawn = drawn.simplify(UNSEEN);
            let outer = ring(drawn.exterior(), true)?;
            let holes = drawn.interiors().iter().filter_map(|hole| ring(hole, false));
            Some(std::iter::once(outer).chain(holes).collect())
        });
        polygons.collect()
    }

    /// Degrees.
    fn window(&self) -> Rect<f64> {
        let steps = f64::from(EXTENT);
        let corner = |x, y| self.ground(Coord { x, y });
        Rect::new(corner(-BEYOND, -BEYOND), corner(steps + BEYOND, steps + BEYOND))
    }

    /// How many squares there are to a side of the earth.
    fn squares(&self) -> f64 {
        f64::from(1_u32 << self.zoom)
    }

    /// Where a place of the earth, degrees, is in it, steps.
    fn place(&self, at: Coord<f64>) -> Coord<f64> {
        use std::f64::consts::PI;
        let x = (at.x + 180.0) / 360.0 * self.squares() - f64::from(self.column);
        let north = at.y.to_radians().tan().asinh();
        let y = (1.0 - north / PI) / 2.0 * self.squares() - f64::from(self.row);
        Coord { x: x * f64::from(EXTENT), y: y * f64::from(EXTENT) }
    }

    /// The place of the earth, degrees, at one of its own.
    fn ground(&self, at: Coord<f64>) -> Coord<f64> {
        use std::f64::consts::PI;
        let x = (f64::from(self.column) + at.x / f64::from(EXTENT)) / self.squares();
        let y = (f64::from(self.row) + at.y / f64::from(EXTENT)) / self.squares();
        Coord { x: x * 360.0 - 180.0, y: ((1.0 - 2.0 * y) * PI).sinh().atan().to_degrees() }
    }
}

/// A ring on the steps, going round as it must; `None` where nothing is left of it.
fn ring(line: &LineString<f64>, outer: bool) -> Option<Ring> {
    #[expect(clippy::cast_possible_truncation, reason = "it was cut off at the rim")]
    let on_steps = |at: &Coord<f64>| [at.x.round() as i32, at.y.round() as i32];
    let mut corners: Ring = line.coords().map(on_steps).collect();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let doubled = doubled_area(&corners);
    if doubled == 0 {
        return None;
    }
    if (doubled > 0) != outer {
        corners.reverse();
    }
    Some(corners)
}

/// Twice the area within a ring, above zero where it goes round clockwise as it is seen.
fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    let cross = |([ax, ay], [bx, by]): (&[i32; 2], &[i32; 2])| {
        i64::from(*ax) * i64::from(*by) - i64::from(*bx) * i64::from(*ay)
    };
    ring.iter().zip(next).map(cross).sum()
}

#[cfg(test)]
mod tests {
    use geo::{Area, Polygon, polygon};
    use proptest::prelude::*;

    use super::*;

    /// The square in which Deqing's town lies.
    fn town(zoom: u8) -> Tile {
        let whole = Tile { zoom: 0, column: 0, row: 0 };
        let at = whole.place(Coord { x: 119.97, y: 30.54 });
        let number = |steps: f64| (steps / f64::from(EXTENT) * f64::from(1_u32 << zoom)) as u32;
        Tile::new(zoom, number(at.x), number(at.y)).unwrap()
    }

    fn square_in(tile: Tile, from: f64, to: f64) -> MultiPolygon<f64> {
        let at = |x, y| tile.ground(Coord { x, y });
        let (a, b, c, d) = (at(from, from), at(to, from), at(to, to), at(from, to));
        MultiPolygon(vec![Polygon::new(vec![a, b, c, d].into(), Vec::new())])
    }

    #[test]
    fn the_grid_is_that_of_the_web() {
        // By the OGC's document the top left of 8/213/105 is 119.53125° E, 30.751277776257812° N.
        let tile = Tile::new(8, 213, 104).unwrap();
        let corner = tile.ground(Coord { x: 0.0, y: f64::from(EXTENT) });
        assert!((corner.x - 119.531_25).abs() < 1e-9, "{corner:?}");
        assert!((corner.y - 30.751_277_776_257_81).abs() < 1e-9, "{corner:?}");
        for (zoom, column, row) in [(7, 0, 0), (19, 0, 0), (8, 256, 0), (8, 0, 256)] {
            assert_eq!(Tile::new(zoom, column, row), None);
        }
        let bounds = town(18).bounds();
        assert!(bounds.west < 119.97 && bounds.east > 119.97, "{bounds:?}");
        assert!(bounds.south < 30.54 && bounds.north > 30.54, "{bounds:?}");
    }

    #[test]
    fn what_lies_in_a_square_is_drawn_where_it_is_and_the_rest_ends_beyond_the_rim() {
        let tile = town(14);
        let within = tile.cut(&square_in(tile, 100.0, 300.0));
        assert_eq!(within, [[[[100, 100], [300, 100], [300, 300], [100, 300]]]]);
        let beyond = tile.cut(&square_in(tile, -9_000.0, 9_000.0));
        let corners = beyond.iter().flatten().flatten().flatten();
        assert_eq!(corners.clone().min(), Some(&-64));
        assert_eq!(corners.max(), Some(&4_160));
        assert!(tile.cut(&square_in(tile, 4_200.0, 9_000.0)).is_empty(), "it is elsewhere");
        assert!(tile.cut(&square_in(tile, 100.0, 100.2)).is_empty(), "nobody could see it");
        assert!(tile.cut(&MultiPolygon(Vec::new())).is_empty());
    }

    #[test]
    fn a_hole_goes_round_the_other_way_and_one_too_small_is_filled() {
        let tile = town(12);
        let at = |x, y| tile.ground(Coord { x, y });
        let rim = |from: f64, to: f64| {
            LineString::from(vec![at(from, from), at(from, to), at(to, to), at(to, from)])
        };
        let holed = Polygon::new(rim(0.0, 900.0), vec![rim(100.0, 500.0), rim(600.0, 600.3)]);
        let drawn = tile.cut(&MultiPolygon(vec![holed]));
        let rings = &drawn[0];
        assert_eq!(rings.len(), 2);
        assert!(doubled_area(&rings[0]) > 0 && doubled_area(&rings[1]) < 0);
    }

    proptest! {
        #[test]
        fn a_ring_is_never_less_than_a_triangle_and_covers_what_the_ground_does(
            spokes in prop::collection::vec(0.4..1.0_f64, 3..60), radius in 3.0..2_500.0_f64,
            x in -500.0..4_500.0_f64, y in -500.0..4_500.0_f64, zoom in LEAST_ZOOM..=MOST_ZOOM,
        ) {
            let tile = town(zoom);
            let corners = spokes.iter().enumerate().map(|(at, length)| {
                let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
                let away = length * radius;
                tile.ground(Coord { x: x + angle.cos() * away, y: y + angle.sin() * away })
            });
            let star = Polygon::new(corners.collect::<Vec<_>>().into(), Vec::new());
            let exact = MultiPolygon(vec![star.map_coords(|at| tile.place(at))]);
            let steps = f64::from(EXTENT) + BEYOND;
            let all = polygon![
                (x: -BEYOND, y: -BEYOND), (x: steps, y: -BEYOND),
                (x: steps, y: steps), (x: -BEYOND, y: steps),
            ];
            let exact = geo::BooleanOps::intersection(&exact, &MultiPolygon(vec![all])).unsigned_area();
            let drawn = tile.cut(&MultiPolygon(vec![star]));
            let mut covered = 0.0;
            for ring in drawn.iter().flatten() {
                prop_assert!(ring.len() >= 3);
                prop_assert!(ring.iter().flatten().all(|at| (-64..=4_160).contains(at)));
                covered += doubled_area(ring) as f64 / 2.0;
            }
            let rim = std::f64::consts::TAU * radius * 4.0;
            prop_assert!((covered - exact).abs() <= rim, "{} of {}", covered, exact);
        }
    }
}
