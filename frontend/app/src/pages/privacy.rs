//! What happens with personal data (rule P10).

use domain::{request::DRAFT_DAYS, retention::Retentions, service::services};
use leptos::prelude::*;

use crate::{components::PageTitle, current, urls, words::Words};

/// The privacy page.
#[component]
pub fn PrivacyPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("privacy_title") about=words.t("privacy_lead") />
        <div class="measure measure-wide">
            <h1>{words.t("privacy_title")}</h1>
            <p class="lead">{words.t("privacy_lead")}</p>

            <h2 id="seen">{words.t("privacy_seen")}</h2>
            <p>{words.t("privacy_seen_text")}</p>
            <p><a href=urls::POLICY>{words.t("rules_title")}</a></p>

            <h2 id="notice">{words.t("privacy_notice")}</h2>
            {pair(words, "privacy_purpose", "privacy_purpose_text")}
            {pair(words, "privacy_kept", "privacy_kept_text")}
            {pair(words, "privacy_sealed", "privacy_sealed_text")}
            {pair(words, "privacy_recipients", "privacy_recipients_text")}
            {current::portal()
                .filter(|portal| portal.sends_notices())
                .map(|_| pair(words, "privacy_mail", "privacy_mail_text"))}
            {pair(words, "privacy_retention", "privacy_retention_text")}
            {current::portal().map(|portal| periods(words, portal.retentions()))}
            <p>{words.t("privacy_copies_text")}</p>
            <h3>{words.t("privacy_drafts")}</h3>
            <p>{words.fill("privacy_drafts_text", &[("n", &DRAFT_DAYS.to_string())])}</p>
            <h3>{words.t("privacy_counter")}</h3>
            <p>{words.fill("privacy_counter_text", &[("n", &DRAFT_DAYS.to_string())])}</p>
            {pair(words, "privacy_rights", "privacy_rights_text")}
            <ul>
                <li>{words.t("privacy_right_data")}</li>
                <li>{words.t("privacy_right_correct")}</li>
                <li>{words.t("privacy_right_withdraw")}</li>
                <li>{words.t("privacy_right_delete")}</li>
                <li>{words.t("privacy_right_paper")}</li>
            </ul>
            <p><a href=urls::REQUESTS>{words.t("requests_title")}</a></p>
            {pair(words, "privacy_cookies", "privacy_cookies_text")}
            {pair(words, "privacy_logs", "privacy_logs_text")}
        </div>
    }
    .into_any()
}

/// How long the requests of each item are kept: from the same data by which they are deleted.
fn periods(words: Words, retentions: &Retentions) -> AnyView {
    let rows = services()
        .iter()
        .filter_map(|item| {
            let period = retentions.period(&item.id)?;
            let months = period.months.to_string();
            let time = words.fill("privacy_months", &[("n", &months)]);
            let rule = period
                .required_by
                .as_ref()
                .map_or_else(|| words.t("privacy_own_rule").to_owned(), |law| words.pick(law));
            Some(view! {
                <div>
                    <dt>{words.pick(&item.title)}</dt>
                    <dd>{time} <span class="quiet">{rule}</span></dd>
                </div>
            })
        })
        .collect_view();
    view! { <dl class="terms periods">{rows}</dl> }.into_any()
}

fn pair(words: Words, title: &str, text: &str) -> AnyView {
    view! { <h3>{words.t(title)}</h3> <p>{words.cited(text, current::today())}</p> }.into_any()
}
