//! The public number of a request.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Entropy, china_date},
    text,
};

/// A request's public number: `JM-20261122-7K3MQ2VX`, date and eight characters without
/// look-alikes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestNumber(String);

/// Digits and capitals without 0 O 1 I L U: what can be read out over a phone.
pub(crate) const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters the secret of a receipt has.
pub(crate) const SECRET_LENGTH: usize = 12;

/// Digits of the date, and characters after it.
const DATE: usize = 8;
const TAIL: usize = 8;

impl RequestNumber {
    /// A new number for a request made at `now`.
    #[must_use]
    pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let date = china_date(now);
        let tail = readable(entropy, TAIL);
        Self(format!("JM-{:04}{:02}{:02}-{tail}", date.year(), date.month(), date.day()))
    }

    /// Reads a number as people type and paste it: in any case, width and spacing, with whatever
    /// hyphen, without its letters `JM`, or with words, an address or its secret around it.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let text = letters_and_digits(input);
        match text.match_indices("JM").find_map(|(at, _)| Self::at(&text, at + 2)) {
            Some(number) => Some(number),
            None => Self::at(&text, 0).filter(|_| text.len() == DATE + TAIL),
        }
    }

    /// Reads a number with its secret behind it, as both are copied from a receipt, with whatever words
    /// between them: the number, and as many of the last characters as a secret has.
    #[must_use]
    pub fn parse_with_secret(input: &str) -> Option<(Self, String)> {
        let text = letters_and_digits(input);
        text.match_indices("JM").find_map(|(at, _)| {
            let number = Self::at(&text, at + 2)?;
            let rest = text.get(at + 2 + DATE + TAIL..)?;
            let secret = rest.get(rest.len().checked_sub(SECRET_LENGTH)?..)?;
            Some((number, secret.to_owned()))
        })
    }

    /// The number that somebody looks for: it begins the text, or what stands before it has no letter
    /// or digit that could be part of a code or an address in letters.
    #[must_use]
    pub fn searched_for(text: &str) -> Option<Self> {
        letters_and_digits(text).starts_with("JM").then(|| Self::parse(text)).flatten()
    }

    /// Date and tail, which begin at `at`.
    fn at(text: &str, at: usize) -> Option<Self> {
        let (date, tail) = text.get(at..at + DATE + TAIL)?.split_at(DATE);
        let fits =
            date.bytes().all(|b| b.is_ascii_digit()) && tail.bytes().all(|b| ALPHABET.contains(&b));
        fits.then(|| Self(format!("JM-{date}-{tail}")))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text was to be the number of a request and is none: JM and figures, and no number. Nothing is
/// said of any request by it.
#[must_use]
pub fn is_mistyped_number(text: &str) -> bool {
    let written = letters_and_digits(text);
    let figures = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    written.strip_prefix("JM").is_some_and(|rest| figures(rest) >= 4)
        && RequestNumber::searched_for(text).is_none()
}

/// What of a text can be part of a number or a secret, in capitals; nothing else says anything in them.
#[must_use]
pub fn letters_and_digits(text: &str) -> String {
    let narrow = text::narrow(text);
    narrow.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Characters that can be read out, drawn evenly.
pub(crate) fn readable(entropy: &dyn Entropy, length: usize) -> String {
    let mut out = String::with_capacity(length);
    while out.len() < length {
        let mut byte = [0];
        entropy.fill(&mut byte);
        // 240 = 8 × 30: values above would favour some characters.
        if byte[0] < 240 {
            out.push(char::from(ALPHABET[usize::from(byte[0] % 30)]));
        }
    }
    out
}
