//! Saying how satisfied one was with how a request was dealt with (好差评, rule S8): on the page of a request
//! that has ended, and on a page of its own where the form comes back.

use domain::{
    request::{NotRated, grade_words, rateable, rating_grade, rating_note, rating_of},
    service::service,
};
use leptos::prelude::*;

use super::{
    error::typed,
    rights::{framed, opened},
};
use crate::{
    components::{
        Banner, ContactRows, ErrorSummary, FormField, REQUEST_FORM, Tone, as_written, folded,
        rating_faults,
    },
    context::FormReturn,
    current, format,
    urls::{self, Right},
    words::Words,
};
use service_api::RequestView;

/// What was said of a request, how to say it or say otherwise, and where to complain.
#[component]
pub(super) fn RatingOf(
    /// The request, which has ended.
    request: RequestView,
) -> AnyView {
    let words = current::words();
    view! {
        <section id=urls::RATING class="notices no-print" aria-labelledby="your-rating-title">
            <h2 id="your-rating-title">{words.t("rating_title")}</h2>
            {parts(words, &request, None)}
        </section>
    }
    .into_any()
}

fn parts(words: Words, request: &RequestView, back: Option<&FormReturn>) -> AnyView {
    let said = rating_of(&request.events);
    let open = rateable(&request.events, current::today());
    let form = match open {
        Ok(until) => {
            let until = format::date(words.0, until);
            let form = view! {
                <p>{words.fill("rating_lead", &[("date", &until)])}</p>
                {asking(words, request, back)}
            }
            .into_any();
            // A form that came back is open.
            if said.is_some() && back.is_none() {
                folded(words.t("rating_change").into_any(), form)
            } else {
                form
            }
        }
        Err(NotRated::TooLate(until)) => {
            let until = format::date(words.0, until);
            view! { <p class="quiet">{words.fill("rating_late", &[("date", &until)])}</p> }
                .into_any()
        }
        Err(NotRated::Open(state)) => {
            let state = words.t(&format!("state_{}", state.name()));
            view! { <p class="quiet">{words.fill("rating_open", &[("state", state)])}</p> }
                .into_any()
        }
        Err(NotRated::TooOften | NotRated::Unchanged) => {
            view! { <p class="quiet">{words.t("rating_too_often")}</p> }.into_any()
        }
    };
    let own = said.and_then(|event| {
        let grade = event.rating?;
        let text = words.fill("rating_said", &[("grade", &words.pick(&grade_words(grade)))]);
        let note = event.note.clone();
        Some(view! {
            <p><strong>{text}</strong></p>
            {note.map(|note| view! { <p class="standing-answer">{as_written(words, note)}</p> })}
            {(!grade.is_satisfied()).then(|| complaining(words, request))}
        })
    });
    view! { {own} {form} }.into_any()
}

/// The two questions, with what was typed or said before.
fn asking(words: Words, request: &RequestView, back: Option<&FormReturn>) -> AnyView {
    let said = rating_of(&request.events);
    let values = [
        (rating_grade(), said.and_then(|event| event.rating).map(|grade| grade.name().to_owned())),
        (rating_note(), said.and_then(|event| event.note.clone())),
    ];
    let fields = values.map(|(question, before)| {
        let value = match back {
            Some(back) => back.values.get(&question.name).cloned(),
            None => before,
        };
        let fault = back.and_then(|back| {
            back.faults.iter().find(|fault| fault.field == question.name).map(|fault| fault.fault)
        });
        view! { <FormField question value=value.unwrap_or_default() fault /> }
    });
    // A switch of language sends it along where it came back.
    let id = if back.is_some() { REQUEST_FORM } else { "rating-form" };
    view! {
        <form class="form" id=id method="post" action=urls::right(&request.number, Right::Rate) novalidate>
            {fields.into_iter().collect_view()}
            <p class="hint">{words.t("rating_who_sees")}</p>
            <button class="button">{words.t("rating_button")}</button>
        </form>
    }
    .into_any()
}

/// Where whoever is dissatisfied can complain, without asking anybody here.
fn complaining(words: Words, request: &RequestView) -> AnyView {
    let item = service(&request.item);
    view! {
        <Banner tone=Tone::Caution title=words.t("rating_complain_title")>
            <p>{words.t("rating_complain")}</p>
            {item.map(|item| view! {
                <dl class="terms"><ContactRows department=item.department.clone() /></dl>
            })}
        </Banner>
    }
    .into_any()
}

/// The form again, with what was typed and what is wrong with it.
#[component]
pub fn RatePage() -> AnyView {
    let back = use_context::<FormReturn>();
    opened(move |dossier| {
        let words = current::words();
        let request = dossier.request;
        let faults = back.as_ref().map(|back| rating_faults(words, back)).unwrap_or_default();
        let refused = back.as_ref().is_some_and(|back| back.refusal.is_some());
        let open = rateable(&request.events, current::today()).is_ok();
        let content = view! {
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            {parts(words, &request, back.as_ref())}
            {(!open).then(typed)}
        };
        framed(&request, "rating_title", content.into_any())
    })
}
