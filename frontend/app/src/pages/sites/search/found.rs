//! What was found: how many of each kind, a page of them, what is not known, and what each rule costs.

use domain::{
    LandCode,
    suitability::{FactKey, RuleSet},
};
use leptos::prelude::*;

use super::{changes, form, title_of, to_one};
use crate::{
    components::{CodeLine, Mark, MarkKind, PageTitle, as_named, version_words},
    format,
    pages::{
        place::text_of,
        sites::{
            changed::{band_word, counted, rule_title},
            footing, said,
        },
    },
    site_search::{Saved, SearchQuestion},
    urls,
    words::Words,
};
use domain::severity::Severity;
use service_api::{
    SitesFound,
    site_search::{Band, FoundSite},
};

/// The page.
pub(super) fn page(words: Words, asked: &SearchQuestion, found: &SitesFound) -> AnyView {
    let title = title_of(words, asked);
    let sentence = sentence(words, found);
    let saved = Saved::now(&found.rules, &found.versions);
    let changed = asked.changed_since(&saved);
    view! {
        <PageTitle text=title.clone() about=sentence.clone() />
        <article class="sites-answer site-search">
            <h1>{title}</h1>
            {changed.map(|changed| changes::since(words, asked, found, changed))}
            <p class="lead">{sentence}</p>
            <p class="quiet">
                {words.t("sites_no_decision")} " " {format::date(words.0, found.on)} " "
                {found.listed_only.then(|| words.t("site_search_listed_only"))}
            </p>
            {relaxed(words, found)}
            {bands(words, asked, found)}
            {sites(words, asked, found)}
            {missing(words, found)}
            {costs(words, found)}
            <details class="basis sites-again">
                <summary>{words.t("site_search_change")}</summary>
                <div class="basis-text">{form(words, asked, false)}</div>
            </details>
            {kept(words, asked, &saved)}
            {changes::follow(words, asked)}
            {footing(words, &found.rules)}
            {sources(words, found)}
            {to_one(words)}
        </article>
    }
    .into_any()
}

fn sentence(words: Words, found: &SitesFound) -> String {
    if found.count(Band::Yes).is_none() {
        return words.t("site_search_none").to_owned();
    }
    let (suits, suits_if) = found.suits;
    let figures = [("suits", counted(words, suits)), ("suits_if", counted(words, suits_if))];
    words.fill("site_search_some", &figures.each_ref().map(|(key, text)| (*key, text.as_str())))
}

/// Where nothing was found, the one rule to look at again.
fn relaxed(words: Words, found: &SitesFound) -> Option<AnyView> {
    let id = found.relax()?;
    let (_, count) = found.without.iter().find(|(rule, _)| rule == id)?;
    let title = rule_title(words, &found.rules, id);
    let more = counted(words, *count);
    let text = words.fill("site_search_relax", &[("rule", &title), ("n", &more)]);
    Some(view! { <p class="site-search-relax"><strong>{text}</strong></p> }.into_any())
}

const fn mark_of(band: Band) -> MarkKind {
    match band {
        Band::Yes => MarkKind::NotConcerned,
        Band::Maybe => MarkKind::NoData,
        Band::No => MarkKind::Asks(Severity::Prohibits),
    }
}

/// The three kinds with how many there are of each; the one that is listed is marked.
fn bands(words: Words, asked: &SearchQuestion, found: &SitesFound) -> AnyView {
    let each = Band::ALL.map(|band| {
        let here = (band == found.band).then_some("page");
        let href = asked.address_of(band, 1, asked.saved.as_deref());
        view! {
            <li>
                <a class="verdict-link" href=href aria-current=here>
                    <Mark kind=mark_of(band) /> <span>{band_word(words, band)}</span>
                    <span class="verdict-word">{counted(words, found.count(band))}</span>
                </a>
            </li>
        }
    });
    let other = (!found.other_sizes.is_none()).then(|| {
        let n = counted(words, found.other_sizes);
        view! { <p class="quiet">{words.fill("site_search_other_sizes", &[("n", &n)])}</p> }
    });
    view! {
        <nav aria-label=words.t("site_search_bands")>
            <ul class="verdict-links">{each.into_iter().collect_view()}</ul>
        </nav>
        {(!found.exact).then(|| view! { <p class="quiet">{words.t("sites_not_exact")}</p> })}
        {other}
    }
    .into_any()
}

/// A page of what is listed.
fn sites(words: Words, asked: &SearchQuestion, found: &SitesFound) -> AnyView {
    let title = band_word(words, found.band);
    if found.sites.is_empty() {
        return ().into_any();
    }
    let rows = found.sites.iter().map(|site| row(words, asked, site)).collect_view();
    let page_of = words.fill(
        "results_page",
        &[("page", &found.page.to_string()), ("pages", &found.pages.to_string())],
    );
    let link = |to: usize, rel: &'static str, key: &str| {
        let href = asked.address_of(found.band, to, asked.saved.as_deref());
        view! { <a class="button" rel=rel href=href>{words.t(key)}</a> }
    };
    let (page, pages) = (found.page, found.pages);
    view! {
        <section aria-labelledby="found-title">
            <h2 id="found-title">{title}</h2>
            <ol class="hits">{rows}</ol>
            {(pages > 1).then(|| view! {
                <nav class="pages" aria-label=words.t("results_pages")>
                    {(page > 1).then(|| link(page - 1, "prev", "results_prev"))}
                    <span>{page_of}</span>
                    {(page < pages).then(|| link(page + 1, "next", "results_next"))}
                </nav>
            })}
        </section>
    }
    .into_any()
}

fn row(words: Words, asked: &SearchQuestion, site: &FoundSite) -> AnyView {
    let code = LandCode::Parcel(site.code);
    let location = site.location.as_ref().and_then(|value| text_of(words, value));
    let title = location.unwrap_or_else(|| site.code.grouped());
    let (kind, _) = said::mark(site.answer);
    let word = said::answer_word(words, site.answer);
    let verdict = asked.of.as_ref().map(|(rules, at)| {
        let of = (rules.id.as_str(), rules.uses[*at].id.as_str());
        urls::sites(of, &[code], &asked.question.typed.answers)
    });
    let point = site.point.map(|(x, y)| format!("{x:.3}, {y:.3}"));
    view! {
        <li class="hit">
            <div class="hit-name">
                <a class="hit-title" href=urls::place(&code)>{as_named(words, title)}</a>
                <CodeLine code />
            </div>
            <dl class="hit-facts">
                <div>
                    <dt>{words.t("sites_answer")}</dt>
                    " "
                    <dd><Mark kind /> " " <a href=verdict>{word}</a></dd>
                </div>
                {point.map(|point| view! { <div><dt>{words.t("site_search_point")}</dt> " " <dd>{point}</dd></div> })}
            </dl>
        </li>
    }
    .into_any()
}

/// What is not known of the sites of which it cannot be said.
fn missing(words: Words, found: &SitesFound) -> Option<AnyView> {
    let rules: &RuleSet = &found.rules;
    let rows = found.missing.iter().map(|(fact, count)| {
        let office = rules.office_of(fact).filter(|_| !matches!(fact, FactKey::Answer(_)));
        let office = office.and_then(|id| rules.offices.get(id)).map_or_else(
            || words.t("sites_own_office").to_owned(),
            |office| words.pick(&office.name),
        );
        view! {
            <tr>
                <th scope="row">{said::fact(words, rules, fact)} <small class="beneath">{office}</small></th>
                <td>{counted(words, *count)}</td>
            </tr>
        }
        .into_any()
    });
    let heads = ["site_search_fact", "site_search_sites"];
    let text = ["site_search_missing", "site_search_missing_text"];
    folded_table(words, text, heads, rows.collect(), found.band == Band::Maybe)
}

/// How many more there would be without each rule.
fn costs(words: Words, found: &SitesFound) -> Option<AnyView> {
    let rows = found.without.iter().map(|(rule, count)| {
        let more = if count.is_none() {
            counted(words, *count)
        } else {
            words.fill("site_search_more", &[("n", &counted(words, *count))])
        };
        view! {
            <tr><th scope="row">{rule_title(words, &found.rules, rule)}</th><td>{more}</td></tr>
        }
        .into_any()
    });
    let heads = ["site_search_rule", "site_search_without"];
    folded_table(
        words,
        ["site_search_costs", "site_search_costs_text"],
        heads,
        rows.collect(),
        false,
    )
}

/// A table under its title and a sentence about it; nothing where it has no row.
fn folded_table(
    words: Words,
    [title, text]: [&'static str; 2],
    heads: [&'static str; 2],
    rows: Vec<AnyView>,
    open: bool,
) -> Option<AnyView> {
    let heads = heads.map(|head| view! { <th scope="col">{words.t(head)}</th> });
    (!rows.is_empty()).then(|| {
        view! {
            <details class="basis" open=open>
                <summary>{words.t(title)}</summary>
                <div class="basis-text">
                    <p class="quiet">{words.t(text)}</p>
                    <table class="sites-table">
                        <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
        .into_any()
    })
}

/// A link that says the same later, or that something has changed.
fn kept(words: Words, asked: &SearchQuestion, saved: &Saved) -> Option<AnyView> {
    let href = asked.address_of(asked.band, 1, Some(&saved.written()))?;
    Some(
        view! {
            <p class="quiet">
                <a href=href>{words.t("site_search_keep")}</a> " " {words.t("site_search_keep_text")}
            </p>
        }
        .into_any(),
    )
}

/// The data that were searched.
fn sources(words: Words, found: &SitesFound) -> AnyView {
    let each = found.versions.iter().map(|version| {
        let dataset = &version.dataset;
        view! {
            <li>
                {words.pick(&dataset.title)} ", " {format::date(words.0, dataset.source_date)} " "
                <span title=version.label()>{version_words(words, version)}</span>
                {dataset.demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
            </li>
        }
    });
    view! {
        <footer class="place-source">
            <p class="prevails">{words.t("register_prevails")}</p>
            <ul>{each.collect_view()}</ul>
        </footer>
    }
    .into_any()
}
