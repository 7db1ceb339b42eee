//! Rendering pages: one function for every route, so that headers, context and status are decided
//! in one place.

use std::{future::ready, pin::Pin};

use app::{
    asking::AskingForm,
    context::{
        CorrectionOffered, DraftShown, ErrorPage, FormReturn, FormToken, InOneGo, OpenFault,
        OpenTyped, PageContext, ReceiptSecret, SearchTyped,
    },
    found::{Found, HandedOver},
    hall::HallPage,
    staff::StaffPage,
    urls,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use domain::{clock::china_date, request::RequestNumber};
use futures_util::{Stream, StreamExt as _, stream::once};
use leptos::{IntoView, prelude::provide_context, tachys::view::Position};

use crate::{
    client::ClientAddress,
    cookies,
    refusal::{Page, Refusal},
    request_id::RequestId,
    security_event::Event,
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
    /// What became of a draft.
    pub draft: Option<DraftShown>,
    /// The form that asks several offices.
    pub asking: Option<AskingForm>,
    /// An attempt to open a request that failed.
    pub open_fault: Option<OpenFault>,
    /// What stood in the form that opens a request when a switch was pressed.
    pub open_typed: Option<OpenTyped>,
    /// What stood in the search field of a page that could not be left.
    pub search_typed: Option<SearchTyped>,
    /// Whether the page has the form that corrects a request.
    pub correction: bool,
    /// The secret of the receipt that answers a form; otherwise a cookie may have it.
    pub receipt: Option<ReceiptSecret>,
    /// A page of the counter, and who reads it.
    pub staff: Option<StaffPage>,
    /// A page of a hall.
    pub hall: Option<HallPage>,
    /// Status to answer with, unless the page sets its own.
    pub status: Option<StatusCode>,
    /// Whether all that it shows is here: then it is drawn in one go.
    pub whole: bool,
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
    match (&state.settings.site.host, asked) {
        (Some(host), _) => host.clone(),
        (None, Some(host)) if is_host(host) => host.to_owned(),
        (None, _) => String::new(),
    }
}

pub(crate) fn receipt_on(path: &str, headers: &HeaderMap) -> Option<ReceiptSecret> {
    let number = RequestNumber::parse(urls::number_in(path)?)?;
    cookies::receipt_secret(number, headers)
}

/// Has it written down that a receipt was tried with a secret that is not its own.
pub(crate) fn note_wrong_secret(state: &AppState, request: &Request) {
    note(state, request, Event::WrongReceiptSecret);
}

/// Has it written down what was tried with a request.
pub(crate) fn note(state: &AppState, request: &Request, event: Event) {
    let extensions = request.extensions();
    let visitor = extensions.get::<ClientAddress>().map(|client| state.marks.mark(*client));
    let id = extensions.get::<RequestId>().map(|id| &*id.0);
    state.security.note(event, visitor.as_deref(), id);
}

/// What Leptos has of a page, piece by piece.
type Pieces = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Writes a page into one text. Leptos otherwise keeps it ready for pieces that come later, and makes a text of
/// its own of each tag.
fn in_one_go<V: IntoView + 'static>(
    page: V,
    scripts: Box<dyn FnOnce() -> Pieces + Send>,
    _out_of_order: bool,
) -> Pin<Box<dyn Future<Output = Pieces> + Send>> {
    /// What most pages of places need, bytes: then the text does not move while it grows.
    const USUAL: usize = 48 * 1024;
    Box::pin(async move {
        let mut html = String::with_capacity(USUAL);
        page.to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
        let whole: Pieces = Box::pin(once(ready(html)).chain(scripts()));
        whole
    })
}

/// Renders the page at the request's address.
pub async fn render(state: &AppState, request: Request, input: PageInput) -> Response {
    let context = context_of(state, &request);
    let on_receipt = || receipt_on(request.uri().path(), request.headers());
    let receipt = input.receipt.clone().or_else(on_receipt);
    let is_wrong = |held: &ReceiptSecret| state.portal.open(&held.number, &held.secret).is_none();
    if request.method().is_safe() && receipt.as_ref().is_some_and(is_wrong) {
        note_wrong_secret(state, &request);
    }
    let token = FormToken(state.draw_token(18));
    let qr = state.qr;
    let budget = *state.files.budget();
    let portal = state.portal.clone();
    let PageInput { error, found, form, draft, asking, open_fault, open_typed, .. } = input;
    let PageInput { search_typed, correction, staff, hall, status, whole, .. } = input;
    let found = found.map(HandedOver::new);
    let provide = move || {
        // Leptos draws one for each page otherwise, and the page is to be the same for everybody. Scripts
        // are allowed by hash.
        provide_context(leptos::nonce::Nonce::from_value(std::sync::Arc::<str>::from("")));
        provide_context(context.clone());
        provide_context(portal.clone());
        provide_context(token.clone());
        provide_context(qr);
        provide_context(budget);
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
        if let Some(draft) = &draft {
            provide_context(draft.clone());
        }
        if let Some(asking) = &asking {
            provide_context(asking.clone());
        }
        if let Some(fault) = &open_fault {
            provide_context(fault.clone());
        }
        if let Some(typed) = &open_typed {
            provide_context(typed.clone());
        }
        if let Some(typed) = &search_typed {
            provide_context(typed.clone());
        }
        if let Some(staff) = &staff {
            provide_context(staff.clone());
        }
        if let Some(hall) = &hall {
            provide_context(hall.clone());
        }
        if correction {
            provide_context(CorrectionOffered);
        }
        if whole {
            provide_context(InOneGo);
        }
    };
    // Leptos reads only GET: a form that comes back is shown at its own address.
    let (mut parts, _) = request.into_parts();
    parts.method = Method::GET;
    let request = Request::from_parts(parts, Body::empty());
    let drawn = if whole {
        leptos_axum::handle_response_inner(provide, app::shell, request, in_one_go)
    } else {
        leptos_axum::render_app_async_with_context(provide, app::shell)(request)
    };
    let mut response = drawn.await;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    // Unless somebody knows better, a page is for who asked for it, and nothing may keep it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a page is told of its portal and of the request that it answers.
fn context_of(state: &AppState, request: &Request) -> PageContext {
    let headers = request.headers();
    let id = request.extensions().get::<RequestId>().map_or("", |id| &*id.0).to_owned();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    PageContext {
        locale: cookies::locale(headers),
        elder: cookies::elder(headers),
        today: china_date(state.clock.now()),
        host: own_host(state, headers),
        tls: state.settings.site.tls,
        assets: state.assets.clone(),
        operator: state.operator.clone(),
        request_id: id,
        path,
    }
}

/// The page of a refusal at the request's address.
pub async fn refused(state: &AppState, request: Request, refusal: Refusal) -> Response {
    refused_with(state, request, refusal, PageInput::default()).await
}

/// A refusal with more on its page.
pub(crate) async fn refused_with(
    state: &AppState,
    request: Request,
    refusal: Refusal,
    more: PageInput,
) -> Response {
    let error = match refusal.page() {
        Page::Rendered(error) => Some(error),
        Page::Plain(words) => return refusal.said(&words, ""),
        Page::OfWhatWasAsked => None,
    };
    let input = PageInput { error, status: Some(refusal.status()), ..more };
    render(state, request, input).await
}
