//! What can be wrong with a code, said so that a person can mend it.

use std::fmt;

use serde::Serialize;

/// Where the letter of layer 6 stands, from 1.
const FIXTURE_POSITION: usize = 20;

/// What a position of a code may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A digit.
    Digit,
    /// A digit other than 0: division codes start with 1 to 9.
    LeadingDigit,
    /// G, J or Z: who owns the land.
    OwnershipLetter,
    /// A B S X C D E F L N H G W Y K: which right the parcel is for.
    RightLetter,
    /// F, L, Q or W: what stands on it.
    FixtureLetter,
    /// A parcel number from 00001.
    ParcelNumber,
    /// Eight zeros after W.
    ZerosAfterW,
    /// A building number from 0001.
    BuildingNumber,
    /// A household number from 0001.
    HouseholdNumber,
    /// A running number from 00000001.
    RunningNumber,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digit => "a digit",
            Self::LeadingDigit => "a digit from 1 to 9",
            Self::OwnershipLetter => "G, J or Z",
            Self::RightLetter => "one of A B S X C D E F L N H G W Y K",
            Self::FixtureLetter => "F, L, Q or W",
            Self::ParcelNumber => "a parcel number from 00001",
            Self::ZerosAfterW => "00000000 after W",
            Self::BuildingNumber => "a building number from 0001",
            Self::HouseholdNumber => "a household number from 0001",
            Self::RunningNumber => "a running number from 00000001",
        })
    }
}

/// Why a text is not a code. Positions count from 1 and skip spaces and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CodeError {
    /// Nothing but separators.
    #[error("no code was given; expected 19 or 28 characters")]
    Empty,
    /// Not 19 or 28 characters long.
    #[error("{found} characters were given; expected {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// The lengths that would do, as words: `19`, `28` or `19 or 28`.
        expected: &'static str,
        /// The first character that is one too many, or the first that is missing.
        position: usize,
    },
    /// A character that cannot stand where it stands.
    #[error("position {position} is {found:?}; expected {expected}")]
    Character {
        /// Where, from 1.
        position: usize,
        /// What stands there.
        found: char,
        /// What may.
        expected: Expected,
    },
    /// Digits that are no number of their kind; only when issuing (rule C2).
    #[error("positions {position} to {end} are not {expected}")]
    Number {
        /// First position.
        position: usize,
        /// Last position.
        end: usize,
        /// What is wanted there.
        expected: Expected,
    },
}

impl CodeError {
    /// The position to point at, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        match self {
            Self::Empty => 1,
            Self::Length { position, .. }
            | Self::Character { position, .. }
            | Self::Number { position, .. } => *position,
        }
    }

    /// Whether a wrong character at `position` (from 1) may be what this complains of. The letter
    /// in place 20 decides which numbers may follow it, so a fault in the number may be one in the
    /// letter.
    #[must_use]
    pub fn covers(&self, position: usize) -> bool {
        match self {
            Self::Number { position: first, end, expected } => {
                let first = match expected {
                    Expected::ZerosAfterW
                    | Expected::BuildingNumber
                    | Expected::HouseholdNumber
                    | Expected::RunningNumber => FIXTURE_POSITION,
                    _ => *first,
                };
                (first..=*end).contains(&position)
            }
            other => other.position() == position,
        }
    }
}

/// Something unusual about a code that is accepted all the same (rules C2, C3, C6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CodeWarning {
    /// A number that issuing would refuse.
    Number {
        /// First position.
        position: usize,
        /// What issuing wants there.
        expected: Expected,
    },
    /// Parcel types A and C are for collective land only.
    NeedsCollectiveLand,
    /// A right to build or to farm, yet nobody knows whose the land is (rule C3).
    NeedsKnownOwnership,
    /// Sea areas and islands are state-owned (海域使用管理法 art. 3).
    NeedsStateOwnership,
    /// A fixture type not seen with this parcel type.
    UnlistedPair,
    /// Land whose districts are `000000`: not yet surveyed.
    VirtualParcel,
}
