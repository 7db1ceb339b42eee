//! Being told by e-mail that something happened to a request: naming an address, and what the links of
//! messages lead to. A link shows a page with a button: opening it changes nothing, for mail programs
//! open links by themselves.

use domain::service::notice_address;
use http::StatusCode;
use leptos::prelude::*;

use super::{
    error::{ErrorView, typed},
    rights::{framed, opened},
};
use crate::{
    components::{
        ErrorSummary, FormField, PageTitle, REQUEST_FORM, folded, notice_faults, notice_words,
    },
    context::{ErrorPage, FormReturn},
    current, urls,
    words::Words,
};
use service_api::{NoticeLink, NoticeView, RequestView};

/// On the page of a request: where its notices go, and the form that names an address.
#[component]
pub(super) fn NoticesOf(
    /// Where they stand.
    notices: NoticeView,
    /// The request.
    request: RequestView,
) -> AnyView {
    let words = current::words();
    let goes = matches!(notices, NoticeView::Waiting(_) | NoticeView::Told(_));
    if request.state.is_ended() && !goes {
        return ().into_any();
    }
    view! {
        <section id=urls::NOTICES class="notices no-print" aria-labelledby="notices-title">
            <h2 id="notices-title">{words.t("notices_title")}</h2>
            {parts(words, &notices, &request, None)}
        </section>
    }
    .into_any()
}

/// What stands there, and what can be done: naming an address, another one, none.
fn parts(
    words: Words,
    notices: &NoticeView,
    request: &RequestView,
    back: Option<&FormReturn>,
) -> AnyView {
    let goes = matches!(notices, NoticeView::Waiting(_) | NoticeView::Told(_));
    let stop = goes.then(|| {
        view! {
            <form method="post" action=urls::notices(&request.number)>
                <button class="button" name="stop" value="yes">{words.t("notices_stop")}</button>
            </form>
        }
    });
    let form = (!request.state.is_ended()).then(|| naming(words, request, back));
    let form = form.map(|form| {
        // A form that came back is open.
        if goes && back.is_none() {
            folded(words.t("notices_change").into_any(), form)
        } else {
            form
        }
    });
    view! {
        {notice_words(words, notices).map(|text| view! { <p>{text}</p> })}
        {form}
        {stop}
    }
    .into_any()
}

fn naming(words: Words, request: &RequestView, back: Option<&FormReturn>) -> AnyView {
    let question = notice_address();
    let value = back.and_then(|back| back.values.get(&question.name)).cloned().unwrap_or_default();
    let fault = back.and_then(|back| back.faults.first()).map(|fault| fault.fault);
    // A switch of language sends it along where it came back.
    let id = if back.is_some() { REQUEST_FORM } else { "notices-form" };
    view! {
        <p>{words.t("notices_lead")}</p>
        <form class="form" id=id method="post" action=urls::notices(&request.number) novalidate>
            <FormField question value fault />
            <button class="button">{words.t("notices_button")}</button>
        </form>
    }
    .into_any()
}

/// The form again, with what was typed and what is wrong with it.
#[component]
pub fn NoticesPage() -> AnyView {
    let back = use_context::<FormReturn>();
    opened(move |dossier| {
        let words = current::words();
        let (request, notices) = (dossier.request, dossier.notices);
        let Some(notices) = notices else {
            return view! { <ErrorView error=ErrorPage::NotFound /> }.into_any();
        };
        let ended = request.state.is_ended();
        let faults = back.as_ref().map(|back| notice_faults(words, back)).unwrap_or_default();
        let refused = back.as_ref().is_some_and(|back| back.refusal.is_some());
        let content = view! {
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            {ended.then(|| view! {
                <p class="lead">{words.t("notices_ended")}</p>
                {typed()}
            })}
            {parts(words, &notices, &request, back.as_ref())}
        };
        framed(&request, "notices_title", content.into_any())
    })
}

/// What the link of a message leads to.
#[component]
pub fn NoticeLinkPage() -> AnyView {
    let page = current::page();
    let path = page.path.split('?').next().unwrap_or_default().to_owned();
    let Some((number, link, token)) = urls::notice_link_in(&path) else {
        return view! { <ErrorView error=ErrorPage::NotFound /> }.into_any();
    };
    let token = token.to_owned();
    current::later(async move {
        let Some(portal) = current::portal() else {
            return view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any();
        };
        let words = current::words();
        let Ok(found) = portal.notices_by(&number, (link, &token)).await else {
            return view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any();
        };
        let fill = |key: &str, to: &str| {
            words.fill(key, &[("number", number.as_str()), ("address", to)])
        };
        let (title, content) = match (link, found) {
            (NoticeLink::Confirm, Some(NoticeView::Waiting(to))) => {
                let lead = fill("notice_confirm_lead", &to);
                ("notice_confirm_title", pressed(words, &path, lead, "notice_confirm_button"))
            }
            (NoticeLink::Confirm, Some(NoticeView::Told(to))) => {
                ("notice_confirm_title", said(fill("notice_confirmed", &to)))
            }
            (NoticeLink::Stop, Some(NoticeView::Waiting(to) | NoticeView::Told(to))) => {
                let lead = fill("notice_stop_lead", &to);
                ("notice_stop_title", pressed(words, &path, lead, "notices_stop"))
            }
            (NoticeLink::Stop, Some(_)) => {
                ("notice_stop_title", said(words.t("notice_stop_done").to_owned()))
            }
            (NoticeLink::Confirm, _) | (NoticeLink::Stop, None) => {
                current::set_status(StatusCode::NOT_FOUND);
                ("notice_gone_title", said(words.t("notice_gone").to_owned()))
            }
        };
        let title = words.t(title);
        view! {
            <PageTitle text=title />
            <div class="measure">
                <h1>{title}</h1>
                {content}
                <p class="no-print"><a href=urls::request(&number)>{words.t("notice_to_request")}</a></p>
            </div>
        }
        .into_any()
    })
    .into_any()
}

fn said(text: String) -> AnyView {
    view! { <p class="lead">{text}</p> }.into_any()
}

/// What a button does, and the button.
fn pressed(words: Words, path: &str, lead: String, button: &'static str) -> AnyView {
    view! {
        <p class="lead">{lead}</p>
        <form class="form" method="post" action=path.to_owned()>
            <input type="hidden" name="confirm" value="yes" />
            <button class="button button-primary">{words.t(button)}</button>
        </form>
    }
    .into_any()
}
