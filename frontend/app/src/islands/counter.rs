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
        /// Heard with a part missing, not opened.
        pub unread: String,
        /// Before the host that it points to.
        pub host: String,
        /// Button: takes away what is said.
        pub close: String,
    }
}

/// What is said about a scan, if anything, and the host that it points to, if it does.
type Message = [String; 2];

/// So long screen readers need to see that words were taken away, in milliseconds.
#[cfg(feature = "hydrate")]
const PAUSE: u32 = 120;

/// Opens what a scanner types, from any page, as long as no field but that for codes has the focus:
/// what is typed into another stays there. `/` leads to the field for codes.
///
/// Interactive because only the browser sees keys. Without JavaScript the field for codes takes
/// what the scanner types; `/?counter=1` opens with the cursor in it.
#[island]
pub fn Counter(
    /// This portal's host with its port: what an own label points to.
    own_host: String,
    /// A page with the field for codes, and the cursor in it.
    search: String,
    /// What it says.
    words: CounterWords,
) -> impl IntoView {
    let said = RwSignal::new(Message::default());
    let (before_host, close) = (words.host.clone(), words.close.clone());
    listen(own_host, search, words, said);
    // Boxed, for the view of every closure is a type of its own.
    let part = move |at: usize| -> Box<dyn Fn() -> String + Send> {
        Box::new(move || said.with(|said| said.get(at).cloned().unwrap_or_default()))
    };
    let lacks = move |at: usize| -> Box<dyn Fn() -> bool + Send> {
        Box::new(move || said.with(|said| said.get(at).is_none_or(String::is_empty)))
    };
    view! {
        <div class="counter" translate="no">
            <div class="counter-said" role="status">
                <p>{part(0)}</p>
                <p hidden=lacks(1)>{before_host} " " <bdi class="counter-host">{part(1)}</bdi></p>
            </div>
            <button
                type="button"
                class="button"
                hidden=lacks(0)
                on:click=move |_| said.set(Message::default())
            >
                {close}
            </button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn listen(own_host: String, search: String, words: CounterWords, said: RwSignal<Message>) {
    let kept = StoredValue::new_local(Vec::new());
    Effect::new(move |_| {
        let (own_host, search, words) = (own_host.clone(), search.clone(), words.clone());
        let scanned = move |scan: burst::Scan| open(&scan, &own_host, &words, said);
        let escaped = move || said.set(Message::default());
        kept.set_value(keys::listen(&document(), scanned, escaped, search));
    });
}

#[cfg(feature = "hydrate")]
fn open(scan: &burst::Scan, own_host: &str, words: &CounterWords, said: RwSignal<Message>) {
    use crate::scan_target::{Rejected, ScanTarget, judge};
    use burst::Heard;

    let (label, path) = match (judge(&scan.text, own_host), scan.heard) {
        (ScanTarget::Internal { label, path }, Heard::Whole | Heard::Perhaps) => (label, path),
        // The label may be right: what is missing is not its fault.
        (_, Heard::Badly) | (ScanTarget::Rejected(_), Heard::Perhaps) => {
            return say(said, [words.unread.clone(), String::new()]);
        }
        // Nobody knows what the rest said.
        (ScanTarget::Internal { label: text, .. }, Heard::Begin) => {
            return say(said, [words.foreign.replace("{text}", &text), String::new()]);
        }
        (ScanTarget::Rejected(Rejected { text, host, position }), Heard::Whole | Heard::Begin) => {
            let sentence = match position {
                Some(position) => words.faulty.replace("{position}", &position.to_string()),
                None => words.foreign.clone(),
            };
            let sentence = sentence.replace("{text}", &text);
            return say(said, [sentence, host.unwrap_or_default()]);
        }
    };
    say(said, [words.opening.replace("{code}", &label), String::new()]);
    let location = window().location();
    // Joined to our origin: `//elsewhere.example` is a path too.
    if location.origin().and_then(|origin| location.assign(&(origin + &path))).is_err() {
        said.set(Message::default());
    }
}

/// The same words a second time are a second scan: they are taken away first, or screen readers
/// would hear nothing new.
#[cfg(feature = "hydrate")]
fn say(said: RwSignal<Message>, next: Message) {
    said.set(Message::default());
    super::later::later(PAUSE, Box::new(move || said.set(next))).forget();
}

#[cfg(not(feature = "hydrate"))]
fn listen(_: String, _: String, _: CounterWords, _: RwSignal<Message>) {}
