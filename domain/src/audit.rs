//! The disclosure audit: who was shown what that is not public, and who was shown nothing
//! (rules P4, P9, X2; 不动产登记资料查询暂行办法, to be confirmed; 网络安全法 art. 23).
//!
//! Every entry is sealed with a key over itself and the entry before: one that is changed, removed
//! or moved breaks the chain, and nobody without the key can mend it.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{code::LandCode, digest::keyed_digest, policy::Field, viewer::Tier};

/// What came of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Fields that are not public were shown.
    Disclosed,
    /// The answer was "nothing here that may be shown".
    Withheld,
}

/// Why something was withheld. The visitor is told none of these apart (rule P5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// No data set has the code.
    Unknown,
    /// Military or otherwise classified.
    Classified,
    /// The policy shows nothing of it to this tier.
    Policy,
    /// The tier was proved for another place.
    Elsewhere,
    /// As many units as one person may see in a day had been seen.
    DailyCap,
    /// Asked too often: nobody looked whether the place exists.
    TooMany,
}

/// One look, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditNote {
    /// When, UTC.
    pub at: Timestamp,
    /// Who: the identity service's name for them, or for the public a mark that tells two
    /// visitors apart while the server runs and cannot be turned back into an address.
    pub who: String,
    /// What they had proved.
    pub tier: Tier,
    /// Why they looked.
    pub purpose: Option<String>,
    /// Which place.
    pub code: LandCode,
    /// What came of it.
    pub outcome: Outcome,
    /// Why nothing was shown.
    pub reason: Option<Withheld>,
    /// The fields shown, by name; empty when nothing was.
    pub fields: Vec<Field>,
    /// The policy that decided, `id@version`; none when no data set has the code.
    pub policy: Option<String>,
}

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts up from 1 without gaps.
    pub sequence: u64,
    /// What is written down.
    pub note: AuditNote,
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
    pub fn entry(&self, previous: Option<&Head>, note: AuditNote) -> AuditEntry {
        let sequence = previous.map_or(1, |head| head.sequence + 1);
        let seal = self.seal(previous.map_or("", |head| &head.seal), sequence, &note);
        AuditEntry { sequence, note, seal }
    }

    /// Proves that a chain of this length ended with this seal, so that entries cut off at the end
    /// are missed too.
    #[must_use]
    pub fn head_proof(&self, head: &Head) -> String {
        self.mac(b"jianma audit head\0", &(head.sequence, &head.seal))
    }

    fn seal(&self, previous: &str, sequence: u64, note: &AuditNote) -> String {
        self.mac(b"jianma audit entry\0", &(previous, sequence, note))
    }

    fn mac(&self, what: &[u8], content: &impl Serialize) -> String {
        // Texts and numbers always serialise.
        let bytes = serde_json::to_vec(content).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(keyed_digest(&self.0, &[what, &bytes]))
    }
}

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
        Ok(Self { sequence, seal: seal.to_owned() })
    }
}

/// A head that does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end of an audit is written as LENGTH:SEAL, as verify-audit prints it")]
pub struct HeadError;

/// What is wrong with an audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// An entry is not the one that was written there: it was changed, or moved.
    #[error("entry {sequence} was changed or moved, or the one before it was")]
    Seal {
        /// Which.
        sequence: u64,
    },
    /// An entry that must be there is not.
    #[error("entry {expected} is missing; entry {found} stands in its place")]
    Gap {
        /// The number that had to come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// The chain is shorter than it was.
    #[error("the audit ends with entry {found}, but it had {expected}")]
    CutOff {
        /// How long it was.
        expected: u64,
        /// How long it is.
        found: u64,
    },
    /// Rows stand before the first entry or behind the last.
    #[error("the audit has entries that it never wrote")]
    Strays,
    /// The note of the chain's end was changed, or taken from another time.
    #[error("the note of where the audit ends was changed")]
    Head,
    /// An entry does not even read.
    #[error("entry {sequence} does not read")]
    Unreadable {
        /// Which.
        sequence: u64,
    },
}

/// Checks a chain entry by entry, in the order of the store.
#[derive(Debug)]
pub struct AuditCheck<'k> {
    key: &'k AuditKey,
    last: Option<Head>,
    expect: Vec<Head>,
}

impl<'k> AuditCheck<'k> {
    /// Begins. `expect` are heads noted earlier, e.g. printed by the last check: the chain must
    /// still run through them.
    #[must_use]
    pub const fn new(key: &'k AuditKey, expect: Vec<Head>) -> Self {
        Self { key, last: None, expect }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The first [`AuditFault`].
    pub fn take(&mut self, entry: &AuditEntry) -> Result<(), AuditFault> {
        let expected = self.last.as_ref().map_or(1, |head| head.sequence + 1);
        if entry.sequence != expected {
            return Err(AuditFault::Gap { expected, found: entry.sequence });
        }
        let rightful = self.key.entry(self.last.as_ref(), entry.note.clone());
        if rightful.seal != entry.seal {
            return Err(AuditFault::Seal { sequence: entry.sequence });
        }
        let head = Head { sequence: entry.sequence, seal: entry.seal.clone() };
        if self.expect.iter().any(|e| e.sequence == head.sequence && *e != head) {
            return Err(AuditFault::Seal { sequence: entry.sequence });
        }
        self.last = Some(head);
        Ok(())
    }

    /// Ends: `noted` is the head that the store keeps beside the chain, with its proof.
    ///
    /// # Errors
    /// [`AuditFault::CutOff`] or [`AuditFault::Head`].
    pub fn end(self, noted: Option<(Head, String)>) -> Result<Option<Head>, AuditFault> {
        let found = self.last.as_ref().map_or(0, |head| head.sequence);
        if let Some(expect) = self.expect.iter().find(|expect| expect.sequence > found) {
            return Err(AuditFault::CutOff { expected: expect.sequence, found });
        }
        match noted {
            None if self.last.is_none() => Ok(None),
            None => Err(AuditFault::Head),
            Some((head, proof)) => {
                if self.key.head_proof(&head) != proof {
                    return Err(AuditFault::Head);
                }
                if head.sequence > found {
                    return Err(AuditFault::CutOff { expected: head.sequence, found });
                }
                if self.last.as_ref() != Some(&head) {
                    return Err(AuditFault::Head);
                }
                Ok(self.last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Strictness;

    fn note(number: i64) -> AuditNote {
        AuditNote {
            at: Timestamp::from_second(number).unwrap(),
            who: "s-1".into(),
            tier: Tier::Holder,
            purpose: Some("抵押".into()),
            code: LandCode::parse("330521001002GB00011", Strictness::LookUp).unwrap().code,
            outcome: Outcome::Disclosed,
            reason: None,
            fields: vec![Field::HolderPerson],
            policy: Some("zhejiang@1".into()),
        }
    }

    const KEY: AuditKey = AuditKey::new([3; 32]);

    fn head(entry: &AuditEntry) -> Head {
        Head { sequence: entry.sequence, seal: entry.seal.clone() }
    }

    fn chain(length: i64) -> Vec<AuditEntry> {
        let mut out: Vec<AuditEntry> = Vec::new();
        for number in 0..length {
            let previous = out.last().map(head);
            out.push(KEY.entry(previous.as_ref(), note(number)));
        }
        out
    }

    fn check(entries: &[AuditEntry], noted: &AuditEntry) -> Result<Option<Head>, AuditFault> {
        let mut check = AuditCheck::new(&KEY, Vec::new());
        for entry in entries {
            check.take(entry)?;
        }
        let noted = head(noted);
        let proof = KEY.head_proof(&noted);
        check.end(Some((noted, proof)))
    }

    #[test]
    fn p9_an_untouched_chain_passes() {
        let entries = chain(5);
        let end = check(&entries, &entries[4]).unwrap().unwrap();
        assert_eq!(end.to_string().parse::<Head>().unwrap(), end);
        assert_eq!(AuditCheck::new(&KEY, Vec::new()).end(None), Ok(None));
    }

    #[test]
    fn x2_an_entry_that_was_changed_removed_or_moved_shows() {
        let entries = chain(5);
        for at in 0..5_usize {
            let sequence = at as u64 + 1;
            let mut changed = entries.clone();
            changed[at].note.who = "s-2".into();
            assert_eq!(check(&changed, &entries[4]), Err(AuditFault::Seal { sequence }));

            let mut removed = entries.clone();
            removed.remove(at);
            let fault = match at {
                4 => AuditFault::CutOff { expected: 5, found: 4 },
                _ => AuditFault::Gap { expected: sequence, found: sequence + 1 },
            };
            assert_eq!(check(&removed, &entries[4]), Err(fault));

            for other in (0..5).filter(|other| *other != at) {
                let mut moved = entries.clone();
                moved.swap(at, other);
                for (at, entry) in moved.iter_mut().enumerate() {
                    entry.sequence = at as u64 + 1;
                }
                assert!(matches!(check(&moved, &entries[4]), Err(AuditFault::Seal { .. })));
            }
        }
    }

    #[test]
    fn x2_a_chain_made_anew_without_the_key_does_not_pass() {
        let stranger = AuditKey::new([4; 32]);
        let mut forged: Vec<AuditEntry> = Vec::new();
        for number in 0..3 {
            let previous = forged.last().map(head);
            forged.push(stranger.entry(previous.as_ref(), note(number)));
        }
        assert_eq!(check(&forged, &forged[2]), Err(AuditFault::Seal { sequence: 1 }));
    }

    #[test]
    fn x2_a_chain_rolled_back_misses_the_head_noted_outside() {
        let entries = chain(5);
        let mut check = AuditCheck::new(&KEY, vec![head(&entries[4])]);
        for entry in &entries[..3] {
            check.take(entry).unwrap();
        }
        let old = head(&entries[2]);
        let proof = KEY.head_proof(&old);
        let fault = check.end(Some((old, proof)));
        assert_eq!(fault, Err(AuditFault::CutOff { expected: 5, found: 3 }));
    }
}
