//! Ground on which no map is drawn, because classified land lies in it or near it (地图管理条例
//! art. 8, 36).
//!
//! What is left out of a map must not draw what it leaves out. So it is left out by the cells of a
//! grid that knows nothing of the land, and with a margin: a hole in the map says "somewhere in
//! this square of about 200 m, or next to it" and no more. Small things go whole, for a house cut in
//! half would show the line. What is long or wide is cut at the edge of the cells.

use geo::{
    BooleanOps, BoundingRect, Coord, Geometry, Intersects, MultiLineString, MultiPoint,
    MultiPolygon, Polygon, Rect, unary_union,
};

/// Side of a cell, degrees: 222 m by at least 130 m anywhere in China.
pub const SIDE: f64 = 0.002;
/// How near classified land may come to the edge of a cell that is still drawn, degrees: at least
/// 32 m, so that moving a corner to a grid of 25 m never moves it in.
const MARGIN: f64 = 0.0005;
/// Up to so many cells wide and high a thing goes whole.
const SMALL: f64 = 2.0;
/// No parcel reaches over more cells than this: then its outline is wrong, and nothing is drawn from
/// its corner on.
const MOST: i32 = 2_000;

/// A cell of the grid, counted from 0° east and north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// Columns to the east.
    pub east: i32,
    /// Rows to the north.
    pub north: i32,
}

impl Cell {
    /// How it is written where a digest is made of it.
    #[must_use]
    pub fn text(self) -> String {
        format!("cell {} {}", self.east, self.north)
    }

    /// Its ground, degrees.
    #[must_use]
    pub fn ground(self) -> Rect<f64> {
        let edge = |at: i32| f64::from(at) * SIDE;
        Rect::new(
            Coord { x: edge(self.east), y: edge(self.north) },
            Coord { x: edge(self.east + 1), y: edge(self.north + 1) },
        )
    }
}

/// The cells of a box.
fn cells(around: &Rect<f64>) -> impl Iterator<Item = Cell> + use<> {
    #[expect(clippy::cast_possible_truncation, reason = "degrees over a cell fit by far")]
    let at = |degrees: f64| (degrees / SIDE).floor() as i32;
    let (west, south) = (at(around.min().x), at(around.min().y));
    let east = at(around.max().x).min(west + MOST);
    let north = at(around.max().y).min(south + MOST);
    (west..=east).flat_map(move |east| (south..=north).map(move |north| Cell { east, north }))
}

/// The cells that close because of an outline; degrees.
#[must_use]
pub fn around(outline: &MultiPolygon<f64>) -> Vec<Cell> {
    let Some(bounds) = outline.bounding_rect() else { return Vec::new() };
    cells(&grown(&bounds)).filter(|cell| grown(&cell.ground()).intersects(outline)).collect()
}

/// The cells that an outline meets; degrees.
#[must_use]
pub fn met_by(outline: &MultiPolygon<f64>) -> Vec<Cell> {
    let Some(bounds) = outline.bounding_rect() else { return Vec::new() };
    cells(&bounds).filter(|cell| cell.ground().intersects(outline)).collect()
}

fn grown(rect: &Rect<f64>) -> Rect<f64> {
    let margin = Coord { x: MARGIN, y: MARGIN };
    Rect::new(rect.min() - margin, rect.max() + margin)
}

/// What of a thing may be drawn where the cells that `is_closed` names are not; `None` for nothing.
/// Degrees.
#[must_use]
pub fn open_part(
    geometry: &Geometry<f64>,
    is_closed: &mut dyn FnMut(Cell) -> bool,
) -> Option<Geometry<f64>> {
    let bounds: Option<Rect<f64>> = geometry.bounding_rect();
    let bounds = bounds?;
    let met: Vec<Polygon<f64>> = cells(&bounds)
        .filter(|cell| is_closed(*cell))
        .map(|cell| cell.ground().to_polygon())
        .filter(|ground| geometry.intersects(ground))
        .collect();
    if met.is_empty() {
        return Some(geometry.clone());
    }
    if bounds.width().max(bounds.height()) <= SMALL * SIDE {
        return None;
    }
    let closed = unary_union(&met);
    let lines = |lines: MultiLineString<f64>| {
        let open = closed.clip(&lines, true);
        (!open.0.is_empty()).then_some(Geometry::MultiLineString(open))
    };
    let areas = |areas: &MultiPolygon<f64>| {
        let open = areas.difference(&closed);
        (!open.0.is_empty()).then_some(Geometry::MultiPolygon(open))
    };
    match geometry {
        Geometry::LineString(line) => lines(MultiLineString::new(vec![line.clone()])),
        Geometry::MultiLineString(many) => lines(many.clone()),
        Geometry::Polygon(polygon) => areas(&MultiPolygon::new(vec![polygon.clone()])),
        Geometry::MultiPolygon(many) => areas(many),
        Geometry::MultiPoint(points) => {
            let open: MultiPoint<f64> =
                points.iter().filter(|point| !closed.intersects(*point)).copied().collect();
            (!open.0.is_empty()).then_some(Geometry::MultiPoint(open))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use geo::{Area, line_string, polygon};

    use super::*;

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        let (x, y) = (120.0 + x, 30.5 + y);
        MultiPolygon::new(vec![polygon![
            (x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)
        ]])
    }

    fn open(
        geometry: impl Into<Geometry<f64>>,
        secret: &MultiPolygon<f64>,
    ) -> Option<Geometry<f64>> {
        let closed = around(secret);
        open_part(&geometry.into(), &mut |cell| closed.contains(&cell))
    }

    #[test]
    fn nothing_is_left_inside_and_the_hole_is_made_of_cells() {
        // Anywhere in its cell, near its edges too.
        for at in 0..20 {
            let off = f64::from(at) * 0.0001;
            let secret = square(off, off / 2.0, 0.0007);
            let lake = open(square(-0.01, -0.01, 0.03), &secret).unwrap();
            assert!(!lake.intersects(&secret));
            let Geometry::MultiPolygon(areas) = &lake else { panic!() };
            let hole = square(-0.01, -0.01, 0.03).unsigned_area() - areas.unsigned_area();
            let cells = hole / (SIDE * SIDE);
            assert!((cells - cells.round()).abs() < 1e-6 && cells > 0.5, "{cells} cells");
            let road = line_string![(x: 119.9, y: 30.5 + off), (x: 120.1, y: 30.5 + off + 0.0002)];
            let road = open(road, &secret).unwrap();
            assert!(!road.intersects(&secret));
            // A house next door goes whole, and one far off stays as it is.
            assert_eq!(open(square(off + 0.0006, off / 2.0, 0.0002), &secret), None);
            let far = square(0.02, 0.02, 0.0002);
            assert_eq!(open(far.clone(), &secret), Some(far.into()));
        }
    }

    #[test]
    fn land_of_one_cell_has_the_same_hole_wherever_it_lies_in_it() {
        let holes: Vec<_> =
            [0.0006, 0.0008, 0.0011].map(|at| around(&square(at, at, 0.0003))).to_vec();
        assert_eq!(holes[0].len(), 1);
        assert!(holes.iter().all(|cells| *cells == holes[0]), "{holes:?}");
    }
}
