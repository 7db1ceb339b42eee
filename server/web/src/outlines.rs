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
    form_body::{Came, collect, fields},
    multipart,
    pages::show,
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
    let sets = state.portal.rule_sets();
    let question = if matches!(came, Came::Whole) {
        let form: Vec<_> = fields(&parts.headers, &bytes).await.into_iter().collect();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let file = match kind {
            Some(kind) => multipart::file(kind, &bytes, urls::FILE, MOST_PARTS).await,
            None => None,
        };
        OutlineQuestion::read(&form, file.as_deref().map(brought).as_ref(), sets)
    } else {
        // What came of it is not all of it: an outline of half its corners is another one.
        OutlineQuestion::too_much(sets)
    };
    let request = Request::from_parts(parts, Body::empty());
    show(&state, &visitor, request, Asked::Outline(Box::new(question))).await
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
