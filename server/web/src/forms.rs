//! The plain HTML forms. Success redirects; a fault shows the same page again with everything as
//! typed and status 422.

use std::collections::BTreeMap;

use app::{
    context::{Arrival, ErrorPage, FormRefusal, FormReturn, OpenFault, ReceiptSecret},
    found::{Asked, Found},
    urls,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    request::{Channel, ReceiptKey, RequestNumber, letters_and_digits},
    scanned_text::stays_here,
    service::{Answers, FieldFault, ServiceItem, service, services},
};
use service::submission::{Accepted, Given, NotKept};
use service_api::Refusal;

use crate::{
    cookies,
    render::{self, PageInput},
    security::visitor::{AddressedCode, AddressedText, Visitor},
    state::AppState,
};

/// Most fields a form may have: far more than any of ours, far fewer than an attack.
const MOST_FIELDS: usize = 64;

/// Splits a request into its head, to render a page with, and its form.
pub(crate) async fn read_form(
    state: &AppState,
    request: Request,
) -> Result<(Request, BTreeMap<String, String>), Response> {
    let (parts, body) = request.into_parts();
    let bytes: Result<Bytes, _> = to_bytes(body, state.settings.limits.body_bytes).await;
    let head = Request::from_parts(parts, Body::empty());
    match bytes {
        Ok(bytes) if !is_text(head.headers(), &bytes) => {
            Err(render::error(state, head, ErrorPage::Unreadable).await)
        }
        Ok(bytes) => {
            let form = form_urlencoded::parse(&bytes).into_owned().take(MOST_FIELDS).collect();
            Ok((head, form))
        }
        Err(_) => Err(render::error(state, head, ErrorPage::TooLarge).await),
    }
}

/// Whether a form is one of ours, and in UTF-8: a character that is replaced while decoding would
/// go to the department under our signature.
fn is_text(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let fits = declared.is_none_or(|declared| {
        let kind = declared.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
            && forward::charset::declared(declared)
                .is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
    });
    fits && percent_encoding::percent_decode(body).decode_utf8().is_ok()
}

/// `POST /preferences`: language and elder mode, then back to where the visitor was.
pub async fn preferences(State(state): State<AppState>, request: Request) -> Response {
    let (_, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let back = form.get("back").filter(|path| stays_here(path));
    let mut response = Redirect::to(back.map_or(urls::HOME, String::as_str)).into_response();
    keep(&mut response, chosen(&state, &form));
    response
}

/// The preferences that a form has, as cookies.
fn chosen(state: &AppState, form: &BTreeMap<String, String>) -> Vec<HeaderValue> {
    let tls = state.settings.site.tls;
    let language = form.get("lang").and_then(|name| domain::Locale::from_name(name));
    let elder = form.get("elder").filter(|value| matches!(value.as_str(), "0" | "1"));
    let chosen = [
        language.and_then(|locale| cookies::preference(cookies::LANGUAGE, locale.name(), tls)),
        elder.and_then(|value| cookies::preference(cookies::ELDER, value, tls)),
    ];
    chosen.into_iter().flatten().collect()
}

fn keep(response: &mut Response, cookies: Vec<HeaderValue>) {
    response.headers_mut().extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
}

/// `POST /c/{code}/requests/new`: hands in a request. Pressed on a switch of language or size, the form
/// comes back in it with everything as typed, and nothing is handed in.
pub async fn new_request(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    let (Ok(parsed), Some(item)) = (&code.read, service(text("item"))) else {
        let (page, status) = (Some(ErrorPage::NotFound), StatusCode::NOT_FOUND);
        return not_taken(&state, head, &form, (page, None, status)).await;
    };
    let switched = chosen(&state, &form);
    if !switched.is_empty() {
        let mut head = head;
        cookies::bring(head.headers_mut(), &switched);
        let untouched = (Vec::new(), None);
        let mut response = returned(&state, (visitor, head, code), &form, item, untouched).await;
        keep(&mut response, switched);
        return response;
    }
    let answers: Answers = form.clone().into_iter().collect();
    let given = Given {
        item,
        code: parsed.code.canonical(),
        answers: &answers,
        seen: text("seen"),
        key: text("token"),
        channel: Channel::Applicant,
    };
    match state.reception().submit(&visitor.visit, given).await {
        Ok(Accepted { number, repeated }) => {
            let arrival = if repeated { Arrival::Repeated } else { Arrival::Submitted };
            let secret = state.receipts.secret(&number);
            let held = cookies::held(number, secret, arrival, state.clock.now());
            if cookies::are_kept(head.headers()) {
                to_receipt(&state, &held)
            } else {
                receipt_at_once(&state, head, held).await
            }
        }
        Err(NotKept::Refused(Refusal::Nothing { near })) => {
            let found = Found::Nothing { code: given.code, near };
            not_taken(&state, head, &form, (None, Some(found), StatusCode::NOT_FOUND)).await
        }
        Err(NotKept::Refused(refusal @ Refusal::TooMany { .. })) => {
            visitor.page(&state, head, &refusal).await
        }
        Err(NotKept::Refused(Refusal::Unavailable(_))) => {
            let back = (Vec::new(), Some(FormRefusal::Unavailable));
            returned(&state, (visitor, head, code), &form, item, back).await
        }
        Err(NotKept::KeyReused) => {
            let back = (Vec::new(), Some(FormRefusal::Changed));
            returned(&state, (visitor, head, code), &form, item, back).await
        }
        Err(NotKept::Faults(faults)) => {
            returned(&state, (visitor, head, code), &form, item, (faults, None)).await
        }
    }
}

/// A page without a form, which says why, and what was typed.
async fn not_taken(
    state: &AppState,
    head: Request,
    form: &BTreeMap<String, String>,
    (error, found, status): (Option<ErrorPage>, Option<Found>, StatusCode),
) -> Response {
    let asked = |name: &str| services().iter().any(|item| item.question(name).is_some());
    let values = form
        .iter()
        .filter(|(name, text)| asked(name) && *name != "consent" && !text.is_empty())
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect();
    let input = PageInput {
        error,
        found,
        form: Some(FormReturn { values, faults: Vec::new(), refusal: None }),
        status: Some(status),
        ..PageInput::default()
    };
    render::render(state, head, input).await
}

/// The form again, with everything as typed.
async fn returned(
    state: &AppState,
    (visitor, head, code): (Visitor, Request, AddressedCode),
    form: &BTreeMap<String, String>,
    item: &ServiceItem,
    (faults, refusal): (Vec<FieldFault>, Option<FormRefusal>),
) -> Response {
    let AddressedCode { written, read } = code;
    // The same place again: it was counted when the request was handed in.
    let (asked, host) = (Asked::Place { written, read }, render::own_host(state, head.headers()));
    let found = match asked.find(&*state.portal, &visitor.visit, &host).await {
        Ok(found) => found,
        Err(Refusal::Unavailable(_)) => {
            let page = (Some(ErrorPage::Unavailable), None, StatusCode::SERVICE_UNAVAILABLE);
            return not_taken(state, head, form, page).await;
        }
        Err(refusal) => return visitor.page(state, head, &refusal).await,
    };
    // Only what the form asks for is shown again.
    let values = form
        .iter()
        .filter(|(name, _)| item.question(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let status = match refusal {
        Some(FormRefusal::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        None if faults.is_empty() => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let input = PageInput {
        found: Some(found),
        form: Some(FormReturn { values, faults, refusal }),
        status: Some(status),
        ..PageInput::default()
    };
    render::render(state, head, input).await
}

/// `POST /requests` and `POST /requests/{number}`: opens a request with its secret. The secret
/// goes into a cookie of that page, never into an address.
pub async fn open_request(State(state): State<AppState>, request: Request) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let in_path = urls::number_in(head.uri().path()).map(str::to_owned);
    let typed = form.get("number").cloned().or(in_path).unwrap_or_default();
    let secret = letters_and_digits(form.get("secret").map_or("", String::as_str));
    let secret_has_form = ReceiptKey::has_form(&secret);
    let number = RequestNumber::parse(&typed);
    match number.filter(|n| state.receipts.opens(n, &secret)) {
        Some(number) => {
            let held = cookies::held(number, secret, Arrival::Opened, state.clock.now());
            to_receipt(&state, &held)
        }
        None => {
            render::note_wrong_secret(&state, &head);
            let input = PageInput {
                open_fault: Some(OpenFault { number: typed, secret_has_form }),
                status: Some(StatusCode::UNPROCESSABLE_ENTITY),
                ..PageInput::default()
            };
            render::render(&state, head, input).await
        }
    }
}

/// `POST /requests/{number}/forget`: takes the secret out of a browser that others use too.
pub async fn forget(
    State(state): State<AppState>,
    AddressedText(number): AddressedText,
) -> Response {
    let Some(number) = RequestNumber::parse(&number) else {
        return Redirect::to(urls::REQUESTS).into_response();
    };
    // There it asks for the secret: so one sees that it is gone.
    let cookie = cookies::forgotten(&number, state.settings.site.tls);
    to(&urls::request(&number), cookie)
}

fn to_receipt(state: &AppState, held: &ReceiptSecret) -> Response {
    to(&urls::request(&held.number), cookies::receipt(held, state.settings.site.tls))
}

fn to(path: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = Redirect::to(path).into_response();
    let headers = response.headers_mut();
    headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The receipt in answer to the form, for a browser that has brought no cookie of ours: at an address
/// of its own it could not be opened. The cookie goes along, should this browser have lost an old one.
async fn receipt_at_once(state: &AppState, mut head: Request, held: ReceiptSecret) -> Response {
    if let Ok(address) = urls::request(&held.number).parse() {
        *head.uri_mut() = address;
    }
    let cookie = cookies::receipt(&held, state.settings.site.tls);
    let receipt = Some(ReceiptSecret { until: None, ..held });
    let mut response =
        render::render(state, head, PageInput { receipt, ..PageInput::default() }).await;
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_a_form_that_cannot_be_read_to_the_letter_is_no_text() {
        let reads = |kind: &str, body: &[u8]| {
            let kind = HeaderValue::from_str(kind).unwrap();
            is_text(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]), body)
        };
        const FORM: &str = "application/x-www-form-urlencoded";
        let name = "applicant_name=%E5%BC%A0%E4%B8%89&x=1+2".as_bytes();
        for kind in [FORM.to_owned(), format!("{FORM}; charset=UTF-8"), FORM.to_uppercase()] {
            assert!(reads(&kind, name), "{kind}");
        }
        assert!(is_text(&HeaderMap::new(), name));
        // What somebody typed is theirs, also the sign for what cannot be read.
        assert!(reads(FORM, "applicant_name=张三&note=%EF%BF%BD".as_bytes()));
        for (kind, body) in [
            (FORM, b"applicant_name=%D5%C5%C8%FD".as_slice()),
            (FORM, b"applicant_name=\xd5\xc5\xc8\xfd".as_slice()),
            ("application/x-www-form-urlencoded; charset=GBK", name),
            ("application/x-www-form-urlencoded;charset=\"gb2312\"", name),
            ("multipart/form-data; boundary=x", b"--x--".as_slice()),
            ("text/plain", name),
            ("application/json", b"{}".as_slice()),
        ] {
            assert!(!reads(kind, body), "{kind}");
        }
    }
}
