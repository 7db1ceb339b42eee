//! What a department says of a request: taken as an event of it, or why not.

use domain::{
    request::{DepartmentWord, OutcomeRefused, RequestState},
    suitability::SaidError,
};
use service_api::Unavailable;
use store::{Heard, Store, StoreError};

/// Why a department's word was not taken. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
         state, or with a later one; to take it up again where its applicant asked, name what you \
         answer: `reopening` with its `asked_at`",
        .0.name()
    )]
    Past(RequestState),
    /// The outcome that it says cannot be said now.
    #[error(transparent)]
    Outcome(#[from] OutcomeRefused),
    /// It says of a fact what cannot be said of it, or of one that was not asked for.
    #[error(transparent)]
    Facts(#[from] SaidError),
    /// Storage did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Takes a department's word; `false` if it came before, or says nothing new.
///
/// # Errors
/// [`NotTaken`].
pub async fn take(store: &dyn Store, word: &DepartmentWord) -> Result<bool, NotTaken> {
    answers_what_was_asked(store, word).await?;
    match store.hear(word).await {
        Ok(Heard::Taken) => Ok(true),
        Ok(Heard::Repeated) => Ok(false),
        Ok(Heard::NotTheirs) => Err(NotTaken::NotTheirs),
        Ok(Heard::Past(present)) if word.state == RequestState::Withdrawn => {
            Err(NotTaken::NotWithdrawn(present))
        }
        Ok(Heard::Past(present)) => Err(NotTaken::Past(present)),
        Ok(Heard::Refused(refused)) => Err(NotTaken::Outcome(refused)),
        Err(error) => Err(not_taken(&error)),
    }
}

fn not_taken(error: &StoreError) -> NotTaken {
    tracing::error!(error = %error, "a callback was not taken");
    Unavailable.into()
}

/// Whether what a word says of facts answers what its request asks: of another department's request it is
/// told nothing.
async fn answers_what_was_asked(store: &dyn Store, word: &DepartmentWord) -> Result<(), NotTaken> {
    let Some(first) = word.facts.keys().next() else { return Ok(()) };
    let number = &word.number;
    let deliveries = store.deliveries_of(number).await.map_err(|error| not_taken(&error))?;
    if !deliveries.iter().any(|delivery| delivery.department == word.department) {
        return Err(NotTaken::NotTheirs);
    }
    let request = store.request(number).await.map_err(|error| not_taken(&error))?;
    let asks = request.and_then(|request| request.submission.asks);
    let asks = asks.ok_or_else(|| SaidError::NotAsked { id: first.clone() })?;
    Ok(asks.check(&word.facts)?)
}
