//! What a department says of a request: taken as an event of it, or why not.

use domain::request::{DepartmentWord, RequestState};
use service_api::Unavailable;
use store::{Heard, Requests};

/// Why a department's word was not taken. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// No such request was ever to go to this department.
    #[error("there is no such request at this department")]
    NotTheirs,
    /// It says that the request was withdrawn, which it was not.
    #[error("the request is {}, and only its applicant withdraws it", .0.name())]
    NotWithdrawn(RequestState),
    /// The request is past the state that it names.
    #[error(
        "the request is {} and does not go back. Send what is still to say as a note with that \
         state, or with a later one",
        .0.name()
    )]
    Past(RequestState),
    /// Storage did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Takes a department's word; `false` if it came before, or says nothing new.
///
/// # Errors
/// [`NotTaken`].
pub async fn take(store: &dyn Requests, word: &DepartmentWord) -> Result<bool, NotTaken> {
    match store.hear(word).await {
        Ok(Heard::Taken) => Ok(true),
        Ok(Heard::Repeated) => Ok(false),
        Ok(Heard::NotTheirs) => Err(NotTaken::NotTheirs),
        Ok(Heard::Past(present)) if word.state == RequestState::Withdrawn => {
            Err(NotTaken::NotWithdrawn(present))
        }
        Ok(Heard::Past(present)) => Err(NotTaken::Past(present)),
        Err(error) => {
            tracing::error!(error = %error, "a callback was not taken");
            Err(Unavailable.into())
        }
    }
}
