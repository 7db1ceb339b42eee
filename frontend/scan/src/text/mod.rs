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
pub(crate) enum Script {
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
pub(crate) struct Run {
    pub script: Script,
    pub bytes: Vec<u8>,
}

/// The number of UTF-8.
const UTF8: u32 = 26;
/// Bytes that are no text, says the declaration; they may be.
const BINARY: u32 = 899;

/// The text of these segments; nothing if it cannot be known.
pub(crate) fn text_of(runs: &[Run]) -> Option<String> {
    let is = |script: fn(Script) -> bool| runs.iter().any(|run| script(run.script));
    let others = is(
        |script| matches!(script, Script::Declared(number) if number != UTF8 && number != BINARY),
    );
    let hanzi = is(|script| script == Script::Hanzi);
    if !others && !hanzi {
        let all = runs.iter().flat_map(|run| &run.bytes).copied().collect();
        let all = match String::from_utf8(all) {
            Ok(text) => return Some(text),
            Err(refused) => refused.into_bytes(),
        };
        if !is(|script| script == Script::Declared(UTF8)) {
            return Some(guess::guessed(runs, &all));
        }
    }
    let mut text = String::new();
    for (script, bytes) in grouped(runs) {
        text += &match script {
            Script::Plain | Script::Undeclared | Script::Declared(BINARY) => {
                guess::of_bytes(&bytes)
            }
            Script::Declared(number) => decoded(Charset::declared(number)?, &bytes)?,
            Script::Kanji => decoded(Charset::SHIFT_JIS, &bytes)?,
            Script::Hanzi => decoded(Charset::GB18030, &bytes)?,
        };
    }
    Some(text)
}

/// Neighbours of the same script joined: a character may begin in one segment and end in the next.
fn grouped(runs: &[Run]) -> Vec<(Script, Vec<u8>)> {
    let mut groups: Vec<(Script, Vec<u8>)> = Vec::new();
    for run in runs {
        match groups.last_mut() {
            Some((script, bytes)) if *script == run.script => bytes.extend(&run.bytes),
            _ => groups.push((run.script, run.bytes.clone())),
        }
    }
    groups
}

#[cfg(test)]
mod tests;
