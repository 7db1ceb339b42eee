//! What a browser was asked to prove, until it does: once, within minutes, and by the browser that was asked. It is
//! kept sealed under the digest of a token, so that any portal over the same store takes the answer.

use domain::staff::StaffId;
use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};
use store::Challenge;

use crate::{Accounts, StaffError, marks::digest};

/// For so long a browser may answer: people look for their key, and type its PIN.
pub(crate) const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_mins(5);

impl Accounts {
    /// Keeps what a browser is asked under this token, for the account that asks, where somebody is signed in.
    pub(crate) async fn keep<T: Serialize>(
        &self,
        token: &str,
        asked: &T,
        (staff, browser): (Option<&StaffId>, &str),
    ) -> Result<(), StaffError> {
        let now = self.clock.now();
        let content = serde_json::to_string(asked);
        let challenge = Challenge {
            mark: digest(token),
            station: digest(browser),
            staff: staff.cloned(),
            content: content.map_err(|error| StaffError::Passkey(error.to_string()))?,
            until: now.checked_add(ANSWERED_WITHIN).unwrap_or(now),
        };
        Ok(self.store.begin_challenge(&challenge, now).await?)
    }

    /// What a browser was asked that brings this token; it is asked no more. `None` where it was something else,
    /// another browser or somebody else.
    pub(crate) async fn answered<T: DeserializeOwned>(
        &self,
        token: &str,
        (staff, browser): (Option<&StaffId>, &str),
    ) -> Result<Option<T>, StaffError> {
        let taken = self.store.take_challenge(&digest(token), self.clock.now()).await?;
        let own =
            taken.filter(|taken| taken.station == digest(browser) && taken.staff.as_ref() == staff);
        Ok(own.and_then(|own| serde_json::from_str(&own.content).ok()))
    }
}
