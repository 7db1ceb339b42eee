//! Which outcome may follow which, and what is left to do for the applicant. Nothing goes back: what was accepted is
//! revoked and never asked to be supplemented, and what has ended is taken up again first.

mod document;
#[cfg(test)]
mod tests;

use jiff::{Timestamp, civil::Date};

pub use document::{OutcomeDocument, outcome_document, outcome_documents};

use super::{Actor, Deadline, Outcome, OutcomeKind, RequestEvent, RequestState, Step};
use crate::{clock::china_date, working_days::WorkingDays};

/// Why an outcome cannot be said now. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeRefused {
    /// It was decided, also where that was corrected since, or the applicant took it back.
    #[error("the request was {}: what becomes of it as an application is not said any more", .0.name())]
    Done(RequestState),
    /// Another one stands.
    #[error("{} was said, and {} does not follow that", .0.name(), .1.name())]
    Stands(OutcomeKind, OutcomeKind),
    /// Nothing was said yet that it could follow.
    #[error("{} only follows {}, which was not said", .0.name(), match .0 {
        OutcomeKind::AcceptanceRevoked => "accepted or accepted_with_gaps",
        _ => "supplement_asked",
    })]
    NothingBefore(OutcomeKind),
    /// The applicant has time still.
    #[error("the applicant has time until {0}, that day included")]
    NotOver(Date),
    /// Nobody can say when the deadline ends.
    #[error(
        "the deadline ends in a year whose working days are not known to this portal: it cannot be \
         said that it has passed"
    )]
    DeadlineUnknown,
    /// The applicant answered in time: whether that is enough is to be said in words of its own.
    #[error(
        "the applicant answered in time, on {0}. If it is not enough, say not_accepted with the \
         reasons"
    )]
    Answered(Date),
    /// The day that it names has passed, or is the one on which it is said, which leaves no time.
    #[error("`until` is {0}; it has to be a day after today")]
    Passed(Date),
}

impl Outcome {
    /// Whether it may be said at `at` of a request with these events, oldest first. `taken_up`: the same word takes the
    /// request up again.
    ///
    /// # Errors
    /// [`OutcomeRefused`].
    pub fn may_follow(
        &self,
        events: &[RequestEvent],
        (at, taken_up): (Timestamp, bool),
        calendar: &WorkingDays,
    ) -> Result<(), OutcomeRefused> {
        use OutcomeKind::{
            AcceptanceRevoked, Accepted, AcceptedWithGaps, DeemedWithdrawn, NotAccepted,
            SupplementAsked,
        };
        let stands = events.last().map_or(RequestState::Submitted, |event| event.state);
        if !taken_up && stands == RequestState::Withdrawn {
            return Err(OutcomeRefused::Done(stands));
        }
        if !taken_up && is_decided(events) {
            return Err(OutcomeRefused::Done(RequestState::Decided));
        }
        let today = china_date(at);
        if let Some(day) = self.missing().and_then(|(_, deadline)| deadline.until)
            && day <= today
        {
            return Err(OutcomeRefused::Passed(day));
        }
        let last = latest(events).filter(|_| !taken_up);
        let (kind, before) = (self.kind(), last.map(|(_, _, outcome)| outcome.kind()));
        let over = || {
            let none = Err(OutcomeRefused::NothingBefore(kind));
            last.map_or(none, |asked| over(events, asked, today, calendar))
        };
        match (before, kind) {
            (
                None | Some(SupplementAsked),
                Accepted | AcceptedWithGaps | NotAccepted | SupplementAsked,
            )
            | (Some(AcceptedWithGaps), Accepted)
            | (Some(Accepted), AcceptanceRevoked) => Ok(()),
            (None, _) => Err(OutcomeRefused::NothingBefore(kind)),
            // Whether what came is enough, its reasons say; where nothing came, the time that was given is kept.
            (Some(AcceptedWithGaps), AcceptanceRevoked)
                if last.is_some_and(|(at, _, _)| answered(events, at).is_some()) =>
            {
                Ok(())
            }
            (Some(SupplementAsked), DeemedWithdrawn)
            | (Some(AcceptedWithGaps), AcceptanceRevoked) => over(),
            (Some(before), _) => Err(OutcomeRefused::Stands(before, kind)),
        }
    }
}

/// Where the events begin that count: with the one that took the request up again, if it was.
fn begins(events: &[RequestEvent]) -> usize {
    let taken_up = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| events.get(before));
        events.get(*at).is_some_and(|event| event.step(before) == Step::Reopened)
    };
    (0..events.len()).rev().find(taken_up).unwrap_or(0)
}

/// Whether the request was decided since it was taken up again, if it was; also where that was corrected.
fn is_decided(events: &[RequestEvent]) -> bool {
    events.iter().skip(begins(events)).any(|event| event.state == RequestState::Decided)
}

/// The last outcome since the request was taken up again, if it was, with where it stands among its events.
fn latest(events: &[RequestEvent]) -> Option<(usize, &RequestEvent, &Outcome)> {
    let all = events.iter().enumerate().skip(begins(events)).rev();
    all.into_iter().find_map(|(at, event)| Some((at, event, event.outcome.as_ref()?)))
}

/// When the applicant first changed what they had handed in after the event of that place, or staff did for them.
pub(super) fn answered(events: &[RequestEvent], asked_at: usize) -> Option<Timestamp> {
    let later = events.iter().enumerate().skip(asked_at + 1);
    let mut amended = later.filter(|(at, event)| {
        let own = event.actor == Actor::Applicant;
        event.corrected || (own && event.step(events.get(at - 1)) == Step::Amendment)
    });
    amended.next().map(|(_, event)| event.at)
}

/// Whether what was asked for is too late on `today`.
fn over(
    events: &[RequestEvent],
    (at, event, outcome): (usize, &RequestEvent, &Outcome),
    today: Date,
    calendar: &WorkingDays,
) -> Result<(), OutcomeRefused> {
    let deadline = outcome.missing().map(|(_, deadline)| deadline);
    let last = deadline.and_then(|deadline| deadline.last_day(china_date(event.at), calendar));
    let last = last.ok_or(OutcomeRefused::DeadlineUnknown)?;
    if let Some(day) = answered(events, at).map(china_date).filter(|day| *day <= last) {
        return Err(OutcomeRefused::Answered(day));
    }
    if today <= last { Err(OutcomeRefused::NotOver(last)) } else { Ok(()) }
}

/// What an outcome leaves its applicant to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding<'e> {
    /// The event that said it.
    pub event: &'e RequestEvent,
    /// The outcome.
    pub outcome: &'e Outcome,
    /// When what the applicant had handed in was changed since, first, by them or by staff for them.
    pub answered: Option<Timestamp>,
}

impl Outstanding<'_> {
    /// What is missing and by when, with the last day as far as it is known today.
    #[must_use]
    pub fn missing(&self, calendar: &WorkingDays) -> Option<(&[String], Deadline, Option<Date>)> {
        let (materials, deadline) = self.outcome.missing()?;
        Some((materials, deadline, deadline.last_day(china_date(self.event.at), calendar)))
    }
}

/// The outcome that stands for a request with these events; `None` where none was said, where the department has decided
/// since, and where the applicant took the request back.
#[must_use]
pub fn outstanding(events: &[RequestEvent]) -> Option<Outstanding<'_>> {
    let (at, event, outcome) = latest(events)?;
    let stands = events.last()?.state;
    let holds = match stands {
        RequestState::Withdrawn => false,
        _ if is_decided(events) => false,
        RequestState::Returned => outcome.kind().ends(),
        _ => true,
    };
    holds.then(|| Outstanding { event, outcome, answered: answered(events, at) })
}
