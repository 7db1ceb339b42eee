//! What was found in a frame.

use crate::finder_pattern::FinderPattern;
use crate::region::{Region, cheapest, triples};
use crate::{Frame, preprocess};

/// Triples of finder patterns that our own reader looks at in a step.
const MOST_TRIPLES: usize = 24;

/// Finder patterns that are taken by twos.
const MOST_IN_TWOS: usize = 5;

/// A frame as it was preprocessed, and what was found in it.
pub(super) struct Preprocessed {
    /// Nothing if it is the frame itself.
    pub frame: Option<Frame>,
    /// The frame light for dark, once it was needed.
    pub inverted: Option<Frame>,
    /// Those seen in most rows first.
    pub finders: Vec<FinderPattern>,
    /// Likeliest first.
    pub regions: Vec<Region>,
}

impl Preprocessed {
    /// Threes of finder patterns, likeliest first.
    pub(super) fn threes(&self) -> Vec<[usize; 3]> {
        let mut triples = triples(&self.finders);
        let mut threes = Vec::new();
        // The cheapest again and again: sorting all is slower and larger.
        while threes.len() < MOST_TRIPLES
            && let Some(best) = cheapest(&triples)
        {
            threes.push(triples.swap_remove(best).1);
        }
        threes
    }

    /// Twos of finder patterns, those seen best first; the third place repeats the second.
    pub(super) fn twos(&self) -> Vec<[usize; 3]> {
        let mut sure: Vec<usize> = Vec::new();
        let mut twos = Vec::new();
        for (i, one) in self.finders.iter().enumerate() {
            if !one.is_sure() || sure.len() == MOST_IN_TWOS {
                continue;
            }
            for &j in &sure {
                let other = self.finders[j];
                let alike = one.module < 1.8 * other.module && other.module < 1.8 * one.module;
                if one.inverted == other.inverted && alike {
                    twos.push([i, j, j]);
                }
            }
            sure.push(i);
        }
        twos
    }

    /// The frame in which patterns of that kind are dark on light.
    pub(super) fn dark_on_light<'s>(&'s mut self, whole: &'s Frame, inverted: bool) -> &'s Frame {
        let frame = self.frame.as_ref().unwrap_or(whole);
        if inverted {
            return self.inverted.get_or_insert_with(|| preprocess::inverted(frame));
        }
        frame
    }
}
