//! A site judged again with what offices said of it (*sites S5*).

use domain::{
    Localized,
    signed_verdict::OutlineJudged,
    suitability::{Disputed, FactAsked, FactsAsked, Said},
};
use jiff::Timestamp;

use crate::Assessment;

/// The site of a request, judged again.
#[derive(Clone, Debug)]
pub struct Redecision {
    /// What the request asks for.
    pub asks: FactsAsked,
    /// What offices said of it: of each fact the last word.
    pub said: Vec<OfficeSaid>,
    /// How many of those the rules of today do not ask, or not so: they count for nothing.
    pub unread: usize,
    /// The verdict by the rules of today; `None` where there are none for that use any more.
    pub told: Option<Assessment>,
    /// Where offices and data contradict each other: nothing of either was taken.
    pub disputed: Vec<Disputed>,
    /// The ground that it was judged on, where that is an outline and not the whole parcel.
    pub outline: Option<OutlineJudged>,
    /// What other offices were asked by the same form and have not said; what they said is among the rest.
    pub others: Vec<OtherOffice>,
}

/// Another office that was asked of the same site by the same form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherOffice {
    /// The department.
    pub by: Localized,
    /// What it was asked and has not said.
    pub facts: Vec<FactAsked>,
    /// Whether its request has ended: it is not waited for.
    pub ended: bool,
}

/// What an office said of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeSaid {
    /// The fact, as it was asked for.
    pub fact: FactAsked,
    /// What was said.
    pub said: Said,
    /// The department that said it.
    pub by: Localized,
    /// When, UTC.
    pub at: Timestamp,
    /// The hash of the event that it came with.
    pub event: String,
}
