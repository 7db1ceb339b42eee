//! What the hatches of a map stand for, each with its mark, its word and the way to its card.

use domain::{extent::PublicExtent, profile::PublicProfile};
use leptos::prelude::*;

use super::hatch::hatch_id;
use crate::{
    components::{
        mark::{Mark, MarkKind, severity_key},
        verdict::theme_anchor,
    },
    words::Words,
};

/// The legend; a sentence where the policy lets nothing be drawn, nothing where nothing concerns the
/// place.
pub fn legend(words: Words, profile: &PublicProfile, extents: &[PublicExtent]) -> AnyView {
    if profile.restrictions.concerned.is_empty() {
        return ().into_any();
    }
    if extents.is_empty() {
        return view! { <p class="plan-unhatched">{words.t("hatch_none")}</p> }.into_any();
    }
    let lines: Vec<_> = extents.iter().filter_map(|extent| line(words, profile, extent)).collect();
    view! {
        <h3 class="legend-title" id="legend-title">{words.t("hatch_title")}</h3>
        <ul class="legend" aria-labelledby="legend-title">{lines}</ul>
    }
    .into_any()
}

fn line(words: Words, profile: &PublicProfile, extent: &PublicExtent) -> Option<AnyView> {
    let answer = profile.restrictions.concerned.iter().find(|it| it.theme.id == extent.theme)?;
    let fill = format!("url(#{})", hatch_id(extent));
    let labels: Vec<String> = extent.labels.iter().map(|label| words.pick(label)).collect();
    let undrawn = extent.ground.0.is_empty().then(|| words.t("hatch_undrawn"));
    Some(
        view! {
            <li class="legend-line">
                <svg class="legend-swatch" viewBox="0 0 64 40" aria-hidden="true" focusable="false">
                    {undrawn.is_none().then(|| view! { <rect width="64" height="40" fill=fill /> })}
                    <rect class="legend-frame" x="1" y="1" width="62" height="38" />
                </svg>
                <span>
                    <a href=format!("#{}", theme_anchor(answer))>
                        <Mark kind=MarkKind::Asks(extent.severity) />
                        " "
                        {words.pick(&answer.theme.title)}
                    </a>
                    <span class="legend-word">{words.t(severity_key(extent.severity))}</span>
                    <span class="legend-what">{labels.join(words.t("list_comma"))} {undrawn}</span>
                </span>
            </li>
        }
        .into_any(),
    )
}
