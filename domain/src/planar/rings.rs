//! From the edges of an area, which lies left of each of them, to rings that do not touch
//! themselves, and to polygons.

use std::collections::HashMap;

use i_overlay::i_float::int::point::IntPoint;

use super::Ring;

/// An edge from one corner to the next.
type Edge = (IntPoint, IntPoint);

/// The rings that the edges make: outer rings counter-clockwise, holes clockwise.
pub(super) fn rings(mut edges: Vec<Edge>) -> Vec<Ring> {
    edges.sort_unstable_by_key(|(from, _)| (from.x, from.y));
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for start in 0..edges.len() {
        if used[start] {
            continue;
        }
        let mut walk = Vec::new();
        let mut at = Some(start);
        while let Some(edge) = at {
            used[edge] = true;
            walk.push(edges[edge].0);
            at = next(&edges, &used, edges[edge]);
        }
        split(&walk, &mut rings);
    }
    rings
}

/// The edge that goes on along the border: of all that leave the corner, the first clockwise from
/// where we came. Nothing but the area lies between the two.
fn next(edges: &[Edge], used: &[bool], (from, to): Edge) -> Option<usize> {
    let first = edges.partition_point(|(corner, _)| (corner.x, corner.y) < (to.x, to.y));
    let back = way(to, from);
    (first..edges.len()).take_while(|at| edges[*at].0 == to).filter(|at| !used[*at]).reduce(
        |best, at| {
            let (one, two) = (way(to, edges[best].1), way(to, edges[at].1));
            if is_sooner(back, two, one) { at } else { best }
        },
    )
}

/// Whether `one` comes before `other` on the way around clockwise from `back`.
fn is_sooner(back: Way, one: Way, other: Way) -> bool {
    let half = |way: Way| match cross(back, way) {
        ..0 => 0,
        0 if dot(back, way) < 0 => 1,
        0 => 3,
        _ => 2,
    };
    let (a, b) = (half(one), half(other));
    a < b || (a == b && cross(one, other) < 0)
}

/// Cuts a closed walk into rings that pass every corner once.
fn split(walk: &[IntPoint], rings: &mut Vec<Ring>) {
    let mut open: Ring = Vec::new();
    let mut place: HashMap<(i32, i32), usize> = HashMap::new();
    for &corner in walk.iter().chain(walk.first()) {
        if let Some(&since) = place.get(&(corner.x, corner.y)) {
            let ring: Ring = open.drain(since..).collect();
            for passed in &ring {
                place.remove(&(passed.x, passed.y));
            }
            if ring.len() > 2 && twice_the_area(&ring) != 0 {
                rings.push(ring);
            }
        }
        place.insert((corner.x, corner.y), open.len());
        open.push(corner);
    }
}

/// Outer rings with the holes that lie in them.
pub(super) fn polygons(rings: Vec<Ring>) -> Vec<(Ring, Vec<Ring>)> {
    let (outer, holes): (Vec<_>, Vec<_>) = rings
        .into_iter()
        .map(|ring| (twice_the_area(&ring), ring))
        .partition(|(area, _)| *area > 0);
    let mut polygons: Vec<(i128, (Ring, Vec<Ring>))> =
        outer.into_iter().map(|(area, ring)| (area, (ring, Vec::new()))).collect();
    // The smallest outer ring around a hole is its own.
    polygons.sort_by_key(|(area, _)| *area);
    for (area, hole) in holes {
        let home = polygons
            .iter_mut()
            .find(|(around, (outer, _))| *around > -area && encloses(outer, &hole));
        if let Some((_, (_, of))) = home {
            of.push(hole);
        }
    }
    polygons.into_iter().map(|(_, polygon)| polygon).collect()
}

/// Whether a ring that does not cross the other lies in it: any corner off the other tells.
fn encloses(outer: &[IntPoint], ring: &[IntPoint]) -> bool {
    ring.iter().find_map(|corner| lies_in(outer, *corner)).unwrap_or(false)
}

/// Whether a point lies in a ring; `None` on it.
fn lies_in(ring: &[IntPoint], point: IntPoint) -> Option<bool> {
    let mut inside = false;
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (a, b) = (way(point, *from), way(point, *to));
        let turn = cross(a, b);
        if turn == 0 && dot(a, b) <= 0 {
            return None;
        }
        if (a.1 > 0) != (b.1 > 0) && (turn > 0) == (b.1 > 0) {
            inside = !inside;
        }
    }
    Some(inside)
}

type Way = (i128, i128);

fn way(from: IntPoint, to: IntPoint) -> Way {
    (i128::from(to.x) - i128::from(from.x), i128::from(to.y) - i128::from(from.y))
}

fn cross(a: Way, b: Way) -> i128 {
    a.0 * b.1 - a.1 * b.0
}

fn dot(a: Way, b: Way) -> i128 {
    a.0 * b.0 + a.1 * b.1
}

/// Positive counter-clockwise.
fn twice_the_area(ring: &[IntPoint]) -> i128 {
    let Some(first) = ring.first() else { return 0 };
    ring.windows(2).map(|ends| cross(way(*first, ends[0]), way(*first, ends[1]))).sum()
}
