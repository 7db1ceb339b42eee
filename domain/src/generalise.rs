//! Making geometry coarse enough to publish (rule M3).

use geo::{
    Area, BooleanOps, BoundingRect, Centroid, Coord, CoordsIter, LineString, MapCoords,
    MultiPolygon, Polygon,
};

use crate::overlay::LocalPlane;

/// The centroid in degrees to three decimals, about 100 m (row 32).
#[must_use]
pub fn rounded_centroid(outline: &MultiPolygon<f64>) -> Option<(f64, f64)> {
    outline.centroid().map(|point| to_three_decimals(point.x_y()))
}

/// Longitude and latitude, degrees, to three decimals.
#[must_use]
pub fn to_three_decimals((x, y): (f64, f64)) -> (f64, f64) {
    let round = |degrees: f64| (degrees * 1000.0).round() / 1000.0;
    (round(x), round(y))
}

/// The centroid in degrees to six decimals, a tenth of a metre: only for whom the outline itself
/// is exact (row 32).
#[must_use]
pub fn exact_centroid(outline: &MultiPolygon<f64>) -> Option<(f64, f64)> {
    let point = outline.centroid()?;
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    Some((round(point.x()), round(point.y())))
}

/// Snaps an outline to a grid of `cell_m` metres; one smaller than two cells becomes the cell it
/// lies in. With 25 m the mean displacement is 10.2 m RMS (rule M3).
///
/// Degrees in, degrees out. The grid is fixed to the ground, so the same outline always gives the
/// same answer and neighbours share their edges.
#[must_use]
pub fn generalise(outline: &MultiPolygon<f64>, cell_m: f64) -> MultiPolygon<f64> {
    let Some(bounds) = outline.bounding_rect() else {
        return MultiPolygon::new(Vec::new());
    };
    // One plane for every tenth of a degree: the grid does not depend on the parcel.
    let plane = LocalPlane::at((bounds.center().y * 10.0).round() / 10.0);
    let metres = plane.to_metres(outline);
    let snap = |c: Coord<f64>| Coord {
        x: (c.x / cell_m).round() * cell_m,
        y: (c.y / cell_m).round() * cell_m,
    };
    let coarse = if metres.unsigned_area() < 2.0 * cell_m * cell_m {
        cell_around(&metres, cell_m)
    } else {
        let snapped = metres.map_coords(snap);
        let cleaned = without_repeats(&snapped).union(&MultiPolygon::new(Vec::new()));
        if cleaned.unsigned_area() < cell_m * cell_m {
            cell_around(&metres, cell_m)
        } else {
            cleaned
        }
    };
    plane.to_degrees(&coarse)
}

fn cell_around(outline: &MultiPolygon<f64>, cell_m: f64) -> MultiPolygon<f64> {
    let Some(centre) = outline.centroid() else {
        return MultiPolygon::new(Vec::new());
    };
    let (x, y) = ((centre.x() / cell_m).floor() * cell_m, (centre.y() / cell_m).floor() * cell_m);
    let ring = [(x, y), (x + cell_m, y), (x + cell_m, y + cell_m), (x, y + cell_m), (x, y)];
    MultiPolygon::new(vec![Polygon::new(LineString::from(ring.to_vec()), Vec::new())])
}

/// Rings without equal neighbours; rings that fell together are left out.
fn without_repeats(outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let ring = |line: &LineString<f64>| {
        let mut coords: Vec<Coord<f64>> = line.coords_iter().collect();
        coords.dedup();
        (coords.len() >= 4).then(|| LineString::new(coords))
    };
    outline
        .iter()
        .filter_map(|polygon| {
            let holes = polygon.interiors().iter().filter_map(ring).collect();
            Some(Polygon::new(ring(polygon.exterior())?, holes))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use geo::Intersects;
    use proptest::prelude::*;

    use super::*;

    /// A star-shaped parcel of `radius` metres, `x` east and `y` north of 30.5°N, 120°E.
    fn parcel(x: f64, y: f64, radius: f64, spokes: &[f64]) -> MultiPolygon<f64> {
        let ring = spokes.iter().enumerate().map(|(at, length)| {
            let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
            (x + angle.cos() * length * radius, y + angle.sin() * length * radius)
        });
        let polygon = Polygon::new(LineString::from(ring.collect::<Vec<_>>()), Vec::new());
        LocalPlane::at(30.5)
            .to_degrees(&MultiPolygon::new(vec![polygon]))
            .map_coords(|c| c + Coord { x: 120.0, y: 30.5 })
    }

    /// How far the corners of `exact` lie from the nearest corner shown: the square of each, m².
    fn squares(exact: &MultiPolygon<f64>, public: &MultiPolygon<f64>) -> Vec<f64> {
        let plane = LocalPlane::at(30.5);
        let corners: Vec<_> = plane.to_metres(public).coords_iter().collect();
        let nearest = |point: Coord<f64>| {
            let away = |c: &Coord<f64>| (c.x - point.x).powi(2) + (c.y - point.y).powi(2);
            corners.iter().map(away).fold(f64::INFINITY, f64::min)
        };
        plane.to_metres(exact).coords_iter().map(nearest).collect()
    }

    #[test]
    fn m3_the_mean_displacement_is_at_least_ten_metres_at_every_size() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for (least, most) in [(3.0, 12.0), (12.0, 30.0), (30.0, 60.0), (60.0, 160.0)] {
            let spokes = prop::collection::vec(0.8..1.2, 6..14);
            let shapes = (0.0..20_000.0, 0.0..5_000.0, least..most, spokes);
            let mut found = Vec::new();
            for _ in 0..400 {
                let tree = Strategy::new_tree(&shapes, &mut runner).unwrap();
                let (x, y, radius, spokes) = proptest::strategy::ValueTree::current(&tree);
                let exact = parcel(x, y, radius, &spokes);
                found.extend(squares(&exact, &generalise(&exact, 25.0)));
            }
            let rms = (found.iter().sum::<f64>() / found.len() as f64).sqrt();
            assert!(rms >= 10.0, "RMS displacement is {rms:.2} m from {least} to {most} m");
        }
    }

    proptest! {
        #[test]
        fn m3_what_is_shown_meets_the_parcel_itself(x in 0.0..20_000.0, y in 0.0..5_000.0, radius in 3.0..200.0,
                spokes in prop::collection::vec(0.8..1.2, 6..14)) {
            // Never a shape, or a label in it, on a neighbour's side only.
            let exact = parcel(x, y, radius, &spokes);
            let public = generalise(&exact, 25.0);
            prop_assert!(exact.intersects(&public));
            let own = exact.intersection(&public).unsigned_area();
            let smaller = exact.unsigned_area().min(public.unsigned_area());
            prop_assert!(own > smaller * 0.1, "{} of {}", own, smaller);
        }

        #[test]
        fn m3_a_centroid_is_rounded_to_about_a_hundred_metres(x in 0.0..20_000.0, y in 0.0..5_000.0) {
            let exact = parcel(x, y, 40.0, &[1.0; 8]);
            let (east, north) = rounded_centroid(&exact).unwrap();
            for degrees in [east, north] {
                prop_assert!(((degrees * 1000.0).round() / 1000.0 - degrees).abs() < 1e-12);
            }
            let (exact_east, exact_north) = exact_centroid(&exact).unwrap();
            prop_assert!((exact_east - east).abs() <= 0.000_501 && (exact_north - north).abs() <= 0.000_501);
        }

        #[test]
        fn m3_every_corner_lies_on_the_grid(x in 0.0..20_000.0, y in 0.0..5_000.0, radius in 3.0..200.0,
                spokes in prop::collection::vec(0.7..1.3, 3..16)) {
            let public = generalise(&parcel(x, y, radius, &spokes), 25.0);
            prop_assert!(public.coords_count() > 0);
            for corner in LocalPlane::at(30.5).to_metres(&public).coords_iter() {
                for value in [corner.x, corner.y] {
                    prop_assert!((value / 25.0 - (value / 25.0).round()).abs() < 1e-5, "{}", value);
                }
            }
        }
    }
}
