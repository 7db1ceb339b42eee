//! What became of a search since it was kept, and the way to follow it.

use domain::LandCode;
use leptos::prelude::*;
use leptos_meta::Link;

use crate::{
    components::{Banner, CodeLine, Tone, as_named},
    format,
    pages::{
        place::text_of,
        sites::changed::{counts, from_to, nothing, reasons},
    },
    site_search::{Changed, Saved, SearchQuestion},
    urls,
    words::Words,
};
use service_api::{
    SitesFound,
    site_changes::{ChangedSite, SitesChanged},
};

/// That the data or the rules are others than when the link was kept, and what came of it.
pub(super) fn since(
    words: Words,
    asked: &SearchQuestion,
    found: &SitesFound,
    changed: Changed,
) -> AnyView {
    let key = match (changed.rules, changed.data) {
        (true, true) => "site_search_changed_both",
        (true, false) => "site_search_changed_rules",
        _ => "site_search_changed_data",
    };
    let by = asked.saved.as_deref().and_then(Saved::read).map(|then| {
        let date = then.edition.split('.').next().unwrap_or_default();
        let by = [date, &then.data.join(", ")].join(" · ");
        words.fill("site_search_kept_by", &[("what", &by)])
    });
    let nothing = found.since.as_ref().and_then(|since| nothing(words, since));
    // By which rules is said where the list might be taken for all that is different.
    let rules = changed.rules.then(|| words.t("site_changes_rules"));
    view! {
        <Banner tone=Tone::Caution title=words.t(key)>
            {by.map(|text| view! { <p class="quiet">{text}</p> })}
            {rules.map(|text| view! { <p>{text}</p> })}
            {nothing.map(|text| view! { <p>{text}</p> })}
        </Banner>
        {found.changed().map(|changed| list(words, asked, found, changed))}
    }
    .into_any()
}

fn list(
    words: Words,
    asked: &SearchQuestion,
    found: &SitesFound,
    changed: &SitesChanged,
) -> AnyView {
    let each = changed.then.iter().map(|version| {
        let date = format::date(words.0, version.dataset.source_date);
        words.fill("site_changes_then_each", &[("data", &version.label()), ("date", &date)])
    });
    let data = each.collect::<Vec<_>>().join(words.t("list_comma"));
    let rows = changed.sites.iter().map(|site| row(words, asked, found, site)).collect_view();
    view! {
        <section class="site-changes" aria-labelledby="changes-title">
            <h2 id="changes-title">{words.t("site_changes_title")}</h2>
            <p>{counts(words, changed)}</p>
            {(!changed.sites.is_empty()).then(|| view! { <ol class="hits">{rows}</ol> })}
            {changed.more.then(|| view! { <p class="quiet">{words.t("site_changes_more")}</p> })}
            <p class="quiet">
                {words.fill("site_changes_then", &[("data", &data)])} " "
                {words.t("site_changes_silent")}
            </p>
        </section>
    }
    .into_any()
}

fn row(words: Words, asked: &SearchQuestion, found: &SitesFound, site: &ChangedSite) -> AnyView {
    let code = LandCode::Parcel(site.code);
    let location = site.location.as_ref().and_then(|value| text_of(words, value));
    let title = location.unwrap_or_else(|| site.code.grouped());
    let moved = from_to(words, site);
    let of = (found.rules.id.as_str(), found.of().id.as_str());
    let verdict = site.now.map(|_| urls::sites(of, &[code], &asked.question.typed.answers));
    let why = reasons(words, found, site).into_iter().map(|why| view! { <li>{why}</li> });
    view! {
        <li class="hit">
            <div class="hit-name">
                <a class="hit-title" href=urls::place(&code)>{as_named(words, title)}</a>
                <CodeLine code />
            </div>
            <p>
                {match verdict {
                    Some(href) => view! { <a href=href>{moved}</a> }.into_any(),
                    None => moved.into_any(),
                }}
            </p>
            <ul>{why.collect_view()}</ul>
        </li>
    }
    .into_any()
}

/// The feed of the search, for readers of feeds and for people.
pub(super) fn follow(words: Words, asked: &SearchQuestion) -> Option<AnyView> {
    let href = asked.feed(words.0)?;
    let shown = href.clone();
    Some(
        view! {
            <Link rel="alternate" type_="application/atom+xml" title=words.t("site_feed") href=href />
            <p class="quiet">
                <a href=shown type="application/atom+xml">{words.t("site_feed")}</a> " "
                {words.t("site_feed_text")}
            </p>
        }
        .into_any(),
    )
}
