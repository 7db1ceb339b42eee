//! What must hold for any bytes. Called by the fuzzer and by a test of `scan`, so that it cannot
//! rot.
#![allow(dead_code, reason = "each target calls one of the two")]

use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, Version, bits::Bits};
use scan::{DecodedSymbol, Frame, Grid, Scanner, SecondDetector, decode_still};

/// Regions and steps after which time is up, so that no frame takes the fuzzer's.
const MOST_ASKED: usize = 200;

/// A frame: its width, by how much each pixel is repeated, and its pixels row by row. Panics when
/// something that must hold of it does not.
pub fn check_frame(data: &[u8]) {
    let [width, repeat, pixels @ ..] = data else { return };
    let (width, repeat) = (usize::from(*width) + 1, usize::from(repeat % 4) + 1);
    let height = pixels.len() / width;
    assert!(Frame::from_luma(width, height + 1, pixels.to_vec()).is_err());
    if height == 0 {
        return;
    }
    let across = width * repeat;
    let luma = (0..across * height * repeat)
        .map(|i| pixels[i / across / repeat * width + i % across / repeat])
        .collect();
    let frame = Frame::from_luma(across, height * repeat, luma).expect("the size is that of luma");

    let mut asked = 0;
    let mut time_left = || {
        asked += 1;
        asked < MOST_ASKED
    };
    let scan = Scanner::new().scan(&frame, None, &mut time_left);
    scan.payloads.iter().for_each(check_payload);
    let view = scan.view;
    assert!((0.0..=255.0).contains(&view.light) && (0.0..=255.0).contains(&view.contrast));
    assert!((0.0..=1.0).contains(&view.glare) && (0.0..=1.0).contains(&view.sharpness));
    assert!(view.module.is_finite() && view.module >= 0.0);
    assert!(scan.payloads.is_empty() || view.finders == 0);
    asked = 0;
    let mut time_left = || {
        asked += 1;
        asked < MOST_ASKED
    };
    decode_still(&frame, None, &mut time_left).iter().for_each(check_payload);
}

/// The data of a symbol: its version and level, and its data codewords, as far as they go. Panics
/// when something that must hold of what it says does not.
pub fn check_codewords(data: &[u8]) {
    let [kind, words @ ..] = data else { return };
    let version = Version::Normal(i16::from(kind >> 2) % 40 + 1);
    let level = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H][usize::from(kind & 3)];
    let mut words = words.to_vec();
    words.resize(Bits::new(version).max_len(level).expect("every version has a size") / 8, 0);
    let (data, checks) = construct_codewords(&words, version, level).expect("the size is right");
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &checks);
    // Any mask will do, and to look for the best takes longer than all else.
    canvas.apply_mask(MaskPattern::Checkerboard);
    let modules = canvas.into_colors();
    let corners = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)];
    let dark = modules.iter().map(|&module| module == Color::Dark);
    let grid = Grid::new(dark, corners).expect("a symbol is a grid");

    let holds = grid.holds();
    let blank = Frame::from_luma(8, 8, vec![255; 64]).expect("a blank frame");
    let read = decode_still(&blank, Some(&mut Finds(grid)), &mut || true);
    assert!(holds || read.is_empty(), "what does not hold is not read");
    assert!(read.len() <= 1);
    read.iter().for_each(check_payload);
}

/// Finds the same grid in every frame.
struct Finds(Grid);

impl SecondDetector for Finds {
    fn find(&mut self, _frame: &Frame) -> Vec<Grid> {
        vec![self.0.clone()]
    }
}

fn check_payload(payload: &DecodedSymbol) {
    for (x, y) in payload.corners {
        assert!(x.is_finite() && y.is_finite(), "{payload:?}");
    }
    match payload.part {
        Some(part) => assert!((1..=part.total).contains(&part.number) && part.total <= 16),
        None => assert!(!payload.text.is_empty(), "{payload:?}"),
    }
}
