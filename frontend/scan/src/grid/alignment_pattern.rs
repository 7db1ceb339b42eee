//! Alignment patterns: where they are on grey levels.

use super::level::level_at;
use super::perspective::Perspective;
use crate::{Corner, Frame};

/// Modules between two places that are tried first.
const STEP: f32 = 0.5;

/// Places like an alignment pattern near where a perspective has one, best first, each with the light
/// less dark that is seen there. `expected` is the offset from the perspective to search around, in
/// pixels, `reach` how far from it, in modules, and `most` how many places are wanted.
pub(super) fn candidates_near(
    frame: &Frame,
    perspective: &Perspective,
    (u, v): Corner,
    expected: Corner,
    reach: f32,
    most: usize,
) -> Vec<(f32, Corner)> {
    let (x, y) = perspective.at(u, v);
    let (right, below) = (perspective.at(u + 1.0, v), perspective.at(u, v + 1.0));
    let (a, b) = ((right.0 - x, right.1 - y), (below.0 - x, below.1 - y));
    let (x, y) = (x + expected.0, y + expected.1);
    let place = |u: f32, v: f32| (x + u * a.0 + v * b.0, y + u * a.1 + v * b.1);
    let score = |u: f32, v: f32| contrast(|du, dv| level_at(frame, place(u + du, v + dv)));
    let steps = (reach / STEP) as i32;
    let mut found: Vec<(f32, f32, f32)> = Vec::new();
    for row in -steps..=steps {
        for column in -steps..=steps {
            let (u, v) = (column as f32 * STEP, row as f32 * STEP);
            let seen = score(u, v) * (1.0 - 0.03 * (u * u + v * v).sqrt());
            // Of places a module or less apart, only the best.
            let near =
                |other: &(f32, f32, f32)| (other.1 - u).abs() < 1.1 && (other.2 - v).abs() < 1.1;
            if found.iter().any(|other| near(other) && other.0 >= seen) {
                continue;
            }
            found.retain(|other| !near(other));
            let at = found.iter().position(|other| other.0 < seen).unwrap_or(found.len());
            found.insert(at, (seen, u, v));
            found.truncate(most);
        }
    }
    for place in &mut found {
        let mut step = STEP / 2.0;
        while step > 0.1 {
            let (_, u, v) = *place;
            let mut best = score(u, v);
            for (du, dv) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
                let (u, v) = (u + du as f32 * step, v + dv as f32 * step);
                let seen = score(u, v);
                if seen > best {
                    best = seen;
                    *place = (place.0, u, v);
                }
            }
            step /= 2.0;
        }
    }
    found.into_iter().map(|(seen, u, v)| (seen, place(u, v))).collect()
}

/// Light less dark of an alignment pattern around a place.
fn contrast(level: impl Fn(f32, f32) -> f32) -> f32 {
    let (mut dark, mut light) = (2.0 * level(0.0, 0.0), 0.0);
    for i in -1..=1 {
        for j in -1..=1 {
            if (i, j) != (0, 0) {
                light += level(i as f32, j as f32);
            }
        }
    }
    for i in -2..=2 {
        let i = i as f32;
        dark += level(i, -2.0) + level(i, 2.0);
    }
    for i in -1..=1 {
        let i = i as f32;
        dark += level(-2.0, i) + level(2.0, i);
    }
    light / 8.0 - dark / 18.0
}
