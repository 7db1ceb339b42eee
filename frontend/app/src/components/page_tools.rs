//! What one does with a page, and who helps: the islands with their words.

use domain::LandCode;
use leptos::prelude::*;

use super::Hotline;
use crate::{
    current,
    islands::{PageTools, PageToolsWords, ReadAloud, ReadAloudWords},
    urls,
};

/// Prints a place's page, hands its address on, copies its code.
#[component]
pub fn PlaceTools(
    /// What it is called.
    name: String,
    /// Its code.
    code: LandCode,
) -> AnyView {
    let words = current::words();
    let own = |key: &str| words.t(key).to_owned();
    let tools = PageToolsWords {
        print: own("tools_print"),
        share: own("tools_share"),
        copy_code: own("tools_copy_code"),
        address_copied: own("tools_address_copied"),
        code_copied: own("tools_code_copied"),
        not_copied: own("tools_not_copied"),
    };
    view! {
        <PageTools title=name code=code.as_str().to_owned() words=tools />
        <noscript><p class="hint">{words.t("tools_without_script")}</p></noscript>
    }
    .into_any()
}

/// The button that reads the page aloud.
#[component]
pub fn Reader() -> AnyView {
    let words = current::words();
    let own = |key: &str| words.t(key).to_owned();
    let words = ReadAloudWords {
        start: own("read_start"),
        pause: own("read_pause"),
        resume: own("read_resume"),
        stop: own("read_stop"),
        unavailable: own("read_unavailable"),
    };
    view! { <ReadAloud words /> }.into_any()
}

/// In elder mode, at the top of every page: it is read aloud, and a person is one press away (A2).
#[component]
pub fn AtHand() -> AnyView {
    let words = current::words();
    current::page()
        .elder
        .then(|| {
            view! {
                <div class="at-hand">
                    <Reader />
                    <p>
                        {words.t("at_hand_person")} " "
                        <Hotline />
                        " " <a href=urls::HELP>{words.t("help_title")}</a>
                    </p>
                </div>
            }
        })
        .into_any()
}
