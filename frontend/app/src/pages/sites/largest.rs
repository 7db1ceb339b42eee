//! The piece that is left of an outline that does not suit (sites S7): its size, its shape, and the same
//! question about it alone.

use domain::outline::Outline;
use leptos::prelude::*;
use service_api::LargestPart;

use super::{kept_answers, said};
use crate::{
    components::{LEFT_OUT, sketch},
    format,
    outlines::OutlineQuestion,
    urls,
    words::Words,
};

/// What is said of it, and the way to ask about it alone. `of` is the use, as `set.use`.
pub(super) fn section(
    words: Words,
    question: &OutlineQuestion,
    of: &str,
    part: &LargestPart,
) -> AnyView {
    let size = area(words, part.outline.area_m2());
    let then = said::answer_word(words, part.answer);
    view! {
        <section aria-labelledby="largest-title">
            <h2 id="largest-title">{words.t("outline_largest_title")}</h2>
            <p>{words.fill("outline_largest", &[("area", &size), ("then", then)])}</p>
            <form method="post" action=urls::OUTLINE enctype="multipart/form-data">
                <input type="hidden" name=urls::USE value=of.to_owned() />
                <input type="hidden" name=urls::POINTS value=part.outline.to_geojson() />
                {kept_answers(&question.typed)}
                <button class="button">{words.t("outline_largest_ask")}</button>
            </form>
        </section>
    }
    .into_any()
}

/// The outline as it was read, with the piece in it and what each look stands for.
pub(super) fn drawing(words: Words, outline: &Outline, part: Option<&LargestPart>) -> AnyView {
    let piece = part.map(|part| part.outline.shape());
    let line = |swatch: AnyView, key: &str| {
        view! {
            <li class="legend-line">
                <svg class="legend-swatch" viewBox="0 0 64 40" aria-hidden="true" focusable="false">
                    {swatch}
                </svg>
                <span class="legend-word">{words.t(key)}</span>
            </li>
        }
    };
    let left = || {
        view! {
            <rect class="plan-place-fill" x="2" y="2" width="60" height="36" />
            <rect class="plan-place" x="2" y="2" width="60" height="36" />
        }
        .into_any()
    };
    let out = || {
        view! {
            <rect width="64" height="40" fill=format!("url(#{LEFT_OUT})") />
            <rect class="legend-frame" x="1" y="1" width="62" height="38" />
        }
        .into_any()
    };
    view! {
        {sketch(words, outline.shape(), piece)}
        {part.map(|_| view! {
            <ul class="legend sketch-legend">
                {line(left(), "outline_legend_left")}
                {line(out(), "outline_legend_out")}
            </ul>
        })}
    }
    .into_any()
}

fn area(words: Words, m2: f64) -> String {
    format!("{} ({})", format::hectares(words.0, m2), format::square_metres(words.0, m2))
}
