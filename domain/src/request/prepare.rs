//! From a submission to what is kept and sent of it, whichever database keeps it.

use jiff::Timestamp;

use super::{
    Actor, Confirmation, DeliveryId, DeliveryPayload, Message, Request, RequestEvent,
    RequestNumber, RequestState, Submission,
};

/// Corrections of one request at most: each goes to a department, where somebody reads it.
pub const MOST_CORRECTIONS: u32 = 20;

/// A new request with everything that is kept together with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The request with its first event.
    pub request: Request,
    /// What departments are told.
    pub message: Message,
    /// Who is told, and under which id.
    pub deliveries: Vec<(DeliveryId, String)>,
}

/// Prepares a request of `submitted_at` (UTC) for the departments that must act.
///
/// # Errors
/// When JSON has no word for something in the submission.
pub fn prepare(
    number: RequestNumber,
    submission: Submission,
    submitted_at: Timestamp,
    departments: &[String],
    confirmation: Option<Confirmation>,
) -> serde_json::Result<Prepared> {
    let payload = DeliveryPayload::of(number.clone(), submission.clone(), submitted_at, None);
    let message = Message::whole(1, &payload.confirmed_by(confirmation))?;
    let address = |department: &String| {
        (DeliveryId::of(&number, department, message.sequence), department.clone())
    };
    let deliveries = departments.iter().map(address).collect();
    let state = RequestState::Submitted;
    let first =
        RequestEvent::after(None, &number, submitted_at, state, Actor::Applicant, None, None);
    let request = Request { number, submission, submitted_at, events: vec![first] };
    Ok(Prepared { request, message, deliveries })
}
