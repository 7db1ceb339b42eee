//! One page that asks several offices for what a verdict lacks: read once, handed in by one click, a receipt for each
//! (*sites S5*). It works without a script.

use std::collections::BTreeSet;

use domain::service::{InputKind, Question};
use leptos::prelude::*;
use service_api::{Assessment, Told};

use super::{answer, outline_away, said};
use crate::{
    asking::{AskingForm, Became, FACTS, Part, SENT, asking, by_office, is_shared, name_of},
    components::{
        Banner, CodeLine, ErrorSummary, Fault, FormField, PageTitle, REQUEST_FORM, Tone,
        answer_fault_words, department_words, refusal_fault, when_words,
    },
    context::{ErrorPage, FormToken},
    current, format,
    found::Found,
    pages::error::ErrorView,
    urls,
    words::Words,
};

/// The form, or what became of it.
#[component]
pub fn AskOfficesPage() -> AnyView {
    let told = match current::found() {
        Some(Found::Sites { told: Some(told), .. }) => Some(*told),
        _ => None,
    };
    match use_context::<AskingForm>() {
        Some(form) => page(form, told.as_ref()),
        None => view! { <ErrorView error=ErrorPage::NotFound /> }.into_any(),
    }
}

fn page(mut form: AskingForm, told: Option<&Assessment>) -> AnyView {
    let words = current::words();
    if let (None, Some(told)) = (&form.token, told) {
        fill_in(words, &mut form, told);
    }
    let faults = faults(words, &form);
    let n = form.parts.len().to_string();
    let done = form.is_done();
    let title = words.fill(if done { "ask_all_done" } else { "ask_all_title" }, &[("n", &n)]);
    let tab = if faults.is_empty() {
        title.clone()
    } else {
        words.fill("error_title", &[("title", &title)])
    };
    let judged = told.and_then(|told| told.sites.first()).and_then(|site| match &site.told {
        Told::Judged(judged) => Some(&**judged),
        _ => None,
    });
    let about = match judged {
        Some(judged) => answer::about(words, form.code, Some(judged)),
        None => view! {
            <p><a href=urls::place(&form.code)><CodeLine code=form.code /></a></p>
        }
        .into_any(),
    };
    let refused = form.parts.iter().any(|part| matches!(part.became, Became::Refused(_)));
    let back = outline_away::back(words, &form);
    view! {
        <PageTitle text=tab about=words.t("ask_all_lead") />
        <div class="measure">
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t(if done { "ask_all_done_lead" } else { "ask_all_lead" })}</p>
            {about}
            {form.outline.as_deref().map(|outline| outline_away::asked(words, outline))}
            {receipts(words, &form)}
            {sent(words, &form, done)}
            {back}
        </div>
    }
    .into_any()
}

/// The question to each office, in words, where nobody has written one.
fn fill_in(words: Words, form: &mut AskingForm, told: &Assessment) {
    let Some(Told::Judged(judged)) = told.sites.first().map(|site| &site.told) else { return };
    let rules = &told.rules;
    let keys = by_office(rules, &judged.verdict);
    let keys: Vec<_> = keys.values().flatten().map(|(fact, _)| fact).collect();
    for part in &form.parts {
        let Some((item, field)) = asking(&part.item.department, &current::offers) else { continue };
        let own = keys.iter().filter(|fact| part.facts.contains(&fact.id()));
        let names: Vec<String> = own.map(|fact| said::fact(words, rules, fact)).collect();
        let names = names.join(words.t("list_comma"));
        let use_name = words.pick(&told.of().name);
        let text = words.fill("sites_ask_text", &[("use", &use_name), ("facts", &names)]);
        let text = text.chars().take(field.max_length).collect();
        form.values.entry(name_of(item, field)).or_insert(text);
    }
}

/// What is wrong, and what was not taken.
fn faults(words: Words, form: &AskingForm) -> Vec<Fault> {
    let refused = form.parts.iter().filter_map(|part| match &part.became {
        Became::Refused(refusal) => {
            let fault = refusal_fault(words, refusal);
            let title = words.pick(&part.item.title);
            let text = words.fill("sites_found", &[("what", &title), ("found", &fault.text)]);
            Some(Fault { text, ..fault })
        }
        Became::Open | Became::Kept { .. } => None,
    });
    let fields = form.faults.iter().filter_map(|fault| {
        let (_, question) = questions(form).find(|(name, _)| *name == fault.field)?;
        let text = answer_fault_words(words, question, fault.fault);
        Some(Fault::new(Some(format!("#{}", fault.field)), text))
    });
    refused.chain(fields).collect()
}

/// Every question of every service, with the name of its field.
fn questions(form: &AskingForm) -> impl Iterator<Item = (String, &'static Question)> {
    let own = |part: &Part| {
        let item = part.item;
        item.question.iter().map(move |question| (name_of(item, question), question))
    };
    form.parts.iter().flat_map(own)
}

/// The requests that are kept: number and secret of each, to be written down.
fn receipts(words: Words, form: &AskingForm) -> Option<AnyView> {
    let each = form.parts.iter().filter_map(|part| {
        let Became::Kept { number, secret, before } = &part.became else { return None };
        let title = words.pick(&part.item.title);
        let secret = secret.as_ref().map(|secret| view! {
            <div><dt>{words.t("open_secret")}</dt><dd class="receipt-number" translate="no">{format::in_fours(secret)}</dd></div>
        });
        Some(view! {
            <li>
                <h3>{title}</h3>
                <p class="quiet">{department_words(words, &part.item.department)}</p>
                {before.then(|| view! { <p>{words.t("ask_all_before")}</p> })}
                <dl class="receipt-keys">
                    <div>
                        <dt>{words.t("open_number")}</dt>
                        <dd class="receipt-number" translate="no">
                            <a href=urls::request(number)>{number.to_string()}</a>
                        </dd>
                    </div>
                    {secret}
                </dl>
            </li>
        })
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Done title=words.t("receipt_keep")>
                <p>{words.t("ask_all_keep")}</p>
                <ul class="themes">{each}</ul>
            </Banner>
        }
        .into_any()
    })
}

/// The form. Once everything is kept nothing is left to be typed, and it only brings the page back in another
/// language or size.
fn sent(words: Words, form: &AskingForm, done: bool) -> AnyView {
    let token = form.token.clone().filter(|token| !token.is_empty());
    let token = token.or_else(|| use_context::<FormToken>().map(|token| token.0));
    let answered = form.answered.iter().map(|(id, text)| {
        view! { <input type="hidden" name=format!("{}{id}", urls::ANSWER) value=text.clone() /> }
    });
    let facts = form.parts.iter().map(|part| {
        let name = format!("{FACTS}{}", part.item.id);
        view! { <input type="hidden" name=name value=part.facts.join(",") /> }
    });
    let is_kept = |part: &Part| matches!(part.became, Became::Kept { .. });
    let (kept, open): (Vec<&Part>, Vec<&Part>) = form.parts.iter().partition(|part| is_kept(part));
    // Sent again with the rest, it is known to be kept already.
    let hidden = kept.iter().flat_map(|part| {
        let own = part.item.question.iter().filter(|question| done || !is_shared(question));
        own.map(|question| name_of(part.item, question))
    });
    let hidden: BTreeSet<String> = hidden.collect();
    let hidden = hidden.into_iter().filter_map(|name| {
        let value = form.values.get(&name)?.clone();
        Some(view! { <input type="hidden" name=name value=value /> })
    });
    let matter: Vec<AnyView> = open.iter().map(|part| part_of(words, form, part)).collect();
    let sent = kept.iter().map(|part| &*part.item.id).collect::<Vec<_>>().join(",");
    let n = open.len().to_string();
    view! {
        <form class="form" id=REQUEST_FORM method="post" action=urls::asked_offices(&form.code) novalidate>
            <input type="hidden" name="token" value=token.unwrap_or_default() />
            <input type="hidden" name="seen" value=form.seen.clone() />
            <input type="hidden" name=urls::USE value=format!("{}.{}", form.rules, form.of) />
            {form.again.then(|| view! { <input type="hidden" name="again" value="yes" /> })}
            {(!sent.is_empty()).then(|| view! { <input type="hidden" name=SENT value=sent /> })}
            {answered.collect_view()}
            {form.outline.clone().map(|outline| view! {
                <input type="hidden" name=urls::POINTS value=outline />
            })}
            {facts.collect_view()}
            {hidden.collect_view()}
            {matter}
            {(!open.is_empty()).then(|| view! {
                <h2>{words.t("form_person")}</h2>
                {person(words, form)}
                <button class="button button-primary">{words.fill("ask_all_button", &[("n", &n)])}</button>
                <p class="hint">{words.t("submit_after")}</p>
            })}
        </form>
    }
    .into_any()
}

/// What one office is asked, with its own questions and the consent to it.
fn part_of(words: Words, form: &AskingForm, part: &Part) -> AnyView {
    let sets = current::portal().map(|portal| portal.rule_sets()).unwrap_or_default();
    let rules = sets.iter().find(|rules| rules.id == form.rules);
    let asks = form.asks(part);
    let asked =
        rules.and_then(|rules| rules.ask(&asks, &part.item.department, current::today()).ok());
    let facts = match asked {
        Some(asked) => {
            let each = asked.facts.iter().map(|fact| view! { <li>{words.pick(&fact.title)}</li> });
            view! { <ul>{each.collect_view()}</ul> }.into_any()
        }
        // A link may be older than the rules.
        None => view! { <p class="hint">{words.t("refusal_asks")}</p> }.into_any(),
    };
    let own = part.item.question.iter().filter(|question| !is_shared(question));
    let (consents, matter): (Vec<_>, Vec<_>) =
        own.partition(|question| question.kind == InputKind::Consent);
    let id = format!("part-{}", part.item.id);
    let by = id.clone();
    let fields = matter.into_iter().chain(consents).map(|question| {
        let when = when_words(words, &part.item.question, question);
        view! {
            {when.map(|when| view! { <p class="hint due-when">{when}</p> })}
            {field(form, name_of(part.item, question), question)}
        }
    });
    view! {
        <section class="asks" aria-labelledby=by>
            <h2 id=id>{words.pick(&part.item.title)}</h2>
            <p class="quiet">{department_words(words, &part.item.department)}</p>
            {facts}
            {fields.collect_view()}
        </section>
    }
    .into_any()
}

/// What tells who asks, once for all: of several questions of one name the one that must be answered.
fn person(words: Words, form: &AskingForm) -> AnyView {
    let mut shared: Vec<(String, &'static Question)> = Vec::new();
    for (name, question) in questions(form).filter(|(_, question)| is_shared(question)) {
        match shared.iter_mut().find(|(other, _)| *other == name) {
            Some((_, other)) if question.required && !other.required => *other = question,
            Some(_) => {}
            None => shared.push((name, question)),
        }
    }
    let answered = (!form.answered.is_empty())
        .then(|| view! { <p class="hint">{words.t("ask_all_answers")}</p> });
    view! {
        {answered}
        {shared.into_iter().map(|(name, question)| field(form, name, question)).collect_view()}
    }
    .into_any()
}

fn field(form: &AskingForm, name: String, question: &'static Question) -> AnyView {
    let fault = form.faults.iter().find(|fault| fault.field == name).map(|fault| fault.fault);
    let value = form.values.get(&name).cloned().unwrap_or_default();
    view! { <FormField question name=Some(name) value fault /> }.into_any()
}
