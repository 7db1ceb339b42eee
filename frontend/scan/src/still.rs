//! Reading one photo, or one frame as well as it can be read.

use crate::ladder::{Look, Second};
use crate::payload::merge;
use crate::prepare::fit_within;
use crate::{Frame, Payload, SecondDecoder};

/// The longest side at which a photo is read, in pixels. Beyond it a code that fits a photo has
/// more pixels than a reading needs, and the time grows with the area.
pub const STILL_LONG_SIDE: usize = 2560;

/// The sizes at which a photo is read, by long side: a phone's 12 megapixels are mostly noise to
/// the decoder, and most codes are large in the picture.
const LONG_SIDES: [usize; 2] = [1280, STILL_LONG_SIDE];

/// Codes that are looked for at once; what is read is painted over, and then it is looked again.
const MOST_REGIONS: usize = 12;

/// Every distinct payload in a photo.
///
/// Goes up the whole ladder until something is read, then goes on only while finder patterns say
/// that another code is in view. `time_left` is asked before every region of every step (0.2–10 ms
/// natively); when it says no, what was read so far is the answer.
pub fn decode_still(
    frame: &Frame,
    second: Option<&mut dyn SecondDecoder>,
    time_left: &mut dyn FnMut() -> bool,
) -> Vec<Payload> {
    let mut second: Second<'_> = second;
    let mut found = Vec::new();
    let mut last_size = 0;
    for long_side in LONG_SIDES {
        let mut shown = fit_within(frame, long_side);
        // A small photo is the same at every size that it fits in.
        if shown.long_side() == last_size {
            break;
        }
        last_size = shown.long_side();
        let scale = frame.width() as f32 / shown.width() as f32;
        loop {
            let (mut more, goes_on) = climb(&shown, &mut second, found.is_empty(), time_left);
            // Gone, they cannot lend their finder patterns to their neighbours any more.
            for payload in &mut more {
                if goes_on {
                    shown.to_mut().erase(&payload.corners);
                }
                payload.corners = payload.corners.map(|(x, y)| (x * scale, y * scale));
            }
            let known = found.len();
            merge(&mut found, more);
            if found.len() == known || !goes_on {
                break;
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// The steps of the ladder one by one until one reads something; only as many as are worth it when
/// other codes of the picture were read already.
fn climb(
    frame: &Frame,
    second: &mut Second<'_>,
    first_time: bool,
    time_left: &mut dyn FnMut() -> bool,
) -> (Vec<Payload>, bool) {
    /// Steps for what is left in a picture in which something was read.
    const STEPS_FOR_OTHERS: usize = 4;
    let mut look = Look::new(frame, MOST_REGIONS);
    let steps = Look::steps(second);
    let mut count = steps.len();
    if !first_time {
        if !time_left() || look.expected() == 0 {
            return (Vec::new(), false);
        }
        count = count.min(STEPS_FOR_OTHERS);
    }
    for &step in &steps[..count] {
        if !time_left() {
            break;
        }
        let found = look.take(step, second, time_left);
        if !found.is_empty() {
            let more = look.has_more(&found);
            return (found, more);
        }
    }
    (Vec::new(), false)
}
