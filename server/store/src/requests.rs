//! Keeping and following requests.

use async_trait::async_trait;
use domain::{
    figures::Handled,
    request::{
        Confirmation, DepartmentWord, OutcomeRefused, Request, RequestNumber, RequestState,
        Submission,
    },
};
use jiff::{Timestamp, civil::Date};

use crate::{RecordFault, StoreError};

/// A request about to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRequest {
    /// Drawn by the caller; kept only if `idempotency_key` is new.
    pub number: RequestNumber,
    /// What was asked, checked.
    pub submission: Submission,
    /// When, UTC.
    pub submitted_at: Timestamp,
    /// Drawn when the form was shown, or given by an API client: the same key never makes two
    /// requests.
    pub idempotency_key: String,
    /// The departments that must act, one delivery each.
    pub departments: Vec<String>,
    /// That all of it was handed in; none where no key signs.
    pub confirmation: Option<Confirmation>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Submitted {
    /// Kept: request, first event and outbox rows are on disk.
    New(RequestNumber),
    /// The key was used before for the same submission; this is the request it made.
    Repeated(RequestNumber),
    /// The key was used before for a different submission, of this request; nothing was kept.
    Conflict(RequestNumber),
    /// These of its files, by id, are not kept any more or belong to another request; nothing was kept.
    Unattachable(Vec<String>),
}

/// Keeping and following requests.
#[async_trait]
pub trait Requests: Send + Sync {
    /// Keeps a request, its first event and one outbox row per department, and makes its files its own, in
    /// one transaction that is on disk when this returns.
    async fn submit(&self, request: &NewRequest) -> Result<Submitted, StoreError>;

    /// What its key was used for before: what [`Requests::submit`] would answer without keeping
    /// anything; none for a new key.
    async fn earlier(&self, request: &NewRequest) -> Result<Option<Submitted>, StoreError>;

    /// The request that was handed in by this key, whatever it asks for.
    async fn kept_under(&self, key: &str) -> Result<Option<RequestNumber>, StoreError>;

    /// The request of that number.
    async fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError>;

    /// What became of requests until the eve of `today` (in China), for the public figures: what ended
    /// before `since` is left out. Nothing of it is opened, and who has asked is not told.
    async fn handled(&self, since: Date, today: Date) -> Result<Vec<Handled>, StoreError>;

    /// The other requests that were handed in by the same form ([`domain::request::key_under`]), oldest first; none
    /// of one that was handed in alone.
    async fn beside(&self, number: &RequestNumber) -> Result<Vec<RequestNumber>, StoreError>;

    /// Opens everything that is kept of every request, in small steps: what of it is in clear, was
    /// changed, or is missing.
    async fn check_requests(&self) -> Result<Vec<RecordFault>, StoreError>;

    /// Takes a department's word on a request: an event, unless it came before, is late, or is
    /// not that department's to speak. A department that speaks of a request has it: a delivery
    /// in doubt or stuck counts as delivered from then on.
    async fn hear(&self, word: &DepartmentWord) -> Result<Heard, StoreError>;
}

/// What became of a department's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is an event of the request.
    Taken,
    /// It came before, or says nothing new.
    Repeated,
    /// The request is past the state that it names, and stands here.
    Past(RequestState),
    /// The outcome that it says cannot be said now.
    Refused(OutcomeRefused),
    /// No such request was ever to go to this department.
    NotTheirs,
}
