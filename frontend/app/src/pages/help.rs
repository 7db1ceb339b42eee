//! Where a person helps, and what to do when something does not go as it should.

use leptos::prelude::*;

use super::error::Contact;
use crate::{components::PageTitle, current, urls};

/// Help, by people first.
#[component]
pub fn HelpPage() -> AnyView {
    let words = current::words();
    let part = |title: &str, texts: &[&str]| {
        let texts = texts.iter().map(|text| view! { <p>{words.t(text)}</p> }).collect_view();
        view! { <h2>{words.t(title)}</h2> {texts} }.into_any()
    };
    view! {
        <PageTitle text=words.t("help_title") about=words.t("help_lead") />
        <div class="measure">
            <h1>{words.t("help_title")}</h1>
            <p class="lead">{words.t("help_lead")}</p>
            {part("help_danger", &["help_danger_text"])}
            {part("help_person", &["help_hotline", "help_counter"])}
            <Contact />
            {part("help_code", &["help_code_why", "help_code_do", "requests_lost_number"])}
            {part("help_scan", &["help_scan_text"])}
            {part("help_wrong", &["help_wrong_text"])}
            <p><a href=urls::SERVICES>{words.t("services_title")}</a></p>
        </div>
    }
    .into_any()
}
