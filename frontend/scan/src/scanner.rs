//! Reading a live camera.

use crate::decoded_symbol::{joined, merge};
use crate::ladder::{Analysis, FIRST_STEPS};
use crate::view::View;
use crate::{DecodedSymbol, Frame, SecondDetector};
use std::fmt;

/// Codes that are looked for in one frame.
const MOST_REGIONS: usize = 3;

/// Reads one frame after the other; remembers which step is next.
///
/// Every frame gets the first steps of the ladder; the time that is left goes to the others, which
/// take their turns from frame to frame. So a hard code costs more frames and never a longer one.
/// It has no clock: the same frames with the same answers of `time_left` give the same payloads.
pub struct Scanner {
    /// Where in the rest of the ladder the next frame goes on.
    turn: usize,
    attempts: usize,
}

/// What a frame gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// Every distinct payload that was read. None is normal.
    pub payloads: Vec<DecodedSymbol>,
    /// What the frame says of itself.
    pub view: View,
}

impl Scanner {
    /// A scanner that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { turn: 0, attempts: 0 }
    }

    /// Reads a frame. `time_left` is asked before every region of every step (each takes
    /// 0.2–10 ms natively); the first step is taken whatever it says.
    pub fn scan(
        &mut self,
        frame: &Frame,
        second: Option<&mut dyn SecondDetector>,
        time_left: &mut dyn FnMut() -> bool,
    ) -> Scan {
        let mut second = second;
        let mut analysis = Analysis::new(frame, MOST_REGIONS);
        let steps = Analysis::steps(&second);
        let (always, others) = steps.split_at(FIRST_STEPS.min(steps.len()));
        let mut found = Vec::new();
        let mut asked = false;
        for &step in always {
            let mut time_left = || !std::mem::replace(&mut asked, true) || time_left();
            merge(&mut found, analysis.take(step, &mut second, &mut time_left));
            if is_enough(&found) {
                break;
            }
        }
        let (mut begun, mut done) = (0, 0);
        for i in 0..others.len() {
            if is_enough(&found) || !time_left() {
                break;
            }
            let step = others[(self.turn + i) % others.len()];
            merge(&mut found, analysis.take(step, &mut second, time_left));
            begun = i + 1;
            if time_left() {
                done = begun;
            }
        }
        if found.is_empty() {
            // A step that ran out of time is the next frame's first; one that did so although it
            // was the first has had its turn.
            let steps = done.max(begun.min(1));
            self.turn = (self.turn + steps).checked_rem(others.len()).unwrap_or(0);
        }
        let found = joined(found);
        let view = View::of(frame, &mut analysis, &found);
        if found.is_empty() {
            self.attempts = self.attempts.wrapping_add(1);
        } else {
            self.attempts = 0;
        }
        Scan { payloads: found, view }
    }

    /// Frames in a row, up to the last, in which nothing was read.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts
    }
}

/// Whether nothing more need be looked for: something was read, and it is whole.
fn is_enough(found: &[DecodedSymbol]) -> bool {
    let parts = found.iter().filter_map(|payload| payload.part);
    let all = || parts.clone().all(|part| parts.clone().count() >= usize::from(part.total));
    !found.is_empty() && all()
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
