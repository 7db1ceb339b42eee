//! The clock of a request: what the law lets an office take, in working days, against what it took.

use jiff::civil::Date;

use super::{Outcome, OutcomeKind, Request, RequestEvent, RequestState};
use crate::{clock::china_date, working_days::WorkingDays};

/// Working days within which a department has to say what becomes of a request as an application; one of which it said
/// nothing by then counts as accepted (行政许可法 art. 32).
const SAID_WITHIN: u32 = 5;

/// How a request stands against the time that the law allows. Counted from the day on which the department
/// accepted it, where it began in time to say outcomes of it (行政许可法 art. 42), otherwise from the one on which it
/// confirmed that it has the request: no outcome that comes later stops that. What it asks for afterwards, a hearing
/// or a survey stops the law's own clock (行政许可法 art. 45), and a portal knows of none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    /// What the law allows.
    pub working_days: u32,
    /// Where that stands.
    pub stands: Elapsed,
}

/// What has passed of a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elapsed {
    /// The department has not accepted it, or not confirmed that it has the request.
    NotBegun,
    /// It runs out in a year whose holidays are not known, or they are not known of the days from which it counts.
    RunsOutUnknown {
        /// The day of the confirmation, in China.
        begun: Date,
    },
    /// It runs.
    Running {
        /// The day of the confirmation, in China.
        begun: Date,
        /// Its last day.
        last: Date,
        /// Working days left after today; 0 on the last.
        left: u32,
    },
    /// It has run out, and the request has not ended.
    Over {
        /// The day of the confirmation, in China.
        begun: Date,
        /// Its last day.
        last: Date,
        /// Working days since; `None` where holidays are not known.
        by: Option<u32>,
    },
    /// The department decided or returned it.
    Ended {
        /// After so many working days; `None` where holidays are not known.
        after: Option<u32>,
    },
}

impl TimeLimit {
    /// How a request stands on `today`; `None` where its applicant took it back, or its department took it up again.
    #[must_use]
    pub fn of(
        request: &Request,
        working_days: u32,
        calendar: &WorkingDays,
        today: Date,
    ) -> Option<Self> {
        let day_of = |is: fn(RequestState) -> bool| {
            request.events.iter().find(|event| is(event.state)).map(|event| china_date(event.at))
        };
        let state = request.state();
        // The law says nothing of what is taken up again.
        let taken_up_again = !state.is_final() && day_of(RequestState::is_final).is_some();
        if state == RequestState::Withdrawn || taken_up_again {
            return None;
        }
        let confirmed =
            day_of(|state| !matches!(state, RequestState::Submitted | RequestState::Sent));
        let first = request.events.iter().find(|event| event.outcome.is_some());
        let first = first.map(|event| china_date(event.at));
        // In how many working days after its confirmation it first said one; none where holidays are not known.
        let within =
            confirmed.zip(first).map(|(confirmed, said)| calendar.between(confirmed, said));
        let accepted = |event: &&RequestEvent| {
            let kind = event.outcome.as_ref().map(Outcome::kind);
            matches!(kind, Some(OutcomeKind::Accepted | OutcomeKind::AcceptedWithGaps))
        };
        let ended = day_of(RequestState::is_final);
        let begun = match (within, confirmed) {
            (Some(None), Some(begun)) => {
                let stands = match ended {
                    Some(_) => Elapsed::Ended { after: None },
                    None => Elapsed::RunsOutUnknown { begun },
                };
                return Some(Self { working_days, stands });
            }
            (Some(Some(days)), _) if days <= SAID_WITHIN => {
                request.events.iter().find(accepted).map(|event| china_date(event.at))
            }
            _ => confirmed,
        };
        let stands = match (begun, ended) {
            // What was not accepted has no time that could be counted.
            (None, Some(_)) => return None,
            (None, None) => Elapsed::NotBegun,
            (Some(begun), Some(ended)) => Elapsed::Ended { after: calendar.between(begun, ended) },
            (Some(begun), None) => Self::open(begun, working_days, calendar, today),
        };
        Some(Self { working_days, stands })
    }

    fn open(begun: Date, working_days: u32, calendar: &WorkingDays, today: Date) -> Elapsed {
        let Some(last) = calendar.last_of(begun, working_days) else {
            return Elapsed::RunsOutUnknown { begun };
        };
        if today > last {
            return Elapsed::Over { begun, last, by: calendar.between(last, today) };
        }
        match calendar.between(today, last) {
            Some(left) => Elapsed::Running { begun, last, left },
            None => Elapsed::RunsOutUnknown { begun },
        }
    }
}
