//! What can be seen here and why, and what happens with personal data (rule P10).

use domain::policy::{Disclosure, Policy, Row};
use leptos::prelude::*;

use crate::{
    components::{PageTitle, policy_title},
    current,
    words::Words,
};

/// The privacy page.
#[component]
pub fn PrivacyPage() -> AnyView {
    let words = current::words();
    let policies = current::portal()
        .map(|portal| portal.policies().iter().map(|one| policy(words, one)).collect_view());
    view! {
        <PageTitle text=words.t("privacy_title") />
        <div class="measure measure-wide">
            <h1>{words.t("privacy_title")}</h1>
            <p class="lead">{words.t("privacy_lead")}</p>

            <h2 id="seen">{words.t("privacy_seen")}</h2>
            <p>{words.t("privacy_seen_text")}</p>
            {policies}

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
    view! { <h3>{words.t(title)}</h3> <p>{words.t(text)}</p> }.into_any()
}

fn policy(words: Words, policy: &Policy) -> AnyView {
    let title = policy_title(words, &policy.id);
    let edition = words
        .fill("policy_edition", &[("policy", &title), ("version", &policy.version.to_string())]);
    let grid = words.fill("policy_grid", &[("n", &crate::format::number(policy.grid_m, 1))]);
    let rows: Vec<&Row> = policy.rows().collect();
    let caption = words.fill("policy_table", &[("policy", &title)]);
    view! {
        <section class="policy">
            <h3>{edition}</h3>
            {group(words, "policy_shown", &rows, &[Disclosure::Show])}
            {group(words, "policy_partly", &rows, &[Disclosure::Mask, Disclosure::Generalise, Disclosure::Echo])}
            {group(words, "policy_hidden", &rows, &[Disclosure::Deny])}
            <p class="quiet">{grid}</p>
            <details class="basis">
                <summary>{words.t("policy_whole")}</summary>
                <div class="scroll" role="region" tabindex="0" aria-label=caption>
                    {table(words, &rows, caption.clone())}
                </div>
            </details>
        </section>
    }
    .into_any()
}

fn label(words: Words, row: &Row) -> &'static str {
    words.t(&format!("field_{}", row.field.name()))
}

fn group(words: Words, title: &str, rows: &[&Row], which: &[Disclosure]) -> AnyView {
    let names: Vec<&str> = rows
        .iter()
        .filter(|row| which.contains(&row.public))
        .map(|row| label(words, row))
        .collect();
    view! {
        <p class="policy-group">
            <strong>{words.t(title)}</strong>
            " "
            {if names.is_empty() { words.t("policy_nothing").to_owned() } else { names.join(words.t("list_comma")) }}
        </p>
    }
    .into_any()
}

fn table(words: Words, rows: &[&Row], caption: String) -> AnyView {
    let heads = [
        "policy_field",
        "tier_public",
        "tier_registered",
        "tier_interested",
        "tier_holder",
        "tier_staff",
    ];
    view! {
        <table class="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>{heads.map(|key| view! { <th scope="col">{words.t(key)}</th> }).into_iter().collect_view()}</tr>
            </thead>
            <tbody>
                {rows
                    .iter()
                    .map(|row| {
                        let cells = [row.public, row.registered, row.interested, row.holder, row.staff];
                        view! {
                            <tr>
                                <th scope="row">{label(words, row)}</th>
                                {cells
                                    .map(|cell| view! { <td>{disclosure(words, cell)}</td> })
                                    .into_iter()
                                    .collect_view()}
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

fn disclosure(words: Words, cell: Disclosure) -> &'static str {
    words.t(match cell {
        Disclosure::Deny => "disclosure_deny",
        Disclosure::Show => "disclosure_show",
        Disclosure::Mask => "disclosure_mask",
        Disclosure::Generalise => "disclosure_generalise",
        Disclosure::Echo => "disclosure_echo",
    })
}
