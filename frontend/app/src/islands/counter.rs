//! A scanner that types: USB and Bluetooth scanners at counters are keyboards to the computer.

#[cfg(any(feature = "hydrate", test))]
mod burst;
#[cfg(feature = "hydrate")]
mod keys;

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
        /// Before the host that it points to.
        pub host: String,
        /// Button: takes away what is said.
        pub close: String,
    }
}

/// What is said about a scan.
#[derive(Clone, Debug)]
struct Said {
    sentence: String,
    host: Option<String>,
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
    let said = RwSignal::new(None);
    let (before_host, close) = (words.host.clone(), words.close.clone());
    listen(own_host, words, said);
    let message = move || {
        said.get().map(|Said { sentence, host }| {
            let before = before_host.clone();
            let host =
                host.map(|host| view! { <p>{before} <bdi class="scanner-host">{host}</bdi></p> });
            view! {
                <p>{sentence}</p>
                {host}
            }
        })
    };
    view! {
        <div class="counter" class:counter-speaks=move || said.with(Option::is_some)>
            <div class="counter-said" role="status">{message}</div>
            <button
                type="button"
                class="button"
                hidden=move || said.with(Option::is_none)
                on:click=move |_| said.set(None)
            >
                {close}
            </button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn listen(own_host: String, words: CounterWords, said: RwSignal<Option<Said>>) {
    let kept = StoredValue::new_local(Vec::new());
    Effect::new(move |_| {
        keys::leave_field();
        let (own_host, words) = (own_host.clone(), words.clone());
        let scanned = move |scan: burst::Scan| open(&scan, &own_host, &words, said);
        kept.set_value(keys::listen(&document(), scanned, move || said.set(None)));
    });
}

#[cfg(feature = "hydrate")]
fn open(scan: &burst::Scan, own_host: &str, words: &CounterWords, said: RwSignal<Option<Said>>) {
    use crate::brought::{Brought, Refused, judge};

    let brought = judge(&scan.text, own_host);
    let (label, path) = match brought {
        Brought::Page { label, path } if scan.whole => (label, path),
        // Nobody knows what the rest said.
        Brought::Page { label: text, .. } => {
            return say(said, words.foreign.replace("{text}", &text), None);
        }
        Brought::Refused(Refused { text, host, position }) => {
            let sentence = match position {
                Some(position) => words.faulty.replace("{position}", &position.to_string()),
                None => words.foreign.clone(),
            };
            return say(said, sentence.replace("{text}", &text), host);
        }
    };
    say(said, words.opening.replace("{code}", &label), None);
    let location = window().location();
    // Joined to our origin: `//elsewhere.example` is a path too.
    if location.origin().and_then(|origin| location.assign(&(origin + &path))).is_err() {
        said.set(None);
    }
}

/// The same words a second time are a second scan: they are taken away first, or screen readers
/// would hear nothing new.
#[cfg(feature = "hydrate")]
fn say(said: RwSignal<Option<Said>>, sentence: String, host: Option<String>) {
    let wait = if said.with_untracked(Option::is_some) { 120 } else { 0 };
    said.set(None);
    gloo_timers::callback::Timeout::new(wait, move || said.set(Some(Said { sentence, host })))
        .forget();
}

#[cfg(not(feature = "hydrate"))]
fn listen(_: String, _: CounterWords, _: RwSignal<Option<Said>>) {}
