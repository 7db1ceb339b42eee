//! Verdicts as files: taken away from the page that gives them, brought back to the page that checks them.

use app::{
    found::Found,
    sites::{Question, Typed},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{code::ParcelCode, signed_verdict::Issuer};
use jiff::civil::Date;
use service_api::Told;

use crate::{
    cookies,
    form_body::{Arrived, Form, arrived},
    multipart,
    pages::draw,
    preferences,
    render::{self, PageInput, own_host},
    security::visitor::Visitor,
    state::AppState,
};

/// Who gives the verdicts of this portal. The host is the configured one alone: what a request names as its
/// `Host` is the word of whoever asks, and is not signed.
pub(crate) fn issuer(state: &AppState) -> Issuer {
    let site = &state.settings.site;
    Issuer { host: site.host.clone().unwrap_or_default(), name: site.operator.clone() }
}

/// `GET /sites/verdict.json`: the verdict on one site, signed, as a file. What asks for anything else is led
/// to the page, which says what is wrong with it.
pub async fn file(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let host = own_host(&state, request.headers());
    let question = Question::read(Typed::read(query), state.portal.rule_sets(), &host);
    let page = question.address().unwrap_or_else(|| format!("{}?{query}", urls::SITES));
    let to_page = || Redirect::to(&page).into_response();
    let Some(asked) = question.asks.filter(|asks| asks.parcels().len() == 1) else {
        return to_page();
    };
    let told = match state.portal.assess(&visitor.visit, &asked).await {
        Ok(told) => told,
        Err(refusal) => return visitor.page(&state, request, &refusal).await,
    };
    let signed = state.portal.signed(&told, &issuer(&state));
    match signed.map(|mut files| files.pop().flatten().zip(told.sites.first())) {
        Ok(Some((text, site))) if matches!(site.told, Told::Judged(_)) => {
            as_file(text, site.parcel, told.on)
        }
        Ok(_) => to_page(),
        Err(unavailable) => {
            visitor.page(&state, request, &service_api::Refusal::from(unavailable)).await
        }
    }
}

fn as_file(text: String, parcel: ParcelCode, on: Date) -> Response {
    let name = format!("attachment; filename=\"{parcel}-{on}.verdict.json\"");
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (kind, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
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
    let text = String::from_utf8_lossy(&given).into_owned();
    let mut response = if !switched.is_empty() && (!nothing || given.is_empty()) {
        let input = PageInput { found: Some(Found::VerdictTyped(text)), ..PageInput::default() };
        render::render(&state, head, input).await
    } else if given.trim_ascii().is_empty() {
        let status = Some(StatusCode::UNPROCESSABLE_ENTITY);
        let input = PageInput { found: Some(Found::NoFile), status, ..PageInput::default() };
        render::render(&state, head, input).await
    } else {
        let read = state.portal.verdict(&visitor.visit, &given).await;
        let found = read.map(|read| Found::Verdict { reading: Box::new(read), text });
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
