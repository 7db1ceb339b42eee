//! What an extract of a place comes to that somebody brings: as a file, or as the code of a printed page.

use domain::{LandCode, signed_extract::SignedExtract};
use jiff::{Timestamp, civil::Date};

/// What a file, or the code of a printed page, is.
#[derive(Clone, Debug)]
pub enum ExtractReading {
    /// It is as this portal signed it.
    Genuine(Box<GenuineExtract>),
    /// It names a key of this portal, and is not what was signed with it.
    Altered,
    /// No key of this portal signed it.
    NotOurs,
    /// It is as it was signed, with a key that this portal does not trust any more.
    Revoked {
        /// Since when, in China.
        since: Date,
    },
    /// It is signed in a way that this portal is too old for.
    Newer,
    /// Its end is missing.
    CutShort,
    /// What was looked up is no code of an extract, or one that was not read whole.
    NoStub,
}

/// An extract as it was signed.
#[derive(Clone, Debug)]
pub struct GenuineExtract {
    /// Of which place.
    pub code: LandCode,
    /// When.
    pub at: Timestamp,
    /// By which data, `dataset/number`.
    pub version: String,
    /// What it says; none of a printed page, which carries its digest alone.
    pub file: Option<Box<SignedExtract>>,
    /// What is told now.
    pub now: ToldNow,
}

/// How an extract stands to what is told now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToldNow {
    /// The same, to the byte.
    Same,
    /// Other data took the place of its data.
    OtherData {
        /// Since when; `None` where they are older than the extract, as after a rollback.
        since: Option<Timestamp>,
        /// The day that their source was drawn up.
        source_date: Date,
    },
    /// By the same data version something else is told: the days of a layer, the policy, the laws' words, the map, the
    /// portal's name or the program changed.
    Otherwise,
    /// The code has ended.
    Ended,
    /// Nothing is told of the place.
    Nothing,
}
