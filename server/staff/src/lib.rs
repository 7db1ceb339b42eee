//! Accounts and sessions of the counter (综合窗口; desk D1, D7).
//!
//! [`Accounts`] is all of it, over the trait `Staff` of `store`: an operator makes an account and hands on a
//! link; whoever holds the link chooses a passphrase and shows a code (RFC 6238); with both they sign in, on one
//! browser, for at most twelve hours and until nothing was asked for fifteen minutes. Who has added a passkey signs
//! in with that alone. What a wrong name, a wrong
//! passphrase, a wrong code and a locked account are answered is one answer, after the same work.
//!
//! Everything that happens is handed to a [`StaffLog`] before it takes effect: what cannot be written down does
//! not happen. Whoever puts this crate to use says what the log is.

mod accounts;
mod challenges;
mod codes;
mod enrolling;
mod error;
mod locks;
mod looks;
mod marks;
mod passkeys;
mod passphrase;
mod persons;
mod service;
mod sessions;
mod signing_in;

use async_trait::async_trait;
use domain::audit::StaffRecord;
use store::StoreError;

pub use accounts::{Accounts, Link, Listed, may_be_one};
pub use enrolling::{Chosen, EnrolFault, Enrolled, Invited};
pub use error::StaffError;
pub use looks::{LookLine, LookList, LookedAt, MOST_EXPORTED, MOST_LOOKS, Wanted};
pub use passkeys::{
    Added, Asked, FRESH, LONGEST_NAME, NewPasskey, NoPasskeys, PasskeySite, ShownPasskey,
};
pub use passphrase::{LEAST, MOST, PassphraseFault};
pub use service::{
    ByService, Directed, IdentityService, NamedBy, OnTheirWay, Proof, Question, Returned, Unnamed,
};
pub use sessions::{IDLE, LONGEST, Recognised, SignedIn};
pub use signing_in::{Began, Tried};

/// Where it is written down what members of staff do, and what is done to their accounts.
#[async_trait]
pub trait StaffLog: Send + Sync {
    /// Writes it down; on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be: then it may not be done either.
    async fn staff_did(&self, record: StaffRecord) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests;
