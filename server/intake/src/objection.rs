//! What may stand against an import, and the names by which it is allowed all the same.

use std::{fmt, str::FromStr};

/// Something that stops an import unless it is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowance {
    /// No parcels, or a file of parcels or units from which nothing came in.
    Empty,
    /// More than 5 % fewer parcels, units or features of a layer than in the current version, or a
    /// layer fewer.
    Smaller,
    /// A source date before that of the current version.
    Older,
    /// A source date that is still to come: every true one would be older.
    Future,
    /// Fewer classified parcels than the mapping or the current version lead to expect.
    Unclassified,
    /// Parcels whose codes another data set has too.
    SharedCodes,
}

impl Allowance {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Empty,
        Self::Smaller,
        Self::Older,
        Self::Future,
        Self::Unclassified,
        Self::SharedCodes,
    ];

    /// Its name, for whoever allows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Smaller => "smaller",
            Self::Older => "older",
            Self::Future => "future",
            Self::Unclassified => "unclassified",
            Self::SharedCodes => "shared-codes",
        }
    }
}

/// A name that is no [`Allowance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use empty, smaller, older, future, unclassified or shared-codes")]
pub struct UnknownAllowance;

impl FromStr for Allowance {
    type Err = UnknownAllowance;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|allowance| allowance.name() == text).ok_or(UnknownAllowance)
    }
}

/// Why an import should not be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// What would allow it.
    pub allowance: Allowance,
    /// The reason, a sentence without its full stop.
    pub reason: String,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The objections, a line each.
pub(crate) fn sentences(objections: &[Objection]) -> String {
    let mut text = String::from("the import stops:");
    for objection in objections {
        text.push_str(&format!("\n  {objection}"));
    }
    text
}
