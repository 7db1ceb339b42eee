//! What a search found.

use domain::{LandCode, code::Strictness, payload::looks_like_a_code};
use leptos::prelude::*;

use super::error::ErrorView;
use crate::{
    brought::{self, Brought, Refused, judge},
    components::{
        CodeLine, FaultyCode, NearMisses, PageTitle, SearchForm, as_written, fault_words,
    },
    context::ErrorPage,
    current, urls,
    words::Words,
};
use service_api::{Search, SearchHit};

/// Longest list.
const MOST_HITS: usize = 30;

/// The results of a search, or what is wrong with a code.
#[component]
pub fn Results(
    /// What was searched for.
    query: String,
) -> AnyView {
    let words = current::words();
    if looks_like_a_code(&query)
        && let Err(error) = LandCode::parse(&query, Strictness::LookUp)
    {
        let sentence = fault_words(words, &error);
        return view! {
            <PageTitle text=words.t("bad_code_title") />
            <div class="measure">
                <h1>{words.t("bad_code_title")}</h1>
                <p class="lead">{sentence}</p>
                <FaultyCode text=query.clone() error />
                <NearMisses written=query.clone() />
                <p>{words.t("bad_code_next")}</p>
                <SearchForm query />
            </div>
        }
        .into_any();
    }
    if let Brought::Refused(Refused { text, host: Some(host), .. }) =
        judge(&query, &current::page().host)
    {
        return view! { <Elsewhere query text host /> }.into_any();
    }
    let told = current::told();
    current::later(async move {
        let found = match current::portal() {
            Some(portal) => {
                let search = Search { text: query.clone(), bounds: None, limit: MOST_HITS };
                portal.search(&search, &told).await.ok()
            }
            None => None,
        };
        match found {
            Some(hits) => view! { <Hits query hits /> }.into_any(),
            None => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
        }
    })
    .into_any()
}

/// An address of another site: named, never a link.
#[component]
fn Elsewhere(
    /// What was searched for.
    query: String,
    /// It as it may be shown.
    text: String,
    /// Where it points to.
    host: String,
) -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("elsewhere_title") />
        <div class="measure">
            <h1>{words.t("elsewhere_title")}</h1>
            <div class="scanner-notice">
                <p>{words.t("scanner_foreign")}</p>
                <p>{words.t("scanner_foreign_host")} <bdi class="scanner-host">{host}</bdi></p>
                <p>{words.t("scanner_foreign_text")} <bdi class="scanner-text">{text}</bdi></p>
            </div>
            <SearchForm query />
        </div>
    }
    .into_any()
}

#[component]
fn Hits(
    /// What was searched for.
    query: String,
    /// What was found.
    hits: Vec<SearchHit>,
) -> AnyView {
    let words = current::words();
    let title = words.fill("results_title", &[("query", &brought::shown(&query))]);
    view! {
        <PageTitle text=title.clone() />
        <div class="measure">
            <h1>{title}</h1>
            <SearchForm query />
            {if hits.is_empty() {
                view! {
                    <p class="lead">{words.t("results_none")}</p>
                    <ul>
                        <li>{words.t("results_none_shorter")}</li>
                        <li>{words.t("results_none_code")}</li>
                        <li>{words.t("results_none_scan")} " " <a href=urls::HOME>{words.t("onward_home")}</a></li>
                    </ul>
                }
                    .into_any()
            } else {
                view! {
                    <p class="quiet">{words.fill("results_count", &[("n", &hits.len().to_string())])}</p>
                    <ol class="hits">{hits.iter().map(|one| hit(words, one)).collect_view()}</ol>
                }
                    .into_any()
            }}
        </div>
    }
    .into_any()
}

fn hit(words: Words, hit: &SearchHit) -> AnyView {
    let code = LandCode::Parcel(hit.code);
    let title = hit.location.clone().unwrap_or_else(|| hit.code.grouped());
    view! {
        <li class="hit">
            <a class="hit-title" href=urls::place(&code)>{as_written(words, title)}</a>
            <CodeLine code />
            <span class="quiet">
                {words.pick(&hit.dataset)}
                {hit.local_id.clone().map(|id| view! { " · " {id} })}
            </span>
        </li>
    }
    .into_any()
}
