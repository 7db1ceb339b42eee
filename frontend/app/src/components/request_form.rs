//! The form of a service at a place.

use domain::{
    LandCode,
    service::{Question, ServiceItem},
};
use leptos::prelude::*;

use super::{
    error_summary::Fault,
    form_field::{FormField, answer_fault_words},
    page_form::REQUEST_FORM,
};
use crate::{
    context::{EarlierRequest, FormRefusal, FormReturn},
    current, urls,
    words::Words,
};

/// The faults of a form that came back, for the summary.
pub fn faults(words: Words, item: &ServiceItem, back: &FormReturn) -> Vec<Fault> {
    let refusal = back.refusal.as_ref().map(|refusal| refused(words, refusal));
    let fields = back.faults.iter().filter_map(|fault| {
        let question = item.question(&fault.field)?;
        let text = answer_fault_words(words, question, fault.fault);
        Some(Fault::new(Some(format!("#{}", fault.field)), text))
    });
    refusal.into_iter().chain(fields).collect()
}

/// Why a form was not taken although its fields are right, and where that leads.
fn refused(words: Words, refusal: &FormRefusal) -> Fault {
    let plain = |key: &str| Fault::new(None, words.t(key).to_owned());
    let earlier = |key: &str, earlier: &EarlierRequest| {
        let number = earlier.number.to_string();
        let secret = earlier.secret.as_ref();
        Fault {
            leads_to: Some(urls::request(&earlier.number)),
            text: words.fill(key, &[("number", &number)]),
            secret: secret.map(|secret| words.fill("refusal_secret", &[("secret", secret)])),
        }
    };
    match refusal {
        FormRefusal::Changed(first) => earlier("refusal_changed", first),
        FormRefusal::Sent(first) => earlier("refusal_sent", first),
        FormRefusal::Ended => plain("refusal_ended"),
        FormRefusal::TooMany { retry_after } => {
            let seconds = retry_after.to_string();
            Fault::new(None, words.fill("refusal_too_many", &[("n", &seconds)]))
        }
        FormRefusal::Unavailable => plain("refusal_unavailable"),
        FormRefusal::TooOften => plain("refusal_too_often"),
    }
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
    /// Whether the page says that the code has ended.
    ended: bool,
    /// Key against double submission.
    token: String,
    /// What was typed and what is wrong, when it came back.
    back: FormReturn,
) -> AnyView {
    let words = current::words();
    let fields = fields(item.question.iter(), &back);
    // Not checked by the browser: its bubbles come one by one and in its own words.
    view! {
        <form class="form" id=REQUEST_FORM method="post" action=urls::new_request(&code, &item.id) novalidate>
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="item" value=item.id.as_str() />
            <input type="hidden" name="seen" value=seen />
            {ended.then(|| view! { <input type="hidden" name="ended" value="yes" /> })}
            {back.again.then(|| view! { <input type="hidden" name="again" value="yes" /> })}
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
