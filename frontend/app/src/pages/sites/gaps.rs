//! What is not known, whom to ask, and what the applicant can say at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    LandCode,
    suitability::{
        Answer, AskWritten, Cause, Domain, FactKey, MOST_ASKED, NOT_KNOWN, Question as Asked,
        RuleSet, Standing, Verdict,
    },
};
use leptos::prelude::*;
use service_api::Assessment;

pub(super) use crate::asking::gaps as of;

use super::{error, said};
use crate::{
    asking::{AskingForm, asking, by_office},
    asks,
    components::{ErrorSummary, Fault as Told},
    current, scan_target,
    sites::Question,
    urls,
    words::Words,
};

/// What the rules ask the applicant and was not answered, or was: a form that says it again.
pub(super) fn questions(
    words: Words,
    question: &Question,
    told: &Assessment,
    verdicts: &[&Verdict],
) -> Option<AnyView> {
    let rules = &told.rules;
    let of = format!("{}.{}", rules.id, told.of().id);
    let codes = || {
        let codes = told.sites.iter().map(|site| {
            view! { <input type="hidden" name=urls::CODE value=site.parcel.as_str().to_owned() /> }
        });
        codes.collect_view()
    };
    let weights = || {
        let weights = question.typed.weights.iter().map(|(id, weight)| {
            let name = format!("{}{id}", urls::WEIGHT);
            view! { <input type="hidden" name=name value=weight.clone() /> }
        });
        weights.collect_view()
    };
    questions_in(words, given(question), rules, verdicts, &|fields| {
        view! {
            <form class="form" method="get" action=urls::SITES>
                <input type="hidden" name=urls::USE value=of.clone() />
                {codes()}
                {weights()}
                {fields}
            </form>
        }
        .into_any()
    })
}

/// Answers as they were typed, and the questions whose answers do not read.
pub(super) type Given<'q> = (&'q BTreeMap<String, String>, &'q BTreeSet<String>);

pub(super) fn given(question: &Question) -> Given<'_> {
    (&question.typed.answers, &question.unread)
}

/// The same in a form of whoever asks, which is handed its fields and its button.
pub(super) fn questions_in(
    words: Words,
    (answers, unread): Given<'_>,
    rules: &RuleSet,
    verdicts: &[&Verdict],
    form: &dyn Fn(AnyView) -> AnyView,
) -> Option<AnyView> {
    let wanted: BTreeSet<&str> = verdicts
        .iter()
        .flat_map(|verdict| &verdict.findings)
        .filter(|finding| finding.standing == Standing::Open)
        .flat_map(|finding| &finding.gaps)
        .filter_map(|gap| match &gap.fact {
            FactKey::Answer(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    let all = rules.questions.iter();
    let shown: Vec<&Asked> = all
        .filter(|one| wanted.contains(one.id.as_str()) || answers.contains_key(&one.id))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let is_open = |one: &&&Asked| !answers.contains_key(&one.id) || unread.contains(&one.id);
    let open = shown.iter().filter(is_open).count();
    // Where all turns on them, the page is about these.
    let open_yet = verdicts.iter().any(|verdict| verdict.answer == Answer::CannotBeSaid);
    let title = match (open, open_yet) {
        (0, _) => "sites_answered_title",
        (_, true) => "sites_questions_title",
        (_, false) => "sites_questions_more",
    };
    let fields = shown.iter().map(|one| field(words, (answers, unread), one));
    let fields: Vec<AnyView> = fields.collect();
    let class = if open > 0 && open_yet { "button button-primary" } else { "button" };
    let inside = view! {
        {fields}
        <button class=class>{words.t("sites_answer_button")}</button>
    };
    Some(
        view! {
            <section class="sites-questions" aria-labelledby="questions-title">
                <h2 id="questions-title">{words.fill(title, &[("n", &open.to_string())])}</h2>
                {form(inside.into_any())}
            </section>
        }
        .into_any(),
    )
}

/// What of the answers does not read, with the way to each.
pub(super) fn unread(
    words: Words,
    (answers, unread): Given<'_>,
    rules: &RuleSet,
) -> Option<AnyView> {
    let own = rules.questions.iter().filter(|one| unread.contains(&one.id));
    let faults = own.map(|one| Told::new(Some(anchor(one)), fault(words, one, answers)));
    let faults: Vec<Told> = faults.collect();
    (!faults.is_empty()).then(|| view! { <ErrorSummary faults /> }.into_any())
}

/// Where a question stands: its field, or the first of its choices.
fn anchor(asked: &Asked) -> String {
    let id = id_of(asked);
    match asked.domain.choices().and_then(|choices| choices.first().copied()) {
        Some(first) => format!("#{id}-{first}"),
        None => format!("#{id}"),
    }
}

fn id_of(asked: &Asked) -> String {
    format!("answer-{}", asked.id.replace('.', "-"))
}

/// That an answer does not read, with what was typed.
fn fault(words: Words, asked: &Asked, answers: &BTreeMap<String, String>) -> String {
    let written = answers.get(&asked.id).map_or("", String::as_str);
    let what = words.pick(&asked.text);
    words.fill("sites_unread", &[("what", &what), ("written", &scan_target::shown(written))])
}

pub(super) fn field(words: Words, (answers, unread): Given<'_>, asked: &Asked) -> AnyView {
    let answered = answers.get(&asked.id);
    let wrong = unread.contains(&asked.id).then(|| fault(words, asked, answers));
    let name = format!("{}{}", urls::ANSWER, asked.id);
    let id = id_of(asked);
    let error_id = format!("{id}-error");
    let is_wrong = wrong.is_some();
    let class = if is_wrong { "field field-wrong" } else { "field" };
    let error = wrong.map(|text| error(words, error_id.clone(), vec![text]));
    let choices = asked.domain.choices();
    let text = words.pick(&asked.text);
    let Some(choices) = choices else {
        let hint = match &asked.domain {
            Domain::Figure(dimension) => {
                Some(words.fill("sites_unit", &[("unit", dimension.base())]))
            }
            _ => None,
        };
        let value = answered.cloned().unwrap_or_default();
        let hint_id = format!("{id}-hint");
        let described_by = [hint.is_some().then(|| hint_id.clone()), is_wrong.then_some(error_id)];
        let described_by = described_by.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let described_by = (!described_by.is_empty()).then_some(described_by);
        return view! {
            <div class=class>
                <label class="label" for=id.clone()>{text}</label>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error}
                <input
                    class="input input-short"
                    id=id
                    name=name
                    value=value
                    aria-describedby=described_by
                    aria-invalid=is_wrong.then_some("true")
                    autocomplete="off"
                    maxlength="40"
                />
            </div>
        }
        .into_any();
    };
    let choices = choices.into_iter().chain([NOT_KNOWN]).map(|option| {
        let own = format!("{id}-{option}");
        let label = if option == NOT_KNOWN {
            words.t("sites_do_not_know").to_owned()
        } else {
            said::one_code(words, &asked.domain, option)
        };
        let checked = answered.is_some_and(|answered| answered == option);
        view! {
            <div class="choice">
                <input class="choice-dot" type="radio" id=own.clone() name=name.clone() value=option checked=checked />
                <label class="choice-label" for=own>{label}</label>
            </div>
        }
    });
    view! {
        <fieldset class=class aria-describedby=is_wrong.then_some(error_id)>
            <legend class="label">{text}</legend>
            {error}
            <div class="choices-row">{choices.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// What offices have to say, each with the way to ask it of a site that has a code.
pub(super) fn offices(
    words: Words,
    told: &Assessment,
    code: Option<LandCode>,
    answers: &BTreeMap<String, String>,
    verdict: &Verdict,
) -> Option<AnyView> {
    let rules = &told.rules;
    // What the applicant can say is asked above.
    let by_office = by_office(rules, verdict);
    if by_office.is_empty() {
        return None;
    }
    let capped = verdict.settling.as_ref().is_some_and(|settling| !settling.whole);
    let note = match (verdict.exact, capped) {
        (false, _) => Some("sites_not_exact"),
        (true, true) => Some("sites_settling_capped"),
        (true, false) => None,
    };
    let each = by_office
        .iter()
        .map(|(office, facts)| one_office(words, told, code, answers, (*office, facts)));
    let each: Vec<AnyView> = each.collect();
    Some(
        view! {
            <section class="sites-missing" aria-labelledby="missing-title">
                <h2 id="missing-title">{words.t("sites_missing_title")}</h2>
                {note.map(|key| view! { <p class="quiet">{words.t(key)}</p> })}
                {code.and_then(|code| all_at_once(words, told, &code, answers))}
                <ul class="themes">{each}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The way to ask all of them at once, where there is more than one.
fn all_at_once(
    words: Words,
    told: &Assessment,
    code: &LandCode,
    answers: &BTreeMap<String, String>,
) -> Option<AnyView> {
    current::portal()?;
    let form = AskingForm::of(told, answers, &current::offers)?;
    let n = form.parts.len();
    let href = urls::ask_offices((&told.rules.id, &told.of().id), code, answers);
    let text = words.fill("ask_all_link", &[("n", &n.to_string())]);
    (n > 1).then(|| view! { <p><a class="button" href=href>{text}</a></p> }.into_any())
}

fn one_office(
    words: Words,
    told: &Assessment,
    code: Option<LandCode>,
    answers: &BTreeMap<String, String>,
    (office, facts): (Option<&str>, &[(FactKey, Cause)]),
) -> AnyView {
    let rules: &RuleSet = &told.rules;
    let office = office.and_then(|id| rules.offices.get(id));
    let name = office
        .map_or_else(|| words.t("sites_own_office").to_owned(), |office| words.pick(&office.name));
    let names: Vec<String> = facts.iter().map(|(fact, _)| said::fact(words, rules, fact)).collect();
    let lines = facts.iter().zip(&names).map(|((fact, cause), name)| {
        let why = said::why(words, fact, *cause);
        view! { <li>{words.fill("sites_found", &[("what", name), ("found", why)])}</li> }
    });
    let ask = office.and_then(|office| office.department.as_deref()).and_then(|department| {
        let code = code?;
        current::portal()?;
        let (item, field) = asking(department, &current::offers)?;
        let names = names.join(words.t("list_comma"));
        let use_name = words.pick(&told.of().name);
        let text = words.fill("sites_ask_text", &[("use", &use_name), ("facts", &names)]);
        let text: String = text.chars().take(field.max_length).collect();
        let facts = facts.iter().map(|(fact, _)| fact.id()).take(MOST_ASKED).collect();
        let (rules_id, of) = (rules.id.clone(), told.of().id.clone());
        let answers = answers.clone();
        let written = AskWritten { rules: rules_id, of, facts, answers, outline: None };
        let href = asks::request(&code, &item.id, (&field.name, &text), &written);
        let title = words.pick(&item.title);
        Some(view! { <p><a class="button" href=href>{words.fill("sites_ask", &[("service", &title)])}</a></p> })
    });
    view! {
        <li class="theme theme-card answer-open">
            <h3 class="finding-title">{name}</h3>
            <ul>{lines.collect_view()}</ul>
            {ask}
        </li>
    }
    .into_any()
}
