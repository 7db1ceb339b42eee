//! A finder pattern that glare, dirt or a finger hides: where it should be, from the other two.

use super::Budget;
use super::estimate::{across, line, timing_score};
use super::perspective::Perspective;
use crate::finder_pattern::FinderPattern;
use crate::{Corner, Frame};

/// How well the timing pattern towards it must alternate.
const LEAST_TIMING: f32 = 0.6;
/// Places across and down that are tried for it.
const PLACES: usize = 19;

/// Triples of two patterns with a third that is not seen, most likely first; the corner is first
/// in each.
pub(super) fn completed(
    frame: &Frame,
    [one, other]: [FinderPattern; 2],
    budget: &mut Budget,
) -> Vec<[FinderPattern; 3]> {
    let mut edges = Vec::new();
    let (length, direction) = line((one.x, one.y), (other.x, other.y));
    let mut size = |finder: &FinderPattern| {
        let middle = (finder.x, finder.y);
        across(frame, finder, middle, direction, &mut edges).map(|(_, module)| module)
    };
    let (Some(a), Some(b)) = (size(&one), size(&other)) else { return Vec::new() };
    // Along a side and along the diagonal alike, as both are measured in the same direction.
    let modules = modules_of(length, (a * b).sqrt());
    // Eight timing patterns in all of the places that are tried; a sample costs a quarter of what a
    // module does that is judged.
    if !budget.spend(2 * modules * PLACES * PLACES) {
        return Vec::new();
    }
    let mut found: Vec<(f32, [FinderPattern; 3])> = Vec::new();
    let mut take = |sought: Option<(f32, [FinderPattern; 3])>| {
        if let Some((score, three)) = sought {
            let at = found.iter().position(|(other, _)| *other < score).unwrap_or(found.len());
            found.insert(at, (score, three));
        }
    };
    for sign in [-1.0, 1.0] {
        let (x, y) = (-sign * direction.1 * length, sign * direction.0 * length);
        for (corner, far) in [(one, other), (other, one)] {
            // The pair is a side: the third lies along modules that alternate from the corner.
            let expected = (corner.x + x, corner.y + y);
            take(sought(expected, length, |(x, y)| {
                let three = [corner, far, FinderPattern { x, y, ..corner }];
                (timing_score_of(frame, modules, &three, 1), three)
            }));
        }
        // The pair is the diagonal, and the third the corner.
        let middle = ((one.x + other.x) / 2.0, (one.y + other.y) / 2.0);
        take(sought((middle.0 + x / 2.0, middle.1 + y / 2.0), length * 0.7, |(x, y)| {
            let three = [FinderPattern { x, y, ..one }, one, other];
            let both = [0, 1].map(|axis| timing_score_of(frame, modules, &three, axis));
            ((both[0] + both[1]) / 2.0, three)
        }));
    }
    found.into_iter().map(|(_, three)| three).collect()
}

/// The best of the places around one, if it is good enough.
fn sought(
    expected: Corner,
    length: f32,
    look: impl Fn(Corner) -> (f32, [FinderPattern; 3]),
) -> Option<(f32, [FinderPattern; 3])> {
    /// Between two places, in lengths of the code.
    const STEP: f32 = 0.024;
    let middle = (PLACES / 2) as f32;
    let mut best: Option<(f32, [FinderPattern; 3])> = None;
    for row in 0..PLACES {
        for column in 0..PLACES {
            let (right, below) = (column as f32 - middle, row as f32 - middle);
            let (dx, dy) = (right * STEP * length, below * STEP * length);
            let (score, three) = look((expected.0 + dx, expected.1 + dy));
            let score = score - 0.002 * (right.abs() + below.abs());
            if score > best.map_or(LEAST_TIMING, |(score, _)| score) {
                best = Some((score, three));
            }
        }
    }
    best
}

fn timing_score_of(frame: &Frame, modules: usize, three: &[FinderPattern; 3], axis: usize) -> f32 {
    let perspective =
        Perspective::new(modules, three.map(|finder| (finder.x, finder.y)), [0.0, 0.0]);
    timing_score(frame, &perspective, axis)
}

/// Modules a side of a code whose finder patterns are so far apart.
fn modules_of(length: f32, module: f32) -> usize {
    let estimate = length / module + 7.0;
    ((((estimate - 17.0) / 4.0).round().max(1.0)) as usize).min(40) * 4 + 17
}
