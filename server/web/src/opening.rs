//! Opening a request with its number and secret, and having a browser forget the secret.

use app::{
    context::{Arrival, OpenFault, OpenTyped, ReceiptSecret},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::request::{RequestNumber, letters_and_digits};

use crate::{
    cookies,
    form_body::Form,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::AddressedText,
    state::AppState,
};

/// `POST /requests` and `POST /requests/{number}`: opens a request with its secret. The secret
/// goes into a cookie of that page, never into an address.
pub async fn open_request(State(state): State<AppState>, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let open_typed = Some(OpenTyped { number: field("number"), secret: field("secret") });
    if !switched.is_empty() {
        let input = PageInput { open_typed, ..PageInput::default() };
        let mut response = render::render(&state, head, input).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let (typed, secret) = written(&head, &form);
    let number = RequestNumber::parse(&typed);
    match number.and_then(|number| state.portal.open(&number, &secret)) {
        Some(opened) => {
            let number = opened.number().clone();
            let held = cookies::held(number, secret, Arrival::Opened, state.clock.now());
            to_receipt(&state, &held)
        }
        None => {
            render::note_wrong_secret(&state, &head);
            let input = PageInput {
                open_fault: Some(OpenFault::of(typed, &secret)),
                open_typed,
                status: Some(Refusal::Faults.status()),
                ..PageInput::default()
            };
            render::render(&state, head, input).await
        }
    }
}

/// Number and secret, wherever they were written: both may stand in either field, as they are copied from a
/// receipt.
fn written(head: &Request, form: &Form) -> (String, String) {
    let in_path = urls::number_in(head.uri().path()).map(str::to_owned);
    let number = form.get("number").cloned().or(in_path).unwrap_or_default();
    let typed = form.get("secret").map_or("", String::as_str);
    if let Some((read, beside)) = RequestNumber::parse_with_secret(typed)
        && (number.trim().is_empty() || RequestNumber::parse(&number).as_ref() == Some(&read))
    {
        return (read.to_string(), beside);
    }
    let secret = letters_and_digits(typed);
    match RequestNumber::parse_with_secret(&number) {
        Some((read, beside)) if secret.is_empty() => (read.to_string(), beside),
        _ => (number, secret),
    }
}

/// `POST /requests/{number}/forget`: takes the secret out of a browser that others use too. Its form,
/// should somebody go back to it and send it again, gives the secret no more.
pub async fn forget(
    State(state): State<AppState>,
    AddressedText(number): AddressedText,
) -> Response {
    let Some(number) = RequestNumber::parse(&number) else {
        return Redirect::to(urls::REQUESTS).into_response();
    };
    // There it asks for the secret: so one sees that it is gone.
    let tls = state.settings.site.tls;
    let mark = forgotten_mark(&state, &number);
    let cookies =
        [cookies::forgotten(&number, tls), cookies::forget_sent(tls), cookies::forgot(&mark, tls)];
    let mut response = to(&urls::request(&number), cookies.into_iter().flatten());
    forget_pages(&mut response);
    response
}

/// Has the browser forget pages: forms that were filled in may be in its store still, for its way back, and whoever
/// comes next could go back to them.
pub(crate) fn forget_pages(response: &mut Response) {
    let cache = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), cache);
}

/// By what a browser knows that it has forgotten a request.
fn forgotten_mark(state: &AppState, number: &RequestNumber) -> String {
    state.receipts.mark("forgotten", number.as_str())
}

/// Whether the browser was told to forget the secret of a request.
pub(crate) fn is_forgotten(state: &AppState, headers: &HeaderMap, number: &RequestNumber) -> bool {
    cookies::has_forgotten(headers, &forgotten_mark(state, number))
}

/// To the page of a request, which asks for the secret where no cookie brings it.
pub(crate) fn to_locked(number: &RequestNumber) -> Response {
    to(&urls::request(number), [])
}

/// To the page of a request, with its secret.
pub(crate) fn to_receipt(state: &AppState, held: &ReceiptSecret) -> Response {
    to(&urls::request(&held.number), cookies::receipt(held, state.settings.site.tls))
}

/// Elsewhere, with these cookies; nothing keeps the answer.
pub(crate) fn to(path: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = Redirect::to(path).into_response();
    preferences::keep(&mut response, cookies.into_iter().collect());
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// The receipt in answer to the form, for a browser that has brought no cookie of ours: at an address
/// of its own it could not be opened. The cookie goes along, should this browser have lost an old one.
pub(crate) async fn receipt_at_once(
    state: &AppState,
    mut head: Request,
    held: ReceiptSecret,
) -> Response {
    if let Ok(address) = urls::request(&held.number).parse() {
        *head.uri_mut() = address;
    }
    let cookie = cookies::receipt(&held, state.settings.site.tls);
    let receipt = Some(ReceiptSecret { until: None, ..held });
    let mut response =
        render::render(state, head, PageInput { receipt, ..PageInput::default() }).await;
    preferences::keep(&mut response, cookie.into_iter().collect());
    response
}
