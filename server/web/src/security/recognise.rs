//! Who looks: what an assertion proves becomes the viewer, everybody else is the public.

use std::net::SocketAddr;

use app::context::ErrorPage;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use domain::viewer::{Tier, Viewer};

use super::refusal::{self, Addressee, refuse};
use crate::{
    client::ClientAddress,
    identity::{AssertionError, HEADER, handed_in},
    limits::Kind,
    problem::Problem,
    route::RouteInfo,
    security_event::Event,
    state::AppState,
};

/// Whether a request carries something that is going to be checked as a proof of identity.
#[must_use]
pub fn is_asked(state: &AppState, headers: &HeaderMap) -> bool {
    state.identity.is_some() && headers.contains_key(HEADER)
}

/// Puts the [`Viewer`] into the request. An assertion that proves nothing is refused: somebody who
/// expects to see more must learn why they do not.
pub async fn recognise(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = request.extensions().get::<ClientAddress>().copied();
    let mark = client.map(|client| state.marks.mark(client));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let proved = match (&state.identity, handed_in(request.headers())) {
        (Some(identity), Some(text)) => Some(identity.viewer(text, peer, state.clock.now())),
        _ => None,
    };
    let viewer = match proved {
        None => Viewer { subject: mark, ..Viewer::public() },
        Some(Ok(viewer)) => {
            // The door has counted only that there is a proof to check.
            let kind =
                request.extensions().get::<RouteInfo>().map_or(Kind::Page, |route| route.kind);
            let subject = viewer.subject.as_deref().unwrap_or_default();
            if let Err(retry_after) = state.limits.subject(subject, kind) {
                state.metrics.limit_hit("subject");
                let to = Addressee::of(&request);
                // Who it is stands in the audit, which only few may read.
                state.security.note(Event::TooOften, None, to.request_id());
                return refusal::too_often(&state, request, retry_after).await;
            }
            viewer
        }
        Some(Err(error)) => {
            tracing::info!(reason = reason(&error), "an assertion was not believed");
            let to = Addressee::of(&request);
            state.security.note(event_of(&error), mark.as_deref(), to.request_id());
            let problem = Problem::unauthorized(
                "The proof of who you are is not valid any more. Sign in again.",
            );
            return refuse(&state, request, problem, ErrorPage::Proof).await;
        }
    };
    let personal = viewer.tier != Tier::Public;
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    if personal {
        // What one person may see must not be kept for another.
        let value = axum::http::HeaderValue::from_static("no-store");
        response.headers_mut().insert(axum::http::header::CACHE_CONTROL, value);
    }
    response
}

/// What the log says of it. Texts of what reads assertions are left out: they quote values, which
/// may be of a person.
fn reason(error: &AssertionError) -> String {
    use jsonwebtoken::errors::ErrorKind;
    let AssertionError::Signature(error) = error else { return error.to_string() };
    let kind = match error.kind() {
        ErrorKind::InvalidSignature => "it is not signed with a known key",
        ErrorKind::InvalidIssuer => "it is of another issuer",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidAlgorithm => "its algorithm is not that of its key",
        ErrorKind::MissingRequiredClaim(_) => "it lacks iss, aud, sub or exp",
        _ => "it does not read",
    };
    kind.to_owned()
}

const fn event_of(error: &AssertionError) -> Event {
    match error {
        AssertionError::Peer => Event::ForeignAssertion,
        AssertionError::Replayed => Event::ReplayedAssertion,
        _ => Event::RefusedAssertion,
    }
}
