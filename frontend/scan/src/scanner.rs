//! Reading a live camera.

use crate::decoder::quirc::QuircDecoder;
use crate::payload::merge;
use crate::prepare::Preparation;
use crate::{Frame, Payload};
use std::fmt;

/// Reads one frame after the other and remembers which preparation is next.
///
/// Frames are handed in as they come, newest first if the caller cannot keep up; each call costs
/// one reading of the frame as it is and at most one of a prepared frame.
pub struct Scanner {
    decoder: QuircDecoder,
    attempts: usize,
}

impl Scanner {
    /// A scanner that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { decoder: QuircDecoder::new(), attempts: 0 }
    }

    /// Every distinct payload that is readable in the frame now. An empty answer is normal.
    pub fn scan(&mut self, frame: &Frame) -> Vec<Payload> {
        let mut found = Vec::new();
        merge(&mut found, self.decoder.read(frame).payloads);
        if found.is_empty() {
            let preparation = Preparation::ALL[self.attempts % Preparation::ALL.len()];
            self.attempts = self.attempts.wrapping_add(1);
            merge(&mut found, read_prepared(&mut self.decoder, preparation, frame).0);
        }
        found
    }

    /// Frames that were unreadable as they were, since the scanner was made.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

/// One pass over a prepared frame: the payloads in pixels of `frame`, and how many finder
/// patterns were left over.
pub(crate) fn read_prepared(
    decoder: &mut QuircDecoder,
    preparation: Preparation,
    frame: &Frame,
) -> (Vec<Payload>, usize) {
    let mut reading = decoder.read(&preparation.apply(frame));
    for payload in &mut reading.payloads {
        preparation.restore(frame, payload);
    }
    (reading.payloads, reading.unread_finders)
}
