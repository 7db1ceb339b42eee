//! What opens a request without an account.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    draft_number::{self, DraftNumber},
    number::{ALPHABET, RequestNumber, SECRET_LENGTH, letters_and_digits},
};
use crate::digest::keyed_digest;

/// The key from which receipt secrets are derived. Kept in the data folder, never sent.
#[derive(Clone)]
pub struct ReceiptKey([u8; 32]);

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(…)")
    }
}

impl ReceiptKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret of a receipt: twelve readable characters that open the request without an
    /// account. Derived, so that a repeated submission shows the same receipt and nothing secret
    /// is stored.
    #[must_use]
    pub fn secret(&self, number: &RequestNumber) -> String {
        self.readable(b"jianma receipt secret\0", number.as_str(), SECRET_LENGTH)
    }

    /// The secret of a draft, as that of a receipt: derived, so that nothing secret is stored.
    #[must_use]
    pub fn draft_secret(&self, number: &DraftNumber) -> String {
        self.readable(b"jianma draft secret\0", number.as_str(), SECRET_LENGTH)
    }

    /// The number of the draft that is saved of a form with this key: pressed twice, it is one draft.
    #[must_use]
    pub fn draft_number(&self, key: &str) -> DraftNumber {
        DraftNumber::with(&self.readable(b"jianma draft number\0", key, draft_number::TAIL))
    }

    /// Whether `given` has the form of a secret, whatever request it may open: twelve readable
    /// characters, as [`ReceiptKey::opens`] reads them.
    #[must_use]
    pub fn has_form(given: &str) -> bool {
        let read = letters_and_digits(given);
        read.len() == SECRET_LENGTH
            && read.bytes().all(|byte| ALPHABET.contains(&byte.to_ascii_uppercase()))
    }

    /// Whether `given` is the secret of `number`, in any case, width and spacing. Takes the same time
    /// for every wrong answer.
    #[must_use]
    pub fn opens(&self, number: &RequestNumber, given: &str) -> bool {
        is_same(&self.secret(number), &letters_and_digits(given))
    }

    /// Whether `given` is the secret of a draft, in any case, width and spacing. Takes the same time for
    /// every wrong answer.
    #[must_use]
    pub fn opens_draft(&self, number: &DraftNumber, given: &str) -> bool {
        is_same(&self.draft_secret(number), &letters_and_digits(given))
    }

    /// What a client's idempotency key is kept as: each client has keys of its own, so that nobody's
    /// key stands in another's way or opens another's receipt. Neither client nor key can be read
    /// from it.
    #[must_use]
    pub fn client_key(&self, client: &str, key: &str) -> String {
        let label = b"jianma idempotency key\0";
        let parts: [&[u8]; 4] = [label, client.as_bytes(), b"\0", key.as_bytes()];
        format!("client-{}", URL_SAFE_NO_PAD.encode(keyed_digest(&self.0, &parts)))
    }

    /// What a browser keeps to know something again that it has sent or forgotten: nothing can be
    /// read from it, and nobody else can make it. `purpose` keeps marks of one kind from another's.
    #[must_use]
    pub fn mark(&self, purpose: &str, text: &str) -> String {
        let parts: [&[u8]; 4] = [b"jianma mark\0", purpose.as_bytes(), b"\0", text.as_bytes()];
        let digest = keyed_digest(&self.0, &parts);
        URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or_default())
    }

    /// Whether `given` is the mark of a text ([`ReceiptKey::mark`]). Takes the same time for every wrong
    /// one of its length.
    #[must_use]
    pub fn has_marked(&self, purpose: &str, text: &str, given: &str) -> bool {
        is_same(&self.mark(purpose, text), given)
    }

    /// Up to 16 readable characters, derived from a text; `label` keeps those of one kind from another's.
    fn readable(&self, label: &[u8], text: &str, length: usize) -> String {
        keyed_digest(&self.0, &[label, text.as_bytes()])
            .chunks(2)
            .take(length)
            .map(|pair| {
                let value = pair.iter().fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
                char::from(ALPHABET[value % ALPHABET.len()])
            })
            .collect()
    }
}

/// Whether two texts are the same, in a time that tells nothing of the first but its length.
fn is_same(kept: &str, given: &str) -> bool {
    let unequal = kept.bytes().zip(given.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    unequal == 0 && given.len() == kept.len()
}
