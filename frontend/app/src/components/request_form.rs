//! The form of a service at a place.

use domain::{
    LandCode,
    service::{Question, ServiceItem, service},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    error_summary::Fault,
    form_field::{FormField, answer_fault_words},
};
use crate::{
    context::{ErrorPage, FormRefusal, FormReturn},
    current, urls,
    words::Words,
};

/// The form's id: the switches of the header belong to it, where there is one.
const FORM: &str = "request-form";

/// The form at the address of this page. A switch of language or size sends it along with what was
/// typed, and it comes back.
pub fn form_here() -> Option<&'static str> {
    let (place, ended) = current::place()?;
    // Of an ended one there is a form only where what was typed comes back.
    if ended && use_context::<FormReturn>().is_none() {
        return None;
    }
    let form = urls::request_form(&place);
    let is_form = current::page().path.split('?').next() == Some(&form);
    let offered = wanted_service().is_some_and(|item| service(&item).is_some());
    (is_form && offered && use_context::<ErrorPage>().is_none()).then_some(FORM)
}

/// The service that the address of this page names.
pub fn wanted_service() -> Option<String> {
    let wanted = use_query_map().with_untracked(|query| query.get("item"));
    wanted.filter(|item| !item.is_empty())
}

/// The faults of a form that came back, for the summary.
pub fn faults(words: Words, item: &ServiceItem, back: &FormReturn) -> Vec<Fault> {
    let refusal = back.refusal.map(|refusal| Fault {
        field: None,
        text: words
            .t(match refusal {
                FormRefusal::Changed => "refusal_changed",
                FormRefusal::Unavailable => "refusal_unavailable",
                FormRefusal::TooOften => "refusal_too_often",
            })
            .to_owned(),
    });
    let fields = back.faults.iter().filter_map(|fault| {
        let question = item.question(&fault.field)?;
        Some(Fault {
            field: Some(fault.field.clone()),
            text: answer_fault_words(words, question, fault.fault),
        })
    });
    refusal.into_iter().chain(fields).collect()
}

/// The form. Posts to its own address; the faults come back beside the fields.
#[component]
pub fn RequestForm(
    /// The place.
    code: LandCode,
    /// The service.
    item: &'static ServiceItem,
    /// Data version that is shown, `dataset/number`.
    seen: String,
    /// Key against double submission.
    token: String,
    /// What was typed and what is wrong, when it came back.
    back: FormReturn,
) -> AnyView {
    let words = current::words();
    let fields = fields(item.question.iter(), &back);
    // Not checked by the browser: its bubbles come one by one and in its own words.
    view! {
        <form class="form" id=FORM method="post" action=urls::new_request(&code, &item.id) novalidate>
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="item" value=item.id.as_str() />
            <input type="hidden" name="seen" value=seen />
            {fields}
            <button class="button button-primary">{words.t("submit_request")}</button>
            <p class="hint">{words.t("submit_after")}</p>
        </form>
    }
    .into_any()
}

/// The fields of questions, with what was typed and what is wrong.
pub fn fields(
    questions: impl Iterator<Item = &'static Question>,
    back: &FormReturn,
) -> Vec<AnyView> {
    questions
        .map(|question| {
            let value = back.values.get(&question.name).cloned().unwrap_or_default();
            let fault = back.faults.iter().find(|fault| fault.field == question.name);
            let fault = fault.map(|fault| fault.fault);
            view! { <FormField question value fault /> }.into_any()
        })
        .collect()
}
