//! What the second decoder adds, and that it can be trusted.
#![expect(clippy::unwrap_used, reason = "drawing a test picture either works or is a bug here")]

use qrcode::{EcLevel, QrCode};
use scan::{DecodedSymbol, Frame, Grid, Scanner, SecondDetector, decode_still};
use scan_rxing::Rxing;

const LABEL: &str = "HTTPS://JIANMA.EXAMPLE/C/330106001001GB00012F00010001";

/// A code in the middle of a white frame of 400 × 300, at a number of pixels per module.
fn frame(code: &QrCode, module: usize) -> Frame {
    let side = code.width();
    let dark = code.to_colors();
    let (left, top) = ((400 - side * module) / 2, (300 - side * module) / 2);
    let mut luma = vec![255; 400 * 300];
    for y in 0..side * module {
        for x in 0..side * module {
            if dark[y / module * side + x / module] == qrcode::Color::Dark {
                luma[(top + y) * 400 + left + x] = 0;
            }
        }
    }
    Frame::from_luma(400, 300, luma).unwrap()
}

fn label(module: usize) -> Frame {
    frame(&QrCode::with_error_correction_level(LABEL, EcLevel::M).unwrap(), module)
}

/// What the pipeline reads of the grids that it finds.
fn found_by_it(frame: &Frame) -> Vec<DecodedSymbol> {
    struct Alone;
    impl SecondDetector for Alone {
        fn find(&mut self, frame: &Frame) -> Vec<Grid> {
            Rxing.find(frame)
        }
    }
    decode_still(frame, Some(&mut Alone), &mut || true)
}

fn texts(payloads: &[DecodedSymbol]) -> Vec<String> {
    payloads.iter().map(|payload| payload.text.clone()).collect()
}

#[test]
fn it_reads_codes_of_two_pixels_a_module() {
    for module in [2, 3, 8] {
        assert_eq!(texts(&found_by_it(&label(module))), [LABEL], "{module} pixels");
    }
}

#[test]
fn corners_go_round_from_the_top_left_of_the_code() {
    let found = found_by_it(&label(6));
    let side = 33.0 * 6.0;
    let side =
        if found[0].corners[1].0 - found[0].corners[0].0 < side - 6.0 { 29.0 * 6.0 } else { side };
    let (left, top) = ((400.0 - side) / 2.0, (300.0 - side) / 2.0);
    let expected = [(left, top), (left + side, top), (left + side, top + side), (left, top + side)];
    for ((x, y), (u, v)) in found[0].corners.into_iter().zip(expected) {
        assert!((x - u).abs() < 4.0 && (y - v).abs() < 4.0, "({x}, {y}) is not ({u}, {v})");
    }
}

#[test]
fn the_scanner_reads_with_both_what_it_reads_with_one() {
    let frame = label(5);
    let one = Scanner::new().scan(&frame, None, &mut || true).payloads;
    let both = Scanner::new().scan(&frame, Some(&mut Rxing), &mut || true).payloads;
    assert_eq!(texts(&one), [LABEL]);
    assert_eq!(texts(&both), [LABEL]);
    for ((x, y), (u, v)) in one[0].corners.into_iter().zip(both[0].corners) {
        assert!((x - u).abs() < 4.0 && (y - v).abs() < 4.0, "({x}, {y}) is not ({u}, {v})");
    }
}

#[test]
fn hostile_frames_are_neither_read_nor_fatal() {
    let mut state = 20_261_122_u64;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize
    };
    for round in 0..300 {
        let (width, height) = (1 + next() % 300, 1 + next() % 240);
        let mut luma = vec![255_u8; width * height];
        if round % 2 == 0 {
            let grain = 1 + next() % 9;
            let cells: Vec<u8> = (0..width * height).map(|_| (next() % 2 * 255) as u8).collect();
            for (i, pixel) in luma.iter_mut().enumerate() {
                *pixel = cells[i / width / grain * width + i % width / grain];
            }
        } else {
            // A field of finder patterns.
            for _ in 0..40 {
                let (left, top, module) = (next() % width, next() % height, 1 + next() % 6);
                for y in 0..(7 * module).min(height - top) {
                    for x in 0..(7 * module).min(width - left) {
                        let (u, v) = (x / module, y / module);
                        let ring = u == 0 || u == 6 || v == 0 || v == 6;
                        let stone = (2..5).contains(&u) && (2..5).contains(&v);
                        luma[(top + y) * width + left + x] = if ring || stone { 0 } else { 255 };
                    }
                }
            }
        }
        let frame = Frame::from_luma(width, height, luma).unwrap();
        assert_eq!(Rxing.find(&frame), [], "round {round}");
    }
}
