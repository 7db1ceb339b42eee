//! The steps of the ladder.

use crate::finder_pattern::{FinderPattern, QuietZone, coarse_step, finders};
use crate::{Frame, preprocess};

/// Which frame finder patterns are sought in and codes are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preprocessing {
    /// The frame as it is, looked at in few rows.
    Coarse,
    /// The frame as it is.
    Plain,
    /// With its grain smoothed: noise and screens.
    Smooth,
    /// With its edges sharpened: blur of small modules.
    Sharp,
    /// At half its size, with its edges sharpened: blur.
    HalfSharp,
    /// At a third of its size, with its edges sharpened: much blur.
    ThirdSharp,
    /// The frame as it is, with finder patterns that run into what surrounds the code.
    NoQuietZone,
}

/// How many kinds there are.
pub(super) const PREPROCESSINGS: usize = 7;

impl Preprocessing {
    /// The frame made of a frame; nothing if that is looked at as it is.
    pub(super) fn of(self, frame: &Frame) -> Option<Frame> {
        match self {
            Self::Coarse | Self::Plain | Self::NoQuietZone => None,
            Self::Smooth => Some(preprocess::smooth(frame)),
            Self::Sharp => Some(preprocess::sharpen(frame, 3)),
            Self::HalfSharp => Some(preprocess::sharpen(&preprocess::shrunk(frame, 2), 2)),
            Self::ThirdSharp => Some(preprocess::sharpen(&preprocess::shrunk(frame, 3), 2)),
        }
    }

    /// The finder patterns in what was made of a frame.
    pub(super) fn finders(self, frame: &Frame) -> Vec<FinderPattern> {
        match self {
            Self::Coarse => finders(frame, coarse_step(frame), QuietZone::Present),
            Self::NoQuietZone => finders(frame, 0, QuietZone::Absent),
            _ => finders(frame, 0, QuietZone::Present),
        }
    }
}

/// How much our own reader does about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// The likeliest reading of each three finder patterns.
    Quick,
    /// All readings of them.
    TryHarder,
    /// Two finder patterns, the third being hidden.
    TwoFinders,
}

/// One thing to try on a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Our own reader.
    Own(Preprocessing, Search),
    /// `quircs` in the regions as they are.
    FloodFillRegions,
    /// `quircs` in the whole frame, shrunk to what it may get.
    FloodFill,
    /// The second detector in the regions, at so many pixels per module; 0 leaves them as they are.
    Regions(u8),
    /// The second detector in the whole frame, shrunk by this.
    Whole(usize),
}

/// The ladder.
pub(super) const STEPS: [Step; 16] = [
    Step::Own(Preprocessing::Coarse, Search::Quick),
    Step::Own(Preprocessing::Plain, Search::Quick),
    Step::Own(Preprocessing::ThirdSharp, Search::Quick),
    Step::Regions(4),
    Step::Own(Preprocessing::Smooth, Search::TwoFinders),
    Step::Own(Preprocessing::Smooth, Search::TryHarder),
    Step::Own(Preprocessing::Sharp, Search::Quick),
    Step::FloodFillRegions,
    Step::FloodFill,
    Step::Whole(1),
    Step::Own(Preprocessing::Plain, Search::TwoFinders),
    Step::Own(Preprocessing::HalfSharp, Search::Quick),
    Step::Own(Preprocessing::NoQuietZone, Search::Quick),
    Step::Whole(4),
    Step::Whole(2),
    Step::Regions(0),
];

/// Steps at the start that every live frame gets.
pub(crate) const FIRST_STEPS: usize = 2;
