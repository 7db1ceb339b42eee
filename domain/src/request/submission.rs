//! What an applicant hands in.

use serde::{Deserialize, Serialize};

use super::Assisted;
#[cfg(feature = "answers")]
use crate::service::service;
use crate::{
    attachment::Attached,
    code::LandCode,
    service::{Answers, grouped},
    suitability::FactsAsked,
};

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
    #[serde(with = "grouped")]
    pub applicant: Answers,
    /// The other answers.
    #[serde(with = "grouped")]
    pub answers: Answers,
    /// How it came in.
    pub channel: Channel,
    /// The facts that it asks the department for, where it was filed from a verdict (*sites S5*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Box<FactsAsked>>,
    /// The files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attached>,
    /// By which office it was handed in, and what its applicant had confirmed (desk D2); none of what they
    /// handed in themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Box<Assisted>>,
}

#[cfg(feature = "answers")]
impl Submission {
    /// Whether two submissions ask the same: all of it but the data version, which may change between
    /// two presses of the same button. A number that was written in another way is the same number, and
    /// a file that was brought again is the same file.
    #[must_use]
    pub fn asks_like(&self, other: &Self) -> bool {
        self.clone().asked() == other.clone().asked()
    }

    /// What is asked, in its one form: two that are equal ask the same.
    #[must_use]
    pub fn asked(self) -> Self {
        let asks = self.asks.clone().map(|asks| Box::new(asks.written()));
        let files = self.attachments.iter().cloned().map(Attached::content).collect();
        let data_version = String::new();
        let assisted = None;
        Self { data_version, asks, attachments: files, assisted, ..self.for_department() }
    }

    /// As it is kept and a department gets it: phone numbers, e-mail addresses and dates in one form
    /// each, however they were typed.
    #[must_use]
    pub fn for_department(mut self) -> Self {
        if let Some(item) = service(&self.item) {
            for (name, text) in self.applicant.iter_mut().chain(&mut self.answers) {
                if let Some(question) = item.question(name) {
                    *text = question.normal_form(text);
                }
            }
        }
        self
    }
}
