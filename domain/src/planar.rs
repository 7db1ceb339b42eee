//! Boolean operations on areas, on a grid whose every point is a number of degrees.
//!
//! The operations are exact on whole numbers, which is why they are done there. Done through `geo`
//! they lose twice: each corner is rounded on the way back, so that one that lay on an edge lies
//! beside it; and a hole that touches its outer ring is sometimes dropped. Here the step of the
//! grid is a power of two counted from a multiple of itself, which needs no rounding, and rings are
//! put together from the edges (`rings`).

mod rings;
#[cfg(test)]
mod tests;

use geo::{Coord, LineString, MultiPolygon, Polygon, Rect};
use i_overlay::{
    core::{
        fill_rule::FillRule,
        overlay::{IntOverlayOptions, Overlay},
    },
    i_float::int::point::IntPoint,
    vector::edge::{CLIP_LEFT, CLIP_RIGHT, SUBJ_LEFT, SUBJ_RIGHT},
};

/// Half the width of the grid in steps: what the whole numbers hold, with room for one more bit.
const REACH: f64 = 536_870_912.0; // 2²⁹
/// The finest step, degrees: a double holds 180° to this and half of it. 6 nanometres.
const FINEST: f64 = 1.0 / 17_592_186_044_416.0; // 2⁻⁴⁴

/// Corners of a ring; the first is not repeated at the end.
type Ring = Vec<IntPoint>;

/// A grid that holds a box.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    origin: Coord<f64>,
    step: f64,
}

/// An area with its corners on a [`Grid`]. Two are only of use together if their grid is the same.
#[derive(Clone, Debug, Default)]
pub struct Gridded(Vec<Ring>);

impl Grid {
    /// The finest grid that holds the box, degrees. Nothing beyond the box may be put on it.
    #[must_use]
    pub fn of(bounds: &Rect<f64>) -> Self {
        let half = bounds.width().max(bounds.height()) / 2.0;
        let mut step = FINEST;
        while half > step * (REACH - 2.0) {
            step *= 2.0;
        }
        let centre = bounds.center();
        let origin =
            Coord { x: (centre.x / step).round() * step, y: (centre.y / step).round() * step };
        Self { origin, step }
    }

    /// What a ring encloses, however it runs. Non-zero winding: where a ring runs twice around the
    /// same ground, the surveyor went too far; they did not draw a hole.
    #[must_use]
    pub fn filled(&self, ring: &LineString<f64>) -> Gridded {
        operate(&[self.ring(ring)], &[], FillRule::NonZero, |is_in, _| is_in)
    }

    /// A polygon that is valid, or whose rings walk edges there and back: inside is what an odd
    /// number of rings goes around.
    #[must_use]
    pub fn polygon(&self, polygon: &Polygon<f64>) -> Gridded {
        let rings: Vec<Ring> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|ring| self.ring(ring))
            .collect();
        operate(&rings, &[], FillRule::EvenOdd, |is_in, _| is_in)
    }

    /// An outline that is valid.
    #[must_use]
    pub fn outline(&self, outline: &MultiPolygon<f64>) -> Gridded {
        Gridded::together(outline.iter().map(|polygon| self.polygon(polygon)))
    }

    /// The area as a valid outline: outer rings counter-clockwise, holes clockwise.
    #[must_use]
    pub fn in_degrees(&self, area: &Gridded) -> MultiPolygon<f64> {
        let place = |ring: Ring| {
            let mut ring: LineString<f64> = ring
                .into_iter()
                .map(|p| Coord { x: f64::from(p.x), y: f64::from(p.y) } * self.step + self.origin)
                .collect();
            ring.close();
            ring
        };
        rings::polygons(area.0.clone())
            .into_iter()
            .map(|(outer, holes)| {
                Polygon::new(place(outer), holes.into_iter().map(place).collect())
            })
            .collect()
    }

    fn ring(&self, ring: &LineString<f64>) -> Ring {
        // The cast drops nothing: rounded, and within the grid.
        let whole =
            |at: f64, origin: f64| ((at - origin) / self.step).round().clamp(-REACH, REACH) as i32;
        let corners = &ring.0[..ring.0.len().saturating_sub(1)];
        corners
            .iter()
            .map(|c| IntPoint::new(whole(c.x, self.origin.x), whole(c.y, self.origin.y)))
            .collect()
    }
}

impl Gridded {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them; ground that two of them claim counts once.
    #[must_use]
    pub fn together(areas: impl IntoIterator<Item = Self>) -> Self {
        // Inside is left of every edge, so non-zero winding is the union.
        let all: Vec<Ring> = areas.into_iter().flat_map(|area| area.0).collect();
        operate(&all, &[], FillRule::NonZero, |is_in, _| is_in)
    }

    /// What of it is not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        operate(&self.0, &other.0, FillRule::NonZero, |one, two| one && !two)
    }

    /// What it has in common with any of these.
    #[must_use]
    pub fn shared_with_any(&self, others: impl IntoIterator<Item = Self>) -> Self {
        // As in `together`: so many others cost one operation, and this one is gone through once.
        let all: Vec<Ring> = others.into_iter().flat_map(|area| area.0).collect();
        operate(&self.0, &all, FillRule::NonZero, |one, two| one && two)
    }

    /// What both have in common.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        operate(&self.0, &other.0, FillRule::NonZero, |one, two| one && two)
    }
}

/// The area where `is_in` says so of being in the one and in the other.
fn operate(one: &[Ring], other: &[Ring], fill: FillRule, is_in: fn(bool, bool) -> bool) -> Gridded {
    let mut overlay = Overlay::with_contours_custom(
        one,
        other,
        IntOverlayOptions::keep_all_points(),
        i_overlay::core::solver::Solver::default(),
    );
    let border = overlay.build_separate_vectors(fill).into_iter().filter_map(|edge| {
        let has = |side| edge.fill & side != 0;
        let left = is_in(has(SUBJ_LEFT), has(CLIP_LEFT));
        let right = is_in(has(SUBJ_RIGHT), has(CLIP_RIGHT));
        match (left, right) {
            (true, false) => Some((edge.a, edge.b)),
            (false, true) => Some((edge.b, edge.a)),
            _ => None,
        }
    });
    Gridded(rings::rings(border.collect()))
}
