//! The page about ground that somebody draws: its form, which a browser sends without a script, and the answer.

use app::{
    found::Asked,
    outlines::{Brought, OutlineQuestion},
    urls,
};
use axum::{
    extract::{Request, State},
    http::header,
    response::Response,
};
use domain::outline::is_packed;

use crate::{
    cookies,
    form_body::{Arrived, MOST_FIELDS, arrived, refused},
    multipart,
    pages::{draw, show},
    preferences,
    render::own_host,
    security::visitor::Visitor,
    state::AppState,
};

/// The form.
pub async fn form(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let question = OutlineQuestion::empty(state.portal.rule_sets());
    show(&state, &visitor, request, Asked::Outline(Box::new(question))).await
}

/// The answer, or the form with what is wrong with it. Nothing of an outline is kept.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    // What came of it may not be all of it: an outline of half its corners is another one.
    let Arrived { mut head, body, form } = match arrived(&state, request).await {
        Ok(arrived) => arrived,
        Err(response) => return response,
    };
    let kind = head.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let file = match kind {
        Some(kind) => multipart::file(kind, &body, urls::FILE, MOST_FIELDS).await,
        None => None,
    };
    let written: Vec<_> = form.clone().into_iter().collect();
    let file = file.as_deref().map(brought);
    let question = OutlineQuestion::read(&written, file.as_ref(), state.portal.rule_sets());
    let switched = preferences::chosen(&state, &form);
    cookies::bring(head.headers_mut(), &switched);
    // A switch on an answer leads to the answer; what was changed since then is not asked by it.
    let is_answered = question.mark().is_some_and(|mark| form.get(urls::ANSWERED) == Some(&mark));
    let question = if switched.is_empty() || is_answered { question } else { question.unasked() };
    let host = own_host(&state, head.headers());
    let asked = Asked::Outline(Box::new(question));
    let mut response = match asked.find(&*state.portal, &visitor.visit, &host).await {
        Err(refusal) => refused(&state, head, visitor.noted(&state, &refusal), &form).await,
        found => draw(&state, &visitor, head, found).await,
    };
    preferences::keep(&mut response, switched);
    response
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
