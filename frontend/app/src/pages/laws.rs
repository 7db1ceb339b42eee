//! The laws, documents and standards that are cited anywhere here, one by one: what a citation leads to.

use std::sync::Arc;

use domain::law::{Kind, Law, register};
use leptos::prelude::*;

use crate::{components::PageTitle, current, format, urls, words::Words};

/// Where the State publishes the laws in force. Source: 国家法律法规数据库, kept by the General Office of the
/// Standing Committee of the National People's Congress.
const OFFICIAL: &str = "https://flk.npc.gov.cn/";

/// In the order of their force.
const KINDS: [(Kind, &str); 7] = [
    (Kind::Law, "laws_kind_law"),
    (Kind::AdministrativeRegulation, "laws_kind_regulation"),
    (Kind::LocalRegulation, "laws_kind_local"),
    (Kind::DepartmentRule, "laws_kind_rule"),
    (Kind::Document, "laws_kind_document"),
    (Kind::Standard, "laws_kind_standard"),
    (Kind::Precedent, "laws_kind_precedent"),
];

/// The register of laws.
#[component]
pub fn LawsPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("laws_page_title") about=words.t("laws_page_lead") />
        <div class="measure">
            <h1>{words.t("laws_page_title")}</h1>
            <p class="lead">{words.t("laws_page_lead")}</p>
            <p>{words.t("laws_official")} " " <a href=OFFICIAL>{words.t("laws_official_name")}</a></p>
            {KINDS.map(|(kind, heading)| of_kind(words, kind, heading)).collect_view()}
        </div>
    }
    .into_any()
}

fn of_kind(words: Words, kind: Kind, heading: &'static str) -> impl IntoView + use<> {
    let laws: Vec<&Arc<Law>> = register().iter().filter(|law| law.kind == kind).collect();
    let any = !laws.is_empty();
    let items = laws.into_iter().map(|law| {
        view! {
            <li id=urls::law_anchor(&law.id)>
                {law.name_and_edition(words.0)}
                <small class="beneath">{said(words, law).join(words.t("list_semicolon"))}</small>
            </li>
        }
    });
    any.then(|| {
        view! {
            <h2>{words.t(heading)}</h2>
            <ul class="policy-list">{items.collect_view()}</ul>
        }
    })
}

fn said(words: Words, law: &Law) -> Vec<String> {
    let unread = law.unread.as_ref();
    let unread = unread.map(|why| words.fill("laws_whole_unread", &[("why", &words.pick(why))]));
    standing(words, law).into_iter().chain(unread).collect()
}

/// Since when it is in force, when it ends, and where it was read.
pub(super) fn standing(words: Words, law: &Law) -> Vec<String> {
    let date = |date| format::date(words.0, date);
    let begins = law.in_force.map(|on| words.fill("laws_in_force", &[("date", &date(on))]));
    let ends = law.repealed.as_ref().map(|end| {
        let key = if end.on <= current::today() { "laws_repealed" } else { "laws_ends" };
        words.fill(key, &[("date", &date(end.on)), ("law", &name(words, &end.by))])
    });
    let read = law.read.as_ref().map(|read| {
        let source = register().source(&read.source);
        let source = source.map_or_else(|| read.source.clone(), |it| words.pick(&it.title));
        words.fill("laws_read", &[("source", &source), ("date", &date(read.on))])
    });
    begins.into_iter().chain(ends).chain(read).collect()
}

/// As it is quoted; its id where the register has none such.
pub(super) fn name(words: Words, id: &str) -> String {
    register().get(id).map_or_else(|| id.to_owned(), |law| law.name(words.0))
}
