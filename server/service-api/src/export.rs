//! Everything that is kept on a request, for its applicant to take along: as a file, through the API,
//! and by the command line alike.

use std::collections::BTreeMap;

use domain::{
    LandCode, Localized,
    request::{Channel, Outcome, Rating, RequestNumber, RequestState},
    service::{Answers, grouped},
    suitability::{FactsAsked, Said},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything that is kept on a request. Names of the operator's staff are left out: they are
/// somebody else's.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Export {
    /// The request's number.
    #[schema(value_type = String)]
    pub number: RequestNumber,
    /// Id of the service.
    pub item: String,
    /// The place.
    #[schema(value_type = String)]
    pub code: LandCode,
    /// The data version the applicant saw.
    pub data_version: String,
    /// `self` or `counter`.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    pub submitted_at: Timestamp,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: RequestState,
    /// The day on which it is deleted, once it has ended.
    #[schema(value_type = Option<String>, format = Date)]
    pub kept_until: Option<Date>,
    /// What tells who the applicant is, as it is now: texts by the names of questions, and of a group the list of what
    /// was said of each.
    #[schema(value_type = Object)]
    #[serde(serialize_with = "grouped::serialize")]
    pub applicant: Answers,
    /// The other answers, as they are now.
    #[schema(value_type = Object)]
    #[serde(serialize_with = "grouped::serialize")]
    pub answers: Answers,
    /// What it asks a department for, so that a site can be judged again; null where it asks for nothing.
    #[schema(value_type = Option<Object>)]
    pub asks: Option<Box<FactsAsked>>,
    /// What happened, oldest first.
    pub events: Vec<ExportedEvent>,
    /// What departments were told, word for word, oldest first.
    pub messages: Vec<ExportedMessage>,
    /// To whom it was sent, and what became of it.
    pub deliveries: Vec<ExportedDelivery>,
    /// Whom the portal tells by e-mail that something happened; left out where no address was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<ExportedNotices>,
}

/// Whom the portal tells by e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportedNotices {
    /// `asked`, `sent`, `confirmed`, `stopped`, `refused` or `lapsed`.
    pub state: &'static str,
    /// Since when, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The address, as long as it is kept.
    pub address: Option<String>,
    /// The language of the messages, as long as the address is kept.
    pub language: Option<&'static str>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedEvent {
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The state it led to.
    #[schema(value_type = String)]
    pub state: RequestState,
    /// `applicant`, `portal`, `department` or `staff`.
    pub by: &'static str,
    /// The department's own reference.
    pub reference: Option<String>,
    /// Words for the applicant.
    pub note: Option<String>,
    /// What the department says of the facts that it was asked for, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub facts: BTreeMap<String, Said>,
    /// How satisfied the applicant was, `very_satisfied` to `very_dissatisfied`; `note` is what they say
    /// of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rating: Option<Rating>,
    /// What became of the request as an application, as the department said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub outcome: Option<Outcome>,
    /// The event whose notice was printed at the counter, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<u32>,
    /// That staff corrected for the applicant what was handed in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// SHA-256 chained to the event before.
    pub hash: String,
}

/// Something departments were told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedMessage {
    /// `submitted`, `corrected` or `withdrawn`.
    pub kind: &'static str,
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// As it was sent.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedDelivery {
    /// The department's name.
    #[schema(value_type = Object)]
    pub department: Localized,
    /// `submitted`, `corrected` or `withdrawn`.
    pub kind: &'static str,
    /// Where it stands.
    pub state: &'static str,
    /// Attempts begun.
    pub attempts: u32,
    /// When the department confirmed it, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// The department's own reference.
    pub reference: Option<String>,
    /// Why the last attempt failed.
    pub reason: Option<String>,
    /// What was done about it, oldest first.
    pub journal: Vec<ExportedEntry>,
}

/// An entry of a delivery's journal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedEntry {
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was done.
    pub act: &'static str,
    /// `applicant`, `portal`, `department` or `staff`.
    pub by: &'static str,
    /// Why, or what else there is to say.
    pub note: Option<String>,
}
