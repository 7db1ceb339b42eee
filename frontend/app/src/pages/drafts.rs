//! Going on with a form that was saved, with its number and secret (rule S11); no account is needed.

use domain::{clock::china_date, request::DraftNumber, service::Answers};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{draft_form::open_form, error::hidden};
use crate::{
    components::{Banner, ErrorSummary, Fault, PageTitle, REQUEST_FORM, Spoken, Tone},
    context::{DraftFile, DraftShown, HeldDraft, OpenFault, OpenTyped},
    current, format,
    islands::UNSPOKEN,
    steps::{CHANGE, DISCARD, DRAFT, DRAFT_SECRET, SAVE, STEP},
    urls,
    words::Words,
};

/// What became of a draft, or the form that opens one.
#[component]
pub fn DraftsPage() -> AnyView {
    match use_context::<DraftShown>() {
        Some(DraftShown::Kept { held, until, files, address, fields }) => {
            view! { <Kept held until files address fields /> }.into_any()
        }
        Some(DraftShown::Deleted) => view! { <Deleted /> }.into_any(),
        None => view! { <Open /> }.into_any(),
    }
}

/// By what a draft is opened again, and until when.
#[component]
fn Kept(
    /// What opens it.
    held: HeldDraft,
    /// When it is no longer given back.
    until: Timestamp,
    /// The files that wait with it.
    files: Vec<DraftFile>,
    /// Where its form is.
    address: String,
    /// The fields of its form.
    fields: Answers,
) -> AnyView {
    let words = current::words();
    let title = words.t("draft_kept_title");
    let HeldDraft { number, secret } = held;
    let day = format::date(words.0, china_date(until));
    let link = urls::draft(&number);
    let page = current::page();
    let carried = view! {
        <input type="hidden" name=DRAFT value=number.to_string() />
        <input type="hidden" name=DRAFT_SECRET value=secret.clone() />
    };
    let whole = urls::absolute(page.tls, &page.host, &link);
    let files = (!files.is_empty()).then(|| files_of(words, files, &day));
    view! {
        <PageTitle text=title about=words.t("draft_kept_lead") />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("draft_kept_lead")}</p>
            <Banner tone=Tone::Done title=words.t("draft_keep")>
                <dl class="receipt-keys">
                    <div><dt>{words.t("draft_number")}</dt><dd class="receipt-number" translate="no">{number.to_string()}</dd></div>
                    <div><dt>{words.t("draft_secret")}</dt><dd class="receipt-number" translate="no">{format::in_fours(&secret)}</dd></div>
                </dl>
                <p class=format!("visually-hidden {UNSPOKEN}")>
                    {words.t("draft_spelled")} " " <Spoken text=format::in_fours(&secret) />
                </p>
                <p>{words.fill("draft_until", &[("date", &day)])}</p>
                <p>
                    {words.t("draft_where")} " "
                    <a href=link translate="no">{whole}</a>
                </p>
            </Banner>
            {files}
            <form class="form" id=REQUEST_FORM method="post" action=address>
                <input type="hidden" name=STEP value=SAVE />
                {hidden(&fields)}
                {carried}
                <button class="button button-primary" name=STEP value=CHANGE>{words.t("draft_go_on")}</button>
                " "
                <button class="button" name=STEP value=DISCARD>{words.t("draft_discard")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// Its files, and until when each of them waits: not always as long as what was typed.
fn files_of(words: Words, files: Vec<DraftFile>, day: &str) -> AnyView {
    let each = files.into_iter().map(|DraftFile { name, until }| {
        let until = until.map(|until| format::date(words.0, china_date(until)));
        let said = match until {
            Some(until) if until == *day => None,
            Some(until) => Some(words.fill("draft_file_until", &[("date", &until)])),
            None => Some(words.t("draft_file_unknown").to_owned()),
        };
        view! {
            <li>
                <span translate="no">{name}</span>
                {said.map(|said| view! { <p><strong>{said}</strong></p> })}
            </li>
        }
    });
    view! {
        <h2>{words.t("draft_files")}</h2>
        <p>{words.fill("draft_files_until", &[("date", day)])}</p>
        <ul>{each.collect_view()}</ul>
    }
    .into_any()
}

/// That nothing of a draft is there any more.
#[component]
fn Deleted() -> AnyView {
    let words = current::words();
    let title = words.t("draft_deleted_title");
    view! {
        <PageTitle text=title about=words.t("draft_deleted_lead") />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("draft_deleted_lead")}</p>
            <p><a href=urls::HOME>{words.t("onward_home")}</a></p>
        </div>
    }
    .into_any()
}

/// The form that opens a draft.
#[component]
fn Open() -> AnyView {
    let words = current::words();
    let fault = use_context::<OpenFault>();
    let title = words.t("drafts_title");
    let tab = match &fault {
        Some(_) => words.fill("error_title", &[("title", title)]),
        None => title.to_owned(),
    };
    let typed = use_context::<OpenTyped>();
    let in_address = || use_query_map().with_untracked(|query| query.get("number"));
    let number = typed.as_ref().map(|typed| typed.number.clone()).or_else(in_address);
    let secret = typed.map(|typed| typed.secret).unwrap_or_default();
    let [number_error, secret_error] =
        fault.as_ref().map(|fault| faults(words, fault)).unwrap_or_default();
    let summary: Vec<Fault> = [("#number", &number_error), ("#secret", &secret_error)]
        .into_iter()
        .filter_map(|(to, text)| Some(Fault::new(Some(to.to_owned()), text.clone()?)))
        .collect();
    view! {
        <PageTitle text=tab about=words.t("drafts_lead") />
        <div class="measure">
            {(!summary.is_empty()).then(|| view! { <ErrorSummary faults=summary /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("drafts_lead")}</p>
            {open_form(OpenTyped { number: number.unwrap_or_default(), secret }, [number_error, secret_error])}
            <p>{words.t("drafts_lost")}</p>
        </div>
    }
    .into_any()
}

/// What is wrong with number and secret: the rule of form that either breaks. Where both have their form,
/// which of them is wrong, or whether there is such a draft, is nobody's business.
fn faults(words: Words, fault: &OpenFault) -> [Option<String>; 2] {
    let number = DraftNumber::parse(&fault.number).is_some();
    let told = |key: &str| Some(words.t(key).to_owned());
    match (number, fault.secret_has_form) {
        (true, true) => [told("draft_fault"), None],
        (number, secret) => [
            told("draft_fault_number").filter(|_| !number),
            told("draft_fault_secret").filter(|_| !secret),
        ],
    }
}
