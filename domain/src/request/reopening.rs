//! Asking the department that is done with a request to take it up again (rule S8). The applicant gives a reason, which
//! is an event of the request and goes to the department; only its own word opens the request again.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Actor, RequestEvent, RequestNumber, RequestState, Step, grade::question, last_end};
use crate::{
    clock::china_date,
    localized::Localized,
    service::{InputKind, Question},
};

/// How often one request is asked to be taken up again, at most. Our own rule.
pub const MOST_REOPENINGS: usize = 3;

/// Longest reason, characters.
const LONGEST: usize = 1_000;

/// What a department is told beside the request: that its applicant asks for it to be taken up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopeningAsked {
    /// Why, in the applicant's words.
    pub reason: String,
    /// When, UTC.
    pub asked_at: Timestamp,
}

/// Why a request cannot be asked to be taken up again. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReopened {
    /// Its service does not offer it, or no department has it.
    #[error("the service does not take requests up again")]
    NotOffered,
    /// The department is not done with it, or the applicant took it back.
    #[error("the request is {}: only what was decided or returned is taken up again", .0.name())]
    NotDone(RequestState),
    /// The last day has passed.
    #[error("the request could be taken up again until {0}")]
    TooLate(Date),
    /// It was asked, and the department has not answered.
    #[error("the department was asked already and has not answered yet")]
    Asked,
    /// It was asked too often.
    #[error("the request was asked to be taken up again too often")]
    TooOften,
}

/// Why it is to be taken up again: what is asked of the applicant.
#[must_use]
pub fn reopening_reason() -> &'static Question {
    static QUESTION: LazyLock<Question> = LazyLock::new(|| Question {
        required: true,
        max_length: LONGEST,
        ..question(
            "reopening_reason",
            InputKind::Paragraph,
            Localized::new(
                "请说明哪里没有办好，希望怎样处理",
                "What was not settled, and what you would like to be done",
            ),
        )
    });
    &QUESTION
}

/// The events by which the applicant asked.
fn asks(events: &[RequestEvent]) -> impl Iterator<Item = (usize, &RequestEvent)> {
    events.iter().enumerate().filter(|(at, event)| {
        let before = at.checked_sub(1).and_then(|before| events.get(before));
        event.step(before) == Step::Reopening
    })
}

/// What the applicant asked last, while the department has said nothing since.
#[must_use]
pub fn reopening_asked(events: &[RequestEvent]) -> Option<&RequestEvent> {
    let (at, asked) = asks(events).last()?;
    let by_department = |event: &RequestEvent| matches!(event.actor, Actor::Department(_));
    let since = events.get(at + 1..).unwrap_or_default();
    (!since.iter().any(by_department)).then_some(asked)
}

/// Whether the applicant asked last at `asked_at`, as a department was told, and nothing was taken up since. Systems
/// keep less than a second of an instant; two asks are never so close.
pub(super) fn is_last_ask(events: &[RequestEvent], asked_at: Timestamp) -> bool {
    asks(events).last().is_some_and(|(at, asked)| {
        let since = events.get(at..).unwrap_or_default();
        asked.at.duration_since(asked_at).abs() < SignedDuration::from_secs(1)
            && since.iter().all(|event| event.state.is_ended())
    })
}

/// Whether a request with these events can be asked to be taken up again on `today` (in China), within so many days
/// after the one on which the department was done with it: the last day on which it can.
///
/// # Errors
/// [`NotReopened`].
pub fn reopenable(
    events: &[RequestEvent],
    within_days: Option<u32>,
    today: Date,
) -> Result<Date, NotReopened> {
    let within_days = within_days.ok_or(NotReopened::NotOffered)?;
    let state = events.last().map_or(RequestState::Submitted, |event| event.state);
    let done = last_end(events).filter(|event| event.state.is_final());
    let done = done.ok_or(NotReopened::NotDone(state))?;
    if reopening_asked(events).is_some() {
        return Err(NotReopened::Asked);
    }
    let until = china_date(done.at).saturating_add(i64::from(within_days).days());
    if today > until {
        return Err(NotReopened::TooLate(until));
    }
    if asks(events).count() >= MOST_REOPENINGS {
        return Err(NotReopened::TooOften);
    }
    Ok(until)
}

/// The event by which an applicant asks at `at` (UTC) that a request with these events be taken up again. The state
/// stays: the department has the word.
///
/// # Errors
/// [`NotReopened`].
pub fn reopen(
    number: &RequestNumber,
    events: &[RequestEvent],
    within_days: Option<u32>,
    asked: &ReopeningAsked,
) -> Result<RequestEvent, NotReopened> {
    reopenable(events, within_days, china_date(asked.asked_at))?;
    let last = events.last();
    let state = last.map_or(RequestState::Submitted, |event| event.state);
    let reason = Some(asked.reason.clone());
    Ok(RequestEvent::after(last, number, asked.asked_at, state, Actor::Applicant, None, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{DepartmentWord, Follows, rated_until};

    const DAY: i64 = 86_400;
    const WITHIN: Option<u32> = Some(30);

    fn number() -> RequestNumber {
        RequestNumber::parse("JM-20261122-ZZZZZZZA").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    fn asked(second: i64) -> ReopeningAsked {
        ReopeningAsked { reason: "界址还是不对".to_owned(), asked_at: at(second) }
    }

    fn word(events: &[RequestEvent], state: RequestState, second: i64) -> Follows {
        answer(events, state, second, None)
    }

    /// A word that names what was asked at that second.
    fn answer(
        events: &[RequestEvent],
        state: RequestState,
        second: i64,
        asked: Option<i64>,
    ) -> Follows {
        let word = DepartmentWord {
            number: number(),
            department: "planning".to_owned(),
            message: format!("m-{second}"),
            at: at(second),
            state,
            reference: None,
            note: Some("收到".to_owned()),
            facts: std::collections::BTreeMap::new(),
            outcome: None,
            reopening: asked.map(at),
        };
        word.follows(events)
    }

    /// A request that came to this state.
    fn ended(state: RequestState) -> Vec<RequestEvent> {
        let by = Actor::Department("planning".to_owned());
        let (first, next) = (RequestState::Submitted, state);
        let first =
            RequestEvent::after(None, &number(), at(0), first, Actor::Applicant, None, None);
        let next = RequestEvent::after(Some(&first), &number(), at(1), next, by, None, None);
        vec![first, next]
    }

    #[test]
    fn s8_what_was_decided_is_asked_to_be_taken_up_again_and_only_the_departments_word_opens_it() {
        let mut events = ended(RequestState::Decided);
        let stays = Follows::Past(RequestState::Decided);
        assert_eq!(word(&events, RequestState::InProgress, 2), stays, "unasked it never goes back");
        let event = reopen(&number(), &events, WITHIN, &asked(2)).unwrap();
        assert!(event.follows(events.last(), &number()));
        assert_eq!(event.step(events.last()), Step::Reopening);
        assert_eq!((event.state, &event.actor), (RequestState::Decided, &Actor::Applicant));
        events.push(event);
        assert_eq!(reopen(&number(), &events, WITHIN, &asked(3)), Err(NotReopened::Asked));
        assert_eq!(word(&events, RequestState::Sent, 4), Follows::Past(RequestState::Decided));
        // What the department said before its end and sends again opens nothing, nor does an answer to something else.
        for asked in [None, Some(1), Some(4)] {
            assert_eq!(answer(&events, RequestState::InProgress, 4, asked), stays, "{asked:?}");
        }
        let Follows::Event(taken_up) = answer(&events, RequestState::InProgress, 4, Some(2)) else {
            panic!("it takes the request up")
        };
        assert_eq!(taken_up.step(events.last()), Step::Reopened);
        events.push(taken_up);
        assert_eq!(rated_until(&events), None, "it has not ended");
        assert_eq!(reopening_asked(&events), None);
        let open = NotReopened::NotDone(RequestState::InProgress);
        assert_eq!(reopen(&number(), &events, WITHIN, &asked(5)), Err(open));
        let Follows::Event(decided) = word(&events, RequestState::Decided, 20 * DAY) else {
            panic!("it decides again")
        };
        assert_eq!(decided.step(events.last()), Step::Forward);
        events.push(decided);
        // Its days are counted from then.
        let last = at(20 * DAY + 30 * DAY);
        assert_eq!(reopenable(&events, WITHIN, china_date(last)), Ok(china_date(last)));
        assert_eq!(rated_until(&events), Some(china_date(last)));
        for asked in [None, Some(2)] {
            let late = answer(&events, RequestState::InProgress, 21 * DAY, asked);
            assert_eq!(late, stays, "that ask was answered");
        }
    }

    #[test]
    fn s8_what_a_department_said_before_it_was_asked_is_no_answer() {
        let mut events = ended(RequestState::InProgress);
        let Follows::Event(decided) = word(&events, RequestState::Decided, 2) else {
            panic!("a word")
        };
        events.push(decided);
        events.push(reopen(&number(), &events, WITHIN, &asked(3)).unwrap());
        // Somebody at the counter reads it, which is no word.
        let (clerk, why) = (Actor::Staff("li.na@planning".into()), Some("电话询问".to_owned()));
        let decided = RequestState::Decided;
        let look = RequestEvent::after(events.last(), &number(), at(3), decided, clerk, None, why);
        events.push(look);
        // Its decision under another message id, as senders do that lost our answer.
        assert_eq!(word(&events, RequestState::Decided, 4), Follows::NothingNew);
        assert!(reopening_asked(&events).is_some(), "it waits still");
        let Follows::Event(no) = answer(&events, RequestState::Decided, 5, Some(3)) else {
            panic!("the same words, said of what was asked")
        };
        events.push(no);
        assert_eq!(reopening_asked(&events), None);
        assert_eq!(answer(&events, RequestState::Decided, 6, Some(3)), Follows::NothingNew);
        // It changes its mind.
        assert!(matches!(
            answer(&events, RequestState::InProgress, 7, Some(3)),
            Follows::Event(event) if event.step(events.last()) == Step::Reopened
        ));
    }

    #[test]
    fn s8_a_no_of_the_department_ends_what_was_asked_and_is_heard() {
        let mut events = ended(RequestState::Returned);
        events.push(reopen(&number(), &events, WITHIN, &asked(2)).unwrap());
        let Follows::Event(no) = word(&events, RequestState::Returned, 3) else { panic!("a word") };
        events.push(no);
        assert_eq!(reopening_asked(&events), None);
        assert_eq!(
            word(&events, RequestState::InProgress, 4),
            Follows::Past(RequestState::Returned)
        );
        for n in 1..MOST_REOPENINGS {
            let second = i64::try_from(n).unwrap() * 10;
            events.push(reopen(&number(), &events, WITHIN, &asked(second)).unwrap());
            let no = answer(&events, RequestState::Decided, second + 1, Some(second));
            let Follows::Event(no) = no else { panic!("a word") };
            events.push(no);
        }
        assert_eq!(reopen(&number(), &events, WITHIN, &asked(90)), Err(NotReopened::TooOften));
    }

    #[test]
    fn s8_it_is_asked_within_the_days_of_its_service_and_of_what_the_department_is_done_with() {
        for state in RequestState::ALL.into_iter().filter(|state| !state.is_final()) {
            let events = ended(state);
            let not = reopen(&number(), &events, WITHIN, &asked(2));
            assert_eq!(not, Err(NotReopened::NotDone(state)));
        }
        let events = ended(RequestState::Decided);
        let until = china_date(at(1)).saturating_add(30.days());
        assert_eq!(reopenable(&events, WITHIN, until), Ok(until));
        let late = until.saturating_add(1.day());
        assert_eq!(reopenable(&events, WITHIN, late), Err(NotReopened::TooLate(until)));
        assert_eq!(reopenable(&events, None, until), Err(NotReopened::NotOffered));
    }
}
