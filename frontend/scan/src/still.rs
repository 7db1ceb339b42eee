//! Reading one photo.

use crate::decoder::quirc::QuircDecoder;
use crate::payload::merge;
use crate::prepare::{Preparation, crop, fit_within};
use crate::scanner::read_prepared;
use crate::{Frame, Payload};

/// The longest side at which a photo is read, in pixels. Beyond it a code that fits a photo has
/// more pixels than a reading needs, and the time grows with the area.
pub const STILL_LONG_SIDE: usize = 2560;

/// The sizes at which a photo is read, by long side, in the order in which they pay off: a phone's
/// 12 megapixels are mostly noise to the decoder, and most codes are large in the picture.
const LONG_SIDES: [usize; 3] = [1280, 640, STILL_LONG_SIDE];

/// Every distinct payload in a photo.
///
/// Tries all preparations at several sizes until something is read, then goes on only while
/// finder patterns say that another code is in view. `time_left` is asked before every pass (a
/// pass takes 1–100 ms natively); when it says no, what was read so far is the answer.
pub fn decode_still(frame: &Frame, time_left: &mut dyn FnMut() -> bool) -> Vec<Payload> {
    let mut decoder = QuircDecoder::new();
    let mut found = Vec::new();
    for view in views(frame) {
        let mut shown = view.show(frame);
        for preparation in [None].into_iter().chain(Preparation::ALL.map(Some)) {
            loop {
                if !time_left() {
                    return found;
                }
                let (mut payloads, unread_finders) = match preparation {
                    None => {
                        let reading = decoder.read(&shown);
                        (reading.payloads, reading.unread_finders)
                    }
                    Some(preparation) => read_prepared(&mut decoder, preparation, &shown),
                };
                let known = found.len();
                for payload in &mut payloads {
                    // Gone, it cannot lend its finder patterns to its neighbours any more.
                    shown.erase(&payload.corners);
                    view.restore(&shown, payload);
                }
                merge(&mut found, payloads);
                if !found.is_empty() && unread_finders < 3 {
                    return found;
                }
                if found.len() == known {
                    break;
                }
            }
        }
    }
    found
}

/// A part of the photo, shrunk to a long side.
struct View {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    long_side: usize,
}

impl View {
    fn show(&self, frame: &Frame) -> Frame {
        let whole = self.width == frame.width() && self.height == frame.height();
        if whole {
            return fit_within(frame, self.long_side);
        }
        fit_within(&crop(frame, self.left, self.top, self.width, self.height), self.long_side)
    }

    /// Brings what was read in the view back to the pixels of the photo.
    fn restore(&self, shown: &Frame, payload: &mut Payload) {
        let scale = self.width as f32 / shown.width() as f32;
        payload.corners = payload
            .corners
            .map(|(x, y)| (x * scale + self.left as f32, y * scale + self.top as f32));
    }
}

/// Everything that is looked at in a photo, in order: the whole at each size, then its quarters
/// with some overlap, for a code that is small in the photo or lies in other light than the rest.
fn views(frame: &Frame) -> Vec<View> {
    let (width, height) = (frame.width(), frame.height());
    let mut views: Vec<View> = Vec::new();
    for long_side in LONG_SIDES {
        let long_side = long_side.min(frame.long_side());
        // A small photo is the same at every size that it fits in.
        if views.iter().all(|view| view.long_side != long_side) {
            views.push(View { left: 0, top: 0, width, height, long_side });
        }
    }
    let (part_width, part_height) = (part(width), part(height));
    for top in [0, height - part_height] {
        for left in [0, width - part_width] {
            let (width, height) = (part_width, part_height);
            views.push(View { left, top, width, height, long_side: LONG_SIDES[0] });
        }
    }
    views
}

/// Three fifths of a side: a code up to a fifth of the photo is whole in one quarter at least.
fn part(side: usize) -> usize {
    (side * 3).div_ceil(5)
}
