//! Operations whose answers are known, and the identities that hold for all of them.

use geo::{Area, Validation, polygon};

use super::*;

fn grid() -> Grid {
    Grid::of(&Rect::new((119.0, 29.0), (121.0, 31.0)))
}

fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
    let (x, y) = (120.0 + x / 64.0, 30.0 + y / 64.0);
    let side = side / 64.0;
    LineString::from(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
}

fn area(area: &Gridded) -> f64 {
    let outline = grid().in_degrees(area);
    assert!(outline.is_valid(), "{outline:?}");
    outline.unsigned_area() * 64.0 * 64.0
}

#[test]
fn squares_add_and_subtract() {
    let [one, two] = [square(0., 0., 4.), square(2., 2., 4.)].map(|ring| grid().filled(&ring));
    assert_eq!(area(&Gridded::together([one.clone(), two.clone()])), 28.0);
    assert_eq!(area(&one.without(&two)), 12.0);
    assert_eq!(area(&one.shared_with(&two)), 4.0);
    assert!(one.without(&one).is_empty());
}

#[test]
fn a_hole_that_touches_its_outer_ring_is_kept() {
    let outer = grid().filled(&square(0., 0., 8.));
    // Through a corner, along an edge, and two that touch each other.
    let diamond =
        polygon![(x: 120.0, y: 30.0), (x: 120.03125, y: 30.015625), (x: 120.015625, y: 30.03125)];
    let hole = grid().polygon(&diamond);
    let left = outer.without(&hole);
    let shown = grid().in_degrees(&left);
    assert_eq!((shown.0.len(), shown.0[0].interiors().len()), (1, 1));
    assert_eq!(area(&left) + area(&hole), 64.0);
    let pair = [square(2., 2., 2.), square(4., 4., 2.)].map(|ring| grid().filled(&ring));
    let left = outer.without(&Gridded::together(pair));
    assert_eq!(area(&left), 56.0);
    assert_eq!(grid().in_degrees(&left).0[0].interiors().len(), 2);
}

#[test]
fn an_island_in_a_hole_is_a_part_of_its_own() {
    let rings = [square(0., 0., 8.), square(1., 1., 6.), square(2., 2., 4.), square(3., 3., 1.)]
        .map(|ring| grid().filled(&ring));
    let [outer, hole, island, pond] = rings;
    let all = Gridded::together([outer.without(&hole), island.without(&pond)]);
    assert_eq!(area(&all), 64.0 - 36.0 + 16.0 - 1.0);
    assert_eq!(grid().in_degrees(&all).0.len(), 2);
    assert_eq!(area(&grid().outline(&grid().in_degrees(&all))), 43.0);
}

#[test]
fn what_is_shared_and_what_is_not_add_up_for_random_rings() {
    let mut state: u64 = 5;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1 << 24)
    };
    for _ in 0..2_000 {
        let mut ring = || -> Gridded {
            let mut ring: LineString<f64> =
                (0..9).map(|_| (120.0 + next() / 8.0, 30.0 + next() / 8.0)).collect();
            ring.close();
            grid().filled(&ring)
        };
        let (one, two, three) = (ring(), ring(), ring());
        let shares = [&one, &three].map(|other| two.shared_with(other));
        let with_any = area(&two.shared_with_any([one.clone(), three.clone()]));
        assert!((with_any - area(&Gridded::together(shares))).abs() < 1e-4, "{with_any}");
        let one = Gridded::together([one, three]);
        let both = area(&one.shared_with(&two));
        let rest = area(&one.without(&two));
        assert!((both + rest - area(&one)).abs() < 1e-4, "{both} {rest}");
        let all = area(&Gridded::together([one, two.clone()]));
        assert!((rest + area(&two) - all).abs() < 1e-4, "{rest} {all}");
    }
}
