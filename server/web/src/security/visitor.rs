//! Who sent a request and what its address says, as handlers take them.

use app::context::ErrorPage;
use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, request::Parts},
    response::Response,
};
use domain::{
    LandCode,
    code::{CodeError, Parsed, Strictness},
};
use service::probing::Asker;
use service_api::{Refusal, Visit};

use super::refusal::{self, Addressee, refuse};
use crate::{
    limits::{Hand, Kind},
    problem::Problem,
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
    pub fn problem(&self, state: &AppState, refusal: &Refusal) -> Problem {
        self.note(state, refusal);
        refusal.into()
    }

    /// What a person is told of a refusal.
    pub async fn page(&self, state: &AppState, request: Request, refusal: &Refusal) -> Response {
        self.note(state, refusal);
        let page = match refusal {
            Refusal::Nothing { .. } => ErrorPage::NotFound,
            Refusal::TooMany { retry_after } => {
                return refusal::too_many(&Addressee::of(&request), *retry_after);
            }
            Refusal::Unavailable(_) => ErrorPage::Unavailable,
        };
        render::error(state, request, page).await
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
            Asker::Address(client) => state.limits.visitor(kind, Hand::of(*client, headers)),
        };
        let counted = (0..more).try_for_each(|_| count());
        if counted.is_err() {
            state.metrics.limit_hit(kind.name());
            let unknown = matches!(asker, Asker::Address(_));
            let mark = unknown.then(|| state.marks.mark(self.visit.client));
            state.security.note(Event::TooOften, mark.as_deref(), Some(&self.id.0));
        }
        counted
    }

    /// Counts a submission of theirs that is about to be kept.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many; that is written down.
    pub(crate) fn submits(&self, state: &AppState, headers: &HeaderMap) -> Result<(), u64> {
        let Self { visit, id } = self;
        let asker = Asker::of(visit);
        let subject = match &asker {
            Asker::Subject(subject) => Some(&**subject),
            Asker::Address(_) => None,
        };
        let counted = state.limits.submission(subject, Hand::of(visit.client, headers));
        if counted.is_err() {
            state.metrics.limit_hit("submission");
            // Who it is stands in the audit, which only few may read.
            let mark = subject.is_none().then(|| state.marks.mark(visit.client));
            state.security.note(Event::TooOften, mark.as_deref(), Some(&id.0));
        }
        counted
    }

    /// Has it written down that somebody tries too many places. Somebody known by name is in the
    /// audit, which only few may read.
    fn note(&self, state: &AppState, refusal: &Refusal) {
        if let Refusal::TooMany { .. } = refusal {
            self.note_too_many(state);
        }
    }

    /// The same of one who does.
    pub(crate) fn note_too_many(&self, state: &AppState) {
        state.metrics.limit_hit("probing");
        let visitor = match Asker::of(&self.visit) {
            Asker::Address(client) => Some(state.marks.mark(client)),
            Asker::Subject(_) => None,
        };
        state.security.note(Event::Probing, visitor.as_deref(), Some(&self.id.0));
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
                Err(refuse(state, request, Problem::not_found(), ErrorPage::NotFound).await)
            }
        }
    }
}

/// The code in an address, read once.
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
        let AddressedText(written) = AddressedText::from_request_parts(parts, state).await?;
        let read = LandCode::parse(&written, Strictness::LookUp);
        Ok(Self { written, read })
    }
}
