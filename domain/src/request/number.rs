//! The public number of a request.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Entropy, china_date};

/// A request's public number: `JM-20261122-7K3MQ2VX`, date and eight characters without
/// look-alikes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestNumber(String);

/// Digits and capitals without 0 O 1 I L U: what can be read out over a phone.
pub(super) const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RequestNumber {
    /// A new number for a request made at `now`.
    #[must_use]
    pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let date = china_date(now);
        let tail = readable(entropy, 8);
        Self(format!("JM-{:04}{:02}{:02}-{tail}", date.year(), date.month(), date.day()))
    }

    /// Reads a number as typed: any case, with or without hyphens and spaces.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let text: String = input
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let rest = text.strip_prefix("JM")?;
        let (date, tail) = (rest.get(..8)?, rest.get(8..)?);
        let fits = date.bytes().all(|b| b.is_ascii_digit())
            && tail.len() == 8
            && tail.bytes().all(|b| ALPHABET.contains(&b));
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

fn readable(entropy: &dyn Entropy, length: usize) -> String {
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
