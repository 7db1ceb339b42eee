//! What has happened to a request, and how it stands with each department.

use domain::{
    request::{Actor, MessageKind, RequestEvent, Step, grade_words},
    staff::marked,
};
use leptos::prelude::*;

use super::as_written;
use crate::{current, format, words::Words};
use service_api::{DeliveryProgress, DepartmentProgress};

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
            {events
                .iter()
                .enumerate()
                .map(|(at, one)| {
                    let before = at.checked_sub(1).and_then(|before| events.get(before));
                    event(words, one, before, at == last)
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

fn event(words: Words, event: &RequestEvent, before: Option<&RequestEvent>, last: bool) -> AnyView {
    if let Actor::Staff(who) = &event.actor
        && let Some((_, office)) = marked(who)
    {
        return looked(words, event, office, last);
    }
    let mut state = words.t(&format!("state_{}", event.state.name())).to_owned();
    let grade = event.rating.map(|grade| words.pick(&grade_words(grade)));
    let more = match event.step(before) {
        Step::Rating => {
            state = words.fill("step_rating", &[("grade", &grade.unwrap_or_default())]);
            None
        }
        Step::Forward => None,
        Step::Note => Some("step_note"),
        Step::Correction => Some("step_correction"),
        Step::Amendment => Some("step_amendment"),
        Step::Reopening => Some("step_reopening"),
        Step::Reopened => Some("step_reopened"),
    };
    if let Some(more) = more {
        state = words.fill(more, &[("state", &state)]);
    }
    let actor = match &event.actor {
        Actor::Applicant => words.t("actor_applicant"),
        Actor::Portal => words.t("actor_portal"),
        Actor::Department(_) => words.t("actor_department"),
        Actor::Staff(_) => words.t("actor_staff"),
    };
    view! {
        <li class="timeline-event" aria-current=last.then_some("step")>
            <strong class="timeline-state">{state}</strong>
            <span class="timeline-when">
                <time datetime=format::machine_moment(event.at)>{format::moment(words.0, event.at)}</time>
                " · "
                {actor}
            </span>
            {event.outcome.as_ref().map(|outcome| {
                let title = words.t(&format!("outcome_title_{}", outcome.kind().name()));
                view! { <span class="timeline-note"><strong>{title}</strong></span> }
            })}
            {event.note.clone().map(|note| view! { <span class="timeline-note">{as_written(words, note)}</span> })}
        </li>
    }
    .into_any()
}

/// That somebody at the counter has read the request: for which office, when and what for. Who it was stands in
/// the audit (desk D8).
fn looked(words: Words, event: &RequestEvent, office: &str, last: bool) -> AnyView {
    let name = current::portal().and_then(|portal| portal.office(office).map(|it| words.pick(it)));
    let name = name.unwrap_or_else(|| office.to_owned());
    let what_for = event.note.clone().unwrap_or_default();
    let did = match event.printed {
        Some(of) => words.fill("outcome_printed", &[("number", &format!("{of:02}"))]),
        None => words.t("staff_looked").to_owned(),
    };
    view! {
        <li class="timeline-event" aria-current=last.then_some("step")>
            <strong class="timeline-state">{did}</strong>
            <span class="timeline-when">
                <time datetime=format::machine_moment(event.at)>{format::moment(words.0, event.at)}</time>
                " · "
                {name}
            </span>
            <span class="timeline-note">{words.t("staff_looked_for")} {as_written(words, what_for)}</span>
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
                            {told(words, part.kind)}
                            <p>{progress(words, part)}</p>
                            {part.reference.clone().map(|text| view! {
                                <p>{words.t("receipt_reference")} " " <code>{text}</code></p>
                            })}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// What the department is told, where it is not the request itself.
fn told(words: Words, kind: MessageKind) -> Option<AnyView> {
    let key = match kind {
        MessageKind::Submitted => return None,
        MessageKind::Corrected => "told_corrected",
        MessageKind::Withdrawn => "told_withdrawn",
    };
    Some(view! { " " <span class="tag">{words.t(key)}</span> }.into_any())
}

fn progress(words: Words, part: &DepartmentProgress) -> String {
    let progress = part.progress;
    let contact = || {
        let contact = words.pick(&current::page().operator.contact);
        contact.trim_end_matches(['。', '.', ' ']).to_owned()
    };
    match progress {
        DeliveryProgress::Waiting { attempts: 0, .. } => words.t("standing_queued").to_owned(),
        DeliveryProgress::Waiting { next: Some(next), .. } => {
            words.fill("standing_retry", &[("time", &format::moment(words.0, next))])
        }
        DeliveryProgress::Waiting { next: None, .. } => words.t("standing_retry_soon").to_owned(),
        DeliveryProgress::InDoubt { next: Some(next) } => {
            words.fill("standing_doubt", &[("time", &format::moment(words.0, next))])
        }
        DeliveryProgress::InDoubt { next: None } => words.t("standing_doubt_soon").to_owned(),
        DeliveryProgress::ToCollect => words.t("standing_to_collect").to_owned(),
        DeliveryProgress::NotConnected => {
            words.fill("standing_not_connected", &[("contact", &contact())])
        }
        DeliveryProgress::Delivered => match (part.kind, part.confirmed_at) {
            (MessageKind::Withdrawn, Some(at)) => {
                words.fill("standing_knows", &[("time", &format::moment(words.0, at))])
            }
            _ => words.t("standing_delivered").to_owned(),
        },
        DeliveryProgress::TakenBack => words.t("standing_taken_back").to_owned(),
        DeliveryProgress::Stuck => words.fill("standing_stuck", &[("contact", &contact())]),
        DeliveryProgress::WithStaff { since } => {
            words.fill("standing_staff", &[("time", &format::moment(words.0, since))])
        }
        DeliveryProgress::Settled => words.t("standing_settled").to_owned(),
        DeliveryProgress::Redirected => words.t("standing_redirected").to_owned(),
    }
}
