//! Who looks: what an assertion proves becomes the viewer, everybody else is the public.

use axum::http::HeaderMap;
use domain::viewer::Viewer;

use super::caller::{Caller, Stopped};
use crate::{
    identity::{AssertionError, HEADER, handed_in},
    security_event::Event,
    state::AppState,
};

/// Whether a request carries something that is going to be checked as a proof of identity.
#[must_use]
pub fn is_asked(state: &AppState, headers: &HeaderMap) -> bool {
    state.identity.is_some() && headers.contains_key(HEADER)
}

/// The [`Viewer`]. An assertion that proves nothing is refused: somebody who expects to see more must
/// learn why they do not.
pub(crate) fn viewer(
    state: &AppState,
    headers: &HeaderMap,
    caller: Caller<'_>,
) -> Result<Viewer, Stopped> {
    let (Some(identity), Some(text)) = (&state.identity, handed_in(headers)) else {
        return Ok(Viewer { subject: Some(state.marks.mark(caller.client)), ..Viewer::public() });
    };
    match identity.viewer(text, Some(caller.peer.ip()), state.clock.now()) {
        Ok(viewer) => {
            // So far it is only counted that there is a proof to check.
            let subject = viewer.subject.as_deref().unwrap_or_default();
            state.limits.subject(subject, caller.route.kind).map_err(|retry_after| {
                state.metrics.limit_hit("subject");
                // Who it is stands in the audit, which only few may read.
                state.security.note(Event::TooOften, None, Some(&caller.id.0));
                Stopped::TooOften(retry_after)
            })?;
            Ok(viewer)
        }
        Err(error) => {
            tracing::info!(reason = reason(&error), "an assertion was not believed");
            caller.note(state, event_of(&error));
            Err(Stopped::Unproved)
        }
    }
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
