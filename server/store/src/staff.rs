//! Who may sign in at the counter, with what, and who is signed in.
//!
//! What proves somebody is sealed or digested: of tokens, stations and typed names the store has SHA-256
//! alone, of a passphrase what its hash function makes of it, and the secret of codes under the keys that seal
//! requests.

use async_trait::async_trait;
use domain::{
    person_number::PersonNumber,
    staff::{Member, StaffId},
};
use jiff::Timestamp;

use crate::{Persons, StoreError};

/// A member of staff as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMember {
    /// Who they are.
    pub member: Member,
    /// Since when they have an account, UTC.
    pub added_at: Timestamp,
    /// Since when they have chosen a passphrase, UTC; none while they have not.
    pub enrolled_at: Option<Timestamp>,
    /// Until when their link lets them choose one, UTC; none where none was given out since they did.
    pub invited_until: Option<Timestamp>,
    /// Since when the account is closed, UTC.
    pub disabled_at: Option<Timestamp>,
}

/// A link with which somebody chooses their passphrase, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of its token, hexadecimal.
    pub mark: String,
    /// Until when it is good, UTC.
    pub until: Timestamp,
    /// The secret of their codes (RFC 6238), kept sealed.
    pub secret: Vec<u8>,
}

/// What somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Who they are.
    pub member: StoredMember,
    /// What their passphrase was hashed to, a PHC string; none before they chose one.
    pub passphrase: Option<String>,
    /// The secret of their codes.
    pub secret: Vec<u8>,
}

/// How often somebody did not get in with a name, since somebody did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How often.
    pub count: u32,
    /// The last time, UTC.
    pub last_at: Option<Timestamp>,
}

/// Somebody who is signed in, on one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its token, hexadecimal.
    pub mark: String,
    /// Who.
    pub staff: StaffId,
    /// SHA-256 of the mark of the browser, hexadecimal.
    pub station: String,
    /// Since when, UTC.
    pub started_at: Timestamp,
    /// When something was last asked with it, UTC.
    pub seen_at: Timestamp,
}

/// Accounts and sessions of the counter.
#[async_trait]
pub trait Staff: Send + Sync {
    /// Makes an account, with the link for its passphrase; `false` where there is one of that id.
    async fn add_member(
        &self,
        member: &Member,
        invitation: &Invitation,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Every account, by id.
    async fn members(&self) -> Result<Vec<StoredMember>, StoreError>;

    /// The account of an id.
    async fn member(&self, id: &StaffId) -> Result<Option<StoredMember>, StoreError>;

    /// The account that an identity service knows by this name.
    async fn member_by_identity(&self, identity: &str) -> Result<Option<StoredMember>, StoreError>;

    /// Gives an account the name by which an identity service knows it; `false` where another has that name, or
    /// there is no such account.
    async fn identify_member(&self, id: &StaffId, identity: &str) -> Result<bool, StoreError>;

    /// Takes passphrase, codes, passkeys and sessions away and gives out another link; a closed account is open
    /// again. `false` where there is none.
    async fn invite_again(&self, id: &StaffId, invitation: &Invitation)
    -> Result<bool, StoreError>;

    /// Closes an account and ends its sessions; `false` where there is none, or it was closed.
    async fn disable_member(&self, id: &StaffId, at: Timestamp) -> Result<bool, StoreError>;

    /// Says whose an account is, in the place of what was said before; kept sealed. `false` where there is no such
    /// account.
    async fn identify(&self, id: &StaffId, person: &PersonNumber) -> Result<bool, StoreError>;

    /// Whose the accounts of an office are, as far as somebody said; of every office where none is named.
    async fn persons(&self, office: Option<&str>) -> Result<Persons, StoreError>;

    /// Whose link has this mark, while it is good.
    async fn invited(&self, mark: &str, now: Timestamp) -> Result<Option<Enrolment>, StoreError>;

    /// Takes the passphrase, hashed, of whoever holds the link of this mark, and the step of time of the
    /// code that they showed. The link is used up. `None` where it is no good.
    async fn enrol(
        &self,
        mark: &str,
        passphrase: &str,
        step: u64,
        now: Timestamp,
    ) -> Result<Option<StaffId>, StoreError>;

    /// What somebody signs in with; `None` where there is no such account, it is closed, or they have not
    /// chosen a passphrase.
    async fn enrolment(&self, id: &StaffId) -> Result<Option<Enrolment>, StoreError>;

    /// Uses up the code of a step of time; `false` where that one or a later one was used.
    async fn use_code(&self, id: &StaffId, step: u64) -> Result<bool, StoreError>;

    /// How often somebody did not get in with the name of this mark, SHA-256.
    async fn failures(&self, mark: &str) -> Result<Failures, StoreError>;

    /// Counts one more, whether there is such an account or not; how often it is now. Names that were not
    /// tried since `forgotten` are dropped.
    async fn note_failure(
        &self,
        mark: &str,
        at: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Failures, StoreError>;

    /// Forgets how often; `false` where there was nothing.
    async fn forget_failures(&self, mark: &str) -> Result<bool, StoreError>;

    /// Begins a session. Those that were begun before `over` are dropped.
    async fn begin_session(&self, session: &Session, over: Timestamp) -> Result<(), StoreError>;

    /// The session of this mark and whose it is; `None` where there is none, or the account is closed.
    async fn session(&self, mark: &str) -> Result<Option<(Session, StoredMember)>, StoreError>;

    /// Notes that something was asked with a session.
    async fn touch_session(&self, mark: &str, at: Timestamp) -> Result<(), StoreError>;

    /// The sessions of somebody, the newest first.
    async fn sessions_of(&self, id: &StaffId) -> Result<Vec<Session>, StoreError>;

    /// Ends a session of somebody; `false` where they have none of that mark.
    async fn end_session(&self, id: &StaffId, mark: &str) -> Result<bool, StoreError>;
}
