//! What a printed page carries in its code: enough to tell whether this portal gave it, and whether the same is told
//! now.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use super::{Extract, digest};
use crate::{
    LandCode,
    code::Strictness,
    signing::{Held, KeyName, PublishedKeys, Signer, SigningError, Verifier},
};

/// What is signed for nothing else.
const MESSAGE: &str = "jianma-extract-stub/1";
/// No stub is longer, bytes.
const LONGEST: usize = 512;

/// That an extract was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// Of which place.
    pub code: LandCode,
    /// When, to the second.
    pub at: Timestamp,
    /// By which data, `dataset/number`.
    pub version: String,
    /// SHA-256 of what it says ([`digest`]).
    pub digest: [u8; 32],
}

/// What a stub is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StubRead {
    /// As it was signed.
    Genuine(Stub),
    /// It reads, and none of the keys signed it.
    Altered,
    /// It is as it was signed, with a key that is not trusted any more.
    Revoked {
        /// Since when.
        since: Timestamp,
    },
    /// It does not read: its end may be missing.
    NoStub,
}

impl Stub {
    /// That of an extract; `None` where that has no canonical form.
    #[must_use]
    pub fn of(extract: &Extract, at: Timestamp) -> Option<Self> {
        let version = extract.data.version.clone();
        Some(Self { code: extract.code, at, version, digest: digest(extract)? })
    }

    /// The four parts, with a sign that stands in no address otherwise instead of the one between the names.
    fn parts(&self) -> String {
        let digest = URL_SAFE_NO_PAD.encode(self.digest);
        let version = self.version.replace('/', "~");
        format!("{}.{}.{version}.{digest}", self.code.as_str(), self.at.as_second())
    }

    fn message(&self) -> String {
        format!("{MESSAGE}\n{}", self.parts())
    }

    /// The end of the address by which it is checked.
    ///
    /// # Errors
    /// [`SigningError`] when the key does not sign.
    pub fn sign(&self, key: &KeyName, signer: &dyn Signer) -> Result<String, SigningError> {
        let signature = signer.sign(key, self.message().as_bytes())?;
        Ok(format!("{}.{}", self.parts(), URL_SAFE_NO_PAD.encode(signature)))
    }

    fn read(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        let (rest, signature) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST)?;
        let (rest, digest) = rest.rsplit_once('.')?;
        let (code, rest) = rest.split_once('.')?;
        let (at, version) = rest.split_once('.')?;
        let digest = URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()?;
        let stub = Self {
            code: LandCode::parse(code, Strictness::LookUp).ok()?.code,
            at: Timestamp::from_second(at.parse().ok()?).ok()?,
            version: version.replace('~', "/"),
            digest,
        };
        // One way of writing it.
        (text.strip_suffix(signature)?.strip_suffix('.')? == stub.parts())
            .then_some((stub, signature))
    }

    /// What the end of an address is.
    #[must_use]
    pub fn check(text: &str, keys: &PublishedKeys, verifier: &dyn Verifier) -> StubRead {
        let Some((stub, signature)) = Self::read(text) else { return StubRead::NoStub };
        let message = stub.message();
        for key in &keys.keys {
            match key.judge(&key.alg, message.as_bytes(), signature, verifier) {
                Held::Genuine => return StubRead::Genuine(stub),
                Held::Revoked { since } => return StubRead::Revoked { since },
                Held::Altered | Held::Newer => {}
            }
        }
        StubRead::Altered
    }
}
