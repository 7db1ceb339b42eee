//! `quircs`, with the mirror retry that it lacks: its detector fills areas instead of following
//! lines, and finds codes whose finder patterns other detectors do not.

use quircs::{Code, DataType, Point, Quirc};
use scan::{Frame, Payload};

/// The longest side that it gets, in pixels. The time that it can lose in a degenerate frame grows
/// with the fourth power of it.
const LONGEST: usize = 900;

/// Finder patterns beyond which it is not asked: it pairs those of different codes, and can spiral
/// for seconds from where such a code would end.
const MOST_CROWD: usize = 10;

/// Every code that it reads in a frame with so many finder patterns.
pub(crate) fn read(frame: &Frame, patterns: usize) -> Vec<Payload> {
    let mut payloads = Vec::new();
    if frame.width().max(frame.height()) > LONGEST || patterns > MOST_CROWD {
        return payloads;
    }
    for code in Quirc::new().identify(frame.width(), frame.height(), frame.luma()).flatten() {
        // A mirrored code (a label seen through glass, a front camera) fails its checksums as it is
        // and passes them with rows and columns exchanged: no second look needed.
        payloads.extend(read_code(&code).or_else(|| read_code(&transposed(&code))));
    }
    payloads
}

fn read_code(code: &Code) -> Option<Payload> {
    let data = code.decode().ok()?;
    // Other character sets than UTF-8 are for a decoder that knows them: a wrong text is worse
    // than none. The last character of a Kanji segment can be missing here.
    let kanji = data.data_type == Some(DataType::Kanji);
    if data.payload.is_empty() || kanji || str::from_utf8(&data.payload).is_err() {
        return None;
    }
    let corners = code.corners.map(|Point { x, y }| (x as f32, y as f32));
    Some(Payload { bytes: data.payload, corners })
}

/// The code as seen in a mirror.
fn transposed(code: &Code) -> Code {
    let mut turned = Code { size: code.size, ..Code::default() };
    let [top_left, top_right, bottom_right, bottom_left] = code.corners;
    turned.corners = [top_left, bottom_left, bottom_right, top_right];
    let size = usize::try_from(code.size).unwrap_or(0);
    for y in 0..size {
        for x in 0..size {
            let (from, to) = (y * size + x, x * size + y);
            let dark =
                code.cell_bitmap.get(from >> 3).is_some_and(|byte| byte >> (from & 7) & 1 == 1);
            if dark && let Some(byte) = turned.cell_bitmap.get_mut(to >> 3) {
                *byte |= 1 << (to & 7);
            }
        }
    }
    turned
}
