//! A label's own address: whether it is genuine, and the place it stands for (rules Q2, Q3).

use domain::{LandCode, clock::china_date, label::serial_text};
use http::StatusCode;
use jiff::Timestamp;
use leptos::prelude::*;

use super::{
    error::{Contact, ErrorView, onward},
    place::{Profile, text_of},
};
use crate::{
    components::{Alarm, Banner, CodeLine, PageTitle, SearchForm, Tone, as_named},
    context::ErrorPage,
    current, format,
    found::Found,
    urls,
    words::Words,
};
use service_api::{GenuineLabel, LabelReading, LabelSubject, WithdrawnLabel};

/// The answer about the label in this page's address.
#[component]
pub fn LabelPage() -> AnyView {
    match current::found() {
        Some(Found::Label(LabelReading::Genuine(label))) => {
            view! { <Genuine label=*label /> }.into_any()
        }
        Some(Found::Label(LabelReading::Withdrawn(label))) => {
            view! { <Withdrawn label /> }.into_any()
        }
        Some(Found::Label(LabelReading::NotIssued)) => view! { <NotIssued /> }.into_any(),
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
}

fn day(words: Words, at: Timestamp) -> String {
    format::date(words.0, china_date(at))
}

/// The verdict, and the place as its own page shows it: no tap is wasted.
#[component]
fn Genuine(
    /// The label.
    label: GenuineLabel,
) -> AnyView {
    let words = current::words();
    let GenuineLabel { serial, issuer, issued_at, subject, place } = label;
    let issued = words.fill(
        "label_issued",
        &[
            ("issuer", &words.pick(&issuer)),
            ("date", &day(words, issued_at)),
            ("serial", &serial_text(serial)),
        ],
    );
    let (code, home) = match subject {
        LabelSubject::Place(code) => (code, None),
        LabelSubject::Home { parcel, masked, building } => {
            (LandCode::Parcel(parcel), Some((masked, building)))
        }
    };
    view! {
        <div class="label-answer">
            <Banner tone=Tone::Done title=words.t("label_genuine_title")>
                <p>{issued}</p>
                {home.map(|(masked, building)| view! {
                    <p>
                        <strong>{words.t("label_home_title")}</strong> " "
                        {words.t("label_home_text")} " " <span class="label-unit">{masked}</span>
                    </p>
                    {building.as_ref().and_then(|text| text_of(words, text)).map(|text| view! {
                        <p>{words.t("label_home_building")} " " {as_named(words, text)}</p>
                    })}
                })}
            </Banner>
        </div>
        {match place {
            Some(place) => view! { <Profile code warnings=Vec::new() place /> }.into_any(),
            None => no_place(words),
        }}
    }
    .into_any()
}

/// It was public when the label was printed.
fn no_place(words: Words) -> AnyView {
    view! {
        <PageTitle text=words.t("label_genuine_title") />
        <div class="measure">
            <h1>{words.t("label_no_place_title")}</h1>
            <p>{words.t("no_place_ask")}</p>
            <p class="prevails">{words.t("register_prevails")}</p>
            {onward()}
        </div>
    }
    .into_any()
}

#[component]
fn Withdrawn(
    /// The label.
    label: WithdrawnLabel,
) -> AnyView {
    current::set_status(StatusCode::GONE);
    let words = current::words();
    let issued = words.fill(
        "label_issued",
        &[
            ("issuer", &words.pick(&label.issuer)),
            ("date", &day(words, label.issued_at)),
            ("serial", &serial_text(label.serial)),
        ],
    );
    let what = words.fill(
        "label_withdrawn_what",
        &[("date", &day(words, label.since)), ("reason", &label.reason)],
    );
    view! {
        <PageTitle text=words.t("label_withdrawn_title") />
        <div class="measure">
            <Alarm title=words.t("label_withdrawn_title")>
                <p>{what}</p>
                <p>{issued}</p>
            </Alarm>
            <h2>{words.t("label_foreign_next")}</h2>
            <ul>
                <li>{words.t("label_foreign_trust")}</li>
                <li>{words.t("label_withdrawn_next")}</li>
            </ul>
            {label.code.map(|code| view! {
                <p>
                    {words.t("label_look_up")} " "
                    <a href=urls::place(&code)><CodeLine code /></a>
                </p>
            })}
            {onward()}
        </div>
    }
    .into_any()
}

/// Nothing of the address is repeated: a forger chose it.
#[component]
fn NotIssued() -> AnyView {
    current::set_status(StatusCode::NOT_FOUND);
    let words = current::words();
    let host = current::page().host;
    view! {
        <PageTitle text=words.t("label_foreign_title") about=words.t("label_foreign_what") />
        <div class="measure">
            <Alarm title=words.t("label_foreign_title")>
                <p>{words.t("label_foreign_what")}</p>
            </Alarm>
            {(!host.is_empty()).then(|| view! {
                <p>
                    {words.t("label_official")} " "
                    <a class="label-host" href=urls::HOME>{host}</a>
                </p>
            })}
            <h2>{words.t("label_foreign_next")}</h2>
            <ul>
                <li>{words.t("label_foreign_trust")}</li>
                <li>{words.t("label_foreign_search")}</li>
                <li>{words.t("label_foreign_report")}</li>
            </ul>
            <Contact />
            <SearchForm />
        </div>
    }
    .into_any()
}
