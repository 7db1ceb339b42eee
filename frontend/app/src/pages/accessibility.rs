//! The accessibility statement.

use leptos::prelude::*;

use super::error::Contact;
use crate::{components::PageTitle, current, islands::SearchKey};

/// The accessibility statement.
#[component]
pub fn AccessibilityPage() -> AnyView {
    let words = current::words();
    let list = |keys: &[&str]| {
        keys.iter().map(|key| view! { <li>{words.t(key)}</li> }).collect_view().into_any()
    };
    view! {
        <PageTitle text=words.t("accessibility_title") about=words.t("accessibility_lead") />
        <div class="measure">
            <h1>{words.t("accessibility_title")}</h1>
            <p class="lead">{words.t("accessibility_lead")}</p>
            <h2>{words.t("accessibility_can")}</h2>
            <ul>
                {list(&[
                    "accessibility_script",
                    "accessibility_keyboard",
                    "accessibility_search_key",
                    "accessibility_counter",
                    "accessibility_reader",
                    "accessibility_zoom",
                    "accessibility_elder",
                    "accessibility_colour",
                    "accessibility_motion",
                ])}
            </ul>
            <SearchKey turn_off=words.t("search_key_off").to_owned() turn_on=words.t("search_key_on").to_owned() />
            <h2>{words.t("accessibility_cannot")}</h2>
            <ul>{list(&["accessibility_map", "accessibility_camera"])}</ul>
            <h2>{words.t("accessibility_standard")}</h2>
            <p>{words.cited("accessibility_standard_text", current::today())}</p>
            <h2>{words.t("accessibility_help")}</h2>
            <p>{words.t("accessibility_help_text")}</p>
            <Contact />
        </div>
    }
    .into_any()
}
