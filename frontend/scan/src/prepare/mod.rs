//! What is done to a frame, or to a region of it, before a decoder sees it.

mod blocks;
mod local;
mod resize;

use crate::Frame;
pub(crate) use local::{sharpen, smooth};
pub(crate) use resize::{crop, fit_within, resized};

/// How grey becomes black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Dark is what is so much darker than the mean of a square of so many modules around it.
    Around { modules: u8, percent: u8 },
    /// A threshold for each block of pixels: whole frames, where no module size is known.
    Blocks,
}

/// Pixels per module when nothing is known.
const USUAL_MODULE: usize = 3;

impl Ink {
    /// The frame in black and white; `module` is its pixels per module, 0 if unknown.
    pub(crate) fn apply(self, frame: &Frame, module: u8) -> Frame {
        let module = usize::from(module).max(USUAL_MODULE);
        match self {
            Self::Around { modules, percent } => {
                local::threshold(frame, usize::from(modules) * module, u32::from(percent))
            }
            Self::Blocks => blocks::threshold(frame),
        }
    }
}

/// The frame at `1 / by` of its size.
pub(crate) fn shrunk(frame: &Frame, by: usize) -> Frame {
    resized(frame, frame.width().div_ceil(by), frame.height().div_ceil(by))
}

/// Black for white: codes printed light on dark.
pub(crate) fn inverted(frame: &Frame) -> Frame {
    let luma = frame.luma().iter().map(|&pixel| 255 - pixel).collect();
    Frame::of(frame.width(), frame.height(), luma)
}
