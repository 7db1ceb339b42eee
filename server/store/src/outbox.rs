//! The outbox that carries requests to departments.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::request::{DeliveryId, MessageKind, RequestNumber};
use jiff::{SignedDuration, Timestamp};

use crate::{DeliveryAct, DeliveryState, StoreError};

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
    pub ambiguous: bool,
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

/// Whose deliveries are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'d> {
    /// Those of every department but these.
    AllBut(&'d BTreeSet<String>),
    /// Those of this department.
    Of(&'d str),
}

/// A department's word that it has what it collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The delivery.
    pub id: DeliveryId,
    /// The department whose secret the word was signed with.
    pub department: String,
    /// The owner of the lease under which it was collected.
    pub owner: String,
    /// The department's reference, if it gave one.
    pub reference: Option<String>,
    /// When it was heard, UTC.
    pub at: Timestamp,
}

/// The longest that anybody holds a delivery: what a department has collected.
pub const LONGEST_HELD: SignedDuration = SignedDuration::from_mins(5);

/// What became of an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// The delivery has arrived, as of now.
    Done,
    /// It had arrived before, with this reference. Nothing was changed.
    Before(Option<String>),
    /// The department has no such delivery.
    Unknown,
    /// It was not collected under that lease, or has been collected again since.
    NotHeld,
    /// Somebody closed it meanwhile.
    Closed(DeliveryState),
}

/// Carrying requests to departments.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes up to `limit` due deliveries for `owner` until `now + lease`, first those that have waited longest:
    /// since they were handed in, or were handed out without an outcome. A delivery whose lease has run out may be
    /// taken again. Delivered and stuck ones never are. A department gets what a request has for it one after the
    /// other: none is due before the one before it has arrived. Those that are not `whose` are left alone.
    ///
    /// Nothing is ever due in more than a day or held for more than twice `lease`: what says so
    /// was written by a clock that went wrong, and is taken now.
    async fn lease(
        &self,
        owner: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: usize,
        whose: Whose<'_>,
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

    /// Takes a department's word that it has what it collected, in one transaction with what
    /// follows from it. Also after its lease, as long as nobody else took the delivery, and of one
    /// that is stuck since: what is there is there.
    async fn acknowledge(&self, said: &Acknowledgement) -> Result<Acknowledged, StoreError>;

    /// Leaves to a person what waits for `department` since before `began_before` and is in
    /// nobody's hands, for this reason; how many there were. `lease` is the longest that anybody
    /// holds one.
    async fn give_up(
        &self,
        department: &str,
        now: Timestamp,
        lease: SignedDuration,
        began_before: Timestamp,
        reason: &str,
    ) -> Result<u64, StoreError>;

    /// When the next delivery of these is due; `None` when nothing waits.
    async fn next_due(&self, whose: Whose<'_>) -> Result<Option<Timestamp>, StoreError>;

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

/// How many deliveries of a department wait in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The department.
    pub department: String,
    /// The state: pending, ambiguous or stuck.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
    /// When the oldest of these requests was submitted.
    pub oldest: Timestamp,
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
