//! Whether `/` leads to the search field.

use leptos::prelude::*;

/// Turns the key off and on, for this browser (WCAG 2.1.4): whoever speaks to a computer, or touches
/// keys by accident, must be able to keep a single character from doing something.
///
/// Interactive because the key is. Without JavaScript there is neither, and no button.
#[island]
pub fn SearchKey(
    /// Button: leaves the key to the browser.
    turn_off: String,
    /// Button: has it lead to the search field again.
    turn_on: String,
) -> impl IntoView {
    // Nothing is known of the browser before it is asked.
    let is_on = RwSignal::new(None::<bool>);
    wake(is_on);
    view! {
        <button
            type="button"
            class="button search-key"
            hidden=move || is_on.get().is_none()
            on:click=move |_| turn(is_on)
        >
            {move || if is_on.get() == Some(false) { turn_on.clone() } else { turn_off.clone() }}
        </button>
    }
}

#[cfg(feature = "hydrate")]
use super::preferences::{self, SEARCH_KEY_OFF};

#[cfg(feature = "hydrate")]
fn wake(is_on: RwSignal<Option<bool>>) {
    Effect::new(move |_| is_on.set(Some(preferences::get(&window(), SEARCH_KEY_OFF).is_none())));
}

#[cfg(feature = "hydrate")]
fn turn(is_on: RwSignal<Option<bool>>) {
    let next = is_on.get_untracked() != Some(true);
    preferences::set(&window(), SEARCH_KEY_OFF, (!next).then_some("1"));
    is_on.set(Some(next));
}

#[cfg(not(feature = "hydrate"))]
fn wake(_: RwSignal<Option<bool>>) {}

#[cfg(not(feature = "hydrate"))]
fn turn(_: RwSignal<Option<bool>>) {}
