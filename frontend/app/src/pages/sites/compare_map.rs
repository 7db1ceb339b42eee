//! Where sites that are compared lie: a drawing with their numbers, each marked and coloured by what can be said
//! of it, and the same in words. What the policy shows of where a site lies, and nothing else.

use leptos::prelude::*;
use service_api::{Assessment, Told};

use super::said;
use crate::{
    components::{Mark, MarkKind, Numbered, map_source, numbered},
    words::Words,
};

/// The drawing with its legend; those that are not on it are named.
pub(super) fn section(words: Words, told: &Assessment) -> AnyView {
    let mut places = Vec::new();
    let mut missing = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    let mut kinds: Vec<(MarkKind, &'static str, Vec<String>)> = Vec::new();
    for (at, site) in told.sites.iter().enumerate() {
        let number = at + 1;
        let judged = match &site.told {
            Told::Judged(judged) => judged.centroid.map(|at| (judged, at)),
            _ => None,
        };
        let Some((judged, at)) = judged else {
            missing.push(number.to_string());
            continue;
        };
        let answer = judged.verdict.answer;
        let (kind, class) = said::mark(answer);
        places.push(Numbered { number, at, kind, class });
        let word = said::answer_word(words, answer);
        match kinds.iter_mut().find(|(_, own, _)| *own == word) {
            Some((_, _, numbers)) => numbers.push(number.to_string()),
            None => kinds.push((kind, word, vec![number.to_string()])),
        }
        let [review, _] = map_source(words, &judged.version);
        if !notes.contains(&review) {
            notes.push(review);
        }
    }
    let n = places.len().to_string();
    let title = words.fill("sites_map_of", &[("n", &n)]);
    let drawing = numbered(words, &places, title, words.t("sites_map_same"));
    if drawing.is_none() {
        return view! { <p class="quiet">{words.t("sites_map_none")}</p> }.into_any();
    }
    let list = |numbers: &[String]| numbers.join(words.t("list_comma"));
    let legend = kinds.iter().map(|(kind, word, numbers)| {
        let which = list(numbers);
        let kind = *kind;
        view! {
            <li class="site-answer">
                <Mark kind /> <span>{words.fill("sites_map_which", &[("word", word), ("which", &which)])}</span>
            </li>
        }
    });
    let missing = (!missing.is_empty())
        .then(|| words.fill("sites_map_missing", &[("which", &list(&missing))]));
    view! {
        <section aria-labelledby="sites-map-title">
            <h2 id="sites-map-title">{words.t("sites_map_title")}</h2>
            {drawing}
            <div class="plan-caption">
                <ul class="legend">{legend.collect_view()}</ul>
                <p>{words.t("sites_map_text")}</p>
                {missing.map(|text| view! { <p>{text}</p> })}
                {notes.into_iter().map(|note| view! { <p class="plan-review">{note}</p> }).collect_view()}
            </div>
        </section>
    }
    .into_any()
}
