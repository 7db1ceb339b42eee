//! The plain HTML forms. Success redirects; a fault shows the same page again with everything as
//! typed and status 422.

use std::collections::BTreeMap;

use app::{
    context::{ErrorPage, FormRefusal, FormReturn, OpenFault},
    urls,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    code::{LandCode, Strictness},
    payload::stays_here,
    request::{Channel, RequestNumber},
    service::{Answers, ServiceItem, service},
};

use crate::{
    cookies, pages,
    pages::PageInput,
    rest::submit::{Kept, Refusal, submit},
    state::AppState,
};

/// Most fields a form may have: far more than any of ours, far fewer than an attack.
const MOST_FIELDS: usize = 64;

/// Splits a request into its head, to render a page with, and its form.
async fn read_form(
    state: &AppState,
    request: Request,
) -> Result<(Request, BTreeMap<String, String>), Response> {
    let (parts, body) = request.into_parts();
    let bytes: Result<Bytes, _> = to_bytes(body, state.config.limits.body_bytes).await;
    let head = Request::from_parts(parts, Body::empty());
    match bytes {
        Ok(bytes) => {
            let form = form_urlencoded::parse(&bytes).into_owned().take(MOST_FIELDS).collect();
            Ok((head, form))
        }
        Err(_) => {
            let input = PageInput {
                status: Some(StatusCode::PAYLOAD_TOO_LARGE),
                error: Some(ErrorPage::Unavailable),
                ..PageInput::default()
            };
            Err(pages::render(state, head, input).await)
        }
    }
}

/// `POST /preferences`: language and elder mode, then back to where the visitor was.
pub async fn preferences(State(state): State<AppState>, request: Request) -> Response {
    let (_, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let back = form.get("back").filter(|path| stays_here(path));
    let mut response = Redirect::to(back.map_or(urls::HOME, String::as_str)).into_response();
    let tls = state.config.site.tls;
    let language = form.get("lang").and_then(|name| domain::Locale::from_name(name));
    let elder = form.get("elder").filter(|value| matches!(value.as_str(), "0" | "1"));
    let chosen = [
        language.and_then(|locale| cookies::preference(cookies::LANGUAGE, locale.name(), tls)),
        elder.and_then(|value| cookies::preference(cookies::ELDER, value, tls)),
    ];
    for cookie in chosen.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /c/{code}/requests/new`: hands in a request.
pub async fn new_request(
    State(state): State<AppState>,
    Path(code): Path<String>,
    request: Request,
) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    let code = LandCode::parse(&code, Strictness::LookUp).map(|parsed| parsed.code.canonical());
    let (Ok(code), Some(item)) = (code, service(text("item"))) else {
        return pages::error(&state, head, ErrorPage::NotFound).await;
    };
    let viewer = pages::viewer(&head);
    match state.portal.shows(&code, &viewer).await {
        Ok(true) => {}
        Ok(false) => return pages::error(&state, head, ErrorPage::NotFound).await,
        Err(app::portal::Unavailable) => {
            return returned(&state, head, &form, item, Refusal::Unavailable).await;
        }
    }
    let answers: Answers = form.clone().into_iter().collect();
    let kept =
        submit(&state, item, code, &answers, text("seen"), text("token"), Channel::Applicant).await;
    match kept {
        Ok(Kept { number, .. }) => {
            to_receipt(&state, &number, &state.receipts.secret(&number), true)
        }
        Err(refusal) => returned(&state, head, &form, item, refusal).await,
    }
}

async fn returned(
    state: &AppState,
    head: Request,
    form: &BTreeMap<String, String>,
    item: &ServiceItem,
    refusal: Refusal,
) -> Response {
    // Only what the form asks for is shown again.
    let values = form
        .iter()
        .filter(|(name, _)| item.question(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let (faults, refusal, status) = match refusal {
        Refusal::Faults(faults) => (faults, None, StatusCode::UNPROCESSABLE_ENTITY),
        Refusal::KeyReused => {
            (Vec::new(), Some(FormRefusal::Changed), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Refusal::Unavailable => {
            (Vec::new(), Some(FormRefusal::Unavailable), StatusCode::SERVICE_UNAVAILABLE)
        }
    };
    let input = PageInput {
        form: Some(FormReturn { values, faults, refusal }),
        status: Some(status),
        ..PageInput::default()
    };
    pages::render(state, head, input).await
}

/// `POST /requests` and `POST /requests/{number}`: opens a request with its secret. The secret
/// goes into a cookie of that page, never into an address.
pub async fn open_request(State(state): State<AppState>, request: Request) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let in_path = head.uri().path().strip_prefix("/requests/").map(str::to_owned);
    let typed = form.get("number").cloned().or(in_path).unwrap_or_default();
    let secret: String = form
        .get("secret")
        .map_or("", String::as_str)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect();
    let number = RequestNumber::parse(&typed);
    match number.filter(|n| state.receipts.opens(n, &secret)) {
        Some(number) => to_receipt(&state, &number, &secret, false),
        None => {
            pages::note_wrong_secret(&state, &head);
            let input = PageInput {
                open_fault: Some(OpenFault { number: typed }),
                status: Some(StatusCode::UNPROCESSABLE_ENTITY),
                ..PageInput::default()
            };
            pages::render(&state, head, input).await
        }
    }
}

fn to_receipt(state: &AppState, number: &RequestNumber, secret: &str, fresh: bool) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(cookie) = cookies::receipt(number, secret, fresh, state.config.site.tls) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, Redirect::to(&urls::request(number))).into_response()
}
