//! What this is, where its data come from, and what law it rests on.

use domain::{
    Locale, Localized, dataset::DataVersion, dictionary::dictionaries, division::table_sources,
};
use leptos::prelude::*;

use crate::{
    components::{PageTitle, policy_title, version_words},
    current, format,
    words::Words,
};

/// About the portal and its data.
#[component]
pub fn AboutPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("about_title") about=words.t("about_lead") />
        <div class="measure">
            <h1>{words.t("about_title")}</h1>
            <p class="lead">{words.t("about_lead")}</p>
            <p class="prevails">{words.t("register_prevails")}</p>
            <h2>{words.t("about_data")}</h2>
            <Versions />
            <h2>{words.t("about_law")}</h2>
            <ul>
                {["law_registration", "law_code", "law_planning", "law_map", "law_privacy", "law_service"]
                    .map(|key| view! { <li>{words.cited(key, current::today())}</li> })
                    .into_iter()
                    .collect_view()}
            </ul>
            <h2>{words.t("about_dictionaries")}</h2>
            <p>{words.t("about_dictionaries_text")}</p>
            <ul>
                {dictionaries()
                    .iter()
                    .filter(|one| !one.title.zh.is_empty())
                    .map(|one| {
                        // Where it was taken from is remarked in English.
                        let source = (words.0 == Locale::En).then(|| one.source.clone());
                        view! {
                            <li>
                                {words.pick(&one.title)}
                                " "
                                <span class="quiet">{one.date.clone()}</span>
                                {source.map(|text| view! { <small class="beneath">{text}</small> })}
                                {to_be_confirmed(words, one.to_be_confirmed.as_ref())}
                            </li>
                        }
                    })
                    .collect_view()}
                {table_sources()
                    .iter()
                    .zip(["about_divisions", "about_towns"])
                    .map(|(table, title)| {
                        let source = (words.0 == Locale::En).then(|| table.source.clone());
                        view! {
                            <li>
                                {words.t(title)}
                                " "
                                <span class="quiet">{table.date.to_string()}</span>
                                {source.map(|text| view! { <small class="beneath">{text}</small> })}
                                {to_be_confirmed(words, table.to_be_confirmed.as_ref())}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

/// What of a table nobody has read in its source.
fn to_be_confirmed(words: Words, open: Option<&Localized>) -> Option<impl IntoView> {
    open.map(|what| {
        let text = words.fill("about_unconfirmed", &[("what", &words.pick(what))]);
        view! { <small class="beneath">{text}</small> }
    })
}

#[component]
fn Versions() -> AnyView {
    let words = current::words();
    current::later(async move {
        let found = match current::portal() {
            Some(portal) => portal.versions().await.ok(),
            None => None,
        };
        match found {
            None => view! { <p>{words.t("about_data_unavailable")}</p> }.into_any(),
            Some(versions) if versions.is_empty() => {
                view! { <p>{words.t("about_data_none")}</p> }.into_any()
            }
            Some(versions) => {
                versions.iter().map(|one| version(words, one)).collect_view().into_any()
            }
        }
    })
    .into_any()
}

fn version(words: Words, version: &DataVersion) -> AnyView {
    let dataset = &version.dataset;
    view! {
        <section class="dataset">
            <h3>
                {words.pick(&dataset.title)}
                {dataset.demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
            </h3>
            <dl class="terms">
                <div><dt>{words.t("source")}</dt><dd>{words.pick(&dataset.source)}</dd></div>
                <div>
                    <dt>{words.t("data_date")}</dt>
                    <dd>{format::date(words.0, dataset.source_date)}</dd>
                </div>
                <div>
                    <dt>{words.t("data_version")}</dt>
                    <dd>
                        {version_words(words, version)}
                        <small class="beneath">
                            {words.fill("imported", &[("time", &format::moment(words.0, version.imported_at))])}
                        </small>
                    </dd>
                </div>
                <div><dt>{words.t("policy")}</dt><dd>{policy_title(words, &dataset.policy)}</dd></div>
                {dataset.map_review_number.clone().map(|number| view! {
                    <div><dt>{words.t("map_review")}</dt><dd>{number}</dd></div>
                })}
            </dl>
        </section>
    }
    .into_any()
}
