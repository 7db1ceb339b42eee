//! Whether ground that somebody drew lies among the parcels of a data set.
//!
//! A layer without a coverage of its own reaches where its data set has parcels, and its silence there says *not
//! concerned*. Beyond the last parcel it says nothing (*sites S2*). So ground is among parcels only if each cell of
//! a grid of some 50 m that its boxes meet has one, and each cell beside these too: then no part of it lies beyond
//! the last, though the cell at the edge is only partly theirs. A road between parcels is no edge: a gap that is
//! narrower than a cell leaves none empty.
//!
//! The grid is fixed to the ground, so that whoever draws learns no more of the edge of a register than in which
//! cells it has parcels. Cells are a quarter of those that maps are closed by, and as wide as their margin: the
//! neighbours of a cell on open ground hold nothing that is classified, so no gap shows where it lies.

use std::collections::BTreeSet;

use geo::{BoundingRect, Coord, Intersects, MultiPolygon, Polygon, Rect};

use crate::{base_map::Bounds, overlay::within};

/// Side of a cell, degrees: 56 m by at least 33 m anywhere in China.
const SIDE: f64 = 0.0005;
/// Up to so many cells wide and high, a parcel is taken for its box.
const SMALL: f64 = 2.0;

/// The cells around some ground that have no parcel yet, as far as was looked.
#[derive(Clone, Debug)]
pub struct Surroundings {
    empty: BTreeSet<(i32, i32)>,
    window: Rect<f64>,
}

impl Surroundings {
    /// Of an outline, degrees; `None` for one that is nowhere.
    #[must_use]
    pub fn of(outline: &MultiPolygon<f64>) -> Option<Self> {
        let side = Coord { x: SIDE, y: SIDE };
        let all = outline.bounding_rect()?;
        let mut empty = BTreeSet::new();
        for part in outline.iter().filter_map(|part| part.bounding_rect()) {
            let (min, max) = (part.min() - side, part.max() + side);
            empty.extend(cells((min.x, min.y), (max.x, max.y)));
        }
        // Wider than the cells, so that nothing that is cut to it has an edge on one of them.
        let window = Rect::new(all.min() - side * 3.0, all.max() + side * 3.0);
        Some(Self { empty, window })
    }

    /// Where parcels count, degrees.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let (min, max) = (self.window.min(), self.window.max());
        Bounds { west: min.x, south: min.y, east: max.x, north: max.y }
    }

    /// Notes a parcel by its box, degrees. Whether it could: the box of a large one says too little of it, and
    /// [`Surroundings::note`] needs its outline.
    pub fn note_small(&mut self, parcel: &Bounds) -> bool {
        let (width, height) = (parcel.east - parcel.west, parcel.north - parcel.south);
        if width.max(height) > SMALL * SIDE {
            return false;
        }
        for cell in cells((parcel.west, parcel.south), (parcel.east, parcel.north)) {
            self.empty.remove(&cell);
        }
        true
    }

    /// Notes a parcel by its outline, degrees.
    pub fn note(&mut self, parcel: &MultiPolygon<f64>) {
        let window = self.window;
        for polygon in parcel {
            let Some(around) = polygon.bounding_rect() else { continue };
            if !around.intersects(&window) {
                continue;
            }
            let near: Polygon<f64> = within(polygon, &around, &window);
            let Some(around) = near.bounding_rect() else { continue };
            self.empty.retain(|cell| {
                let ground = ground(*cell);
                !(around.intersects(&ground) && ground.intersects(&near))
            });
        }
    }

    /// Whether the ground lies among the parcels that were noted.
    #[must_use]
    pub fn are_full(&self) -> bool {
        self.empty.is_empty()
    }
}

/// The cells of a box: west and south, east and north.
fn cells(
    (west, south): (f64, f64),
    (east, north): (f64, f64),
) -> impl Iterator<Item = (i32, i32)> + use<> {
    #[expect(clippy::cast_possible_truncation, reason = "degrees over a cell fit by far")]
    let at = |degrees: f64| (degrees / SIDE).floor() as i32;
    let (south, north) = (at(south), at(north));
    (at(west)..=at(east)).flat_map(move |east| (south..=north).map(move |north| (east, north)))
}

fn ground((east, north): (i32, i32)) -> Rect<f64> {
    let edge = |at: i32| f64::from(at) * SIDE;
    Rect::new(
        Coord { x: edge(east), y: edge(north) },
        Coord { x: edge(east + 1), y: edge(north + 1) },
    )
}

#[cfg(test)]
mod tests {
    use geo::LineString;

    use super::*;

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        let corner = Coord { x, y };
        MultiPolygon(vec![Rect::new(corner, corner + Coord { x: side, y: side }).to_polygon()])
    }

    fn is_among(outline: &MultiPolygon<f64>, parcels: &[MultiPolygon<f64>]) -> bool {
        let mut around = Surroundings::of(outline).unwrap();
        for parcel in parcels {
            let (min, max) = parcel.bounding_rect().map(|it| (it.min(), it.max())).unwrap();
            let bounds = Bounds { west: min.x, south: min.y, east: max.x, north: max.y };
            if !around.note_small(&bounds) {
                around.note(parcel);
            }
        }
        around.are_full()
    }

    #[test]
    fn sites_s2_ground_beyond_the_last_parcel_is_not_among_them() {
        // Ends within a cell, as land does.
        let land = square(119.9, 30.5, 0.010_2);
        for side in [0.000_01, 0.000_4, 0.001] {
            let is_among =
                |x: f64| is_among(&square(119.9 + x, 30.505, side), std::slice::from_ref(&land));
            assert!(is_among(0.005), "{side}");
            for beyond in [0.010_21, 0.010_3, 0.010_5, 0.011, 0.012, 0.010_15] {
                assert!(beyond + side < 0.010_2 || !is_among(beyond), "{side} {beyond}");
            }
            assert!(!is_among(-0.000_2 - side), "{side}");
        }
    }

    #[test]
    fn a_road_between_parcels_is_no_edge_and_the_box_of_a_long_parcel_is_not_its_land() {
        let mut parcels = Vec::new();
        for east in 0..30_u32 {
            for north in 0..30_u32 {
                // Some 10 m of road between them.
                let (x, y) = (119.9 + f64::from(east) * 4e-4, 30.5 + f64::from(north) * 4e-4);
                parcels.push(square(x, y, 3e-4));
            }
        }
        let outline = square(119.905, 30.505, 0.002);
        assert!(is_among(&outline, &parcels));
        let river = [(119.9, 30.5), (119.92, 30.52), (119.92, 30.5201), (119.9, 30.5001)];
        let river = Polygon::new(LineString::from(river.to_vec()), Vec::new());
        assert!(!is_among(&outline, &[MultiPolygon(vec![river])]));
    }
}
