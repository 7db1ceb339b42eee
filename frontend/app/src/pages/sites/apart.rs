//! The pieces of ground of an outline that lie apart: what can be said of each, by its number on the drawing.

use domain::{
    outline::Outline,
    suitability::{Answer, Standing, Verdict},
};
use leptos::prelude::*;
use service_api::PieceApart;

use super::said;
use crate::{
    components::{Mark, MarkKind},
    format,
    words::Words,
};

/// Each piece with its answer and the rules that make it; nothing of an outline of one piece.
pub(super) fn section(words: Words, outline: &Outline, apart: &[PieceApart]) -> Option<AnyView> {
    let count = outline.shape().0.len();
    if count < 2 {
        return None;
    }
    let each = apart.iter().enumerate().map(|(at, piece)| {
        let (kind, word) = match &piece.verdict {
            Some(verdict) => {
                (said::mark(verdict.answer).0, said::answer_word(words, verdict.answer))
            }
            None => (MarkKind::NoData, words.t("sites_not_judged")),
        };
        let number = (at + 1).to_string();
        let area = format::square_metres(words.0, piece.outline.area_m2().round());
        let which = words.fill("outline_piece", &[("n", &number), ("area", &area)]);
        let why = piece.verdict.as_ref().and_then(|verdict| why(words, verdict));
        view! {
            <li>
                <span class="site-answer"><Mark kind /> <span>{which} <strong>{word}</strong></span></span>
                {why.map(|why| view! { <small class="beneath">{why}</small> })}
            </li>
        }
    });
    let each: Vec<_> = each.collect();
    let n = count.to_string();
    let text = if each.is_empty() { "outline_pieces_many" } else { "outline_pieces_text" };
    Some(
        view! {
            <section aria-labelledby="pieces-title">
                <h2 id="pieces-title">{words.fill("outline_pieces", &[("n", &n)])}</h2>
                <p class="quiet">{words.t(text)}</p>
                <ul class="onward">{each}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The rules that stand in the way, or ask for something.
fn why(words: Words, verdict: &Verdict) -> Option<String> {
    let standing = match verdict.answer {
        Answer::DoesNot => Standing::InTheWay,
        Answer::SuitsIf => Standing::ToObtain,
        Answer::CannotBeSaid => Standing::Open,
        Answer::Suits => return None,
    };
    let own = verdict.findings.iter().filter(|finding| finding.standing == standing);
    let titles: Vec<String> = own.map(|finding| words.pick(&finding.title)).collect();
    (!titles.is_empty()).then(|| titles.join(words.t("list_comma")))
}
