//! Passkeys of staff, and what a browser was asked to prove.

use async_trait::async_trait;
use domain::staff::StaffId;
use jiff::Timestamp;

use crate::{StoreError, StoredMember};

/// Most passkeys of one account.
pub const MOST_PASSKEYS: usize = 10;

/// Most challenges that one browser has at once.
pub const MOST_ASKED_HERE: usize = 4;
/// Most challenges at once of whoever is signed in, and as many of strangers: whoever only asks and never answers
/// fills no more than this, and takes no challenge from those who are signed in.
pub const MOST_ASKED: usize = 256;

/// A passkey (W3C Web Authentication, discoverable credential) of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// SHA-256 of its id, hexadecimal.
    pub mark: String,
    /// Whose.
    pub staff: StaffId,
    /// What they call it.
    pub name: String,
    /// By what the device knows the account: bytes that say nothing, the same for all of an account.
    pub handle: Vec<u8>,
    /// Its public key and what else is known of it, as its library writes it; kept sealed.
    pub credential: String,
    /// How often the device has counted its use; 0 where it does not count.
    pub counter: u32,
    /// Since when, UTC.
    pub added_at: Timestamp,
    /// The last sign-in with it, UTC.
    pub used_at: Option<Timestamp>,
}

/// What a browser was asked to prove, until it does, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// SHA-256 of the token that the browser brings back, hexadecimal.
    pub mark: String,
    /// SHA-256 of the mark of the browser, hexadecimal.
    pub station: String,
    /// Who asks, where somebody is signed in.
    pub staff: Option<StaffId>,
    /// What was asked and how it is judged; kept sealed.
    pub content: String,
    /// Until when it may be answered, UTC.
    pub until: Timestamp,
}

/// Passkeys, and challenges.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// Keeps a passkey; `false` where it is known, its account has [`MOST_PASSKEYS`], or there is none.
    async fn add_passkey(&self, passkey: &Passkey) -> Result<bool, StoreError>;

    /// The passkey of this mark and whose it is; `None` where there is none, the account is closed, or a
    /// passphrase is still to be chosen.
    async fn passkey(&self, mark: &str) -> Result<Option<(Passkey, StoredMember)>, StoreError>;

    /// The passkeys of somebody, the oldest first.
    async fn passkeys_of(&self, id: &StaffId) -> Result<Vec<Passkey>, StoreError>;

    /// Notes a use: what is known of it by now, its `counter` and its `used_at`. `false` where it is gone, or
    /// has counted as much already.
    async fn use_passkey(&self, passkey: &Passkey) -> Result<bool, StoreError>;

    /// Takes a passkey of somebody away; `false` where they have none of that mark.
    async fn remove_passkey(&self, id: &StaffId, mark: &str) -> Result<bool, StoreError>;

    /// Keeps a challenge. Those that were over at `now` are dropped, and the oldest where its browser has
    /// [`MOST_ASKED_HERE`], or those of whoever is signed in, or of strangers as this one is, are [`MOST_ASKED`].
    async fn begin_challenge(
        &self,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives a challenge back and forgets it; `None` where there is none, or it is over.
    async fn take_challenge(
        &self,
        mark: &str,
        now: Timestamp,
    ) -> Result<Option<Challenge>, StoreError>;
}
