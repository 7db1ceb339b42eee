//! What a label comes to.

use domain::{LandCode, Localized, ParcelCode, record::Value};
use jiff::Timestamp;

use crate::Place;

/// What a label of this portal stands for, as far as its page says.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelSubject {
    /// A parcel, or a unit on it that is no home.
    Place(LandCode),
    /// A home: only the parcel it stands on (rules P7 and Q1).
    Home {
        /// The parcel.
        parcel: ParcelCode,
        /// The unit's code with the household hidden.
        masked: String,
        /// Its address down to the building, where the policy lets the holder of its label see
        /// that much.
        building: Option<Value>,
    },
}

/// A label that this portal issued and stands by.
#[derive(Clone, Debug, PartialEq)]
pub struct GenuineLabel {
    /// Its running number.
    pub serial: u64,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    pub issued_at: Timestamp,
    /// What it stands for.
    pub subject: LabelSubject,
    /// What may be shown of it; of a home, the parcel. `None` where that is nothing.
    pub place: Option<Place>,
}

/// A label that this portal issued and no longer stands by. Of a home's, nothing is said of where
/// it is: that is what withdrawing it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawnLabel {
    /// Its running number.
    pub serial: u64,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    pub issued_at: Timestamp,
    /// The code that is printed on it, unless it was a home's.
    pub code: Option<LandCode>,
    /// When it was withdrawn.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// What a label comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelReading {
    /// Issued here, and it counts.
    Genuine(Box<GenuineLabel>),
    /// Issued here, and it counts no more.
    Withdrawn(WithdrawnLabel),
    /// Not issued here: unknown, altered, forged, another portal's, or sealed with a key that is
    /// no longer trusted.
    NotIssued,
}
