//! What a search found.

use domain::{
    LandCode,
    dictionary::{CODE_STANDARD, Coded},
    policy::Field,
    record::Value,
    search::longest_text,
};
use leptos::prelude::*;

use super::{
    error::{ErrorView, NoCode},
    requests::open_form,
};
use crate::{
    components::{
        Alarm, CodeLine, ErrorSummary, Fault, PageTitle, SearchForm, as_named, field_label,
        in_short,
    },
    context::{ErrorPage, OpenTyped},
    current, format,
    found::Found,
    scan_target, urls,
    words::Words,
};
use service_api::{SearchHit, SearchPage};

/// The results of a search, or what is wrong with a code.
#[component]
pub fn Results(
    /// What was searched for.
    query: String,
) -> AnyView {
    match current::found() {
        Some(Found::Hits(found)) => view! { <Hits query found /> }.into_any(),
        Some(Found::Mistyped { written, error, near }) => {
            view! { <NoCode written error near /> }.into_any()
        }
        Some(Found::Coordinates) => view! { <Coordinates query /> }.into_any(),
        Some(Found::Certificate) => view! { <Certificate query /> }.into_any(),
        Some(Found::MistypedRequest) => view! { <MistypedRequest query /> }.into_any(),
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

/// Coordinates: nothing is found by them, and what is.
#[component]
fn Coordinates(
    /// What was searched for.
    query: String,
) -> AnyView {
    let words = current::words();
    let title = words.t("coordinates_title");
    view! {
        <PageTitle text=title about=words.t("coordinates_text") />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("coordinates_text")}</p>
            <SearchForm query />
            <ul>
                <li>{words.t("coordinates_address")}</li>
                <li><a href=urls::OUTLINE>{words.t("sites_by_outline")}</a></li>
                <li>{words.t("results_none_scan")} " " <a href=urls::HOME>{words.t("onward_home")}</a></li>
                <li>{words.t("coordinates_ask")} " " <a href=urls::HELP>{words.t("help_title")}</a></li>
            </ul>
        </div>
    }
    .into_any()
}

/// The number of a certificate: nothing is found by it, and what is.
#[component]
fn Certificate(
    /// What was searched for.
    query: String,
) -> AnyView {
    let words = current::words();
    let title = words.t("certificate_title");
    view! {
        <PageTitle text=title about=words.t("certificate_text") />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("certificate_text")}</p>
            <SearchForm query />
        </div>
    }
    .into_any()
}

/// What was to be the number of a request: what its form is, and where to enter it.
#[component]
fn MistypedRequest(
    /// What was searched for.
    query: String,
) -> AnyView {
    let words = current::words();
    let title = words.t("requests_title");
    let fault = words.t("open_fault_number").to_owned();
    let typed = OpenTyped { number: query.clone(), secret: String::new() };
    view! {
        <PageTitle text=words.fill("error_title", &[("title", title)]) about=words.t("requests_lead") />
        <div class="measure">
            <ErrorSummary faults=vec![Fault::new(Some("#number".to_owned()), fault.clone())] />
            <h1>{title}</h1>
            <p class="lead">{words.t("requests_lead")}</p>
            {open_form(typed, [Some(fault), None])}
            <SearchForm query />
        </div>
    }
    .into_any()
}

#[component]
fn Hits(
    /// What was searched for.
    query: String,
    /// A page of what was found.
    found: SearchPage,
) -> AnyView {
    let words = current::words();
    let title = words.fill("results_title", &[("query", &scan_target::shown(&query))]);
    let numbered = (found.page > 1).then(|| page_of(words, &found));
    let page_title = numbered.map_or_else(|| title.clone(), |page| format!("{title} · {page}"));
    view! {
        <PageTitle text=page_title />
        <div class="results">
            <h1>{title}</h1>
            <SearchForm query=query.clone() />
            {cut(words, &query)}
            {if found.hits.is_empty() {
                none(words)
            } else {
                some(words, &query, &found)
            }}
        </div>
    }
    .into_any()
}

/// That of a long text only the beginning was looked for.
fn cut(words: Words, query: &str) -> Option<AnyView> {
    let most = longest_text(query);
    (query.chars().count() > most).then(|| {
        view! { <p>{words.fill("results_cut", &[("n", &most.to_string())])}</p> }.into_any()
    })
}

fn none(words: Words) -> AnyView {
    view! {
        <p class="lead">{words.t("results_none")}</p>
        <ul>
            <li>{words.t("results_none_shorter")}</li>
            <li>{words.t("results_none_code")}</li>
            <li>{words.t("results_none_scan")} " " <a href=urls::HOME>{words.t("onward_home")}</a></li>
            <li>{words.t("results_none_request")} " " <a href=urls::REQUESTS>{words.t("way_follow")}</a></li>
            <li>{words.t("results_none_sites")} " " <a href=urls::SITES>{words.t("way_sites")}</a></li>
        </ul>
    }
    .into_any()
}

fn some(words: Words, query: &str, found: &SearchPage) -> AnyView {
    let key = if found.more { "results_count_more" } else { "results_count" };
    let count = words.fill(key, &[("n", &format::number(as_figure(found.matched), 0))]);
    let page = (found.pages > 1).then(|| page_of(words, found));
    let first = found.hits.first().map(|hit| &hit.dataset);
    let one_source = first.filter(|first| found.hits.iter().all(|hit| hit.dataset == **first));
    let source =
        one_source.map(|title| words.fill("results_source", &[("name", &words.pick(title))]));
    let rows = found.hits.iter().map(|one| hit(words, one, one_source.is_none())).collect_view();
    let coarser = found.coarser.then(|| view! { <p class="lead">{words.t("results_coarser")}</p> });
    view! {
        {coarser}
        <p class="quiet results-count">
            <span>{count}</span>
            {page.map(|page| view! { " " <span>{page}</span> })}
            {source.map(|source| view! { " " <span>{source}</span> })}
        </p>
        <ol class="hits">{rows}</ol>
        {pages(words, query, found)}
    }
    .into_any()
}

/// Which page of how many.
fn page_of(words: Words, found: &SearchPage) -> String {
    let figures = [("page", &*found.page.to_string()), ("pages", &*found.pages.to_string())];
    words.fill("results_page", &figures)
}

const fn as_figure(count: usize) -> f64 {
    count as f64
}

/// The way to the pages before and after. That there is more than may be paged through is said.
fn pages(words: Words, query: &str, found: &SearchPage) -> Option<AnyView> {
    let SearchPage { page, pages, more, .. } = *found;
    let link = |to: usize, rel: &'static str, key: &str| {
        let text = words.t(key);
        view! { <a class="button" rel=rel href=urls::search(query, to)>{text}</a> }
    };
    let last = (more && page == pages).then(|| words.t("results_more"));
    (pages > 1).then(|| {
        view! {
            {last.map(|text| view! { <p>{text}</p> })}
            <nav class="pages" aria-label=words.t("results_pages")>
                {(page > 1).then(|| link(page - 1, "prev", "results_prev"))}
                <span>{page_of(words, found)}</span>
                {(page < pages).then(|| link(page + 1, "next", "results_next"))}
            </nav>
        }
        .into_any()
    })
}

fn hit(words: Words, hit: &SearchHit, with_source: bool) -> AnyView {
    let code = LandCode::Parcel(hit.code);
    let realm = hit.code.realm();
    let title = hit.location.clone().unwrap_or_else(|| hit.code.grouped());
    let kind = Coded::new("parcel-feature", CODE_STANDARD, hit.code.feature()).label(words.0);
    let fact = |field: Field, known: &Option<Value>| {
        known.as_ref().map(|known| {
            let label = field_label(words, field, realm);
            view! { <div><dt>{label}</dt> <dd>{in_short(words, known, realm)}</dd></div> }
        })
    };
    view! {
        <li class="hit">
            <div class="hit-name">
                <a class="hit-title" href=urls::place(&code)>{as_named(words, title)}</a>
                <CodeLine code />
                {hit.ended.then(|| ended(words, hit))}
            </div>
            <dl class="hit-facts">
                <div><dt>{words.t("results_kind")}</dt> <dd>{kind}</dd></div>
                {fact(Field::LandUse, &hit.land_use)}
                {fact(Field::ParcelArea, &hit.area)}
                {hit.local_id.clone().map(|id| view! { <div><dt>{words.t("field_local_id")}</dt> <dd><code>{id}</code></dd></div> })}
                {with_source.then(|| view! { <div><dt>{words.t("source")}</dt> <dd>{words.pick(&hit.dataset)}</dd></div> })}
            </dl>
        </li>
    }
    .into_any()
}

/// That a code is no longer in use, and which are instead.
fn ended(words: Words, hit: &SearchHit) -> AnyView {
    let instead: Vec<_> = hit.replaced_by.iter().map(|code| LandCode::Parcel(*code)).collect();
    let links = instead.iter().map(|code| {
        view! { " " <a href=urls::place(code)><CodeLine code=*code /></a> }
    });
    let links: Vec<_> = links.collect();
    let label = (!links.is_empty()).then(|| words.t("results_replaced_by"));
    view! {
        <p class="hit-ended">
            <span class="tag">{words.t("results_ended")}</span>
            {label.map(|label| view! { " " {label} })}
            {links}
        </p>
    }
    .into_any()
}
