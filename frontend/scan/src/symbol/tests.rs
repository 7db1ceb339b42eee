//! Codes made by another program, read back.

use super::*;
use crate::text::text_of;
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

const LEVELS: [EcLevel; 4] = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H];

/// -0.5 for dark and 0.5 for light.
fn drawn(code: &QrCode) -> Vec<f32> {
    code.to_colors().iter().map(|&c| if c == Color::Dark { -0.5 } else { 0.5 }).collect()
}

fn read_levels(levels: &[f32], side: usize, guess: bool, mirrored: bool) -> Option<String> {
    let modules = Modules { levels, stride: side, margin: 0, mirrored };
    text_of(&read(&modules, &Layout::of(side), guess)?.segments)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The same numbers on every machine.
fn noise() -> impl FnMut() -> usize {
    let mut state = 20_261_122_u64;
    move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize
    }
}

#[test]
fn every_version_at_every_level_is_read() {
    for version in 1..=40 {
        for level in LEVELS {
            let said = "0123456789".repeat(usize::from(version as u8) / 2 + 1);
            let code = QrCode::with_version(&said, Version::Normal(version), level).unwrap();
            let side = code.width();
            let levels = drawn(&code);
            assert_eq!(
                read_levels(&levels, side, false, false),
                text(&said),
                "{version} {level:?}"
            );
            if version % 9 == 1 {
                let turned: Vec<f32> =
                    (0..side * side).map(|i| levels[i % side * side + i / side]).collect();
                assert_eq!(read_levels(&turned, side, false, true), text(&said));
            }
        }
    }
}

#[test]
fn the_layout_is_that_of_drawn_codes() {
    for version in [1, 2, 6, 7, 14, 22, 32, 36, 40] {
        let code = QrCode::with_version("1", Version::Normal(version), EcLevel::L).unwrap();
        let (side, colours) = (code.width(), code.to_colors());
        let layout = Layout::of(side);
        for (i, &colour) in colours.iter().enumerate() {
            if let ModuleKind::Pattern(dark) = layout.at(i % side, i / side) {
                assert_eq!(colour == Color::Dark, dark, "version {version}, module {i}");
            }
        }
    }
}

#[test]
fn segments_of_all_kinds_follow_one_another() {
    let mut bits = Bits::new(Version::Normal(5));
    bits.push_numeric_data(b"0079").unwrap();
    bits.push_alphanumeric_data(b"A-B:9").unwrap();
    bits.push_eci_designator(26).unwrap();
    bits.push_byte_data("见码".as_bytes()).unwrap();
    bits.push_numeric_data(b"31415").unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
    let read = read_levels(&drawn(&code), code.width(), false, false);
    assert_eq!(read, text("0079A-B:9见码31415"));
}

/// A label, and the places of its data modules.
fn label(level: EcLevel) -> (&'static str, usize, Vec<f32>, Vec<usize>) {
    let said = "HTTPS://JIANMA.EXAMPLE/C/330106001001GB00012F00010001";
    let code = QrCode::with_version(said, Version::Normal(5), level).unwrap();
    let side = code.width();
    let layout = Layout::of(side);
    let data =
        (0..side * side).filter(|i| layout.at(i % side, i / side) == ModuleKind::Data).collect();
    (said, side, drawn(&code), data)
}

#[test]
fn wrong_modules_are_corrected_and_too_many_are_not_misread() {
    let (said, side, levels, data) = label(EcLevel::M);
    let mut next = noise();
    let mut unread = 0;
    for round in 0..400 {
        let wrong = round / 8;
        let mut spoiled = levels.clone();
        for _ in 0..wrong {
            let at = data[next() % data.len()];
            spoiled[at] = -levels[at];
        }
        for guess in [false, true] {
            let read = read_levels(&spoiled, side, guess, false);
            assert!(read.is_none() || read == text(said), "{read:?}");
            // 12 words in each of two blocks can be wrong.
            assert!(read.is_some() || wrong > 12, "{wrong} wrong modules");
            unread += usize::from(read.is_none());
        }
    }
    assert!(unread > 50, "the damage was small");
}

#[test]
fn words_known_to_be_lost_count_half() {
    // A spot of glare: all light, and known to be uncertain. Too much for level M as it is.
    let (said, side, levels, _) = label(EcLevel::M);
    let mut spoiled = levels;
    for row in 14..26 {
        for column in 14..27 {
            spoiled[row * side + column] = 0.01;
        }
    }
    assert_eq!(read_levels(&spoiled, side, false, false), None);
    assert_eq!(read_levels(&spoiled, side, true, false), text(said));
}

#[test]
fn chance_is_not_read() {
    let mut next = noise();
    for side in [21, 25, 29, 33, 37] {
        let layout = Layout::of(side);
        for _ in 0..1500 {
            let levels: Vec<f32> =
                (0..side * side).map(|_| (next() % 2001) as f32 / 1000.0 - 1.0).collect();
            let modules = Modules { levels: &levels, stride: side, margin: 0, mirrored: false };
            assert_eq!(read(&modules, &layout, true), None);
        }
    }
}

#[test]
fn format_information_survives_three_wrong_bits_in_one_copy_and_the_loss_of_the_other() {
    let (said, side, levels, _) = label(EcLevel::Q);
    let mut spoiled = levels;
    for at in [1, 3, 5] {
        spoiled[at * side + 8] *= -1.0;
    }
    for at in side - 8..side {
        spoiled[8 * side + at] = 0.5;
        spoiled[at * side + 8] = if at == side - 8 { -0.5 } else { 0.5 };
    }
    assert_eq!(read_levels(&spoiled, side, false, false), text(said));
}
