//! What is typed into a form stays on the device until it is handed in.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod kept;

#[cfg(feature = "hydrate")]
pub(super) use kept::handed_in;

#[cfg(feature = "ssr")]
use {
    super::props::island,
    crate::{steps::HAND_IN, words::Words},
    leptos::prelude::*,
};

island_words! {
    /// What is said about what the device keeps.
    pub struct KeepTypedWords {
        /// `{time}` is when it was typed last.
        pub last: String,
        /// There is no network: what was typed is kept.
        pub offline: String,
        /// The same where the device keeps nothing.
        pub offline_shared: String,
        /// There is no network: it is handed in as soon as there is.
        pub waits: String,
        /// It is being handed in.
        pub sends: String,
    }
}

/// Keeps what is typed into the form around it on this device, for seven days, and offers it when the same
/// form is opened again; on a computer that others use it keeps nothing. Where there is no network it says
/// so, and hands in by itself what somebody pressed to hand in, once there is.
///
/// Interactive because browsers lose what was typed when they are closed, and leave the page where there is
/// no network. Without JavaScript nothing is kept, and a form can be saved as a draft.
#[cfg(feature = "ssr")]
#[component]
pub fn KeepTyped(
    /// Which form: its place and service.
    form: String,
    /// The language of the page.
    words: Words,
    /// It is the page on which the form is handed in: nothing is typed there.
    #[prop(optional)]
    last_page: bool,
) -> impl IntoView {
    let said = KeepTypedWords {
        last: words.t("typed_last").to_owned(),
        offline: words.t("typed_offline").to_owned(),
        offline_shared: words.t("typed_offline_shared").to_owned(),
        waits: words.t("typed_waits").to_owned(),
        sends: words.t("typed_sends").to_owned(),
    };
    let props = [vec![form, HAND_IN.to_owned()], said.into()].concat();
    let choice = (!last_page).then(|| {
        view! {
            <div class="typed-offer" hidden=true>
                <p></p>
                <button type="button" class="button">{words.t("typed_go_on")}</button>
                " "
                <button type="button" class="button">{words.t("typed_clear")}</button>
            </div>
            <div class="choice typed-shared" hidden=true>
                <input class="choice-box" type="checkbox" id="typed-shared" aria-describedby="typed-shared-hint" />
                <div class="choice-text">
                    <label class="choice-label" for="typed-shared">{words.t("typed_shared")}</label>
                    <p class="hint" id="typed-shared-hint">{words.t("typed_shared_hint")}</p>
                </div>
            </div>
        }
    });
    let view = view! {
        {choice}
        <p class="typed-status" role="status"></p>
    };
    island("KeepTyped", &props, view)
}
