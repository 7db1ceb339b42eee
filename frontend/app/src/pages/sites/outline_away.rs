//! An outline where it goes: with its verdict, which is taken away, and with what offices are asked.

use std::collections::BTreeMap;

use domain::outline::{Outline, OutlineText};
use leptos::prelude::*;

use super::kept_answers;
use crate::{
    asking::AskingForm, components::sketch, format, outlines::OutlineQuestion, urls, words::Words,
};

/// So many corners are written into a document; the file in it has all.
const MOST_WRITTEN: usize = 60;

/// Where the verdict is taken away: a form, for an outline stands in no address. `of` is the use, as `set.use`.
pub(super) fn form(words: Words, question: &OutlineQuestion, of: &str) -> AnyView {
    view! {
        <form
            method="post"
            action=urls::OUTLINE_VERDICT_PAPER_ROUTE
            enctype="multipart/form-data"
        >
            <input type="hidden" name=urls::USE value=of.to_owned() />
            <input type="hidden" name=urls::POINTS value=question.points.clone() />
            {kept_answers(&question.typed)}
            <p>
                <button class="button">{words.t("sites_take_paper")}</button> " "
                <button class="button" formaction=urls::OUTLINE_VERDICT_ROUTE>
                    {words.t("sites_take_away")}
                </button>
            </p>
            <p class="quiet">
                {words.t("outline_take_away_text")} " " {words.t("sites_take_away_text")} " "
                <a href=urls::VERIFY>{words.t("verify_link")}</a>
            </p>
        </form>
    }
    .into_any()
}

/// An outline by its size and the beginning of its digest; without the size where the file is not of the outline
/// in it.
pub(crate) fn called(words: Words, outline: &OutlineText) -> String {
    named(words, outline.ground().as_ref(), outline.short())
}

/// The same of an outline that was read already.
pub(crate) fn named(words: Words, ground: Option<&Outline>, digest: &str) -> String {
    match ground {
        Some(ground) => {
            let size = format::hectares(words.0, ground.area_m2());
            words.fill("outline_called", &[("size", &size), ("digest", digest)])
        }
        None => words.fill("outline_called_only", &[("digest", digest)]),
    }
}

/// The corners of an outline, a line each, ring by ring; and whether there are more.
pub(super) fn corners(words: Words, outline: &OutlineText) -> (Vec<[String; 2]>, bool) {
    let Some(ground) = outline.ground() else { return (Vec::new(), false) };
    let one = ground.shape().0.len() == 1 && ground.shape().0[0].interiors().is_empty();
    let mut all = Vec::new();
    for (part, polygon) in ground.shape().iter().enumerate() {
        let part = (part + 1).to_string();
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        for (hole, ring) in rings.enumerate() {
            let corners = ring.0.split_last().map_or(&[][..], |(_, open)| open);
            for (at, corner) in corners.iter().enumerate() {
                let (n, hole) = ((at + 1).to_string(), hole.to_string());
                let values = [("part", part.as_str()), ("hole", &hole), ("n", &n)];
                let name = match (one, hole.as_str()) {
                    (true, _) => n.clone(),
                    (false, "0") => words.fill("outline_corner_of_part", &values[..]),
                    (false, _) => words.fill("outline_corner_of_hole", &values[..]),
                };
                all.push([name, format!("{:.7}, {:.7}", corner.x, corner.y)]);
            }
        }
    }
    let cut = all.len() > MOST_WRITTEN;
    all.truncate(MOST_WRITTEN);
    (all, cut)
}

/// That what is asked is asked of an outline, with a drawing of it.
pub(super) fn asked(words: Words, written: &str) -> Option<AnyView> {
    let outline = Outline::read(written).ok()?;
    let called = named(words, Some(&outline), OutlineText::of(&outline).short());
    Some(
        view! {
            <p>{words.fill("outline_asked_about", &[("outline", &called)])}</p>
            {sketch(words, outline.shape(), None)}
        }
        .into_any(),
    )
}

/// The way back from the form that asks offices to the verdict that it is about.
pub(super) fn back(words: Words, form: &AskingForm) -> AnyView {
    let text = words.t("ask_all_back");
    match &form.outline {
        Some(outline) => to_verdict(outline.clone(), (&form.rules, &form.of), &form.answered, text),
        None => {
            let back = urls::sites((&form.rules, &form.of), &[form.code], &form.answered);
            view! { <p><a href=back>{text}</a></p> }.into_any()
        }
    }
}

/// A button that leads to the verdict on an outline: it stands in no address.
pub(crate) fn to_verdict(
    outline: String,
    (rules, of): (&str, &str),
    answers: &BTreeMap<String, String>,
    text: &'static str,
) -> AnyView {
    let answers = answers.iter().map(|(id, answer)| {
        view! { <input type="hidden" name=format!("{}{id}", urls::ANSWER) value=answer.clone() /> }
    });
    view! {
        <form method="post" action=urls::OUTLINE enctype="multipart/form-data">
            <input type="hidden" name=urls::USE value=format!("{rules}.{of}") />
            <input type="hidden" name=urls::POINTS value=outline />
            {answers.collect_view()}
            <button class="link-button">{text}</button>
        </form>
    }
    .into_any()
}
