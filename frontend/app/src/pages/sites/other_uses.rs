//! What else a site suits as it is (sites S7): ways to the same question about another use.

use domain::{
    LandCode,
    suitability::{OtherUses, RuleSet, Use},
};
use leptos::prelude::*;

use super::{kept_answers, said};
use crate::{components::Mark, outlines::OutlineQuestion, sites::Question, urls, words::Words};

/// Under which heading uses are listed.
#[derive(Clone, Copy)]
pub(super) enum Heading {
    /// What else the site suits: a part of the page.
    Others,
    /// What a zone that refuses allows of the same kind: within a part.
    SameKind,
}

/// Of a site with a code: an address each.
pub(super) fn links(
    words: Words,
    heading: Heading,
    question: &Question,
    rules: &RuleSet,
    code: LandCode,
    others: &OtherUses,
) -> Option<AnyView> {
    listed(words, heading, rules, others, &|found, inside| {
        let href = urls::sites((&rules.id, &found.id), &[code], &question.typed.answers);
        view! { <a class="verdict-link" href=href>{inside}</a> }.into_any()
    })
}

/// Of an outline, which stands in no address: a form with a button each.
pub(super) fn buttons(
    words: Words,
    heading: Heading,
    question: &OutlineQuestion,
    rules: &RuleSet,
    others: &OtherUses,
) -> Option<AnyView> {
    let list = listed(words, heading, rules, others, &|found, inside| {
        let of = format!("{}.{}", rules.id, found.id);
        view! { <button class="verdict-link link-button" name=urls::USE value=of>{inside}</button> }
            .into_any()
    })?;
    Some(
        view! {
            <form method="post" action=urls::OUTLINE enctype="multipart/form-data">
                <input type="hidden" name=urls::POINTS value=question.points.clone() />
                {kept_answers(&question.typed)}
                {list}
            </form>
        }
        .into_any(),
    )
}

/// The uses with their answers; nothing where there are none.
fn listed(
    words: Words,
    heading: Heading,
    rules: &RuleSet,
    others: &OtherUses,
    way: &dyn Fn(&Use, AnyView) -> AnyView,
) -> Option<AnyView> {
    let each = others.uses.iter().filter_map(|other| {
        let (_, found) = rules.find_use(&other.of)?;
        let (kind, _) = said::mark(other.answer);
        let inside = view! {
            <Mark kind /> <span>{words.pick(&found.name)}</span>
            <span class="verdict-word">{said::answer_word(words, other.answer)}</span>
        };
        let way = way(found, inside.into_any());
        Some(view! { <li>{way}</li> })
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        if let Heading::SameKind = heading {
            return view! {
                <h3>{words.t("sites_zones_uses")}</h3>
                <ul class="verdict-links">{each}</ul>
            }
            .into_any();
        }
        view! {
            <section aria-labelledby="others-title">
                <h2 id="others-title">{words.t("sites_others_title")}</h2>
                <ul class="verdict-links">{each}</ul>
                {(!others.whole).then(|| view! { <p class="quiet">{words.t("sites_others_cut")}</p> })}
            </section>
        }
        .into_any()
    })
}
