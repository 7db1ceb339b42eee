//! The picture that is read.

use crate::Corner;
use thiserror::Error;

/// A grey picture: one byte a pixel, rows from the top, no padding between them.
///
/// A frame always holds at least one pixel and exactly `width × height` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

/// Why bytes are not a picture of the size that was said.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// Width or height is zero, or too large to count the pixels.
    #[error("a frame of {width} x {height} pixels cannot be read")]
    Size {
        /// Width that was said, in pixels.
        width: usize,
        /// Height that was said, in pixels.
        height: usize,
    },
    /// The number of bytes does not belong to the size.
    #[error("expected {expected} bytes for this frame, found {found}")]
    Length {
        /// Bytes that a frame of that size has.
        expected: usize,
        /// Bytes that were handed in.
        found: usize,
    },
}

impl Frame {
    /// A frame of bytes that are luma already (0 black, 255 white).
    ///
    /// # Errors
    /// [`FrameError`] if `luma` is not `width × height` bytes.
    pub fn from_luma(width: usize, height: usize, luma: Vec<u8>) -> Result<Self, FrameError> {
        let expected = byte_count(width, height, 1)?;
        if luma.len() != expected {
            return Err(FrameError::Length { expected, found: luma.len() });
        }
        Ok(Self { luma, width, height })
    }

    /// A frame of RGBA bytes, as a canvas gives them (not premultiplied). What is transparent is
    /// read as paper that what is drawn on it stands out from: white, or black if hardly anything
    /// that is drawn is dark. A code saved as a transparent PNG is black on nothing, or white.
    ///
    /// # Errors
    /// [`FrameError`] if `rgba` is not `4 × width × height` bytes.
    pub fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> Result<Self, FrameError> {
        let expected = byte_count(width, height, 4)?;
        if rgba.len() != expected {
            return Err(FrameError::Length { expected, found: rgba.len() });
        }
        let (pixels, _) = rgba.as_chunks::<4>();
        let mut luma: Vec<u8> = pixels.iter().map(grey_of).collect();
        if pixels.iter().fold(255, |all, &[.., alpha]| all & alpha) != 255 {
            let ground = ground_of(pixels, &luma);
            for (grey, &[.., alpha]) in luma.iter_mut().zip(pixels) {
                let alpha = u32::from(alpha);
                *grey = ((u32::from(*grey) * alpha + ground * (255 - alpha)) / 255) as u8;
            }
        }
        Ok(Self { luma, width, height })
    }

    /// A frame made inside the crate, where the length follows from the arithmetic.
    pub(crate) fn of(width: usize, height: usize, luma: Vec<u8>) -> Self {
        debug_assert_eq!(luma.len(), width * height);
        Self { luma, width, height }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The longer of width and height, in pixels.
    #[must_use]
    pub fn long_side(&self) -> usize {
        self.width.max(self.height)
    }

    /// The pixels, row by row from the top.
    #[must_use]
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// Paints the area between four corners white, whichever way round they go; parts of it
    /// outside the frame are left out.
    pub(crate) fn erase(&mut self, corners: &[Corner; 4]) {
        let width = self.width as f32;
        for (y, row) in self.luma.chunks_exact_mut(self.width).enumerate() {
            // Where the middle of the row meets the sides.
            let middle = y as f32 + 0.5;
            let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
            for (i, &(x, y)) in corners.iter().enumerate() {
                let (next_x, next_y) = corners[(i + 1) % corners.len()];
                if (y < middle) != (next_y < middle) {
                    let meets = x + (middle - y) / (next_y - y) * (next_x - x);
                    left = left.min(meets);
                    right = right.max(meets);
                }
            }
            if left < right {
                let (left, right) = (left.max(0.0).min(width), right.max(0.0).min(width));
                row[left as usize..right as usize].fill(255);
            }
        }
    }

    /// The rows, from the top.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.luma.chunks_exact(self.width)
    }

    /// One row; past either end, the nearest row there is.
    pub(crate) fn row_clamped(&self, y: isize) -> &[u8] {
        let y = usize::try_from(y).unwrap_or(0).min(self.height - 1);
        &self.luma[y * self.width..][..self.width]
    }
}

/// Rec. 601 luma in 8-bit fixed point; the weights add up to 256.
fn grey_of(&[r, g, b, _]: &[u8; 4]) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8) as u8
}

/// What is behind a picture that is transparent in places: black if less than an eighth of what is
/// drawn is dark.
fn ground_of(pixels: &[[u8; 4]], greys: &[u8]) -> u32 {
    let (mut drawn, mut dark) = (0_u64, 0_u64);
    for (&[.., alpha], &grey) in pixels.iter().zip(greys) {
        drawn += u64::from(alpha);
        dark += if grey < 128 { u64::from(alpha) } else { 0 };
    }
    if drawn > 0 && dark * 8 < drawn { 0 } else { 255 }
}

fn byte_count(width: usize, height: usize, per_pixel: usize) -> Result<usize, FrameError> {
    width
        .checked_mul(height)
        .and_then(|pixels| pixels.checked_mul(per_pixel))
        .filter(|&bytes| bytes > 0)
        .ok_or(FrameError::Size { width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_do_not_fit_the_size_are_refused() {
        assert_eq!(
            Frame::from_luma(2, 2, vec![0; 3]),
            Err(FrameError::Length { expected: 4, found: 3 })
        );
        assert_eq!(Frame::from_luma(0, 9, vec![]), Err(FrameError::Size { width: 0, height: 9 }));
        assert!(matches!(Frame::from_rgba(usize::MAX, 2, &[]), Err(FrameError::Size { .. })));
    }

    #[test]
    fn erasing_paints_the_inside_and_survives_corners_outside() {
        let mut frame = Frame::of(4, 3, vec![0; 12]);
        frame.erase(&[(1.0, 1.0), (3.0, 1.0), (3.0, 2.0), (1.0, 2.0)]);
        assert_eq!(frame.luma(), [0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0]);
        frame.erase(&[(-9.0, f32::NAN), (1e9, -5.0), (f32::INFINITY, 99.0), (-3.0, 88.0)]);
        frame.erase(&[(-5.0, -5.0), (9.0, -5.0), (9.0, 9.0), (-5.0, 9.0)]);
        assert_eq!(frame.luma(), [255; 12]);
    }

    #[test]
    fn rgba_becomes_luma_over_what_it_stands_out_from() {
        let rgba = [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 255, 0, 0, 255];
        let frame = Frame::from_rgba(4, 1, &rgba).unwrap();
        assert_eq!(frame.luma(), [0, 255, 255, 76]);
        let light = [255, 255, 255, 255, 0, 0, 0, 0, 230, 230, 230, 128, 255, 255, 255, 0];
        let frame = Frame::from_rgba(4, 1, &light).unwrap();
        assert_eq!(frame.luma(), [255, 0, 115, 0]);
        assert_eq!(Frame::from_rgba(1, 1, &[9, 9, 9, 0]).unwrap().luma(), [255]);
    }
}
