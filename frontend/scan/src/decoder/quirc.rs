//! The `quircs` decoder, with the mirror retry that it lacks.

use crate::{Frame, Payload};
use quircs::{Code, DataType, Point, Quirc};

/// Smaller frames cannot hold a code: version 1 has 21 modules.
const SMALLEST_SIDE: usize = 21;

/// `quircs` and its buffers, kept from frame to frame.
pub(crate) struct QuircDecoder {
    quirc: Quirc,
}

impl QuircDecoder {
    pub(crate) fn new() -> Self {
        Self { quirc: Quirc::new() }
    }

    /// Every code that `quircs` reads in the frame.
    pub(crate) fn read(&mut self, frame: &Frame) -> Vec<Payload> {
        let mut payloads = Vec::new();
        if frame.width() < SMALLEST_SIDE || frame.height() < SMALLEST_SIDE {
            return payloads;
        }
        let codes = self.quirc.identify(frame.width(), frame.height(), frame.luma());
        for code in codes.flatten() {
            // A mirrored code (a label seen through glass, a front camera) fails its checksums
            // as it is and passes them with rows and columns exchanged: no second look needed.
            let payload = read_code(&code).or_else(|| read_code(&transposed(&code)));
            payloads.extend(payload);
        }
        payloads
    }
}

fn read_code(code: &Code) -> Option<Payload> {
    let data = code.decode().ok()?;
    // Other character sets than UTF-8 are left to the second decoder, which knows them: a wrong
    // text is worse than none. The last character of a Kanji segment can be missing here.
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
