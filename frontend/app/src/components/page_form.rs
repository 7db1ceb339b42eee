//! The form of a page that somebody types into. A switch of language or size belongs to it, and sends it
//! along: what was typed comes back in the other language.

use domain::request::RequestNumber;
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    asking::AskingForm,
    context::{
        CorrectionOffered, DraftShown, ErrorPage, FormReturn, OpenFault, OpenTyped, ReceiptSecret,
    },
    current,
    hall::{HallPage, HallShows},
    staff::{Shows, StaffPage},
    steps::{REVIEW, SAVE},
    urls,
};

/// The id of the form of a service, and of the one that corrects a request.
pub const REQUEST_FORM: &str = "request-form";
/// The id of the form that opens a request.
pub const OPEN_FORM: &str = "open-form";
/// The id of the form that asks about sites, or about all of them.
pub const SITES_FORM: &str = "sites-form";
/// The id of the form that asks about an outline.
pub const OUTLINE_FORM: &str = "outline-form";
/// The id of the form that checks a verdict.
pub const VERIFY_FORM: &str = "verify-form";
/// The id of the form by which somebody takes a ticket.
pub const TICKET_FORM: &str = "ticket-form";
/// The id of the form by which a visit is left to a colleague.
pub const LEAVE_FORM: &str = "leave-form";
/// The id of the form of the materials of a service in a visit.
pub const MATERIALS_FORM: &str = "materials-form";
/// The id of the search field's form.
pub const SEARCH_FORM: &str = "search-form";

/// The form of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageForm {
    /// Its id.
    pub id: &'static str,
    /// Where a switch sends it; to its own address where there is none.
    pub sent_to: Option<String>,
    /// The words of its button.
    pub button: &'static str,
    /// Where its button leads, for a form that is handed in step by step.
    pub step: Option<&'static str>,
}

/// The form of this page, if it has one.
pub fn form_here() -> Option<PageForm> {
    let page = current::page();
    let path = page.path.split('?').next().unwrap_or_default();
    let own = |id, button| Some(PageForm { id, sent_to: None, button, step: None });
    if has_request_form(path) {
        let id = REQUEST_FORM;
        return Some(PageForm { id, sent_to: None, button: "review_button", step: Some(REVIEW) });
    }
    match use_context::<DraftShown>() {
        Some(DraftShown::Kept { .. }) => {
            let (id, button) = (REQUEST_FORM, "draft_save");
            return Some(PageForm { id, sent_to: None, button, step: Some(SAVE) });
        }
        Some(DraftShown::Deleted) => return None,
        None => {}
    }
    if path == urls::DRAFTS {
        return own(OPEN_FORM, "drafts_button");
    }
    // Where there is no form for it, what was typed is carried along unseen.
    if use_context::<FormReturn>().is_some_and(|back| !back.values.is_empty()) {
        return own(REQUEST_FORM, "submit_request");
    }
    if use_context::<ErrorPage>().is_some() {
        return use_context::<OpenTyped>().and_then(|_| own(OPEN_FORM, "open_button"));
    }
    if use_context::<CorrectionOffered>().is_some() {
        return own(REQUEST_FORM, "submit_request");
    }
    if let Some(form) = use_context::<AskingForm>() {
        let button = if form.is_done() { "open_button" } else { "submit_request" };
        return own(REQUEST_FORM, button);
    }
    if opens_request(path) {
        return own(OPEN_FORM, "open_button");
    }
    if path == urls::OUTLINE {
        return own(OUTLINE_FORM, "sites_button");
    }
    if path == urls::VERIFY {
        return own(VERIFY_FORM, "verify_button");
    }
    if use_context::<HallPage>().is_some_and(|page| matches!(page.shows, HallShows::Take { .. })) {
        return own(TICKET_FORM, "hall_take");
    }
    let has_note =
        |page: StaffPage| matches!(page.shows, Shows::Case(case) if case.holder.is_none());
    if use_context::<StaffPage>().is_some_and(has_note) {
        return own(LEAVE_FORM, "case_leave");
    }
    let is_list = |page: StaffPage| matches!(page.shows, Shows::Materials(_));
    if use_context::<StaffPage>().is_some_and(is_list) {
        return own(MATERIALS_FORM, "materials_save");
    }
    let switched = || Some(format!("{}?back={}", urls::PREFERENCES, Url::escape(&page.path)));
    if current::asks_sites() {
        let all = path == urls::SITE_SEARCH;
        let button = if all { "site_search_button" } else { "sites_button" };
        return Some(PageForm { id: SITES_FORM, sent_to: switched(), button, step: None });
    }
    let has_search = path == urls::HOME || current::has_search();
    has_search.then(|| PageForm {
        id: SEARCH_FORM,
        sent_to: switched(),
        button: "search_button",
        step: None,
    })
}

/// The service that the address of this page names.
pub fn wanted_service() -> Option<String> {
    let wanted = use_query_map().with_untracked(|query| query.get("item"));
    wanted.filter(|item| !item.is_empty())
}

/// Whether this page has the form of a service: of a code that has ended there is one only for what
/// can be asked for there.
fn has_request_form(path: &str) -> bool {
    let Some((place, ended)) = current::place() else { return false };
    let item = wanted_service().and_then(|id| current::service(&id));
    let is_form = path == urls::request_form(&place) || current::counter_form().is_some();
    is_form && item.is_some_and(|item| !ended || item.for_ended)
}

/// Whether this page asks for the number and secret of a request, or for its secret.
fn opens_request(path: &str) -> bool {
    if path == urls::REQUESTS {
        return true;
    }
    let Some(number) = urls::number_in(path).and_then(RequestNumber::parse) else { return false };
    let held = use_context::<ReceiptSecret>().is_some_and(|held| held.number == number);
    !held || use_context::<OpenFault>().is_some() || use_context::<OpenTyped>().is_some()
}
