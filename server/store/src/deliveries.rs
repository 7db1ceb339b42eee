//! What people do about deliveries: see them, hurry them, send them elsewhere, settle them.

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::request::{Actor, DeliveryId, MessageKind, RequestNumber};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};

use crate::{DeliveryAct, DeliveryState, Listed, StoreError};

/// An entry in a delivery's journal, chained to the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// Counts up from 1 within the delivery.
    pub sequence: u32,
    /// When, UTC.
    pub at: Timestamp,
    /// What happened.
    pub act: DeliveryAct,
    /// Who did it.
    pub actor: Actor,
    /// Why, or what else there is to say.
    pub note: Option<String>,
    /// SHA-256 over the entry before and this one, URL-safe base64.
    pub hash: String,
}

impl DeliveryEvent {
    /// The entry that follows `previous` (none for the first), with its hash.
    #[must_use]
    pub fn after(
        previous: Option<&Self>,
        id: &DeliveryId,
        at: Timestamp,
        act: DeliveryAct,
        actor: Actor,
        note: Option<String>,
    ) -> Self {
        let sequence = previous.map_or(1, |event| event.sequence + 1);
        let mut event = Self { sequence, at, act, actor, note, hash: String::new() };
        event.hash = event.chain(previous.map_or("", |event| &event.hash), id);
        event
    }

    /// Whether the entry's hash follows from its content and the one before.
    #[must_use]
    pub fn follows(&self, previous: Option<&Self>, id: &DeliveryId) -> bool {
        self.sequence == previous.map_or(1, |event| event.sequence + 1)
            && self.hash == self.chain(previous.map_or("", |event| &event.hash), id)
    }

    fn chain(&self, previous: &str, id: &DeliveryId) -> String {
        let act = self.act.name();
        let content = (previous, &id.0, self.sequence, self.at, act, &self.actor, &self.note);
        // A tuple of strings and numbers always serialises.
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    }
}

/// A delivery as the operator sees it: nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Its id.
    pub id: DeliveryId,
    /// The request.
    pub number: RequestNumber,
    /// The department.
    pub department: String,
    /// What it is told.
    pub kind: MessageKind,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts begun.
    pub attempts: u32,
    /// When the request was submitted.
    pub submitted_at: Timestamp,
    /// When the next attempt is due, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// Why the last attempt failed; of a delivered one, what was lost of the answer.
    pub reason: Option<String>,
    /// The department's own reference, when it gave one.
    pub reference: Option<String>,
    /// When the department confirmed it.
    pub delivered_at: Option<Timestamp>,
    /// Its journal, oldest first.
    pub events: Vec<DeliveryEvent>,
}

impl DeliveryRecord {
    /// Whether the journal is as it was written.
    #[must_use]
    pub fn journal_is_whole(&self) -> bool {
        let mut previous = None;
        self.events.iter().all(|event| {
            let follows = event.follows(previous, &self.id);
            previous = Some(event);
            follows
        })
    }

    /// What somebody proposed and nobody has confirmed: that the department has it by another way. Whatever
    /// happened to the delivery since ended that.
    #[must_use]
    pub fn proposal(&self) -> Option<&DeliveryEvent> {
        self.events.last().filter(|event| {
            event.act == DeliveryAct::Proposed && DeliveryState::UNDELIVERED.contains(&self.state)
        })
    }
}

/// Which deliveries to list; everything that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// This one.
    pub id: Option<DeliveryId>,
    /// Of this department.
    pub department: Option<String>,
    /// Of this request.
    pub number: Option<RequestNumber>,
    /// In one of these states; empty for any.
    pub states: Vec<DeliveryState>,
}

/// What a person does about a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intervention {
    /// Looks after one that is stuck; the applicant is told so as long as it is.
    TakeOver,
    /// Has it sent again now, unless somebody has it in hand, whose outcome would count for the new
    /// round. What may have arrived is asked about first.
    Retry {
        /// Also when it counts as delivered or settled.
        again: bool,
    },
    /// Has it sent to another department instead.
    Redirect {
        /// The other department.
        to: String,
    },
    /// Settles it by hand: it is not sent any more.
    Settle {
        /// The department has the request by another way, and the request counts as sent.
        received: bool,
        /// The department's reference, where it is known: then it counts as acknowledged.
        reference: Option<String>,
    },
    /// Says that the department has it by another way. Nothing follows until somebody else confirms it.
    Propose,
    /// Settles what somebody else proposed, for the reason that they gave.
    Confirm {
        /// The entry of the journal that was read: another one since is not confirmed with it.
        of: u32,
    },
}

/// Who intervenes, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervener {
    /// Name of the member of staff.
    pub name: String,
    /// When, UTC.
    pub at: Timestamp,
    /// Why. Of a redirection and a settlement the applicant reads it.
    pub reason: Option<String>,
}

/// What became of an intervention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intervened {
    /// It is on record, and what follows from it.
    Done,
    /// There is no delivery of that id.
    Unknown,
    /// Its state does not allow it.
    NotIn(DeliveryState),
    /// It is being sent at this moment, until then at the latest.
    UnderWay(Timestamp),
    /// The other department has the request, or is being sent it.
    AlreadyThere,
    /// The applicant took the request back: nothing of it is sent any more but that.
    TakenBack,
    /// Nobody has proposed it, or something happened since.
    NotProposed,
    /// Who would confirm it has proposed it, by this account or by another one of theirs.
    SamePerson,
    /// The account, or the one that proposed it, has no staff number, and others of the office have one: it is not known
    /// whether they are two people.
    NoNumber,
}

/// A request that is not decided, in a list for staff: nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its number.
    pub number: RequestNumber,
    /// The service item.
    pub item: String,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// On which day in China the department confirmed it, or took it up again, from which its time counts; none while it
    /// has not.
    pub begun: Option<Date>,
}

/// Seeing deliveries, and doing something about them.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// The deliveries that fit, oldest first, with their journals.
    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Listed<DeliveryRecord>, StoreError>;

    /// Does something about a delivery and writes down who did it, in one transaction.
    async fn intervene(
        &self,
        id: &DeliveryId,
        intervention: &Intervention,
        by: &Intervener,
    ) -> Result<Intervened, StoreError>;

    /// The requests that a department has or is to have and that are not decided, returned or taken back, or were taken
    /// up again, oldest first and at most so many. Nothing of them is opened.
    async fn undecided(
        &self,
        department: &str,
        most: usize,
    ) -> Result<Vec<OpenRequest>, StoreError>;
}
