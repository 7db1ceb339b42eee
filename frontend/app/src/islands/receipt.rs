//! A receipt that is carried away, and a request that is followed without a reload.

#[cfg(feature = "hydrate")]
mod carried_away;
#[cfg(feature = "hydrate")]
mod followed;

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

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

/// Copies number and secret, saves them as a picture, prints them, or sends them to oneself: by whatever
/// the device hands texts on to, else as a letter that is written here and sent by the person's own mail
/// program. Neither goes through the portal.
///
/// Interactive because browsers copy, draw and hand on by script alone: without it there are no buttons,
/// and both can be written down, printed by the browser's menu, or selected by one tap.
#[cfg(feature = "ssr")]
#[component]
pub fn ReceiptTools(
    /// The form by which it was just handed in, by its place and service; empty of a request that was opened again.
    form: String,
    /// What it says.
    words: ReceiptWords,
) -> impl IntoView {
    let view = view! {
        <div class="page-tools receipt-tools" translate="no">
            <button type="button" class="button" hidden=true>{words.copy.clone()}</button>
            <button type="button" class="button" hidden=true>{words.save.clone()}</button>
            <button type="button" class="button" hidden=true>{words.print.clone()}</button>
            <button type="button" class="button" hidden=true>{words.send.clone()}</button>
            <a class="button" hidden=true>{words.send.clone()}</a>
            <p role="status"></p>
        </div>
    };
    island("ReceiptTools", &[vec![form], words.into()].concat(), view)
}

/// Asks now and then how a request stands, puts what is new in its place, and says it.
///
/// Interactive because it asks by itself. Without JavaScript there is a link that asks.
#[cfg(feature = "ssr")]
#[component]
pub fn RequestWatch(
    /// What is said of a change: `{state}` is where the request stands.
    changed: String,
) -> impl IntoView {
    let view = view! { <p class="visually-hidden" aria-live="polite" translate="no"></p> };
    island("RequestWatch", &[changed], view)
}
