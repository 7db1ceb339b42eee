//! Opening a request with its number and secret; no account is needed.

use domain::request::RequestNumber;
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Fault, OPEN_FORM, PageTitle, PlainField},
    context::{OpenFault, OpenTyped},
    current, urls,
    words::Words,
};

/// The form that opens a request.
#[component]
pub fn RequestsPage() -> AnyView {
    let words = current::words();
    let fault = use_context::<OpenFault>();
    let title = words.t("requests_title");
    let tab = if fault.is_some() {
        words.fill("error_title", &[("title", title)])
    } else {
        title.to_owned()
    };
    let typed = use_context::<OpenTyped>();
    let secret = typed.as_ref().map(|typed| typed.secret.clone()).unwrap_or_default();
    let number = fault.as_ref().map(|fault| fault.number.clone()).or(typed.map(|it| it.number));
    let number = number.unwrap_or_default();
    let [number_error, secret_error] =
        fault.as_ref().map(|fault| open_faults(words, fault)).unwrap_or_default();
    view! {
        <PageTitle text=tab about=words.t("requests_lead") />
        <div class="measure">
            {fault.map(|fault| view! { <OpenSummary fault /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("requests_lead")}</p>
            {open_form(OpenTyped { number, secret }, [number_error, secret_error])}
            <p><a href=urls::DRAFTS>{words.t("drafts_title")}</a></p>
            <h2>{words.t("requests_lost")}</h2>
            <p>{words.t("requests_lost_text")}</p>
            <p>{words.t("requests_lost_number")}</p>
            <p><a href=urls::HELP>{words.t("requests_lost_help")}</a></p>
        </div>
    }
    .into_any()
}

/// The fields for number and secret with what was typed, and what is wrong with each.
pub(super) fn open_form(typed: OpenTyped, errors: [Option<String>; 2]) -> AnyView {
    let words = current::words();
    let OpenTyped { number, secret } = typed;
    let [number_error, secret_error] = errors;
    view! {
        <form class="form" id=OPEN_FORM method="post" action=urls::REQUESTS novalidate>
            <PlainField name="number" label=words.t("open_number") hint=words.t("open_number_hint") value=number error=number_error />
            <PlainField name="secret" label=words.t("open_secret") hint=words.t("open_secret_hint") value=secret error=secret_error />
            <button class="button button-primary">{words.t("open_button")}</button>
        </form>
    }
    .into_any()
}

/// What is wrong with number and secret: the rule of form that either breaks. Where both have their
/// form they do not go together, and which of them is wrong is nobody's business.
pub(super) fn open_faults(words: Words, fault: &OpenFault) -> [Option<String>; 2] {
    let number = RequestNumber::parse(&fault.number).is_some();
    let told = |key: &str| Some(words.t(key).to_owned());
    match (number, fault.secret_has_form) {
        (true, true) => [told("open_fault"), told("open_fault")],
        (number, secret) => {
            let empty = fault.number.trim().is_empty();
            let of_number = if empty { "open_no_number" } else { "open_fault_number" };
            let of_secret =
                if fault.secret_missing { "open_no_secret" } else { "open_fault_secret" };
            [told(of_number).filter(|_| !number), told(of_secret).filter(|_| !secret)]
        }
    }
}

/// What is wrong with number and code, above the form, each with the field to go to.
#[component]
pub fn OpenSummary(
    /// What is wrong.
    fault: OpenFault,
    /// The number stands in the address: only the secret is asked for.
    #[prop(optional)]
    secret_only: bool,
) -> AnyView {
    let [number, secret] = open_faults(current::words(), &fault);
    let mut faults = Vec::new();
    if !secret_only {
        let number = number.clone();
        faults.extend(number.map(|text| Fault::new(Some("#number".to_owned()), text)));
    }
    // What does not go together is said once.
    let secret = secret.filter(|text| secret_only || number.as_ref() != Some(text));
    faults.extend(secret.map(|text| Fault::new(Some("#secret".to_owned()), text)));
    view! { <ErrorSummary faults /> }.into_any()
}
