//! The three answers: concerned, not concerned, no data. Every theme stands in exactly one.

use domain::restriction::{Restrictions, ThemeAnswer};
use leptos::prelude::*;

use super::{
    mark::{Mark, MarkKind},
    theme_card::{slivers, theme_card},
};
use crate::{current, format, words::Words};

/// How many themes each list has; each leads to its list.
#[component]
pub fn Counts(
    /// Concerned, not concerned, no data.
    counts: [usize; 3],
) -> AnyView {
    let words = current::words();
    let kinds = [MarkKind::Concerned, MarkKind::NotConcerned, MarkKind::NoData];
    view! {
        <nav class="counts" aria-label=words.t("restrictions_title")>
            <ul>
                {kinds
                    .into_iter()
                    .zip(counts)
                    .map(|(kind, count)| {
                        view! {
                            <li>
                                <a class="count" href=format!("#{}", kind.anchor())>
                                    <Mark kind />
                                    <span>{words.t(kind.key())}</span>
                                    " "
                                    <strong class="count-number">{count}</strong>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}

/// The three lists of a profile.
#[component]
pub fn ThreeLists(
    /// The answers.
    restrictions: Restrictions,
) -> AnyView {
    let words = current::words();
    let Restrictions { concerned, not_concerned, no_data, .. } = restrictions;
    view! {
        <h2>{words.t("restrictions_title")}</h2>
        <p class="lead">{words.t("restrictions_lead")}</p>
        {list(words, MarkKind::Concerned, &concerned, theme_card)}
        {list(words, MarkKind::NotConcerned, &not_concerned, untouched)}
        {list(words, MarkKind::NoData, &no_data, unanswered)}
    }
    .into_any()
}

fn list(
    words: Words,
    kind: MarkKind,
    themes: &[ThemeAnswer],
    item: fn(Words, &ThemeAnswer) -> AnyView,
) -> AnyView {
    let (class, empty) = match kind {
        MarkKind::Concerned => ("answers answers-concerned", "none_concerned"),
        MarkKind::NotConcerned => ("answers answers-not-concerned", "none_not_concerned"),
        MarkKind::NoData => ("answers answers-no-data", "none_no_data"),
    };
    let heading = format!("{}-title", kind.anchor());
    view! {
        <section class=class id=kind.anchor() aria-labelledby=heading>
            <h3 id=heading.clone()>
                <Mark kind />
                <span>{words.t(kind.key())}</span>
                " "
                <span class="answers-count">{themes.len()}</span>
            </h3>
            {if themes.is_empty() {
                view! { <p class="quiet">{words.t(empty)}</p> }.into_any()
            } else {
                view! { <ul class="themes">{themes.iter().map(|theme| item(words, theme)).collect_view()}</ul> }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}

fn untouched(words: Words, answer: &ThemeAnswer) -> AnyView {
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
    view! {
        <li class="theme theme-row">
            <Mark kind=MarkKind::NotConcerned />
            <div>
                <h4>{words.pick(&answer.theme.title)}</h4>
                <p class="quiet">{layers.join(words.t("list_semicolon"))}</p>
                {answer.layers.iter().map(|found| slivers(words, found)).collect_view()}
            </div>
        </li>
    }
    .into_any()
}

fn unanswered(words: Words, answer: &ThemeAnswer) -> AnyView {
    view! {
        <li class="theme theme-row">
            <Mark kind=MarkKind::NoData />
            <div>
                <h4>{words.pick(&answer.theme.title)}</h4>
                <p class="quiet">{words.fill("who_answers", &[("office", &words.pick(&answer.theme.office))])}</p>
            </div>
        </li>
    }
    .into_any()
}
