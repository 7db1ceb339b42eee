//! What has to stop a visitor before anything else is read.

use leptos::prelude::*;

use crate::current;

/// An alarm: the heading of its page, with its word, its sign and its colour.
#[component]
pub fn Alarm(
    /// The heading.
    title: &'static str,
    /// What is wrong.
    children: Children,
) -> AnyView {
    let words = current::words();
    view! {
        <section class="alarm">
            <p class="alarm-word">
                <svg class="alarm-sign" viewBox="0 0 40 36" width="40" height="36" aria-hidden="true" focusable="false">
                    <path class="alarm-ground" d="M20 2L38 34H2Z" />
                    <path class="alarm-line" d="M20 13v11M20 27.5v3" />
                </svg>
                {words.t("alarm_word")}
            </p>
            <h1>{title}</h1>
            {children()}
        </section>
    }
    .into_any()
}
