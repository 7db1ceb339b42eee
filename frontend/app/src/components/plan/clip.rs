//! Cutting what is drawn at the drawing's edge. The edge is a rectangle, so this needs no overlay of one
//! area with another: Liang and Barsky for lines, Sutherland and Hodgman for rings.

use std::borrow::Cow;

use geo::{BooleanOps, BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon, Rect};

/// Whether all of a box lies in a rectangle.
pub fn holds(edge: &Rect<f64>, around: &Rect<f64>) -> bool {
    is_inside(around.min(), edge) && is_inside(around.max(), edge)
}

/// What of a line lies in a rectangle, in as many parts as it comes back.
pub fn line(line: &LineString<f64>, edge: &Rect<f64>) -> Vec<LineString<f64>> {
    let mut parts: Vec<Vec<Coord<f64>>> = Vec::new();
    // Whether the last part ends where the next stretch begins.
    let mut goes_on = false;
    for stretch in line.lines() {
        let Some((from, to)) = within(stretch.start, stretch.end, edge) else {
            goes_on = false;
            continue;
        };
        match parts.last_mut().filter(|_| goes_on) {
            Some(part) => part.push(to),
            None => parts.push(vec![from, to]),
        }
        goes_on = to == stretch.end;
    }
    // What only touches the edge has no length.
    parts.iter_mut().for_each(Vec::dedup);
    parts.retain(|part| part.len() > 1);
    parts.into_iter().map(LineString::new).collect()
}

/// The stretch of `from`–`to` that lies in a rectangle (Liang and Barsky). An end that lies in it stays
/// exactly where it is.
fn within(from: Coord<f64>, to: Coord<f64>, edge: &Rect<f64>) -> Option<(Coord<f64>, Coord<f64>)> {
    let (min, max, way) = (edge.min(), edge.max(), to - from);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for (speed, room) in [
        (-way.x, from.x - min.x),
        (way.x, max.x - from.x),
        (-way.y, from.y - min.y),
        (way.y, max.y - from.y),
    ] {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            enters = enters.max(room / speed);
        } else {
            leaves = leaves.min(room / speed);
        }
    }
    let at = |share: f64| from + way * share;
    (enters <= leaves).then(|| {
        let begin = if enters > 0.0 { at(enters) } else { from };
        (begin, if leaves < 1.0 { at(leaves) } else { to })
    })
}

/// What of a polygon lies in a rectangle. Nothing of it runs along the edge there and back. Where all of it does,
/// nothing is copied of one that is given away.
pub fn polygon(polygon: Cow<'_, Polygon<f64>>, edge: &Rect<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon::new(Vec::new());
    let Some(around) = polygon.bounding_rect().filter(|around| around.intersects(edge)) else {
        return nothing;
    };
    if holds(edge, &around) {
        return MultiPolygon::new(vec![polygon.into_owned()]);
    }
    let Some(exterior) = Ring::cut(polygon.exterior(), edge) else { return nothing };
    // A ring that leaves more than once comes back along the edge, which joins what is apart.
    let mut joins = exterior.meets > 2;
    let mut interiors = Vec::new();
    for hole in polygon.interiors() {
        let Some(hole) = Ring::cut(hole, edge) else { continue };
        if hole.is_edge(edge) {
            return nothing;
        }
        joins |= hole.meets > 0;
        interiors.push(hole.closed());
    }
    let cut = Polygon::new(exterior.closed(), interiors);
    // Few corners are left of it by now.
    if joins { cut.intersection(&edge.to_polygon()) } else { MultiPolygon::new(vec![cut]) }
}

/// A ring that was cut.
struct Ring {
    /// Its corners, the first not repeated.
    corners: Vec<Coord<f64>>,
    /// How often it goes from the edge into the inside, or back.
    meets: usize,
}

impl Ring {
    /// What of a ring lies in a rectangle; `None` when nothing does.
    fn cut(ring: &LineString<f64>, edge: &Rect<f64>) -> Option<Self> {
        let (min, max) = (edge.min(), edge.max());
        let corners = &ring.0[..ring.0.len().saturating_sub(1)];
        let cut = half(corners, |c| c.x - min.x, |c| Coord { x: min.x, ..c });
        let cut = half(&cut, |c| max.x - c.x, |c| Coord { x: max.x, ..c });
        let cut = half(&cut, |c| c.y - min.y, |c| Coord { y: min.y, ..c });
        let cut = half(&cut, |c| max.y - c.y, |c| Coord { y: max.y, ..c });
        let corners = without_ways_along(cut, edge);
        let meets = turns(&corners).map(|[before, at, after]| {
            let meets = |other| usize::from(!along(at, other, edge));
            if is_on(at, edge) { meets(before) + meets(after) } else { 0 }
        });
        let meets = meets.sum();
        (corners.len() >= 3).then_some(Self { corners, meets })
    }

    /// Whether it is all of the edge.
    fn is_edge(&self, edge: &Rect<f64>) -> bool {
        self.meets == 0 && self.corners.iter().all(|at| is_on(*at, edge))
    }

    fn closed(self) -> LineString<f64> {
        let mut ring = LineString::new(self.corners);
        ring.close();
        ring
    }
}

/// Each corner of a ring between its neighbours.
fn turns(corners: &[Coord<f64>]) -> impl Iterator<Item = [Coord<f64>; 3]> {
    let count = corners.len();
    (0..count)
        .map(move |at| [corners[(at + count - 1) % count], corners[at], corners[(at + 1) % count]])
}

/// A ring without corners that lie on one side of the edge between two others on it: what was outside
/// is walked there and back.
fn without_ways_along(mut ring: Vec<Coord<f64>>, edge: &Rect<f64>) -> Vec<Coord<f64>> {
    let mut settled = 0;
    while settled < 2 {
        let before = ring.len();
        let mut kept: Vec<Coord<f64>> = Vec::with_capacity(before);
        for corner in ring {
            while let [.., one, between] = kept[..]
                && sides(one, edge) & sides(between, edge) & sides(corner, edge) != 0
            {
                kept.pop();
            }
            if kept.last() != Some(&corner) {
                kept.push(corner);
            }
        }
        if kept.len() > 1 && kept.first() == kept.last() {
            kept.pop();
        }
        settled = if kept.len() == before { settled + 1 } else { 0 };
        // Where it began may be between two others, too.
        let turn = kept.len().min(2);
        kept.rotate_left(turn);
        ring = kept;
    }
    ring
}

/// The corners on the side where `depth` is not below zero, with new ones `on` the edge where the ring
/// crosses over.
fn half(
    corners: &[Coord<f64>],
    depth: impl Fn(Coord<f64>) -> f64,
    on: impl Fn(Coord<f64>) -> Coord<f64>,
) -> Vec<Coord<f64>> {
    let mut kept = Vec::with_capacity(corners.len() + 4);
    let Some(mut before) = corners.last().copied() else { return kept };
    for &corner in corners {
        let (from, to) = (depth(before), depth(corner));
        if (from < 0.0) != (to < 0.0) {
            kept.push(on(before + (corner - before) * (from / (from - to))));
        }
        if to >= 0.0 {
            kept.push(corner);
        }
        before = corner;
    }
    kept
}

/// The sides of a rectangle that a corner lies on, a bit each.
fn sides(at: Coord<f64>, edge: &Rect<f64>) -> u8 {
    let (min, max) = (edge.min(), edge.max());
    let sides = [at.x <= min.x, at.x >= max.x, at.y <= min.y, at.y >= max.y];
    sides.into_iter().fold(0, |sides, is_on| sides << 1 | u8::from(is_on))
}

fn is_on(at: Coord<f64>, edge: &Rect<f64>) -> bool {
    sides(at, edge) != 0
}

fn is_inside(at: Coord<f64>, edge: &Rect<f64>) -> bool {
    let (min, max) = (edge.min(), edge.max());
    at.x >= min.x && at.x <= max.x && at.y >= min.y && at.y <= max.y
}

/// Whether a stretch runs along one side of the edge.
fn along(from: Coord<f64>, to: Coord<f64>, edge: &Rect<f64>) -> bool {
    sides(from, edge) & sides(to, edge) != 0
}

#[cfg(test)]
mod tests {
    use geo::{Area, CoordsIter, Validation, line_string, polygon, wkt};
    use proptest::prelude::*;

    use super::*;

    fn edge() -> Rect<f64> {
        Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 100.0, y: 80.0 })
    }

    /// A star around a middle.
    fn star((x, y): (f64, f64), radius: f64, spokes: &[f64]) -> LineString<f64> {
        let ring = spokes.iter().enumerate().map(|(at, length)| {
            let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
            (x + angle.cos() * length * radius, y + angle.sin() * length * radius)
        });
        let mut ring = LineString::from(ring.collect::<Vec<_>>());
        ring.close();
        ring
    }

    fn length(lines: &[LineString<f64>]) -> f64 {
        let stretches = lines.iter().flat_map(LineString::lines);
        stretches.map(|stretch| stretch.dx().hypot(stretch.dy())).sum()
    }

    fn lies_within(at: Coord<f64>) -> bool {
        let slack = Rect::new(
            edge().min() - Coord { x: 1e-6, y: 1e-6 },
            edge().max() + Coord { x: 1e-6, y: 1e-6 },
        );
        is_inside(at, &slack)
    }

    proptest! {
        #[test]
        fn of_an_area_as_much_is_left_as_an_overlay_leaves_and_it_is_valid(
            x in -60.0..160.0, y in -60.0..140.0, radius in 5.0..150.0,
            spokes in prop::collection::vec(0.3..1.7, 5..40), hole in 0.1..0.9,
        ) {
            let holes = vec![star((x, y), radius * 0.3 * hole, &[1.0; 7])];
            let whole = Polygon::new(star((x, y), radius, &spokes), holes);
            let cut = polygon(Cow::Borrowed(&whole), &edge());
            let overlay = whole.intersection(&edge().to_polygon());
            prop_assert!((cut.unsigned_area() - overlay.unsigned_area()).abs() < 1e-3);
            prop_assert!(cut.difference(&overlay).unsigned_area() < 1e-3);
            let parts = |of: &MultiPolygon<f64>| of.iter().filter(|it| it.unsigned_area() > 1e-3).count();
            prop_assert_eq!(parts(&cut), parts(&overlay));
            prop_assert!(cut.is_valid(), "{:?}", cut);
            prop_assert!(cut.exterior_coords_iter().all(lies_within), "{:?}", cut);
        }

        #[test]
        fn of_a_line_as_much_is_left_as_an_overlay_leaves(
            x in -60.0..160.0, y in -60.0..140.0, radius in 5.0..150.0,
            spokes in prop::collection::vec(0.3..1.7, 3..40),
        ) {
            let whole = star((x, y), radius, &spokes);
            let cut = line(&whole, &edge());
            let overlay = edge().to_polygon().clip(&geo::MultiLineString::new(vec![whole]), false);
            prop_assert!((length(&cut) - length(&overlay.0)).abs() < 1e-3);
            prop_assert!(cut.iter().flat_map(|part| &part.0).all(|at| lies_within(*at)));
        }
    }

    #[test]
    fn what_leaves_and_comes_back_is_in_parts_that_nothing_joins() {
        // A comb whose back is outside.
        let comb = wkt!(POLYGON((-10. 10., 20. 10., 20. 20., -5. 20., -5. 30., 30. 30., 30. 40., -10. 40., -10. 10.)));
        let cut = polygon(Cow::Borrowed(&comb), &edge());
        assert_eq!(cut.0.len(), 2, "{cut:?}");
        assert!((cut.unsigned_area() - 500.0).abs() < 1e-6);
        let line = line_string![(x: -10.0, y: 5.0), (x: 10.0, y: 5.0), (x: 10.0, y: -5.0), (x: 20.0, y: -5.0), (x: 20.0, y: 5.0), (x: 30.0, y: 5.0)];
        let cut = super::line(&line, &edge());
        assert_eq!(cut.len(), 2, "{cut:?}");
        assert_eq!(cut[0], line_string![(x: 0.0, y: 5.0), (x: 10.0, y: 5.0), (x: 10.0, y: 0.0)]);
    }

    #[test]
    fn what_only_goes_around_or_touches_leaves_nothing() {
        let around = wkt!(POLYGON((-10. -10., 200. -10., 200. -5., -5. -5., -5. 200., -10. 200., -10. -10.)));
        assert_eq!(polygon(Cow::Borrowed(&around), &edge()).0, []);
        let beside = polygon![(x: 100.0, y: 10.0), (x: 120.0, y: 10.0), (x: 120.0, y: 20.0)];
        assert_eq!(polygon(Cow::Borrowed(&beside), &edge()).0, []);
        let touching = line_string![(x: -10.0, y: 10.0), (x: 10.0, y: -10.0)];
        assert_eq!(line(&touching, &edge()), []);
    }

    #[test]
    fn all_of_the_edge_comes_back_where_it_is_covered_and_nothing_where_it_is_a_hole() {
        let covers =
            wkt!(POLYGON((-50. -50., 30. -60., 200. -50., 200. 200., -50. 200., -50. -50.)));
        let cut = polygon(Cow::Borrowed(&covers), &edge());
        assert_eq!(cut.0.len(), 1);
        assert_eq!((cut.unsigned_area(), cut.0[0].exterior().0.len()), (8_000.0, 5));
        let holed =
            Polygon::new(covers.exterior().clone(), vec![star((50.0, 40.0), 100.0, &[1.0; 30])]);
        assert_eq!(polygon(Cow::Borrowed(&holed), &edge()).0, []);
        let pond =
            Polygon::new(covers.exterior().clone(), vec![star((50.0, 40.0), 10.0, &[1.0; 30])]);
        assert_eq!(polygon(Cow::Borrowed(&pond), &edge()).0[0].interiors().len(), 1);
    }
}
