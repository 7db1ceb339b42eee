//! Undoing blur: a filter that turns the modules that are known into what they should be.
//!
//! Defocus and motion mix each module with its neighbours, the same way all over the code. The
//! finder, timing and alignment patterns show how: least squares finds the weights of the
//! neighbours that best give back what is known there, and those weights sharpen the rest.

use super::sampling::{Levels, MARGIN};
use crate::symbol::{Layout, ModuleKind};

/// Weights of a module and its neighbours, by place: pairs opposite each other weigh the same,
/// as blur is the same from both sides.
const TAPS_NEAR: [(i32, i32); 5] = [(0, 0), (1, 0), (0, 1), (1, 1), (1, -1)];
const TAPS_FAR: [(i32, i32); 13] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (1, 1),
    (1, -1),
    (2, 0),
    (0, 2),
    (2, 1),
    (2, -1),
    (1, 2),
    (1, -2),
    (2, 2),
    (2, -2),
];
const MOST: usize = 14;

/// The levels, sharpened.
pub(super) fn equalised(levels: &Levels, layout: &Layout, far: bool) -> Levels {
    let taps: &[(i32, i32)] = if far { &TAPS_FAR } else { &TAPS_NEAR };
    let count = taps.len() + 1;
    let side = levels.side;
    let modules = side - 2 * MARGIN;
    let features = |at: usize, features: &mut [f32; MOST]| {
        for (feature, &(dx, dy)) in features.iter_mut().zip(taps) {
            let step = dy as isize * side as isize + dx as isize;
            let one = levels.values[at.wrapping_add_signed(step)];
            let other = levels.values[at.wrapping_add_signed(-step)];
            *feature = one + other;
        }
        features[taps.len()] = 1.0;
    };
    let mut sums = [[0.0_f32; MOST + 1]; MOST];
    let mut seen = [0.0; MOST];
    for row in 0..modules {
        for column in 0..modules {
            let ModuleKind::Pattern(dark) = layout.at(column, row) else { continue };
            features((row + MARGIN) * side + column + MARGIN, &mut seen);
            let wanted = if dark { -0.5 } else { 0.5 };
            for (sums, &one) in sums.iter_mut().zip(&seen[..count]) {
                for (sum, &other) in sums.iter_mut().zip(&seen[..count]) {
                    *sum += one * other;
                }
                sums[MOST] += one * wanted;
            }
        }
    }
    for (i, sums) in sums.iter_mut().take(count).enumerate() {
        // Towards no weight at all where the patterns say little.
        sums[i] = sums[i] * 1.002 + 0.2;
    }
    let weights = solved(&mut sums, count);
    let mut values = levels.values.clone();
    for row in 0..modules {
        for column in 0..modules {
            let at = (row + MARGIN) * side + column + MARGIN;
            features(at, &mut seen);
            values[at] = seen[..count].iter().zip(&weights).map(|(s, w)| s * w).sum();
        }
    }
    Levels { side, values }
}

/// Gauss's elimination; the last column is the right side.
fn solved(sums: &mut [[f32; MOST + 1]; MOST], count: usize) -> [f32; MOST] {
    for i in 0..count {
        let pivot = sums[i];
        for row in sums.iter_mut().take(count).skip(i + 1) {
            let share = row[i] / pivot[i];
            for (value, above) in row.iter_mut().zip(&pivot).skip(i) {
                *value -= share * above;
            }
        }
    }
    let mut weights = [0.0; MOST];
    for i in (0..count).rev() {
        let known: f32 = (i + 1..count).map(|j| sums[i][j] * weights[j]).sum();
        weights[i] = (sums[i][MOST] - known) / sums[i][i];
    }
    weights
}
