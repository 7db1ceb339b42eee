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
/// Interactive because all three are the browser's. Without JavaScript there are no buttons, and the
/// page says that the browser itself prints and shares.
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
    let said = RwSignal::new(String::new());
    Effect::new(move |_| awake.set(true));
    let PageToolsWords { print, share, copy_code, address_copied, code_copied, not_copied } = words;
    let failed = not_copied.clone();
    view! {
        <div class="page-tools" hidden=move || !awake.get()>
            <button type="button" class="button" on:click=move |_| browser::print()>{print}</button>
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    browser::share(title.clone(), [address_copied.clone(), failed.clone()], said);
                }
            >
                {share}
            </button>
            <button
                type="button"
                class="button"
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

    use crate::islands::js_object::{ask, get, object};

    pub fn print() {
        // Fails where a browser prints nothing; then nothing happens, as with its own menu.
        let _ = window().print();
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
        let clipboard = get(&window().navigator(), "clipboard");
        said.set(String::new());
        spawn_local(async move {
            let copied = ask(&clipboard, "writeText", &[JsValue::from(text)]).await;
            said.set(if copied.is_ok() { done } else { failed });
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::prelude::*;

    pub const fn print() {}
    pub fn share(_: String, _: [String; 2], _: RwSignal<String>) {}
    pub fn copy(_: String, _: [String; 2], _: RwSignal<String>) {}
}
