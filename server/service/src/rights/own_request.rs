//! What applicants do about their own request: the one way behind the forms and the API.

use domain::{Clock, request::Actor, retention::Retentions, service::Answers, signing::Signer};
use service_api::Opened;
use store::{DeletionCause, Rights};
use tokio::sync::Notify;

use super::{By, RightsError, correct, delete, rate, reopen, withdraw};

/// A request in the hands of its applicant, who has opened it.
#[derive(Clone, Copy)]
pub struct OwnRequest<'r> {
    /// Which.
    pub opened: &'r Opened,
    /// Where it is kept.
    pub store: &'r dyn Rights,
    /// How long requests are kept.
    pub retentions: &'r Retentions,
    /// The present.
    pub clock: &'r dyn Clock,
    /// Wakes the forwarder.
    pub outbox: &'r Notify,
    /// Signs corrections.
    pub signer: Option<&'r dyn Signer>,
}

impl std::fmt::Debug for OwnRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnRequest").field("opened", self.opened).finish_non_exhaustive()
    }
}

impl OwnRequest<'_> {
    /// Corrects answers ([`correct`]).
    ///
    /// # Errors
    /// [`RightsError`]; nothing was kept.
    pub async fn correct(&self, given: &Answers) -> Result<bool, RightsError> {
        let Self { store, opened, signer, .. } = *self;
        self.told(correct(store, opened.number(), given, self.by(), signer).await)
    }

    /// Takes it back ([`withdraw`]).
    ///
    /// # Errors
    /// [`RightsError`]; nothing was changed.
    pub async fn withdraw(&self) -> Result<bool, RightsError> {
        self.told(withdraw(self.store, self.opened.number(), self.by()).await)
    }

    /// Says what its applicant thinks of how it was dealt with ([`rate`]).
    ///
    /// # Errors
    /// [`RightsError`]; nothing was kept.
    pub async fn rate(&self, given: &Answers) -> Result<bool, RightsError> {
        rate(self.store, self.opened.number(), given, self.clock.now()).await
    }

    /// Asks the department that is done with it to take it up again ([`reopen`]).
    ///
    /// # Errors
    /// [`RightsError`]; nothing was kept.
    pub async fn reopen(&self, given: &Answers) -> Result<(), RightsError> {
        let Self { store, opened, signer, clock, .. } = *self;
        let asked = reopen(store, opened.number(), given, clock.now(), signer).await;
        self.told(asked.map(|()| true)).map(drop)
    }

    /// Deletes it ([`delete`]).
    ///
    /// # Errors
    /// [`RightsError`] says what stands in the way; nothing was deleted.
    pub async fn delete(&self) -> Result<bool, RightsError> {
        let (number, cause) = (self.opened.number(), DeletionCause::Applicant);
        self.told(delete(self.store, self.retentions, number, cause, self.by()).await)
    }

    fn by(&self) -> By {
        By { actor: Actor::Applicant, at: self.clock.now(), reason: None }
    }

    /// Departments are told of what was changed, and at once.
    fn told(&self, changed: Result<bool, RightsError>) -> Result<bool, RightsError> {
        if let Ok(true) = changed {
            self.outbox.notify_one();
        }
        changed
    }
}
