//! What is done to a frame, or to a region of it, before a decoder sees it.

mod local;
mod resize;

use crate::Frame;
pub(crate) use local::{sharpen, smooth};
pub(crate) use resize::{crop, fit_within, resized};

/// The frame at `1 / by` of its size.
pub(crate) fn shrunk(frame: &Frame, by: usize) -> Frame {
    resized(frame, frame.width().div_ceil(by), frame.height().div_ceil(by))
}

/// Black for white: codes printed light on dark.
pub(crate) fn inverted(frame: &Frame) -> Frame {
    let luma = frame.luma().iter().map(|&pixel| 255 - pixel).collect();
    Frame::of(frame.width(), frame.height(), luma)
}
