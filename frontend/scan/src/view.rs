//! What a frame says of itself, for hints to whoever holds the camera.

use crate::finder_pattern::FinderPattern;
use crate::ladder::Analysis;
use crate::{DecodedSymbol, Frame};

/// Levels from which a pixel may be blown out.
const BLOWN_OUT: u8 = 250;

/// A frame in numbers. Pixels are those of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// Mean luma, 0–255.
    pub light: f32,
    /// 95th minus 5th percentile of luma, 0–255.
    pub contrast: f32,
    /// Share of the middle 60 % that is blown out without any texture while what surrounds it is
    /// not (white paper has grain and is as bright as its surroundings), 0–1.
    pub glare: f32,
    /// Mean absolute Laplacian of the middle 60 % over the contrast, 0–1.
    pub sharpness: f32,
    /// Finder patterns that were seen in a frame in which nothing was read.
    pub finders: u32,
    /// Estimated pixels per module, 0 if unknown.
    pub module: f32,
}

impl View {
    /// Of a photo.
    #[must_use]
    pub fn of_still(frame: &Frame, found: &[DecodedSymbol]) -> Self {
        let mut analysis = Analysis::new(frame, 1);
        if !found.is_empty() {
            // Only the size of a module is asked for then, which few rows show.
            analysis.analyse_coarsely();
        }
        Self::of(frame, &mut analysis, found)
    }

    pub(crate) fn of(frame: &Frame, analysis: &mut Analysis<'_>, found: &[DecodedSymbol]) -> Self {
        let (light, contrast) = levels(frame);
        let region = analysis.region();
        let seen = |finder: &&FinderPattern| finder.is_sure();
        let finders = analysis.finders();
        let module = region.map(|region| region.module);
        let module = module.or_else(|| finders.iter().find(seen).map(|finder| finder.module));
        let count = if found.is_empty() { finders.iter().filter(seen).count() } else { 0 };
        Self {
            light,
            contrast,
            glare: glare(frame),
            sharpness: sharpness(frame, contrast),
            finders: u32::try_from(count).unwrap_or(u32::MAX),
            module: module.unwrap_or(0.0),
        }
    }
}

/// Every fourth pixel of every fourth row tells as much as all of them.
const SAMPLE: usize = 4;

fn levels(frame: &Frame) -> (f32, f32) {
    let mut histogram = [0_u32; 256];
    let (mut count, mut sum) = (0_u32, 0_u64);
    for row in frame.rows().step_by(SAMPLE) {
        for &pixel in row.iter().step_by(SAMPLE) {
            histogram[usize::from(pixel)] += 1;
            count += 1;
            sum += u64::from(pixel);
        }
    }
    let percentile = |share: u32| {
        let mut seen = 0;
        histogram.iter().position(|&pixels| {
            seen += pixels;
            seen * 100 >= count * share
        })
    };
    let contrast = percentile(95).unwrap_or(255) - percentile(5).unwrap_or(0);
    (sum as f32 / count.max(1) as f32, contrast as f32)
}

/// The middle 60 % of the frame: left, top, right, bottom.
fn middle(frame: &Frame) -> [usize; 4] {
    let (width, height) = (frame.width(), frame.height());
    [width / 5, height / 5, (width * 4).div_ceil(5), (height * 4).div_ceil(5)]
}

fn glare(frame: &Frame) -> f32 {
    const PATCH: usize = 8;
    let [left, top, right, bottom] = middle(frame);
    let (columns, rows) = ((right - left) / PATCH, (bottom - top) / PATCH);
    if columns == 0 || rows == 0 {
        return 0.0;
    }
    let blown = |row: usize, column: usize| {
        (0..PATCH).step_by(2).all(|dy| {
            let y = top + row * PATCH + dy;
            let line = &frame.row_clamped(y as isize)[left + column * PATCH..][..PATCH];
            line.iter().step_by(2).all(|&pixel| pixel >= BLOWN_OUT)
        })
    };
    let patches = (0..rows * columns).filter(|i| blown(i / columns, i % columns)).count();
    let share = patches as f32 / (rows * columns) as f32;
    // A frame that is mostly blown out is a white page or a sky, not a reflection on a label.
    if share > 0.6 { 0.0 } else { share }
}

fn sharpness(frame: &Frame, contrast: f32) -> f32 {
    let [left, top, right, bottom] = middle(frame);
    let (mut sum, mut count) = (0_u64, 0_u64);
    for y in (top.max(1)..bottom.min(frame.height().saturating_sub(1))).step_by(SAMPLE) {
        let [above, row, below] = [y - 1, y, y + 1].map(|y| frame.row_clamped(y as isize));
        for x in (left.max(1)..right.min(frame.width().saturating_sub(1))).step_by(2) {
            let around = [above[x], below[x], row[x - 1], row[x + 1]].map(i32::from);
            sum += u64::from((4 * i32::from(row[x]) - around.iter().sum::<i32>()).unsigned_abs());
            count += 1;
        }
    }
    if count == 0 || contrast == 0.0 {
        return 0.0;
    }
    (sum as f32 / count as f32 / contrast).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(frame: &Frame) -> View {
        View::of(frame, &mut Analysis::new(frame, 1), &[])
    }

    fn stripes(low: u8, high: u8) -> Frame {
        let luma = (0..200 * 200).map(|i| if i % 200 / 8 % 2 == 0 { low } else { high }).collect();
        Frame::of(200, 200, luma)
    }

    #[test]
    fn light_and_contrast_are_levels() {
        let seen = view(&stripes(50, 150));
        assert!((seen.light - 100.0).abs() < 3.0, "{seen:?}");
        assert_eq!(seen.contrast, 100.0);
        assert_eq!((seen.finders, seen.module, seen.glare), (0, 0.0, 0.0));
    }

    #[test]
    fn blur_lowers_sharpness_and_dimness_does_not() {
        let sharp = stripes(20, 220);
        let mut blurred = sharp.clone();
        for _ in 0..6 {
            blurred = crate::preprocess::smooth(&blurred);
        }
        assert!(view(&blurred).sharpness < 0.7 * view(&sharp).sharpness);
        let dim = view(&stripes(20, 70)).sharpness;
        assert!((dim - view(&sharp).sharpness).abs() < 0.02);
    }

    #[test]
    fn a_blown_out_patch_is_glare_and_a_white_page_is_not() {
        let mut luma = stripes(20, 220).luma().to_vec();
        for y in 60..120 {
            luma[y * 200 + 60..y * 200 + 120].fill(255);
        }
        let seen = view(&Frame::of(200, 200, luma));
        assert!(seen.glare > 0.15 && seen.glare < 0.4, "{seen:?}");
        assert_eq!(view(&Frame::of(200, 200, vec![255; 40_000])).glare, 0.0);
    }
}
