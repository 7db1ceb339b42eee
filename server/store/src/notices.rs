//! Notices of progress: whom the portal tells that something happened to a request, and how far it has.
//!
//! One row a request. What is due is derived from its events, so nothing is written when one comes.

use async_trait::async_trait;
use domain::{
    Locale,
    request::{RequestNumber, RequestState},
};
use jiff::{SignedDuration, Timestamp};

use crate::StoreError;

/// Most often that an address may be named for a request: each is sent one message unasked.
pub const MOST_ADDRESSES: u32 = 5;

/// Most often that one address may be named, for whatever requests, in a day in which it confirms none, and in
/// 30 days after its reader wanted no more: nobody is flooded by others.
pub const MOST_UNASKED: u32 = 3;

/// How long an address waits to be confirmed before it is forgotten.
pub const UNCONFIRMED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Attempts in a row that failed, from which on somebody should look at the way out.
pub const FAILING_FROM: u32 = 5;

/// Where the notices of a request stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// An address was named; it is to be asked whether it wants them.
    Asked,
    /// It was asked, and has not confirmed.
    Sent,
    /// It has confirmed.
    Confirmed,
    /// Whoever follows the request, or whoever reads the address, wants no more.
    Stopped,
    /// The address takes nothing.
    Refused,
    /// It was not confirmed in time.
    Lapsed,
}

impl NoticeState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Asked, Self::Sent, Self::Confirmed, Self::Stopped, Self::Refused, Self::Lapsed];

    /// Its name in storage and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Stopped => "stopped",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Where notices go; kept sealed, and only as long as they go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeAddress {
    /// The address.
    pub address: String,
    /// The language of the page on which it was named.
    pub locale: Locale,
}

/// The notices of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where they stand.
    pub state: NoticeState,
    /// Since when, UTC.
    pub since: Timestamp,
    /// Drawn when the address was named: its links are made of it, and tell nothing without a key.
    pub id: String,
    /// Where they go, as long as they do.
    pub to: Option<NoticeAddress>,
}

/// An address that somebody names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// The request.
    pub number: RequestNumber,
    /// Drawn for it.
    pub id: String,
    /// Where its notices shall go.
    pub to: NoticeAddress,
    /// A keyed mark of the address, the same for whatever request it is named.
    pub mark: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// What became of naming an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeAsked {
    /// It is asked to confirm.
    Done,
    /// It has confirmed before.
    Unchanged,
    /// Too many were named for the request, or this one too often by whomever.
    TooOften,
    /// There is no such request.
    Unknown,
    /// The request has ended, and stands here.
    Ended(RequestState),
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Whether its reader wants notices.
    Confirm,
    /// That something happened.
    Progress {
        /// The last event that it tells of.
        upto: u32,
    },
}

/// A message that is due, taken under a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueNotice {
    /// The request.
    pub number: RequestNumber,
    /// What was drawn for its address.
    pub id: String,
    /// Where it goes.
    pub to: NoticeAddress,
    /// What it is about.
    pub kind: NoticeKind,
    /// Attempts that failed since the last message.
    pub attempts: u32,
    /// Since when they fail, UTC.
    pub failing_since: Option<Timestamp>,
}

/// How a worker takes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeLease {
    /// The present.
    pub now: Timestamp,
    /// For how long a message is its own.
    pub lease: SignedDuration,
    /// How long an event waits for others that are told with it.
    pub gather: SignedDuration,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// The message was taken.
    Told(NoticeKind),
    /// It was not; it is due again then.
    Failed {
        /// When, UTC.
        retry_at: Timestamp,
        /// Since when its patience runs, UTC.
        since: Timestamp,
    },
    /// Its address takes nothing: it is forgotten.
    Refused,
}

/// The notices of requests, as the store keeps them.
#[async_trait]
pub trait Notices: Send + Sync {
    /// The notices of a request; none where no address was ever named.
    async fn notice(&self, number: &RequestNumber) -> Result<Option<Notice>, StoreError>;

    /// Names an address, in the place of the one before. What happened until then is not told.
    async fn ask_notices(&self, notice: &NewNotice) -> Result<NoticeAsked, StoreError>;

    /// Confirms the address of that id; `false` where it is not that of the request, or not any more.
    async fn confirm_notices(
        &self,
        number: &RequestNumber,
        id: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets the address of a request, that of `id` where one is named; `false` where it has none.
    async fn stop_notices(
        &self,
        number: &RequestNumber,
        id: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Takes a message that is due and that nobody else has. Two workers never hold the same one.
    async fn lease_notice(
        &self,
        owner: &str,
        how: NoticeLease,
    ) -> Result<Option<DueNotice>, StoreError>;

    /// Writes down what became of a message; `false` for whoever does not hold it any more.
    async fn settle_notice(
        &self,
        number: &RequestNumber,
        owner: &str,
        now: Timestamp,
        outcome: NoticeOutcome,
    ) -> Result<bool, StoreError>;

    /// Forgets the addresses that were not confirmed within [`UNCONFIRMED_FOR`]; how many there were.
    async fn lapse_notices(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// Messages of which the last [`FAILING_FROM`] attempts failed, or more.
    async fn failing_notices(&self) -> Result<u64, StoreError>;
}
