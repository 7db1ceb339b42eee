//! The three answers: concerned, not concerned, no data. Every theme stands in one of them; one that concerns the
//! place, while a layer of it does not reach all of it, also in the last.

use std::sync::Arc;

use domain::restriction::{Restrictions, ThemeAnswer};
use leptos::prelude::*;

use super::{
    drawn_once::{Part, Source, drawn_once},
    fold::folded,
    mark::{Mark, MarkKind, severity_class, severity_key},
    theme_card::{slivers, theme_card},
    verdict::{missing_layers, theme_anchor},
};
use crate::{current, format, words::Words};

/// The three lists of a profile. Of what does not concern the place, what asks something by that stands in a
/// part of its own.
pub fn three_lists(words: Words, restrictions: &Restrictions) -> AnyView {
    lists(words, restrictions, "restrictions_lead", [&CONCERNED, &NOT_CONCERNED, &NO_DATA])
}

/// The three lists of what matters to a scene: none of their sentences speaks of the other themes (rule Z4).
pub fn scene_lists(words: Words, restrictions: &Restrictions) -> AnyView {
    let concerned = List { empty: "scene_none_concerned", ..CONCERNED };
    let not_concerned = List { empty: "scene_none_not_concerned", ..NOT_CONCERNED };
    let no_data = List { empty: "scene_none_no_data", ..NO_DATA };
    lists(words, restrictions, "scene_lead", [&concerned, &not_concerned, &no_data])
}

fn lists(
    words: Words,
    restrictions: &Restrictions,
    lead: &'static str,
    [applies, applies_not, unknown]: [&List; 3],
) -> AnyView {
    let Restrictions { concerned, not_concerned, no_data, .. } = restrictions;
    // Lying outside of an area asks something too: that is never put away with what asks nothing.
    let (outside, untouched_by): (Vec<&ThemeAnswer>, Vec<_>) =
        not_concerned.iter().partition(|answer| answer.severity.is_some());
    let [concerned, no_data] = [concerned, no_data].map(|themes| themes.iter().collect::<Vec<_>>());
    view! {
        <h2>{words.t("restrictions_title")}</h2>
        <p class="lead">{words.t(lead)}</p>
        {list(words, applies, &concerned, theme_card)}
        {(!outside.is_empty()).then(|| list(words, &OUTSIDE, &outside, untouched))}
        {list(words, applies_not, &untouched_by, untouched)}
        {list(words, unknown, &no_data, unanswered)}
    }
    .into_any()
}

/// One of the lists: its anchor, class, and keys of its title and of what is said where it is empty.
struct List {
    anchor: &'static str,
    class: &'static str,
    title: &'static str,
    empty: &'static str,
}

const CONCERNED: List = List {
    anchor: "concerned",
    class: "answers answers-concerned",
    title: "answer_concerned",
    empty: "none_concerned",
};
const OUTSIDE: List = List {
    anchor: "outside",
    class: "answers answers-outside",
    title: "answer_outside",
    empty: "none_not_concerned",
};
const NOT_CONCERNED: List = List {
    anchor: "not-concerned",
    class: "answers answers-not-concerned",
    title: "answer_not_concerned",
    empty: "none_not_concerned",
};
const NO_DATA: List = List {
    anchor: "no-data",
    class: "answers answers-no-data",
    title: "answer_no_data",
    empty: "none_no_data",
};

fn list(
    words: Words,
    list: &List,
    themes: &[&ThemeAnswer],
    item: fn(Words, &ThemeAnswer) -> AnyView,
) -> AnyView {
    let heading = format!("{}-title", list.anchor);
    view! {
        <section class=list.class id=list.anchor aria-labelledby=heading>
            <h3 id=heading.clone()>{words.t(list.title)}</h3>
            {if themes.is_empty() {
                view! { <p class="quiet">{words.t(list.empty)}</p> }.into_any()
            } else {
                let items = themes.iter().map(|theme| item(words, theme)).collect_view();
                aside(words, list, themes.len(), view! { <ul class="themes">{items}</ul> }.into_any())
            }}
        </section>
    }
    .into_any()
}

/// In elder mode what does not concern the place is folded: what does stands above (A2).
fn aside(words: Words, list: &List, count: usize, themes: AnyView) -> AnyView {
    let fold = list.anchor == NOT_CONCERNED.anchor && current::page().elder;
    if !fold {
        return themes;
    }
    let name = words.fill("rest_not_concerned", &[("n", &count.to_string())]);
    folded(name.into_any(), themes)
}

fn untouched(words: Words, answer: &ThemeAnswer) -> AnyView {
    let draw = || untouched_row(words, answer);
    // What lies beside it by a hair is told of each place.
    if answer.layers.iter().any(|found| !found.findings.is_empty()) {
        return draw();
    }
    let layers = answer.layers.iter().map(|found| Arc::clone(&found.layer) as Source);
    drawn_once(words, Part::Untouched(answer.severity), layers, draw)
}

fn untouched_row(words: Words, answer: &ThemeAnswer) -> AnyView {
    let layers: Vec<String> = answer
        .layers
        .iter()
        .map(|found| {
            words.fill(
                "layer_checked",
                &[
                    ("layer", &words.pick(&found.layer.title)),
                    ("date", &format::date(words.0, found.layer.source_date)),
                ],
            )
        })
        .collect();
    // Outside of areas that it would be good to be in.
    let outside = answer.theme.grading.outside.as_ref().map(|outside| {
        view! {
            <p class=format!("severity {}", severity_class(outside.severity))>
                {words.t(severity_key(outside.severity))}
            </p>
            <p>{words.pick(&outside.meaning)}</p>
        }
    });
    let kind = answer.severity.map_or(MarkKind::NotConcerned, MarkKind::Asks);
    view! {
        <li class="theme theme-row" id=theme_anchor(answer)>
            <Mark kind />
            <div>
                <h4>{words.pick(&answer.theme.title)}</h4>
                {outside}
                <p class="quiet">{layers.join(words.t("list_semicolon"))}</p>
                {answer.layers.iter().map(|found| slivers(words, found)).collect_view()}
            </div>
        </li>
    }
    .into_any()
}

fn unanswered(words: Words, answer: &ThemeAnswer) -> AnyView {
    let missing = missing_layers(words, answer);
    let missing = missing.map(|layers| words.fill("layers_missing", &[("layers", &layers)]));
    view! {
        <li class="theme theme-row">
            <Mark kind=MarkKind::NoData />
            <div>
                <h4>{words.pick(&answer.theme.title)}</h4>
                {missing.map(|text| view! { <p>{text}</p> })}
                <p class="quiet">{words.fill("who_answers", &[("office", &words.pick(&answer.theme.office))])}</p>
            </div>
        </li>
    }
    .into_any()
}
