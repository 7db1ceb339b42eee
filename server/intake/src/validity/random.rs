//! Thousands of random bad polygons against a measure of our repair's rule that shares nothing
//! with it: the plane is cut into slabs between all corners and crossings, in which edges do not
//! cross, and every trapezoid is asked whether it belongs.

use std::convert::Infallible;

use domain::overlay::LocalPlane;
use geo::{Area, LineString, MapCoords, Validation};

use super::*;

type Ring = Vec<Coord<f64>>;
/// Outer ring and holes.
type Part = Vec<Ring>;

/// A fixed generator: every run sees the same polygons.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        u32::try_from(self.0 >> 33).unwrap() % end
    }

    /// On a coarse grid touching and collinear edges are common; off it, crossings lie anywhere.
    fn corner(&mut self, x: f64, y: f64, size: u32, coarse: bool) -> Coord<f64> {
        let mut at = |from: f64| {
            let rest =
                if coarse { 0.0 } else { f64::from(self.below(1 << 20)) / f64::from(1 << 20) };
            from + f64::from(self.below(size)) + rest
        };
        Coord { x: at(x), y: at(y) }
    }

    fn ring(&mut self, x: f64, y: f64, size: u32) -> Ring {
        let coarse = self.below(3) > 0;
        let corners = 3 + self.below(9);
        let mut ring: Ring = (0..corners).map(|_| self.corner(x, y, size, coarse)).collect();
        match self.below(8) {
            // A spike.
            0 => {
                let tip = self.corner(x, y, size, coarse);
                ring.insert(1, tip);
                ring.insert(2, ring[0]);
            }
            // A corner twice.
            1 => ring.insert(1, ring[0]),
            // The same ground around twice.
            2 => ring.extend(ring.clone()),
            // A corner in the middle of an edge.
            3 => ring.insert(1, (ring[0] + ring[1]) / 2.0),
            // All in a line.
            4 if self.below(4) == 0 => ring.iter_mut().for_each(|c| c.y = c.x / 2.0),
            _ => {}
        }
        if self.below(2) == 0 {
            ring.reverse();
        }
        ring.push(ring[0]);
        ring
    }

    fn rectangle(&mut self, size: u32) -> Ring {
        let a = self.corner(0.0, 0.0, size, true);
        let b = a + self.corner(1.0, 1.0, 4, true);
        let mut ring = vec![a, Coord { x: b.x, y: a.y }, b, Coord { x: a.x, y: b.y }, a];
        if self.below(2) == 0 {
            ring.reverse();
        }
        ring
    }

    fn parts(&mut self) -> Vec<Part> {
        let parts = 1 + self.below(3);
        (0..parts)
            .map(|_| {
                let square = self.below(2) == 0;
                let mut rings =
                    vec![if square { self.rectangle(8) } else { self.ring(0.0, 0.0, 9) }];
                // Holes anywhere: inside, across, outside, in another part, in each other.
                for _ in 0..self.below(4) {
                    let square = self.below(2) == 0;
                    rings.push(if square { self.rectangle(9) } else { self.ring(2.0, 2.0, 6) });
                }
                if self.below(12) == 0 {
                    rings.push(rings[0].clone());
                }
                rings
            })
            .collect()
    }
}

/// Whether a place belongs to the outline by the rule of `repair`, given how often each ring winds
/// around it.
fn belongs(winds: &[Vec<i32>]) -> bool {
    let in_hole = |part: &[i32]| part[1..].iter().any(|wind| *wind != 0);
    winds.iter().enumerate().any(|(at, part)| {
        part[0] != 0
            && !in_hole(part)
            && !winds
                .iter()
                .enumerate()
                .any(|(other, theirs)| other != at && theirs[0] == 0 && in_hole(theirs))
    })
}

/// How a ring lies to the rule for second outlines.
#[derive(PartialEq)]
enum Listed {
    Hole,
    Outline,
    /// Too near to the limit for rounding to leave it on its side.
    Unclear,
}

/// What a ring among the holes of a part is: an outline if none of it lies in any outer ring and it
/// runs like the one of its part.
fn listed(ring: &Ring, outer: &Ring, outers: &[Ring]) -> Listed {
    // In a line but for the last digits: of no weight itself, and of no direction.
    let is_flat = |ring: &Ring| {
        let longest = ring.iter().map(|c| *c - ring[0]).map(|c| c.x * c.x + c.y * c.y);
        by_slabs(&[vec![ring.clone()]]) <= longest.fold(0.0, f64::max) * 1e-6
    };
    if is_flat(ring) {
        return Listed::Hole;
    }
    let own = by_slabs(&[vec![ring.clone()]]);
    let beyond: Part = std::iter::once(ring).chain(outers).cloned().collect();
    let inside = 1.0 - by_slabs(&[beyond]) / own;
    let turn = |ring: &Ring| {
        let first = ring[0];
        let doubled: f64 = ring
            .windows(2)
            .map(|ends| (ends[0] - first, ends[1] - first))
            .map(|(a, b)| a.x * b.y - a.y * b.x)
            .sum();
        doubled / 2.0 / by_slabs(&[vec![ring.clone()]])
    };
    if is_flat(outer) {
        return if inside < 1e-3 { Listed::Unclear } else { Listed::Hole };
    }
    let turns = [turn(ring), turn(outer)];
    let is_like = turns.iter().all(|turn| *turn > 1e-3) || turns.iter().all(|turn| *turn < -1e-3);
    match inside {
        share if share > 1e-3 => Listed::Hole,
        _ if turns.iter().any(|turn| (1e-4..1e-2).contains(&turn.abs())) => Listed::Unclear,
        _ if !is_like => Listed::Hole,
        share if share < 1e-5 => Listed::Outline,
        _ => Listed::Unclear,
    }
}

/// The parts with each second outline as a part of its own, and how many those were; `None` if
/// one is unclear.
fn regrouped(parts: &[Part]) -> Option<(Vec<Part>, usize)> {
    let outers: Vec<Ring> = parts.iter().map(|part| part[0].clone()).collect();
    let (mut own, mut outlines) = (Vec::new(), Vec::new());
    for part in parts {
        let mut rest = vec![part[0].clone()];
        for ring in &part[1..] {
            match listed(ring, &part[0], &outers) {
                Listed::Hole => rest.push(ring.clone()),
                Listed::Outline => outlines.push(vec![ring.clone()]),
                Listed::Unclear => return None,
            }
        }
        own.push(rest);
    }
    let count = outlines.len();
    own.extend(outlines);
    Some((own, count))
}

/// Area in the plane of the rings' numbers, exact but for the last digits.
fn by_slabs(parts: &[Part]) -> f64 {
    let edges: Vec<(usize, usize, Coord<f64>, Coord<f64>)> = parts
        .iter()
        .enumerate()
        .flat_map(|(p, part)| part.iter().enumerate().map(move |(r, ring)| (p, r, ring)))
        .flat_map(|(p, r, ring)| ring.windows(2).map(move |ends| (p, r, ends[0], ends[1])))
        .collect();
    let mut levels: Vec<f64> = edges.iter().flat_map(|(_, _, a, b)| [a.y, b.y]).collect();
    for (at, (_, _, a, b)) in edges.iter().enumerate() {
        for (_, _, c, d) in &edges[at + 1..] {
            let (u, v, w) = (*b - *a, *d - *c, *c - *a);
            let cross = u.x * v.y - u.y * v.x;
            let along = (w.x * v.y - w.y * v.x) / cross;
            if cross != 0.0 && (0.0..=1.0).contains(&along) {
                levels.push(a.y + along * u.y);
            }
        }
    }
    levels.sort_by(f64::total_cmp);
    let mut sum = 0.0;
    for slab in levels.windows(2) {
        let (height, middle) = (slab[1] - slab[0], (slab[0] + slab[1]) / 2.0);
        let mut crossings: Vec<(f64, usize, usize, i32)> = edges
            .iter()
            .filter(|(_, _, a, b)| (a.y < middle) != (b.y < middle))
            .map(|(p, r, a, b)| {
                let x = a.x + (b.x - a.x) * (middle - a.y) / (b.y - a.y);
                (x, *p, *r, if a.y < b.y { 1 } else { -1 })
            })
            .collect();
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut winds: Vec<Vec<i32>> = parts.iter().map(|part| vec![0; part.len()]).collect();
        for pair in crossings.windows(2) {
            let (x, p, r, turn) = pair[0];
            winds[p][r] += turn;
            if belongs(&winds) {
                sum += (pair[1].0 - x) * height;
            }
        }
    }
    sum
}

#[test]
fn the_slabs_know_a_square_a_bow_tie_and_a_hole() {
    let at = |corners: &[(f64, f64)]| -> Ring { corners.iter().map(|c| (*c).into()).collect() };
    let square = at(&[(0., 0.), (4., 0.), (4., 4.), (0., 4.), (0., 0.)]);
    let hole = at(&[(1., 1.), (2., 1.), (2., 3.), (1., 3.), (1., 1.)]);
    let away = at(&[(9., 0.), (9., 4.), (8., 4.), (8., 0.), (9., 0.)]);
    assert_eq!(by_slabs(&[vec![square.clone()]]), 16.0);
    assert_eq!(by_slabs(&[vec![square.clone(), hole.clone()]]), 14.0);
    assert_eq!(by_slabs(&[vec![away, hole.clone()], vec![square.clone()]]), 18.0);
    assert_eq!(by_slabs(&[vec![square, hole.clone()], vec![hole]]), 16.0);
    let tie = at(&[(0., 0.), (4., 4.), (4., 0.), (0., 4.), (0., 0.)]);
    assert_eq!(by_slabs(&[vec![tie]]), 8.0);
}

#[test]
fn random_bad_polygons_come_out_valid_and_of_the_right_area() {
    let mut dice = Dice(20_261_128);
    let centre = Coord { x: 120.0, y: 30.5 };
    let (mut repaired, mut without_area, mut outlines, mut unclear) = (0, 0, 0, 0);
    for round in 0..4_000 {
        let scale = [1e-2, 1e-4, 1e-5, 1e-7, 1e-8][round % 5];
        let drawn: Vec<Part> = dice
            .parts()
            .into_iter()
            .map(|part| {
                part.into_iter()
                    .map(|ring| ring.into_iter().map(|c| centre + c * scale).collect())
                    .collect()
            })
            .collect();
        let near: Vec<Part> = drawn
            .iter()
            .map(|part| {
                part.iter().map(|ring| ring.iter().map(|c| *c - centre).collect()).collect()
            })
            .collect();
        let Some((grouped, second)) = regrouped(&near) else {
            unclear += 1;
            continue;
        };
        outlines += second;
        let expected = by_slabs(&grouped);
        // Corners move to the grid by half a step; 400 edges of at most 12 units.
        let step = (12.0 * scale / f64::from(1 << 28)).max(1.2e-13);
        let allowed = step * scale * 12.0 * 100.0;
        let coordinates = drawn
            .iter()
            .map(|part| {
                part.iter()
                    .map(|ring| ring.iter().map(|c| Position::from([c.x, c.y])).collect())
                    .collect()
            })
            .collect();
        let sound =
            outline::<Infallible>(Some(&GeometryValue::MultiPolygon { coordinates }), &|c| Ok(c));
        let sound = match sound {
            Ok(sound) => sound,
            Err(NoOutline::Bad(why)) => {
                assert!(why.contains("has no area"), "{round}: {why}: {drawn:?}");
                assert!(expected <= allowed, "{round}: {why}: {expected} of {drawn:?}");
                without_area += 1;
                continue;
            }
            Err(other) => panic!("{other:?}"),
        };
        repaired += u32::from(sound.repair.is_some());
        let shown = sound.outline.map_coords(|c| c - centre);
        let area = shown.unsigned_area();
        assert!((area - expected).abs() <= allowed, "{round}: {area} {expected} {near:?}");
        assert!(sound.outline.is_valid(), "{round}: {:?}", sound.outline);
        // In square metres it is what the plane says, and never the Earth.
        let m2 = LocalPlane::at(30.5).to_metres(&shown).unsigned_area();
        assert!((sound.area_m2 - m2).abs() <= m2 * 3e-3 + 1e-9, "{round}: {} {m2}", sound.area_m2);
    }
    assert!(repaired > 2_000 && without_area < 300, "{repaired} {without_area}");
    assert!(outlines > 100 && unclear < 200, "{outlines} {unclear}");
}

#[test]
fn a_ring_far_out_on_the_map_is_mended_as_well() {
    // The digits of a double are fewest at 180°.
    for (x, y) in [(179.9, 80.0), (-179.9, -80.0), (0.0, 0.0), (-0.5, 51.5), (100.0, -0.1)] {
        let tie = [(0., 0.), (4., 4.), (4., 0.), (0., 4.), (0., 0.)];
        for scale in [1e-3, 1e-9, 1e-12] {
            let ring: LineString<f64> =
                tie.iter().map(|(dx, dy)| Coord { x: x + dx * scale, y: y + dy * scale }).collect();
            let ring = ring.0.iter().map(|c| Position::from([c.x, c.y])).collect();
            let tie = GeometryValue::Polygon { coordinates: vec![ring] };
            let sound = outline::<Infallible>(Some(&tie), &|c| Ok(c)).unwrap();
            assert!(sound.outline.is_valid() && sound.repair.is_some(), "{x} {scale}");
            assert!(sound.area_m2 > 0.0 && sound.area_m2 < 3e5, "{x} {scale}");
        }
    }
}
