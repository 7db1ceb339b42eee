//! What has happened to a request, and how it stands with each department.

use domain::request::{Actor, RequestEvent};
use leptos::prelude::*;

use super::as_written;
use crate::{
    current, format,
    portal::{DepartmentProgress, Standing},
    words::Words,
};

/// What happened, oldest first.
#[component]
pub fn Timeline(
    /// The events.
    events: Vec<RequestEvent>,
) -> AnyView {
    let words = current::words();
    let last = events.len().saturating_sub(1);
    view! {
        <ol class="timeline">
            {events.iter().enumerate().map(|(at, one)| event(words, one, at == last)).collect_view()}
        </ol>
    }
    .into_any()
}

fn event(words: Words, event: &RequestEvent, last: bool) -> AnyView {
    let actor = match &event.actor {
        Actor::Applicant => words.t("actor_applicant"),
        Actor::Portal => words.t("actor_portal"),
        Actor::Department(_) => words.t("actor_department"),
    };
    view! {
        <li class="timeline-event" aria-current=last.then_some("step")>
            <strong class="timeline-state">{words.t(&format!("state_{}", event.state.name()))}</strong>
            <span class="timeline-when">
                <time datetime=format::machine_moment(event.at)>{format::moment(words.0, event.at)}</time>
                " · "
                {actor}
            </span>
            {event.note.clone().map(|note| view! { <span class="timeline-note">{as_written(words, note)}</span> })}
        </li>
    }
    .into_any()
}

/// How the request stands with each department, in honest words.
#[component]
pub fn Departments(
    /// The departments.
    departments: Vec<DepartmentProgress>,
) -> AnyView {
    let words = current::words();
    view! {
        <ul class="departments">
            {departments
                .iter()
                .map(|part| {
                    view! {
                        <li class="department">
                            <strong>{words.pick(&part.department)}</strong>
                            <p>{standing(words, part.standing)}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

fn standing(words: Words, standing: Standing) -> String {
    match standing {
        Standing::Waiting { attempts: 0, .. } => words.t("standing_queued").to_owned(),
        Standing::Waiting { next: Some(next), .. } => {
            words.fill("standing_retry", &[("time", &format::moment(words.0, next))])
        }
        Standing::Waiting { next: None, .. } => words.t("standing_retry_soon").to_owned(),
        Standing::Delivered => words.t("standing_delivered").to_owned(),
        Standing::WithStaff => words.t("standing_staff").to_owned(),
    }
}
