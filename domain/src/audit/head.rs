//! Where a chain ends.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its length.
    pub sequence: u64,
    /// The seal of the last entry.
    pub seal: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.seal)
    }
}

impl std::str::FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (sequence, seal) = text.trim().split_once(':').ok_or(HeadError)?;
        let sequence = sequence.parse().or(Err(HeadError))?;
        // SQLite counts no farther.
        let counts = (1..=i64::MAX.unsigned_abs()).contains(&sequence);
        let is_seal = URL_SAFE_NO_PAD.decode(seal).is_ok_and(|bytes| bytes.len() == 32);
        if !(counts && is_seal) {
            return Err(HeadError);
        }
        Ok(Self { sequence, seal: seal.to_owned() })
    }
}

/// A head that does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end of an audit is written as LENGTH:SEAL, as verify-audit prints it")]
pub struct HeadError;
