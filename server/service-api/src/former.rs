//! What is said of a place by data that are not the current ones any more. The policy, the day and what is
//! classified are those of today: nothing is shown as of then that may not be shown now.

use domain::dataset::DataVersion;
use jiff::civil::Date;

use crate::Place;

/// What is said of a place as of a day.
#[derive(Clone, Debug, PartialEq)]
pub enum AsOf {
    /// What everybody may see of what the data of then have.
    Then(Box<Place>),
    /// The data of then are the current ones.
    Current,
    /// The data of then are not kept, or it cannot be said which they were.
    NotKept {
        /// The first day of which everything can be said.
        from: Date,
    },
}

/// What the newest data of a place changed.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceChanges {
    /// What everybody may see of it now.
    pub now: Place,
    /// What everybody could see of it by the data before, as of today's policy.
    pub before: Before,
}

/// A place by the data before the current ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Before {
    /// It was so, by this version.
    Was(Box<Place>),
    /// That version had nothing that may be shown.
    Nothing(DataVersion),
    /// No version before is kept that may be held against the current one.
    NotKept,
}
