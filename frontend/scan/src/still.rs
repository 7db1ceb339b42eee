//! Reading one photo, or one frame as well as it can be read.

use crate::decoded_symbol::{joined, merge};
use crate::ladder::{Analysis, FIRST_STEPS, Second};
use crate::preprocess::{crop, fit_within};
use crate::{DecodedSymbol, Frame, SecondDetector};
use std::borrow::Cow;

/// The sizes at which a photo is read whole, by long side in pixels: a phone's 12 megapixels are
/// mostly noise to the detector, and most codes are large in the picture.
const LONG_SIDES: [usize; 2] = [1280, 2560];

/// The side of the tiles in which a larger photo is read as it is, in pixels.
const TILE: usize = 1280;

/// By how much tiles overlap: codes larger than this are seen when the photo is shrunk.
const OVERLAP: usize = 320;

/// Codes that are looked for at once; what is read is painted over, and then the rest is looked at
/// again.
const MOST_REGIONS: usize = 12;

/// Codes that are looked for in a tile.
const MOST_IN_TILE: usize = 4;

/// Every distinct payload in a photo; parts of a whole are joined if all of them are there.
///
/// Goes up the whole ladder until something is read, then goes on only while finder patterns say
/// that another code is in view. A photo in which nothing is read when it is shrunk is read in
/// tiles at its full size, first each with the first steps. `time_left` is asked before every region
/// of every step (0.2–10 ms natively); when it says no, what was read so far is the answer.
pub fn decode_still(
    frame: &Frame,
    second: Option<&mut dyn SecondDetector>,
    time_left: &mut dyn FnMut() -> bool,
) -> Vec<DecodedSymbol> {
    let mut second: Second<'_> = second;
    let [small, large] = LONG_SIDES;
    let mut found = whole(frame, small, &mut second, time_left);
    let is_larger = |side: usize| frame.long_side() > side;
    if found.is_empty() && is_larger(large) {
        found = tiles(frame, &mut second, false, time_left);
    }
    if found.is_empty() && is_larger(small) {
        found = whole(frame, large, &mut second, time_left);
    }
    if found.is_empty() && is_larger(large) {
        found = tiles(frame, &mut second, true, time_left);
    }
    joined(found)
}

/// What is read in the photo at a size; one read after the other is painted over.
fn whole(
    frame: &Frame,
    long_side: usize,
    second: &mut Second<'_>,
    time_left: &mut dyn FnMut() -> bool,
) -> Vec<DecodedSymbol> {
    let mut shown = fit_within(frame, long_side);
    let scale = frame.width() as f32 / shown.width() as f32;
    let mut found = Vec::new();
    loop {
        let (mut more, goes_on) = climb(&shown, second, found.is_empty(), time_left);
        // Gone, they cannot lend their finder patterns to their neighbours any more.
        for payload in &mut more {
            if goes_on {
                Cow::to_mut(&mut shown).erase(&payload.corners);
            }
            payload.corners = payload.corners.map(|(x, y)| (x * scale, y * scale));
        }
        let known = found.len();
        merge(&mut found, more);
        if found.len() == known || !goes_on {
            return found;
        }
    }
}

/// What is read in the tiles of a photo, one at a time: with the first steps in each, or `thorough`
/// with the others where something like a code is seen.
fn tiles(
    frame: &Frame,
    second: &mut Second<'_>,
    thorough: bool,
    time_left: &mut dyn FnMut() -> bool,
) -> Vec<DecodedSymbol> {
    let steps = Analysis::steps(second);
    let (quick, others) = steps.split_at(FIRST_STEPS.min(steps.len()));
    let mut found = Vec::new();
    for (top, height) in spans(frame.height()) {
        for (left, width) in spans(frame.width()) {
            if !time_left() {
                return found;
            }
            let tile = crop(frame, left, top, width, height);
            let mut analysis = Analysis::new(&tile, MOST_IN_TILE);
            if thorough && !analysis.sees_finders() {
                continue;
            }
            for &step in if thorough { others } else { quick } {
                let mut more = analysis.take(step, second, time_left);
                for (x, y) in more.iter_mut().flat_map(|payload| &mut payload.corners) {
                    (*x, *y) = (*x + left as f32, *y + top as f32);
                }
                let is_read = !more.is_empty();
                merge(&mut found, more);
                if is_read {
                    break;
                }
            }
        }
    }
    found
}

/// Where the tiles of a side begin, and how long they are.
fn spans(side: usize) -> impl Iterator<Item = (usize, usize)> {
    let length = TILE.min(side);
    let steps = (side - length).div_ceil(TILE - OVERLAP);
    (0..=steps).map(move |i| ((side - length) * i / steps.max(1), length))
}

/// The steps of the ladder one by one until one reads something; only as many as are worth it when
/// other codes of the picture were read already.
fn climb(
    frame: &Frame,
    second: &mut Second<'_>,
    first_time: bool,
    time_left: &mut dyn FnMut() -> bool,
) -> (Vec<DecodedSymbol>, bool) {
    /// Steps for what is left in a picture in which something was read.
    const STEPS_FOR_OTHERS: usize = 4;
    let mut analysis = Analysis::new(frame, MOST_REGIONS);
    let steps = Analysis::steps(second);
    let mut count = steps.len();
    if !first_time {
        if !time_left() || analysis.expected() == 0 {
            return (Vec::new(), false);
        }
        count = count.min(STEPS_FOR_OTHERS);
    }
    for &step in &steps[..count] {
        if !time_left() {
            break;
        }
        let found = analysis.take(step, second, time_left);
        if !found.is_empty() {
            let more = analysis.has_more(&found);
            return (found, more);
        }
    }
    (Vec::new(), false)
}
