//! How to reach the department that deals with a service, and how to complain (rule S8): what its
//! operator has said of it, and whom to ask about the rest.

use domain::{
    Localized,
    contact::{Contact, Telephone},
    request::RATED_WITHIN_DAYS,
};
use leptos::prelude::*;

use crate::{current, words::Words};
use service_api::Reach;

/// What is dialled for every service of government.
const HOTLINE: &str = "12345";

/// The number of the hotline, which a phone dials.
#[component]
pub fn Hotline() -> AnyView {
    view! { <a href=format!("tel:{HOTLINE}")>{HOTLINE}</a> }.into_any()
}

/// Rows of a `dl.terms`: office, address, phone, hours, page, complaints, and 12345.
#[component]
pub fn ContactRows(
    /// The department's id.
    department: String,
) -> AnyView {
    let words = current::words();
    let portal = current::portal();
    let contact = portal.as_ref().and_then(|portal| portal.contact(&department).cloned());
    let sample = portal.is_some_and(|portal| portal.reach() == Reach::Sample);
    let known = match contact.filter(|contact| !contact.is_empty()) {
        Some(contact) => rows(words, contact, sample),
        None => row(words, "receipt_office", unknown(words)),
    };
    view! {
        {known}
        {row(words, "contact_hotline", hotline(words))}
    }
    .into_any()
}

/// How a department is reached, behind a summary: a form follows.
#[component]
pub fn FoldedContact(
    /// The department's id.
    department: String,
) -> AnyView {
    let words = current::words();
    view! {
        <details class="basis">
            <summary>{words.t("contact_title")}</summary>
            <div class="basis-text"><dl class="terms"><ContactRows department /></dl></div>
        </details>
    }
    .into_any()
}

/// How to complain and to rate, in words that promise nothing that is not there.
#[component]
pub fn Complaints() -> AnyView {
    let words = current::words();
    view! {
        <h2>{words.t("receipt_complain")}</h2>
        <ul>
            <li>{words.t("receipt_complain_service")}</li>
            <li>{words.t("receipt_complain_result")}</li>
            <li>{words.fill("receipt_appraise", &[("days", &RATED_WITHIN_DAYS.to_string())])}</li>
        </ul>
    }
    .into_any()
}

fn rows(words: Words, contact: Contact, sample: bool) -> AnyView {
    let Contact { office, address, phone, hours, complaints, page } = contact;
    let office = office.map(|text| {
        let mark =
            sample.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> });
        let office = view! { {words.pick(&text)} {mark} };
        row(words, "contact_office", office.into_any())
    });
    let page = page.map(|page| {
        let shown = page.clone();
        let link = view! { <a href=page rel="external noreferrer">{shown}</a> };
        row(words, "contact_page", link.into_any())
    });
    // Of a sample nobody is there: the number is said to be invented in the language of the page.
    let telephone = |number: Telephone| {
        let invented = (sample && number.uri.is_none()).then(|| words.t("contact_invented"));
        view! { {telephone(number)} {invented} }.into_any()
    };
    let complaints = complaints.map(|number| row(words, "contact_complaints", telephone(number)));
    view! {
        {office}
        {row(words, "contact_address", text(words, address))}
        {row(words, "contact_phone", phone.map_or_else(|| unknown(words), telephone))}
        {row(words, "contact_hours", text(words, hours))}
        {page}
        {complaints}
    }
    .into_any()
}

fn row(words: Words, label: &str, value: AnyView) -> AnyView {
    view! { <div><dt>{words.t(label)}</dt><dd>{value}</dd></div> }.into_any()
}

fn text(words: Words, text: Option<Localized>) -> AnyView {
    text.map_or_else(|| unknown(words), |text| words.pick(&text).into_any())
}

fn unknown(words: Words) -> AnyView {
    words.t("contact_unknown").into_any()
}

fn telephone(number: Telephone) -> AnyView {
    match number.uri {
        Some(uri) => view! { <a href=uri>{number.written}</a> }.into_any(),
        None => number.written.into_any(),
    }
}

fn hotline(words: Words) -> AnyView {
    view! {
        <Hotline />
        " "
        {words.t("contact_hotline_text")}
    }
    .into_any()
}
