//! A place as the data had it before: what is said in front of it, the way there, and days of which nothing can
//! be said.

use domain::LandCode;
use http::StatusCode;
use jiff::civil::Date;
use leptos::prelude::*;
use service_api::Place;

use crate::{
    components::{Banner, PageTitle, Tone},
    current, format, urls,
    words::Words,
};

/// That a page shows the data of another day, and the way to those of now.
pub(super) fn of_then(words: Words, code: &LandCode, place: &Place) -> Option<AnyView> {
    let day = place.as_of?;
    let version = &place.profile.version;
    let text = words.fill(
        "as_of_text",
        &[
            ("version", &version.label()),
            ("date", &format::date(words.0, version.dataset.source_date)),
        ],
    );
    let title = words.fill("as_of_title", &[("date", &format::date(words.0, day))]);
    let now = urls::place(code);
    Some(
        view! {
            <Banner tone=Tone::Note title=title>
                <p>{text}</p>
                <p><a href=now>{words.t("as_of_now")}</a></p>
            </Banner>
        }
        .into_any(),
    )
}

/// The way to the data of a day, and to what changes.
pub(super) fn ways(words: Words, code: &LandCode, day: Option<Date>) -> AnyView {
    let today = current::today().to_string();
    view! {
        <form class="form" method="get" action=urls::place(code)>
            <div class="field">
                <label class="label" for="as-of">{words.t("as_of_label")}</label>
                <p class="hint" id="as-of-hint">{words.t("as_of_hint")}</p>
                <input
                    class="input input-short"
                    id="as-of"
                    type="date"
                    name=urls::AS_OF
                    max=today
                    required
                    value=day.map(|day| day.to_string())
                    aria-describedby="as-of-hint"
                />
            </div>
            <button class="button">{words.t("as_of_button")}</button>
        </form>
        <p class="quiet">
            <a href=urls::changes(code, words.0) type="application/atom+xml">{words.t("as_of_feed")}</a>
        </p>
    }
    .into_any()
}

/// A day of which nothing can be said, with the first of which it can be; none where it was no day.
#[component]
pub(super) fn NoDay(
    /// The place, canonical.
    code: LandCode,
    /// The first day of which everything can be said.
    from: Option<Date>,
) -> AnyView {
    let words = current::words();
    let (status, text) = match from {
        Some(from) => {
            let from = format::date(words.0, from);
            (StatusCode::NOT_FOUND, words.fill("no_day_not_kept", &[("date", &from)]))
        }
        None => (StatusCode::BAD_REQUEST, words.t("no_day_unreadable").to_owned()),
    };
    current::set_status(status);
    view! {
        <PageTitle text=words.t("no_day_title") about=text.clone() />
        <div class="measure">
            <h1>{words.t("no_day_title")}</h1>
            <p class="lead">{text}</p>
            {ways(words, &code, from)}
            <p><a href=urls::place(&code)>{words.t("as_of_now")}</a></p>
        </div>
    }
    .into_any()
}
