//! Frames of another size.

use crate::Frame;

/// The frame itself if its long side is within `long_side` pixels, else a copy shrunk to it.
pub(crate) fn fit_within(frame: &Frame, long_side: usize) -> Frame {
    if frame.long_side() <= long_side {
        return frame.clone();
    }
    let scaled = |side: usize| (side * long_side).div_ceil(frame.long_side()).max(1);
    resized(frame, scaled(frame.width()), scaled(frame.height()))
}

/// The frame at another size.
pub(crate) fn resized(frame: &Frame, width: usize, height: usize) -> Frame {
    let (width, height) = (width.max(1), height.max(1));
    if width <= frame.width() && height <= frame.height() {
        shrink(frame, width, height)
    } else {
        enlarge(frame, width, height)
    }
}

/// The part of the frame from (`left`, `top`) that is `width × height` pixels large, all of which
/// must be in the frame.
pub(crate) fn crop(frame: &Frame, left: usize, top: usize, width: usize, height: usize) -> Frame {
    let rows = frame.rows().skip(top).take(height);
    Frame::of(width, height, rows.flat_map(|row| &row[left..left + width]).copied().collect())
}

/// Shrinks by averaging: every pixel of the frame counts by the area it has in the new one, so
/// that modules smaller than a new pixel turn grey instead of flickering.
fn shrink(frame: &Frame, width: usize, height: usize) -> Frame {
    let across = spans(frame.width(), width);
    let mut luma = Vec::with_capacity(width * height);
    let mut columns = vec![0.0; frame.width()];
    for rows in spans(frame.height(), height) {
        columns.fill(0.0);
        for (y, weight) in rows.weights() {
            for (sum, &pixel) in columns.iter_mut().zip(frame.row_clamped(y as isize)) {
                *sum += weight * f32::from(pixel);
            }
        }
        for span in &across {
            let covered = columns.get(span.first..=span.last).unwrap_or_default();
            let mut sum: f32 = covered.iter().sum();
            if let [first, .., last] = covered {
                sum -= (1.0 - span.first_weight) * first + (1.0 - span.last_weight) * last;
            } else {
                sum *= span.first_weight;
            }
            luma.push((sum * (rows.share * span.share) + 0.5) as u8);
        }
    }
    Frame::of(width, height, luma)
}

/// The old pixels beneath one new pixel along one side, weighed by how much of each it covers.
struct Span {
    first: usize,
    last: usize,
    first_weight: f32,
    last_weight: f32,
    /// One over the sum of the weights.
    share: f32,
}

impl Span {
    fn weights(&self) -> impl Iterator<Item = (usize, f32)> {
        (self.first..=self.last).map(|i| {
            let weight = match i {
                i if i == self.first => self.first_weight,
                i if i == self.last => self.last_weight,
                _ => 1.0,
            };
            (i, weight)
        })
    }
}

fn spans(old: usize, new: usize) -> Vec<Span> {
    (0..new)
        .map(|i| {
            // In 1/256 of an old pixel, so that nothing is lost between two new ones.
            let start = i * old * 256 / new;
            let end = ((i + 1) * old * 256 / new).max(start + 1);
            let (first, last) = (start / 256, ((end - 1) / 256).min(old - 1));
            let weight = |part: usize| part as f32 / 256.0;
            let (first_weight, last_weight) = if first == last {
                (weight(end - start), 0.0)
            } else {
                (weight(256 - start % 256), weight(end - last * 256))
            };
            Span { first, last, first_weight, last_weight, share: 1.0 / weight(end - start) }
        })
        .collect()
}

/// Another size by linear interpolation.
fn enlarge(frame: &Frame, width: usize, height: usize) -> Frame {
    let across: Vec<Between> = (0..width).map(|x| between(x, width, frame.width())).collect();
    let mut luma = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = between(y, height, frame.height());
        let above = frame.row_clamped(down.low as isize);
        let below = frame.row_clamped(down.high as isize);
        for place in &across {
            let top = place.mix(above[place.low], above[place.high]);
            let bottom = place.mix(below[place.low], below[place.high]);
            luma.push((((256 - down.share) * top + down.share * bottom) >> 16) as u8);
        }
    }
    Frame::of(width, height, luma)
}

/// A place between two old pixels; `share` of 256 belongs to the second.
struct Between {
    low: usize,
    high: usize,
    share: u32,
}

impl Between {
    fn mix(&self, low: u8, high: u8) -> u32 {
        (256 - self.share) * u32::from(low) + self.share * u32::from(high)
    }
}

fn between(new: usize, new_side: usize, old_side: usize) -> Between {
    // Centre of the new pixel in 1/256 of an old one, counted from the centre of the first.
    let at = ((2 * new + 1) * old_side * 128 / new_side).saturating_sub(128);
    let low = (at / 256).min(old_side - 1);
    Between { low, high: (low + 1).min(old_side - 1), share: (at % 256) as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_averages_and_keeps_the_shape() {
        let frame = Frame::of(4, 2, vec![0, 100, 200, 200, 0, 100, 0, 0]);
        assert_eq!(shrink(&frame, 2, 1).luma(), [50, 100]);
        let frame = fit_within(&Frame::of(3000, 1500, vec![77; 4_500_000]), 1280);
        assert_eq!((frame.width(), frame.height()), (1280, 640));
        assert!(frame.luma().iter().all(|&pixel| pixel == 77));
    }

    #[test]
    fn a_frame_that_fits_stays_as_it_is() {
        let frame = Frame::of(3, 2, vec![1, 2, 3, 4, 5, 6]);
        assert_eq!(fit_within(&frame, 3), frame);
    }

    #[test]
    fn enlarging_interpolates_within_the_old_values() {
        let enlarged = resized(&Frame::of(2, 2, vec![0, 240, 0, 240]), 4, 4);
        assert_eq!(&enlarged.luma()[..4], [0, 60, 180, 240]);
        assert_eq!(resized(&Frame::of(1, 1, vec![9]), 2, 3).luma(), [9; 6]);
    }
}
