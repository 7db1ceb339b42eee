//! Reading a page aloud.

#[cfg(feature = "hydrate")]
mod sentences;
#[cfg(feature = "hydrate")]
mod speech;

use leptos::prelude::*;

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
pub const UNSPOKEN: &str = "unspoken";

/// How far the reading is.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "on the server nobody reads aloud")
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// It has not begun, or is through.
    #[default]
    Idle,
    /// A voice reads.
    Aloud,
    /// It waits.
    Paused,
    /// There is no voice.
    Unavailable,
}

/// Reads what stands in `main`, sentence by sentence, in the language of the page; what has the class
/// [`UNSPOKEN`] it passes over.
///
/// Interactive because voices are the browser's (Web Speech API). Without JavaScript there is no
/// button; where the browser has no voice it says so when it is asked for one.
#[island]
pub fn ReadAloud(
    /// What it says.
    words: ReadAloudWords,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    let reading = RwSignal::new(Reading::Idle);
    Effect::new(move |_| awake.set(true));
    let ReadAloudWords { start, pause, resume, stop, unavailable } = words;
    // One button begins, waits and goes on: the focus stays on it.
    let next = move || match reading.get() {
        Reading::Aloud => pause.clone(),
        Reading::Paused => resume.clone(),
        Reading::Idle | Reading::Unavailable => start.clone(),
    };
    let silent = move || !matches!(reading.get(), Reading::Aloud | Reading::Paused);
    view! {
        <div class="read-aloud" hidden=move || !awake.get()>
            <button type="button" class="button" on:click=move |_| turn(reading)>{next}</button>
            <button type="button" class="button" hidden=silent on:click=move |_| end(reading)>
                {stop}
            </button>
            <p class="read-aloud-said" role="status">
                {move || (reading.get() == Reading::Unavailable).then(|| unavailable.clone())}
            </p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn turn(reading: RwSignal<Reading>) {
    match reading.get_untracked() {
        Reading::Aloud => speech::pause(reading),
        Reading::Paused => speech::resume(reading),
        Reading::Idle | Reading::Unavailable => speech::begin(reading),
    }
}

#[cfg(feature = "hydrate")]
fn end(reading: RwSignal<Reading>) {
    speech::stop(reading);
}

#[cfg(not(feature = "hydrate"))]
fn turn(_: RwSignal<Reading>) {}

#[cfg(not(feature = "hydrate"))]
fn end(_: RwSignal<Reading>) {}
