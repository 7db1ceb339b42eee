//! A part of a page that its heading opens.

use leptos::prelude::*;

use crate::current;

/// What is summed up, closed until somebody opens it; open on paper.
pub fn folded(summary: AnyView, rest: AnyView) -> AnyView {
    view! { <details class="fold"><summary>{summary}</summary>{rest}</details> }.into_any()
}

/// A part of a page; in elder mode its heading opens it, for what matters stands above (A2).
pub fn folded_for_elders(heading: AnyView, rest: AnyView) -> AnyView {
    if current::page().elder { folded(heading, rest) } else { (heading, rest).into_any() }
}
