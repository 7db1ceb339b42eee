//! A receipt that is carried away, and a request that is followed without a reload.

#[cfg(feature = "hydrate")]
mod carried_away;
#[cfg(feature = "hydrate")]
mod followed;

use leptos::prelude::*;

/// The id of the element with the number.
pub const NUMBER: &str = "receipt-number";
/// The id of the element with the secret, in groups.
pub const SECRET: &str = "receipt-secret";
/// The ids of the parts of a page that change as the request gets on; the first says where it stands,
/// and has `data-ended` where nothing more is to come.
pub const PARTS: [&str; 2] = ["request-standing", "request-history"];

island_words! {
    /// What the buttons beside a receipt's number and secret say.
    pub struct ReceiptWords {
        /// Button that copies both.
        pub copy: String,
        /// Button that saves both as a picture.
        pub save: String,
        /// Button that prints the page.
        pub print: String,
        /// Button that sends both to oneself.
        pub send: String,
        /// Both are copied.
        pub copied: String,
        /// The browser did not let them be copied.
        pub not_copied: String,
        /// The picture is on its way.
        pub saved: String,
        /// Heading of the picture.
        pub title: String,
        /// Before the number.
        pub number: String,
        /// Before the secret.
        pub secret: String,
        /// Where both are used; `{host}` is this portal's.
        pub place: String,
    }
}

/// What this browser can do with number and secret; nothing until the page is awake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Able {
    /// It draws and prints.
    awake: bool,
    /// It copies.
    copies: bool,
    /// It hands texts on to other programs.
    shares: bool,
    /// The letter to oneself, as a `mailto:` address, where it hands nothing on.
    letter: Option<String>,
}

/// What is done at a press.
#[derive(Clone, Copy, Debug)]
enum Act {
    Copy,
    Save,
    Print,
    Send,
}

/// Copies number and secret, saves them as a picture, prints them, or sends them to oneself: by whatever
/// the device hands texts on to, else as a letter that is written here and sent by the person's own mail
/// program. Neither goes through the portal.
///
/// Interactive because browsers copy, draw and hand on by script alone: without it there are no buttons,
/// and both can be written down, printed by the browser's menu, or selected by one tap.
#[island]
pub fn ReceiptTools(
    /// What it says.
    words: ReceiptWords,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let able = RwSignal::new(Able::default());
    let run = tools(words.clone(), said, able);
    let button = move |act: Act, word: String, can: fn(&Able) -> bool| {
        view! {
            <button type="button" class="button" hidden=move || !able.with(can) on:click=move |_| run(act)>
                {word}
            </button>
        }
    };
    view! {
        <div class="page-tools receipt-tools" translate="no">
            {button(Act::Copy, words.copy, |able| able.copies)}
            {button(Act::Save, words.save, |able| able.awake)}
            {button(Act::Print, words.print, |able| able.awake)}
            {button(Act::Send, words.send.clone(), |able| able.shares)}
            <a
                class="button"
                hidden=move || able.with(|able| able.letter.is_none())
                href=move || able.with(|able| able.letter.clone())
            >
                {words.send}
            </a>
            <p role="status">{move || said.get()}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
use carried_away::tools;

#[cfg(not(feature = "hydrate"))]
fn tools(_: ReceiptWords, _: RwSignal<String>, _: RwSignal<Able>) -> impl Fn(Act) + Copy + 'static {
    |_| {}
}

/// Asks now and then how a request stands, puts what is new in its place, and says it.
///
/// Interactive because it asks by itself. Without JavaScript there is a link that asks.
#[island]
pub fn RequestWatch(
    /// What is said of a change: `{state}` is where the request stands.
    changed: String,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    followed::follow(changed, said);
    #[cfg(not(feature = "hydrate"))]
    drop(changed);
    view! {
        <p class="visually-hidden" aria-live="polite" translate="no">
            {move || said.get()}
        </p>
    }
}
