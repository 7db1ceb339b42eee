//! A threshold for each block of pixels, from the blocks around it.

use scan::Frame;

/// Side of a block, in pixels.
const SIDE: usize = 8;
/// Blocks on each side that a block's threshold is the mean of.
const REACH: usize = 2;
/// A block with less difference than this, in levels, is all ink or all paper.
const FLAT: u8 = 12;

/// A byte for each pixel: 0 where it is not lighter than the mean level of the 5 × 5 blocks around its own, else
/// 255.
///
/// The level of a block is its mean; that of a flat block is what its neighbours say of paper and
/// ink there, or else so low that the block counts as paper.
pub(crate) fn threshold(frame: &Frame) -> Vec<u8> {
    let (width, height) = (frame.width(), frame.height());
    let (columns, rows) = (width.div_ceil(SIDE), height.div_ceil(SIDE));
    let mut levels = vec![0_u32; columns * rows];
    for row in 0..rows {
        for column in 0..columns {
            let (mean, low, high) = measure(frame, column, row);
            levels[row * columns + column] = if high - low > FLAT {
                mean
            } else {
                let half = u32::from(low) / 2;
                if row > 0 && column > 0 {
                    let above = (row - 1) * columns + column;
                    let left = row * columns + column - 1;
                    let around = (levels[above] + 2 * levels[left] + levels[above - 1]) / 4;
                    if u32::from(low) < around { around } else { half }
                } else {
                    half
                }
            };
        }
    }
    let mut luma = vec![255; width * height];
    for row in 0..rows {
        let near_rows = near(row, rows);
        for column in 0..columns {
            let near_columns = near(column, columns);
            let (mut sum, mut count) = (0, 0);
            for r in near_rows.clone() {
                for level in &levels[r * columns..][near_columns.clone()] {
                    sum += level;
                    count += 1;
                }
            }
            let level = sum / count;
            for y in row * SIDE..((row + 1) * SIDE).min(height) {
                let span = y * width + column * SIDE..y * width + ((column + 1) * SIDE).min(width);
                for (out, &pixel) in luma[span.clone()].iter_mut().zip(&frame.luma()[span]) {
                    if u32::from(pixel) <= level {
                        *out = 0;
                    }
                }
            }
        }
    }
    luma
}

/// Mean, least and greatest level of a block.
fn measure(frame: &Frame, column: usize, row: usize) -> (u32, u8, u8) {
    let (mut sum, mut count, mut low, mut high) = (0_u32, 0_u32, 255_u8, 0_u8);
    for line in frame.luma().chunks_exact(frame.width()).skip(row * SIDE).take(SIDE) {
        for &pixel in &line[column * SIDE..((column + 1) * SIDE).min(frame.width())] {
            sum += u32::from(pixel);
            count += 1;
            low = low.min(pixel);
            high = high.max(pixel);
        }
    }
    (sum / count.max(1), low, high)
}

/// The blocks around one; at the edge of the frame, the five nearest to it.
fn near(at: usize, blocks: usize) -> std::ops::Range<usize> {
    let first = at.saturating_sub(REACH).min(blocks.saturating_sub(2 * REACH + 1));
    first..(first + 2 * REACH + 1).min(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_is_black_on_paper_in_any_light() {
        // Stripes of 4 pixels under light that falls to a quarter.
        let luma = (0..96 * 48)
            .map(|i| {
                let (x, light) = (i % 96, 1.0 - 0.75 * (i % 96) as f32 / 96.0);
                ((if x / 4 % 2 == 0 { 40.0 } else { 220.0 }) * light) as u8
            })
            .collect();
        let frame = Frame::from_luma(96, 48, luma).unwrap();
        for (i, &pixel) in threshold(&frame).iter().enumerate() {
            assert_eq!(pixel, if i % 96 / 4 % 2 == 0 { 0 } else { 255 }, "pixel {i}");
        }
    }

    #[test]
    fn frames_smaller_than_a_block_are_taken() {
        for (width, height) in [(1, 1), (3, 9), (17, 2)] {
            let frame = Frame::from_luma(width, height, vec![9; width * height]).unwrap();
            assert_eq!(threshold(&frame).len(), width * height);
        }
    }
}
