//! Opening a request with its number and secret; no account is needed.

use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Fault, PageTitle, PlainField},
    context::OpenFault,
    current, urls,
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
    let number = fault.as_ref().map(|fault| fault.number.clone()).unwrap_or_default();
    let error = fault.as_ref().map(|_| words.t("open_fault").to_owned());
    view! {
        <PageTitle text=tab />
        <div class="measure">
            {fault.is_some().then(|| view! { <OpenSummary field="number" /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("requests_lead")}</p>
            <form class="form" method="post" action=urls::REQUESTS novalidate>
                <PlainField name="number" label=words.t("open_number") hint=words.t("open_number_hint") value=number error />
                <PlainField name="secret" label=words.t("open_secret") hint=words.t("open_secret_hint") />
                <button class="button button-primary">{words.t("open_button")}</button>
            </form>
            <h2>{words.t("requests_lost")}</h2>
            <p>{words.t("requests_lost_text")}</p>
        </div>
    }
    .into_any()
}

/// Number and secret do not go together. Which of them is wrong is nobody's business.
#[component]
pub fn OpenSummary(
    /// The field to go to.
    field: &'static str,
) -> AnyView {
    let text = current::words().t("open_fault").to_owned();
    view! { <ErrorSummary faults=vec![Fault { field: Some(field.to_owned()), text }] /> }.into_any()
}
