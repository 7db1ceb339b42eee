//! Rendering pages: one function for every route, so that headers, context and status are decided
//! in one place.

use app::{
    context::{ErrorPage, FormReturn, FormToken, OpenFault, PageContext, ReceiptSecret},
    found::Found,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    address,
    clock::china_date,
    code::{CodeError, LandCode, Parsed},
    request::RequestNumber,
    scanned_text::ScannedText,
};
use leptos::prelude::provide_context;
use service_api::Refusal;

use crate::{
    cookies,
    rest::problem::Problem,
    security::{
        client::ClientAddress,
        events::Event,
        headers::{PageNonce, RequestId},
        refusal,
        visitor::{AddressedCode, AddressedText, Visitor},
    },
    state::AppState,
};

/// What a page is given beyond the request.
#[derive(Clone, Debug, Default)]
pub struct PageInput {
    /// Render this error instead of the route.
    pub error: Option<ErrorPage>,
    /// What the portal found for it.
    pub found: Option<Found>,
    /// A form shown again.
    pub form: Option<FormReturn>,
    /// An attempt to open a request that failed.
    pub open_fault: Option<OpenFault>,
    /// Status to answer with, unless the page sets its own.
    pub status: Option<StatusCode>,
}

/// Whether a text can be a `Host`: nothing that could end an attribute or a header.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

/// Where people reach this portal.
pub(crate) fn own_host(state: &AppState, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match (&state.config.site.host, asked) {
        (Some(host), _) => host.clone(),
        (None, Some(host)) if is_host(host) => host.to_owned(),
        (None, _) => String::new(),
    }
}

pub(crate) fn receipt_on(path: &str, headers: &HeaderMap) -> Option<ReceiptSecret> {
    let rest = path.strip_prefix("/requests/")?;
    let number = RequestNumber::parse(rest.split('/').next().unwrap_or(rest))?;
    let (secret, fresh) = cookies::receipt_secret(headers)?;
    Some(ReceiptSecret { number, secret, fresh })
}

/// Has it written down that a receipt was tried with a secret that is not its own.
pub(crate) fn note_wrong_secret(state: &AppState, request: &Request) {
    let extensions = request.extensions();
    let visitor = extensions.get::<ClientAddress>().map(|client| state.marks.mark(*client));
    let id = extensions.get::<RequestId>().map(|id| &*id.0);
    state.security.note(Event::WrongReceiptSecret, visitor.as_deref(), id);
}

/// Renders the page at the request's address.
pub async fn render(state: &AppState, request: Request, input: PageInput) -> Response {
    let headers = request.headers();
    let nonce = request.extensions().get::<PageNonce>().cloned();
    let id = request.extensions().get::<RequestId>().map_or("", |id| &*id.0).to_owned();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let context = PageContext {
        locale: cookies::locale(headers),
        elder: cookies::elder(headers),
        today: china_date(state.clock.now()),
        host: own_host(state, headers),
        assets: state.assets.clone(),
        operator: state.operator(),
        request_id: id,
        path,
    };
    let receipt = receipt_on(request.uri().path(), headers);
    let opens = |receipt: &ReceiptSecret| state.receipts.opens(&receipt.number, &receipt.secret);
    if request.method().is_safe() && receipt.as_ref().is_some_and(|receipt| !opens(receipt)) {
        note_wrong_secret(state, &request);
    }
    let own = receipt.as_ref().map(|receipt| app::urls::request(&receipt.number));
    let shows_secret =
        request.method() == Method::GET && own.as_deref() == Some(request.uri().path());
    // Shown once: the next visit knows the secret, and does not show it.
    let seen =
        receipt.as_ref().filter(|receipt| receipt.fresh && shows_secret).and_then(|receipt| {
            cookies::receipt(&receipt.number, &receipt.secret, false, state.config.site.tls)
        });
    let token = FormToken(state.draw_token(18));
    let portal = state.portal.clone();
    let PageInput { error, found, form, open_fault, status } = input;
    let provide = move || {
        if let Some(PageNonce(nonce)) = &nonce {
            provide_context(leptos::nonce::Nonce::from_value(nonce.clone()));
        }
        provide_context(context.clone());
        provide_context(portal.clone());
        provide_context(token.clone());
        if let Some(receipt) = &receipt {
            provide_context(receipt.clone());
        }
        if let Some(error) = error {
            provide_context(error);
        }
        if let Some(found) = &found {
            provide_context(found.clone());
        }
        if let Some(form) = &form {
            provide_context(form.clone());
        }
        if let Some(fault) = &open_fault {
            provide_context(fault.clone());
        }
    };
    // Leptos reads only GET: a form that comes back is shown at its own address.
    let (mut parts, _) = request.into_parts();
    parts.method = Method::GET;
    let request = Request::from_parts(parts, Body::empty());
    let options = state.leptos.clone();
    let shell = move || app::shell(options.clone());
    let mut response = leptos_axum::render_app_async_with_context(provide, shell)(request).await;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    // One that could not be drawn has shown nothing.
    if let Some(cookie) = seen.filter(|_| response.status() == StatusCode::OK) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // The nonce makes every page its own: nothing between us and the visitor may keep it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error page at the request's address.
pub async fn error(state: &AppState, request: Request, page: ErrorPage) -> Response {
    let status = match page {
        ErrorPage::NotFound => StatusCode::NOT_FOUND,
        ErrorPage::CrossSite => StatusCode::FORBIDDEN,
        ErrorPage::Proof => StatusCode::UNAUTHORIZED,
        ErrorPage::Unreadable => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorPage::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let input = PageInput { error: Some(page), status: Some(status), ..PageInput::default() };
    render(state, request, input).await
}

/// Any page.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(&state, request, PageInput::default()).await
}

/// What no route knows: labels printed in capitals are led to their page, the rest is not found, in the
/// form that whoever asks there reads.
pub async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    // It has no path that a page could be at.
    if request.method() == Method::CONNECT {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path();
    let routed = address::as_routed(path);
    if routed != path {
        return redirect(&routed, request.uri().query());
    }
    refusal::refuse(&state, request, Problem::not_found(), ErrorPage::NotFound).await
}

/// Home. A code or an address of ours in the search field goes straight to its page.
pub async fn home(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let typed = form_value(query, "q").unwrap_or_default();
    let typed = typed.trim();
    if typed.is_empty() {
        return render(&state, request, PageInput::default()).await;
    }
    let host = own_host(&state, request.headers());
    match ScannedText::judge(typed, &host) {
        ScannedText::Code(code) => Redirect::to(&app::urls::place(&code)).into_response(),
        ScannedText::Here(path) => Redirect::to(&path).into_response(),
        ScannedText::Foreign { .. } => {
            let found = Found::by_words(&*state.portal, &visitor.visit, typed, &host).await;
            show(&state, &visitor, request, found).await
        }
    }
}

/// A profile or a form on it. Any other way of writing the code is led to the canonical one; a
/// text that is no code goes on to the page, which says what is wrong with it.
pub async fn place(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let AddressedCode { written, read } = code;
    if let Some(to) = canonical(request.uri(), &read) {
        return redirect(&to, request.uri().query());
    }
    let found = Found::at(&*state.portal, &visitor.visit, written, read).await;
    show(&state, &visitor, request, found).await
}

/// What a label comes to.
pub async fn label(
    State(state): State<AppState>,
    visitor: Visitor,
    AddressedText(label): AddressedText,
    request: Request,
) -> Response {
    let host = own_host(&state, request.headers());
    let found = state.portal.label(&visitor.visit, &label, &host).await;
    show(&state, &visitor, request, found.map(Found::Label)).await
}

/// A page with what was found for it, or why that may not be said.
pub(crate) async fn show(
    state: &AppState,
    visitor: &Visitor,
    request: Request,
    found: Result<Found, Refusal>,
) -> Response {
    match found {
        Ok(found) => {
            let input = PageInput { found: Some(found), ..PageInput::default() };
            render(state, request, input).await
        }
        Err(refusal) => visitor.page(state, request, &refusal).await,
    }
}

/// The address of a place whose code is written in another way than it should.
fn canonical(uri: &Uri, read: &Result<Parsed<LandCode>, CodeError>) -> Option<String> {
    let rest = address::below(address::PLACE, uri.path())?;
    let (in_path, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let parsed = read.as_ref().ok()?;
    // A unit that is none but has a number keeps it, so that the page can say what is odd (C2).
    let odd = parsed.code.canonical() != parsed.code && !parsed.warnings.is_empty();
    let code = if odd { parsed.code } else { parsed.code.canonical() };
    (code.as_str() != in_path).then(|| format!("/{}/{code}{tail}", address::PLACE))
}

fn redirect(to: &str, query: Option<&str>) -> Response {
    let to = query.map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"));
    Redirect::permanent(&to).into_response()
}

/// The first value of `name` in a URL-encoded form or query.
#[must_use]
pub fn form_value(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded)
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

#[cfg(test)]
mod tests {
    use domain::code::Strictness;

    use super::*;

    fn led_to(path: &str) -> Option<String> {
        let written = path.split('/').nth(2).unwrap().replace("%20", " ");
        canonical(&path.parse().unwrap(), &LandCode::parse(&written, Strictness::LookUp))
    }

    #[test]
    fn every_way_of_writing_a_code_has_one_address() {
        let one = Some("/c/330521001002GB00011".to_owned());
        for path in [
            "/c/330521001002gb00011",
            "/c/330521%20001002%20GB00011",
            "/c/330521-001002-GB00011",
            "/c/330521001002GB00011W00000000",
        ] {
            assert_eq!(led_to(path), one, "{path}");
        }
        assert_eq!(led_to("/c/330521001002GB00011"), None);
        assert_eq!(led_to("/c/330521001002GB00011W00000333"), None, "C2: accepted and flagged");
        assert_eq!(led_to("/c/nonsense"), None);
        assert_eq!(
            led_to("/c/330521001002gb00011/requests/new").as_deref(),
            Some("/c/330521001002GB00011/requests/new")
        );
    }
}
