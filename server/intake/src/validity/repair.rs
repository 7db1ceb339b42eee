//! An invalid outline mended.
//!
//! The rule, ring by ring: a ring encloses what it winds around; a part is what its outer ring
//! encloses less its holes; the outline is the parts together, ground that two of them claim
//! counted once. A hole that reaches beyond its own part is taken there from the others, for
//! files list holes under the wrong part; within its own part it takes nothing from another, which
//! may be an island in it. A ring among the holes that lies outside every part and runs like the
//! outer ring it is listed under is a part itself: files list the second outline of a parcel so.
//! GEOS calls this the structure method of `make_valid`.

use domain::{
    area::{area_m2, polygon_area_m2},
    planar::{Grid, Gridded},
};
use geo::{
    Area, BoundingRect, Contains, CoordsIter, Intersects, LineString, MultiPoint, MultiPolygon,
    Point, Polygon, Rect,
};

/// A hole that reaches no further beyond its part than this is drawn along its edge: m², and a
/// share of the box around the outline.
const BESIDE_M2: f64 = 1e-4;
const BESIDE_SHARE: f64 = 1e-8;
/// So small a share of a ring is what drawing and rounding make of "none of it".
const NONE_OF_IT: f64 = 1e-4;
/// A ring whose loops are worth less of its ground than this, taken together, runs neither way.
const TURNS_NEITHER_WAY: f64 = 1e-3;
/// Ground that is none, m²: a ring whose corners lie in a line but for their last digits.
pub(super) const NO_AREA_M2: f64 = 1e-4;
/// Rings that may have as little, square degrees.
const SCANT: f64 = 1e-12;

/// What [`mend`] made of an outline.
pub(super) struct Mended {
    pub(super) outline: MultiPolygon<f64>,
    /// What was done with holes that do not lie in their own part, and with parts without area.
    pub(super) notes: Vec<String>,
    /// Boxes around rings that may have meant ground and gave none, degrees.
    pub(super) lost: Vec<Rect<f64>>,
}

pub(super) fn mend(drawn: &MultiPolygon<f64>) -> Mended {
    // The box around an outline is the one around its outer rings, and holes may lie beyond.
    let corners: MultiPoint<f64> = drawn.coords_iter().map(Point::from).collect();
    let Some(bounds) = corners.bounding_rect() else {
        let outline = MultiPolygon::new(Vec::new());
        return Mended { outline, notes: Vec::new(), lost: Vec::new() };
    };
    let grid = Grid::of(&bounds);
    let beside_m2 = BESIDE_M2.min(polygon_area_m2(&bounds.to_polygon()) * BESIDE_SHARE);
    let is_nothing =
        |area: &Gridded| area.is_empty() || area_m2(&grid.in_degrees(area)) <= beside_m2;
    let mut strays: Vec<Stray<'_>> = Vec::new();
    let mut lost: Vec<Rect<f64>> = Vec::new();
    let outers: Vec<Gridded> = drawn.iter().map(|part| grid.filled(part.exterior())).collect();
    let mut parts: Vec<Gridded> = Vec::with_capacity(outers.len());
    for (part, (polygon, outer)) in drawn.iter().zip(&outers).enumerate() {
        if polygon.interiors().is_empty() {
            parts.push(outer.clone());
            continue;
        }
        let holes: Vec<Gridded> =
            polygon.interiors().iter().map(|ring| grid.filled(ring)).collect();
        let together = Gridded::together(holes.iter().cloned());
        let is_beyond = !is_nothing(&together.without(outer));
        let runs = turn(polygon.exterior(), outer, &grid);
        let turns: Vec<i8> = polygon
            .interiors()
            .iter()
            .zip(&holes)
            .map(|(ring, hole)| turn(ring, hole, &grid) * runs)
            .collect();
        lost.extend(islands(polygon.interiors(), &holes, &turns, &is_nothing));
        for ((ring, hole), turn) in polygon.interiors().iter().zip(holes).zip(turns) {
            if is_nothing(&hole) {
                lost.extend(ring.bounding_rect().filter(|_| reaches_beyond(ring, polygon)));
            } else if is_beyond {
                let beyond = hole.without(outer);
                if !is_nothing(&beyond) {
                    let is_whole = is_nothing(&hole.shared_with(outer));
                    strays.push(Stray { part, ring, hole, beyond, is_whole, is_like: turn > 0 });
                }
            }
        }
        parts.push(outer.without(&together));
    }
    let mut outlines = 0;
    if !strays.is_empty() {
        let ground = Gridded::together(outers.iter().cloned());
        strays.retain(|stray| {
            let none = degrees2(&stray.hole, &grid) * NONE_OF_IT;
            let is_outline =
                stray.is_like && degrees2(&stray.hole.shared_with(&ground), &grid) <= none;
            if is_outline {
                parts.push(stray.hole.clone());
                outlines += 1;
            } else if stray.is_like && degrees2(&stray.hole.without(&ground), &grid) > none {
                lost.extend(stray.ring.bounding_rect());
            }
            !is_outline
        });
    }
    let (mut moved, mut nowhere) = (0, 0);
    for stray in &strays {
        let mut taken = false;
        for (at, part) in parts.iter_mut().enumerate() {
            if at != stray.part && !is_nothing(&part.shared_with(&stray.beyond)) {
                *part = part.without(&stray.beyond);
                taken = true;
            }
        }
        moved += usize::from(taken);
        if !taken && stray.is_whole {
            nowhere += 1;
            lost.extend(stray.ring.bounding_rect());
        }
    }
    let mut gone = 0;
    for ((polygon, outer), part) in drawn.iter().zip(&outers).zip(&parts) {
        let is_scant = || {
            Polygon::new(polygon.exterior().clone(), Vec::new()).unsigned_area() <= SCANT
                && area_m2(&grid.in_degrees(outer)) <= NO_AREA_M2
        };
        gone += usize::from(part.is_empty());
        if part.is_empty() || is_scant() {
            lost.extend(polygon.exterior().bounding_rect());
        }
    }
    let notes = Counts { outlines, moved, nowhere, gone }.in_words();
    Mended { outline: grid.in_degrees(&Gridded::together(parts)), notes, lost }
}

/// Which way a ring runs: 1 counter-clockwise, -1 clockwise, 0 as much the one as the other.
fn turn(ring: &LineString<f64>, filled: &Gridded, grid: &Grid) -> i8 {
    let drawn = Polygon::new(ring.clone(), Vec::new()).signed_area();
    if drawn.abs() <= degrees2(filled, grid) * TURNS_NEITHER_WAY {
        0
    } else if drawn > 0.0 {
        1
    } else {
        -1
    }
}

/// Boxes around rings that lie in a hole of their part and run against it, as an island would that
/// was listed among the holes. `turns` are 1 for rings that run like the outer one, -1 against it.
fn islands(
    rings: &[LineString<f64>],
    holes: &[Gridded],
    turns: &[i8],
    is_nothing: &dyn Fn(&Gridded) -> bool,
) -> Vec<Rect<f64>> {
    let of = |way: i8| {
        rings
            .iter()
            .zip(holes)
            .zip(turns)
            .filter(move |(_, turn)| **turn == way)
            .filter_map(|((ring, hole), _)| Some((ring.bounding_rect()?, hole)))
            .collect::<Vec<_>>()
    };
    let (like, against) = (of(1), of(-1));
    let is_island = |(bounds, ring): &(Rect<f64>, &Gridded)| {
        against.iter().any(|(around, hole)| {
            around.contains(bounds) && is_nothing(&ring.without(hole)) && !is_nothing(ring)
        })
    };
    like.into_iter().filter(is_island).map(|(bounds, _)| bounds).collect()
}

/// Square degrees, for shares.
fn degrees2(area: &Gridded, grid: &Grid) -> f64 {
    grid.in_degrees(area).unsigned_area()
}

/// Whether a corner of a ring without area lies outside its part.
fn reaches_beyond(ring: &LineString<f64>, part: &Polygon<f64>) -> bool {
    let outer = Polygon::new(part.exterior().clone(), Vec::new());
    ring.coords().any(|corner| !outer.intersects(corner))
}

/// How many rings were not what they were listed as.
struct Counts {
    /// Outlines among the holes.
    outlines: usize,
    /// Holes taken from another part.
    moved: usize,
    /// Holes that lie in no part.
    nowhere: usize,
    /// Parts without area.
    gone: usize,
}

impl Counts {
    fn in_words(&self) -> Vec<String> {
        let Self { outlines, moved, nowhere, gone } = *self;
        let mut notes = Vec::new();
        if outlines > 0 {
            notes.push(match outlines {
                1 => "a second outline was listed as a hole".to_owned(),
                many => format!("{many} more outlines were listed as holes"),
            });
        }
        if moved > 0 {
            notes.push(format!(
            "{} listed under a part that it does not lie in, and was taken from the part it lies in",
            holes(moved)
        ));
        }
        if nowhere > 0 {
            notes.push(format!(
                "{} in no part and took nothing",
                if nowhere == 1 {
                    "a hole lies".to_owned()
                } else {
                    format!("{nowhere} holes lie")
                }
            ));
        }
        if gone > 0 {
            notes.push(match gone {
                1 => "a part without area was left out".to_owned(),
                many => format!("{many} parts without area were left out"),
            });
        }
        notes
    }
}

fn holes(count: usize) -> String {
    if count == 1 { "a hole was".to_owned() } else { format!("each of {count} holes was") }
}

/// A hole that does not lie in the part it is listed under.
struct Stray<'a> {
    part: usize,
    ring: &'a LineString<f64>,
    hole: Gridded,
    /// What of it lies beyond the part.
    beyond: Gridded,
    /// It runs like the outer ring of the part, as no hole should.
    is_like: bool,
    /// None of it lies in its part.
    is_whole: bool,
}

/// Areas that may lie over each other, as one: ground that two of them claim counts once.
pub(super) fn together(rings: &[LineString<f64>]) -> MultiPolygon<f64> {
    let all = rings.iter().map(|ring| Polygon::new(ring.clone(), Vec::new())).collect();
    mend(&all).outline
}
