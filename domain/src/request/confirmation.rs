//! What an applicant confirmed by handing in: the content, to the byte, by whom and when, under a signature. A
//! department, the applicant and a court can tell years later whether a letter of it was changed (rule S7).
//!
//! The content is a message to departments without its confirmation, in the canonical form of JSON (RFC 8785);
//! the confirmation holds its SHA-256, and is signed in that form without its signature. The key is the portal's:
//! it vouches for what was handed in to it, and not for who did, whose identity nobody has checked. A key of a
//! licensed certification authority (电子签名法 art. 16) signs in its place where a [`Signer`] holds one.

#[cfg(feature = "signed")]
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::signing::KeyName;
#[cfg(feature = "signed")]
use crate::{
    digest::hex_digest,
    signing::{Held, PublishedKeys, Signer, SigningError, Verifier},
};

/// Who handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    /// The applicant.
    Applicant,
    /// Front-desk staff, on the applicant's behalf.
    Counter,
}

/// The confirmation of a message to departments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Who handed in.
    pub by: ConfirmedBy,
    /// When, UTC.
    pub at: Timestamp,
    /// SHA-256 of the content, in hexadecimal.
    pub content_sha256: String,
    /// The key.
    pub key: KeyName,
    /// The algorithm.
    pub algorithm: String,
    /// The signature, base64url.
    pub signature: String,
}

/// What a confirmation comes to.
#[cfg(feature = "signed")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Nothing was changed since.
    Holds(Box<Confirmation>),
    /// The content or the confirmation is not what was signed.
    Altered,
    /// Nobody here knows the key that it names.
    UnknownKey(KeyName),
    /// It is as it was signed, with a key that is not trusted any more.
    Revoked {
        /// The key.
        key: KeyName,
        /// Since when.
        since: Timestamp,
    },
    /// It is signed in a way that this program is too old for.
    Newer,
    /// It has no confirmation.
    None,
}

/// The member of a message that holds it.
#[cfg(feature = "signed")]
const CONFIRMATION: &str = "confirmation";

/// Why there is no confirmation.
#[cfg(feature = "signed")]
#[derive(Debug, thiserror::Error)]
pub enum NotConfirmed {
    /// No key signs.
    #[error(transparent)]
    Key(#[from] SigningError),
    /// JSON has no words for it.
    #[error("the content cannot be written down: {0}")]
    Content(#[from] serde_json::Error),
}

/// SHA-256 of a content in the canonical form of JSON (RFC 8785), in hexadecimal: what confirmations hold of it.
///
/// # Errors
/// When JSON has no words for it.
#[cfg(feature = "signed")]
pub fn content_digest(content: &impl Serialize) -> serde_json::Result<String> {
    Ok(hex_digest(&serde_json_canonicalizer::to_vec(content)?))
}

#[cfg(feature = "signed")]
impl Confirmation {
    /// Signs that `content`, a message without a confirmation, was handed in.
    ///
    /// # Errors
    /// [`NotConfirmed`].
    pub fn of(
        content: &impl Serialize,
        by: ConfirmedBy,
        at: Timestamp,
        signer: &dyn Signer,
    ) -> Result<Self, NotConfirmed> {
        let key = signer.current()?;
        let content_sha256 = content_digest(content)?;
        let (name, algorithm) = (key.kid, key.alg);
        let unsigned =
            Self { by, at, content_sha256, key: name, algorithm, signature: String::new() };
        let signature = URL_SAFE_NO_PAD.encode(signer.sign(&unsigned.key, &unsigned.signed()?)?);
        Ok(Self { signature, ..unsigned })
    }

    /// What is signed: all of it but the signature.
    fn signed(&self) -> serde_json::Result<Vec<u8>> {
        let mut value = serde_json::to_value(self)?;
        if let Some(members) = value.as_object_mut() {
            members.remove("signature");
        }
        serde_json_canonicalizer::to_vec(&value)
    }

    fn judged(
        self,
        content: &serde_json::Value,
        keys: &PublishedKeys,
        verifier: &dyn Verifier,
    ) -> Confirmed {
        let Some(key) = keys.find(&self.key) else { return Confirmed::UnknownKey(self.key) };
        let (Ok(content), Ok(message)) = (content_digest(content), self.signed()) else {
            return Confirmed::Altered;
        };
        if content != self.content_sha256 {
            return Confirmed::Altered;
        }
        match key.judge(&self.algorithm, &message, &self.signature, verifier) {
            Held::Genuine => Confirmed::Holds(Box::new(self)),
            Held::Altered => Confirmed::Altered,
            Held::Revoked { since } => Confirmed::Revoked { key: self.key, since },
            Held::Newer => Confirmed::Newer,
        }
    }
}

/// What the confirmation of a message comes to, which is JSON as a department received it.
#[cfg(feature = "signed")]
#[must_use]
pub fn confirmed(
    mut message: serde_json::Value,
    keys: &PublishedKeys,
    verifier: &dyn Verifier,
) -> Confirmed {
    let members = message.as_object_mut();
    let Some(read) = members.and_then(|members| members.remove(CONFIRMATION)) else {
        return Confirmed::None;
    };
    match serde_json::from_value::<Confirmation>(read) {
        Ok(read) if read.key.is_thumbprint() => read.judged(&message, keys, verifier),
        _ => Confirmed::Altered,
    }
}

#[cfg(all(test, feature = "signed"))]
mod tests;
