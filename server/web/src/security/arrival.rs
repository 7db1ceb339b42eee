//! Having a form arrive whole before anybody answers it: the time for an answer is not spent on a slow
//! line, and what came of a form is given back by whatever goes wrong behind it.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::Response,
};
use tower::ServiceExt as _;

use super::refusal::{self, Refusal};
use crate::{
    attaching::{self, uploads},
    form_body::{Came, SLOW_LINE, collect, fields, is_form, refused},
    state::AppState,
};

/// Has the routes answer. A form is let in when it is there; one that is not, or that nobody answers in
/// time, is answered here.
pub async fn arrive(state: &AppState, request: Request, routes: Router) -> Response {
    let ask = async |request| {
        let Ok(response) = routes.oneshot(request).await;
        response
    };
    if let Some(upload) = uploads::awaited(&request) {
        let request = uploads::receive(state, upload, request).await;
        return ask(request).await;
    }
    if !is_form(&request) {
        return ask(request).await;
    }
    let limits = &state.settings.limits;
    let patience = Duration::from_secs(limits.answer_seconds) * SLOW_LINE;
    let (mut parts, body) = request.into_parts();
    let (bytes, came) = match attaching::awaited(&parts) {
        Some(awaited) => attaching::receive(state, &mut parts, body, awaited).await,
        None => collect(body, limits.body_bytes, patience).await,
    };
    let form = fields(&parts.headers, &bytes).await;
    let head = Request::from_parts(parts.clone(), Body::empty());
    if matches!(came, Came::TooSlowly | Came::BrokenOff) {
        return refused(state, head, Refusal::TooSlow, &form).await;
    }
    let response = ask(Request::from_parts(parts, Body::from(bytes))).await;
    // Cut off by the clock: nobody has said anything.
    let is_unanswered = response.status() == StatusCode::SERVICE_UNAVAILABLE
        && !response.headers().contains_key(header::CONTENT_TYPE);
    if is_unanswered { refusal::unanswered(&head, &form) } else { response }
}
