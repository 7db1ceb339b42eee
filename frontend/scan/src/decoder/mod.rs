//! The decoders: each takes a frame and gives back every code that it can read in it.
//!
//! A decoder knows nothing of steps, sizes or time; [`crate::prepare`] makes the frame easier and
//! [`crate::ladder`] decides who reads what when.

use crate::{Frame, Payload};

pub(crate) mod quirc;

/// A decoder that is not part of this crate, because not every page needs it: natively
/// `scan_rxing::Rxing`, in a worker a wasm module of its own.
pub trait SecondDecoder {
    /// Every code in a frame that is black (0) and white (255) already, dark on light; corners in
    /// pixels of that frame, in the order of [`Payload::corners`].
    fn read(&mut self, frame: &Frame) -> Vec<Payload>;
}
