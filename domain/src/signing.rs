//! What signing means: bytes, a key with a name, and a signature that anybody can hold against the published
//! half of that key. Which algorithm it is stands beside every signature, so that SM2 in a certified module
//! may take the place of Ed25519 (rule X5); what is signed depends on neither.
//!
//! Published keys are JSON Web Keys (RFC 7517, of Ed25519 as RFC 8037 writes them), so that strangers can
//! check with libraries of their own. A key's name is the thumbprint of RFC 7638: it cannot be moved to
//! another key.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The algorithm Ed25519 (RFC 8032), as RFC 9864 calls it.
pub const ED25519: &str = "Ed25519";

/// The name of a key: the SHA-256 of what is published of it, in base64url.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyName(String);

impl KeyName {
    /// A name as it is written in a document or on a command line.
    #[must_use]
    pub fn written(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Whether it is one that a key can have: 43 characters of base64url. Nothing else is repeated to anybody,
    /// for a name in a forged document may have lines of its own.
    #[must_use]
    pub fn is_thumbprint(&self) -> bool {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        self.0.len() == 43 && self.0.bytes().all(letter)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The half of a key that anybody may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKey {
    /// The kind of key, `OKP` for Ed25519.
    pub kty: String,
    /// The curve, `Ed25519`.
    pub crv: String,
    /// The key itself, base64url.
    pub x: String,
    /// Its name.
    pub kid: KeyName,
    /// The algorithm that it signs by.
    pub alg: String,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    pub purpose: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Since when it is not trusted any more: nothing that it signed is genuine then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

impl PublishedKey {
    /// The public half of an Ed25519 key.
    #[must_use]
    pub fn ed25519(public: &[u8; 32], made_at: Timestamp, revoked_at: Option<Timestamp>) -> Self {
        let x = URL_SAFE_NO_PAD.encode(public);
        Self {
            kty: "OKP".to_owned(),
            crv: ED25519.to_owned(),
            kid: thumbprint(&x),
            x,
            alg: ED25519.to_owned(),
            purpose: "sig".to_owned(),
            made_at,
            revoked_at,
        }
    }

    /// The bytes of an Ed25519 key that is called by its own thumbprint; of any other key `None`.
    #[must_use]
    pub fn as_ed25519(&self) -> Option<[u8; 32]> {
        let is_one = self.kty == "OKP" && self.crv == ED25519 && self.alg == ED25519;
        let bytes = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        bytes.try_into().ok().filter(|_| is_one && self.kid == thumbprint(&self.x))
    }
}

/// RFC 7638 over what RFC 8037 requires of a key: members in order, without spaces.
fn thumbprint(x: &str) -> KeyName {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    KeyName(URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
}

/// What a signature comes to under the key that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It is that of the message.
    Genuine,
    /// It is another's, or another message's.
    Altered,
    /// It is that of the message, by a key that is not trusted any more.
    Revoked {
        /// Since when.
        since: Timestamp,
    },
    /// It is made in a way that this program is too old for.
    Newer,
}

impl PublishedKey {
    /// What a signature of a message comes to, in base64url, that says which algorithm made it.
    #[must_use]
    pub fn judge(
        &self,
        algorithm: &str,
        message: &[u8],
        signature: &str,
        verifier: &dyn Verifier,
    ) -> Held {
        let own = URL_SAFE_NO_PAD.decode(signature).ok().filter(|_| algorithm == self.alg);
        let Some(signature) = own else { return Held::Altered };
        match (verifier.holds(self, message, &signature), self.revoked_at) {
            (None, _) => Held::Newer,
            (Some(false), _) => Held::Altered,
            (Some(true), Some(since)) => Held::Revoked { since },
            (Some(true), None) => Held::Genuine,
        }
    }
}

/// All keys that were ever published, the oldest first: what was signed with one that was replaced is still
/// genuine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKeys {
    /// The keys.
    pub keys: Vec<PublishedKey>,
}

impl PublishedKeys {
    /// The key of that name.
    #[must_use]
    pub fn find(&self, name: &KeyName) -> Option<&PublishedKey> {
        self.keys.iter().find(|key| key.kid == *name)
    }
}

/// Why nothing is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// There is no key that may sign.
    #[error("there is no key to sign with")]
    NoKey,
    /// The keys cannot be used just now; whoever keeps them says why in the log.
    #[error("the keys to sign with cannot be used just now")]
    Unavailable,
}

/// Holds signatures against published keys.
pub trait Verifier: Send + Sync {
    /// Whether the signature is that of the message under the key. `None` for an algorithm that is not
    /// known here.
    fn holds(&self, key: &PublishedKey, message: &[u8], signature: &[u8]) -> Option<bool>;
}

/// Signs, and says by what anybody can check it.
pub trait Signer: Verifier {
    /// The key that signs now.
    ///
    /// # Errors
    /// [`SigningError`] when none does.
    fn current(&self) -> Result<PublishedKey, SigningError>;

    /// The signature of a message under a key.
    ///
    /// # Errors
    /// [`SigningError::NoKey`] when the key is unknown or not trusted any more.
    fn sign(&self, key: &KeyName, message: &[u8]) -> Result<Vec<u8>, SigningError>;

    /// Every key there is and was.
    ///
    /// # Errors
    /// [`SigningError::Unavailable`].
    fn published(&self) -> Result<PublishedKeys, SigningError>;
}

#[cfg(all(test, feature = "signed"))]
pub(crate) mod trial;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x5_a_key_is_called_by_its_thumbprint_as_rfc_8037_computes_it() {
        // Appendix A.3 of RFC 8037.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let public = URL_SAFE_NO_PAD.decode(x).unwrap().try_into().unwrap();
        let mut key = PublishedKey::ed25519(&public, Timestamp::UNIX_EPOCH, None);
        assert_eq!(key.kid.as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.as_ed25519(), Some(public));
        key.kid = KeyName::written("another");
        assert_eq!(key.as_ed25519(), None, "a name that is not its own");
    }
}
