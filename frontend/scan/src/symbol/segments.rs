//! What the data words say (ISO/IEC 18004, 7.4; GB/T 18284 for Chinese characters).
//!
//! The words count only if they can be followed to their end: a terminator, or less of the capacity
//! than a mode takes. A mode that is reserved, a rule that is broken, a segment that is cut off, and
//! there is no text at all: what was read before it is a part of something unknown.

use crate::decoded_symbol::StructuredAppend;
use crate::text::{Encoding, Segment};

/// What was made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The segments, one after the other.
    pub segments: Vec<Segment>,
    /// Which part of a whole this is, if it says so.
    pub part: Option<StructuredAppend>,
}

const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// FNC1 between two fields of application data, as it is sent on (7.4.8).
const SEPARATOR: u8 = 0x1d;
/// The set of Chinese characters that Hanzi mode knows: GB 2312.
const GB2312: usize = 1;

/// Nothing if the words break the rules, which words that are right do not.
pub(super) fn decode(words: &[u8], version: usize) -> Option<Decoded> {
    let mut bits = Bits { words, at: 0 };
    let mut decoded = Decoded { segments: Vec::new(), part: None };
    // Bits of a segment's length (Table 3); a Hanzi segment's are those of a Kanji segment.
    let sizes = match version {
        0..10 => [10, 9, 8, 8],
        10..27 => [12, 11, 16, 10],
        _ => [14, 13, 16, 12],
    };
    let mut bytes_are = Encoding::Undeclared;
    // Whether this is application data, in which letters stand for FNC1.
    let mut fields = false;
    for place in 0.. {
        let Some(mode) = bits.take(4) else {
            // Of a terminator that does not fit, only the zeros are there.
            bits.take_rest().filter(|&rest| rest == 0)?;
            break;
        };
        let mut segment = Segment { encoding: Encoding::Plain, bytes: Vec::new() };
        match mode {
            0 => break,
            1 => bits.digits(sizes[0], &mut segment.bytes)?,
            2 => bits.letters(sizes[1], fields, &mut segment.bytes)?,
            3 if place == 0 => {
                let (at, last) = (bits.take(4)? as u8, bits.take(4)? as u8);
                let parity = bits.take(8)? as u8;
                decoded.part = Some(StructuredAppend::of(at, last, parity)?);
            }
            4 => {
                segment.encoding = bytes_are;
                for _ in 0..bits.take(sizes[2])? {
                    segment.bytes.push(bits.take(8)? as u8);
                }
            }
            5 if decoded.segments.is_empty() && !fields => fields = true,
            9 if decoded.segments.is_empty() && !fields => {
                fields = true;
                match bits.take(8)? {
                    number @ 0..100 => segment.bytes.extend([number / 10, number % 10].map(digit)),
                    letter @ (165..=190 | 197..=222) => segment.bytes.push((letter - 100) as u8),
                    _ => return None,
                }
            }
            7 => bytes_are = Encoding::Declared(bits.designator()?),
            8 => {
                segment.encoding = Encoding::Kanji;
                bits.pairs(sizes[3], kanji, &mut segment.bytes)?;
            }
            13 => {
                segment.encoding = Encoding::Hanzi;
                if bits.take(4)? != GB2312 {
                    return None;
                }
                bits.pairs(sizes[3], hanzi, &mut segment.bytes)?;
            }
            _ => return None,
        }
        if !segment.bytes.is_empty() {
            decoded.segments.push(segment);
        }
    }
    (!decoded.segments.is_empty()).then_some(decoded)
}

fn digit(value: usize) -> u8 {
    b'0' + value as u8
}

/// The two bytes in Shift JIS for which 13 bits stand (7.4.6).
fn kanji(value: usize) -> Option<[u8; 2]> {
    let pair = (value / 0xc0) << 8 | (value % 0xc0);
    let pair = pair + if pair < 0x1f00 { 0x8140 } else { 0xc140 };
    Some([(pair >> 8) as u8, pair as u8])
}

/// The two bytes in GB 2312 for which 13 bits stand (GB/T 18284, 6.4.5).
fn hanzi(value: usize) -> Option<[u8; 2]> {
    let (row, cell) = (value / 0x60, value % 0x60);
    let row = row + if row < 0x0a { 0xa1 } else { 0xa6 };
    (row <= 0xf7 && cell < 94).then(|| [row as u8, cell as u8 + 0xa1])
}

struct Bits<'w> {
    words: &'w [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.words.len() * 8 - self.at
    }

    /// Nothing if fewer are left; they stay then.
    fn take(&mut self, count: usize) -> Option<usize> {
        if self.left() < count {
            return None;
        }
        let mut value = 0;
        for _ in 0..count {
            let word = *self.words.get(self.at / 8)?;
            value = value << 1 | usize::from(word >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn take_rest(&mut self) -> Option<usize> {
        self.take(self.left())
    }

    fn digits(&mut self, size: usize, to: &mut Vec<u8>) -> Option<()> {
        let mut count = self.take(size)?;
        while count > 0 {
            let digits = count.min(3);
            let number = self.take([0, 4, 7, 10][digits])?;
            if number >= [1, 10, 100, 1000][digits] {
                return None;
            }
            for place in (0..digits).rev() {
                to.push(digit(number / [1, 10, 100][place] % 10));
            }
            count -= digits;
        }
        Some(())
    }

    /// With `fields`, `%` is FNC1 and `%%` is `%` (7.4.8.2).
    fn letters(&mut self, size: usize, fields: bool, to: &mut Vec<u8>) -> Option<()> {
        let mut count = self.take(size)?;
        let mut letters = Vec::new();
        while count > 1 {
            let pair = self.take(11)?;
            letters.push(*LETTERS.get(pair / 45)?);
            letters.push(LETTERS[pair % 45]);
            count -= 2;
        }
        if count == 1 {
            letters.push(*LETTERS.get(self.take(6)?)?);
        }
        let mut letters = letters.into_iter().peekable();
        while let Some(letter) = letters.next() {
            let marks = fields && letter == b'%' && letters.next_if_eq(&b'%').is_none();
            to.push(if marks { SEPARATOR } else { letter });
        }
        Some(())
    }

    /// Characters of 13 bits.
    fn pairs(
        &mut self,
        size: usize,
        pair: fn(usize) -> Option<[u8; 2]>,
        to: &mut Vec<u8>,
    ) -> Option<()> {
        for _ in 0..self.take(size)? {
            to.extend(pair(self.take(13)?)?);
        }
        Some(())
    }

    /// The number of a character set (7.4.2.2).
    fn designator(&mut self) -> Option<u32> {
        let first = self.take(8)?;
        let number = match first {
            0..0x80 => first,
            0x80..0xc0 => (first & 0x3f) << 8 | self.take(8)?,
            0xc0..0xe0 => (first & 0x1f) << 16 | self.take(16)?,
            _ => return None,
        };
        Some(number as u32)
    }
}

#[cfg(test)]
mod tests;
