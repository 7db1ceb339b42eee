//! A law, plan or announcement by which something is so.

use domain::{law::as_printed, restriction::LegalDocument};
use jiff::civil::Date;
use leptos::prelude::*;

use super::as_written;
use crate::{current, urls, words::Words};

/// A law with version and articles, which leads to its entry in the register; what the register does not know,
/// with what is to be confirmed.
pub fn legal_document(words: Words, document: &LegalDocument) -> AnyView {
    if let Some(citation) = document.citation() {
        let text = citation.written(words.0, current::today());
        return view! { <li><a href=urls::law(&citation.law.id)>{text}</a></li> }.into_any();
    }
    let articles = (!document.articles.is_empty()).then(|| as_printed(&document.articles, words.0));
    view! {
        <li>
            {words.pick(&document.title)}
            {document.number.clone().map(|number| view! { " " <span class="quiet">{as_written(words, number)}</span> })}
            {articles.map(|text| view! { " " <span>{text}</span> })}
            {document.is_unregistered().then(|| words.t("to_be_confirmed"))}
        </li>
    }
    .into_any()
}

/// The same as a text, as it reads on a day.
pub fn legal_text(words: Words, document: &LegalDocument, on: Date) -> String {
    if let Some(law) = document.written(words.0, on) {
        return law;
    }
    let articles = (!document.articles.is_empty()).then(|| as_printed(&document.articles, words.0));
    let parts = [Some(words.pick(&document.title)), document.number.clone(), articles];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let confirmed = if document.is_unregistered() { words.t("to_be_confirmed") } else { "" };
    parts.join(" ") + confirmed
}
