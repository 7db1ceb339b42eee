//! Who looks. The public needs no identity; anybody who wants to see more comes through the
//! unified identity service (国务院关于在线政务服务的若干规定 art. 5), which proves who they are,
//! why they look and at which place, in a signed assertion (RFC 7519). It is believed from the
//! gateway's machines alone, for minutes. Without `[identity]` in the configuration no assertion is
//! believed, and everybody is the public.

mod assertion;
mod key_set;
mod seen;

use std::net::SocketAddr;

use app::context::ErrorPage;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    digest::keyed_digest,
    viewer::{Tier, Viewer},
};

use crate::{
    rest::problem::Problem,
    routes::RouteInfo,
    security::{
        client::ClientAddress,
        events::Event,
        limits::Kind,
        refusal::{self, Addressee, refuse},
    },
    state::AppState,
};

pub use assertion::{AssertionError, Identity, IdentityError};

/// The header that the identity gateway puts an assertion into.
pub const HEADER: HeaderName = HeaderName::from_static("jianma-assertion");

/// The key that turns addresses into marks. Drawn at start and never kept.
#[derive(Clone)]
pub struct MarkKey([u8; 32]);

impl std::fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MarkKey(…)")
    }
}

impl MarkKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A mark that tells one visitor from another in the audit while this process runs.
    #[must_use]
    pub fn mark(&self, client: ClientAddress) -> String {
        let digest = keyed_digest(&self.0, &[client.0.to_string().as_bytes()]);
        format!("visitor-{}", URL_SAFE_NO_PAD.encode(&digest[..9]))
    }
}

fn handed_in(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER).iter();
    let first = values.next()?;
    // One that does not read, or two, are some assertion, and prove nothing.
    Some(first.to_str().ok().filter(|_| values.next().is_none()).unwrap_or_default())
}

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
                return refusal::too_many(&to, retry_after);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p9_a_mark_tells_visitors_apart_and_hides_the_address() {
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|ip| ClientAddress(ip.parse().unwrap()));
        let key = MarkKey::new([1; 32]);
        assert_eq!(key.mark(a), key.mark(a));
        assert_ne!(key.mark(a), key.mark(b));
        assert_ne!(key.mark(a), MarkKey::new([2; 32]).mark(a));
        assert!(!key.mark(a).contains("192"));
    }
}
