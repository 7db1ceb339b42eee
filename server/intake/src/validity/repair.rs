//! An invalid outline mended.
//!
//! The rule, ring by ring: a ring encloses what it winds around; a part is what its outer ring
//! encloses less its holes; the outline is the parts together, ground that two of them claim
//! counted once. A hole that reaches beyond its own part is taken there from the others, for
//! files list holes under the wrong part; within its own part it takes nothing from another, which
//! may be an island in it. GEOS calls this the structure method of `make_valid`.

use domain::{
    area::{area_m2, polygon_area_m2},
    planar::{Grid, Gridded},
};
use geo::{BoundingRect, CoordsIter, LineString, MultiPoint, MultiPolygon, Point, Polygon};

/// A hole that reaches no further beyond its part than this is drawn along its edge: m², and a
/// share of the box around the outline.
const BESIDE_M2: f64 = 1e-4;
const BESIDE_SHARE: f64 = 1e-8;

/// What [`mend`] made of an outline.
pub(super) struct Mended {
    pub(super) outline: MultiPolygon<f64>,
    /// What was done with holes that do not lie in their own part.
    pub(super) notes: Vec<String>,
}

pub(super) fn mend(drawn: &MultiPolygon<f64>) -> Mended {
    // The box around an outline is the one around its outer rings, and holes may lie beyond.
    let corners: MultiPoint<f64> = drawn.coords_iter().map(Point::from).collect();
    let Some(bounds) = corners.bounding_rect() else {
        return Mended { outline: MultiPolygon::new(Vec::new()), notes: Vec::new() };
    };
    let grid = Grid::of(&bounds);
    let beside_m2 = BESIDE_M2.min(polygon_area_m2(&bounds.to_polygon()) * BESIDE_SHARE);
    let is_nothing =
        |area: &Gridded| area.is_empty() || area_m2(&grid.in_degrees(area)) <= beside_m2;
    let mut strays: Vec<Stray> = Vec::new();
    let mut parts: Vec<Gridded> = Vec::with_capacity(drawn.0.len());
    for (part, polygon) in drawn.iter().enumerate() {
        let outer = grid.filled(polygon.exterior());
        if polygon.interiors().is_empty() {
            parts.push(outer);
            continue;
        }
        let holes: Vec<Gridded> =
            polygon.interiors().iter().map(|ring| grid.filled(ring)).collect();
        let together = Gridded::together(holes.iter().cloned());
        if !is_nothing(&together.without(&outer)) {
            for hole in &holes {
                let beyond = hole.without(&outer);
                if !is_nothing(&beyond) {
                    let is_whole = is_nothing(&hole.shared_with(&outer));
                    strays.push(Stray { part, beyond, is_whole });
                }
            }
        }
        parts.push(outer.without(&together));
    }
    let (mut moved, mut lost) = (0, 0);
    for stray in &strays {
        let mut taken = false;
        for (at, part) in parts.iter_mut().enumerate() {
            if at != stray.part && !is_nothing(&part.shared_with(&stray.beyond)) {
                *part = part.without(&stray.beyond);
                taken = true;
            }
        }
        moved += usize::from(taken);
        lost += usize::from(!taken && stray.is_whole);
    }
    let mut notes = Vec::new();
    if moved > 0 {
        notes.push(format!(
            "{} listed under a part that it does not lie in, and was taken from the part it lies in",
            holes(moved)
        ));
    }
    if lost > 0 {
        notes.push(format!(
            "{} in no part and took nothing",
            if lost == 1 { "a hole lies".to_owned() } else { format!("{lost} holes lie") }
        ));
    }
    Mended { outline: grid.in_degrees(&Gridded::together(parts)), notes }
}

fn holes(count: usize) -> String {
    if count == 1 { "a hole was".to_owned() } else { format!("each of {count} holes was") }
}

/// What of a hole lies beyond the part it is listed under.
struct Stray {
    part: usize,
    beyond: Gridded,
    /// None of it lies in its part.
    is_whole: bool,
}

/// Areas that may lie over each other, as one: ground that two of them claim counts once.
pub(super) fn together(rings: &[LineString<f64>]) -> MultiPolygon<f64> {
    let all = rings.iter().map(|ring| Polygon::new(ring.clone(), Vec::new())).collect();
    mend(&all).outline
}
