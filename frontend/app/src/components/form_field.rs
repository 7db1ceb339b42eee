//! A question of a form: label, help, error, field.

use domain::service::{AnswerFault, InputKind, Question};
use leptos::prelude::*;

use super::{TextArea, as_written};
use crate::{current, format, urls, words::Words};

/// What is wrong with an answer: what to do about it.
pub fn answer_fault_words(words: Words, question: &Question, fault: AnswerFault) -> String {
    let whole = words.pick(&question.label);
    // 希望哪天来？（选填） → 希望哪天来, so that it can be quoted.
    let label = ["（选填）", "(optional)"].iter().find_map(|mark| whole.strip_suffix(mark));
    let label = label.unwrap_or(&whole).trim_end().trim_end_matches(['？', '?', '：', ':']);
    match (fault, question.kind) {
        (AnswerFault::Missing, InputKind::Consent) => words.t("fault_consent").to_owned(),
        (AnswerFault::Missing | AnswerFault::NotAnOption, InputKind::Choice) => {
            words.fill("fault_choose", &[("label", label)])
        }
        (AnswerFault::Missing | AnswerFault::NotAnOption, _) => {
            words.fill("fault_missing", &[("label", label)])
        }
        (AnswerFault::NotAsked, InputKind::Choice) => {
            words.fill("fault_not_asked_choice", &[("label", label)])
        }
        (AnswerFault::NotAsked, _) => words.fill("fault_not_asked", &[("label", label)]),
        (AnswerFault::TooLong { max_length, length }, _) => {
            let [max, n, over] = [max_length, length, length.saturating_sub(max_length)]
                .map(|figure| figure.to_string());
            words.fill("fault_long", &[("label", label), ("max", &max), ("n", &n), ("over", &over)])
        }
        (AnswerFault::NotText(fault), kind) => {
            let key = match char::from_u32(fault.code_point) {
                Some('\n' | '\r' | '\u{2028}' | '\u{2029}') if kind != InputKind::Paragraph => {
                    "fault_one_line"
                }
                _ => "fault_no_text",
            };
            words.fill(key, &[("label", label), ("position", &fault.position.to_string())])
        }
        (AnswerFault::NotAPhone, _) => words.t("fault_phone").to_owned(),
        (AnswerFault::NotOnePhone, _) => words.t("fault_one_phone").to_owned(),
        (AnswerFault::NotAnEmail, _) => words.t("fault_email").to_owned(),
        (AnswerFault::NotOneEmail, _) => words.t("fault_one_email").to_owned(),
        (AnswerFault::NotADate, _) => {
            let today = current::today();
            let example = question.days.map_or(today, |days| days.example(today)).to_string();
            words.fill("fault_date", &[("example", &example)])
        }
        (AnswerFault::OutOfDays { from, to }, _) => {
            let (from, to) = (format::date(words.0, from), format::date(words.0, to));
            words.fill("fault_days", &[("label", label), ("from", &from), ("to", &to)])
        }
    }
}

/// After which answers a question is asked; `None` where it is asked of everybody.
pub fn when_words(words: Words, questions: &[Question], question: &Question) -> Option<String> {
    let when = question.when.as_ref()?;
    let choice = questions.iter().find(|one| one.name == when.question)?;
    let options = choice.options.iter().filter(|option| when.holds(Some(&option.value)));
    let options: Vec<_> = options
        .map(|option| words.fill("asked_option", &[("option", &words.pick(&option.label))]))
        .collect();
    let options = options.join(words.t("list_or"));
    Some(
        words
            .fill("asked_when", &[("question", &words.pick(&choice.label)), ("options", &options)]),
    )
}

/// A question with what was answered.
#[component]
pub fn FormField(
    /// The question.
    question: &'static Question,
    /// Its name in a form of several services; that of the question where there is none.
    #[prop(optional_no_strip)]
    name: Option<String>,
    /// As typed.
    value: String,
    /// What is wrong with it.
    fault: Option<AnswerFault>,
    /// Of each option, what stands of it now.
    #[prop(optional)]
    now: Vec<Option<String>>,
) -> AnyView {
    let words = current::words();
    let hint = question.hint.get(words.0, current::today());
    let error = fault.map(|fault| answer_fault_words(words, question, fault));
    let own_name = name.unwrap_or_else(|| question.name.clone());
    let name = own_name.as_str();
    let described_by = described_by(name, !hint.is_empty(), error.is_some());
    let class = if error.is_some() { "field field-wrong" } else { "field" };
    let notes = (note(name, "hint", hint), error.map(|text| error_note(words, name, text)));
    let label = words.pick(&question.label);
    match question.kind {
        InputKind::Choice => {
            view! {
                <fieldset class=class aria-describedby=described_by>
                    <legend class="label">{label}</legend>
                    {notes}
                    {choices(words, (name, question), &value, &now)}
                </fieldset>
            }
            .into_any()
        }
        InputKind::Consent => view! {
            <div class=class>
                <div class="choice">
                    <input
                        class="choice-box"
                        type="checkbox"
                        id=own_name.clone()
                        name=own_name.clone()
                        value="yes"
                        checked=value == "yes"
                        aria-describedby=described_by
                        aria-invalid=fault.map(|_| "true")
                    />
                    <label class="choice-label" for=own_name.clone()>{label}</label>
                </div>
                {notes}
                <p class="hint"><a href=urls::PRIVACY target="_blank">{words.t("privacy_new_tab")}</a></p>
            </div>
        }
        .into_any(),
        InputKind::Paragraph => view! {
            <div class=class>
                <label class="label" for=own_name.clone()>{label}</label>
                {notes}
                <TextArea
                    name=name.to_owned()
                    value
                    described_by
                    invalid=fault.is_some()
                    autocomplete=question.autocomplete.clone()
                />
            </div>
        }
        .into_any(),
        InputKind::Line | InputKind::Phone | InputKind::Email | InputKind::Date => view! {
            <div class=class>
                <label class="label" for=own_name.clone()>{label}</label>
                {notes}
                <input
                    class=input_class(question.kind)
                    type=input_type(question.kind, &value)
                    inputmode=input_mode(question.kind)
                    id=own_name.clone()
                    name=own_name.clone()
                    value=value
                    aria-describedby=described_by
                    aria-invalid=fault.map(|_| "true")
                    autocomplete=question.autocomplete.clone()
                />
            </div>
        }
        .into_any(),
    }
}

fn choices(
    words: Words,
    (name, question): (&str, &'static Question),
    value: &str,
    now: &[Option<String>],
) -> AnyView {
    question
        .options
        .iter()
        .enumerate()
        .map(|(at, option)| {
            // The first has the name itself: the error summary leads to it.
            let id = if at == 0 { name.to_owned() } else { format!("{name}-{at}") };
            let told = format!("{id}-now");
            let now = now.get(at).and_then(Clone::clone).map(|text| {
                let text = as_written(words, words.fill("option_now", &[("what", &text)]));
                view! { <small class="beneath" id=told.clone()>{text}</small> }
            });
            view! {
                <div class="choice">
                    <input
                        class="choice-dot"
                        type="radio"
                        id=id.clone()
                        name=name.to_owned()
                        value=option.value.as_str()
                        checked=option.value == value
                        aria-describedby=now.is_some().then_some(told)
                    />
                    <div class="choice-text">
                        <label class="choice-label" for=id>{words.pick(&option.label)}</label>
                        {now}
                    </div>
                </div>
            }
        })
        .collect_view()
        .into_any()
}

/// A field outside the service catalogue, such as a receipt's number.
#[component]
pub fn PlainField(
    /// Id and name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// A line of help.
    hint: &'static str,
    /// As typed.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> AnyView {
    let words = current::words();
    let described_by = described_by(name, true, error.is_some());
    let wrong = error.is_some();
    view! {
        <div class=if wrong { "field field-wrong" } else { "field" }>
            <label class="label" for=name>{label}</label>
            {note(name, "hint", hint.to_owned())}
            {error.map(|text| error_note(words, name, text))}
            <input
                class="input input-code input-receipt"
                type="text"
                id=name
                name=name
                value=value
                aria-describedby=described_by
                aria-invalid=wrong.then_some("true")
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
            />
        </div>
    }
    .into_any()
}

fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids: Vec<String> = [("hint", hint), ("error", error)]
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(part, _)| format!("{name}-{part}"))
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn note(name: &str, part: &str, text: String) -> Option<AnyView> {
    let id = format!("{name}-{part}");
    (!text.is_empty()).then(|| view! { <p class="hint" id=id>{text}</p> }.into_any())
}

fn error_note(words: Words, name: &str, text: String) -> AnyView {
    view! {
        <p class="field-error" id=format!("{name}-error")>
            <span class="visually-hidden">{words.t("error_prefix")}</span>
            {text}
        </p>
    }
    .into_any()
}

fn input_type(kind: InputKind, value: &str) -> &'static str {
    match kind {
        InputKind::Phone => "tel",
        InputKind::Email => "email",
        // A date picker empties itself of what is written in another way.
        InputKind::Date if value.is_empty() || is_machine_date(value) => "date",
        _ => "text",
    }
}

/// A valid date string (WHATWG HTML).
fn is_machine_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

const fn input_mode(kind: InputKind) -> Option<&'static str> {
    match kind {
        InputKind::Phone => Some("tel"),
        InputKind::Email => Some("email"),
        _ => None,
    }
}

const fn input_class(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Phone | InputKind::Date => "input input-short",
        _ => "input",
    }
}
