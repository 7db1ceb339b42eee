//! 规批供用登管: the life of a parcel in six stages.

use domain::lifecycle::{LifecycleEvent, Stage};
use leptos::prelude::*;

use super::as_written;
use crate::{current, format, words::Words};

/// Name of a stage in the keys of its words.
pub const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Planned => "planned",
        Stage::Approved => "approved",
        Stage::Supplied => "supplied",
        Stage::Used => "used",
        Stage::Registered => "registered",
        Stage::Supervised => "supervised",
    }
}

/// The one character by which the stage is known.
const fn sign(stage: Stage) -> &'static str {
    match stage {
        Stage::Planned => "规",
        Stage::Approved => "批",
        Stage::Supplied => "供",
        Stage::Used => "用",
        Stage::Registered => "登",
        Stage::Supervised => "管",
    }
}

fn title(words: Words, stage: Stage) -> &'static str {
    words.t(&format!("stage_{}", stage_name(stage)))
}

/// The strip of stages, and what is published of each.
#[component]
pub fn Lifecycle(
    /// Published events, oldest first.
    events: Vec<LifecycleEvent>,
) -> AnyView {
    let words = current::words();
    let strip = Stage::ALL.map(|stage| {
        let known = events.iter().any(|event| event.stage == stage);
        let (class, standing) =
            if known { ("stage stage-known", "stage_known") } else { ("stage", "stage_unknown") };
        view! {
            <li class=class>
                <span class="stage-sign" lang="zh-CN" aria-hidden="true">{sign(stage)}</span>
                <span class="stage-name">{title(words, stage)}</span>
                <span class="visually-hidden">{words.t(standing)}</span>
            </li>
        }
    });
    view! {
        <h2>{words.t("lifecycle_title")}</h2>
        <ol class="stages">{strip.into_iter().collect_view()}</ol>
        {if events.is_empty() {
            view! { <p class="quiet">{words.t("lifecycle_empty")}</p> }.into_any()
        } else {
            view! { <ol class="events">{events.iter().map(|one| event(words, one)).collect_view()}</ol> }.into_any()
        }}
    }
    .into_any()
}

fn event(words: Words, event: &LifecycleEvent) -> AnyView {
    view! {
        <li class="event">
            <time class="event-date" datetime=event.date.to_string()>{format::date(words.0, event.date)}</time>
            <span class="event-title">
                <span class="tag">{title(words, event.stage)}</span>
                " "
                {words.pick(&event.title)}
                {event.document.clone().map(|number| view! { " " <span class="quiet">{as_written(words, number)}</span> })}
            </span>
        </li>
    }
    .into_any()
}
