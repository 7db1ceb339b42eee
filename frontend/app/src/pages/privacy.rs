//! What happens with personal data (rule P10).

use leptos::prelude::*;

use crate::{components::PageTitle, current, urls, words::Words};

/// The privacy page.
#[component]
pub fn PrivacyPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("privacy_title") />
        <div class="measure measure-wide">
            <h1>{words.t("privacy_title")}</h1>
            <p class="lead">{words.t("privacy_lead")}</p>

            <h2 id="seen">{words.t("privacy_seen")}</h2>
            <p>{words.t("privacy_seen_text")}</p>
            <p><a href=urls::POLICY>{words.t("rules_title")}</a></p>

            <h2 id="notice">{words.t("privacy_notice")}</h2>
            {pair(words, "privacy_purpose", "privacy_purpose_text")}
            {pair(words, "privacy_kept", "privacy_kept_text")}
            {pair(words, "privacy_recipients", "privacy_recipients_text")}
            {pair(words, "privacy_retention", "privacy_retention_text")}
            {pair(words, "privacy_rights", "privacy_rights_text")}
            {pair(words, "privacy_cookies", "privacy_cookies_text")}
            {pair(words, "privacy_logs", "privacy_logs_text")}
        </div>
    }
    .into_any()
}

fn pair(words: Words, title: &str, text: &str) -> AnyView {
    view! { <h3>{words.t(title)}</h3> <p>{words.cited(text, current::today())}</p> }.into_any()
}
