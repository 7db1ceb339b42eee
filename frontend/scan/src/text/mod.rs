//! From the segments of a code to its text.
//!
//! What a segment declares is kept to: a character set that is not known, or bytes that are not of
//! the one that is declared, and there is no text. Bytes of which nothing is declared are read as
//! UTF-8 if all segments together are UTF-8, wherever an encoder has put the bytes (some pack them
//! in Kanji segments); else `guess` says what they are likely to be.

mod charset;
mod guess;

use charset::{Charset, decoded};

/// What a segment says of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Digits and letters of ASCII.
    Plain,
    /// Bytes of which nothing is said.
    Undeclared,
    /// Bytes in the character set of this number (AIM ECI).
    Declared(u32),
    /// Pairs of bytes that should be Shift JIS.
    Kanji,
    /// Pairs of bytes in GB 2312.
    Hanzi,
}

/// A segment's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub encoding: Encoding,
    pub bytes: Vec<u8>,
}

/// The number of UTF-8.
const UTF8: u32 = 26;
/// Bytes that are no text, says the declaration; they may be.
const BINARY: u32 = 899;

/// The text of these segments; nothing if it cannot be known.
pub(crate) fn text_of(segments: &[Segment]) -> Option<String> {
    let is =
        |encoding: fn(Encoding) -> bool| segments.iter().any(|segment| encoding(segment.encoding));
    let others = is(
        |encoding| matches!(encoding, Encoding::Declared(number) if number != UTF8 && number != BINARY),
    );
    let hanzi = is(|encoding| encoding == Encoding::Hanzi);
    if !others && !hanzi {
        let all = segments.iter().flat_map(|segment| &segment.bytes).copied().collect();
        let all = match String::from_utf8(all) {
            Ok(text) => return Some(text),
            Err(refused) => refused.into_bytes(),
        };
        if !is(|encoding| encoding == Encoding::Declared(UTF8)) {
            return Some(guess::guessed(segments, &all));
        }
    }
    let mut text = String::new();
    for (encoding, bytes) in grouped(segments) {
        text += &match encoding {
            Encoding::Plain | Encoding::Undeclared | Encoding::Declared(BINARY) => {
                guess::of_bytes(&bytes)
            }
            Encoding::Declared(number) => decoded(Charset::declared(number)?, &bytes)?,
            Encoding::Kanji => decoded(Charset::SHIFT_JIS, &bytes)?,
            Encoding::Hanzi => decoded(Charset::GB18030, &bytes)?,
        };
    }
    Some(text)
}

/// Neighbours of the same encoding joined: a character may begin in one segment and end in the next.
fn grouped(segments: &[Segment]) -> Vec<(Encoding, Vec<u8>)> {
    let mut groups: Vec<(Encoding, Vec<u8>)> = Vec::new();
    for segment in segments {
        match groups.last_mut() {
            Some((encoding, bytes)) if *encoding == segment.encoding => {
                bytes.extend(&segment.bytes);
            }
            _ => groups.push((segment.encoding, segment.bytes.clone())),
        }
    }
    groups
}

#[cfg(test)]
mod tests;
