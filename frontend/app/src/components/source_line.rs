//! Where the data of a page come from, and that the register prevails.

use domain::dataset::DataVersion;
use leptos::prelude::*;

use crate::{current, format, urls, words::Words};

/// What a policy is called.
pub fn policy_title(words: Words, id: &str) -> String {
    match id {
        "zhejiang" => words.t("policy_zhejiang").to_owned(),
        "open-cadastre" => words.t("policy_open").to_owned(),
        other => other.to_owned(),
    }
}

/// A policy and its edition, from `id@version`.
fn policy_edition(words: Words, policy: &str) -> String {
    match policy.split_once('@') {
        Some((id, version)) => words
            .fill("policy_edition", &[("policy", &policy_title(words, id)), ("version", version)]),
        None => policy_title(words, policy),
    }
}

/// The number of a version in words; its label is for machines.
pub fn version_words(words: Words, version: &DataVersion) -> String {
    words.fill("version_number", &[("n", &version.number.to_string())])
}

/// The line at the end of a profile.
#[component]
pub fn SourceLine(
    /// The data version.
    version: DataVersion,
    /// The policy that decided what is shown, `id@version`.
    policy: String,
) -> AnyView {
    let words = current::words();
    let dataset = &version.dataset;
    let edition = policy_edition(words, &policy);
    view! {
        <p class="prevails">{words.t("register_prevails")}</p>
        {dataset.demonstration.then(|| view! {
            <p><strong>{words.t("demonstration")}</strong> " " {words.t("demonstration_text")}</p>
        })}
        <dl class="terms">
            <div>
                <dt>{words.t("source")}</dt>
                <dd>{words.pick(&dataset.title)} <small class="beneath">{words.pick(&dataset.source)}</small></dd>
            </div>
            <div><dt>{words.t("data_date")}</dt><dd>{format::date(words.0, dataset.source_date)}</dd></div>
            <div>
                <dt>{words.t("data_version")}</dt>
                <dd>
                    <span title=version.label()>{version_words(words, &version)}</span>
                    <small class="beneath">
                        {words.fill("imported", &[("time", &format::moment(words.0, version.imported_at))])}
                    </small>
                </dd>
            </div>
            <div>
                <dt>{words.t("policy")}</dt>
                <dd><span title=policy>{edition}</span> " " <a href=urls::POLICY>{words.t("policy_why")}</a></dd>
            </div>
        </dl>
    }
    .into_any()
}
