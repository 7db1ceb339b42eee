//! The decoder that is not part of this crate.

use crate::{Frame, Payload};

/// A decoder beside our own, which not every page needs: natively `scan_rxing::Rxing`, in a worker
/// a wasm module of its own.
pub trait SecondDecoder {
    /// Every code in a grey frame, dark on light; corners in pixels of that frame, in the order of
    /// [`Payload::corners`].
    fn read(&mut self, frame: &Frame) -> Vec<Payload>;
}
