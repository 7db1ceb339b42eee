//! What is wrong with a form, at the top of the page, with the focus on it.

use leptos::prelude::*;

use crate::{
    current,
    islands::{FieldLinks, UNSPOKEN},
};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where to go: `#` and the id of the field to mend, or a page; none if it leads nowhere.
    pub leads_to: Option<String>,
    /// What is wrong, and what would be right.
    pub text: String,
    /// A secret that is told with it, in a sentence; it is shown, and not read aloud.
    pub secret: Option<String>,
}

impl Fault {
    /// What is wrong, and where to go for it.
    pub fn new(leads_to: Option<String>, text: String) -> Self {
        Self { leads_to, text, secret: None }
    }
}

/// The summary. It takes the focus when the page opens, so that it is read first.
#[component]
pub fn ErrorSummary(
    /// What is wrong, in the order of the form.
    faults: Vec<Fault>,
    /// Nothing is wrong with a field: the form was not taken for another reason.
    #[prop(optional)]
    refused: bool,
) -> AnyView {
    let words = current::words();
    let title = words.t(if refused { "refusal_title" } else { "error_summary" });
    let items = faults
        .into_iter()
        .map(|Fault { leads_to, text, secret }| {
            let secret =
                secret.map(|secret| view! { <span class=UNSPOKEN translate="no">{secret}</span> });
            match leads_to {
                Some(href) => view! { <li><a href=href>{text} {secret}</a></li> }.into_any(),
                None => view! { <li>{text} {secret}</li> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{title}</h2>
            <FieldLinks>
                <ul>{items}</ul>
            </FieldLinks>
        </div>
    }
    .into_any()
}
