//! Preparations that look at the surroundings of each pixel.

use crate::Frame;

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

/// Each pixel moves away from the mean of its neighbourhood (two squares of `2 × reach + 1` laid
/// over one another, which is near to a bell) by three times what it differs from it.
pub(crate) fn sharpen(frame: &Frame, reach: usize) -> Frame {
    let blurred = blur(&blur(frame, reach), reach);
    let pairs = frame.luma().iter().zip(blurred.luma());
    let luma = pairs
        .map(|(&pixel, &mean)| (4 * i32::from(pixel) - 3 * i32::from(mean)).clamp(0, 255) as u8);
    Frame::of(frame.width(), frame.height(), luma.collect())
}

/// The mean of the square of `2 × reach + 1` pixels around each pixel.
fn blur(frame: &Frame, reach: usize) -> Frame {
    let (width, height) = (frame.width(), frame.height());
    let mut luma = Vec::with_capacity(width * height);
    let mut columns = vec![0_u32; width];
    for y in 0..reach.min(height) {
        add_row(&mut columns, frame.row_clamped(y as isize));
    }
    for y in 0..height {
        if y + reach < height {
            add_row(&mut columns, frame.row_clamped((y + reach) as isize));
        }
        if y > reach {
            subtract_row(&mut columns, frame.row_clamped((y - reach - 1) as isize));
        }
        let rows = (y + reach).min(height - 1) - y.saturating_sub(reach) + 1;
        let mut sum: u32 = columns[..reach.min(width)].iter().sum();
        for x in 0..width {
            if let Some(entering) = columns.get(x + reach) {
                sum += entering;
            }
            if x > reach {
                sum -= columns[x - reach - 1];
            }
            let across = (x + reach).min(width - 1) - x.saturating_sub(reach) + 1;
            luma.push((sum / (rows * across) as u32) as u8);
        }
    }
    Frame::of(width, height, luma)
}

/// The mean of each pixel and its neighbours, weights 1 2 1 both ways: takes the grain away.
pub(crate) fn smooth(frame: &Frame) -> Frame {
    let (width, height) = (frame.width(), frame.height());
    let mut luma = Vec::with_capacity(width * height);
    // The three rows folded into one, so that each pixel costs three additions, not nine.
    let mut folded = vec![0_u16; width];
    for (y, row) in frame.rows().enumerate() {
        let above = frame.row_clamped(y as isize - 1);
        let below = frame.row_clamped(y as isize + 1);
        for (((sum, &a), &b), &c) in folded.iter_mut().zip(above).zip(row).zip(below) {
            *sum = u16::from(a) + 2 * u16::from(b) + u16::from(c);
        }
        let last = width - 1;
        luma.push(((3 * folded[0] + folded[1.min(last)]) / 16) as u8);
        luma.extend(
            folded.windows(3).map(|three| ((three[0] + 2 * three[1] + three[2]) / 16) as u8),
        );
        if width > 1 {
            luma.push(((folded[last - 1] + 3 * folded[last]) / 16) as u8);
        }
    }
    Frame::of(width, height, luma)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, pixel by pixel.
    fn slow_blur(frame: &Frame, reach: isize) -> Vec<u8> {
        let (width, height) = (frame.width() as isize, frame.height() as isize);
        let mut luma = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let (mut sum, mut area) = (0, 0);
                for v in (y - reach).max(0)..=(y + reach).min(height - 1) {
                    for u in (x - reach).max(0)..=(x + reach).min(width - 1) {
                        sum += u32::from(frame.luma()[(v * width + u) as usize]);
                        area += 1;
                    }
                }
                luma.push((sum / area) as u8);
            }
        }
        luma
    }

    #[test]
    fn running_sums_give_what_the_definition_gives() {
        let luma = (0..35_u32 * 23).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let frame = Frame::of(35, 23, luma);
        for reach in [0, 1, 2, 4, 50] {
            assert_eq!(blur(&frame, reach).luma(), slow_blur(&frame, reach as isize), "{reach}");
        }
    }

    #[test]
    fn sharpening_and_smoothing_leave_a_flat_frame_alone() {
        for (width, height) in [(7, 5), (1, 9), (9, 1), (2, 2)] {
            let frame = Frame::of(width, height, vec![90; width * height]);
            assert_eq!(sharpen(&frame, 2), frame);
            assert_eq!(smooth(&frame), frame);
        }
    }
}
