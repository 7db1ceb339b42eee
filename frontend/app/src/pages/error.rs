//! What happened, what to do, and a way on.

use domain::{
    LandCode, attachment,
    code::CodeError,
    request::{rating_grade, rating_note},
    service::{Answers, InputKind, Question, notice_address, services},
};
use http::StatusCode;
use leptos::prelude::*;

use super::{draft_form, requests};
use crate::{
    asking::{is_brought, question_of},
    components::{
        FaultyCode, NearMisses, PageTitle, REQUEST_FORM, SearchForm, division_changes, fault_words,
    },
    context::{ErrorPage, FormReturn, OpenTyped, SearchTyped},
    current, urls,
};

/// An error page.
#[component]
pub fn ErrorView(
    /// Which.
    error: ErrorPage,
) -> AnyView {
    let words = current::words();
    let (status, title, what, next) = match error {
        ErrorPage::NotFound => {
            (StatusCode::NOT_FOUND, "error_404_title", "error_404_what", "error_404_next")
        }
        ErrorPage::CrossSite => {
            (StatusCode::FORBIDDEN, "error_403_title", "error_403_what", "error_403_next")
        }
        ErrorPage::Proof => {
            (StatusCode::UNAUTHORIZED, "error_401_title", "error_401_what", "error_401_next")
        }
        ErrorPage::Unreadable => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "error_415_title",
            "error_415_what",
            "error_415_next",
        ),
        ErrorPage::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, "error_413_title", "error_413_what", "error_413_next")
        }
        ErrorPage::TooSlow => {
            (StatusCode::SERVICE_UNAVAILABLE, "slow_title", "slow_what", "slow_next")
        }
        ErrorPage::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "error_503_title", "error_503_what", "error_503_next")
        }
    };
    current::set_status(status);
    let page = current::page();
    // A place that is not found and one that may not be shown must not differ by a byte, so the
    // id of the request is only told where there is something to complain about.
    let id = matches!(error, ErrorPage::Unavailable | ErrorPage::CrossSite)
        .then_some(page.request_id)
        .filter(|id| !id.is_empty());
    view! {
        <PageTitle text=words.t(title) about=words.t(what) />
        <div class="measure">
            <h1>{words.t(title)}</h1>
            <p class="lead">{words.t(what)}</p>
            <p>{words.t(next)}</p>
            {typed()}
            {use_context::<OpenTyped>().map(open_form)}
            {use_context::<SearchTyped>().map(|SearchTyped(query)| view! { <SearchForm query /> })}
            {onward()}
            {id.map(|id| view! { <p class="quiet">{words.t("error_id")} " " <code>{id}</code></p> })}
        </div>
    }
    .into_any()
}

/// The form that opens a request, or a draft where one was to be opened, with what was typed.
fn open_form(typed: OpenTyped) -> AnyView {
    let path = current::page().path;
    match path.split('?').next() {
        Some(urls::DRAFTS) => draft_form::open_form(typed, [None, None]),
        _ => requests::open_form(typed, [None, None]),
    }
}

/// What somebody typed into a form that could not be taken: there to be copied, for it is kept nowhere.
/// The switches send it along, so that it is there in the other language too.
pub(super) fn typed() -> Option<AnyView> {
    let back = use_context::<FormReturn>().filter(|back| !back.values.is_empty())?;
    let words = current::words();
    let kept = hidden(&back.values);
    let told =
        |name: &str, text: &str| !text.is_empty() && name != attachment::FIELD && !is_brought(name);
    let given = back.values.into_iter().filter(|(name, text)| told(name, text));
    let answers = given.filter_map(|(name, text)| {
        let question = asked(&name).or_else(|| question_of(&name));
        if question.is_some_and(|question| question.kind == InputKind::Consent) {
            return None;
        }
        let label = question.map_or(name, |question| words.pick(&question.label));
        let option = question
            .and_then(|question| question.options.iter().find(|option| option.value == text));
        let text = option.map_or(text, |option| words.pick(&option.label));
        Some(view! { <div><dt>{label}</dt><dd class="typed">{text}</dd></div> })
    });
    let typed = view! {
        <h2>{words.t("typed_title")}</h2>
        <p>{words.t("typed_text")}</p>
        <dl class="terms">{answers.collect_view()}</dl>
        <form id=REQUEST_FORM method="post" action=current::page().path>
            {kept}
            {is_there_still().then(|| view! {
                <button class="button" name="carried" value="yes">{words.t("typed_back")}</button>
            })}
        </form>
    };
    Some(typed.into_any())
}

/// The question of that name, of whatever form it is.
fn asked(name: &str) -> Option<&'static Question> {
    let of_no_service = || [notice_address(), rating_grade(), rating_note()];
    services()
        .iter()
        .find_map(|item| item.question(name))
        .or_else(|| of_no_service().into_iter().find(|question| question.name == name))
}

/// Whether the form of this address is there still, to go on with what was typed: its answer was no word
/// on the form, and it is not longer than is read.
fn is_there_still() -> bool {
    let refused = use_context::<ErrorPage>();
    refused.is_some_and(|page| !matches!(page, ErrorPage::NotFound | ErrorPage::TooLarge))
}

/// What was typed, to be sent along unseen.
pub(super) fn hidden(values: &Answers) -> AnyView {
    let field = |(name, text): (&String, &String)| {
        view! { <input type="hidden" name=name.clone() value=text.clone() /> }
    };
    values.iter().map(field).collect_view().into_any()
}

/// The ways on, the same on every error page.
pub(super) fn onward() -> AnyView {
    let words = current::words();
    view! {
        <ul class="onward">
            <li><a href=urls::HOME>{words.t("onward_home")}</a></li>
            <li><a href=urls::REQUESTS>{words.t("onward_requests")}</a></li>
            <li><a href=urls::SERVICES>{words.t("onward_services")}</a></li>
        </ul>
        <Contact />
    }
    .into_any()
}

/// Whom to turn to, as one sentence.
#[component]
pub fn Contact() -> AnyView {
    let words = current::words();
    let contact = words.pick(&current::page().operator.contact);
    let contact = contact.trim_end_matches(['。', '.', ' ']);
    (!contact.is_empty())
        .then(|| view! { <p>{words.fill("onward_contact", &[("contact", contact)])}</p> })
        .into_any()
}

/// No such place, or none that may be shown: the answer is the same (rule P5).
#[component]
pub fn NoSuchPlace(
    /// The code that led here.
    code: LandCode,
    /// What it may have been meant as.
    near: Vec<LandCode>,
) -> AnyView {
    current::set_status(StatusCode::NOT_FOUND);
    let words = current::words();
    // Only the code's own text decides: it tells nothing of the register.
    let changes = division_changes(words, &code.parcel());
    view! {
        <PageTitle text=words.t("no_place_title") about=words.t("no_place_what") />
        <div class="measure">
            <h1>{words.t("no_place_title")}</h1>
            <p class="lead">{words.t("no_place_what")}</p>
            {typed()}
            {changes.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            <NearMisses near />
            <h2>{words.t("no_place_next")}</h2>
            <ul>
                <li>{words.t("no_place_check")}</li>
                <li>{words.t("no_place_search")}</li>
                <li>{words.t("no_place_ask")}</li>
            </ul>
            <SearchForm />
            {onward()}
        </div>
    }
    .into_any()
}

/// What is wrong with a text that was meant to be a code.
#[component]
pub fn NoCode(
    /// The text.
    written: String,
    /// What is wrong with it.
    error: CodeError,
    /// What it may have been meant as.
    near: Vec<LandCode>,
) -> AnyView {
    let words = current::words();
    let sentence = fault_words(words, &error);
    // Longer than any code with its spaces: not worth repeating in the field.
    let query: String = written.chars().take(60).collect();
    view! {
        <PageTitle text=words.t("bad_code_title") about=sentence.clone() />
        <div class="measure">
            <h1>{words.t("bad_code_title")}</h1>
            <p class="lead">{sentence}</p>
            {typed()}
            <FaultyCode text=written error />
            <NearMisses near />
            <p>{words.t("bad_code_next")}</p>
            <SearchForm query />
        </div>
    }
    .into_any()
}
