//! What an applicant hands in.

use serde::{Deserialize, Serialize};

use crate::{code::LandCode, service::Answers};

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the applicant.
    #[serde(rename = "self")]
    Applicant,
    /// By front-desk staff on the applicant's behalf.
    Counter,
}

/// What an applicant hands in, after checking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The service item.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// Data version the applicant saw, `dataset/number`.
    pub data_version: String,
    /// Answers that tell who the applicant is.
    pub applicant: Answers,
    /// The other answers.
    pub answers: Answers,
    /// How it came in.
    pub channel: Channel,
}

impl Submission {
    /// Whether two submissions ask the same: all of it but the data version, which may change between
    /// two presses of the same button.
    #[must_use]
    pub fn asks_like(&self, other: &Self) -> bool {
        let seen = |one: &Self| Self { data_version: String::new(), ..one.clone() };
        seen(self) == seen(other)
    }
}
