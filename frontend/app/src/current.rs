//! What the page being rendered stands in: the request, the server behind it, the answer's status.

use std::{future::Future, sync::Arc};

use domain::{
    LandCode, Locale,
    case::CaseNumber,
    law::register,
    service::{self, ServiceItem},
};
use http::StatusCode;
use jiff::civil::Date;
use leptos::{prelude::*, tachys::reactive_graph::OwnedView};
use leptos_axum::ResponseOptions;

use crate::{
    context::{Assets, InOneGo, PageContext, QrEncoder, QrSymbol, ReceiptSecret},
    found::{Found, HandedOver},
    staff::{Shows, StaffPage},
    urls,
    words::Words,
};
use service_api::Portal;

/// The request. When the route list is drawn up there is none, and any page will do.
pub fn page() -> PageContext {
    use_context::<PageContext>().unwrap_or_else(|| PageContext {
        locale: Locale::default(),
        elder: false,
        today: register().date,
        path: urls::HOME.to_owned(),
        host: String::new(),
        tls: false,
        assets: Assets::default(),
        operator: Arc::default(),
        request_id: String::new(),
    })
}

/// The words of this page's language.
pub fn words() -> Words {
    Words(with_context::<PageContext, _>(|page| page.locale).unwrap_or_default())
}

/// The date in China; that of the register of laws where no page is being rendered.
pub fn today() -> Date {
    with_context::<PageContext, _>(|page| page.today).unwrap_or_else(|| register().date)
}

/// The server behind the pages.
pub fn portal() -> Option<Arc<dyn Portal>> {
    use_context::<Arc<dyn Portal>>()
}

/// Whether a service can be asked for here.
pub fn offers(item: &ServiceItem) -> bool {
    portal().is_some_and(|portal| portal.offers(item))
}

/// The services that can be asked for here, in the order of their file.
pub fn services() -> impl Iterator<Item = &'static ServiceItem> {
    service::services().iter().filter(|item| offers(item))
}

/// The service of that name, if it can be asked for here.
pub fn service(id: &str) -> Option<&'static ServiceItem> {
    service::service(id).filter(|item| offers(item))
}

/// What was found for this page, for its view alone; `None` when the list of routes is drawn up.
pub fn found() -> Option<Found> {
    use_context::<HandedOver>()?.take()
}

/// The place that this page is about, and whether it has ended; `None` where there is none.
pub fn place() -> Option<(LandCode, bool)> {
    with_context::<HandedOver, _>(HandedOver::place)?
}

/// The visit to the counter that this page belongs to: the forms of services are forms of it.
pub fn staff_case() -> Option<CaseNumber> {
    with_context::<StaffPage, _>(|page| match &page.shows {
        Shows::Case(page) => Some(page.number.clone()),
        Shows::Form(page) => Some(page.case.clone()),
        _ => None,
    })?
}

/// Of the form at the counter that this page is, the mark of what is kept: a save brings it back.
pub fn counter_form() -> Option<String> {
    with_context::<StaffPage, _>(|page| match &page.shows {
        Shows::Form(page) => Some(page.was.clone()),
        _ => None,
    })?
}

/// Where the form of a service at a place is: for everybody, or in the visit that this page belongs to.
pub fn form_address(code: &LandCode, item: &str) -> String {
    match staff_case() {
        Some(case) => urls::staff_form(&case, code, item),
        None => urls::new_request(code, item),
    }
}

/// Whether this page has a search field, by what was found for it.
pub fn has_search() -> bool {
    with_context::<HandedOver, _>(HandedOver::has_search).unwrap_or_default()
}

/// The QR symbol of a text; `None` where it cannot be written, or no page is being rendered.
pub fn qr(text: &str) -> Option<QrSymbol> {
    use_context::<QrEncoder>().and_then(|QrEncoder(encode)| encode(text))
}

/// Whether this page is a receipt that its browser cannot open again: it keeps no cookies. Whatever would
/// ask for the page once more has no place on it.
pub fn shown_once() -> bool {
    with_context::<ReceiptSecret, _>(|held| held.until.is_none()).unwrap_or_default()
}

/// Whether this page asks about sites.
pub fn asks_sites() -> bool {
    with_context::<HandedOver, _>(HandedOver::asks_sites).unwrap_or_default()
}

/// Whether this portal judges sites.
pub fn judges_sites() -> bool {
    portal().is_some_and(|portal| !portal.rule_sets().is_empty())
}

/// Sets the status of the answer.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// A view that comes later. Every route waits for it ([`leptos_router::SsrMode::Async`]), so the
/// page is whole when it is sent, and status and title may be set in it.
///
/// It is drawn as part of the page that it belongs to. Without that, what it says of itself in the head is handed
/// to whichever page the thread drew last: somebody else's.
///
/// # Panics
/// On a page that is drawn in one go, where it would be missing.
pub fn later<F>(view: F) -> impl IntoView
where
    F: Future<Output = AnyView> + Send + 'static,
{
    assert!(use_context::<InOneGo>().is_none(), "nothing comes later on a page drawn in one go");
    Suspend::new(async move { OwnedView::new(view.await) })
}
