//! The site of a request judged again with what offices said of it, on the page of that request alone.

use std::collections::BTreeMap;

use domain::{
    LandCode,
    request::RequestNumber,
    suitability::{Disputed, RuleSet, Verdict},
};
use leptos::prelude::*;

use super::{answer, finding, gaps, outline_away, said};
use crate::{
    components::{Mark, MarkKind},
    current, format, urls,
    words::Words,
};
use service_api::{Assessment, Judged, OfficeSaid, OtherOffice, Redecision, Told};

/// The verdict first, then what offices said, then what is open.
pub(in crate::pages) fn section(
    words: Words,
    (code, number): (LandCode, &RequestNumber),
    again: &Redecision,
) -> AnyView {
    let judged = again.told.as_ref().and_then(judged);
    let name = words.pick(&again.asks.use_name);
    let verdict = match (judged, again.said.is_empty()) {
        // The verdict of before stands on its own page.
        (_, true) => plain(words.t("redecided_waiting")),
        (Some((told, judged)), false) => sentence(words, &name, told, judged),
        (None, false) => plain(words.t("redecided_not_judged")),
    };
    let said: Vec<_> = again.said.iter().map(|one| line(words, one)).collect();
    let waiting = again
        .asks
        .facts
        .iter()
        .filter(|fact| !again.said.iter().any(|said| said.fact.id == fact.id));
    let waiting: Vec<_> =
        waiting.map(|fact| view! { <li>{words.pick(&fact.title)}</li> }).collect();
    let asked = &again.asks;
    let of = (asked.rules.id.as_str(), asked.of.as_str());
    let page = match &asked.outline {
        Some(outline) => outline_away::to_verdict(
            outline.geojson.clone(),
            of,
            &asked.answers,
            words.t("redecided_page"),
        ),
        None => {
            let page = urls::sites(of, &[code], &asked.answers);
            view! { <p><a href=page>{words.t("redecided_page")}</a></p> }.into_any()
        }
    };
    // Each of them would ask for the secret of a page that is shown once.
    let is_taken_away =
        judged.is_some() && again.unread < again.said.len() && !current::shown_once();
    view! {
        <section class="redecided" aria-labelledby="redecided-title">
            <h2 id="redecided-title">{words.fill("redecided_title", &[("use", &name)])}</h2>
            {asked.outline.as_ref().map(|outline| outline_away::asked(words, &outline.geojson))}
            {verdict}
            {(!said.is_empty()).then(|| view! {
                <h3>{words.t("redecided_said")}</h3>
                <ul>{said}</ul>
            })}
            {(again.unread > 0).then(|| {
                let count = again.unread.to_string();
                view! { <p>{words.fill("redecided_unread", &[("n", &count)])}</p> }
            })}
            {judged.and_then(|(told, _)| disputes(words, &told.rules, &again.disputed))}
            {(!waiting.is_empty()).then(|| view! {
                <h3>{words.t("redecided_asked")}</h3>
                <ul>{waiting}</ul>
            })}
            {others(words, &again.others)}
            {(!again.said.is_empty()).then_some(judged).flatten().map(|(told, judged)| {
                rest(words, &told.rules, &judged.verdict)
            })}
            {is_taken_away.then(|| to_take_away(words, number))}
            <p class="quiet">{words.t("redecided_only_here")}</p>
            {page}
        </section>
    }
    .into_any()
}

/// The other offices that were asked by the same form, with what each has not said.
fn others(words: Words, others: &[OtherOffice]) -> Option<AnyView> {
    let each = others.iter().map(|other| {
        let facts: Vec<String> = other.facts.iter().map(|fact| words.pick(&fact.title)).collect();
        let facts = facts.join(words.t("list_comma"));
        let line =
            words.fill("sites_found", &[("what", &words.pick(&other.by)), ("found", &facts)]);
        let ended = other
            .ended
            .then(|| view! { " " <small class="beneath">{words.t("redecided_closed")}</small> });
        view! { <li>{line} {ended}</li> }
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty())
        .then(|| view! { <h3>{words.t("redecided_others")}</h3> <ul>{each}</ul> }.into_any())
}

/// Where the verdict is taken away, as a document and as a file.
fn to_take_away(words: Words, number: &RequestNumber) -> AnyView {
    let [file, document] = urls::request_verdicts(number);
    view! {
        <p class="no-print">
            <a href=document>{words.t("sites_take_paper")}</a> " · "
            <a href=file>{words.t("sites_take_away")}</a> " "
            <span class="quiet">{words.t("redecided_take_away")}</span>
        </p>
    }
    .into_any()
}

fn judged(told: &Assessment) -> Option<(&Assessment, &Judged)> {
    match &told.sites.first()?.told {
        Told::Judged(judged) => Some((told, judged)),
        Told::OtherRules | Told::Ended(_) | Told::Nothing { .. } => None,
    }
}

fn plain(text: &'static str) -> AnyView {
    view! {
        <p class="verdict-sentence"><Mark kind=MarkKind::NoData /> <strong>{text}</strong></p>
    }
    .into_any()
}

/// The verdict in a sentence, by which data, and that it decides nothing.
fn sentence(words: Words, name: &str, told: &Assessment, judged: &Judged) -> AnyView {
    let verdict = &judged.verdict;
    let (_, class) = said::mark(verdict.answer);
    let sentence = answer::sentence(words, name, verdict);
    view! {
        <div class=format!("verdict {class}")>
            {answer::in_words(words, sentence, verdict, (told.on, &judged.version))}
        </div>
    }
    .into_any()
}

/// A fact, what was said of it, by whom and when.
fn line(words: Words, one: &OfficeSaid) -> AnyView {
    let what = words.pick(&one.fact.title);
    let found = said::by_office(words, &one.fact.takes, &one.said);
    let found = words.fill("sites_found", &[("what", &what), ("found", &found)]);
    view! {
        <li>
            {found} " "
            <small class="beneath">
                {words.pick(&one.by)} " "
                <time datetime=format::machine_moment(one.at)>{format::moment(words.0, one.at)}</time>
            </small>
        </li>
    }
    .into_any()
}

/// Where office and data contradict each other; what both say is in the lists around it.
fn disputes(words: Words, rules: &RuleSet, disputed: &[Disputed]) -> Option<AnyView> {
    let each = disputed.iter().map(|one| {
        let what = said::fact(words, rules, &one.fact);
        let data = said::reading(words, rules, &one.fact, &one.known.reading);
        let office = said::reading(words, rules, &one.fact, &one.said.reading);
        let values = [("what", what.as_str()), ("data", &data), ("office", &office)];
        view! { <li>{words.fill("redecided_disputed", &values)}</li> }
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty())
        .then(|| view! { <h3>{words.t("redecided_disputes")}</h3> <ul>{each}</ul> }.into_any())
}

/// What is still open, and everything that was checked.
fn rest(words: Words, rules: &RuleSet, verdict: &Verdict) -> AnyView {
    let open: BTreeMap<_, _> = gaps::of(verdict);
    let open = open.iter().map(|(fact, cause)| {
        let (what, why) = (said::fact(words, rules, fact), said::why(words, fact, *cause));
        view! { <li>{words.fill("sites_found", &[("what", &what), ("found", why)])}</li> }
    });
    let open: Vec<_> = open.collect();
    let parts = finding::PARTS.map(|part| finding::part(words, rules, &verdict.findings, part));
    view! {
        {(!open.is_empty()).then(|| view! {
            <h3>{words.t("redecided_open")}</h3>
            <ul>{open}</ul>
        })}
        {parts.into_iter().collect_view()}
        {finding::cleared(words, rules, &verdict.findings)}
    }
    .into_any()
}
