//! A request, from the applicant's form to the department's answer: what of it is kept, sent and
//! chained. Stores keep it and decide nothing of it.

mod acceptance;
mod assisted;
mod beside;
mod confirmation;
mod draft_number;
mod event;
pub mod files;
mod grade;
mod materials;
mod message;
mod number;
mod outcome;
#[cfg(feature = "answers")]
mod prepare;
mod rating;
mod receipt;
mod reopening;
mod state;
mod submission;
#[cfg(test)]
mod tests;
mod time_limit;
mod word;

use jiff::Timestamp;

pub use acceptance::{
    OutcomeDocument, OutcomeRefused, Outstanding, outcome_document, outcome_documents, outstanding,
};
pub use assisted::{Assisted, Consent, ConsentBy};
pub use beside::{key_under, keys_beside};
pub use confirmation::{Confirmation, ConfirmedBy};
#[cfg(feature = "signed")]
pub use confirmation::{Confirmed, NotConfirmed, confirmed, content_digest};
pub use draft_number::{DRAFT_DAYS, DraftNumber};
pub use event::{Actor, RequestEvent, Step};
pub use grade::{Rating, grade_words, rating_grade, rating_note};
pub use materials::{MaterialAtCounter, MaterialBy, MaterialSeen};
pub use message::{DeliveryId, DeliveryPayload, Message, MessageKind, WithdrawalPayload};
pub(crate) use number::{ALPHABET, SECRET_LENGTH, readable};
pub use number::{RequestNumber, is_mistyped_number, letters_and_digits};
pub use outcome::{
    Deadline, LONGEST_MATERIAL, MOST_MATERIALS, MOST_WORKING_DAYS, Outcome, OutcomeFault,
    OutcomeKind,
};
#[cfg(feature = "answers")]
pub use prepare::{MOST_CORRECTIONS, Prepared, prepare};
pub use rating::{
    MOST_RATINGS, NotRated, RATED_WITHIN_DAYS, rate, rateable, rated_until, rating_of,
};
pub use receipt::ReceiptKey;
pub use reopening::{
    MOST_REOPENINGS, NotReopened, ReopeningAsked, reopen, reopenable, reopening_asked,
    reopening_reason,
};
pub use state::RequestState;
pub use submission::{Channel, Submission};
pub use time_limit::{Elapsed, TimeLimit};
pub use word::{DepartmentWord, Follows};

/// The event by which a request came to its end; `None` of one that is open.
fn last_end(events: &[RequestEvent]) -> Option<&RequestEvent> {
    let open = events.iter().rposition(|event| !event.state.is_ended());
    events.get(open.map_or(0, |at| at + 1))
}

/// A request as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub number: RequestNumber,
    /// What was asked.
    pub submission: Submission,
    /// When, UTC.
    pub submitted_at: Timestamp,
    /// Its events, oldest first; never empty.
    pub events: Vec<RequestEvent>,
}

impl Request {
    /// Where it stands: the state of its last event.
    #[must_use]
    pub fn state(&self) -> RequestState {
        self.events.last().map_or(RequestState::Submitted, |event| event.state)
    }

    /// When it ended, UTC: its retention counts from then, whatever was said later. Of one that was taken up again:
    /// when it ended after that.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        last_end(&self.events).map(|event| event.at)
    }

    /// The department's reference, once it has given one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.events.iter().rev().find_map(|event| event.reference.as_deref())
    }
}
