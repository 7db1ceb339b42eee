//! What is wrong with a form, at the top of the page, with the focus on it.

use leptos::prelude::*;

use crate::{current, islands::FieldLinks};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where to go: `#` and the id of the field to mend, or a page; none if it leads nowhere.
    pub leads_to: Option<String>,
    /// What is wrong, and what would be right.
    pub text: String,
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
        .map(|Fault { leads_to, text }| match leads_to {
            Some(href) => view! { <li><a href=href>{text}</a></li> }.into_any(),
            None => view! { <li>{text}</li> }.into_any(),
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
