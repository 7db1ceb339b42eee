//! Forms and calls from other sites are refused: nobody files in a visitor's name, and nobody has
//! a visitor's browser ask for what nobody will see.

use axum::http::{HeaderMap, request::Parts};

use super::caller::{Caller, Stopped};
use crate::{cross_site::is_cross_site, limits::Kind, security_event::Event, state::AppState};

/// Whether a page of another site has the visitor's browser ask, for an image, a frame or a script's
/// fetch: nobody sees the answer, and the visitor must not pay for it. Files are for everybody.
fn is_foreign_part(headers: &HeaderMap, kind: Kind) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    matches!(kind, Kind::Page | Kind::Api)
        && header("sec-fetch-site") == Some("cross-site")
        && header("sec-fetch-dest").is_some_and(|dest| dest != "document")
}

/// Refuses unsafe methods from other sites, and what other sites would hide on a page of theirs.
pub(crate) fn same_site(state: &AppState, head: &Parts, caller: Caller<'_>) -> Result<(), Stopped> {
    if is_foreign_part(&head.headers, caller.route.kind) {
        return Err(Stopped::ForeignPart);
    }
    let host = state.settings.site.host.as_deref();
    if head.method.is_safe() || !is_cross_site(&head.headers, host) {
        return Ok(());
    }
    caller.note(state, Event::CrossSitePost);
    Err(Stopped::CrossSite)
}
