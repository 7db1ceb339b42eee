//! Codes that `quircs` finds: its detector fills areas instead of following lines, and so finds some
//! whose finder patterns are bent, worn or hardly one in any row.
//!
//! Only its grid is used. Its own reading of the words stops at a mode that it does not know and
//! takes what was read so far for all.

use crate::{Frame, Grid, preprocess};
use quircs::{Code, Point, Quirc};

/// The longest side that it gets, in pixels. The time that it can lose in a degenerate frame grows
/// with the fourth power of it.
const LONGEST: usize = 900;

/// Every grid that it finds in a frame, dark on light, whose checksums hold; and by how much the
/// frame was shrunk for it.
pub(crate) fn grids(frame: &Frame) -> (Vec<Grid>, f32) {
    let shown = preprocess::fit_within(frame, LONGEST);
    let mut quirc = Quirc::new();
    let codes = quirc.identify(shown.width(), shown.height(), shown.luma()).flatten();
    let grids = codes.filter_map(|code| grid(&code)).filter(Grid::holds).collect();
    (grids, frame.width() as f32 / shown.width() as f32)
}

fn grid(code: &Code) -> Option<Grid> {
    let modules = usize::try_from(code.size).ok()?;
    let is_dark =
        |i: usize| code.cell_bitmap.get(i >> 3).is_some_and(|byte| byte >> (i & 7) & 1 == 1);
    let corners = code.corners.map(|Point { x, y }| (x as f32, y as f32));
    Grid::new((0..modules * modules).map(is_dark), corners)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::canvas::Canvas;
    use qrcode::{Color, EcLevel, Version, ec::construct_codewords};

    /// A code of these data words at 5 pixels a module.
    fn drawn(words: &[u8]) -> Frame {
        let (version, level) = (Version::Normal(2), EcLevel::L);
        let mut words = words.to_vec();
        words.resize(34, 0);
        let (data, checks) = construct_codewords(&words, version, level).unwrap();
        let mut canvas = Canvas::new(version, level);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &checks);
        let modules = canvas.apply_best_mask().into_colors();
        let side = (25 + 8) * 5;
        let dark = |i: usize| {
            let at = |pixel: usize| (pixel / 5).checked_sub(4).filter(|&at| at < 25);
            at(i % side).zip(at(i / side)).is_some_and(|(x, y)| modules[y * 25 + x] == Color::Dark)
        };
        Frame::of(side, side, (0..side * side).map(|i| if dark(i) { 20 } else { 230 }).collect())
    }

    /// Bytes: a parcel code, and then a mode.
    fn parcel_then(mode: u8) -> Vec<u8> {
        let text = b"330521001001GB00172";
        let mut nibbles = vec![4, 1, 3];
        nibbles.extend(text.iter().flat_map(|byte| [byte >> 4, byte & 15]));
        nibbles.extend([mode, 1, 0, 2, 7, 7, 7, 7]);
        nibbles.chunks(2).map(|two| two[0] << 4 | two.get(1).unwrap_or(&0)).collect()
    }

    #[test]
    fn what_it_finds_counts_only_if_our_reading_comes_to_the_end() {
        for mode in [3, 5, 6, 9, 10, 11, 12, 14, 15] {
            let frame = drawn(&parcel_then(mode));
            let (side, luma) = (frame.width(), frame.luma());
            let mut quirc = Quirc::new();
            let code = quirc.identify(side, side, luma).flatten().next().unwrap();
            if mode == 6 {
                // Its own reading is cut off, and is a parcel's.
                assert_eq!(code.decode().unwrap().payload, b"330521001001GB00172");
            }
            assert_eq!(grids(&frame).0, [], "mode {mode}");
        }
        let whole = grids(&drawn(&parcel_then(0))).0;
        assert_eq!(whole[0].read().unwrap().text, "330521001001GB00172");
    }
}
