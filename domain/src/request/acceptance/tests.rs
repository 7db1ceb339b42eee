use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::date};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    request::{
        DepartmentWord, Elapsed, Follows, OutcomeFault, ReopeningAsked, RequestNumber, TimeLimit,
        reopen,
    },
    working_days::working_days,
};

fn number() -> RequestNumber {
    RequestNumber::parse("JM-20261122-ZZZZZZZA").unwrap()
}

/// Noon in China on that day.
fn noon(day: Date) -> Timestamp {
    crate::clock::CHINA.to_timestamp(day.at(12, 0, 0, 0)).unwrap()
}

fn by(actor: Actor, events: &[RequestEvent], at: Timestamp, state: RequestState) -> RequestEvent {
    RequestEvent::after(events.last(), &number(), at, state, actor, None, None)
}

fn submitted(day: Date) -> Vec<RequestEvent> {
    let first = by(Actor::Applicant, &[], noon(day), RequestState::Submitted);
    let second = by(Actor::Portal, std::slice::from_ref(&first), noon(day), RequestState::Sent);
    vec![first, second]
}

fn word(outcome: Outcome, day: Date) -> DepartmentWord {
    let state =
        if outcome.kind().ends() { RequestState::Returned } else { RequestState::InProgress };
    DepartmentWord {
        number: number(),
        department: "planning".into(),
        message: day.to_string(),
        at: noon(day),
        state,
        reference: None,
        note: None,
        facts: BTreeMap::new(),
        outcome: Some(outcome),
        reopening: None,
    }
}

/// Adds what a department says, or says why not.
fn say(events: &mut Vec<RequestEvent>, outcome: Outcome, day: Date) -> Result<(), OutcomeRefused> {
    match word(outcome, day).follows(events) {
        Follows::Event(event) => {
            assert!(event.follows(events.last(), &number()));
            events.push(event);
            Ok(())
        }
        Follows::Refused(refused) => Err(refused),
        other => panic!("{other:?}"),
    }
}

fn asked(days: u32) -> Outcome {
    let deadline = Deadline { working_days: Some(days), until: None };
    Outcome::SupplementAsked {
        materials: vec!["身份证明".into(), "界址图".into()], deadline
    }
}

fn gaps(until: Date) -> Outcome {
    let deadline = Deadline { working_days: None, until: Some(until) };
    Outcome::AcceptedWithGaps { materials: vec!["界址图".into()], deadline }
}

fn refused() -> Outcome {
    Outcome::NotAccepted { reasons: "不属于本机关职权范围".into() }
}

fn revoked() -> Outcome {
    Outcome::AcceptanceRevoked { reasons: "容缺材料逾期未补".into() }
}

#[test]
fn desk_d10_a_deadline_in_working_days_skips_holidays_and_is_kept_as_it_was_said() {
    // 30 September 2026: off until the 7th, worked on Saturday the 10th.
    let mut events = submitted(date(2026, 9, 30));
    say(&mut events, asked(3), date(2026, 9, 30)).unwrap();
    let said = events.last().unwrap().outcome.clone().unwrap();
    let (materials, deadline) = said.missing().unwrap();
    assert_eq!((materials.len(), deadline.until), (2, Some(date(2026, 10, 10))));
    // On its last day there is time still, also on a Saturday that is worked.
    let early = say(&mut events, Outcome::DeemedWithdrawn {}, date(2026, 10, 10));
    assert_eq!(early, Err(OutcomeRefused::NotOver(date(2026, 10, 10))));
    say(&mut events, Outcome::DeemedWithdrawn {}, date(2026, 10, 11)).unwrap();
    assert_eq!(events.last().unwrap().state, RequestState::Returned);
}

#[test]
fn desk_d10_a_year_without_announced_working_days_is_said_and_ends_nothing() {
    let mut events = submitted(date(2026, 12, 28));
    say(&mut events, asked(10), date(2026, 12, 28)).unwrap();
    let stands = outstanding(&events).unwrap();
    let (_, deadline, last) = stands.missing(working_days()).unwrap();
    assert_eq!((deadline.until, last), (None, None));
    let over = say(&mut events, Outcome::DeemedWithdrawn {}, date(2027, 6, 1));
    assert_eq!(over, Err(OutcomeRefused::DeadlineUnknown));
}

#[test]
fn desk_d10_who_answers_in_time_is_not_deemed_to_have_withdrawn() {
    let day = date(2026, 11, 2);
    for (answered, may) in [(date(2026, 11, 9), false), (date(2026, 11, 10), true)] {
        let mut events = submitted(day);
        say(&mut events, asked(5), day).unwrap();
        let amended = by(Actor::Applicant, &events, noon(answered), RequestState::InProgress);
        events.push(amended);
        assert_eq!(outstanding(&events).unwrap().answered, Some(noon(answered)));
        let over = say(&mut events, Outcome::DeemedWithdrawn {}, date(2026, 11, 20));
        assert_eq!(over.is_ok(), may, "{over:?}");
        if !may {
            assert_eq!(over, Err(OutcomeRefused::Answered(answered)));
            say(&mut events, refused(), date(2026, 11, 20)).unwrap();
        }
    }
}

#[test]
fn desk_d10_nothing_goes_back_and_nothing_comes_unasked() {
    use OutcomeKind::{AcceptanceRevoked, Accepted, DeemedWithdrawn, NotAccepted, SupplementAsked};
    let day = date(2026, 11, 2);
    let accepted = || Outcome::Accepted {};
    let after = |first: Option<Outcome>, next: Outcome| {
        let mut events = submitted(day);
        if let Some(first) = first {
            say(&mut events, first, day).unwrap();
        }
        say(&mut events, next, day.tomorrow().unwrap())
    };
    for (kind, outcome) in
        [(AcceptanceRevoked, revoked()), (DeemedWithdrawn, Outcome::DeemedWithdrawn {})]
    {
        assert_eq!(after(None, outcome), Err(OutcomeRefused::NothingBefore(kind)));
    }
    for (next, kind) in [(asked(5), SupplementAsked), (refused(), NotAccepted)] {
        assert_eq!(after(Some(accepted()), next), Err(OutcomeRefused::Stands(Accepted, kind)));
    }
    assert_eq!(after(Some(gaps(date(2026, 11, 20))), accepted()), Ok(()));
    assert_eq!(after(Some(accepted()), revoked()), Ok(()));
    assert_eq!(after(Some(asked(5)), accepted()), Ok(()));
    // The day on which it is said leaves no time.
    for until in [date(2026, 11, 1), date(2026, 11, 3)] {
        assert_eq!(after(None, gaps(until)), Err(OutcomeRefused::Passed(until)));
    }
    assert_eq!(after(None, gaps(date(2026, 11, 4))), Ok(()));
    let mut events = submitted(day);
    say(&mut events, refused(), day).unwrap();
    let again = Outcome::NotAccepted { reasons: "另一个理由".into() };
    assert_eq!(say(&mut events, again, day), Err(OutcomeRefused::Stands(NotAccepted, NotAccepted)));
    // What was decided has no acceptance any more.
    let mut events = submitted(day);
    events.push(by(
        Actor::Department("planning".into()),
        &events,
        noon(day),
        RequestState::Decided,
    ));
    assert_eq!(say(&mut events, refused(), day), Err(OutcomeRefused::Done(RequestState::Decided)));
}

/// A word that says no outcome.
fn plain(state: RequestState, day: Date) -> DepartmentWord {
    DepartmentWord { state, outcome: None, ..word(Outcome::Accepted {}, day) }
}

fn heard(events: &mut Vec<RequestEvent>, word: &DepartmentWord) {
    let Follows::Event(event) = word.follows(events) else { panic!("{word:?}") };
    events.push(event);
}

#[test]
fn desk_d10_what_was_decided_has_no_outcome_any_more_also_where_that_was_corrected() {
    use RequestState::{Decided, Returned};
    let day = date(2026, 11, 2);
    for (first, late) in
        [(asked(5), Outcome::DeemedWithdrawn {}), (Outcome::Accepted {}, revoked())]
    {
        let mut events = submitted(day);
        say(&mut events, first, day).unwrap();
        heard(&mut events, &plain(Decided, day));
        heard(&mut events, &plain(Returned, day));
        assert_eq!(outstanding(&events), None);
        let refused = say(&mut events, late, date(2026, 11, 20));
        assert_eq!(refused, Err(OutcomeRefused::Done(Decided)));
    }
}

#[test]
fn desk_d10_acceptance_with_gaps_is_revoked_after_its_last_day_or_for_an_answer_that_is_not_enough()
{
    let (day, until) = (date(2026, 11, 2), date(2026, 11, 20));
    let mut events = submitted(day);
    say(&mut events, gaps(until), day).unwrap();
    let early = say(&mut events.clone(), revoked(), until);
    assert_eq!(early, Err(OutcomeRefused::NotOver(until)));
    assert_eq!(say(&mut events.clone(), revoked(), date(2026, 11, 21)), Ok(()));
    let answer = by(Actor::Applicant, &events, noon(date(2026, 11, 4)), RequestState::InProgress);
    events.push(answer);
    assert_eq!(say(&mut events, revoked(), date(2026, 11, 5)), Ok(()));
}

#[test]
fn desk_d10_what_staff_correct_for_the_applicant_is_an_answer_and_a_look_is_none() {
    let day = date(2026, 11, 2);
    let mut events = submitted(day);
    say(&mut events, asked(5), day).unwrap();
    let staff = || Actor::Staff("li.na@planning".into());
    let answered = noon(date(2026, 11, 4));
    let look = by(staff(), &events, answered, RequestState::InProgress);
    let corrected = look.clone().correcting(events.last(), &number());
    assert!(corrected.follows(events.last(), &number()) && corrected.hash != look.hash);
    let unmarked = RequestEvent { corrected: false, ..corrected.clone() };
    assert!(!unmarked.follows(events.last(), &number()), "the mark is in the chain");
    let late = date(2026, 11, 20);
    for (event, may) in [(look, Ok(())), (corrected, Err(date(2026, 11, 4)))] {
        let mut events = events.clone();
        events.push(event);
        let over = say(&mut events, Outcome::DeemedWithdrawn {}, late);
        assert_eq!(over, may.map_err(OutcomeRefused::Answered));
    }
    // The applicant's own has the hash that it always had.
    let own = by(Actor::Applicant, &events, answered, RequestState::InProgress);
    assert_eq!(own.clone().correcting(events.last(), &number()), own);
}

#[test]
fn desk_d10_what_is_taken_up_again_begins_anew() {
    let day = date(2026, 11, 2);
    let mut events = submitted(day);
    say(&mut events, refused(), day).unwrap();
    let ask =
        ReopeningAsked { reason: "属于你们管".into(), asked_at: noon(date(2026, 11, 3)) };
    events.push(reopen(&number(), &events, Some(30), &ask).unwrap());
    assert_eq!(outstanding(&events).unwrap().outcome.kind(), OutcomeKind::NotAccepted);
    let unasked = word(Outcome::Accepted {}, date(2026, 11, 4));
    assert_eq!(unasked.follows(&events), Follows::Past(RequestState::Returned));
    heard(&mut events, &DepartmentWord { reopening: Some(ask.asked_at), ..unasked });
    assert_eq!(outstanding(&events).unwrap().outcome.kind(), OutcomeKind::Accepted);
    assert_eq!(outcome_documents(&number(), &events).len(), 2, "what was said stays");
}

#[test]
fn desk_d10_the_same_said_again_is_heard_once_and_a_second_notice_says_that_it_is_one() {
    let day = date(2026, 11, 2);
    let mut events = submitted(day);
    say(&mut events, asked(5), day).unwrap();
    // A sender that lost our answer says it under another id, a day later.
    let again = word(asked(5), date(2026, 11, 3)).follows(&events);
    assert_eq!(again, Follows::NothingNew);
    // After the applicant's answer the same list is new: what came is not enough.
    let mut answered = events.clone();
    let amended = by(Actor::Applicant, &events, noon(day), RequestState::InProgress);
    answered.push(amended);
    say(&mut answered, asked(5), date(2026, 11, 4)).unwrap();
    assert!(outcome_documents(&number(), &answered)[1].asks_again());
    assert_eq!(word(asked(5), date(2026, 11, 4)).follows(&answered), Follows::NothingNew);
    say(&mut events, asked(6), date(2026, 11, 3)).unwrap();
    let own = number();
    let documents = outcome_documents(&own, &events);
    let told: Vec<_> = documents.iter().map(|it| (it.number(), it.asks_again())).collect();
    assert_eq!(
        told,
        [
            ("JM-20261122-ZZZZZZZA-03".to_owned(), false),
            ("JM-20261122-ZZZZZZZA-04".to_owned(), true)
        ]
    );
    assert_eq!(outcome_document(&number(), &events, 1), None);
    // Printing is no word of the department, and is told apart from a first print.
    let staff = Actor::Staff("li.na@planning".into());
    let print = by(staff, &events, noon(day), RequestState::InProgress);
    events.push(print.printing(3, events.last(), &number()));
    assert!(events[4].follows(Some(&events[3]), &number()));
    let document = outcome_document(&own, &events, 3).unwrap();
    assert_eq!((document.printed_before(&events, 5), document.printed_before(&events, 6)), (0, 1));
}

#[test]
fn s3_the_time_that_the_law_allows_begins_with_acceptance_where_it_is_said() {
    let [first, accepted] = [date(2026, 11, 2), date(2026, 11, 16)];
    let on = |today: Date, events: &[RequestEvent]| {
        let (item, answers) = ("data-correction".to_owned(), BTreeMap::new());
        let submission = crate::request::Submission {
            item,
            code: crate::LandCode::parse("330521001001GB00001", crate::code::Strictness::LookUp)
                .unwrap()
                .code,
            data_version: String::new(),
            applicant: BTreeMap::new(),
            answers,
            channel: crate::request::Channel::Applicant,
            asks: None,
            attachments: Vec::new(),
            assisted: None,
        };
        let (number, events) = (number(), events.to_vec());
        let request =
            crate::request::Request { number, submission, submitted_at: noon(first), events };
        TimeLimit::of(&request, 20, working_days(), today).map(|limit| limit.stands)
    };
    let stands = |events: &[RequestEvent]| on(date(2026, 11, 17), events);
    let mut events = submitted(first);
    say(&mut events, asked(5), first).unwrap();
    assert_eq!(stands(&events), Some(Elapsed::NotBegun), "nothing runs before it is accepted");
    say(&mut events, Outcome::Accepted {}, accepted).unwrap();
    let running = stands(&events);
    assert!(matches!(running, Some(Elapsed::Running { begun, .. }) if begun == accepted));
    let mut events = submitted(first);
    say(&mut events, refused(), first).unwrap();
    assert_eq!(stands(&events), None);
    // Five working days after the confirmation is in time, six are not: nothing said then stops the clock.
    for (said, late) in [(date(2026, 11, 9), false), (date(2026, 11, 10), true)] {
        let mut events = submitted(first);
        heard(&mut events, &plain(RequestState::Acknowledged, first));
        say(&mut events, asked(5), said).unwrap();
        let today = date(2026, 12, 30);
        let over =
            matches!(on(today, &events), Some(Elapsed::Over { begun, .. }) if begun == first);
        assert_eq!((over, on(today, &events) == Some(Elapsed::NotBegun)), (late, !late));
        heard(&mut events, &plain(RequestState::Decided, date(2026, 11, 11)));
        let ended = on(today, &events);
        assert_eq!(ended, late.then_some(Elapsed::Ended { after: Some(7) }));
    }
    // Where the working days between are not known, neither is its end.
    let begun = date(2026, 12, 30);
    let mut events = submitted(begun);
    heard(&mut events, &plain(RequestState::Acknowledged, begun));
    say(&mut events, Outcome::Accepted {}, date(2027, 1, 20)).unwrap();
    let unknown = on(date(2027, 1, 21), &events);
    assert_eq!(unknown, Some(Elapsed::RunsOutUnknown { begun }));
}

#[test]
fn desk_d10_what_is_said_of_an_outcome_is_whole_or_refused_in_plain_words() {
    use RequestState::{Acknowledged, Decided, InProgress, Returned};
    let days = json!({ "working_days": 5 });
    for (said, state) in [
        (json!({ "kind": "accepted" }), Acknowledged),
        (
            json!({ "kind": "accepted_with_gaps", "materials": [" 界址图 "], "deadline": days }),
            InProgress,
        ),
        (
            json!({
                "kind": "supplement_asked", "materials": ["a"],
                "deadline": { "until": "2026-12-15" },
            }),
            InProgress,
        ),
        (json!({ "kind": "not_accepted", "reasons": "越权" }), Returned),
        (json!({ "kind": "acceptance_revoked", "reasons": "越权" }), Returned),
        (json!({ "kind": "deemed_withdrawn" }), Returned),
    ] {
        let read = Outcome::read(&said, state).unwrap_or_else(|fault| panic!("{fault}: {said}"));
        let kept = serde_json::to_value(&read).unwrap();
        assert_eq!(serde_json::from_value::<Outcome>(kept).unwrap(), read);
        assert_eq!(said["kind"], read.kind().name());
        let wrong = if state == Returned { InProgress } else { Decided };
        let fault = Outcome::read(&said, wrong);
        assert_eq!(fault, Err(OutcomeFault::State { kind: read.kind(), state: wrong }));
    }
    for said in [
        json!("accepted"),
        json!({ "kind": "lost" }),
        json!({ "kind": "accepted", "reasons": "好" }),
        json!({ "kind": "accepted", "materials": ["a"] }),
        json!({ "kind": "supplement_asked", "deadline": days }),
        json!({ "kind": "supplement_asked", "materials": ["a"] }),
        json!({ "kind": "supplement_asked", "materials": [], "deadline": days }),
        json!({ "kind": "supplement_asked", "materials": ["\u{200B} "], "deadline": days }),
        json!({ "kind": "supplement_asked", "materials": ["a\u{202E}b"], "deadline": days }),
        json!({ "kind": "supplement_asked", "materials": ["a"], "deadline": {} }),
        json!({ "kind": "supplement_asked", "materials": ["a"], "deadline": { "working_days": 0 } }),
        json!({
            "kind": "supplement_asked", "materials": ["a"],
            "deadline": { "working_days": 5, "until": "2026-12-15" },
        }),
        json!({ "kind": "supplement_asked", "materials": vec!["a"; 51], "deadline": days }),
        json!({ "kind": "not_accepted" }),
        json!({ "kind": "not_accepted", "reasons": " " }),
        json!({ "kind": "acceptance_revoked", "reasons": "a".repeat(2_001) }),
        json!({ "kind": "deemed_withdrawn", "reasons": "晚了" }),
    ] {
        let state = if said["kind"].as_str().is_some_and(|kind| {
            ["not_accepted", "acceptance_revoked", "deemed_withdrawn"].contains(&kind)
        }) {
            Returned
        } else {
            InProgress
        };
        let fault = Outcome::read(&said, state).map(|read| format!("{read:?}"));
        assert!(fault.is_err_and(|fault| fault.to_string().len() > 20), "{said}");
    }
}

proptest! {
    /// Whatever is said in whatever order: a chain that holds, states that go forward, and no outcome after a decision.
    #[test]
    fn desk_d10_no_order_of_words_leads_back(said in prop::collection::vec((0_usize..8, 0_i64..30), 1..12)) {
        let first = date(2026, 3, 2);
        let mut events = submitted(first);
        let mut day = first;
        for (which, later) in said {
            day = day.checked_add(later.days()).unwrap();
            let word = match which {
                0 => word(Outcome::Accepted {}, day),
                1 => word(gaps(day.tomorrow().unwrap()), day),
                2 => word(asked(5), day),
                3 => word(refused(), day),
                4 => word(revoked(), day),
                5 => word(Outcome::DeemedWithdrawn {}, day),
                6 => plain(RequestState::Decided, day),
                _ => plain(RequestState::Returned, day),
            };
            let decided = events.iter().any(|event| event.state == RequestState::Decided);
            let ended = events.last().unwrap().state.is_ended();
            if let Follows::Event(event) = word.follows(&events) {
                prop_assert!(event.outcome.is_none() || !decided, "{event:?}");
                prop_assert!(!ended || event.state.is_ended(), "{event:?}");
                prop_assert!(event.follows(events.last(), &number()));
                events.push(event);
            }
        }
        let own = number();
        let ends = outcome_documents(&own, &events);
        prop_assert!(ends.iter().rev().skip(1).all(|it| !it.outcome.kind().ends()));
    }
}
