//! The page about ground that somebody draws: its form, which a browser sends without a script, and the answer.

use std::time::Duration;

use app::{
    found::Asked,
    outlines::{Brought, OutlineQuestion},
    urls,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::header,
    response::Response,
};
use domain::outline::is_packed;

use crate::{
    cookies,
    form_body::{Came, collect, fields, refused},
    multipart,
    pages::{draw, show},
    preferences,
    refusal::Refusal,
    render::own_host,
    security::visitor::Visitor,
    state::AppState,
};

/// Parts of the form that are read.
const MOST_PARTS: usize = 64;

/// The form.
pub async fn form(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let question = OutlineQuestion::empty(state.portal.rule_sets());
    show(&state, &visitor, request, Asked::Outline(Box::new(question))).await
}

/// The answer, or the form with what is wrong with it. Nothing of an outline is kept.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let limits = &state.settings.limits;
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(limits.answer_seconds);
    let (bytes, came) = collect(body, limits.body_bytes, patience).await;
    let form = fields(&parts.headers, &bytes).await;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let file = match kind {
        Some(kind) => multipart::file(kind, &bytes, urls::FILE, MOST_PARTS).await,
        None => None,
    };
    let mut head = Request::from_parts(parts, Body::empty());
    // What came of it is not all of it: an outline of half its corners is another one.
    let refusal = match came {
        Came::Whole => None,
        Came::TooMuch => Some(Refusal::TooLarge),
        Came::TooSlowly | Came::BrokenOff => Some(Refusal::TooSlow),
    };
    if let Some(refusal) = refusal {
        return refused(&state, head, refusal, &form).await;
    }
    let written: Vec<_> = form.clone().into_iter().collect();
    let file = file.as_deref().map(brought);
    let question = OutlineQuestion::read(&written, file.as_ref(), state.portal.rule_sets());
    let switched = preferences::chosen(&state, &form);
    if !switched.is_empty() {
        cookies::bring(head.headers_mut(), &switched);
        let question = Asked::Outline(Box::new(question.unasked()));
        let mut response = show(&state, &visitor, head, question).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let host = own_host(&state, head.headers());
    let asked = Asked::Outline(Box::new(question));
    match asked.find(&*state.portal, &visitor.visit, &host).await {
        Err(refusal) => refused(&state, head, visitor.noted(&state, &refusal), &form).await,
        found => draw(&state, &visitor, head, found).await,
    }
}

/// The text of a file: surveyors' programs here write GB 18030.
fn brought(bytes: &[u8]) -> Brought {
    if is_packed(bytes) {
        return Brought::Packed;
    }
    match forward::charset::text_of_answer(bytes, None) {
        Ok(text) if !text.contains('\0') => Brought::Text(text),
        _ => Brought::NoText,
    }
}
