//! That the edge of an outline lies beyond what is shown of parcels, and what to do about it: whoever means a whole
//! parcel asks by its code. Which parcels it lies on is told nobody; those that a list may name there are listed as
//! anywhere, and counted (rules M4, P6).

use leptos::prelude::*;
use service_api::SearchHit;

use super::kept_answers;
use crate::{
    components::{Banner, CodeLine, Tone, as_named},
    format,
    outlines::{OutlineQuestion, StepCode},
    urls,
    words::Words,
};

/// The notice; `of` is the use as `rules.use`, and the edges of parcels are shown to so many metres.
pub(super) fn notice(words: Words, question: &OutlineQuestion, of: &str, metres: f64) -> AnyView {
    let code = match &question.step_code {
        Some(StepCode::Read(code)) => Some(*code),
        _ => None,
    };
    let text = words.fill("outline_at_edge", &[("n", &format::number(metres, 0))]);
    let there = match &question.parcels {
        Some(parcels) => listed(words, question, of, parcels),
        None => ask(words, question, of),
    };
    let href = urls::sites_begun(of, code.as_ref());
    view! {
        <Banner tone=Tone::Note title=words.t("outline_at_edge_title")>
            <p id="edge">{text}</p>
            {there}
            <p><a href=href>{words.t("outline_whole_parcel")}</a></p>
        </Banner>
    }
    .into_any()
}

fn listed(words: Words, question: &OutlineQuestion, of: &str, parcels: &[SearchHit]) -> AnyView {
    let of = of.split_once('.').unwrap_or((of, ""));
    let there = parcels.iter().filter(|hit| !hit.ended);
    let each: Vec<_> = there
        .map(|hit| {
            let code = domain::LandCode::Parcel(hit.code);
            let href = urls::sites(of, &[code], &question.typed.answers);
            let location = hit.location.clone().map(|text| {
                view! { " " <small class="beneath">{as_named(words, text)}</small> }
            });
            view! { <li><a href=href><CodeLine code /></a> {location}</li> }
        })
        .collect();
    if each.is_empty() {
        return view! { <p>{words.t("sites_step_none_listed")}</p> }.into_any();
    }
    view! { <ul>{each}</ul> }.into_any()
}

fn ask(words: Words, question: &OutlineQuestion, of: &str) -> AnyView {
    view! {
        <form method="post" action=format!("{}#edge", urls::OUTLINE) enctype="multipart/form-data">
            <input type="hidden" name=urls::USE value=of.to_owned() />
            <input type="hidden" name=urls::POINTS value=question.points.clone() />
            {kept_answers(&question.typed)}
            <button class="button" name=urls::LIST_PARCELS value="yes">{words.t("sites_step_list")}</button>
        </form>
    }
    .into_any()
}
