//! The top of every page.

use domain::Locale;
use leptos::prelude::*;

use super::{
    Icon, IconKind,
    drawn_once::{Part, drawn_once},
    page_form::{PageForm, form_here},
};
use crate::{current, steps::STEP, urls, words::Words};

/// The first thing a keyboard reaches.
#[component]
pub fn SkipLink() -> AnyView {
    view! { <a class="skip-link" href="#main">{current::words().t("skip")}</a> }.into_any()
}

/// Name, ways in, and the two switches; these not on a receipt that would be lost by them. The ways stand in
/// the page: a bar that stays over it covers what a thumb or the focus is to reach (WCAG 2.2, 2.4.11 and 2.5.8).
#[component]
pub fn Header() -> AnyView {
    let page = current::page();
    let words = current::words();
    let form = form_here();
    view! {
        <header class="site-header">
            <div class="site-header-row">
                <a class="wordmark" href=urls::HOME>
                    <svg class="wordmark-seal" viewBox="0 0 40 40" width="36" height="36" aria-hidden="true" focusable="false">
                        <rect class="seal-ground" x="1" y="1" width="38" height="38" rx="7" />
                        <path class="seal-line" d="M9 15V9h6M25 9h6v6M31 25v6h-6M15 31H9v-6" />
                        <path class="seal-fill" d="M15 15h4v4h-4zM21 15h4v4h-4zM15 21h4v4h-4zM21 21h4v4h-4z" />
                    </svg>
                    <span class="wordmark-text">
                        <span class="wordmark-name" lang="zh-CN">"见码"</span>
                        <span class="wordmark-latin" lang="en">"Jianma"</span>
                    </span>
                </a>
                <nav class="site-nav" aria-label=words.t("nav_main")>
                    {ways(words, &page.path)}
                </nav>
                {(!current::shown_once()).then(|| view! {
                    <form class="switches" method="post" action=urls::PREFERENCES>
                        <input type="hidden" name="back" value=page.path.clone() />
                        {form.as_ref().map(|form| sending(words, form))}
                        {language_button(page.locale, form.as_ref())}
                        {elder_button(words, page.elder, form.as_ref())}
                    </form>
                })}
            </div>
        </header>
    }
    .into_any()
}

/// The first button of a form is the one that Enter in a field presses: it hands in, and switches nothing.
fn sending(words: Words, form: &PageForm) -> AnyView {
    view! {
        <button
            class="visually-hidden"
            form=form.id
            name=form.step.map(|_| STEP)
            value=form.step
            tabindex="-1"
            aria-hidden="true"
        >
            {words.t(form.button)}
        </button>
    }
    .into_any()
}

/// The same page larger or as it was. A form that is not sent by POST goes by it with a switch.
fn elder_button(words: Words, elder: bool, form: Option<&PageForm>) -> AnyView {
    let (id, sent_to) = sending_of(form);
    let (value, key) = if elder { ("0", "elder_off") } else { ("1", "elder_on") };
    view! {
        <button class="switch" name="elder" value=value form=id formmethod=sent_to.is_some().then_some("post") formaction=sent_to>
            {words.t(key)}
        </button>
    }
    .into_any()
}

fn sending_of(form: Option<&PageForm>) -> (Option<&'static str>, Option<String>) {
    (form.map(|form| form.id), form.and_then(|form| form.sent_to.clone()))
}

/// Named in the language it leads to, for whoever cannot read this one.
fn language_button(locale: Locale, form: Option<&PageForm>) -> AnyView {
    let (id, sent_to) = sending_of(form);
    let (other, name) = match locale {
        Locale::Zh => (Locale::En, "English"),
        Locale::En => (Locale::Zh, "中文"),
    };
    view! {
        <button class="switch" name="lang" value=other.name() lang=other.tag() form=id formmethod=sent_to.is_some().then_some("post") formaction=sent_to>
            {name}
        </button>
    }
    .into_any()
}

/// The ways to other pages. That to the question about sites is there where there is room for a fourth: on phones
/// the home page and that of each place lead there.
fn ways(words: Words, path: &str) -> AnyView {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let here = match path {
        urls::HOME => Some(urls::HOME),
        urls::SITES => Some(urls::SITES),
        _ => [urls::SERVICES, urls::REQUESTS].into_iter().find(|way| path.starts_with(way)),
    };
    let sites = current::judges_sites();
    let draw = || {
        let way = |key, href: &'static str, kind| way(words.t(key), href, kind, here == Some(href));
        (
            way("way_scan", urls::HOME, IconKind::Scan),
            way("way_services", urls::SERVICES, IconKind::Service),
            way("way_follow", urls::REQUESTS, IconKind::Follow),
            sites.then(|| way("way_sites", urls::SITES, IconKind::Sites)),
        )
            .into_any()
    };
    drawn_once(words, Part::Ways(here, sites), [], draw)
}

fn way(name: &'static str, href: &'static str, kind: IconKind, here: bool) -> impl IntoView {
    view! {
        <a class="way" href=href aria-current=here.then_some("page")>
            <Icon kind />
            <span>{name}</span>
        </a>
    }
}
