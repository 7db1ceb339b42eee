//! The number of a draft.

use std::fmt;

use super::number::{ALPHABET, letters_and_digits, readable};
use crate::clock::Entropy;

/// Days for which a draft is kept after it was saved last (rule S11): time enough to fetch a paper or to ask
/// somebody, and no longer.
pub const DRAFT_DAYS: u16 = 30;

/// What a draft's number begins with (草稿): no request's does.
const PREFIX: &str = "CG";
/// Characters after it.
pub(super) const TAIL: usize = 8;

/// The number under which what somebody typed into a form waits for them: `CG-7K3MQ2VX`, eight
/// characters without look-alikes. It opens nothing without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DraftNumber(String);

impl DraftNumber {
    /// A new number.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self::with(&readable(entropy, TAIL))
    }

    /// The number with these characters after its letters.
    pub(super) fn with(tail: &str) -> Self {
        Self(format!("{PREFIX}-{tail}"))
    }

    /// Reads a number as people type and paste it: in any case, width and spacing, with or without its
    /// letters `CG`.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let text = letters_and_digits(input);
        // The letters may be the first of the eight themselves.
        let tail = if text.len() == TAIL { &*text } else { text.strip_prefix(PREFIX)? };
        let fits = tail.len() == TAIL && tail.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then(|| Self::with(tail))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DraftNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_a_drafts_number_reads_however_it_is_typed_and_is_no_requests() {
        let number = Some(DraftNumber("CG-7K3MQ2VX".to_owned()));
        for typed in ["CG-7K3MQ2VX", "cg 7k3m q2vx", "7K3MQ2VX", "ＣＧ－７Ｋ３ＭＱ２ＶＸ"]
        {
            assert_eq!(DraftNumber::parse(typed), number, "{typed}");
        }
        assert_eq!(DraftNumber::parse("CGCGCGCG").unwrap().as_str(), "CG-CGCGCGCG");
        for typed in ["", "CG-", "CG-7K3MQ2V", "CG-7K3MQ2V0", "JM-20261122-7K3MQ2VX"] {
            assert_eq!(DraftNumber::parse(typed), None, "{typed}");
        }
        assert_eq!(crate::request::RequestNumber::parse("CG-7K3MQ2VX"), None);
    }
}
