//! Where could I? The question to all sites, and what was found.

mod changes;
mod found;

use domain::suitability::{FactKey, Question as Asked, RuleSet};
use http::StatusCode;
use leptos::prelude::*;

use super::{gaps, kept_answers, reviews, said_of, summed, use_field};
use crate::{
    components::{Banner, ErrorSummary, Fault as Told, PageTitle, SITES_FORM, Tone},
    context::ErrorPage,
    current, format,
    found::Found,
    pages::error::ErrorView,
    site_search::SearchQuestion,
    urls,
    words::Words,
};
use service_api::{SiteSearch, site_search::SIZE_STEPS_M2};

/// The question to all sites, or its answer.
#[component]
pub fn SiteSearchPage() -> AnyView {
    let words = current::words();
    match current::found() {
        Some(Found::SiteSearch { question, .. }) if question.question.sets.is_empty() => {
            plain(words, "sites_none_here")
        }
        Some(Found::SiteSearch { question, told: None }) => asking(words, &question),
        Some(Found::SiteSearch { question, told: Some(told) }) => match told {
            SiteSearch::Found(found) => found::page(words, &question, &found),
            SiteSearch::NotYet { .. } => {
                current::set_status(StatusCode::SERVICE_UNAVAILABLE);
                not_found(words, &question, "site_search_not_yet")
            }
            SiteSearch::NoList => not_found(words, &question, "site_search_no_list"),
            SiteSearch::NotOffered => plain(words, "site_search_not_offered"),
        },
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
}

/// That this portal searches nothing, and what it does.
fn plain(words: Words, key: &str) -> AnyView {
    let (title, sentence) = (words.t("site_search_title"), words.t(key));
    view! {
        <PageTitle text=title about=sentence />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{sentence}</p>
            {to_one(words)}
        </div>
    }
    .into_any()
}

fn asking(words: Words, asked: &SearchQuestion) -> AnyView {
    let faults = asked.faults();
    if !faults.is_empty() {
        current::set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let title = words.t("site_search_title");
    let told: Vec<Told> = faults.iter().map(|fault| summed(words, fault)).collect();
    let tab = if told.is_empty() {
        title.to_owned()
    } else {
        words.fill("error_title", &[("title", title)])
    };
    let reviews = reviews(words, &asked.question);
    view! {
        <PageTitle text=tab about=words.t("site_search_lead") />
        <div class="measure">
            {(!told.is_empty()).then(|| view! { <ErrorSummary faults=told /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("site_search_lead")}</p>
            {form(words, asked, true)}
            <Banner tone=Tone::Note title=words.t("sites_no_decision")>
                <p>{words.t("site_search_what_is_searched")}</p>
                {reviews}
            </Banner>
            {to_one(words)}
        </div>
    }
    .into_any()
}

/// That nothing is answered, and why.
fn not_found(words: Words, asked: &SearchQuestion, key: &str) -> AnyView {
    let title = title_of(words, asked);
    let sentence = words.t(key);
    view! {
        <PageTitle text=title.clone() about=sentence />
        <div class="measure">
            <h1>{title}</h1>
            <section class="verdict answer-open" aria-label=words.t("sites_answer")>
                <p class="verdict-sentence"><strong>{sentence}</strong></p>
            </section>
            {form(words, asked, false)}
            {to_one(words)}
        </div>
    }
    .into_any()
}

/// The way to the question about one site.
fn to_one(words: Words) -> AnyView {
    view! { <p><a href=urls::SITES>{words.t("site_search_one")}</a></p> }.into_any()
}

fn title_of(words: Words, asked: &SearchQuestion) -> String {
    let name = asked.of.as_ref().map(|(rules, at)| words.pick(&rules.uses[*at].name));
    name.map_or_else(
        || words.t("site_search_title").to_owned(),
        |name| words.fill("site_search_title_of", &[("use", &name)]),
    )
}

/// The form; `main` is whether the page is about nothing else.
fn form(words: Words, asked: &SearchQuestion, main: bool) -> AnyView {
    let question = &asked.question;
    let errors: Vec<String> = question.faults.iter().map(|fault| said_of(words, fault)).collect();
    let class = if main { "button button-primary" } else { "button" };
    let chosen = asked.of.as_ref().map(|(rules, at)| (&**rules, *at));
    let asks = asked.of.as_ref().map(|(rules, at)| questions(words, asked, rules, *at));
    let unasked = asked.of.is_none().then(|| kept_answers(&question.typed));
    view! {
        <form class="form" id=SITES_FORM method="get" action=urls::SITE_SEARCH>
            {use_field(words, chosen, (&question.typed, &question.sets), &question.choices, errors)}
            {size_field(words, asked)}
            {asks}
            {unasked}
            <button class=class>{words.t("site_search_button")}</button>
        </form>
    }
    .into_any()
}

/// What the rules ask the applicant about the use: the same answers for every site.
fn questions(words: Words, asked: &SearchQuestion, rules: &RuleSet, use_at: usize) -> AnyView {
    let keys = rules.asks(use_at, current::today());
    let wanted = |one: &&Asked| keys.contains(&FactKey::Answer(one.id.clone()));
    let answers = &asked.question.typed.answers;
    let all: Vec<&Asked> = rules.questions.iter().filter(wanted).collect();
    let open = all.iter().filter(|one| !answers.contains_key(&one.id)).count();
    let fields = all.iter().map(|one| gaps::field(words, gaps::given(&asked.question), one));
    let fields: Vec<AnyView> = fields.collect();
    (!fields.is_empty())
        .then(|| {
            let title = words.fill("site_search_questions", &[("n", &open.to_string())]);
            view! {
                <details class="basis" open=open == all.len()>
                    <summary>{title}</summary>
                    <div class="basis-text">
                        <p class="hint">{words.t("site_search_questions_hint")}</p>
                        {fields}
                    </div>
                </details>
            }
        })
        .into_any()
}

/// Sizes, by steps: a free figure would be a measure of what is not told.
fn size_field(words: Words, asked: &SearchQuestion) -> AnyView {
    let limit = |name: &'static str, key: &str, none: &str, chosen: Option<usize>| {
        let steps = SIZE_STEPS_M2.into_iter().enumerate().map(|(at, step)| {
            let size = format::square_metres(words.0, f64::from(step));
            view! { <option value=step.to_string() selected=chosen == Some(at)>{size}</option> }
        });
        view! {
            <div class="field">
                <label class="label" for=name>{words.t(key)}</label>
                <select class="input" id=name name=name>
                    <option value="">{words.t(none)}</option>
                    {steps.collect_view()}
                </select>
            </div>
        }
    };
    view! {
        <div class="site-search-sizes">
            {limit(urls::LEAST, "site_search_from", "site_search_any", asked.sizes.least)}
            {limit(urls::MOST, "site_search_below", "site_search_any", asked.sizes.most)}
        </div>
    }
    .into_any()
}
