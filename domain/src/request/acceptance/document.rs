//! The documents of outcomes (desk D10): each is made of the event that said it, and so is the same however often it is
//! drawn, but for what its office and its service are called.

use jiff::civil::Date;

use super::{Actor, Outcome, OutcomeKind, RequestEvent};
use crate::{clock::china_date, request::RequestNumber};

/// The document of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeDocument<'e> {
    /// The request.
    pub request: &'e RequestNumber,
    /// The event that said it.
    pub event: &'e RequestEvent,
    /// The outcome.
    pub outcome: &'e Outcome,
    /// Which notice of this kind it is for the request, from 1. What is to be added is said once
    /// (`{law:licensing-law:32}`): a second such notice says of itself that it is one.
    pub time: u32,
}

impl OutcomeDocument<'_> {
    /// Its number: that of the request, and the place of its event in it.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}-{:02}", self.request, self.event.sequence)
    }

    /// Its day, in China.
    #[must_use]
    pub fn date(&self) -> Date {
        china_date(self.event.at)
    }

    /// The department that said it.
    #[must_use]
    pub fn department(&self) -> &str {
        match &self.event.actor {
            Actor::Department(id) => id,
            _ => "",
        }
    }

    /// Whether it asks to have something added once more.
    #[must_use]
    pub fn asks_again(&self) -> bool {
        self.outcome.kind() == OutcomeKind::SupplementAsked && self.time > 1
    }

    /// How often it was printed at a counter before the event with this sequence.
    #[must_use]
    pub fn printed_before(&self, events: &[RequestEvent], sequence: u32) -> usize {
        let own = |event: &&RequestEvent| event.printed == Some(self.event.sequence);
        events.iter().filter(own).filter(|event| event.sequence < sequence).count()
    }
}

/// The documents of a request, oldest first.
#[must_use]
pub fn outcome_documents<'e>(
    request: &'e RequestNumber,
    events: &'e [RequestEvent],
) -> Vec<OutcomeDocument<'e>> {
    let mut documents: Vec<OutcomeDocument<'e>> = Vec::new();
    for event in events {
        let Some(outcome) = &event.outcome else { continue };
        let alike = documents.iter().filter(|it| it.outcome.kind() == outcome.kind()).count();
        let time = u32::try_from(alike + 1).unwrap_or(u32::MAX);
        documents.push(OutcomeDocument { request, event, outcome, time });
    }
    documents
}

/// The document of the event with this sequence; `None` where it said no outcome.
#[must_use]
pub fn outcome_document<'e>(
    request: &'e RequestNumber,
    events: &'e [RequestEvent],
    sequence: u32,
) -> Option<OutcomeDocument<'e>> {
    outcome_documents(request, events).into_iter().find(|it| it.event.sequence == sequence)
}
