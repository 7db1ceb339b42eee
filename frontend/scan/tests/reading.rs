//! What the pipeline must read, and what it must not.
#![expect(clippy::unwrap_used, reason = "drawing a test picture either works or is a bug here")]

mod drawing;

use drawing::{Drawing, Noise};
use scan::{DecodedSymbol, Frame, Grid, Scanner, SecondDetector, decode_still};
use std::collections::BTreeSet;

/// The form that labels carry.
const LABEL: &str = "HTTPS://JIANMA.EXAMPLE/C/330106001001GB00012F00010001";

fn texts(payloads: &[DecodedSymbol]) -> Vec<String> {
    payloads.iter().map(|payload| payload.text.clone()).collect()
}

/// Shows the same frame to a scanner until it reads something, as a camera held still does.
fn scan_for(frames: usize, frame: &Frame) -> Vec<String> {
    let mut scanner = Scanner::new();
    (0..frames)
        .map(|_| scanner.scan(frame, None, &mut || true).payloads)
        .find(|payloads| !payloads.is_empty())
        .map(|payloads| texts(&payloads))
        .unwrap_or_default()
}

/// FinderPattern patterns without a code between them.
fn hollow() -> Drawing {
    let mut drawing = Drawing::of(LABEL, 6);
    for row in drawing.luma.chunks_exact_mut(640).skip(195).take(90) {
        row[280..400].fill(235);
    }
    drawing
}

fn decode(frame: &Frame) -> Vec<DecodedSymbol> {
    decode_still(frame, None, &mut || true)
}

#[test]
fn a_plain_code_is_read_in_the_first_frame_with_its_corners() {
    let mut drawing = Drawing::blank(640, 480);
    drawing.put(LABEL, 6, 100, 80);
    let payloads = Scanner::new().scan(&drawing.frame(), None, &mut || true).payloads;
    assert_eq!(texts(&payloads), [LABEL]);
    // A label is version 4 at most: 33 modules of 6 pixels.
    let side = payloads[0].corners[1].0 - payloads[0].corners[0].0;
    let expected = [(100.0, 80.0), (100.0 + side, 80.0), (100.0 + side, 80.0 + side)];
    for ((x, y), (u, v)) in payloads[0].corners.into_iter().zip(expected) {
        assert!((x - u).abs() < 4.0 && (y - v).abs() < 4.0, "({x}, {y}) is not ({u}, {v})");
    }
}

#[test]
fn chinese_text_survives() {
    assert_eq!(scan_for(1, &Drawing::of("见码 · 一地一码", 6).frame()), ["见码 · 一地一码"]);
}

#[test]
fn a_mirrored_code_is_read_in_the_first_frame() {
    assert_eq!(scan_for(1, &Drawing::of(LABEL, 6).mirrored().frame()), [LABEL]);
}

#[test]
fn an_inverted_code_is_read_in_the_first_frame() {
    assert_eq!(scan_for(1, &Drawing::of(LABEL, 6).inverted().frame()), [LABEL]);
}

#[test]
fn an_unevenly_lit_code_is_read_within_one_round() {
    let frame = Drawing::of(LABEL, 8).unevenly_lit().frame();
    assert_eq!(scan_for(6, &frame), [LABEL]);
}

#[test]
fn a_small_code_is_read_within_one_round() {
    let frame = Drawing::of(LABEL, 3).grainy(12, &mut Noise(7)).frame();
    assert_eq!(scan_for(6, &frame), [LABEL]);
}

#[test]
fn a_still_gets_every_preparation() {
    let hard = [
        Drawing::of(LABEL, 6).inverted(),
        Drawing::of(LABEL, 8).unevenly_lit(),
        Drawing::of(LABEL, 6).mirrored().inverted(),
    ];
    for drawing in hard {
        assert_eq!(texts(&decode(&drawing.frame())), [LABEL]);
    }
}

#[test]
fn corners_of_a_still_are_in_pixels_of_the_still() {
    // Read at a smaller size, inverted and mirrored: every way back is taken.
    let mut drawing = Drawing::blank(3000, 2000);
    drawing.put(LABEL, 20, 1500, 900);
    let payloads = decode(&drawing.mirrored().inverted().frame());
    assert_eq!(texts(&payloads), [LABEL]);
    let [(x, y), ..] = payloads[0].corners;
    assert!((x - 1500.0).abs() < 12.0 && (y - 900.0).abs() < 12.0, "({x}, {y})");
}

#[test]
fn several_labels_in_one_picture_are_all_read_once() {
    let mut drawing = Drawing::blank(1280, 720);
    for (text, left, top) in [("first", 60, 60), ("second", 700, 80), ("first", 400, 420)] {
        drawing.put(text, 7, left, top);
    }
    let mut found = texts(&decode(&drawing.frame()));
    found.sort();
    assert_eq!(found, ["first", "second"]);
}

#[test]
fn every_label_of_a_sheet_is_read_and_says_where_it_is() {
    // FinderPattern patterns of neighbours stand in line, which the decoder takes for one large code.
    let mut drawing = Drawing::blank(1600, 1200);
    for (i, (left, top)) in (0..12).map(|i| (i, (60 + i % 4 * 390, 60 + i / 4 * 390))) {
        drawing.put(&format!("LABEL {i}"), 10, left, top);
    }
    let payloads = decode(&drawing.frame());
    assert_eq!(payloads.len(), 12, "only {:?}", texts(&payloads));
    for payload in payloads {
        let i: usize = payload.text.trim_start_matches("LABEL ").parse().unwrap();
        let (x, y) = payload.corners[0];
        let (left, top) = ((60 + i % 4 * 390) as f32, (60 + i / 4 * 390) as f32);
        assert!((x - left).abs() < 12.0 && (y - top).abs() < 12.0, "{i} at ({x}, {y})");
    }
}

#[test]
fn no_time_means_no_step() {
    let frame = Drawing::of(LABEL, 6).frame();
    assert!(decode_still(&frame, None, &mut || false).is_empty());
    // A live frame gets its first step: a slow phone must read something.
    let scan = Scanner::new().scan(&frame, None, &mut || false);
    assert_eq!(texts(&scan.payloads), [LABEL]);
}

/// Reads nothing, and counts how often it is asked.
#[derive(Default)]
struct Blind {
    asked: usize,
}

impl SecondDetector for Blind {
    fn find(&mut self, _frame: &Frame) -> Vec<Grid> {
        self.asked += 1;
        Vec::new()
    }
}

#[test]
fn the_second_detector_is_asked_about_what_we_cannot_read_and_stands_in_nobodys_way() {
    let mut blind = Blind::default();
    let frame = Drawing::of(LABEL, 6).frame();
    assert_eq!(texts(&decode_still(&frame, Some(&mut blind), &mut || true)), [LABEL]);
    assert_eq!(blind.asked, 0);
    assert_eq!(decode_still(&hollow().frame(), Some(&mut blind), &mut || true), []);
    assert!(blind.asked > 0);
}

/// Reads nothing, and remembers what it was shown.
#[derive(Default)]
struct Witness {
    shown: BTreeSet<Vec<u8>>,
}

impl SecondDetector for Witness {
    fn find(&mut self, frame: &Frame) -> Vec<Grid> {
        self.shown.insert(frame.luma().to_vec());
        Vec::new()
    }
}

#[test]
fn steps_go_on_where_the_last_frame_ended() {
    // FinderPattern patterns without a code: every step is taken, and none reads anything.
    let frame = hollow().frame();
    let short = |scanner: &mut Scanner, witness: &mut Witness| {
        let mut asked = 0;
        let mut time_left = || {
            asked += 1;
            asked < 8
        };
        assert_eq!(scanner.scan(&frame, Some(witness), &mut time_left).payloads, []);
    };
    let (mut all, mut anew, mut on) = <(Witness, Witness, Witness)>::default();
    Scanner::new().scan(&frame, Some(&mut all), &mut || true);
    let mut scanner = Scanner::new();
    for _ in 0..30 {
        short(&mut Scanner::new(), &mut anew);
        short(&mut scanner, &mut on);
    }
    assert!(anew.shown.len() < all.shown.len(), "time was not short");
    assert!(on.shown.is_superset(&all.shown), "{} of {}", on.shown.len(), all.shown.len());
}

#[test]
fn the_same_frames_give_the_same_answers() {
    let mut noise = Noise(5);
    let frames: Vec<Frame> =
        (2..7).map(|size| Drawing::of(LABEL, size).grainy(40, &mut noise).frame()).collect();
    let run = || {
        let mut scanner = Scanner::new();
        frames.iter().map(|frame| scanner.scan(frame, None, &mut || true)).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn a_frame_that_is_not_read_says_what_it_shows() {
    let scan = Scanner::new().scan(&hollow().frame(), None, &mut || true);
    assert_eq!(scan.payloads, []);
    assert!((2..=4).contains(&scan.view.finders), "{:?}", scan.view);
    assert!((scan.view.module - 6.0).abs() < 1.0, "{:?}", scan.view);
    let read = Scanner::new().scan(&Drawing::of(LABEL, 6).frame(), None, &mut || true);
    assert_eq!(read.view.finders, 0);
    assert!((read.view.module - 6.0).abs() < 1.0, "{:?}", read.view);
}

#[test]
fn noise_is_neither_read_nor_fatal() {
    let mut noise = Noise(20_261_122);
    let mut scanner = Scanner::new();
    for round in 0..150 {
        let (width, height) = (1 + noise.next() as usize % 200, 1 + noise.next() as usize % 160);
        let grain = 1 + noise.next() as usize % 24;
        let cells: Vec<u8> = (0..width * height).map(|_| (noise.next() >> 8) as u8).collect();
        let luma = (0..width * height)
            .map(|i| cells[i / width / grain * width + i % width / grain])
            .map(|pixel| if round % 2 == 0 { pixel } else { pixel / 128 * 255 })
            .collect();
        let frame = Frame::from_luma(width, height, luma).unwrap();
        assert_eq!(scanner.scan(&frame, None, &mut || true).payloads, [], "round {round}");
        if round % 30 == 0 {
            assert_eq!(decode(&frame), [], "round {round}");
        }
    }
}

#[test]
fn damaged_codes_are_neither_misread_nor_fatal() {
    let mut noise = Noise(77);
    let mut scanner = Scanner::new();
    for _ in 0..60 {
        let mut drawing = Drawing::of(LABEL, 5);
        for _ in 0..noise.next() % 30 {
            let (x, y) = (noise.next() as usize % 600, noise.next() as usize % 440);
            for row in y..y + 20 {
                drawing.luma[row * 640 + x..][..20].fill((noise.next() >> 8) as u8);
            }
        }
        for payload in scanner.scan(&drawing.frame(), None, &mut || true).payloads {
            assert_eq!(payload.text, LABEL);
        }
    }
}

#[test]
fn the_smallest_frames_are_refused_in_peace() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (20, 20), (21, 21)] {
        let frame = Frame::from_luma(width, height, vec![0; width * height]).unwrap();
        assert_eq!(decode(&frame), []);
    }
}

#[test]
fn small_codes_in_a_large_photo_are_read_at_full_size() {
    // 2 pixels a module in 12 megapixels, also across the edges of tiles.
    for (left, top) in [(300, 200), (2570, 1500), (1250, 2860)] {
        let mut drawing = Drawing::blank(4000, 3000);
        drawing.put(LABEL, 2, left, top);
        let payloads = decode(&drawing.grainy(4, &mut Noise(11)).frame());
        assert_eq!(texts(&payloads), [LABEL], "at ({left}, {top})");
        let (x, y) = payloads[0].corners[0];
        let (left, top) = (left as f32, top as f32);
        assert!((x - left).abs() < 4.0 && (y - top).abs() < 4.0, "({x}, {y})");
    }
}

#[test]
fn a_large_photo_stops_when_time_is_up() {
    let frame = hollow_large().frame();
    let mut asked = 0;
    let mut time_left = || {
        asked += 1;
        asked < 30
    };
    assert_eq!(decode_still(&frame, None, &mut time_left), []);
    assert!((30..60).contains(&asked), "asked {asked} times");
}

/// FinderPattern patterns without a code in a photo that is read in tiles.
fn hollow_large() -> Drawing {
    let (small, mut drawing) = (hollow(), Drawing::blank(3000, 2000));
    for (i, row) in small.luma.chunks_exact(small.width).enumerate() {
        drawing.luma[(700 + i) * 3000 + 900..][..row.len()].copy_from_slice(row);
    }
    drawing
}

#[test]
fn a_code_without_a_quiet_zone_on_dark_ground_is_read_in_a_still() {
    let mut drawing = Drawing::of(LABEL, 8);
    let white = |row: &[u8]| row.iter().position(|&level| level < 100);
    let rows: Vec<usize> =
        (0..480).filter(|y| white(&drawing.luma[y * 640..][..640]).is_some()).collect();
    let (top, bottom) = (rows[0], rows[rows.len() - 1]);
    let (left, right) = ((640 - (bottom + 1 - top)) / 2, (640 + (bottom + 1 - top)) / 2);
    for (i, level) in drawing.luma.iter_mut().enumerate() {
        let (x, y) = (i % 640, i / 640);
        if !(left..right).contains(&x) || !(top..=bottom).contains(&y) {
            *level = 30;
        }
    }
    assert_eq!(texts(&decode(&drawing.frame())), [LABEL]);
}
