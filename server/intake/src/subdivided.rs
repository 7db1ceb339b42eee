//! A parcel as it meets the pieces of restrictions and coverages: cut up itself where it has many
//! corners.

use std::borrow::Cow;

use domain::overlay::{self, Common};
use geo::{BoundingRect, CoordsIter, Intersects, Line, MultiPolygon, Polygon, Rect};

use crate::validity::EDGE_TOLERANCE_M;

/// A parcel of more corners than this is cut up before it meets the pieces. Street land is one
/// parcel of 18,000 corners and meets every piece of the city.
const WHOLE_CORNERS: usize = 256;
/// Corners of a part of such a parcel.
const PART_CORNERS: usize = 64;

/// Below this an overlap is arithmetic: edges that two layers share come out a few square
/// millimetres wide after the cut. Real overlaps in flood layers go down to 100 cm². So is one that
/// is nowhere wider than stored edges may lie off the drawn ones, however long it is.
const NOISE_M2: f64 = 1e-4;

/// How a parcel is met: by an area, or by lines and points, which have none.
pub(crate) struct Met {
    pub(crate) area_m2: f64,
    pub(crate) share: f64,
}

/// A parcel as it meets pieces: whole, or cut up.
pub(crate) struct Subdivided<'a> {
    area_m2: f64,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    outline: Cow<'a, MultiPolygon<f64>>,
    bounds: Rect<f64>,
}

impl<'a> Subdivided<'a> {
    pub(crate) fn of(outline: &'a MultiPolygon<f64>, area_m2: f64) -> Self {
        let part = |outline: Cow<'a, MultiPolygon<f64>>| {
            let bounds = outline.bounding_rect()?;
            Some(Part { outline, bounds })
        };
        let parts = if outline.coords_count() <= WHOLE_CORNERS {
            part(Cow::Borrowed(outline)).into_iter().collect()
        } else {
            overlay::subdivide(outline, PART_CORNERS)
                .into_iter()
                .filter_map(|piece| part(Cow::Owned(MultiPolygon::new(vec![piece]))))
                .collect()
        };
        Self { area_m2, parts }
    }

    /// The ground in common with pieces that do not overlap each other.
    pub(crate) fn common(&self, pieces: &[&Polygon<f64>]) -> Option<Common> {
        let mut met: Option<Common> = None;
        for part in &self.parts {
            if let Some(common) = overlay::common(&part.outline, pieces) {
                let sum = met.get_or_insert(Common { area_m2: 0.0, width_m: 0.0 });
                sum.area_m2 += common.area_m2;
                sum.width_m = sum.width_m.max(common.width_m);
            }
        }
        met
    }

    /// `None` when they do not meet, or in nothing but an edge that they share.
    pub(crate) fn meet(&self, pieces: &[&Polygon<f64>]) -> Option<Met> {
        let met = self.common(pieces);
        match met {
            Some(Common { area_m2, width_m })
                if area_m2 >= NOISE_M2 && width_m >= EDGE_TOLERANCE_M && self.area_m2 > 0.0 =>
            {
                // What is cut into pieces adds up to a little more than the whole.
                let area_m2 = area_m2.min(self.area_m2);
                Some(Met { area_m2, share: area_m2 / self.area_m2 })
            }
            _ => self.touched(pieces).then_some(Met { area_m2: 0.0, share: 0.0 }),
        }
    }

    /// Whether a line or a point among the pieces meets the parcel, its edge included.
    fn touched(&self, pieces: &[&Polygon<f64>]) -> bool {
        pieces.iter().copied().filter_map(trace).any(|line| {
            let around = line.bounding_rect();
            self.parts
                .iter()
                .any(|part| part.bounds.intersects(&around) && part.outline.intersects(&line))
        })
    }
}

/// The edge or point that a piece without area stands for.
fn trace(piece: &Polygon<f64>) -> Option<Line<f64>> {
    match piece.exterior().0[..] {
        [from, to, _] => Some(Line::new(from, to)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::area::area_m2;

    use super::*;

    #[test]
    fn a_parcel_cut_up_has_the_same_overlap() {
        let ring: Vec<(f64, f64)> = (0..3000)
            .map(|at| {
                let angle = f64::from(at) / 3000.0 * std::f64::consts::TAU;
                let radius = 0.01 + 0.002 * (angle * 23.0).sin();
                (120.0 + radius * angle.cos(), 30.0 + radius * angle.sin())
            })
            .collect();
        let parcel = MultiPolygon::new(vec![Polygon::new(ring.into(), Vec::new())]);
        let area = area_m2(&parcel);
        let plot = MultiPolygon::new(vec![testkit::square(120.002, 29.98, 0.04)]);
        let pieces = overlay::subdivide(&plot, 4);
        let pieces: Vec<&Polygon<f64>> = pieces.iter().collect();
        let whole = overlay::common(&parcel, &pieces).unwrap();
        let parts = Subdivided::of(&parcel, area);
        assert!(parts.parts.len() > 10);
        let cut = parts.meet(&pieces).unwrap();
        assert!((cut.area_m2 - whole.area_m2).abs() < 0.01, "{} {whole:?}", cut.area_m2);
    }
}
