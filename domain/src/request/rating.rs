//! What an applicant thinks of how a request was dealt with: 好差评.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{Actor, Rating, RequestEvent, RequestNumber, RequestState, last_end};
use crate::clock::china_date;

/// Days after the one on which a request ended until which it can be rated and a rating changed. Our own
/// rule: the national one sets no number; every request is kept for a month at least.
pub const RATED_WITHIN_DAYS: i64 = 30;

/// Ratings of one request at most, the first among them: each is an event that stays.
pub const MOST_RATINGS: usize = 10;

/// Why a request is not rated. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRated {
    /// It says what was said before.
    #[error("the request has this rating already")]
    Unchanged,
    /// It has not ended.
    #[error("the request is {}: it is rated once it has ended", .0.name())]
    Open(RequestState),
    /// The last day has passed.
    #[error("the request could be rated until {0}")]
    TooLate(Date),
    /// It was rated too often.
    #[error("the rating was changed too often")]
    TooOften,
}

/// The rating of a request that counts: the last one.
#[must_use]
pub fn rating_of(events: &[RequestEvent]) -> Option<&RequestEvent> {
    events.iter().rev().find(|event| event.rating.is_some())
}

/// The last day, in China, on which a request can be rated; `None` while it has not ended.
#[must_use]
pub fn rated_until(events: &[RequestEvent]) -> Option<Date> {
    let ended = last_end(events)?;
    Some(china_date(ended.at).saturating_add(RATED_WITHIN_DAYS.days()))
}

/// Whether a request with these events can be rated on `today` (in China), or its rating changed: the last
/// day on which it can.
///
/// # Errors
/// [`NotRated`].
pub fn rateable(events: &[RequestEvent], today: Date) -> Result<Date, NotRated> {
    let state = events.last().map_or(RequestState::Submitted, |event| event.state);
    let until = rated_until(events).ok_or(NotRated::Open(state))?;
    if today > until {
        return Err(NotRated::TooLate(until));
    }
    if events.iter().filter(|event| event.rating.is_some()).count() >= MOST_RATINGS {
        return Err(NotRated::TooOften);
    }
    Ok(until)
}

/// The event by which an applicant rates a request with these events at `at` (UTC), or says something
/// else than before. The state stays.
///
/// # Errors
/// [`NotRated`].
pub fn rate(
    number: &RequestNumber,
    events: &[RequestEvent],
    (rating, note): (Rating, Option<String>),
    at: Timestamp,
) -> Result<RequestEvent, NotRated> {
    if rating_of(events).is_some_and(|said| said.rating == Some(rating) && said.note == note) {
        return Err(NotRated::Unchanged);
    }
    rateable(events, china_date(at))?;
    let last = events.last();
    let state = last.map_or(RequestState::Submitted, |event| event.state);
    let event = RequestEvent::after(last, number, at, state, Actor::Applicant, None, note);
    Ok(event.rating(rating, last, number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;

    fn number() -> RequestNumber {
        RequestNumber::parse("JM-20261122-ZZZZZZZA").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    /// A request in that state.
    fn events(state: RequestState) -> Vec<RequestEvent> {
        let by = Actor::Portal;
        let first = RequestEvent::after(
            None,
            &number(),
            at(0),
            RequestState::Submitted,
            Actor::Applicant,
            None,
            None,
        );
        let next = RequestEvent::after(Some(&first), &number(), at(1), state, by, None, None);
        vec![first, next]
    }

    #[test]
    fn s8_what_has_ended_is_rated_and_the_rating_changed_until_its_last_day() {
        for state in RequestState::ALL.into_iter().filter(|state| !state.is_ended()) {
            let open = rate(&number(), &events(state), (Rating::Satisfied, None), at(2));
            assert_eq!(open, Err(NotRated::Open(state)));
        }
        let mut events = events(RequestState::Decided);
        let said = Some("很快".to_owned());
        let first = rate(&number(), &events, (Rating::Satisfied, said.clone()), at(2)).unwrap();
        assert!(first.follows(events.last(), &number()));
        assert_eq!(first.step(events.last()), crate::request::Step::Rating);
        assert_eq!((first.state, &first.actor), (RequestState::Decided, &Actor::Applicant));
        events.push(first);
        let again = rate(&number(), &events, (Rating::Satisfied, said), at(3));
        assert_eq!(again, Err(NotRated::Unchanged));
        let until = rated_until(&events).unwrap();
        let late = (RATED_WITHIN_DAYS + 1) * DAY;
        let changed = (Rating::VeryDissatisfied, None);
        let last = rate(&number(), &events, changed.clone(), at(late - DAY)).unwrap();
        assert_eq!(rate(&number(), &events, changed, at(late)), Err(NotRated::TooLate(until)));
        events.push(last);
        assert_eq!(
            rating_of(&events).and_then(|event| event.rating),
            Some(Rating::VeryDissatisfied)
        );
    }

    #[test]
    fn s8_a_rating_is_changed_only_so_often() {
        let mut events = events(RequestState::Withdrawn);
        for n in 0..MOST_RATINGS {
            let said = (Rating::Satisfied, Some(n.to_string()));
            events.push(rate(&number(), &events, said, at(2)).unwrap());
        }
        let more = rate(&number(), &events, (Rating::Satisfied, None), at(2));
        assert_eq!(more, Err(NotRated::TooOften));
    }

    #[test]
    fn s8_the_grades_are_the_five_of_the_national_system() {
        assert_eq!(Rating::ALL.map(Rating::stars), [5, 4, 3, 2, 1]);
        for grade in Rating::ALL {
            assert_eq!(Rating::from_name(grade.name()), Some(grade));
            assert_eq!(Rating::from_stars(grade.stars()), Some(grade));
            assert_eq!(grade.is_satisfied(), grade.stars() >= 3);
        }
        assert_eq!(Rating::from_stars(0), None);
    }

    proptest! {
        /// However often it is rated, the state and the end of a request stay.
        #[test]
        fn s8_a_rating_moves_nothing(
            state in prop::sample::select(RequestState::ALL.to_vec()),
            said in prop::collection::vec((0_usize..5, 0_i64..60 * DAY), 0..14),
        ) {
            let mut events = events(state);
            let ended = rated_until(&events);
            for (grade, second) in said {
                let rating = (Rating::ALL[grade], None);
                if let Ok(event) = rate(&number(), &events, rating, at(second)) {
                    prop_assert!(event.follows(events.last(), &number()));
                    events.push(event);
                }
            }
            prop_assert!(events.iter().skip(1).all(|event| event.state == state));
            prop_assert_eq!(rated_until(&events), ended);
            prop_assert!(events.len() <= 2 + MOST_RATINGS);
        }
    }
}
