//! A scanner that types: USB and Bluetooth scanners at counters are keyboards to the computer.

#[cfg(any(feature = "hydrate", test))]
mod burst;

use leptos::prelude::*;

island_words! {
    /// What is said about what such a scanner has typed.
    pub struct CounterWords {
        /// A code whose page opens; `{code}` is the code.
        pub opening: String,
        /// Not ours, not opened; `{text}` is what was read.
        pub foreign: String,
        /// Looks like a code; `{position}` is where it is wrong, `{text}` what was read.
        pub faulty: String,
    }
}

/// Opens what a scanner types, from any page, as long as no field has the focus: what is typed
/// into a field stays there.
///
/// Interactive because only the browser sees keys. Without JavaScript the field for codes takes
/// what the scanner types; `/?counter=1` opens with the cursor in it.
#[island]
pub fn Counter(
    /// This portal's host with its port: what an own label points to.
    own_host: String,
    /// What it says.
    words: CounterWords,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    listen(own_host, words, said);
    let sentence = move || {
        said.with(|said| {
            (!said.is_empty()).then(|| view! { <p class="counter">{said.clone()}</p> })
        })
    };
    view! { <div role="status">{sentence}</div> }
}

#[cfg(feature = "hydrate")]
fn listen(own_host: String, words: CounterWords, said: RwSignal<String>) {
    use burst::{Burst, Key};
    use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
    use std::cell::RefCell;
    use wasm_bindgen::JsCast as _;
    use web_sys::KeyboardEvent;

    let kept = StoredValue::new_local(None);
    Effect::new(move |_| {
        let burst = RefCell::new(Burst::default());
        let (own_host, words) = (own_host.clone(), words.clone());
        let options = EventListenerOptions {
            // Before a button that has the focus hears Enter.
            phase: EventListenerPhase::Capture,
            passive: false,
        };
        let hear = move |event: &leptos::ev::Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.is_composing() || takes_text(event) {
                return burst.borrow_mut().forget();
            }
            let with_others = event.ctrl_key() || event.alt_key() || event.meta_key();
            let key = Key::of(&event.key(), with_others);
            if let Some(text) = burst.borrow_mut().press(key, event.time_stamp()) {
                event.prevent_default();
                event.stop_propagation();
                open(&text, &own_host, &words, said);
            }
        };
        let listener = EventListener::new_with_options(&document(), "keydown", options, hear);
        kept.set_value(Some(listener));
    });
}

/// Whether the key goes into something that takes text, or chooses by letters.
#[cfg(feature = "hydrate")]
fn takes_text(event: &web_sys::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast as _;
    const FIELDS: &str = "textarea, select, [contenteditable], input:not([type=radio], \
        [type=checkbox], [type=range], [type=file], [type=submit], [type=button])";
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.closest(FIELDS).ok().flatten().is_some())
}

#[cfg(feature = "hydrate")]
fn open(text: &str, own_host: &str, words: &CounterWords, said: RwSignal<String>) {
    use domain::payload::Payload;

    let (label, path) = match Payload::judge(text, own_host) {
        Payload::Code(code) => (code.grouped(), format!("/c/{}", code.canonical())),
        Payload::Here(path) => (path.clone(), path),
        // The text has the host in it, and is never a link.
        Payload::Foreign { text, error, .. } => {
            return said.set(match error {
                Some(error) => words
                    .faulty
                    .replace("{position}", &error.position().to_string())
                    .replace("{text}", &text),
                None => words.foreign.replace("{text}", &text),
            });
        }
    };
    said.set(words.opening.replace("{code}", &label));
    let location = window().location();
    // Joined to our origin: `//elsewhere.example` is a path too.
    if location.origin().and_then(|origin| location.assign(&(origin + &path))).is_err() {
        said.set(String::new());
    }
}

#[cfg(not(feature = "hydrate"))]
fn listen(_: String, _: CounterWords, _: RwSignal<String>) {}
