//! What stands above the form of a service, and again above the page on which it is handed in.

use domain::LandCode;
use leptos::prelude::*;

use super::place::location;
use super::rights::version_number;
use crate::{
    components::{Banner, CodeLine, Tone, WorstLine, as_named, filled_in_by},
    context::FormReturn,
    current, urls,
};
use service_api::{Place, Reach};

/// That the data were published anew since a form was filled in.
pub(super) fn changed_since(back: &FormReturn, seen: &str) -> Option<AnyView> {
    let words = current::words();
    let number = |label: &str| version_number(words, label);
    let since = filled_in_by(back, seen)?;
    let text = words.fill("review_since_text", &[("was", &number(since)), ("is", &number(seen))]);
    let notice = view! {
        <Banner tone=Tone::Caution title=words.t("review_since")>
            <p>{text}</p>
        </Banner>
    };
    Some(notice.into_any())
}

/// The place the request is about.
pub(super) fn about(code: LandCode, place: &Place) -> AnyView {
    let words = current::words();
    let location = location(words, &place.profile);
    let demonstration = place.profile.version.dataset.demonstration;
    view! {
        <div class="about-place">
            <span class="about-place-name">
                {location.map(|text| as_named(words, text))}
                {demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
            </span>
            <CodeLine code />
            {(!place.lineage.ended)
                .then(|| view! { <WorstLine restrictions=place.profile.restrictions.clone() /> })}
            <a class="about-place-link" href=urls::place(&code)>{words.t("back_to_place")}</a>
        </div>
    }
    .into_any()
}

/// Said before anybody types: what is handed in here does not reach the department.
pub(super) fn goes(reach: Reach) -> Option<AnyView> {
    let words = current::words();
    let (title, text) = match reach {
        Reach::Department => return None,
        Reach::Sample => ("reach_sample", "reach_sample_text"),
        Reach::Nobody => ("reach_nobody", "reach_nobody_text"),
    };
    let notice = view! {
        <Banner tone=Tone::Caution title=words.t(title)>
            <p>{words.t(text)}</p>
        </Banner>
    };
    Some(notice.into_any())
}
