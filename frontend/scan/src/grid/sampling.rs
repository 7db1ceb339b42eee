//! The levels of a code's modules, and what is dark among them.

use super::level::level_at;
use super::mesh::Mesh;
use super::perspective::Perspective;
use crate::Frame;
use crate::symbol::Modules;

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
    pub(super) fn of(frame: &Frame, perspective: &Perspective, mesh: &Mesh) -> Self {
        let side = perspective.modules + 2 * MARGIN;
        let mut values = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let u = column as f32 - MARGIN as f32 + 0.5;
                let v = row as f32 - MARGIN as f32 + 0.5;
                let ((x, y), (dx, dy)) = (perspective.at(u, v), mesh.at(u, v));
                values.push(level_at(frame, (x + dx, y + dy)));
            }
        }
        Self { side, values }
    }

    /// The mean of the square of `2 × reach + 1` modules around each; at the edge, of the part of
    /// it that there is. The sums run along, so that the cost does not depend on the reach.
    fn mean(&self, values: &[f32], reach: usize) -> Vec<f32> {
        let side = self.side;
        let mut means = Vec::with_capacity(values.len());
        // Sum of each column over the rows around the present one.
        let mut columns = vec![0.0; side];
        for row in values.chunks_exact(side).take(reach) {
            add(&mut columns, row, 1.0);
        }
        for at in 0..side {
            if let Some(row) = values.chunks_exact(side).nth(at + reach) {
                add(&mut columns, row, 1.0);
            }
            if let Some(row) =
                at.checked_sub(reach + 1).and_then(|at| values.chunks_exact(side).nth(at))
            {
                add(&mut columns, row, -1.0);
            }
            let rows = (at + reach + 1).min(side) - at.saturating_sub(reach);
            let mut sum: f32 = columns.iter().take(reach).sum();
            for column in 0..side {
                sum += columns.get(column + reach).copied().unwrap_or(0.0);
                if let Some(left) = column.checked_sub(reach + 1) {
                    sum -= columns[left];
                }
                let across = (column + reach + 1).min(side) - column.saturating_sub(reach);
                means.push(sum / (rows * across) as f32);
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
                if share[i] < 0.001 || share[i] > 0.999 {
                    return 0.0;
                }
                ((self.values[i] - (low + high) / 2.0) / (high - low).max(4.0)).clamp(-1.0, 1.0)
            })
            .collect();
        Self { side: self.side, values }
    }

    /// Takes the certainty from modules around which all is light or all is dark: no code has that,
    /// but glare has, and dirt.
    pub(super) fn doubt_plain(&mut self) {
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

fn add(sums: &mut [f32], values: &[f32], share: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += share * value;
    }
}
