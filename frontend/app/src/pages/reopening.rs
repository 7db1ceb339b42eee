//! Asking the department that is done with a request to take it up again (rule S8): on the page of the request, and on
//! a page of its own where the form comes back.

use domain::{
    request::{NotReopened, reopenable, reopening_asked, reopening_reason},
    service::{Answers, service},
};
use leptos::prelude::*;

use super::{
    error::typed,
    rights::{framed, opened},
};
use crate::{
    components::{ErrorSummary, FormField, REQUEST_FORM, folded, reopening_faults},
    context::FormReturn,
    current, format,
    urls::{self, Right},
    words::Words,
};
use service_api::RequestView;

/// How it is asked for, or how it stands. Nothing where the service does not offer it, or the applicant took the
/// request back.
#[component]
pub(super) fn ReopeningOf(
    /// The request, which has ended.
    request: RequestView,
) -> AnyView {
    let words = current::words();
    let Some(content) = parts(words, &request, None) else { return ().into_any() };
    view! {
        <section id=urls::REOPENING class="notices no-print" aria-labelledby="take-up-again-title">
            <h2 id="take-up-again-title">{words.t("reopening_title")}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn parts(words: Words, request: &RequestView, back: Option<&FormReturn>) -> Option<AnyView> {
    let within = service(&request.item).and_then(|item| item.reopen_days);
    let quiet = |text: String| view! { <p class="quiet">{text}</p> }.into_any();
    match reopenable(&request.events, within, current::today()) {
        Ok(until) => {
            let until = format::date(words.0, until);
            let form = view! {
                <p>{words.fill("reopening_lead", &[("date", &until)])}</p>
                {asking(words, request, back)}
            }
            .into_any();
            // A form that came back is open.
            Some(match back {
                Some(_) => form,
                None => folded(words.t("reopening_open").into_any(), form),
            })
        }
        Err(NotReopened::Asked) => {
            let asked = reopening_asked(&request.events)?;
            let at = format::moment(words.0, asked.at);
            Some(view! { <p>{words.fill("reopening_asked", &[("time", &at)])}</p> }.into_any())
        }
        Err(NotReopened::TooLate(until)) => {
            let until = format::date(words.0, until);
            Some(quiet(words.fill("reopening_late", &[("date", &until)])))
        }
        Err(NotReopened::TooOften) => Some(quiet(words.t("reopening_too_often").to_owned())),
        Err(NotReopened::NotDone(state)) if back.is_some() => {
            let state = words.t(&format!("state_{}", state.name()));
            Some(quiet(words.fill("reopening_not_done", &[("state", state)])))
        }
        Err(NotReopened::NotOffered | NotReopened::NotDone(_)) => None,
    }
}

/// The question, with what was typed.
fn asking(words: Words, request: &RequestView, back: Option<&FormReturn>) -> AnyView {
    let question = reopening_reason();
    let value = back.and_then(|back| back.values.get(&question.name).cloned());
    let fault = back.and_then(|back| {
        back.faults.iter().find(|fault| fault.field == question.name).map(|fault| fault.fault)
    });
    // A switch of language sends it along where it came back.
    let id = if back.is_some() { REQUEST_FORM } else { "reopening-form" };
    view! {
        <form class="form" id=id method="post" action=urls::right(&request.number, Right::Reopen) novalidate>
            <FormField question value=value.unwrap_or_default() fault />
            <p class="hint">{words.t("reopening_who_sees")}</p>
            <button class="button">{words.t("reopening_button")}</button>
        </form>
    }
    .into_any()
}

/// The form again, with what was typed and what is wrong with it.
#[component]
pub fn ReopenPage() -> AnyView {
    let back = use_context::<FormReturn>();
    opened(move |dossier| {
        let words = current::words();
        let request = dossier.request;
        let faults = back.as_ref().map(|back| reopening_faults(words, back)).unwrap_or_default();
        let refused = back.as_ref().is_some_and(|back| back.refusal.is_some());
        let within = service(&request.item).and_then(|item| item.reopen_days);
        let open = reopenable(&request.events, within, current::today()).is_ok();
        let nothing = FormReturn::of(Answers::new());
        let content = parts(words, &request, Some(back.as_ref().unwrap_or(&nothing)));
        let content = view! {
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            {content}
            {(!open && back.is_some()).then(typed)}
        };
        framed(&request, "reopening_title", content.into_any())
    })
}
