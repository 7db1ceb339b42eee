//! Does this site suit my business? The question, and what was found.

mod answer;
mod apart;
mod ask_of_outline;
mod ask_offices;
mod at_edge;
pub(crate) mod changed;
mod compare;
mod compare_live;
mod compare_map;
mod compare_pairs;
mod compare_weights;
mod draw_on;
mod drawn;
mod drawn_form;
mod finding;
mod gaps;
mod largest;
mod next;
mod other_uses;
pub(super) mod outline_away;
pub(super) mod paper;
mod parcel_field;
pub(super) mod redecided;
pub(super) mod said;
mod search;
mod step_words;
mod zoned;

#[cfg(test)]
pub(crate) use self::draw_on::draw_site_words;
pub use self::{ask_offices::AskOfficesPage, search::SiteSearchPage};

use std::sync::Arc;

pub use drawn::OutlinePage;

use domain::{
    LandCode,
    code::Strictness,
    suitability::{MOST_SITES, RuleSet},
};
use http::StatusCode;
use leptos::prelude::*;

use super::error::ErrorView;
use crate::{
    components::{
        Banner, ErrorSummary, Fault as Told, PageTitle, SITES_FORM, TextArea, Tone, fault_words,
    },
    context::ErrorPage,
    current,
    found::Found,
    scan_target,
    sites::{Fault, OneUse, Question, Typed},
    urls,
    words::Words,
};

/// The question about sites, or its answer.
#[component]
pub fn SitesPage() -> AnyView {
    match current::found() {
        Some(Found::Sites { question, told: None }) if question.sets.is_empty() => none_here(),
        Some(Found::Sites { question, told: None }) => asking(*question),
        Some(Found::Sites { question, told: Some(told) }) if told.sites.len() == 1 => {
            answer::page(&question, *told)
        }
        Some(Found::Sites { question, told: Some(told) }) => compare::page(&question, &told),
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
}

/// This portal has no rules to judge by.
fn none_here() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("sites_title") about=words.t("sites_none_here") />
        <div class="measure">
            <h1>{words.t("sites_title")}</h1>
            <p class="lead">{words.t("sites_none_here")}</p>
            <p><a href=urls::SERVICES>{words.t("sites_none_next")}</a></p>
        </div>
    }
    .into_any()
}

fn asking(question: Question) -> AnyView {
    let words = current::words();
    if !question.faults.is_empty() {
        current::set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let title = words.t("sites_title");
    let told: Vec<Told> = question.faults.iter().map(|fault| summed(words, fault)).collect();
    let tab = if told.is_empty() {
        title.to_owned()
    } else {
        words.fill("error_title", &[("title", title)])
    };
    let reviews = reviews(words, &question);
    let first = question.typed.codes.lines().next().unwrap_or_default();
    let first = LandCode::parse(first, Strictness::LookUp).ok();
    let by_outline =
        first.map_or_else(|| urls::OUTLINE.to_owned(), |it| urls::outline_at(&it.code));
    view! {
        <PageTitle text=tab about=words.t("sites_lead") />
        <div class="measure">
            {(!told.is_empty()).then(|| view! { <ErrorSummary faults=told /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("sites_lead")}</p>
            {form(words, &question, true)}
            <p><a href=urls::VERIFY>{words.t("verify_link")}</a></p>
            <p><a href=by_outline>{words.t("sites_by_outline")}</a></p>
            <Banner tone=Tone::Note title=words.t("sites_no_decision")>
                <p>{words.t("sites_no_decision_text")}</p>
                {reviews}
            </Banner>
            <p><a href=urls::SITE_SEARCH>{words.t("site_search_link")}</a></p>
        </div>
    }
    .into_any()
}

/// What nobody has checked yet of the rules.
fn reviews(words: Words, question: &Question) -> Vec<AnyView> {
    let reviews = question.sets.iter().filter_map(|rules| rules.review.as_ref());
    reviews.map(|review| view! { <p>{words.pick(review)}</p> }.into_any()).collect()
}

/// A fault with the field to mend.
fn summed(words: Words, fault: &Fault) -> Told {
    let field = match fault {
        Fault::NoCode | Fault::NotACode { .. } | Fault::TooMany { .. } => urls::CODE,
        Fault::NoUse | Fault::UnknownUse | Fault::SeveralUses => urls::WHAT,
    };
    Told::new(Some(format!("#{field}")), said_of(words, fault))
}

fn said_of(words: Words, fault: &Fault) -> String {
    let most = MOST_SITES.to_string();
    match fault {
        Fault::NoCode => words.t("sites_no_code").to_owned(),
        Fault::NotACode { written, error } => {
            let why = error.as_ref().map(|error| fault_words(words, error));
            let why = why.unwrap_or_else(|| words.t("sites_not_a_code_next").to_owned());
            let written = scan_target::shown(written);
            words.fill("sites_not_a_code", &[("written", &written), ("why", &why)])
        }
        Fault::TooMany { written } => {
            words.fill("sites_too_many", &[("n", &written.to_string()), ("most", &most)])
        }
        Fault::NoUse => words.t("sites_no_use").to_owned(),
        Fault::UnknownUse => words.t("sites_unknown_use").to_owned(),
        Fault::SeveralUses => words.t("sites_several_uses").to_owned(),
    }
}

/// The form; `main` is whether the page is about nothing else.
fn form(words: Words, question: &Question, main: bool) -> AnyView {
    let Question { typed, faults, choices, .. } = question;
    let of = |field: &str| -> Vec<String> {
        let anchor = format!("#{field}");
        let own = faults.iter().map(|fault| (summed(words, fault), fault));
        let own = own.filter(|(told, _)| told.leads_to.as_deref() == Some(&anchor));
        own.map(|(_, fault)| said_of(words, fault)).collect()
    };
    let class = if main { "button button-primary" } else { "button" };
    let asked = question.asks.as_ref().map(|asks| (&**asks.rules(), asks.use_at()));
    view! {
        <form class="form" id=SITES_FORM method="get" action=urls::SITES>
            {codes_field(words, typed, of(urls::CODE))}
            {use_field(words, asked, (typed, &question.sets), choices, of(urls::WHAT))}
            {kept_answers(typed)}
            <button class=class>{words.t("sites_button")}</button>
        </form>
    }
    .into_any()
}

/// Answers to questions that the form does not ask, and weights: they go along.
fn kept_answers(typed: &Typed) -> AnyView {
    let answers = typed.answers.iter().map(|(id, answer)| (urls::ANSWER, id, answer));
    let weights = typed.weights.iter().map(|(id, weight)| (urls::WEIGHT, id, weight));
    let kept = answers.chain(weights).map(|(kind, id, text)| {
        view! { <input type="hidden" name=format!("{kind}{id}") value=text.clone() /> }
    });
    kept.collect_view().into_any()
}

fn error(words: Words, id: String, texts: Vec<String>) -> AnyView {
    let lines =
        texts.into_iter().map(|text| view! { <span class="field-error-line">{text}</span> });
    view! {
        <p class="field-error" id=id>
            <span class="visually-hidden">{words.t("error_prefix")}</span>
            {lines.collect_view()}
        </p>
    }
    .into_any()
}

fn codes_field(words: Words, typed: &Typed, errors: Vec<String>) -> AnyView {
    let wrong = !errors.is_empty();
    let described_by = if wrong { "code-hint code-error" } else { "code-hint" };
    let class = if wrong { "field field-wrong" } else { "field" };
    let hint = words.fill("sites_codes_hint", &[("most", &MOST_SITES.to_string())]);
    view! {
        <div class=class>
            <label class="label" for=urls::CODE>{words.t("sites_codes")}</label>
            <p class="hint" id="code-hint">{hint}</p>
            {wrong.then(|| error(words, "code-error".to_owned(), errors))}
            <TextArea
                name=urls::CODE.to_owned()
                value=typed.codes.clone()
                described_by=Some(described_by.to_owned())
                invalid=wrong
                autocomplete=Some("off".to_owned())
            />
        </div>
    }
    .into_any()
}

/// What is to be done there: in own words, or from the list.
fn use_field(
    words: Words,
    asked: Option<(&RuleSet, usize)>,
    (typed, sets): (&Typed, &[Arc<RuleSet>]),
    choices: &[OneUse],
    errors: Vec<String>,
) -> AnyView {
    let wrong = !errors.is_empty();
    let described_by = if wrong { "what-hint what-error" } else { "what-hint" };
    // What was chosen is shown by its name, to be changed as words.
    let chosen = asked.map(|(rules, use_at)| &rules.uses[use_at].name);
    let value = chosen.map_or_else(|| typed.what.clone(), |name| words.pick(name));
    let listed = asked.is_none().then(|| typed.chosen.clone());
    let listed = listed.unwrap_or_default();
    let all = sets.iter().flat_map(|rules| &rules.uses);
    let names = all.map(|one| view! { <option value=words.pick(&one.name)></option> });
    let choose = (!choices.is_empty()).then(|| choices_of(words, choices));
    let class = if wrong { "field field-wrong" } else { "field" };
    view! {
        <div class=class>
            <label class="label" for=urls::WHAT>{words.t("sites_what")}</label>
            <p class="hint" id="what-hint">{words.t("sites_what_hint")}</p>
            {wrong.then(|| error(words, "what-error".to_owned(), errors))}
            <input
                class="input"
                id=urls::WHAT
                name=urls::WHAT
                value=value
                list="sites-uses"
                aria-describedby=described_by
                aria-invalid=wrong.then_some("true")
                autocomplete="off"
                maxlength="100"
            />
            <datalist id="sites-uses">{names.collect_view()}</datalist>
        </div>
        {choose}
        {choices.is_empty().then(|| view! {
            <div class="field">
                <label class="label" for=urls::USE>{words.t("sites_list")}</label>
                <select class="input" id=urls::USE name=urls::USE>
                    <option value="">{words.t("sites_list_none")}</option>
                    {sets.iter().map(|rules| group(words, rules, &listed, sets.len() > 1)).collect_view()}
                </select>
            </div>
        })}
    }
    .into_any()
}

fn group(words: Words, rules: &RuleSet, chosen: &str, named: bool) -> AnyView {
    let options = rules.uses.iter().map(|one| {
        let value = format!("{}.{}", rules.id, one.id);
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words.pick(&one.name)}</option> }
    });
    let options = options.collect_view();
    if named {
        view! { <optgroup label=words.pick(&rules.title)>{options}</optgroup> }.into_any()
    } else {
        options.into_any()
    }
}

/// The uses that may be meant by what was written.
fn choices_of(words: Words, choices: &[OneUse]) -> AnyView {
    let several = choices.iter().any(|(rules, _)| rules.id != choices[0].0.id);
    let options = choices.iter().map(|(rules, at)| {
        let one = &rules.uses[*at];
        let id = format!("use-{}-{}", rules.id, one.id);
        let of = several.then(|| words.pick(&rules.title));
        view! {
            <div class="choice">
                <input class="choice-dot" type="radio" id=id.clone() name=urls::USE value=format!("{}.{}", rules.id, one.id) />
                <label class="choice-label" for=id>
                    {words.pick(&one.name)}
                    {of.map(|title| view! { " " <span class="quiet">{title}</span> })}
                </label>
            </div>
        }
    });
    view! {
        <fieldset class="field">
            <legend class="label">{words.t("sites_choose")}</legend>
            {options.collect_view()}
        </fieldset>
    }
    .into_any()
}

/// The question again, closed until somebody wants to change it.
fn again(words: Words, question: &Question) -> AnyView {
    view! {
        <details class="basis sites-again">
            <summary>{words.t("sites_change")}</summary>
            <div class="basis-text">{form(words, question, false)}</div>
        </details>
    }
    .into_any()
}

/// What the answers rest on, and that they decide nothing.
fn footing(words: Words, rules: &RuleSet) -> AnyView {
    let edition = words.fill(
        "sites_rules_edition",
        &[
            ("title", &words.pick(&rules.title)),
            ("date", &crate::format::date(words.0, rules.date)),
        ],
    );
    let (next_step, hash) = (words.pick(&rules.next_step), rules.hash.clone());
    let review = rules.review.as_ref().map(|review| words.pick(review));
    view! {
        <Banner tone=Tone::Caution title=words.t("sites_next_title")>
            <p>{next_step}</p>
            {review.map(|review| view! { <p>{review}</p> })}
            <p class="quiet"><span title=hash>{edition}</span></p>
        </Banner>
    }
    .into_any()
}

/// Where the verdict on a site is taken away as a file.
fn to_take_away(words: Words, question: &Question) -> Option<AnyView> {
    let address = question.address()?;
    let query = address.split_once('?')?.1;
    let [file, paper] =
        [urls::VERDICT_ROUTE, urls::VERDICT_PAPER_ROUTE].map(|route| format!("{route}?{query}"));
    Some(
        view! {
            <p>
                <a href=paper>{words.t("sites_take_paper")}</a> " · "
                <a href=file>{words.t("sites_take_away")}</a> " "
                <span class="quiet">{words.t("sites_take_away_text")}</span> " "
                <a href=urls::VERIFY>{words.t("verify_link")}</a>
            </p>
        }
        .into_any(),
    )
}

/// The address of this question at one of its sites.
fn address_at(question: &Question, code: LandCode) -> Option<String> {
    let asks = question.asks.as_ref()?;
    let (rules, use_at) = (asks.rules(), asks.use_at());
    let of = (rules.id.as_str(), rules.uses[use_at].id.as_str());
    Some(urls::sites(of, &[code], &question.typed.answers))
}
