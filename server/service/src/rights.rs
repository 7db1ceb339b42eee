//! What people may do about their own request: see and take along all of it, correct it, take it
//! back, have it deleted. One function each, behind the forms, the API and the command line.

mod export;
mod own_request;
mod purge;
#[cfg(test)]
mod tests;

use std::mem::take;

use domain::{
    Localized,
    clock::china_date,
    request::{
        Actor, DeliveryPayload, NotRated, NotReopened, Rating, ReopeningAsked, Request,
        RequestNumber, RequestState, Submission, rating_grade, rating_note, reopening_reason,
    },
    retention::Retentions,
    service::{AnswerFault, Answers, FieldFault, InputKind, Question, service},
    signing::Signer,
};
use jiff::{Timestamp, civil::Date};
use service_api::Opened;
use store::{
    Corrected, Correction, Deleted, DeletedRequest, Deletion, DeletionCause, Dossier, NewRating,
    NewReopening, Rated, Reopened, RequestWithdrawal, RequestWithdrawn, Rights, StoreError,
};

use crate::submission::confirmation;

pub use export::export;
pub use own_request::OwnRequest;
pub use purge::{ClockDoubt, Purge, Purged, keep_to_retention, purge};

/// Why a right cannot be had just now. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// There is no such request.
    #[error("there is no request of that number")]
    Unknown,
    /// The catalogue does not have its item any more: answers cannot be checked.
    #[error(
        "the item {0} is not offered any more, so its answers cannot be checked; withdraw the \
         request, or ask the department to correct it"
    )]
    NoItem(String),
    /// Answers need attention.
    #[error("some answers need attention")]
    Faults(Vec<FieldFault>),
    /// The request has ended.
    #[error("the request is {}: it cannot be changed any more", .0.name())]
    Ended(RequestState),
    /// It was corrected as often as it can be.
    #[error("the request was corrected too often; withdraw it and submit a new one")]
    TooOften,
    /// It is not rated.
    #[error(transparent)]
    NotRated(#[from] NotRated),
    /// It cannot be asked to be taken up again.
    #[error(transparent)]
    NotReopened(#[from] NotReopened),
    /// It has not ended.
    #[error("the request is {}: only one that has ended is deleted; withdraw it first", .0.name())]
    Open(RequestState),
    /// Something is still on its way to a department.
    #[error("a department has not confirmed yet what it was sent; nothing undelivered is deleted")]
    Undelivered,
    /// It was asked to be taken up again, and no department has answered.
    #[error(
        "the request was asked to be taken up again, and the department has not answered yet; it \
         can be deleted once it has"
    )]
    AskedAgain,
    /// A law requires that it is kept.
    #[error("it is kept until {until}: {}", law.en)]
    Kept {
        /// The law.
        law: Localized,
        /// The day on which it is deleted.
        until: Date,
    },
    /// Storage did not answer.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Who does something about a request, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// Why, where staff do it.
    pub reason: Option<String>,
}

/// Corrects answers of a request: those given take the place of those there, an empty one takes
/// them away. Consent is not asked again. `signer` signs for an applicant that they hand it in so (rule S7). `false`
/// if nothing is different; an answer to what is not asked is a fault.
///
/// # Errors
/// [`RightsError`]; nothing was kept.
pub async fn correct(
    store: &dyn Rights,
    number: &RequestNumber,
    given: &Answers,
    by: By,
    signer: Option<&dyn Signer>,
) -> Result<bool, RightsError> {
    // Ends: each time it is overtaken the request has a correction more, of which it takes only so
    // many.
    loop {
        if let Some(changed) = correct_as_read(store, number, given, by.clone(), signer).await? {
            return Ok(changed);
        }
    }
}

/// Corrects a request unless another correction comes between reading and writing: then `None`, and
/// nothing was kept.
async fn correct_as_read(
    store: &dyn Rights,
    number: &RequestNumber,
    given: &Answers,
    by: By,
    signer: Option<&dyn Signer>,
) -> Result<Option<bool>, RightsError> {
    let dossier = store.dossier(number).await?.ok_or(RightsError::Unknown)?;
    let state = dossier.request.state();
    if state.is_ended() {
        return Err(RightsError::Ended(state));
    }
    let rests_on = u32::try_from(dossier.messages.len()).unwrap_or(u32::MAX);
    // A day that could be meant when it was handed in can be meant still.
    let submitted_at = dossier.request.submitted_at;
    let on = china_date(submitted_at);
    let mut submission = dossier.request.submission;
    let item =
        service(&submission.item).ok_or_else(|| RightsError::NoItem(submission.item.clone()))?;
    let unasked: Vec<FieldFault> = given
        .keys()
        .filter(|name| item.question(name).is_none())
        // A group of which there is none any more.
        .filter(|name| {
            let is_group = item.group.iter().any(|group| group.name == **name);
            !(is_group && given.get(*name).is_some_and(String::is_empty))
        })
        .map(|name| FieldFault { field: name.clone(), fault: AnswerFault::NotAnOption })
        .collect();
    if !unasked.is_empty() {
        return Err(RightsError::Faults(unasked));
    }
    let present = [take(&mut submission.applicant), take(&mut submission.answers)];
    let mut answers: Answers = present.into_iter().flatten().collect();
    item.make_room(given, &mut answers);
    for question in item.question.iter().filter(|question| question.kind != InputKind::Consent) {
        if let Some(text) = given.get(&question.name) {
            answers.insert(question.name.clone(), text.clone());
        }
    }
    // What was answered before and is not asked any more goes; what is said now where nothing is asked
    // is told.
    let mut asked = answers.clone();
    item.drop_unasked(&mut asked);
    answers.retain(|name, _| asked.contains_key(name) || given.contains_key(name));
    let answers = item.check(&answers, on).map_err(RightsError::Faults)?;
    let personal = |name: &String| item.question(name).is_some_and(|question| question.personal);
    (submission.applicant, submission.answers) =
        answers.into_iter().partition(|(name, _)| personal(name));
    let By { actor, at, reason } = by;
    let number = number.clone();
    let content = DeliveryPayload::of(number.clone(), submission.clone(), submitted_at, Some(at));
    // What staff correct nobody has handed in.
    let signer = signer.filter(|_| actor == Actor::Applicant);
    let confirmation = confirmation(&content, at, signer);
    let Submission { applicant, answers, .. } = submission;
    let correction =
        Correction { number, rests_on, applicant, answers, actor, at, reason, confirmation };
    match store.correct(&correction).await? {
        Corrected::Done => Ok(Some(true)),
        Corrected::Unchanged => Ok(Some(false)),
        Corrected::Overtaken => Ok(None),
        Corrected::Unknown => Err(RightsError::Unknown),
        Corrected::Ended(state) => Err(RightsError::Ended(state)),
        Corrected::TooOften => Err(RightsError::TooOften),
    }
}

/// The law that forbids at `now` to delete a request that ended then and that a department has or
/// may have, and the day until which it does.
pub(crate) fn forbidden<'r>(
    retentions: &'r Retentions,
    item: &str,
    ended: Timestamp,
    now: Timestamp,
) -> Option<(&'r Localized, Date)> {
    retentions.period(item)?.forbids(ended, now)
}

/// What the register of deletions says of a request that is not there. Says in the log when the
/// request is in neither.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn deletion_of(
    store: &dyn Rights,
    opened: &Opened,
) -> Result<Option<DeletedRequest>, StoreError> {
    let number = opened.number();
    let entry = store.deleted(number).await?;
    if entry.is_none() {
        // Only we can make its secret, and we made it when the request was on disk.
        tracing::error!(
            request.number = %number,
            "A receipt is genuine, and its request is neither in the database nor in the register \
             of deletions: it was lost"
        );
    }
    Ok(entry)
}

/// Takes a request back, and with it the consent; `false` if it was before.
///
/// # Errors
/// [`RightsError`]; nothing was changed.
pub async fn withdraw(
    store: &dyn Rights,
    number: &RequestNumber,
    by: By,
) -> Result<bool, RightsError> {
    let By { actor, at, reason } = by;
    let number = number.clone();
    match store.withdraw(&RequestWithdrawal { number, actor, at, reason }).await? {
        RequestWithdrawn::Done { .. } => Ok(true),
        RequestWithdrawn::Before => Ok(false),
        RequestWithdrawn::Unknown => Err(RightsError::Unknown),
        RequestWithdrawn::Ended(state) => Err(RightsError::Ended(state)),
    }
}

/// Keeps what its applicant thinks of how a request was dealt with, typed as [`rating_grade`] and
/// [`rating_note`] ask for it; `false` if they said the same before. It stays with the request: no
/// department is sent it.
///
/// # Errors
/// [`RightsError`]; nothing was kept.
pub async fn rate(
    store: &dyn Rights,
    number: &RequestNumber,
    given: &Answers,
    at: Timestamp,
) -> Result<bool, RightsError> {
    let on = china_date(at);
    let read = |question: &Question| {
        let typed = given.get(&question.name).map_or("", String::as_str);
        let fault = |fault| FieldFault { field: question.name.clone(), fault };
        question.read(typed, on).map_err(fault)
    };
    let (grade, note) = match (read(rating_grade()), read(rating_note())) {
        (Ok(grade), Ok(note)) => (grade, note),
        (grade, note) => {
            return Err(RightsError::Faults(
                [grade.err(), note.err()].into_iter().flatten().collect(),
            ));
        }
    };
    let no_option = || {
        let (field, fault) = (rating_grade().name.clone(), AnswerFault::NotAnOption);
        RightsError::Faults(vec![FieldFault { field, fault }])
    };
    let rating = Rating::from_name(&grade).ok_or_else(no_option)?;
    let note = Some(note).filter(|note| !note.is_empty());
    match store.rate(&NewRating { number: number.clone(), rating, note, at }).await? {
        Rated::Done => Ok(true),
        Rated::Not(NotRated::Unchanged) => Ok(false),
        Rated::Not(why) => Err(why.into()),
        Rated::Unknown => Err(RightsError::Unknown),
    }
}

/// Asks the department that is done with a request to take it up again, for a reason typed as [`reopening_reason`] asks
/// for it. It is told as of a correction; `signer` signs for the applicant that they ask (rule S7).
///
/// # Errors
/// [`RightsError`]; nothing was kept.
pub async fn reopen(
    store: &dyn Rights,
    number: &RequestNumber,
    given: &Answers,
    at: Timestamp,
    signer: Option<&dyn Signer>,
) -> Result<(), RightsError> {
    let question = reopening_reason();
    let typed = given.get(&question.name).map_or("", String::as_str);
    let fault = |fault| FieldFault { field: question.name.clone(), fault };
    let reason = question.read(typed, china_date(at));
    let reason = reason.map_err(|found| RightsError::Faults(vec![fault(found)]))?;
    let asked = ReopeningAsked { reason, asked_at: at };
    // Ends: each time it is overtaken the request has a message more, of which it takes only so many.
    loop {
        let dossier = store.dossier(number).await?.ok_or(RightsError::Unknown)?;
        let rests_on = u32::try_from(dossier.messages.len()).unwrap_or(u32::MAX);
        let Request { submission, submitted_at, .. } = dossier.request;
        let within_days = service(&submission.item).and_then(|item| item.reopen_days);
        let (number, asked) = (number.clone(), asked.clone());
        let content = DeliveryPayload::taken_up_again(
            number.clone(),
            submission,
            submitted_at,
            asked.clone(),
        );
        let confirmation = confirmation(&content, at, signer);
        let asked = NewReopening { number, rests_on, asked, within_days, confirmation };
        match store.reopen(&asked).await? {
            Reopened::Done => return Ok(()),
            Reopened::Overtaken => {}
            Reopened::Unknown => return Err(RightsError::Unknown),
            Reopened::Not(why) => return Err(why.into()),
        }
    }
}

/// Deletes a request that has ended, unless a law requires that it is kept; `false` if it was
/// deleted before.
///
/// # Errors
/// [`RightsError`] says what stands in the way; nothing was deleted.
pub async fn delete(
    store: &dyn Rights,
    retentions: &Retentions,
    number: &RequestNumber,
    cause: DeletionCause,
    by: By,
) -> Result<bool, RightsError> {
    let By { actor, at, reason } = by;
    // Neither item nor end of a request changes; the store sees who has it when it deletes.
    let law = store.dossier(number).await?.and_then(|Dossier { request, .. }| {
        let law = forbidden(retentions, &request.submission.item, request.ended_at()?, at);
        law.map(|(law, until)| (law.clone(), until))
    });
    let deletion = Deletion { number: number.clone(), at, cause, actor, reason, law };
    match store.delete(&deletion).await? {
        Deleted::Done => {
            tracing::info!(
                request.number = %number, deletion.cause = cause.name(), "request deleted"
            );
            Ok(true)
        }
        Deleted::Before => Ok(false),
        Deleted::Unknown => Err(RightsError::Unknown),
        Deleted::Open(state) => Err(RightsError::Open(state)),
        Deleted::Undelivered => Err(RightsError::Undelivered),
        Deleted::AskedAgain => Err(RightsError::AskedAgain),
        Deleted::Kept(law, until) => Err(RightsError::Kept { law, until }),
    }
}
