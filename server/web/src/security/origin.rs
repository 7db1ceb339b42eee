//! Forms and calls from other sites are refused: nobody files in a visitor's name, and nobody has
//! a visitor's browser ask for what nobody will see.

use app::context::ErrorPage;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::refusal::{self, Addressee, refuse};
use crate::{
    client::ClientAddress, cross_site::is_cross_site, limits::Kind, problem::Problem,
    route::RouteInfo, security_event::Event, state::AppState,
};

/// Whether a page of another site has the visitor's browser ask, for an image, a frame or a script's
/// fetch: nobody sees the answer, and the visitor must not pay for it. Files are for everybody.
fn is_foreign_part(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = request.extensions().get::<RouteInfo>().map(|route| route.kind);
    matches!(kind, Some(Kind::Page | Kind::Api))
        && header("sec-fetch-site") == Some("cross-site")
        && header("sec-fetch-dest").is_some_and(|dest| dest != "document")
}

/// Refuses unsafe methods from other sites, and what other sites would hide on a page of theirs.
pub async fn same_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_foreign_part(&request) {
        return refusal::foreign_part(&Addressee::of(&request));
    }
    let host = state.settings.site.host.as_deref();
    if request.method().is_safe() || !is_cross_site(request.headers(), host) {
        return next.run(request).await;
    }
    let visitor = request.extensions().get::<ClientAddress>().map(|c| state.marks.mark(*c));
    let to = Addressee::of(&request);
    state.security.note(Event::CrossSitePost, visitor.as_deref(), to.request_id());
    refuse(&state, request, Problem::cross_site(), ErrorPage::CrossSite).await
}
