//! Reading a page aloud.

#[cfg(feature = "hydrate")]
mod sentences;
#[cfg(feature = "hydrate")]
mod speech;

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

island_words! {
    /// The buttons, and what is said where there is no voice.
    pub struct ReadAloudWords {
        /// Button: begins.
        pub start: String,
        /// Button: stops for a while.
        pub pause: String,
        /// Button: goes on.
        pub resume: String,
        /// Button: ends.
        pub stop: String,
        /// The browser has no voice for this language.
        pub unavailable: String,
    }
}

/// The class of what nobody's neighbours are to hear, such as the secret of a receipt.
#[cfg(feature = "ssr")]
pub const UNSPOKEN: &str = "unspoken";

/// Reads what stands in `main`, sentence by sentence, in the language of the page; what has the class
/// `unspoken` it passes over.
///
/// Interactive because voices are the browser's (Web Speech API). Without JavaScript there is no
/// button; where the browser has no voice it says so when it is asked for one.
#[cfg(feature = "ssr")]
#[component]
pub fn ReadAloud(
    /// What it says.
    words: ReadAloudWords,
) -> impl IntoView {
    let view = view! {
        <div class="read-aloud" hidden=true>
            // One button begins, waits and goes on: the focus stays on it.
            <button type="button" class="button">{words.start.clone()}</button>
            <button type="button" class="button" hidden=true>{words.stop.clone()}</button>
            <p class="read-aloud-said" role="status"></p>
        </div>
    };
    island("ReadAloud", &Vec::from(words), view)
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{
        ReadAloudWords,
        speech::{self, Reader, Reading},
    };
    use crate::islands::{
        element::{on_press, part},
        props::Props,
    };
    use std::rc::Rc;
    use wasm_bindgen::prelude::wasm_bindgen;
    use web_sys::HtmlElement;

    #[wasm_bindgen(js_name = ReadAloud)]
    pub fn wake(island: &HtmlElement) {
        let words = ReadAloudWords::take(&mut Props::from(island));
        let [next, stop] = ["button", "button:nth-of-type(2)"].map(|at| part(island, at));
        let said = part(island, ".read-aloud-said");
        part(island, ".read-aloud").set_hidden(false);
        let reader = Rc::new(Reader::new(words, next.clone(), stop.clone(), said));
        let turning = reader.clone();
        on_press(&next, move || match turning.reading() {
            Reading::Aloud => speech::pause(&turning),
            Reading::Paused => speech::resume(&turning),
            Reading::Idle | Reading::Unavailable => speech::begin(&turning),
        });
        on_press(&stop, move || speech::stop(&reader));
    }
}
