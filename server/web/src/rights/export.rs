//! Everything that is kept on a request, for its applicant to take along.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    LandCode, Localized,
    request::{Actor, Channel, RequestEvent, RequestNumber, RequestState},
    retention::Retentions,
    service::Answers,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::{DeliveryRecord, Dossier};
use utoipa::ToSchema;

/// Everything that is kept on a request. Names of the operator's staff are left out: they are
/// somebody else's.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    /// The request's number.
    #[schema(value_type = String)]
    pub number: RequestNumber,
    /// Id of the service.
    item: String,
    /// The place.
    #[schema(value_type = String)]
    code: LandCode,
    /// The data version the applicant saw.
    data_version: String,
    /// `self` or `counter`.
    #[schema(value_type = String)]
    channel: Channel,
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Timestamp,
    /// Where it stands.
    #[schema(value_type = String)]
    state: RequestState,
    /// The day on which it is deleted, once it has ended.
    #[schema(value_type = Option<String>, format = Date)]
    kept_until: Option<Date>,
    /// What tells who the applicant is, as it is now.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    applicant: Answers,
    /// The other answers, as they are now.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    answers: Answers,
    /// What happened, oldest first.
    events: Vec<ExportedEvent>,
    /// What departments were told, word for word, oldest first.
    messages: Vec<ExportedMessage>,
    /// To whom it was sent, and what became of it.
    deliveries: Vec<ExportedDelivery>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedEvent {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = String)]
    state: RequestState,
    /// `applicant`, `portal`, `department` or `staff`.
    by: &'static str,
    reference: Option<String>,
    note: Option<String>,
    hash: String,
}

/// Something departments were told.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedMessage {
    /// `submitted`, `corrected` or `withdrawn`.
    kind: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = Object)]
    content: serde_json::Value,
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedDelivery {
    /// The department's name.
    #[schema(value_type = Object)]
    department: Localized,
    kind: &'static str,
    state: &'static str,
    attempts: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    reference: Option<String>,
    /// Why the last attempt failed.
    reason: Option<String>,
    journal: Vec<ExportedEntry>,
}

/// An entry of a delivery's journal.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedEntry {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    act: &'static str,
    by: &'static str,
    note: Option<String>,
}

const fn by(actor: &Actor) -> &'static str {
    match actor {
        Actor::Applicant => "applicant",
        Actor::Portal => "portal",
        Actor::Department(_) => "department",
        Actor::Staff(_) => "staff",
    }
}

/// An export as a file that is kept by nobody on the way.
pub(crate) fn json_file(export: &Export) -> Response {
    let name = format!("attachment; filename=\"{}.json\"", export.number);
    let mut response = Json(export).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// What is kept, for taking along. `name` knows departments by their ids.
#[must_use]
pub fn export(
    dossier: Dossier,
    retentions: &Retentions,
    name: impl Fn(&str) -> Localized,
) -> Export {
    let Dossier { request, messages, deliveries, .. } = dossier;
    let kept_until = request
        .ended_at()
        .and_then(|ended| Some(retentions.of(&request.submission.item)?.until(ended)));
    let event = |event: &RequestEvent| ExportedEvent {
        at: event.at,
        state: event.state,
        by: by(&event.actor),
        reference: event.reference.clone(),
        note: event.note.clone(),
        hash: event.hash.clone(),
    };
    let delivery = |delivery: DeliveryRecord| ExportedDelivery {
        department: name(&delivery.department),
        kind: delivery.kind.name(),
        state: delivery.state.name(),
        attempts: delivery.attempts,
        delivered_at: delivery.delivered_at,
        reference: delivery.reference,
        reason: delivery.reason,
        journal: delivery
            .events
            .iter()
            .map(|entry| ExportedEntry {
                at: entry.at,
                act: entry.act.name(),
                by: by(&entry.actor),
                note: entry.note.clone(),
            })
            .collect(),
    };
    Export {
        state: request.state(),
        kept_until,
        events: request.events.iter().map(event).collect(),
        messages: messages
            .into_iter()
            .map(|message| ExportedMessage {
                kind: message.kind.name(),
                at: message.at,
                content: message.content,
            })
            .collect(),
        deliveries: deliveries.into_iter().map(delivery).collect(),
        number: request.number,
        submitted_at: request.submitted_at,
        item: request.submission.item,
        code: request.submission.code,
        data_version: request.submission.data_version,
        channel: request.submission.channel,
        applicant: request.submission.applicant,
        answers: request.submission.answers,
    }
}
