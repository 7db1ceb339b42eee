//! Verdicts as files: taken away from the page that gives them, brought back to the page that checks them.

use std::sync::Arc;

use app::{
    found::{Drawn, Found},
    sites::{Question, Typed},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    Locale,
    service::Answers,
    signed_verdict::{LONGEST, SignedVerdict},
    suitability::RuleSet,
};
use service_api::{NotShown, Unavailable, VerdictReading};

use crate::{
    cookies, extracts,
    file_named::file_named,
    form_body::{Arrived, Form, arrived},
    issuer::issuer,
    multipart,
    opening::to_locked,
    pages::draw,
    preferences,
    refusal::Refusal,
    render::{self, PageInput, own_host},
    rights::forms::held,
    security::visitor::Visitor,
    state::AppState,
};

/// How a verdict is taken away.
#[derive(Clone, Copy)]
pub(crate) enum As {
    /// The file that is signed.
    File,
    /// A document with that file in it.
    Document,
}

/// `GET /sites/verdict.json`: the verdict on one site, signed, as a file. What asks for anything else is led
/// to the page, which says what is wrong with it.
pub async fn file(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    taken_away(&state, &visitor, request, As::File).await
}

/// `GET /sites/verdict.pdf`: the same as a document, with the file in it.
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    taken_away(&state, &visitor, request, As::Document).await
}

async fn taken_away(state: &AppState, visitor: &Visitor, request: Request, how: As) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let host = own_host(state, request.headers());
    let question = Question::read(Typed::read(query), state.portal.rule_sets(), &host);
    let page = question.address().unwrap_or_else(|| format!("{}?{query}", urls::SITES));
    let to_page = || Redirect::to(&page).into_response();
    let Some(asked) = question.asks.filter(|asks| asks.parcels().len() == 1) else {
        return to_page();
    };
    let told = match state.portal.assess(&visitor.visit, &asked).await {
        Ok(told) => told,
        Err(refusal) => return visitor.page(state, request, &refusal).await,
    };
    let signed = state.portal.signed(&told, &issuer(state));
    let answer = match signed.map(|mut files| files.pop().flatten()) {
        Ok(None) => return to_page(),
        Ok(Some(file)) => {
            let locale = cookies::locale(request.headers());
            as_file(state, file, Some(told.rules.clone()), locale, how).await
        }
        Err(unavailable) => Err(unavailable),
    };
    match answer {
        Ok(response) => response,
        Err(error) => visitor.page(state, request, &service_api::Refusal::from(error)).await,
    }
}

/// `GET /requests/{number}/verdict.json`: the verdict on the site of a request with what offices said to it, for
/// whoever holds its secret. What there is none of leads to the page of the request, which says so.
pub async fn of_request(State(state): State<AppState>, request: Request) -> Response {
    taken_from_request(&state, request, As::File).await
}

/// `GET /requests/{number}/verdict.pdf`: the same as a document, with the file in it.
pub async fn document_of_request(State(state): State<AppState>, request: Request) -> Response {
    taken_from_request(&state, request, As::Document).await
}

async fn taken_from_request(state: &AppState, request: Request, how: As) -> Response {
    let (head, opened) = match held(state, request, &Answers::new()).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let answer = match state.portal.signed_redecision(&opened, &issuer(state)).await {
        Ok(Some(file)) => {
            let sets = state.portal.rule_sets();
            let rules = sets.into_iter().find(|set| set.hash == file.judgement.rules.hash);
            as_file(state, file, rules, cookies::locale(head.headers()), how).await
        }
        // There it says what became of it.
        Ok(None) | Err(NotShown::Altered) => return to_locked(opened.number()),
        Err(NotShown::Unavailable(unavailable)) => Err(unavailable),
    };
    match answer {
        Ok(response) => response,
        Err(_) => render::refused(state, head, Refusal::Unavailable).await,
    }
}

/// A verdict as it is taken away: `rules` are those that it was judged by.
pub(crate) async fn as_file(
    state: &AppState,
    file: SignedVerdict,
    rules: Option<Arc<RuleSet>>,
    locale: Locale,
    how: As,
) -> Result<Response, Unavailable> {
    let name = format!("{}-{}.verdict", file.judgement.site.file_name(), file.judgement.on);
    let (kind, ending, bytes) = match how {
        As::File => ("application/json", "json", file.text.into_bytes()),
        As::Document => {
            let rules = rules.ok_or(Unavailable)?;
            let drawn = state.drawing.draw(async move { drawn(&file, &rules, locale) }).await;
            ("application/pdf", "pdf", drawn.ok_or(Unavailable)?)
        }
    };
    let file = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    Ok(file_named(file, &format!("{name}.{ending}")))
}

/// The document of a file. It takes some milliseconds.
fn drawn(file: &SignedVerdict, rules: &RuleSet, locale: Locale) -> Option<Vec<u8>> {
    let paper = app::verdict_paper(locale, file, rules)?;
    let drawn = paper.to_pdf();
    drawn.inspect_err(|error| tracing::error!(%error, "a verdict is not drawn")).ok()
}

/// How a document stands to the genuine file in it.
async fn compared(
    state: &AppState,
    reading: &VerdictReading,
    text: &str,
    document: Vec<u8>,
) -> Drawn {
    let VerdictReading::Genuine(genuine) = reading else { return Drawn::Unknown };
    let Some(rules) = genuine.rules.clone() else { return Drawn::Unknown };
    let (judgement, signed) = (genuine.judgement.clone(), genuine.signed.clone());
    let file = SignedVerdict { text: text.to_owned(), judgement, signed };
    let compare = async move {
        let mut all = true;
        for locale in [Locale::Zh, Locale::En] {
            match drawn(&file, &rules, locale) {
                Some(page) if page == document => return Drawn::Same,
                page => all &= page.is_some(),
            }
        }
        if all { Drawn::Differs } else { Drawn::Unknown }
    };
    state.drawing.draw(compare).await
}

/// `POST /verify`: what a file is that was chosen or whose text was pasted, and what would be said of its
/// site today. It hands nothing in, and is kept nowhere.
pub async fn verify(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let Arrived { mut head, body, form } = match arrived(&state, request).await {
        Ok(arrived) => arrived,
        Err(response) => return response,
    };
    let switched = preferences::chosen(&state, &form);
    cookies::bring(head.headers_mut(), &switched);
    let of_form = [urls::VERDICT_FILE, urls::VERDICT_TEXT];
    let mut given = brought(head.headers(), &body, &form, &of_form).await;
    let nothing = given.trim_ascii().is_empty();
    if nothing && !switched.is_empty() {
        // A switch on an answer leads to the answer.
        given = brought(head.headers(), &body, &form, &[urls::VERDICT_BROUGHT]).await;
    }
    // What was found of the pages that it came in stays said.
    let carried = form.get(urls::VERDICT_DRAWN).filter(|_| nothing).and_then(|it| Drawn::named(it));
    // Of a document what is attached to it is looked at.
    let is_document = paper::is_pdf(&given);
    let document = is_document.then(|| given.clone());
    if is_document {
        given = paper::attached(&given, LONGEST).unwrap_or_default();
    }
    let nothing_attached = is_document && given.is_empty();
    // A document whose pages nobody has looked at is not turned into the file in it.
    let unchecked = is_document && !switched.is_empty();
    let text = if unchecked { String::new() } else { String::from_utf8_lossy(&given).into_owned() };
    let cut_short = nothing_attached && document.as_deref().is_some_and(extracts::is_cut_short);
    let mut response = if !switched.is_empty() && (!nothing || given.is_empty()) {
        let input = PageInput { found: Some(Found::VerdictTyped(text)), ..PageInput::default() };
        render::render(&state, head, input).await
    } else if nothing_attached {
        let found = Ok(match cut_short {
            true => extracts::cut_short(text),
            false => {
                let reading = Box::new(VerdictReading::NoVerdict);
                Found::Verdict { reading, text, drawn: None }
            }
        });
        draw(&state, &visitor, head, found).await
    } else if given.trim_ascii().is_empty() {
        let status = Some(StatusCode::UNPROCESSABLE_ENTITY);
        let input = PageInput { found: Some(Found::NoFile), status, ..PageInput::default() };
        render::render(&state, head, input).await
    } else {
        let found = match state.portal.verdict(&visitor.visit, &given).await {
            // It may be another kind of file.
            Ok(VerdictReading::NoVerdict) => {
                extracts::brought(&state, &visitor, (&given, text), document, carried).await
            }
            Ok(reading) => {
                let drawn = match document {
                    Some(document) => Some(compared(&state, &reading, text.trim(), document).await),
                    None => None,
                };
                let drawn =
                    drawn.or(carried).filter(|_| matches!(reading, VerdictReading::Genuine(_)));
                Ok(Found::Verdict { reading: Box::new(reading), text, drawn })
            }
            Err(refusal) => Err(refusal),
        };
        draw(&state, &visitor, head, found).await
    };
    preferences::keep(&mut response, switched);
    response
}

/// The first of these fields that has something: of the form, the file stands above the text.
async fn brought(headers: &HeaderMap, body: &[u8], form: &Form, names: &[&str]) -> Vec<u8> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    for name in names {
        let part = match kind {
            Some(kind) => multipart::part(kind, body, name).await,
            None => None,
        };
        if let Some(part) = part.filter(|part| !part.trim_ascii().is_empty()) {
            return part;
        }
    }
    let typed =
        names.iter().find_map(|name| form.get(*name).filter(|text| !text.trim().is_empty()));
    typed.cloned().unwrap_or_default().into_bytes()
}
