//! What happened to a request, as a chain.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Outcome, Rating, RequestNumber, RequestState};
use crate::suitability::Said;

/// Who made an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// The applicant.
    Applicant,
    /// This portal.
    Portal,
    /// A department, by id.
    Department(String),
    /// A member of the operator's staff, by name. Visitors are not told the name.
    Staff(String),
}

/// What an event is beside the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The state changed.
    Forward,
    /// Another word in the same state.
    Note,
    /// What was decided or returned is corrected.
    Correction,
    /// The applicant corrected what they had handed in.
    Amendment,
    /// The applicant said what they think of how it was dealt with.
    Rating,
    /// The applicant asked that what was decided or returned be taken up again.
    Reopening,
    /// The department took it up again.
    Reopened,
}

/// A change of state, chained to the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestEvent {
    /// Counts up from 1 within the request.
    pub sequence: u32,
    /// When, UTC.
    pub at: Timestamp,
    /// The state it led to.
    pub state: RequestState,
    /// Who made it.
    pub actor: Actor,
    /// The department's own reference, when it gave one.
    pub reference: Option<String>,
    /// Words of the department for the applicant.
    pub note: Option<String>,
    /// What the department says of the facts that it was asked for, by their ids (*sites S5*).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Said>,
    /// What the applicant thinks of how it was dealt with; `note` is their own text then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What the department says became of it as an application (desk D10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The event whose document somebody at the counter printed, by its sequence; `actor` is they then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<u32>,
    /// Whether staff corrected for the applicant what was handed in; `actor` is they then. A correction of the
    /// applicant's own is told by its `actor`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// SHA-256 over the event before and this one, URL-safe base64.
    pub hash: String,
}

impl RequestEvent {
    /// The event that follows `previous` (none for the first), with its hash.
    #[must_use]
    pub fn after(
        previous: Option<&Self>,
        number: &RequestNumber,
        at: Timestamp,
        state: RequestState,
        actor: Actor,
        reference: Option<String>,
        note: Option<String>,
    ) -> Self {
        let sequence = previous.map_or(1, |event| event.sequence + 1);
        let (facts, hash) = (BTreeMap::new(), String::new());
        let (rating, outcome, printed, corrected) = (None, None, None, false);
        let mut event = Self {
            sequence,
            at,
            state,
            actor,
            reference,
            note,
            facts,
            rating,
            outcome,
            printed,
            corrected,
            hash,
        };
        event.hash = event.chain(previous.map_or("", |event| &event.hash), number);
        event
    }

    /// The same event after `previous` with what the department says of facts, and its hash.
    #[must_use]
    pub fn saying(
        mut self,
        facts: BTreeMap<String, Said>,
        previous: Option<&Self>,
        number: &RequestNumber,
    ) -> Self {
        self.facts = facts;
        self.hash = self.chain(previous.map_or("", |event| &event.hash), number);
        self
    }

    /// The same event after `previous` with what the applicant thinks of how it was dealt with, and its
    /// hash.
    #[must_use]
    pub fn rating(
        mut self,
        rating: Rating,
        previous: Option<&Self>,
        number: &RequestNumber,
    ) -> Self {
        self.rating = Some(rating);
        self.hash = self.chain(previous.map_or("", |event| &event.hash), number);
        self
    }

    /// The same event after `previous` with what became of the application, and its hash.
    #[must_use]
    pub fn concluding(
        mut self,
        outcome: Outcome,
        previous: Option<&Self>,
        number: &RequestNumber,
    ) -> Self {
        self.outcome = Some(outcome);
        self.hash = self.chain(previous.map_or("", |event| &event.hash), number);
        self
    }

    /// The same event after `previous` as that the document of another event was printed, and its hash.
    #[must_use]
    pub fn printing(
        mut self,
        document: u32,
        previous: Option<&Self>,
        number: &RequestNumber,
    ) -> Self {
        self.printed = Some(document);
        self.hash = self.chain(previous.map_or("", |event| &event.hash), number);
        self
    }

    /// The same event after `previous` as a correction of what was handed in, and its hash. The applicant's own is as it
    /// always was.
    #[must_use]
    pub fn correcting(mut self, previous: Option<&Self>, number: &RequestNumber) -> Self {
        self.corrected = matches!(self.actor, Actor::Staff(_));
        self.hash = self.chain(previous.map_or("", |event| &event.hash), number);
        self
    }

    /// Whether the event's hash follows from its content and the one before.
    #[must_use]
    pub fn follows(&self, previous: Option<&Self>, number: &RequestNumber) -> bool {
        self.sequence == previous.map_or(1, |event| event.sequence + 1)
            && self.hash == self.chain(previous.map_or("", |event| &event.hash), number)
    }

    /// What this event is beside `previous`.
    #[must_use]
    pub fn step(&self, previous: Option<&Self>) -> Step {
        match previous.map(|event| event.state) {
            _ if self.rating.is_some() => Step::Rating,
            Some(before) if before.is_final() && matches!(self.actor, Actor::Department(_)) => {
                if self.state.is_ended() {
                    Step::Correction
                } else {
                    Step::Reopened
                }
            }
            // What an applicant handed in is not corrected any more by then.
            Some(before)
                if before.is_final() && self.actor == Actor::Applicant && self.note.is_some() =>
            {
                Step::Reopening
            }
            Some(before) if before == self.state && self.actor == Actor::Applicant => {
                Step::Amendment
            }
            Some(before) if before == self.state => Step::Note,
            _ => Step::Forward,
        }
    }

    fn chain(&self, previous: &str, number: &RequestNumber) -> String {
        let content = (
            previous,
            number,
            self.sequence,
            self.at,
            self.state,
            &self.actor,
            &self.reference,
            &self.note,
        );
        // Tuples and maps of strings and numbers always serialise. An event that has nothing of what came up
        // later has the hash that it had before there was any.
        let late = (&self.outcome, self.printed);
        let bytes = match self.rating {
            _ if self.corrected => {
                serde_json::to_vec(&(content, &self.facts, self.rating, late, "corrected"))
            }
            _ if late != (&None, None) => {
                serde_json::to_vec(&(content, &self.facts, self.rating, late))
            }
            Some(rating) => serde_json::to_vec(&(content, &self.facts, rating)),
            None if self.facts.is_empty() => serde_json::to_vec(&content),
            None => serde_json::to_vec(&(content, &self.facts)),
        };
        let bytes = bytes.unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    }
}
