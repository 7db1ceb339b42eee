//! What a department says of a request.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Actor, Outcome, OutcomeRefused, RequestEvent, RequestNumber, RequestState, Step,
    acceptance::answered, reopening::is_last_ask, reopening_asked,
};
use crate::{clock::china_date, suitability::Said, working_days::working_days};

/// A department's word on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentWord {
    /// The request.
    pub number: RequestNumber,
    /// The department that signed it.
    pub department: String,
    /// Its message's own id, `webhook-id`: the same message is taken once.
    pub message: String,
    /// When it came, UTC.
    pub at: Timestamp,
    /// The state it names.
    pub state: RequestState,
    /// The department's own reference.
    pub reference: Option<String>,
    /// Words for the applicant.
    pub note: Option<String>,
    /// What it says of the facts that it was asked for, by their ids.
    pub facts: BTreeMap<String, Said>,
    /// What it says became of the request as an application.
    pub outcome: Option<Outcome>,
    /// Which ask to take the request up again it answers: `asked_at` of the message that told of it, UTC.
    pub reopening: Option<Timestamp>,
}

/// What a word that was not heard before is to a request.
// One is made of each word, and taken apart at once.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follows {
    /// The request is past the state that it names, and stands here.
    Past(RequestState),
    /// The outcome that it says cannot be said now.
    Refused(OutcomeRefused),
    /// It says what is known.
    NothingNew,
    /// It is this event.
    Event(RequestEvent),
}

impl DepartmentWord {
    /// What follows from it for a request with these events, oldest first.
    #[must_use]
    pub fn follows(&self, events: &[RequestEvent]) -> Follows {
        let last = events.last();
        let stands = last.map_or(RequestState::Submitted, |event| event.state);
        // Only what its applicant asked for leads back, and only a word that names it: one from before the end that
        // comes late, or again, names nothing.
        let named = self.reopening.is_some_and(|asked_at| is_last_ask(events, asked_at));
        let taken_up = named && self.state == RequestState::InProgress && stands.is_final();
        let answers = named && reopening_asked(events).is_some();
        if !taken_up && !stands.takes_word(self.state) {
            return Follows::Past(stands);
        }
        if stands == self.state && !answers && self.says_what_is_known(events) {
            return Follows::NothingNew;
        }
        if let Some(outcome) = &self.outcome
            && let Err(refused) = outcome.may_follow(events, (self.at, taken_up), working_days())
        {
            return Follows::Refused(refused);
        }
        let event = RequestEvent::after(
            last,
            &self.number,
            self.at,
            self.state,
            Actor::Department(self.department.clone()),
            self.reference.clone(),
            self.note.clone(),
        );
        let event = event.saying(self.facts.clone(), last, &self.number);
        let dated = |outcome: Outcome| outcome.dated(china_date(self.at), working_days());
        Follows::Event(match self.outcome.clone().map(dated) {
            Some(outcome) => event.concluding(outcome, last, &self.number),
            None => event,
        })
    }

    /// Of a word in the present state: nothing beside the state, or the last word again under a new
    /// message id, as senders do that lost our answer.
    fn says_what_is_known(&self, events: &[RequestEvent]) -> bool {
        let own = Actor::Department(self.department.clone());
        let said = |id: &String| {
            let by_it = events.iter().rev().filter(|event| event.actor == own);
            by_it.into_iter().find_map(|event| event.facts.get(id))
        };
        if self.facts.iter().any(|(id, fact)| said(id) != Some(fact)) {
            return false;
        }
        if let Some(outcome) = &self.outcome {
            let mut by_it = events.iter().enumerate().rev().filter(|(_, event)| event.actor == own);
            let before = by_it.find_map(|(at, event)| Some((at, event, event.outcome.as_ref()?)));
            // Asked for again after the applicant answered it is new: what came is not enough.
            let same = before.is_some_and(|(at, event, before)| {
                before.says_like(outcome)
                    && (self.note.is_none() || event.note == self.note)
                    && (outcome.missing().is_none() || answered(events, at).is_none())
            });
            if !same {
                return false;
            }
        } else if self.note.is_some() {
            // Between the two the applicant may have rated it, or asked for it to be taken up again, and staff read
            // it, took it away or printed a notice. What staff corrected changed it.
            let is_said = |(at, event): &(usize, &RequestEvent)| {
                let before = at.checked_sub(1).and_then(|before| events.get(before));
                let by_staff = matches!(event.actor, Actor::Staff(_)) && !event.corrected;
                !by_staff && !matches!(event.step(before), Step::Rating | Step::Reopening)
            };
            let last = events.iter().enumerate().rev().find(is_said);
            return last.is_some_and(|(_, last)| {
                last.note == self.note
                    && (self.reference.is_none() || last.reference == self.reference)
                    && last.actor == own
            });
        }
        let known = || events.iter().rev().find_map(|event| event.reference.as_ref());
        self.reference.as_ref().is_none_or(|reference| known() == Some(reference))
    }
}
