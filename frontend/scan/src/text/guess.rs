//! Which character set bytes are in that do not say so and are not UTF-8.
//!
//! In the order of what codes here are made of: GB 18030 (which GBK and GB 2312 are a part of),
//! Shift JIS, Latin-1. The first two share most pairs of bytes, so it counts which characters the
//! pairs would be: those that texts are made of speak for a set, rare ones little, and pairs with an
//! ASCII letter, which is what Latin-1 has after an accented one, against it.

use super::charset::{Charset, decoded};
use super::{Encoding, Segment, grouped};

/// What speaks for a reading and against it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Evidence {
    /// Characters that texts are made of.
    common: i32,
    /// Characters that names and older texts have.
    rare: i32,
    /// What texts hardly have.
    odd: i32,
}

impl Evidence {
    fn weight(self) -> i32 {
        3 * self.common + self.rare - 4 * self.odd
    }
}

/// The text of segments of which nothing is declared, `all` being their bytes.
pub(super) fn guessed(segments: &[Segment], all: &[u8]) -> String {
    if segments.iter().all(|segment| segment.encoding != Encoding::Kanji) {
        return of_bytes(all);
    }
    // Kanji beside bytes in another set: Chinese bytes some of which look like Shift JIS.
    let beside =
        |segment: &Segment| segment.encoding != Encoding::Kanji && !segment.bytes.is_ascii();
    let chinese = segments.iter().any(beside)
        && is_valid(Charset::GB18030, all)
        && chinese(all).weight() > japanese(all).weight();
    let whole = if chinese { Charset::GB18030 } else { Charset::SHIFT_JIS };
    if let Some(text) = decoded(whole, all) {
        return text;
    }
    let part = |(encoding, bytes): (Encoding, Vec<u8>)| match encoding {
        Encoding::Kanji => decoded(Charset::SHIFT_JIS, &bytes).unwrap_or_else(|| of_bytes(&bytes)),
        _ => of_bytes(&bytes),
    };
    grouped(segments).into_iter().map(part).collect()
}

/// The text of bytes that are whatever they are.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(bytes) {
        return text.to_owned();
    }
    let chinese = (Charset::GB18030, chinese(bytes).weight());
    let japanese = (Charset::SHIFT_JIS, japanese(bytes).weight());
    let order = if japanese.1 > chinese.1 { [japanese, chinese] } else { [chinese, japanese] };
    let least = latin(bytes).weight();
    order
        .into_iter()
        .filter(|&(_, weight)| weight > least)
        .find_map(|(charset, _)| decoded(charset, bytes))
        .unwrap_or_else(|| bytes.iter().copied().map(char::from).collect())
}

fn is_valid(charset: Charset, bytes: &[u8]) -> bool {
    decoded(charset, bytes).is_some()
}

/// As GB 18030.
fn chinese(bytes: &[u8]) -> Evidence {
    let mut evidence = Evidence::default();
    let mut rest = bytes;
    loop {
        rest = match *rest {
            [] => return evidence,
            [..=0x7f, ref after @ ..] => after,
            [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, ref after @ ..] => {
                evidence.common += 1;
                after
            }
            [lead, trail, ref after @ ..] => {
                match (lead, trail) {
                    // Punctuation, full-width letters, and the 3755 characters of level 1.
                    (0xa1..=0xa3 | 0xb0..=0xd7, 0xa1..) => evidence.common += 1,
                    (_, 0x80..) => evidence.rare += 1,
                    _ => evidence.odd += 1,
                }
                after
            }
            [_] => {
                evidence.odd += 1;
                return evidence;
            }
        };
    }
}

/// As Shift JIS.
fn japanese(bytes: &[u8]) -> Evidence {
    let mut evidence = Evidence::default();
    // Katakana of half the width, which every even number of is Chinese too; those with a mark of
    // voice after them, which only some may have; and kana.
    let (mut narrow, mut voiced, mut kana) = (0, 0, 0);
    let mut rest = bytes;
    loop {
        rest = match *rest {
            [] => break,
            [..=0x7f, ref after @ ..] => after,
            [0xb3 | 0xb6..=0xc4 | 0xca..=0xce, 0xde, ref after @ ..]
            | [0xca..=0xce, 0xdf, ref after @ ..] => {
                voiced += 1;
                after
            }
            [0xa1..=0xdf, ref after @ ..] => {
                narrow += 1;
                after
            }
            [lead, trail, ref after @ ..] => {
                match (lead, trail) {
                    (0x82, 0x9f..=0xf1) | (0x83, 0x40..=0x96) => kana += 1,
                    // Punctuation, full-width letters, and the 2965 characters of level 1.
                    (0x81 | 0x82 | 0x88..=0x98, 0x40..) => evidence.common += 1,
                    (0x99..=0x9f | 0xe0..=0xea, 0x40..) => evidence.rare += 1,
                    _ => evidence.odd += 1,
                }
                after
            }
            [_] => {
                evidence.odd += 1;
                break;
            }
        };
    }
    if kana + voiced < 2 {
        evidence.odd += narrow;
    }
    evidence.common += 2 * kana + 3 * voiced;
    evidence
}

/// As Latin-1: an accented letter inside a word.
fn latin(bytes: &[u8]) -> Evidence {
    let mut evidence = Evidence::default();
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    for (at, &byte) in bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        match byte {
            0xd7 | 0xf7 | 0x80..0xc0 => evidence.odd += 1,
            _ if is_letter(before) || is_letter(bytes.get(at + 1)) => evidence.rare += 1,
            _ => {}
        }
    }
    evidence
}
