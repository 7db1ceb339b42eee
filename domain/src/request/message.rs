//! What departments are told, and the ids under which it is sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Confirmation, ReopeningAsked, RequestNumber, Submission};
use crate::code::LandCode;

/// What a message to a department is about; `kind` of its JSON, and the name that Standard Webhooks
/// call the event type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// A new request.
    #[default]
    #[serde(rename = "request.submitted")]
    Submitted,
    /// The applicant changed what they had handed in, or asks for the request to be taken up again: the whole request
    /// as it is now.
    #[serde(rename = "request.corrected")]
    Corrected,
    /// The applicant took the request back: it is not to be worked on any more.
    #[serde(rename = "request.withdrawn")]
    Withdrawn,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Submitted, Self::Corrected, Self::Withdrawn];

    /// Its name in storage and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a department receives of a request that was submitted or corrected: frozen then, byte for
/// byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPayload {
    /// Submitted or corrected; payloads of before November 2026 do not say, and are submissions.
    #[serde(default)]
    pub kind: MessageKind,
    /// The request's number.
    pub request: RequestNumber,
    /// The submission.
    #[serde(flatten)]
    pub submission: Submission,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// When it was corrected, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Timestamp>,
    /// That the applicant asks for it to be taken up again, the request being as it was. Its kind is that of a
    /// correction: a system that knows three kinds of messages takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopening: Option<ReopeningAsked>,
    /// That the applicant handed in all of this (rule S7); none where staff corrected it, and before November
    /// 2026.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
}

#[cfg(feature = "answers")]
impl DeliveryPayload {
    /// All of a request as it was submitted, or as it was corrected, answers in their normal forms: what is
    /// confirmed of it.
    #[must_use]
    pub fn of(
        request: RequestNumber,
        submission: Submission,
        submitted_at: Timestamp,
        corrected_at: Option<Timestamp>,
    ) -> Self {
        let kind = match corrected_at {
            Some(_) => MessageKind::Corrected,
            None => MessageKind::Submitted,
        };
        let submission = submission.for_department();
        let (reopening, confirmation) = (None, None);
        Self { kind, request, submission, submitted_at, corrected_at, reopening, confirmation }
    }

    /// The same request, asked to be taken up again: what is confirmed of that.
    #[must_use]
    pub fn taken_up_again(
        request: RequestNumber,
        submission: Submission,
        submitted_at: Timestamp,
        asked: ReopeningAsked,
    ) -> Self {
        let at = asked.asked_at;
        Self { reopening: Some(asked), ..Self::of(request, submission, submitted_at, Some(at)) }
    }

    /// This message with what confirms it.
    #[must_use]
    pub fn confirmed_by(self, confirmation: Option<Confirmation>) -> Self {
        Self { confirmation, ..self }
    }
}

/// What a department receives of a request that was withdrawn: enough to find it, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalPayload {
    /// Withdrawn.
    pub kind: MessageKind,
    /// The request's number.
    pub request: RequestNumber,
    /// The service item.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// When it was withdrawn, UTC.
    pub withdrawn_at: Timestamp,
}

/// The id of a delivery: `webhook-id` and `Idempotency-Key` at the department, `msg_…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub String);

impl DeliveryId {
    /// The id of a department's delivery of a message, which counts up from 1 within the request.
    /// That of a submission is as it always was.
    #[must_use]
    pub fn of(number: &RequestNumber, department: &str, message: u32) -> Self {
        Self(match message {
            1 => format!("msg_{number}_{department}"),
            later => format!("msg_{number}_{department}_{later}"),
        })
    }

    /// The request and the department of a delivery; `None` where the id is none of this portal's.
    #[must_use]
    pub fn parts(&self) -> Option<(RequestNumber, String)> {
        let mut parts = self.0.strip_prefix("msg_")?.splitn(3, '_');
        let number = parts.next().and_then(RequestNumber::parse)?;
        let department = parts.next().filter(|department| !department.is_empty())?;
        Some((number, department.to_owned()))
    }
}

/// What departments are told of a request: to be kept and sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Counts up from 1 within the request.
    pub sequence: u32,
    /// What it is about.
    pub kind: MessageKind,
    /// When it was written, UTC.
    pub at: Timestamp,
    /// [`DeliveryPayload`] or [`WithdrawalPayload`] as JSON, frozen byte for byte.
    pub body: String,
}

impl Message {
    /// Tells of a request as it was submitted, or as it was corrected: `sequence` is 1 for the former.
    ///
    /// # Errors
    /// When JSON has no word for something in it.
    #[cfg(feature = "answers")]
    pub fn whole(sequence: u32, payload: &DeliveryPayload) -> serde_json::Result<Self> {
        let at = payload.corrected_at.unwrap_or(payload.submitted_at);
        Self::new(sequence, payload.kind, at, payload)
    }

    /// Tells that a request was taken back `at`, UTC, as `submitted_at` is.
    ///
    /// # Errors
    /// When JSON has no word for something in it.
    pub fn withdrawn(
        sequence: u32,
        request: &RequestNumber,
        submission: Submission,
        submitted_at: Timestamp,
        at: Timestamp,
    ) -> serde_json::Result<Self> {
        let kind = MessageKind::Withdrawn;
        let Submission { item, code, .. } = submission;
        let request = request.clone();
        let payload =
            WithdrawalPayload { kind, request, item, code, submitted_at, withdrawn_at: at };
        Self::new(sequence, kind, at, &payload)
    }

    fn new(
        sequence: u32,
        kind: MessageKind,
        at: Timestamp,
        payload: &impl Serialize,
    ) -> serde_json::Result<Self> {
        Ok(Self { sequence, kind, at, body: serde_json::to_string(payload)? })
    }
}
