//! A part of a page that its heading opens.

use leptos::prelude::*;

/// What is summed up, closed until somebody opens it; open on paper.
pub fn folded(summary: AnyView, rest: AnyView) -> AnyView {
    view! { <details class="fold"><summary>{summary}</summary>{rest}</details> }.into_any()
}
