//! Requests and the outbox that carries them to departments.

use async_trait::async_trait;
use domain::request::{
    DeliveryId, DepartmentWord, MessageKind, Request, RequestNumber, RequestState, Submission,
};
use jiff::{SignedDuration, Timestamp};

use crate::{Backlog, DeliveryAct, RecordFault, StoreError};

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
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Submitted {
    /// Kept: request, first event and outbox rows are on disk.
    New(RequestNumber),
    /// The key was used before for the same submission; this is the request it made.
    Repeated(RequestNumber),
    /// The key was used before for a different submission; nothing was kept.
    Conflict,
}

/// Keeping and following requests.
#[async_trait]
pub trait Requests: Send + Sync {
    /// Keeps a request, its first event and one outbox row per department in one transaction that
    /// is on disk when this returns.
    async fn submit(&self, request: &NewRequest) -> Result<Submitted, StoreError>;

    /// The request of that number.
    async fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError>;

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
    /// No such request was ever to go to this department.
    NotTheirs,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent when due; never reached the department.
    Pending,
    /// Sent, but the answer was lost: the department may have it. Sent again under the same id,
    /// which the department tells apart.
    Ambiguous,
    /// The department has confirmed it.
    Delivered,
    /// Refused for good, or out of time: in a person's queue.
    Stuck,
    /// A person settled it: nothing more is sent.
    Settled,
    /// A person sent it to another department instead.
    Redirected,
    /// The applicant took the request back before the department confirmed it: it is not sent.
    Withdrawn,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Ambiguous,
        Self::Delivered,
        Self::Stuck,
        Self::Settled,
        Self::Redirected,
        Self::Withdrawn,
    ];

    /// Those in which a department has not got what it should have.
    pub const UNDELIVERED: [Self; 3] = [Self::Pending, Self::Ambiguous, Self::Stuck];

    /// Its name in storage and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ambiguous => "ambiguous",
            Self::Delivered => "delivered",
            Self::Stuck => "stuck",
            Self::Settled => "settled",
            Self::Redirected => "redirected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The attempts since the submission, or since somebody had it sent again: what patience is
/// measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Attempts made in it.
    pub attempts: u32,
    /// When it began, UTC; never later than the present, whatever the clock did.
    pub began: Timestamp,
}

/// A delivery taken under a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The request.
    pub number: RequestNumber,
    /// The department.
    pub department: String,
    /// What it is about.
    pub kind: MessageKind,
    /// The body, frozen when it was written: the same bytes at every attempt
    /// ([`domain::request::DeliveryPayload`] or [`domain::request::WithdrawalPayload`] as JSON).
    pub body: Vec<u8>,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When the request was submitted.
    pub submitted_at: Timestamp,
    /// When the lease ends, and with it the right to record an outcome.
    pub leased_until: Timestamp,
    /// Whether an earlier attempt may have reached the department.
    pub maybe_there: bool,
    /// Look-ups that failed one after another since it was last posted.
    pub failed_look_ups: u32,
    /// What its patience is measured by.
    pub round: Round,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum DeliveryOutcome {
    /// Confirmed. With a reference the request is acknowledged, without one it is sent.
    Delivered {
        /// The department's reference, if its answer carried one.
        reference: Option<String>,
        /// What was lost of the answer, for the operator.
        remark: Option<String>,
    },
    /// Never reached the department.
    Stalled {
        /// For the log and the operator.
        reason: String,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// May have reached the department.
    Ambiguous {
        /// For the log and the operator.
        reason: String,
        /// When to try again.
        retry_at: Timestamp,
        /// Look-ups that failed since it was last posted.
        failed_look_ups: u32,
    },
    /// Will not succeed by itself: a person must look.
    Stuck {
        /// For the operator.
        reason: String,
    },
}

/// Carrying requests to departments.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes up to `limit` due deliveries for `owner`, oldest first, until `now + lease`. A
    /// delivery whose lease has run out may be taken again. Delivered and stuck ones never are. A
    /// department gets what a request has for it one after the other: none is due before the one
    /// before it has arrived.
    ///
    /// Nothing is ever due in more than a day or held for more than twice `lease`: what says so
    /// was written by a clock that went wrong, and is taken now.
    async fn lease(
        &self,
        owner: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Notes that an attempt begins, before the first byte leaves: after a crash the delivery is
    /// known to be ambiguous. `false` when `owner` no longer holds the lease.
    async fn begin_attempt(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Records what became of an attempt, and for `Delivered` the request's event, in one
    /// transaction. `false` when `owner` no longer holds the lease; then nothing changes.
    async fn record_outcome(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
        outcome: &DeliveryOutcome,
    ) -> Result<bool, StoreError>;

    /// When the next delivery is due; `None` when nothing waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// How many deliveries stand in each state, for metrics and operators.
    async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError>;

    /// What has not been delivered, counted by department and state.
    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError>;

    /// The state of a request's deliveries with the last reason, per department: what the
    /// tracking page needs to be honest about a department that cannot be reached.
    async fn deliveries_of(
        &self,
        number: &RequestNumber,
    ) -> Result<Vec<DeliveryStatus>, StoreError>;
}

/// A delivery as the tracking page sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// The department.
    pub department: String,
    /// What it is told.
    pub kind: MessageKind,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts that have ended; one under way is not among them.
    pub attempts: u32,
    /// When the next attempt is due, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// The department's own reference, when it gave one.
    pub reference: Option<String>,
    /// When the department confirmed it.
    pub delivered_at: Option<Timestamp>,
    /// Whether the department has it or may have it, whoever says so.
    pub reached: bool,
    /// The last entry in its journal, and when it was made.
    pub last_act: Option<(DeliveryAct, Timestamp)>,
}
