//! What a search found.

use domain::LandCode;
use leptos::prelude::*;

use super::error::{ErrorView, NoCode};
use crate::{
    components::{Alarm, CodeLine, PageTitle, SearchForm, as_named},
    context::ErrorPage,
    current,
    found::Found,
    scan_target, urls,
    words::Words,
};
use service_api::SearchHit;

/// The results of a search, or what is wrong with a code.
#[component]
pub fn Results(
    /// What was searched for.
    query: String,
) -> AnyView {
    match current::found() {
        Some(Found::Hits(hits)) => view! { <Hits query hits /> }.into_any(),
        Some(Found::Mistyped { written, error, near }) => {
            view! { <NoCode written error near /> }.into_any()
        }
        Some(Found::Elsewhere { text, host }) => view! { <Elsewhere query text host /> }.into_any(),
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
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
        <PageTitle text=words.t("elsewhere_title") about=words.t("scanner_foreign") />
        <div class="measure">
            <Alarm title=words.t("elsewhere_title")>
                <p>{words.t("scanner_foreign")}</p>
                <p>{words.t("scanner_foreign_host")} <bdi class="scanner-host">{host}</bdi></p>
                <p>{words.t("scanner_foreign_text")} <bdi class="scanner-text">{text}</bdi></p>
            </Alarm>
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
    let title = words.fill("results_title", &[("query", &scan_target::shown(&query))]);
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
            <a class="hit-title" href=urls::place(&code)>{as_named(words, title)}</a>
            <CodeLine code />
            <span class="quiet">
                {words.pick(&hit.dataset)}
                {hit.local_id.clone().map(|id| view! { " · " {id} })}
            </span>
        </li>
    }
    .into_any()
}
