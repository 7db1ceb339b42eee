//! The measure against figures found by hand and against geodesic area of densified edges.

use geo::{CoordsIter, GeodesicArea, Orient, Rect, coord, orient::Direction, polygon};

use super::*;

fn outline(corners: &[(f64, f64)]) -> MultiPolygon<f64> {
    MultiPolygon::new(vec![Polygon::new(LineString::from(corners.to_vec()), Vec::new())])
}

/// Geodesic area of the outline with every edge cut into straight pieces of at most `degrees`.
fn densified_m2(outline: &MultiPolygon<f64>, degrees: f64) -> f64 {
    let dense = |ring: &LineString<f64>| -> LineString<f64> {
        let mut corners = Vec::new();
        for edge in ring.lines() {
            let delta = edge.delta();
            let pieces = (delta.x.hypot(delta.y) / degrees).ceil().max(1.0);
            let mut at = 0.0;
            while at < pieces {
                corners.push(edge.start + delta * (at / pieces));
                at += 1.0;
            }
        }
        LineString::new(corners)
    };
    let dense: MultiPolygon<f64> = outline
        .iter()
        .map(|polygon| {
            Polygon::new(dense(polygon.exterior()), polygon.interiors().iter().map(dense).collect())
        })
        .collect();
    dense.orient(Direction::Default).geodesic_area_unsigned()
}

fn agree(one: f64, other: f64) -> bool {
    (one - other).abs() <= (other.abs() * 1e-6).max(0.01)
}

/// A fixed generator: every run sees the same outlines. 0 to 1.
fn dice(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

#[test]
fn the_whole_earth_and_its_eighth_are_known() {
    // Surface of GRS 80: 510 065 621.724 km² (Moritz 2000 gives the authalic radius 6 371 007.181 m).
    let earth = 4.0 * std::f64::consts::PI * 6_371_007.180_9_f64.powi(2);
    let world = outline(&[(-180., -90.), (180., -90.), (180., 90.), (-180., 90.)]);
    assert!((area_m2(&world) / earth - 1.0).abs() < 1e-10, "{}", area_m2(&world));
    let eighth = outline(&[(0., 0.), (90., 0.), (90., 90.), (0., 90.)]);
    assert!((area_m2(&eighth) * 8.0 / earth - 1.0).abs() < 1e-10);
}

#[test]
fn a_degree_square_is_what_the_series_for_a_quadrangle_says() {
    // Snyder, equation 3-12, computed apart to twenty digits for 30° to 31° north.
    let square = outline(&[(120., 30.), (121., 30.), (121., 31.), (120., 31.)]);
    let closed = |latitude: f64| {
        let (e, s) = (E2.sqrt(), latitude.to_radians().sin());
        A * A * (1.0 - E2) / 2.0 * (s / (1.0 - E2 * s * s) + (e * s).atanh() / e)
    };
    let expected = (closed(31.0) - closed(30.0)) * 1_f64.to_radians();
    assert!((area_m2(&square) / expected - 1.0).abs() < 1e-12);
    // 107.0 km by 111 km, less a little.
    assert!((1.05e10..1.2e10).contains(&expected));
}

#[test]
fn random_rings_equal_geodesic_area_of_densified_straight_edges() {
    let mut next = dice(11);
    for round in 0..600 {
        let size = 10_f64.powf(next() * 5.0 - 5.0);
        let (x, y) = (next() * 300.0 - 150.0, next() * 160.0 - 80.0);
        let corners = 3 + round % 9;
        let squeeze = if round % 4 == 0 { 1e-3 } else { 1.0 };
        let ring: Vec<(f64, f64)> = (0..corners)
            .map(|at| {
                let angle = (f64::from(at) + next() * 0.9) / f64::from(corners);
                let (sin, cos) = (angle * std::f64::consts::TAU).sin_cos();
                let radius = size * (0.3 + 0.7 * next());
                (x + radius * (cos + sin), y + radius * (sin - cos) * squeeze)
            })
            .collect();
        let outline = outline(&ring);
        let expected = densified_m2(&outline, (size / 50.0).clamp(1e-5, 2e-3));
        let found = area_m2(&outline);
        assert!(agree(found, expected), "{found} {expected} {outline:?}");
    }
}

#[test]
fn a_ring_that_runs_the_other_way_has_the_same_area() {
    let mut next = dice(3);
    for _ in 0..200 {
        let mut ring: Vec<(f64, f64)> =
            (0..7).map(|_| (120.0 + next() * 1e-3, 30.0 + next() * 1e-3)).collect();
        let there = area_m2(&outline(&ring));
        ring.reverse();
        let back = area_m2(&outline(&ring));
        assert!((there - back).abs() < 1e-6 && there < 20_000.0, "{there} {back}");
    }
}

#[test]
fn no_ring_is_as_large_as_the_earth() {
    // Fault 01: 0.000 004 m² were published as 510 065 621 724 088 m².
    let thin = outline(&[(120.0, 30.5), (120.001, 30.5007), (120.001_000_000_000_9, 30.5007)]);
    assert!((3e-6..6e-6).contains(&area_m2(&thin)), "{}", area_m2(&thin));
    for ring in [
        vec![],
        vec![(120.0, 30.5)],
        vec![(120.0, 30.5), (120.1, 30.6)],
        vec![(120.0, 30.5); 5],
        vec![(120.0, 30.5), (120.1, 30.5), (120.2, 30.5)],
        vec![(120.0, 30.5), (120.0, 30.6), (120.0, 30.7)],
    ] {
        assert_eq!(area_m2(&outline(&ring)), 0.0, "{ring:?}");
    }
    let flat = outline(&[(120.0, 30.5), (120.1, 30.6), (120.2, 30.7), (120.05, 30.55)]);
    assert!(area_m2(&flat) < 1e-3, "{}", area_m2(&flat));
    // A bow tie with equal wings.
    let tie = outline(&[(120.0, 30.0), (120.1, 30.1), (120.1, 30.0), (120.0, 30.1)]);
    assert!(area_m2(&tie) < 2e5);
}

#[test]
fn holes_are_taken_off_whichever_way_they_run() {
    let hole = LineString::from(vec![(1., 1.), (2., 1.), (2., 2.), (1., 2.), (1., 1.)]);
    let outer = LineString::from(vec![(0., 0.), (4., 0.), (4., 4.), (0., 4.), (0., 0.)]);
    let mut turned = hole.clone();
    turned.0.reverse();
    let with = |holes| area_m2(&MultiPolygon::new(vec![Polygon::new(outer.clone(), holes)]));
    let lost = with(vec![]) - with(vec![hole.clone()]);
    assert!((lost / with(vec![hole.clone()]) - 1.0 / 15.0).abs() < 1e-3);
    assert_eq!(with(vec![hole]), with(vec![turned]));
}

#[test]
fn pieces_add_up_to_the_whole_to_the_square_centimetre() {
    // An area a hundred kilometres wide, cut by its diagonal and by a grid.
    let whole: Polygon<f64> =
        Rect::new(coord! { x: 120., y: 30. }, coord! { x: 121., y: 31. }).into();
    let two = [
        polygon![(x: 120., y: 30.), (x: 121., y: 30.), (x: 121., y: 31.)],
        polygon![(x: 120., y: 30.), (x: 121., y: 31.), (x: 120., y: 31.)],
    ];
    assert_eq!(whole.coords_count(), 5);
    let sum: f64 = two.iter().map(polygon_area_m2).sum();
    assert!((sum - polygon_area_m2(&whole)).abs() < 0.01);
}
