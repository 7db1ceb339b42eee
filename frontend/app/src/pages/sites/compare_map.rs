//! Where sites that are compared lie: a drawing with their numbers, each marked and coloured by what can be said
//! of it, and the same in words. What the policy shows of where a site lies, and nothing else. In a browser that can
//! it becomes a map, with the outlines that each site's own page shows ([`compare_live`]).

use leptos::prelude::*;
use service_api::{Assessment, Told};

use super::{
    compare_live::{self, OnMap, anchor},
    said,
};
use crate::{
    components::{Mark, MarkKind, Numbered, map_source, numbered, precision_words},
    islands::PlaceMap,
    pages::place_map,
    words::Words,
};

/// The drawing with its legend; those that are not on it are named.
pub(super) fn section(words: Words, told: &Assessment) -> AnyView {
    let mut places = Vec::new();
    let mut on_map = Vec::new();
    let mut missing = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    let mut note = |text: String| {
        if !text.is_empty() && !notes.contains(&text) {
            notes.push(text);
        }
    };
    let mut kinds: Vec<(MarkKind, &'static str, Vec<usize>)> = Vec::new();
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
        on_map.push(OnMap { number, at, class, word, judged });
        match kinds.iter_mut().find(|(_, own, _)| *own == word) {
            Some((_, _, numbers)) => numbers.push(number),
            None => kinds.push((kind, word, vec![number])),
        }
        let [review, source] = map_source(words, &judged.version);
        note(review);
        note(source);
        note(precision_words(words, judged.outline.as_ref()).to_owned());
    }
    let n = places.len().to_string();
    let title = words.fill("sites_map_of", &[("n", &n)]);
    let drawing = numbered(words, &places, title.clone(), words.t("sites_map_same"));
    let live = compare_live::request(words, &on_map, &title);
    let Some((drawing, request)) = drawing.zip(live) else {
        return view! { <p class="quiet">{words.t("sites_map_none")}</p> }.into_any();
    };
    let legend = kinds.iter().map(|(kind, word, numbers)| {
        let kind = *kind;
        let said = words.fill("sites_map_which", &[("word", word), ("which", "")]);
        let which = numbers.iter().enumerate().map(|(at, number)| {
            let between = (at > 0).then(|| words.t("list_comma"));
            view! { {between} <a href=format!("#{}", anchor(*number))>{number.to_string()}</a> }
        });
        view! {
            <li class="site-answer"><Mark kind /> <span>{said} {which.collect_view()}</span></li>
        }
    });
    let legend = legend.collect_view();
    let missing = (!missing.is_empty()).then(|| {
        words.fill("sites_map_missing", &[("which", &missing.join(words.t("list_comma")))])
    });
    let (assets, said) = (place_map::assets(), place_map::map_words(words));
    view! {
        <section aria-labelledby="sites-map-title">
            <h2 id="sites-map-title">{words.t("sites_map_title")}</h2>
            <figure class="plan-figure">
                <PlaceMap request assets words=said>{drawing}</PlaceMap>
                <figcaption class="plan-caption">
                    <ul class="legend">{legend}</ul>
                    <p>{words.t("sites_map_text")}</p>
                    {missing.map(|text| view! { <p>{text}</p> })}
                    {notes.into_iter().map(|note| view! { <p class="plan-review">{note}</p> }).collect_view()}
                </figcaption>
            </figure>
        </section>
    }
    .into_any()
}
