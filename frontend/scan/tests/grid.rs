//! Codes at every angle, bent out of shape, blurred and half hidden.
#![expect(clippy::unwrap_used, reason = "drawing a test picture either works or is a bug here")]

mod drawing;

use drawing::{Drawing, Noise, square};
use scan::{Scanner, decode_still};

const LABEL: &str = "HTTPS://JIANMA.EXAMPLE/C/330106001001GB00012F00010001";
/// Places from which a label is seen at an angle.
const ASLANT: [drawing::Corners; 4] = [
    [(420.0, 200.0), (760.0, 120.0), (800.0, 560.0), (440.0, 460.0)],
    [(500.0, 180.0), (760.0, 180.0), (900.0, 560.0), (360.0, 560.0)],
    [(360.0, 300.0), (640.0, 100.0), (900.0, 320.0), (640.0, 640.0)],
    [(340.0, 260.0), (900.0, 180.0), (880.0, 480.0), (360.0, 530.0)],
];

/// What the first steps read, which every live frame gets.
fn at_once(drawing: Drawing) -> Vec<(String, [(f32, f32); 4])> {
    let scan = Scanner::new().scan(&drawing.frame(), None, &mut || false);
    scan.payloads.iter().map(|payload| (payload.text.clone(), payload.corners)).collect()
}

fn still(drawing: Drawing) -> Vec<String> {
    let payloads = decode_still(&drawing.frame(), None, &mut || true);
    payloads.iter().map(|payload| payload.text.clone()).collect()
}

fn is_near(found: [(f32, f32); 4], expected: drawing::Corners, within: f32) {
    for ((x, y), (u, v)) in found.into_iter().zip(expected) {
        assert!((x - u).abs() < within && (y - v).abs() < within, "({x}, {y}) is not ({u}, {v})");
    }
}

#[test]
fn a_label_is_read_however_it_is_turned() {
    for degrees in (0..360).step_by(15) {
        let corners = square((640.0, 360.0), 200.0, degrees as f32);
        let found = at_once(Drawing::seen_at(LABEL, 0, corners));
        assert_eq!(found.len(), 1, "{degrees} degrees");
        assert_eq!(found[0].0, LABEL);
        is_near(found[0].1, corners, 2.0);
    }
}

#[test]
fn a_label_is_read_from_the_side() {
    for corners in ASLANT {
        let found = at_once(Drawing::seen_at(LABEL, 0, corners));
        assert_eq!(found.len(), 1, "{corners:?}");
        assert_eq!(found[0].0, LABEL);
        // Less than a module: corners are extrapolated from inside the code.
        is_near(found[0].1, corners, 12.0);
    }
}

#[test]
fn the_corners_of_a_mirrored_label_go_the_other_way() {
    let [a, b, c, d] = ASLANT[0];
    let found = at_once(Drawing::seen_at(LABEL, 0, [b, a, d, c]).inverted());
    assert_eq!(found[0].0, LABEL);
    is_near(found[0].1, [b, a, d, c], 7.0);
}

#[test]
fn codes_of_many_sizes_are_read_in_perspective() {
    let corners = [(300.0, 40.0), (960.0, 20.0), (1010.0, 700.0), (280.0, 660.0)];
    for version in [1, 2, 6, 7, 10, 14, 21, 27, 32] {
        let text = "0123456789".repeat(if version == 1 { 3 } else { 4 });
        let drawing = Drawing::seen_at(&text, version, corners);
        assert_eq!(still(drawing), [text], "version {version}");
    }
}

#[test]
fn small_labels_are_read() {
    for module in [1.8, 2.0, 2.5] {
        let corners = square((640.3, 360.7), 33.0 * module, 7.0);
        let drawing = Drawing::seen_at(LABEL, 4, corners).grainy(6, &mut Noise(9));
        assert_eq!(still(drawing), [LABEL], "{module} pixels a module");
    }
}

#[test]
fn blur_of_more_than_half_a_module_is_undone() {
    for share in [0.3, 0.45, 0.55, 0.65] {
        let module = 6.0;
        let corners = square((640.0, 360.0), 33.0 * module, 11.0);
        let drawing = Drawing::seen_at(LABEL, 4, corners).blurred(share * module);
        let drawing = drawing.grainy(2, &mut Noise(3));
        assert_eq!(still(drawing), [LABEL], "{share} of a module");
    }
}

#[test]
fn a_finder_pattern_may_be_hidden() {
    let corners = square((640.0, 360.0), 231.0, 20.0);
    // Of the pattern's middle and what is about it.
    for i in [0, 1, 3] {
        let (x, y) = corners[i];
        let (x, y) = (x + (640.0 - x) * 0.21, y + (360.0 - y) * 0.21);
        let drawing = Drawing::seen_at(LABEL, 4, corners).with_glare((x, y), 26.0);
        assert_eq!(still(drawing), [LABEL], "pattern {i}");
    }
}

#[test]
fn neighbours_are_told_apart() {
    let mut drawing = Drawing::blank(1280, 720);
    for i in 0..6 {
        drawing.put(&format!("NEIGHBOUR {i}"), 6, 100 + i % 3 * 150, 100 + i / 3 * 150);
    }
    let mut found = still(drawing);
    found.sort();
    assert_eq!(found, (0..6).map(|i| format!("NEIGHBOUR {i}")).collect::<Vec<_>>());
}
