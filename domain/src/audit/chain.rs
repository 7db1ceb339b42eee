//! The chain: entries, and the key that seals them.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{Head, Record};
use crate::digest::keyed_digest;

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts up from 1 without gaps.
    pub sequence: u64,
    /// What is written down.
    pub record: Record,
    /// HMAC-SHA-256 over the seal before and this entry, URL-safe base64.
    pub seal: String,
}

/// The key that seals the audit. Kept apart from the database, never sent.
#[derive(Clone)]
pub struct AuditKey([u8; 32]);

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(…)")
    }
}

impl AuditKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The entry that follows `previous` (none for the first).
    #[must_use]
    pub fn entry(&self, previous: Option<&Head>, record: Record) -> AuditEntry {
        let sequence = previous.map_or(1, |head| head.sequence + 1);
        let seal = self.seal(previous.map_or("", |head| &head.seal), sequence, &record);
        AuditEntry { sequence, record, seal }
    }

    /// Proves that a chain of this length ended with this seal, so that entries cut off at the end
    /// are missed too.
    #[must_use]
    pub fn head_proof(&self, head: &Head) -> String {
        self.mac(b"jianma audit head\0", &(head.sequence, &head.seal))
    }

    /// Proves that everything up to there was removed by whoever has the key.
    #[must_use]
    pub fn cut_proof(&self, head: &Head) -> String {
        self.mac(b"jianma audit cut\0", &(head.sequence, &head.seal))
    }

    fn seal(&self, previous: &str, sequence: u64, record: &Record) -> String {
        self.mac(b"jianma audit entry\0", &(previous, sequence, record))
    }

    fn mac(&self, what: &[u8], content: &impl Serialize) -> String {
        // Texts and numbers always serialise.
        let bytes = serde_json::to_vec(content).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(keyed_digest(&self.0, &[what, &bytes]))
    }
}

impl From<&AuditEntry> for Head {
    fn from(entry: &AuditEntry) -> Self {
        Self { sequence: entry.sequence, seal: entry.seal.clone() }
    }
}
