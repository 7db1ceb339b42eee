//! What the data words say (ISO/IEC 18004, 7.4).

/// What was made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Text in UTF-8.
    Text(Vec<u8>),
    /// Something that takes another decoder: Kanji, another character set, parts of a whole.
    Foreign,
}

/// The assignment number of UTF-8 (ECI, 7.4.2).
const UTF8: usize = 26;
const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Nothing if the words break the rules, which words that are right do not.
pub(super) fn said(words: &[u8], version: usize) -> Option<Said> {
    let mut bits = Bits { words, at: 0 };
    let mut text = Vec::new();
    // Bits of a segment's length (Table 3).
    let sizes = match version {
        0..10 => [10, 9, 8],
        10..27 => [12, 11, 16],
        _ => [14, 13, 16],
    };
    let mut foreign = false;
    while bits.left() >= 4 {
        match bits.take(4)? {
            0 => break,
            1 => {
                let mut count = bits.take(sizes[0])?;
                while count > 0 {
                    let digits = count.min(3);
                    let number = bits.take([0, 4, 7, 10][digits])?;
                    if number >= [1, 10, 100, 1000][digits] {
                        return None;
                    }
                    for place in (0..digits).rev() {
                        text.push(b'0' + (number / [1, 10, 100][place] % 10) as u8);
                    }
                    count -= digits;
                }
            }
            2 => {
                let mut count = bits.take(sizes[1])?;
                while count > 1 {
                    let pair = bits.take(11)?;
                    text.push(*LETTERS.get(pair / 45)?);
                    text.push(LETTERS[pair % 45]);
                    count -= 2;
                }
                if count == 1 {
                    text.push(*LETTERS.get(bits.take(6)?)?);
                }
            }
            4 => {
                for _ in 0..bits.take(sizes[2])? {
                    text.push(bits.take(8)? as u8);
                }
            }
            7 => {
                let first = bits.take(8)?;
                let number = match first {
                    0..0x80 => first,
                    0x80..0xc0 => (first & 0x3f) << 8 | bits.take(8)?,
                    _ => (first & 0x1f) << 16 | bits.take(16)?,
                };
                foreign |= number != UTF8;
            }
            3 | 5 | 8 | 9 => return Some(Said::Foreign),
            _ => return None,
        }
    }
    // A wrong text is worse than none: what is not plainly UTF-8 is for who knows character sets.
    if (foreign && !text.is_ascii()) || str::from_utf8(&text).is_err() {
        return Some(Said::Foreign);
    }
    (!text.is_empty()).then_some(Said::Text(text))
}

struct Bits<'w> {
    words: &'w [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.words.len() * 8 - self.at
    }

    fn take(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for _ in 0..count {
            let word = *self.words.get(self.at / 8)?;
            value = value << 1 | usize::from(word >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}
