//! Outlines good and bad, and the sweep against the slow way of `geo`.

use std::convert::Infallible;

use geo::LineString;

use super::{
    sweep::{crosses_itself, is_flat},
    *,
};

fn read(rings: &[&[[f64; 2]]]) -> Result<Sound, NoOutline<Infallible>> {
    let scaled: Vec<Vec<Position>> = rings
        .iter()
        .map(|ring| {
            ring.iter().map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3])).collect()
        })
        .collect();
    outline(Some(&GeometryValue::Polygon { coordinates: scaled }), &|c| Ok(c))
}

/// What `geo` says of an outline.
fn geo_says(outline: &MultiPolygon<f64>) -> bool {
    use geo::Validation;
    outline.is_valid()
}

#[test]
fn the_sweep_agrees_with_the_slow_way() {
    // A fixed multiplicative generator: every run sees the same rings.
    let mut state: u64 = 7;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // A coarse grid makes touching and collinear edges common.
        f64::from(u32::try_from(state >> 33).unwrap() % 12)
    };
    let (mut valid, mut invalid) = (0, 0);
    for round in 0..3000 {
        let corners = 3 + round % 5;
        let mut ring = |x: f64| -> LineString<f64> {
            let mut points: Vec<Coord<f64>> =
                (0..corners).map(|_| Coord { x: x + next(), y: next() }).collect();
            points.push(points[0]);
            points.dedup();
            LineString::new(points)
        };
        let first = Polygon::new(ring(0.0), if round % 3 == 0 { vec![ring(0.0)] } else { vec![] });
        let second = Polygon::new(ring(6.0), vec![]);
        let outline =
            MultiPolygon::new(if round % 2 == 0 { vec![first] } else { vec![first, second] });
        let ours = problems(&outline).is_empty();
        // Flat triangles pass with `geo`.
        if outline
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .any(is_flat)
        {
            assert!(!ours);
            continue;
        }
        assert_eq!(ours, geo_says(&outline), "{outline:?}");
        *(if ours { &mut valid } else { &mut invalid }) += 1;
    }
    assert!(valid > 100 && invalid > 100, "{valid} valid, {invalid} not");
}

#[test]
fn a_long_ring_is_checked_in_no_time() {
    let corners = 200_000;
    let mut ring: Vec<Coord<f64>> = (0..corners)
        .map(|at| {
            let angle = f64::from(at) / f64::from(corners) * std::f64::consts::TAU;
            Coord { x: 120.0 + angle.cos(), y: 30.0 + angle.sin() }
        })
        .collect();
    assert!(!crosses_itself(&LineString::new(ring.clone())));
    ring.swap(1000, 150_000);
    assert!(crosses_itself(&LineString::new(ring)));
}

const SQUARE: &[[f64; 2]] = &[[0., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]];

#[test]
fn a_valid_outline_is_left_alone() {
    let hole: &[[f64; 2]] = &[[1., 1.], [1., 2.], [2., 2.], [2., 1.], [1., 1.]];
    let sound = read(&[SQUARE, hole]).unwrap();
    assert_eq!(sound.repair, None);
    assert_eq!(sound.outline.0[0].exterior().0[1], Coord { x: 120.004, y: 30.0 });
}

#[test]
fn the_direction_of_rings_does_not_matter() {
    let hole: &[[f64; 2]] = &[[1., 1.], [1., 2.], [2., 2.], [2., 1.], [1., 1.]];
    let turned = |ring: &[[f64; 2]]| ring.iter().rev().copied().collect::<Vec<_>>();
    let expected = read(&[SQUARE, hole]).unwrap();
    for rings in [
        [turned(SQUARE), hole.to_vec()],
        [SQUARE.to_vec(), turned(hole)],
        [turned(SQUARE), turned(hole)],
    ] {
        let sound = read(&[&rings[0], &rings[1]]).unwrap();
        assert!((sound.area_m2 - expected.area_m2).abs() < 1e-6, "{}", sound.area_m2);
        assert_eq!(sound.repair, None);
    }
}

#[test]
fn a_bow_tie_becomes_two_triangles() {
    let sound = read(&[&[[0., 0.], [4., 4.], [4., 0.], [0., 4.], [0., 0.]]]).unwrap();
    let repair = sound.repair.unwrap();
    assert!(repair.reasons[0].contains("crosses"), "{repair:?}");
    assert_eq!(sound.outline.0.len(), 2);
    assert!(repair.area_after_m2 > repair.area_before_m2 + 1000.0);
}

#[test]
fn a_spike_is_cut_off() {
    let sound =
        read(&[&[[0., 0.], [4., 0.], [9., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]]]).unwrap();
    let whole = read(&[SQUARE]).unwrap();
    assert!((sound.area_m2 - whole.area_m2).abs() < 0.01);
    assert!(sound.repair.is_some());
}

#[test]
fn an_open_ring_is_closed_and_reported() {
    let sound = read(&[&SQUARE[..4]]).unwrap();
    assert_eq!(sound.repair.unwrap().reasons, ["a ring was not closed"]);
    assert!((sound.area_m2 - read(&[SQUARE]).unwrap().area_m2).abs() < 1e-6);
}

#[test]
fn repeated_corners_go_without_a_repair() {
    let sound = read(&[&[[0., 0.], [4., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]]]).unwrap();
    assert_eq!((sound.repair, sound.repeated_points), (None, 1));
}

#[test]
fn a_hole_outside_adds_no_ground() {
    let outside: &[[f64; 2]] = &[[3., 1.], [6., 1.], [6., 2.], [3., 2.], [3., 1.]];
    let sound = read(&[SQUARE, outside]).unwrap();
    let share = sound.area_m2 / read(&[SQUARE]).unwrap().area_m2;
    assert!((share - 15.0 / 16.0).abs() < 1e-4, "{share}");
    assert!(sound.repair.is_some());
}

#[test]
fn parts_that_overlap_count_once() {
    let ring = |x: f64| -> Vec<Vec<Position>> {
        vec![
            [[x, 0.], [x + 2., 0.], [x + 2., 2.], [x, 2.], [x, 0.]]
                .iter()
                .map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3]))
                .collect(),
        ]
    };
    let two = GeometryValue::MultiPolygon { coordinates: vec![ring(0.), ring(1.)] };
    let sound = outline::<Infallible>(Some(&two), &|c| Ok(c)).unwrap();
    assert_eq!(sound.outline.0.len(), 1);
    let one = GeometryValue::Polygon { coordinates: ring(0.) };
    let one = outline::<Infallible>(Some(&one), &|c| Ok(c)).unwrap();
    assert!((sound.area_m2 / one.area_m2 - 1.5).abs() < 1e-4);
}

#[test]
fn what_has_no_area_is_refused_with_a_reason() {
    assert!(matches!(
        read(&[&[[0., 0.], [4., 0.], [0., 0.]]]),
        Err(NoOutline::Bad(why)) if why.contains("no area")
    ));
    assert_eq!(read(&[]), Err(NoOutline::Missing));
    assert_eq!(read(&[&[]]), Err(NoOutline::Missing));
    let point = GeometryValue::Point { coordinates: Position::from([1.0, 2.0]) };
    assert!(matches!(
        outline::<Infallible>(Some(&point), &|c| Ok(c)),
        Err(NoOutline::Bad(why)) if why.contains("Point")
    ));
}

#[test]
fn heights_are_dropped_and_said_so() {
    let ring: Vec<Position> = SQUARE
        .iter()
        .map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3, 7.0]))
        .collect();
    let sound =
        outline::<Infallible>(Some(&GeometryValue::Polygon { coordinates: vec![ring] }), &|c| {
            Ok(c)
        })
        .unwrap();
    assert!(sound.had_heights && sound.repair.is_none());
}
