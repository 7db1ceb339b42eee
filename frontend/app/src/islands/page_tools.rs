//! What one does with a page: print it, hand on its address, take its code along.

use leptos::prelude::*;

island_words! {
    /// The buttons, and what is said after a press.
    pub struct PageToolsWords {
        /// Button: prints.
        pub print: String,
        /// Button: hands the address on.
        pub share: String,
        /// Button: copies the code.
        pub copy_code: String,
        /// Said when the address was copied, for the browser hands nothing on.
        pub address_copied: String,
        /// Said when the code was copied.
        pub code_copied: String,
        /// Said when the browser does not let it copy.
        pub not_copied: String,
    }
}

/// Prints the page, hands its address on, copies its code.
///
/// Interactive because all three are the browser's; what this one cannot do has no button. Without
/// JavaScript there are no buttons, and the page says that the browser itself prints and shares.
#[island]
pub fn PageTools(
    /// What the page is about, for whoever gets the address.
    title: String,
    /// The code, without blanks.
    code: String,
    /// What it says.
    words: PageToolsWords,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    let (shares, copies) = (RwSignal::new(false), RwSignal::new(false));
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        shares.set(browser::can_share());
        copies.set(browser::can_copy());
        awake.set(true);
    });
    let PageToolsWords { print, share, copy_code, address_copied, code_copied, not_copied } = words;
    let failed = not_copied.clone();
    view! {
        <div class="page-tools" hidden=move || !awake.get()>
            <button type="button" class="button" on:click=move |_| browser::print()>{print}</button>
            <button
                type="button"
                class="button"
                hidden=move || !shares.get()
                on:click=move |_| {
                    browser::share(title.clone(), [address_copied.clone(), failed.clone()], said);
                }
            >
                {share}
            </button>
            <button
                type="button"
                class="button"
                hidden=move || !copies.get()
                on:click=move |_| {
                    browser::copy(code.clone(), [code_copied.clone(), not_copied.clone()], said);
                }
            >
                {copy_code}
            </button>
            <p class="page-tools-said" role="status">{move || said.get()}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::spawn_local;

    pub use crate::islands::js_object::can_copy;
    use crate::islands::js_object::{ask, copy_text, get, object};

    pub fn print() {
        // Fails where a browser prints nothing; then nothing happens, as with its own menu.
        let _ = window().print();
    }

    /// Whether the address can be handed on, or at least copied.
    pub fn can_share() -> bool {
        get(&window().navigator(), "share").is_function() || can_copy()
    }

    /// Said are the address when it was copied, and that it was not.
    pub fn share(title: String, words: [String; 2], said: RwSignal<String>) {
        let window = window();
        let Ok(address) = window.location().href() else { return };
        let navigator = window.navigator();
        if !get(&navigator, "share").is_function() {
            return copy(address, words, said);
        }
        said.set(String::new());
        let data = object(&[("title", JsValue::from(title)), ("url", JsValue::from(address))]);
        spawn_local(async move {
            // A person who changes their mind is no failure.
            let _ = ask(&navigator, "share", &[data.into()]).await;
        });
    }

    /// Said are that it was copied, and that it was not.
    pub fn copy(text: String, [done, failed]: [String; 2], said: RwSignal<String>) {
        said.set(String::new());
        spawn_local(async move {
            said.set(if copy_text(text).await { done } else { failed });
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::prelude::*;

    pub const fn can_copy() -> bool {
        false
    }
    pub const fn can_share() -> bool {
        false
    }
    pub const fn print() {}
    pub fn share(_: String, _: [String; 2], _: RwSignal<String>) {}
    pub fn copy(_: String, _: [String; 2], _: RwSignal<String>) {}
}
