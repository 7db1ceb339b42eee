//! A scanner that types: USB and Bluetooth scanners at counters are keyboards to the computer.

#[cfg(any(feature = "hydrate", test))]
mod burst;
#[cfg(feature = "hydrate")]
mod keys;

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

island_words! {
    /// What is said about what such a scanner has typed.
    pub struct CounterWords {
        /// A code whose page opens; `{code}` is the code.
        pub opening: String,
        /// Not ours, not opened; `{text}` is what was read.
        pub foreign: String,
        /// Looks like a code; `{position}` is where it is wrong, `{text}` what was read.
        pub faulty: String,
        /// Heard with a part missing, not opened.
        pub unread: String,
        /// Before the host that it points to.
        pub host: String,
        /// Button: takes away what is said.
        pub close: String,
    }
}

/// Opens what a scanner types, from any page, as long as no field but that for codes has the focus:
/// what is typed into another stays there. `/` leads to the field for codes.
///
/// Interactive because only the browser sees keys. Without JavaScript the field for codes takes
/// what the scanner types; `/?counter=1` opens with the cursor in it.
#[cfg(feature = "ssr")]
#[component]
pub fn Counter(
    /// This portal's host with its port: what an own label points to.
    own_host: String,
    /// A page with the field for codes, and the cursor in it.
    search: String,
    /// What it says.
    words: CounterWords,
) -> impl IntoView {
    let view = view! {
        <div class="counter" translate="no">
            <div class="counter-said" role="status">
                <p></p>
                <p hidden=true>{words.host.clone()} " " <bdi class="counter-host"></bdi></p>
            </div>
            <button type="button" class="button" hidden=true>{words.close.clone()}</button>
        </div>
    };
    island("Counter", &[vec![own_host, search], words.into()].concat(), view)
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{
        CounterWords,
        burst::{Heard, Scan},
        keys,
    };
    use crate::{
        islands::{
            element::{document, on_press, part, say, window},
            later::later,
            props::Props,
        },
        scan_target::{Rejected, ScanTarget, judge},
    };
    use std::rc::Rc;
    use wasm_bindgen::prelude::wasm_bindgen;
    use web_sys::HtmlElement;

    /// So long screen readers need to see that words were taken away, in milliseconds.
    const PAUSE: u32 = 120;

    struct Counter {
        own_host: String,
        words: CounterWords,
        sentence: HtmlElement,
        /// The line with the host that a scan points to.
        line: HtmlElement,
        host: HtmlElement,
        close: HtmlElement,
    }

    #[wasm_bindgen(js_name = Counter)]
    pub fn wake(island: &HtmlElement) {
        let mut props = Props::from(island);
        let own_host = props.take();
        let search = props.take();
        let counter = Rc::new(Counter {
            own_host,
            words: CounterWords::take(&mut props),
            sentence: part(island, "p"),
            line: part(island, "p + p"),
            host: part(island, ".counter-host"),
            close: part(island, "button"),
        });
        let (scanning, escaping, closing) = (counter.clone(), counter.clone(), counter.clone());
        keys::listen(
            &document(),
            move |scan| scanning.open(&scan),
            move || escaping.show("", ""),
            search,
        );
        on_press(&counter.close, move || closing.show("", ""));
    }

    impl Counter {
        fn open(self: &Rc<Self>, scan: &Scan) {
            let words = &self.words;
            let (label, path) = match (judge(&scan.text, &self.own_host), scan.heard) {
                (ScanTarget::Internal { label, path }, Heard::Whole | Heard::Perhaps) => {
                    (label, path)
                }
                // The label may be right: what is missing is not its fault.
                (_, Heard::Badly) | (ScanTarget::Rejected(_), Heard::Perhaps) => {
                    return self.say(words.unread.clone(), String::new());
                }
                // Nobody knows what the rest said.
                (ScanTarget::Internal { label: text, .. }, Heard::Begin) => {
                    return self.say(words.foreign.replace("{text}", &text), String::new());
                }
                (
                    ScanTarget::Rejected(Rejected { text, host, position }),
                    Heard::Whole | Heard::Begin,
                ) => {
                    let sentence = match position {
                        Some(position) => words.faulty.replace("{position}", &position.to_string()),
                        None => words.foreign.clone(),
                    };
                    let sentence = sentence.replace("{text}", &text);
                    return self.say(sentence, host.unwrap_or_default());
                }
            };
            self.say(words.opening.replace("{code}", &label), String::new());
            let location = window().location();
            // Joined to our origin: `//elsewhere.example` is a path too.
            if location.origin().and_then(|origin| location.assign(&(origin + &path))).is_err() {
                self.show("", "");
            }
        }

        /// The same words a second time are a second scan: they are taken away first, or screen
        /// readers would hear nothing new.
        fn say(self: &Rc<Self>, sentence: String, host: String) {
            self.show("", "");
            let this = self.clone();
            later(PAUSE, Box::new(move || this.show(&sentence, &host))).forget();
        }

        /// What is said about a scan, if anything, and the host that it points to, if it does.
        fn show(&self, sentence: &str, host: &str) {
            say(&self.sentence, sentence);
            say(&self.host, host);
            self.line.set_hidden(host.is_empty());
            self.close.set_hidden(sentence.is_empty());
        }
    }
}
