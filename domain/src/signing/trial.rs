//! What signs in tests.

use jiff::Timestamp;

use super::{KeyName, PublishedKey, PublishedKeys, Signer, SigningError, Verifier};
use crate::digest::keyed_digest;

/// An algorithm of another module, as SM2 would be: nothing of a file depends on which it is (rule X5).
pub(crate) struct Module {
    pub(crate) alg: &'static str,
    pub(crate) secret: [u8; 32],
    pub(crate) revoked: bool,
}

pub(crate) const SIGNER: Module = Module { alg: "test-module", secret: [7; 32], revoked: false };

impl Module {
    pub(crate) fn key(&self) -> PublishedKey {
        let at = Timestamp::UNIX_EPOCH;
        let mut key = PublishedKey::ed25519(&self.secret, at, self.revoked.then_some(at));
        self.alg.clone_into(&mut key.alg);
        key
    }
}

impl Verifier for Module {
    fn holds(&self, key: &PublishedKey, message: &[u8], signature: &[u8]) -> Option<bool> {
        (key.alg == self.alg).then(|| keyed_digest(&self.secret, &[message])[..] == *signature)
    }
}

impl Signer for Module {
    fn current(&self) -> Result<PublishedKey, SigningError> {
        Ok(self.key())
    }

    fn sign(&self, _: &KeyName, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        Ok(keyed_digest(&self.secret, &[message]).into())
    }

    fn published(&self) -> Result<PublishedKeys, SigningError> {
        Ok(PublishedKeys { keys: vec![self.key()] })
    }
}
