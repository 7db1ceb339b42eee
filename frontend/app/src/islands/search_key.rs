//! Whether `/` leads to the search field.

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

/// Turns the key off and on, for this browser (WCAG 2.1.4): whoever speaks to a computer, or touches
/// keys by accident, must be able to keep a single character from doing something.
///
/// Interactive because the key is. Without JavaScript there is neither, and no button.
#[cfg(feature = "ssr")]
#[component]
pub fn SearchKey(
    /// Button: leaves the key to the browser.
    turn_off: String,
    /// Button: has it lead to the search field again.
    turn_on: String,
) -> impl IntoView {
    let props = [turn_off.clone(), turn_on];
    // Nothing is known of the browser before it is asked.
    let button =
        view! { <button type="button" class="button search-key" hidden=true>{turn_off}</button> };
    island("SearchKey", &props, button)
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::islands::{
        element::{on_press, part, say, window},
        preferences::{self, SEARCH_KEY_OFF},
        props::Props,
    };
    use wasm_bindgen::prelude::wasm_bindgen;
    use web_sys::HtmlElement;

    #[wasm_bindgen(js_name = SearchKey)]
    pub fn wake(island: &HtmlElement) {
        let mut props = Props::from(island);
        let words = [props.take(), props.take()];
        let button = part(island, ".search-key");
        show(&button, &words);
        button.set_hidden(false);
        on_press(&button.clone(), move || {
            preferences::set(&window(), SEARCH_KEY_OFF, is_on().then_some("1"));
            show(&button, &words);
        });
    }

    fn show(button: &HtmlElement, [turn_off, turn_on]: &[String; 2]) {
        say(button, if is_on() { turn_off } else { turn_on });
    }

    fn is_on() -> bool {
        preferences::get(&window(), SEARCH_KEY_OFF).is_none()
    }
}
