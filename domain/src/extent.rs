//! Where in a place its restrictions lie, for drawing: never more than the shown outline holds
//! (row 47, rules M3 and M4).
//!
//! What is drawn follows from the shown outline and the layer alone, never from the surveyed
//! outline: two parcels that look alike are drawn alike.

use std::cmp::Reverse;

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Polygon, Rect};

use crate::{
    area::polygon_area_m2,
    base_map::thinned_area,
    localized::Localized,
    overlay::{LocalPlane, within},
    planar::{Grid, Gridded},
    profile::{Precision, PublicProfile},
    restriction::{ABOVE_99_PERCENT, Finding, LayerFindings, ThemeAnswer},
    severity::Severity,
    theme::ThemeId,
};

/// Parts smaller than this are edges that do not quite meet, m².
const SMALLEST_M2: f64 = 1.0;

/// A restriction feature that was found on a parcel, with all its ground. Not public.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundFeature {
    /// The layer's name.
    pub layer: String,
    /// The feature's own id in its source.
    pub feature: String,
    /// What it is, for people.
    pub label: Localized,
    /// Its ground, degrees; empty of what is lines or points.
    pub ground: MultiPolygon<f64>,
}

/// What of a place the restrictions of one theme and severity lie on, as it may be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicExtent {
    /// The theme; it stands among those that concern the place.
    pub theme: ThemeId,
    /// What its findings ask.
    pub severity: Severity,
    /// What was found, no name twice.
    pub labels: Vec<Localized>,
    /// Where, degrees, within the shown outline; empty where it is too small to be drawn.
    pub ground: MultiPolygon<f64>,
}

impl PublicProfile {
    /// Whether something may be drawn of where its restrictions lie.
    #[must_use]
    pub fn draws_restrictions(&self) -> bool {
        let drawn = self.extents.is_some() && self.outline.is_some();
        drawn && self.concerning().next().is_some()
    }

    /// The names of the layers whose features are needed to draw them.
    #[must_use]
    pub fn layers_drawn(&self) -> Vec<String> {
        if !self.draws_restrictions() {
            return Vec::new();
        }
        self.concerning().map(|(_, found)| found.layer.id.clone()).collect()
    }

    /// Where its restrictions lie, gravest first: one extent for each theme and severity that
    /// concerns the place. What does not count as a restriction (a sliver) is not among them.
    #[must_use]
    pub fn extents_of(&self, features: &[FoundFeature]) -> Vec<PublicExtent> {
        let (Some(shown), Some(precision)) = (&self.outline, self.extents) else {
            return Vec::new();
        };
        let canvas = Canvas::of(&shown.outline, precision);
        let mut extents: Vec<PublicExtent> = Vec::new();
        for answer in &self.restrictions.concerned {
            for severity in Severity::ALL {
                let found = counted(answer, severity);
                if found.is_empty() {
                    continue;
                }
                let mut labels: Vec<Localized> = Vec::new();
                for finding in &found {
                    if !labels.contains(&finding.label) {
                        labels.push(finding.label.clone());
                    }
                }
                let ground = canvas.as_ref().map_or_else(
                    || MultiPolygon::new(Vec::new()),
                    |it| it.ground(&found, features),
                );
                let theme = answer.theme.id.clone();
                extents.push(PublicExtent { theme, severity, labels, ground });
            }
        }
        extents.sort_by_key(|extent| Reverse(extent.severity));
        extents
    }

    fn concerning(&self) -> impl Iterator<Item = (&ThemeAnswer, &LayerFindings)> {
        let answers = self.restrictions.concerned.iter();
        answers.flat_map(|answer| {
            answer.layers.iter().filter(|found| found.concerns()).map(move |found| (answer, found))
        })
    }
}

/// The findings of a theme that ask just that and count.
fn counted(answer: &ThemeAnswer, severity: Severity) -> Vec<&Finding> {
    let layers = answer.layers.iter().filter(|found| found.concerns());
    let counted = layers.flat_map(LayerFindings::counted);
    counted.filter(|it| it.severity == severity).map(|it| &it.finding).collect()
}

/// A shown outline, ready for ground to be clipped to it.
struct Canvas<'o> {
    outline: &'o MultiPolygon<f64>,
    precision: Precision,
    window: Rect<f64>,
    plane: LocalPlane,
    grid: Grid,
    clip: Gridded,
}

impl<'o> Canvas<'o> {
    /// `None` for an outline without extent.
    fn of(outline: &'o MultiPolygon<f64>, precision: Precision) -> Option<Self> {
        let bounds = outline.bounding_rect()?;
        let margin = Coord { x: bounds.width() / 8.0, y: bounds.height() / 8.0 };
        let window = Rect::new(bounds.min() - margin, bounds.max() + margin);
        // The plane of the outline's own grid (`generalise`).
        let plane = LocalPlane::at((bounds.center().y * 10.0).round() / 10.0);
        let grid = Grid::of(&window);
        let clip = grid.outline(outline);
        Some(Self { outline, precision, window, plane, grid, clip })
    }

    fn ground(&self, found: &[&Finding], features: &[FoundFeature]) -> MultiPolygon<f64> {
        let coarse = matches!(self.precision, Precision::Generalised { .. });
        // By the figures that are told it is all of the place.
        if coarse && found.iter().any(|finding| finding.share >= ABOVE_99_PERCENT) {
            return self.outline.clone();
        }
        let is_found = |feature: &&FoundFeature| {
            found.iter().any(|it| {
                (&it.layer, &it.feature, &it.label)
                    == (&feature.layer, &feature.feature, &feature.label)
            })
        };
        let ground = features.iter().filter(is_found).flat_map(|feature| &feature.ground);
        self.clipped(ground)
    }

    /// What the outline holds of these polygons, on the grid of the precision.
    fn clipped<'p>(
        &self,
        polygons: impl IntoIterator<Item = &'p Polygon<f64>>,
    ) -> MultiPolygon<f64> {
        let near = polygons.into_iter().filter_map(|polygon| self.near(polygon));
        let near: Vec<Gridded> = near.map(|near| self.grid.polygon(&near)).collect();
        if near.iter().all(Gridded::is_empty) {
            return MultiPolygon::new(Vec::new());
        }
        let ground = self.grid.in_degrees(&self.clip.shared_with_any(near)).into_iter();
        ground.filter(|polygon| polygon_area_m2(polygon) >= SMALLEST_M2).collect()
    }

    /// What of a polygon lies in the window, moved to the grid before it is cut: its edge runs the
    /// same in the drawings of neighbours.
    fn near(&self, polygon: &Polygon<f64>) -> Option<Polygon<f64>> {
        // Nothing moves by more than a cell on its way to the grid.
        let cell_m = match self.precision {
            Precision::Exact => 0.0,
            Precision::Generalised { cell_m } => cell_m,
        };
        self.reaches(&polygon.bounding_rect()?, cell_m).then_some(())?;
        // What lies farther from the window than it may be moved is cut away in any case.
        let margin = self.plane.degrees(Coord { x: 2.0 * cell_m, y: 2.0 * cell_m });
        let reach = Rect::new(self.window.min() - margin, self.window.max() + margin);
        let near = thinned_area(polygon, &reach);
        let polygon = match self.precision {
            Precision::Exact => near,
            Precision::Generalised { cell_m } => near.map_coords(|at| {
                let at = self.plane.metres(at);
                let on_grid = |value: f64| (value / cell_m).round() * cell_m;
                self.plane.degrees(Coord { x: on_grid(at.x), y: on_grid(at.y) })
            }),
        };
        let around = polygon.bounding_rect()?;
        self.reaches(&around, 0.0).then(|| within(&polygon, &around, &self.window))
    }

    /// Whether a box comes as near to the window as this, m.
    fn reaches(&self, around: &Rect<f64>, by_m: f64) -> bool {
        let metres = |at| self.plane.metres(at);
        let (min, max) = (metres(self.window.min()), metres(self.window.max()));
        let (from, to) = (metres(around.min()), metres(around.max()));
        from.x <= max.x + by_m
            && to.x >= min.x - by_m
            && from.y <= max.y + by_m
            && to.y >= min.y - by_m
    }
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps, CoordsIter, LineString};
    use proptest::prelude::*;

    use super::*;
    use crate::generalise::generalise;

    const COARSE: Precision = Precision::Generalised { cell_m: 25.0 };

    /// A star of `radius` metres, `x` east and `y` north of 30.5°N, 120°E.
    fn star(x: f64, y: f64, radius: f64, spokes: &[f64]) -> MultiPolygon<f64> {
        let ring = spokes.iter().enumerate().map(|(at, length)| {
            let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
            (x + angle.cos() * length * radius, y + angle.sin() * length * radius)
        });
        let polygon = Polygon::new(LineString::from(ring.collect::<Vec<_>>()), Vec::new());
        LocalPlane::at(30.5)
            .to_degrees(&MultiPolygon::new(vec![polygon]))
            .map_coords(|c| c + Coord { x: 120.0, y: 30.5 })
    }

    fn clipped(
        shown: &MultiPolygon<f64>,
        layer: &MultiPolygon<f64>,
        precision: Precision,
    ) -> MultiPolygon<f64> {
        Canvas::of(shown, precision)
            .map_or_else(|| MultiPolygon::new(Vec::new()), |it| it.clipped(layer))
    }

    proptest! {
        #[test]
        fn m3_m4_no_hatch_leaves_the_outline_that_is_shown(
            radius in 3.0..200.0, spokes in prop::collection::vec(0.7..1.3, 3..16),
            x in -250.0..250.0, y in -250.0..250.0, reach in 5.0..900.0,
            layer in prop::collection::vec(0.3..1.7, 3..40), coarse in any::<bool>(),
        ) {
            let exact = star(0.0, 0.0, radius, &spokes);
            let (shown, precision) =
                if coarse { (generalise(&exact, 25.0), COARSE) } else { (exact, Precision::Exact) };
            let found = clipped(&shown, &star(x, y, reach, &layer), precision);
            let outside = found.difference(&shown).unsigned_area();
            prop_assert!(outside <= shown.unsigned_area() * 1e-6, "{} of {}", outside, shown.unsigned_area());
            let (all, own) = (shown.bounding_rect().unwrap(), found.bounding_rect());
            prop_assert!(own.is_none_or(|own| own.min().x >= all.min().x - 1e-9
                && own.max().x <= all.max().x + 1e-9
                && own.min().y >= all.min().y - 1e-9
                && own.max().y <= all.max().y + 1e-9));
        }

        #[test]
        fn m3_no_corner_of_the_layer_as_surveyed_is_in_a_coarse_hatch(
            x in -150.0..150.0, y in -150.0..150.0, reach in 40.0..300.0,
            layer in prop::collection::vec(0.5..1.5, 5..30),
        ) {
            let shown = generalise(&star(0.0, 0.0, 150.0, &[1.0; 9]), 25.0);
            let layer = star(x, y, reach, &layer);
            let surveyed: Vec<_> = layer.coords_iter().collect();
            for corner in clipped(&shown, &layer, COARSE).coords_iter() {
                let plane = LocalPlane::at(30.5);
                let away = |c: &Coord<f64>| {
                    let Coord { x, y } = plane.metres(*c - corner);
                    x.hypot(y)
                };
                // A corner may stand on the grid by chance; a drawing of many may not.
                let nearest = surveyed.iter().map(away).fold(f64::INFINITY, f64::min);
                prop_assert!(nearest > 1e-3, "{} m", nearest);
            }
        }
    }

    #[test]
    fn a_layer_over_all_of_it_is_drawn_over_all_of_it_and_one_beside_it_not_at_all() {
        let shown = star(0.0, 0.0, 100.0, &[1.0; 8]);
        for precision in [Precision::Exact, COARSE] {
            let all = clipped(&shown, &star(0.0, 0.0, 900.0, &[1.0; 5]), precision);
            assert!((all.unsigned_area() / shown.unsigned_area() - 1.0).abs() < 1e-6);
            assert_eq!(clipped(&shown, &star(900.0, 0.0, 500.0, &[1.0; 5]), precision).0, []);
        }
    }

    #[test]
    fn m3_what_is_drawn_of_a_half_is_about_a_half() {
        let shown = generalise(&star(0.0, 0.0, 200.0, &[1.0; 24]), 25.0);
        let half = star(500.0, 0.0, 500.0, &[1.0, 1.4, 1.4, 1.0, 1.4, 1.4]);
        let drawn = clipped(&shown, &half, COARSE).unsigned_area();
        let exact = shown.intersection(&half).unsigned_area();
        assert!((drawn / exact - 1.0).abs() < 0.2, "{drawn} of {exact}");
    }
}
