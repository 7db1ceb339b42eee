//! The page about ground that somebody draws: its form, which a browser sends without a script, and the answer.

use app::{
    asking::AskingForm,
    found::Asked,
    outlines::{AskFault, Brought, OutlineQuestion, StepCode},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Uri, header},
    response::Response,
};
use domain::{LandCode, outline::is_packed, service::ServiceItem};
use service_api::{Assessment, Drawn, Site, Told, ToldOfOutline};

use crate::{
    asking, cookies,
    form_body::{Arrived, Form, MOST_FIELDS, arrived, refused},
    issuer::issuer,
    multipart,
    pages::{draw, show},
    preferences,
    render::own_host,
    security::visitor::Visitor,
    state::AppState,
    verdicts::{As, as_file},
};

/// The form.
pub async fn form(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let question = OutlineQuestion::empty(state.portal.rule_sets());
    show(&state, &visitor, request, Asked::Outline(Box::new(question))).await
}

/// The answer, or the form with what is wrong with it. Nothing of an outline is kept.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let read = match read(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    answered(&state, &visitor, read).await
}

/// The verdict on an outline, signed, as a file: asked by the form of its page, for an outline stands in no address.
/// What is no question comes back as the page of it, which says what is wrong.
pub async fn file(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    taken_away(&state, &visitor, request, As::File).await
}

/// The same as a document, with the file in it.
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    taken_away(&state, &visitor, request, As::Document).await
}

/// The form that asks offices for what the verdict on an outline lacks: of a parcel that it lies on, with the outline
/// beside it. It hands nothing in; that does `asking::ask`. What does not lead there comes back as the page of
/// the outline, which says why.
pub async fn ask_offices(
    State(state): State<AppState>,
    visitor: Visitor,
    mut request: Request,
) -> Response {
    *request.uri_mut() = Uri::from_static(urls::OUTLINE);
    let mut read = match read(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let Some(asked) = read.question.asks.clone() else {
        return answered(&state, &visitor, read).await;
    };
    let code = match &read.question.step_code {
        Some(StepCode::Read(code)) => Ok(LandCode::Parcel(code.parcel())),
        Some(StepCode::Wrong(_)) => Err(AskFault::NotACode),
        None => Err(AskFault::NoCode),
    };
    let code = match code {
        Ok(code) => code,
        Err(fault) => {
            read.question.ask_fault = Some(fault);
            return answered(&state, &visitor, read).await;
        }
    };
    let there = state.portal.see(&visitor.visit, (&code, Drawn::Not)).await;
    let there = match there {
        Ok(seen) => seen.place.lies_beneath(asked.outline()),
        Err(service_api::Refusal::Nothing { .. }) => false,
        Err(refusal) => {
            return read.refused(&state, &visitor, &refusal).await;
        }
    };
    if !there {
        read.question.ask_fault = Some(AskFault::NotBeneath);
        return answered(&state, &visitor, read).await;
    }
    let told = match state.portal.assess_outline(&visitor.visit, &asked).await {
        Ok(told) => told,
        Err(refusal) => {
            return read.refused(&state, &visitor, &refusal).await;
        }
    };
    let ToldOfOutline::Judged(judged) = told.told else {
        return answered(&state, &visitor, read).await;
    };
    let site = Site { parcel: code.parcel(), told: Told::Judged(Box::new(judged.judged)) };
    let (rules, use_at, on) = (told.rules, told.use_at, told.on);
    let told = Assessment { rules, use_at, on, sites: vec![site] };
    let offers = |item: &ServiceItem| state.portal.offers(item);
    let Some(mut form) = AskingForm::of(&told, &read.question.typed.answers, &offers) else {
        return answered(&state, &visitor, read).await;
    };
    form.outline = Some(asked.outline().to_geojson());
    asking::shown(&state, read.head, told, form).await
}

async fn taken_away(
    state: &AppState,
    visitor: &Visitor,
    mut request: Request,
    how: As,
) -> Response {
    // What cannot be taken away is answered by the page of outlines.
    *request.uri_mut() = Uri::from_static(urls::OUTLINE);
    let read = match read(state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let Some(asked) = read.question.asks.clone() else {
        return answered(state, visitor, read).await;
    };
    let told = match state.portal.assess_outline(&visitor.visit, &asked).await {
        Ok(told) => told,
        Err(refusal) => {
            return read.refused(state, visitor, &refusal).await;
        }
    };
    let file = match state.portal.signed_outline(&told, &issuer(state)) {
        // Nothing is judged there: the page says why.
        Ok(None) => return answered(state, visitor, read).await,
        Ok(Some(file)) => {
            let locale = cookies::locale(read.head.headers());
            as_file(state, file, Some(told.rules.clone()), locale, how).await
        }
        Err(unavailable) => Err(unavailable),
    };
    match file {
        Ok(response) => response,
        Err(unavailable) => read.refused(state, visitor, &unavailable.into()).await,
    }
}

/// What a form about an outline brought.
struct Read {
    head: Request,
    form: Form,
    question: OutlineQuestion,
    /// What it switched of the page.
    switched: Vec<HeaderValue>,
}

impl Read {
    /// The page that refuses it, with what was typed.
    async fn refused(
        self,
        state: &AppState,
        visitor: &Visitor,
        refusal: &service_api::Refusal,
    ) -> Response {
        refused(state, self.head, visitor.noted(state, refusal), &self.form).await
    }
}

async fn read(state: &AppState, request: Request) -> Result<Read, Response> {
    // What came of it may not be all of it: an outline of half its corners is another one.
    let Arrived { mut head, body, form } = arrived(state, request).await?;
    let kind = head.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let file = match kind {
        Some(kind) => multipart::file(kind, &body, urls::FILE, MOST_FIELDS).await,
        None => None,
    };
    let written: Vec<_> = form.clone().into_iter().collect();
    let file = file.as_deref().map(brought);
    let question = OutlineQuestion::read(&written, file.as_ref(), state.portal.rule_sets());
    let switched = preferences::chosen(state, &form);
    cookies::bring(head.headers_mut(), &switched);
    Ok(Read { head, form, question, switched })
}

async fn answered(state: &AppState, visitor: &Visitor, read: Read) -> Response {
    let Read { head, form, question, switched } = read;
    // A switch on an answer leads to the answer; what was changed since then is not asked by it.
    let is_answered = question.mark().is_some_and(|mark| form.get(urls::ANSWERED) == Some(&mark));
    let question = if switched.is_empty() || is_answered { question } else { question.unasked() };
    let host = own_host(state, head.headers());
    let asked = Asked::Outline(Box::new(question));
    let mut response = match asked.find(&*state.portal, &visitor.visit, &host).await {
        Err(refusal) => refused(state, head, visitor.noted(state, &refusal), &form).await,
        found => draw(state, visitor, head, found).await,
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
