//! Who sent a request and what its address says, as handlers take them.

use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, request::Parts},
    response::Response,
};
use domain::{
    LandCode,
    code::{CodeError, Parsed, Strictness},
    viewer::Viewer,
};
use service::{probing::Asker, submission::Quota};
use service_api::Visit;

use super::refusal::refuse;
use crate::{
    limits::{Hand, Kind},
    problem::Problem,
    refusal::Refusal,
    render,
    request_id::RequestId,
    security_event::Event,
    state::AppState,
};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// What the portal is told of them.
    pub visit: Visit,
    /// The id of their request.
    pub id: RequestId,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("a request did not come through the door");
            Problem::unavailable()
        })
    }
}

impl Visitor {
    /// What a program is told of a refusal.
    #[must_use]
    pub fn problem(&self, state: &AppState, refusal: &service_api::Refusal) -> Problem {
        self.noted(state, refusal).problem()
    }

    /// What a person is told of a refusal.
    pub async fn page(
        &self,
        state: &AppState,
        request: Request,
        refusal: &service_api::Refusal,
    ) -> Response {
        render::refused(state, request, self.noted(state, refusal)).await
    }

    /// Their visit, as far as everybody may see.
    pub(crate) fn as_everybody(&self) -> Visit {
        let subject = self.visit.viewer.subject.clone();
        Visit { viewer: Viewer { subject, ..Viewer::public() }, ..self.visit.clone() }
    }

    /// The refusal, once it is written down that somebody tries too many places.
    pub(crate) fn noted(&self, state: &AppState, refusal: &service_api::Refusal) -> Refusal {
        if let service_api::Refusal::TooMany { .. } = refusal {
            self.note_too_many(state);
        }
        refusal.into()
    }

    /// Has it written down that this visitor tries too many places.
    pub(crate) fn note_too_many(&self, state: &AppState) {
        state.metrics.limit_hit("probing");
        state.security.note(Event::Probing, self.mark(state).as_deref(), Some(&self.id.0));
    }

    /// Counts so many more reads of theirs than the request that brought them: what is asked of many
    /// places at once costs what each of them does.
    ///
    /// # Errors
    /// The seconds to wait, when one of them is too many; that is written down.
    pub(crate) fn reads(
        &self,
        state: &AppState,
        headers: &HeaderMap,
        kind: Kind,
        more: usize,
    ) -> Result<(), u64> {
        let asker = Asker::of(&self.visit);
        let count = || match &asker {
            Asker::Subject(subject) => state.limits.subject(subject, kind),
            // One that was disabled since it was let in asks no more.
            Asker::Key(key) => {
                state.api_keys.named(&key.name).map_or(Err(1), |it| it.count(&state.metrics))
            }
            Asker::Address(client) => state.limits.visitor(kind, Hand::of(*client, headers)),
        };
        let counted = (0..more).try_for_each(|_| count());
        if counted.is_err() {
            self.note_too_often(state, kind.name());
        }
        counted
    }

    /// Has it written down what came from their address.
    pub(crate) fn note(&self, state: &AppState, event: Event) {
        let mark = state.marks.mark(self.visit.client);
        state.security.note(event, Some(&mark), Some(&self.id.0));
    }

    /// Has it written down that this visitor passed a limit.
    pub(crate) fn note_too_often(&self, state: &AppState, limit: &'static str) {
        state.metrics.limit_hit(limit);
        state.security.note(Event::TooOften, self.mark(state).as_deref(), Some(&self.id.0));
    }

    /// What the security log knows a visitor by. Who somebody is stands in the audit, which only few may
    /// read.
    fn mark(&self, state: &AppState) -> Option<String> {
        match Asker::of(&self.visit) {
            Asker::Address(client) => Some(state.marks.mark(client)),
            Asker::Key(_) => Some(state.marks.mark(self.visit.client)),
            Asker::Subject(_) => None,
        }
    }
}

/// What a visitor hands in over HTTP, counted; one too many is written down.
#[derive(Clone, Copy)]
pub(crate) struct Submissions<'s> {
    pub(crate) state: &'s AppState,
    pub(crate) visitor: &'s Visitor,
    /// What came with it: one client is told by it from others at its address.
    pub(crate) headers: &'s HeaderMap,
}

impl Quota for Submissions<'_> {
    fn count(&self, visit: &Visit) -> Result<(), u64> {
        let Self { state, visitor, headers } = *self;
        let asker = Asker::of(visit);
        let subject = match &asker {
            Asker::Subject(subject) => Some(&**subject),
            Asker::Key(_) | Asker::Address(_) => None,
        };
        let counted = state.limits.submission(subject, Hand::of(visit.client, headers));
        if counted.is_err() {
            visitor.note_too_often(state, "submission");
        }
        counted
    }
}

/// The last parameter of an address, decoded. What is no UTF-8 leads to nothing.
#[derive(Clone, Debug)]
pub struct AddressedText(pub String);

impl FromRequestParts<AppState> for AddressedText {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let last = params.iter().flatten().last().map(|(_, text)| text.to_owned());
        match last {
            Some(text) => Ok(Self(text)),
            None => {
                let request = Request::from_parts(parts.clone(), Body::empty());
                Err(refuse(state, request, Refusal::NotFound).await)
            }
        }
    }
}

/// The code in an address, read once: by the door, where it looks for an answer that is kept, or by the
/// handler that takes it.
#[derive(Clone, Debug)]
pub struct AddressedCode {
    /// As written.
    pub written: String,
    /// What it was read as.
    pub read: Result<Parsed<LandCode>, CodeError>,
}

impl FromRequestParts<AppState> for AddressedCode {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        if let Some(read) = parts.extensions.remove::<Self>() {
            return Ok(read);
        }
        let AddressedText(written) = AddressedText::from_request_parts(parts, state).await?;
        let read = LandCode::parse(&written, Strictness::LookUp);
        Ok(Self { written, read })
    }
}
