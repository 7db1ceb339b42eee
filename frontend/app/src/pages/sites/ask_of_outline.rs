//! Asking the offices for what a verdict on an outline lacks (*sites S5*): a request belongs to a parcel, so whoever
//! asks names one that the outline lies on, and the outline goes along.

use domain::suitability::{RuleSet, Verdict};
use leptos::prelude::*;

use super::{error, kept_answers};
use crate::{
    asking::parts_of,
    current,
    outlines::{AskFault, OutlineQuestion, StepCode},
    scan_target, urls,
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
        AskFault::NotACode => {
            let written = match &question.step_code {
                Some(StepCode::Wrong(written)) => scan_target::shown(written),
                _ => String::new(),
            };
            let why = words.t("sites_not_a_code_next");
            words.fill("sites_not_a_code", &[("written", &written), ("why", why)])
        }
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
    let wrong = in_words(words, question);
    let is_wrong = wrong.is_some();
    let value = match &question.step_code {
        Some(StepCode::Wrong(written)) => written.clone(),
        Some(StepCode::Read(code)) => code.as_str().to_owned(),
        None => String::new(),
    };
    let described_by = if is_wrong { "ask-code-hint ask-code-error" } else { "ask-code-hint" };
    let class = if is_wrong { "field field-wrong" } else { "field" };
    let message = wrong.map(|text| error(words, "ask-code-error".to_owned(), vec![text]));
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
                    <div class=class>
                        <label class="label" for=FIELD>{words.t("outline_ask_code")}</label>
                        <p class="hint" id="ask-code-hint">{words.t("outline_ask_code_hint")}</p>
                        {message}
                        <input
                            class="input"
                            id=FIELD
                            name=urls::CODE
                            value=value
                            aria-describedby=described_by
                            aria-invalid=is_wrong.then_some("true")
                            autocomplete="off"
                            spellcheck="false"
                            maxlength="100"
                        />
                    </div>
                    <button class="button">{button}</button>
                </form>
            </section>
        }
        .into_any(),
    )
}
