//! The levels of a code's modules, and what is dark among them.

use super::mesh::Mesh;
use super::plane::Plane;
use crate::Frame;
use crate::code::Modules;

/// Modules around the code whose levels are taken too: what blurs into it.
pub(super) const MARGIN: usize = 2;

/// Modules on each side of one that it is judged by.
const SURROUNDINGS: usize = 4;

/// One number for each module of a code and of the margin around it, row by row.
pub(super) struct Levels {
    /// Modules a side, with the margins.
    pub side: usize,
    pub values: Vec<f32>,
}

impl Levels {
    /// As the frame has them at the middle of each module.
    pub(super) fn of(frame: &Frame, plane: &Plane, mesh: &Mesh) -> Self {
        let side = plane.modules + 2 * MARGIN;
        let mut values = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let u = column as f32 - MARGIN as f32 + 0.5;
                let v = row as f32 - MARGIN as f32 + 0.5;
                let ((x, y), (dx, dy)) = (plane.at(u, v), mesh.at(u, v));
                values.push(level_at(frame, (x + dx, y + dy)));
            }
        }
        Self { side, values }
    }

    /// The mean of the square of `2 × reach + 1` modules around each.
    fn mean(&self, values: &[f32], reach: usize) -> Vec<f32> {
        let side = self.side;
        // Along the rows, then down the columns.
        let mut rows = Vec::with_capacity(values.len());
        for row in values.chunks_exact(side) {
            for at in 0..side {
                let (from, to) = (at.saturating_sub(reach), (at + reach + 1).min(side));
                rows.push(row[from..to].iter().sum::<f32>() / (to - from) as f32);
            }
        }
        let mut means = Vec::with_capacity(values.len());
        for at in 0..side {
            let (from, to) = (at.saturating_sub(reach), (at + reach + 1).min(side));
            for column in 0..side {
                let mut sum = 0.0;
                for row in from..to {
                    sum += rows[row * side + column];
                }
                means.push(sum / (to - from) as f32);
            }
        }
        means
    }

    /// How far each module is from the middle between dark and light around it, in shares of their
    /// difference: about -0.5 for dark and 0.5 for light, whatever light falls on it.
    pub(super) fn balanced(&self) -> Self {
        let reach = SURROUNDINGS;
        let middle = self.mean(&self.values, reach);
        let dark: Vec<f32> =
            self.values.iter().zip(&middle).map(|(v, m)| if v < m { 1.0 } else { 0.0 }).collect();
        let dark_levels: Vec<f32> = self.values.iter().zip(&dark).map(|(v, d)| v * d).collect();
        let share = self.mean(&dark, reach);
        let dark_mean = self.mean(&dark_levels, reach);
        let values = (0..self.values.len())
            .map(|i| {
                let low = dark_mean[i] / share[i].max(1e-3);
                let high = (middle[i] - dark_mean[i]) / (1.0 - share[i]).max(1e-3);
                if share[i] <= 0.0 || share[i] >= 1.0 {
                    return 0.0;
                }
                ((self.values[i] - (low + high) / 2.0) / (high - low).max(4.0)).clamp(-1.0, 1.0)
            })
            .collect();
        let mut balanced = Self { side: self.side, values };
        balanced.doubt_plain();
        balanced
    }

    /// Takes the certainty from modules around which all is light or all is dark: no code has that,
    /// but glare has, and dirt.
    fn doubt_plain(&mut self) {
        let dark: Vec<f32> =
            self.values.iter().map(|&value| if value < -0.15 { 1.0 } else { 0.0 }).collect();
        let share = self.mean(&dark, 2);
        for (value, share) in self.values.iter_mut().zip(&share) {
            if *share < 0.01 || *share > 0.99 {
                *value *= 0.02;
            }
        }
    }

    /// The modules of the code, without the margin.
    pub(super) fn modules(&self, mirrored: bool) -> Modules<'_> {
        Modules { levels: &self.values, stride: self.side, margin: MARGIN, mirrored }
    }
}

/// The level of a frame between its pixels, by linear interpolation; outside, that of its edge.
pub(super) fn level_at(frame: &Frame, (x, y): (f32, f32)) -> f32 {
    let (width, height) = (frame.width(), frame.height());
    // Not `clamp`: a place that is not a number becomes 0 here.
    let x = (x - 0.5).max(0.0).min((width - 1) as f32);
    let y = (y - 0.5).max(0.0).min((height - 1) as f32);
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (x, y) = (x - left as f32, y - top as f32);
    let luma = frame.luma();
    let pixel = |column: usize, row: usize| f32::from(luma[row * width + column]);
    let above = pixel(left, top) + x * (pixel(right, top) - pixel(left, top));
    let below = pixel(left, bottom) + x * (pixel(right, bottom) - pixel(left, bottom));
    above + y * (below - above)
}
