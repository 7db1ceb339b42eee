//! Preparations that look at the surroundings of each pixel.

use crate::Frame;

/// Black where a pixel is more than `percent` darker than the mean of the square of about
/// `window` pixels around it, white elsewhere.
///
/// The sums run along with the pixel, so the cost does not depend on the window.
pub(super) fn threshold(frame: &Frame, window: usize, percent: u32) -> Frame {
    let (width, height) = (frame.width(), frame.height());
    let reach = (window / 2).max(1);
    let mut luma = Vec::with_capacity(width * height);
    // Sum of each column over the rows that the window covers at present.
    let mut columns = vec![0_u32; width];
    for y in 0..reach.min(height) {
        add_row(&mut columns, frame.row_clamped(y as isize));
    }
    for (y, row) in frame.rows().enumerate() {
        if y + reach < height {
            add_row(&mut columns, frame.row_clamped((y + reach) as isize));
        }
        if y > reach {
            subtract_row(&mut columns, frame.row_clamped((y - reach - 1) as isize));
        }
        let rows = (y + reach).min(height - 1) - y.saturating_sub(reach) + 1;
        let mut sum: u32 = columns[..reach.min(width)].iter().sum();
        for (x, &pixel) in row.iter().enumerate() {
            if let Some(entering) = columns.get(x + reach) {
                sum += entering;
            }
            if x > reach {
                sum -= columns[x - reach - 1];
            }
            let across = (x + reach).min(width - 1) - x.saturating_sub(reach) + 1;
            let area = (rows * across) as u64;
            let darker = u64::from(pixel) * area * 100 < u64::from(sum) * u64::from(100 - percent);
            luma.push(if darker { 0 } else { 255 });
        }
    }
    Frame::of(width, height, luma)
}

fn add_row(columns: &mut [u32], row: &[u8]) {
    for (sum, &pixel) in columns.iter_mut().zip(row) {
        *sum += u32::from(pixel);
    }
}

fn subtract_row(columns: &mut [u32], row: &[u8]) {
    for (sum, &pixel) in columns.iter_mut().zip(row) {
        *sum -= u32::from(pixel);
    }
}

/// Unsharp mask: each pixel moves away from the mean of its neighbourhood (weights 1 2 1 both
/// ways) by as much as it differs from it.
pub(super) fn sharpen(frame: &Frame) -> Frame {
    let (width, height) = (frame.width(), frame.height());
    let mut luma = Vec::with_capacity(width * height);
    // The three rows folded into one, so that each pixel costs three additions, not nine.
    let mut folded = vec![0_i32; width];
    for (y, row) in frame.rows().enumerate() {
        let above = frame.row_clamped(y as isize - 1);
        let below = frame.row_clamped(y as isize + 1);
        for (x, sum) in folded.iter_mut().enumerate() {
            *sum = i32::from(above[x]) + 2 * i32::from(row[x]) + i32::from(below[x]);
        }
        for (x, &pixel) in row.iter().enumerate() {
            let left = folded[x.saturating_sub(1)];
            let right = folded[(x + 1).min(width - 1)];
            let blurred = (left + 2 * folded[x] + right) / 16;
            luma.push((2 * i32::from(pixel) - blurred).clamp(0, 255) as u8);
        }
    }
    Frame::of(width, height, luma)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, pixel by pixel.
    fn slow_threshold(frame: &Frame, window: usize, percent: u32) -> Vec<u8> {
        let reach = (window / 2).max(1) as isize;
        let (width, height) = (frame.width() as isize, frame.height() as isize);
        let mut luma = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let (mut sum, mut area) = (0_u64, 0_u64);
                for v in (y - reach).max(0)..=(y + reach).min(height - 1) {
                    for u in (x - reach).max(0)..=(x + reach).min(width - 1) {
                        sum += u64::from(frame.luma()[(v * width + u) as usize]);
                        area += 1;
                    }
                }
                let pixel = u64::from(frame.luma()[(y * width + x) as usize]);
                let darker = pixel * area * 100 < sum * u64::from(100 - percent);
                luma.push(if darker { 0 } else { 255 });
            }
        }
        luma
    }

    #[test]
    fn running_sums_give_what_the_definition_gives() {
        let luma = (0..35_u32 * 23).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let frame = Frame::of(35, 23, luma);
        for window in [0, 2, 5, 8, 100] {
            assert_eq!(
                threshold(&frame, window, 5).luma(),
                slow_threshold(&frame, window, 5),
                "window {window}"
            );
        }
    }

    #[test]
    fn sharpening_leaves_a_flat_frame_alone() {
        let frame = Frame::of(7, 5, vec![90; 35]);
        assert_eq!(sharpen(&frame), frame);
    }
}
