//! What applicants, and the operator for them, do about a request that was handed in: see all of
//! it, correct it, take it back, have it deleted.

use async_trait::async_trait;
use domain::{
    Localized,
    request::{
        Actor, Confirmation, MessageKind, NotRated, NotReopened, Rating, ReopeningAsked, Request,
        RequestNumber, RequestState, Submission,
    },
    service::Answers,
};
use jiff::{Timestamp, civil::Date};

use crate::{DeliveryRecord, Listed, Notice, StoreError};

/// What an applicant, or staff for them, want to be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The request.
    pub number: RequestNumber,
    /// How many messages the request had when the answers were read that these take the place of.
    pub rests_on: u32,
    /// Answers that tell who the applicant is, as they shall be.
    pub applicant: Answers,
    /// The other answers, as they shall be.
    pub answers: Answers,
    /// Who corrects it.
    pub actor: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// Why, where staff do it.
    pub reason: Option<String>,
    /// That the applicant handed in all of the request as it shall be.
    pub confirmation: Option<Confirmation>,
}

/// What became of a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// Kept, and every department that has or will have the request is told.
    Done,
    /// It says what the request says already.
    Unchanged,
    /// There is no such request.
    Unknown,
    /// The request has ended, and stands here.
    Ended(RequestState),
    /// It was corrected too often.
    TooOften,
    /// Another correction came since the request was read: read it again, or that one is lost.
    Overtaken,
}

/// Who takes a request back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The request.
    pub number: RequestNumber,
    /// Who.
    pub actor: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// Why, where staff do it.
    pub reason: Option<String>,
}

/// What became of taking a request back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is taken back: what was not sent is not sent, and so many departments are told.
    Done {
        /// Departments that have the request, or may.
        told: usize,
    },
    /// It was taken back before.
    Before,
    /// There is no such request.
    Unknown,
    /// The department is done with it.
    Ended(RequestState),
}

/// What an applicant thinks of how their request was dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRating {
    /// The request.
    pub number: RequestNumber,
    /// How satisfied they are.
    pub rating: Rating,
    /// What they say of it in their own words.
    pub note: Option<String>,
    /// When, UTC.
    pub at: Timestamp,
}

/// What became of a rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rated {
    /// It is an event of the request. Nobody is sent it.
    Done,
    /// There is no such request.
    Unknown,
    /// It was not taken.
    Not(NotRated),
}

/// What an applicant asks of the department that is done with their request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReopening {
    /// The request.
    pub number: RequestNumber,
    /// How many messages it has, as it was read.
    pub rests_on: u32,
    /// Why, and when.
    pub asked: ReopeningAsked,
    /// Within how many days it can be asked; `None` where its service does not offer it.
    pub within_days: Option<u32>,
    /// That its applicant asks for it.
    pub confirmation: Option<Confirmation>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopened {
    /// It is an event of the request, and on its way to each department that has it.
    Done,
    /// Something else came between reading and writing: nothing was kept.
    Overtaken,
    /// There is no such request.
    Unknown,
    /// It was not taken.
    Not(NotReopened),
}

/// Why a request is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionCause {
    /// Its time is over.
    Retention,
    /// The applicant wants it.
    Applicant,
    /// The operator does it, e.g. on a letter.
    Operator,
}

impl DeletionCause {
    /// Every cause.
    pub const ALL: [Self; 3] = [Self::Retention, Self::Applicant, Self::Operator];

    /// Its name in storage, JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Applicant => "applicant",
            Self::Operator => "operator",
        }
    }

    /// The cause of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// A request to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The request.
    pub number: RequestNumber,
    /// When, UTC.
    pub at: Timestamp,
    /// Why.
    pub cause: DeletionCause,
    /// Who does it.
    pub actor: Actor,
    /// What the operator says of it.
    pub reason: Option<String>,
    /// The law that forbids it, and the day until which it does, if the request is on a
    /// department's file.
    pub law: Option<(Localized, Date)>,
}

/// What became of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is in the register, and nothing else is left.
    Done,
    /// It was deleted before.
    Before,
    /// There is no such request.
    Unknown,
    /// It has not ended, and stands here.
    Open(RequestState),
    /// A department has not confirmed yet what it was sent.
    Undelivered,
    /// Its applicant asked for it to be taken up again, and no department has answered. The operator deletes it all the
    /// same: a department may never answer.
    AskedAgain,
    /// A department has it or may have it, so this law keeps it until that day.
    Kept(Localized, Date),
}

/// An entry of the register of deletions: nothing of what was in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedRequest {
    /// Its number.
    pub number: RequestNumber,
    /// The service item.
    pub item: String,
    /// The day in China.
    pub day: Date,
    /// Why.
    pub cause: DeletionCause,
    /// SHA-256 of what was deleted as it was sealed, URL-safe base64.
    pub digest: String,
    /// Who did it, and what they said.
    pub said: (Actor, Option<String>),
    /// SHA-256 over the entry before and this one.
    pub hash: String,
    /// Whether the hash follows from the entry and the one before.
    pub whole: bool,
}

/// A request that has ended and of which nothing is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedRequest {
    /// Its number.
    pub number: RequestNumber,
    /// The service item.
    pub item: String,
    /// When it ended, UTC.
    pub ended_at: Timestamp,
}

/// A request in a list for the operator: nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRequest {
    /// Its number.
    pub number: RequestNumber,
    /// The service item.
    pub item: String,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub state: RequestState,
    /// When its last event was, UTC.
    pub last_at: Timestamp,
    /// Whether all of it is there; otherwise its state is only what is left.
    pub whole: bool,
}

/// Something departments were told.
#[derive(Clone, Debug, PartialEq)]
pub struct DossierMessage {
    /// What it is about.
    pub kind: MessageKind,
    /// When, UTC.
    pub at: Timestamp,
    /// What it says: JSON, as sent.
    pub content: serde_json::Value,
}

/// Everything that is kept on a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// The request as it is now, with its events.
    pub request: Request,
    /// What was submitted before it was corrected.
    pub first: Submission,
    /// What departments were told.
    pub messages: Vec<DossierMessage>,
    /// To whom it went.
    pub deliveries: Vec<DeliveryRecord>,
    /// Whom the portal tells of its progress.
    pub notice: Option<Notice>,
}

/// The rights that people have in their data, as the store keeps them.
#[async_trait]
pub trait Rights: Send + Sync {
    /// Everything that is kept on a request.
    async fn dossier(&self, number: &RequestNumber) -> Result<Option<Dossier>, StoreError>;

    /// Writes into a request that staff read it or handed out what is kept on it; `false` if there is none.
    async fn note_export(
        &self,
        number: &RequestNumber,
        at: Timestamp,
        actor: Actor,
        reason: Option<String>,
    ) -> Result<bool, StoreError>;

    /// Writes into a request that staff printed the document of its event `document` for a reason; how often it was
    /// printed before, and `None` where there is no such request.
    async fn note_print(
        &self,
        number: &RequestNumber,
        at: Timestamp,
        by: (Actor, String),
        document: u32,
    ) -> Result<Option<usize>, StoreError>;

    /// Corrects a request, and puts the correction into the outbox for every department that has it
    /// or will, in one transaction.
    async fn correct(&self, correction: &Correction) -> Result<Corrected, StoreError>;

    /// Takes a request back. What certainly never left is not sent any more; departments that have
    /// it, or may, are told through the outbox. All in one transaction.
    async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<Withdrawn, StoreError>;

    /// Keeps what an applicant thinks of how their request was dealt with, as an event of it.
    async fn rate(&self, rating: &NewRating) -> Result<Rated, StoreError>;

    /// Adds the event by which an applicant asks that a request be taken up again, with the message that tells each
    /// department that has it, in one transaction.
    async fn reopen(&self, asked: &NewReopening) -> Result<Reopened, StoreError>;

    /// Deletes a request that has ended and writes it into the register, in one transaction. Nothing
    /// undelivered or open is ever deleted, nor what a law keeps and a department may have.
    async fn delete(&self, deletion: &Deletion) -> Result<Deleted, StoreError>;

    /// What the register of deletions says of a number.
    async fn deleted(&self, number: &RequestNumber) -> Result<Option<DeletedRequest>, StoreError>;

    /// The register of deletions, oldest first.
    async fn deletions(&self) -> Result<Listed<DeletedRequest>, StoreError>;

    /// Requests that have ended and of which nothing is on its way, longest ago first.
    async fn ended(&self) -> Result<Listed<EndedRequest>, StoreError>;

    /// When requests were last looked through for what is due, by a clock that was believed. Before
    /// the first look when the last event was; `None` if there is none.
    async fn last_look(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Writes down when requests were looked through for what is due.
    async fn note_look(&self, at: Timestamp) -> Result<(), StoreError>;

    /// Every request, oldest first: nothing personal.
    async fn listed(&self) -> Result<Listed<ListedRequest>, StoreError>;
}
