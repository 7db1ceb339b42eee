//! Asking the offices for what a verdict on an outline lacks (*sites S5*): a request belongs to a parcel, so whoever
//! asks names one that the outline lies on, and the outline goes along.

use domain::suitability::{RuleSet, Verdict};
use leptos::prelude::*;

use super::{
    kept_answers,
    parcel_field::{not_a_code, parcel_field},
};
use crate::{
    asking::parts_of,
    current,
    outlines::{AskFault, OutlineQuestion},
    urls,
    words::Words,
};

/// The field of the code; its name is that of every code.
const FIELD: &str = "ask-code";

/// What is wrong, with the way to the field.
pub(super) fn fault(words: Words, question: &OutlineQuestion) -> Option<crate::components::Fault> {
    let text = in_words(words, question)?;
    Some(crate::components::Fault::new(Some(format!("#{FIELD}")), text))
}

fn in_words(words: Words, question: &OutlineQuestion) -> Option<String> {
    Some(match question.ask_fault? {
        AskFault::NoCode => words.t("outline_ask_no_code").to_owned(),
        AskFault::NotBeneath => words.t("outline_ask_not_beneath").to_owned(),
        AskFault::NotACode => not_a_code(words, question.step_code.as_ref())?,
    })
}

/// The form, where an office here can be asked; nothing is handed in by it yet.
pub(super) fn section(
    words: Words,
    question: &OutlineQuestion,
    rules: &RuleSet,
    verdict: &Verdict,
) -> Option<AnyView> {
    current::portal()?;
    let n = parts_of(rules, verdict, &current::offers).len();
    if n == 0 {
        return None;
    }
    let texts = (FIELD, "outline_ask_code", "outline_ask_code_hint");
    let field = parcel_field(words, texts, question.step_code.as_ref(), in_words(words, question));
    let button = words.fill("outline_ask_button", &[("n", &n.to_string())]);
    Some(
        view! {
            <section aria-labelledby="ask-outline-title">
                <h2 id="ask-outline-title">{words.t("outline_ask_title")}</h2>
                <p>{words.t("outline_ask_text")}</p>
                <form class="form" method="post" action=urls::OUTLINE_ASK_ROUTE enctype="multipart/form-data">
                    <input type="hidden" name=urls::USE value=question.typed.chosen.clone() />
                    <input type="hidden" name=urls::POINTS value=question.points.clone() />
                    {kept_answers(&question.typed)}
                    {field}
                    <button class="button">{button}</button>
                </form>
            </section>
        }
        .into_any(),
    )
}
