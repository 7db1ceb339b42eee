//! The text of a QR label, and how a forged one is told from a genuine one (rules Q1 and Q2).
//!
//! A label of a parcel says `HTTPS://HOST/L/<code>-<key>-<serial>-<tag>`. A label of a home (an F
//! unit) must not carry its code (row 2 of the disclosure table), so it says
//! `HTTPS://HOST/L/<token>-<key>-<tag>` with a token drawn at random, which only the store can
//! resolve. The tag is a message authentication code over all of it and the host: without the key
//! nobody can make one, and on another host it does not hold.
//!
//! Every character is of the alphanumeric set of ISO/IEC 18004 and survives in a URL path.

mod keys;
mod symbols;

use std::fmt;

pub use keys::{KeyId, KeyRing, LabelKey, Seals, TAG_BYTES, Tag};

use crate::{
    address,
    clock::Entropy,
    code::{LandCode, Strictness},
};

/// Bytes of a token: 80 bits, sixteen characters.
const TOKEN_BYTES: usize = 10;
/// Digits of a serial, at least.
const SERIAL_DIGITS: usize = 7;
/// No label is longer: a code, a key, a serial and a tag with their hyphens.
const LONGEST: usize = 72;

/// What stands for a home on its label: random, so that nothing can be computed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    /// A new token of 80 unguessable bits.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads sixteen characters, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        symbols::read(text).map(Self)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&symbols::write(&self.0))
    }
}

/// What a label is for, as far as its text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A parcel, or a unit on it that is no home: the code may be read by anybody.
    Place {
        /// The code, canonical.
        code: LandCode,
        /// The label's running number.
        serial: u64,
    },
    /// A home: an F unit. Its code and the label's serial are in the store only.
    Home(Token),
}

/// Whether labels of this place carry a token in place of the code (rule Q1; row 2).
#[must_use]
pub fn needs_token(code: &LandCode) -> bool {
    code.unit().is_some_and(|unit| unit.fixture() == 'F')
}

/// The text of a label behind `/L/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelText {
    /// What it is for.
    pub subject: Subject,
    /// The key its tag was made with.
    pub key: KeyId,
    /// The proof that we made it.
    pub tag: Tag,
}

impl LabelText {
    /// The label for `subject` on `host`, sealed with `key`; `None` when the ring has no such key
    /// in use.
    #[must_use]
    pub fn seal(subject: Subject, host: &str, key: &KeyId, seals: &dyn Seals) -> Option<Self> {
        let tag = seals.seal(key, &message(&subject, host, key))?;
        Some(Self { subject, key: key.clone(), tag })
    }

    /// Reads what a scanner or a person brings, in any case. `None` for what no label of ours can
    /// look like; whether it is genuine is another question.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = text.len() <= LONGEST
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !fits {
            return None;
        }
        let parts: Vec<&str> = text.split('-').collect();
        let (subject, key, tag) = match *parts.as_slice() {
            [code, key, serial, tag] => {
                let code = LandCode::parse(code, Strictness::LookUp).ok()?.code.canonical();
                (Subject::Place { code, serial: read_serial(serial)? }, key, tag)
            }
            [token, key, tag] => (Subject::Home(Token::parse(token)?), key, tag),
            _ => return None,
        };
        Some(Self { subject, key: KeyId::parse(key)?, tag: Tag::parse(tag)? })
    }

    /// Whether this portal, reached at `host`, sealed exactly this text with a key that is still
    /// trusted. The time it takes does not tell how much of a wrong tag was right.
    #[must_use]
    pub fn holds(&self, host: &str, seals: &dyn Seals) -> bool {
        seals.holds(&self.key, &message(&self.subject, host, &self.key), &self.tag)
    }

    /// The address a label carries, in capitals, so that the smallest QR mode can write it.
    #[must_use]
    pub fn address(&self, host: &str) -> String {
        format!("HTTPS://{host}{}", address::of_label(self)).to_ascii_uppercase()
    }
}

impl fmt::Display for LabelText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, key, tag } = self;
        match subject {
            Subject::Place { code, serial } => {
                write!(f, "{}-{key}-{}-{tag}", code.canonical(), serial_text(*serial))
            }
            Subject::Home(token) => write!(f, "{token}-{key}-{tag}"),
        }
    }
}

/// A serial as it is printed: seven digits or more.
#[must_use]
pub fn serial_text(serial: u64) -> String {
    format!("{serial:0SERIAL_DIGITS$}")
}

/// Whether labels can point to this host: letters, digits, `.`, `-` and a port. The brackets of
/// an IPv6 address are not in the alphanumeric set.
#[must_use]
pub fn is_label_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(n, p)| (n, Some(p)));
    let named = !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && !name.starts_with(['.', '-'])
        && !name.ends_with(['.', '-']);
    named && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// One way of writing a serial: digits padded to seven, none more.
fn read_serial(text: &str) -> Option<u64> {
    let serial = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())??;
    (serial_text(serial) == text).then_some(serial)
}

/// What a tag is made over. No part can hold the NUL that ends it, so no two labels share it.
fn message(subject: &Subject, host: &str, key: &KeyId) -> Vec<u8> {
    let host = host.to_ascii_lowercase();
    let body = match subject {
        Subject::Place { code, serial } => format!("place\0{}\0{serial}", code.canonical()),
        Subject::Home(token) => format!("home\0{token}"),
    };
    format!("jianma label 1\0{host}\0{key}\0{body}\0").into_bytes()
}

#[cfg(test)]
mod tests;
