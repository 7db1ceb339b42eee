//! What an entry says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Head, StaffRecord};
use crate::{clock::Leap, code::LandCode, policy::Field, viewer::Tier};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// No data set has the code, or it is classified. Which of the two is not written down: a
    /// database that names classified codes would hold what must not be in it (rules P5, P9).
    Unknown,
    /// Classified, as older programs wrote it down.
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

/// What is sealed in one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Record {
    /// Something that befell the audit itself, or a count.
    Event(AuditEvent),
    /// One look. Chains of before November 2026 have nothing else.
    Look(AuditNote),
}

impl From<AuditNote> for Record {
    fn from(note: AuditNote) -> Self {
        Self::Look(note)
    }
}

impl From<AuditEvent> for Record {
    fn from(event: AuditEvent) -> Self {
        Self::Event(event)
    }
}

impl Record {
    /// When it was written, UTC.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Look(note) => note.at,
            Self::Event(
                AuditEvent::Began { at }
                | AuditEvent::Restored(Restored { at, .. })
                | AuditEvent::Pruned(Pruned { at, .. })
                | AuditEvent::Misses(Misses { at, .. })
                | AuditEvent::Staff(StaffRecord { at, .. }),
            ) => *at,
        }
    }

    /// Whether a chain may begin with it.
    #[must_use]
    pub const fn begins(&self) -> bool {
        matches!(self, Self::Event(AuditEvent::Began { .. } | AuditEvent::Restored(_)))
    }
}

/// What is written down beside looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AuditEvent {
    /// The chain was begun, together with its key.
    Began {
        /// When, UTC.
        at: Timestamp,
    },
    /// A database was put back: what was known beyond it is lost.
    Restored(Restored),
    /// Entries were removed after their time.
    Pruned(Pruned),
    /// What the public was refused for a while.
    Misses(Misses),
    /// What a member of staff did, or what befell their account.
    Staff(StaffRecord),
}

/// A database was put back, and somebody answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When that was accepted, UTC.
    pub at: Timestamp,
    /// Who accepted it.
    pub by: String,
    /// Why it was put back.
    pub why: String,
    /// The end that was known; none where nobody knew one.
    pub known: Option<Head>,
    /// The end that was there; none when there was no entry.
    pub found: Option<Head>,
}

impl Restored {
    /// How many entries are lost, where that is known.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        let found = self.found.as_ref().map_or(0, |head| head.sequence);
        self.known.as_ref().map(|known| known.sequence.saturating_sub(found))
    }

    /// Whether an entry of that number was lost, as far as somebody answers for it.
    #[must_use]
    pub fn lost_entry(&self, sequence: u64) -> bool {
        let [found, known] =
            [&self.found, &self.known].map(|end| end.as_ref().map_or(0, |head| head.sequence));
        found < sequence && sequence <= known
    }
}

/// The oldest entries were removed after the time that they must be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// When, UTC.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// Why.
    pub why: String,
    /// The last entry that was removed. Its number is that of all entries ever removed.
    pub until: Head,
    /// When that entry was written, UTC.
    pub until_at: Timestamp,
    /// Entries removed this time.
    pub count: u64,
    /// Whether they said that the clock was right. Not written where they did not: entries of before
    /// there was this have the bytes that they were sealed with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_is_right: bool,
    /// The leaps of the clock that they were told of and answered for. Empty where they were told of none,
    /// and in entries of before each was named: those answered for every leap before them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaps: Vec<AuditLeap>,
}

/// A leap of the clock from one entry to the next, or from the last one to the moment of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLeap {
    /// Number of the entry that it follows.
    pub after: u64,
    /// From when to when.
    #[serde(flatten)]
    pub leap: Leap,
}

impl std::fmt::Display for AuditLeap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { after, leap: Leap { from, to } } = self;
        write!(f, "after entry {after} from {from:.0} to {to:.0}")
    }
}

/// Refusals to the public in one window of time, counted. However many ask, it stays small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misses {
    /// When the window was opened, UTC.
    pub from: Timestamp,
    /// When it was closed, UTC.
    pub at: Timestamp,
    /// By sub-district and reason.
    pub counts: Vec<MissCount>,
    /// Visitors with strikingly many.
    pub standing_out: Vec<StandingOut>,
}

/// Refusals of one reason in one sub-district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissCount {
    /// First characters of the codes; none for all that there was no room for.
    pub within: Option<String>,
    /// Why nothing was shown; none where it could not be found out.
    pub reason: Option<Withheld>,
    /// How many.
    pub count: u64,
}

/// A visitor with strikingly many refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingOut {
    /// The visitor's mark, as in [`AuditNote::who`].
    pub who: String,
    /// The sub-district they asked for, if it was one.
    pub within: Option<String>,
    /// At least so many.
    pub count: u64,
}
