//! Frames of another size.

use crate::Frame;
use std::borrow::Cow;

/// The frame itself if its long side is within `long_side` pixels, else a copy shrunk to it.
pub(crate) fn fit_within(frame: &Frame, long_side: usize) -> Cow<'_, Frame> {
    if frame.long_side() <= long_side {
        return Cow::Borrowed(frame);
    }
    let scaled = |side: usize| (side * long_side).div_ceil(frame.long_side()).max(1);
    Cow::Owned(resized(frame, scaled(frame.width()), scaled(frame.height())))
}

/// The part of the frame from (`left`, `top`) that is `width × height` pixels large, all of which
/// must be in the frame.
pub(crate) fn crop(frame: &Frame, left: usize, top: usize, width: usize, height: usize) -> Frame {
    let rows = frame.rows().skip(top).take(height);
    Frame::of(width, height, rows.flat_map(|row| &row[left..left + width]).copied().collect())
}

/// The frame shrunk by averaging: every pixel of it counts by the area it has in the new one, so
/// that modules smaller than a new pixel turn grey instead of flickering.
pub(crate) fn resized(frame: &Frame, width: usize, height: usize) -> Frame {
    let (width, height) = (width.clamp(1, frame.width()), height.clamp(1, frame.height()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_averages_and_keeps_the_shape() {
        let frame = Frame::of(4, 2, vec![0, 100, 200, 200, 0, 100, 0, 0]);
        assert_eq!(resized(&frame, 2, 1).luma(), [50, 100]);
        let large = Frame::of(3000, 1500, vec![77; 4_500_000]);
        let frame = fit_within(&large, 1280);
        assert_eq!((frame.width(), frame.height()), (1280, 640));
        assert!(frame.luma().iter().all(|&pixel| pixel == 77));
    }

    #[test]
    fn a_frame_that_fits_stays_as_it_is() {
        let frame = Frame::of(3, 2, vec![1, 2, 3, 4, 5, 6]);
        assert!(matches!(fit_within(&frame, 3), Cow::Borrowed(_)));
    }
}
