//! A request as the department sees it: what it was sent of it, and what it said.

use domain::{
    clock::china_date,
    request::{
        DeliveryId, DeliveryPayload, MessageKind, OutcomeKind, ReopeningAsked, RequestState,
        WithdrawalPayload,
    },
    working_days::working_days,
};
use jiff::{Timestamp, civil::Date};

use crate::{
    action::{Action, Time},
    ledger::Received,
    word::{Outcome, Word},
};

/// A request at one department.
#[derive(Debug)]
pub(crate) struct Case {
    /// The request's number.
    pub number: String,
    /// The department that it was sent to.
    pub department: String,
    /// What was received of it, newest first.
    pub messages: Vec<Received>,
    /// What is asked now; `None` where only the withdrawal arrived.
    pub asked: Option<DeliveryPayload>,
    /// When the applicant took it back, UTC.
    pub withdrawn_at: Option<Timestamp>,
    /// What the department said of it, oldest first.
    pub words: Vec<Word>,
}

/// What an inbox holds, newest first.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// Requests, in the order of their newest message.
    pub cases: Vec<Case>,
    /// Messages that are none of a request.
    pub strange: Vec<Received>,
}

/// A message that reads.
enum Read {
    Asked(Box<DeliveryPayload>),
    Withdrawn(WithdrawalPayload),
}

/// The message, with the request's number and the department that it was sent to.
fn read(received: &Received) -> Option<(String, String, Read)> {
    let (number, department) = DeliveryId(received.id.clone()).parts()?;
    // Only a withdrawal says when it was.
    let read = match serde_json::from_slice(&received.body) {
        Ok(payload) => Read::Withdrawn(payload),
        Err(_) => Read::Asked(Box::new(serde_json::from_slice(&received.body).ok()?)),
    };
    Some((number.to_string(), department, read))
}

impl Inbox {
    /// Sorts what was received, newest first, and what was said, oldest first.
    pub(crate) fn of(received: Vec<Received>, words: Vec<Word>) -> Self {
        let mut inbox = Self::default();
        for message in received {
            match read(&message) {
                Some((number, department, read)) => {
                    inbox.case_of(number, department).take(message, read);
                }
                None => inbox.strange.push(message),
            }
        }
        for word in words {
            let case = inbox
                .cases
                .iter_mut()
                .find(|case| (&case.number, &case.department) == (&word.request, &word.department));
            if let Some(case) = case {
                case.words.push(word);
            }
        }
        inbox
    }

    /// The case of a request at a department.
    pub(crate) fn into_case(self, number: &str, department: &str) -> Option<Case> {
        self.cases.into_iter().find(|case| case.number == number && case.department == department)
    }

    fn case_of(&mut self, number: String, department: String) -> &mut Case {
        let known = self
            .cases
            .iter()
            .position(|case| case.number == number && case.department == department);
        let at = known.unwrap_or_else(|| {
            self.cases.push(Case {
                number,
                department,
                messages: Vec::new(),
                asked: None,
                withdrawn_at: None,
                words: Vec::new(),
            });
            self.cases.len() - 1
        });
        &mut self.cases[at]
    }
}

impl Case {
    /// Adds a message that is older than those before it, or came late. What was corrected last is
    /// what is asked, in whatever order the news arrived.
    fn take(&mut self, message: Received, read: Read) {
        match read {
            Read::Withdrawn(payload) => self.withdrawn_at = Some(payload.withdrawn_at),
            Read::Asked(payload) => {
                let is_newer = |known: &DeliveryPayload| payload.corrected_at > known.corrected_at;
                if self.asked.as_ref().is_none_or(is_newer) {
                    self.asked = Some(*payload);
                }
            }
        }
        self.messages.push(message);
    }

    /// Where it stands as far as the department knows: it confirmed what is in its inbox, and what
    /// the portal has taken since counts. Nobody goes on with a request that was withdrawn.
    pub(crate) fn stands(&self) -> RequestState {
        if self.withdrawn_at.is_some() {
            return RequestState::Withdrawn;
        }
        let taken = |word: &&Word| matches!(word.outcome, Outcome::Taken { .. });
        let last = self.words.iter().rev().find(taken);
        last.map_or(RequestState::Acknowledged, |word| word.state)
    }

    /// The word that the portal has not answered; nothing else is said before it is.
    pub(crate) fn unanswered(&self) -> Option<&Word> {
        self.words.last().filter(|word| matches!(word.outcome, Outcome::Unanswered { .. }))
    }

    /// What may be said on a day.
    pub(crate) fn open(&self, today: Date) -> Vec<Action> {
        if self.unanswered().is_some() {
            return Vec::new();
        }
        let taken_up = self.reopening().map(|_asked| Action::Progress);
        let open = Action::open(self.stands(), self.formal(), self.time(today));
        taken_up.into_iter().chain(open).collect()
    }

    /// What the department said became of it as an application, since it took it up again if it did.
    pub(crate) fn formal(&self) -> Option<OutcomeKind> {
        self.formal_word()?.formal.as_ref().map(domain::request::Outcome::kind)
    }

    /// The word that said so.
    fn formal_word(&self) -> Option<&Word> {
        let taken = self.words.iter().filter(|word| matches!(word.outcome, Outcome::Taken { .. }));
        let (mut stands, mut formal) = (RequestState::Acknowledged, None);
        for word in taken {
            if stands.is_final() && !word.state.is_ended() {
                formal = None;
            }
            formal = word.formal.is_some().then_some(word).or(formal);
            stands = word.state;
        }
        formal
    }

    /// How the time stands on a day that the applicant was given for what is missing; `None` where nothing is.
    pub(crate) fn time(&self, today: Date) -> Option<Time> {
        let word = self.formal_word()?;
        let (_, deadline) = word.formal.as_ref()?.missing()?;
        let last = deadline.last_day(china_date(word.at), working_days());
        let corrected = self.messages.iter().filter_map(|message| match read(message)?.2 {
            Read::Asked(asked) => asked.corrected_at,
            Read::Withdrawn(_) => None,
        });
        let answered = corrected.filter(|at| *at > word.at).min().map(china_date);
        Some(match (answered, last) {
            (Some(_), None) => Time::Answered,
            (Some(day), Some(last)) if day <= last => Time::Answered,
            (_, Some(last)) if today > last => Time::Over,
            (_, last) => Time::Runs(last),
        })
    }

    /// What the applicant asks of the department that was done with it, until it has said something since.
    pub(crate) fn reopening(&self) -> Option<&ReopeningAsked> {
        let asked = self.asked.as_ref()?.reopening.as_ref()?;
        let answered = self.words.iter().any(|word| word.at > asked.asked_at);
        (!answered && self.stands().is_final()).then_some(asked)
    }

    /// The number of the next word.
    pub(crate) fn next(&self) -> u32 {
        self.words.last().map_or(1, |word| word.number + 1)
    }

    /// Whether what is asked is a correction.
    pub(crate) fn is_corrected(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.kind == MessageKind::Corrected)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NUMBER: &str = "JM-20261122-7K3MQ2VX";
    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    fn message(sequence: u32, kind: &str, more: &Value) -> Received {
        let mut body = json!({
            "request": NUMBER, "kind": kind, "item": "data-correction",
            "code": "330521990001GB00002", "data_version": "d/1", "applicant": {},
            "answers": { "what_is_wrong": kind }, "channel": "self",
            "submitted_at": "2026-11-22T01:00:00.123456789Z",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let id = match sequence {
            1 => format!("msg_{NUMBER}_planning"),
            later => format!("msg_{NUMBER}_planning_{later}"),
        };
        Received {
            id,
            reference: format!("SD-2026-{sequence:06}"),
            body: serde_json::to_vec(&body).unwrap(),
            times: 1,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn submitted() -> Received {
        message(1, "request.submitted", &json!({}))
    }

    fn corrected() -> Received {
        message(2, "request.corrected", &json!({ "corrected_at": "2026-11-22T02:00:00Z" }))
    }

    fn withdrawn() -> Received {
        message(3, "request.withdrawn", &json!({ "withdrawn_at": "2026-11-22T03:00:00Z" }))
    }

    fn word(number: u32, state: RequestState, outcome: Outcome) -> Word {
        Word {
            request: NUMBER.to_owned(),
            department: "planning".to_owned(),
            number,
            state,
            note: None,
            reference: None,
            facts: std::collections::BTreeMap::new(),
            formal: None,
            reopening: None,
            at: Timestamp::UNIX_EPOCH,
            outcome,
        }
    }

    fn only(received: Vec<Received>, words: Vec<Word>) -> Case {
        let mut inbox = Inbox::of(received, words);
        assert_eq!((inbox.cases.len(), inbox.strange.len()), (1, 0));
        inbox.cases.remove(0)
    }

    #[test]
    fn p10_a_withdrawn_request_is_not_worked_on_and_a_corrected_one_as_corrected() {
        for received in [vec![corrected(), submitted()], vec![submitted(), corrected()]] {
            let case = only(received, Vec::new());
            assert!(case.is_corrected());
            assert_eq!(
                case.asked.unwrap().submission.answers["what_is_wrong"],
                "request.corrected"
            );
        }
        for received in [vec![withdrawn(), submitted()], vec![submitted(), withdrawn()]] {
            let case = only(received, Vec::new());
            assert_eq!(case.stands(), RequestState::Withdrawn);
            assert_eq!(case.open(TODAY), [Action::Remark]);
        }
        assert!(only(vec![withdrawn()], Vec::new()).asked.is_none());
    }

    #[test]
    fn s5_where_a_request_stands_is_what_the_portal_has_taken() {
        let taken = || Outcome::Taken { changed: true };
        let refused = Outcome::Refused { status: 409, detail: "past".into() };
        let unanswered = Outcome::Unanswered { why: "no answer".into() };
        let none = only(vec![submitted()], Vec::new());
        assert_eq!((none.stands(), none.next()), (RequestState::Acknowledged, 1));
        let words = vec![
            word(1, RequestState::InProgress, taken()),
            word(2, RequestState::Decided, refused),
        ];
        let case = only(vec![submitted()], words.clone());
        assert_eq!((case.stands(), case.next()), (RequestState::InProgress, 3));
        let words = [words, vec![word(3, RequestState::Decided, unanswered)]].concat();
        let waiting = only(vec![submitted()], words);
        assert_eq!(waiting.stands(), RequestState::InProgress);
        assert_eq!(waiting.unanswered().map(|word| word.number), Some(3));
        assert!(waiting.open(TODAY).is_empty(), "first it is known what became of the last word");
    }

    #[test]
    fn desk_d10_no_time_that_runs_is_cut_short() {
        use domain::request::{Deadline, Outcome as Formal};
        let asked = |formal: Formal| Word {
            formal: Some(formal),
            at: "2026-11-23T01:00:00Z".parse().unwrap(),
            ..word(1, RequestState::Acknowledged, Outcome::Taken { changed: true })
        };
        let deadline = Deadline { working_days: Some(3), until: None };
        let materials = vec!["界址图".to_owned()];
        let gaps = asked(Formal::AcceptedWithGaps { materials: materials.clone(), deadline });
        let supplement = asked(Formal::SupplementAsked { materials, deadline });
        // Monday and three working days: Thursday is the last one.
        let (last, after) = (jiff::civil::date(2026, 11, 26), jiff::civil::date(2026, 11, 27));
        let came = |at: &str| message(2, "request.corrected", &json!({ "corrected_at": at }));
        let (in_time, late) = (came("2026-11-26T15:59:00Z"), came("2026-11-26T16:01:00Z"));
        let before = came("2026-11-23T00:59:00Z");
        for (word, ends) in [(gaps, Action::Revoke), (supplement, Action::DeemWithdrawn)] {
            let case =
                |more: Vec<Received>| only([more, vec![submitted()]].concat(), vec![word.clone()]);
            for (more, day, time) in [
                (vec![], last, Time::Runs(Some(last))),
                (vec![], after, Time::Over),
                (vec![before.clone()], last, Time::Runs(Some(last))),
                (vec![in_time.clone()], last, Time::Answered),
                (vec![in_time.clone()], after, Time::Answered),
                (vec![late.clone()], after, Time::Over),
            ] {
                let case = case(more);
                assert_eq!(case.time(day), Some(time), "{ends:?}");
                let open = match time {
                    Time::Runs(_) => false,
                    Time::Answered => ends == Action::Revoke,
                    Time::Over => true,
                };
                assert_eq!(case.open(day).contains(&ends), open, "{ends:?} {time:?}");
            }
        }
        let accepted = only(vec![submitted()], vec![asked(Formal::Accepted {})]);
        assert_eq!(accepted.time(last), None);
    }

    #[test]
    fn what_is_no_request_stands_apart() {
        let strange = Received { id: "msg_1".into(), ..submitted() };
        let torn = Received { body: b"{}".to_vec(), ..submitted() };
        let inbox = Inbox::of(vec![strange, torn], Vec::new());
        assert_eq!((inbox.cases.len(), inbox.strange.len()), (0, 2));
    }
}
