//! What is wrong with a form, at the top of the page, with the focus on it.

use leptos::prelude::*;

use crate::current;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Id of the field to mend; none if it is no field's fault.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub text: String,
}

/// The summary. It takes the focus when the page opens, so that it is read first.
#[component]
pub fn ErrorSummary(
    /// What is wrong, in the order of the form.
    faults: Vec<Fault>,
) -> AnyView {
    let words = current::words();
    let items = faults
        .into_iter()
        .map(|Fault { field, text }| match field {
            Some(field) => view! { <li><a href=format!("#{field}")>{text}</a></li> }.into_any(),
            None => view! { <li>{text}</li> }.into_any(),
        })
        .collect_view();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{words.t("error_summary")}</h2>
            <ul>{items}</ul>
        </div>
    }
    .into_any()
}
