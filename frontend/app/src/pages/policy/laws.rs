//! The laws that a policy cites: version, in force since when, and whether their text was read.

use std::sync::Arc;

use domain::law::{Coming, Law, Ledger, register};
use leptos::prelude::*;

use crate::{
    current, format,
    pages::laws::{name, standing},
    urls,
    words::Words,
};

/// How many citations there are, how many of them are to be confirmed, and the laws one by one.
pub(super) fn laws(words: Words, ledger: &Ledger) -> AnyView {
    let all = ledger.entries().len() + ledger.prose().len();
    let open: usize = ledger.counts().values().map(|(_, open)| open).sum();
    let figures = [("all", all.to_string()), ("open", open.to_string())];
    let figures = figures.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut laws: Vec<&Arc<Law>> = Vec::new();
    for entry in ledger.entries() {
        if !laws.iter().any(|law| law.id == entry.citation.law.id) {
            laws.push(&entry.citation.law);
        }
    }
    let key = if open == 0 { "laws_all_read" } else { "laws_count" };
    view! {
        <p class="quiet">{words.fill(key, &figures)}</p>
        <details class="basis">
            <summary>{words.t("laws_title")}</summary>
            <ul class="policy-list">
                {laws.into_iter().map(|law| item(words, law, ledger)).collect_view()}
                {ledger.prose().iter().map(|(_, _, named)| view! {
                    <li>{named.clone()} <small class="beneath">{words.t("laws_unregistered")}</small></li>
                }).collect_view()}
            </ul>
        </details>
    }
    .into_any()
}

fn item(words: Words, law: &Law, ledger: &Ledger) -> AnyView {
    let today = current::today();
    let open = ledger.unread().get(law.id.as_str()).map(|entries| {
        let why = law
            .unread
            .as_ref()
            .map_or_else(|| words.t("laws_article_unread").to_owned(), |why| words.pick(why));
        let n = entries.len().to_string();
        words.fill("laws_unread", &[("n", &n), ("why", &why)])
    });
    let beside = ledger.coming(today, register()).into_iter().filter_map(|(change, entries)| {
        let about = entries.iter().any(|entry| entry.citation.law.id == law.id);
        match change {
            Coming::Beside { on, law } if about => {
                let named = name(words, &law);
                let date = format::date(words.0, on);
                Some(words.fill("laws_beside", &[("date", &date), ("law", &named)]))
            }
            _ => None,
        }
    });
    let said: Vec<String> = standing(words, law).into_iter().chain(open).chain(beside).collect();
    let titled = law.name_and_edition(words.0);
    let entered = register().get(&law.id).is_some();
    view! {
        <li>
            {if entered {
                view! { <a href=urls::law(&law.id)>{titled}</a> }.into_any()
            } else {
                titled.into_any()
            }}
            <small class="beneath">{said.join(words.t("list_semicolon"))}</small>
        </li>
    }
    .into_any()
}
