//! One rule, and how it stands: what to do, with whom, by which article, and what was looked at.

use domain::{
    severity::Severity,
    suitability::{Evidence, Finding, Ground, RuleSet, Standing, truth::Truth},
};
use leptos::prelude::*;

use super::said;
use crate::{
    components::{Mark, MarkKind, legal_document},
    format,
    words::Words,
};

/// The parts of an answer, in the order in which people read.
pub(super) const PARTS: [(Standing, &str, &str); 3] = [
    (Standing::InTheWay, "sites_in_the_way", "in-the-way"),
    (Standing::ToObtain, "sites_to_obtain", "to-obtain"),
    (Standing::Open, "sites_open", "open"),
];

/// The findings of one part as cards; nothing where there are none.
pub(super) fn part(
    words: Words,
    rules: &RuleSet,
    findings: &[Finding],
    (standing, title, id): (Standing, &str, &'static str),
) -> Option<AnyView> {
    let own: Vec<AnyView> = findings
        .iter()
        .filter(|finding| finding.standing == standing)
        .map(|finding| card(words, rules, finding))
        .collect();
    let count = own.len().to_string();
    (!own.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id>
                <h2 id=id>{words.fill(title, &[("n", &count)])}</h2>
                <ul class="themes">{own}</ul>
            </section>
        }
        .into_any()
    })
}

const fn mark(standing: Standing) -> (MarkKind, &'static str) {
    match standing {
        Standing::InTheWay => (MarkKind::Asks(Severity::Prohibits), "asks-prohibits"),
        Standing::ToObtain => (MarkKind::Asks(Severity::NeedsConsent), "asks-needs-consent"),
        Standing::Open => (MarkKind::NoData, "answer-open"),
        Standing::Clear => (MarkKind::NotConcerned, "answer-suits"),
    }
}

fn card(words: Words, rules: &RuleSet, finding: &Finding) -> AnyView {
    let (kind, class) = mark(finding.standing);
    let office = rules.offices.get(&finding.office).map(|office| words.pick(&office.name));
    let title = words.pick(&finding.title);
    view! {
        <li class=format!("theme theme-card {class}")>
            <h3 class="finding-title"><Mark kind /> <span>{title.clone()}</span></h3>
            <p>{words.pick(&finding.action)}</p>
            <p class="finding-office">
                <span class="quiet">{words.t("sites_office")}</span> " " {office}
            </p>
            {grounds(words, &finding.basis)}
            <details class="basis">
                <summary>
                    {words.t("sites_looked_at")}
                    <span class="visually-hidden">{words.fill("basis_of", &[("theme", &title)])}</span>
                </summary>
                <div class="basis-text">{evidence(words, rules, &finding.evidence)}</div>
            </details>
        </li>
    }
    .into_any()
}

/// The articles, each with what it says in short.
fn grounds(words: Words, basis: &[Ground]) -> AnyView {
    let each = basis.iter().map(|ground| {
        view! {
            <li>
                <span class="ground-text">{words.pick(&ground.text)}</span>
                <ul class="ground-law quiet">{legal_document(words, &ground.document)}</ul>
            </li>
        }
    });
    view! { <ul class="grounds">{each.collect_view()}</ul> }.into_any()
}

/// What was looked at: layer, day, what was found, limit; none twice.
pub(super) fn lines(
    words: Words,
    rules: &RuleSet,
    all: &[Evidence],
) -> Vec<(MarkKind, String, Option<String>)> {
    let mut lines = Vec::new();
    for one in all {
        let line = line(words, rules, one);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The same on a page.
pub(super) fn evidence(words: Words, rules: &RuleSet, all: &[Evidence]) -> AnyView {
    let lines = lines(words, rules, all).into_iter().map(|(kind, text, source)| {
        view! {
            <li class="evidence">
                <Mark kind />
                <span>
                    {text}
                    {source.map(|source| view! { " " <small class="beneath">{source}</small> })}
                </span>
            </li>
        }
    });
    view! { <ul class="evidences">{lines.collect_view()}</ul> }.into_any()
}

fn line(words: Words, rules: &RuleSet, one: &Evidence) -> (MarkKind, String, Option<String>) {
    let what = said::subject(words, rules, &one.subject);
    let found = match (&one.truth, said::measured(words, rules, one)) {
        (Truth::Unknown(gaps), known) => {
            let why: Vec<&str> =
                gaps.iter().map(|gap| said::why(words, &gap.fact, gap.cause)).collect();
            let why = why.join(words.t("list_comma"));
            match known {
                Some(known) => {
                    words.fill("sites_found_unsure", &[("found", &known), ("why", &why)])
                }
                None => why,
            }
        }
        (Truth::Known(_), known) => known.unwrap_or_default(),
    };
    let mut text = words.fill("sites_found", &[("what", &what), ("found", &found)]);
    if let Some(limit) = said::limit(words, one) {
        text.push_str(&limit);
    }
    let kind = match one.truth {
        Truth::Unknown(_) => MarkKind::NoData,
        Truth::Known(_) => MarkKind::NotConcerned,
    };
    let sources: Vec<String> = one
        .seen
        .iter()
        .map(|seen| {
            let title = words.pick(&seen.title);
            match seen.date {
                Some(date) => {
                    let date = format::date(words.0, date);
                    words.fill("sites_source", &[("title", &title), ("date", &date)])
                }
                None => title,
            }
        })
        .collect();
    let source = (!sources.is_empty()).then(|| sources.join(words.t("list_semicolon")));
    (kind, text, source)
}

/// Everything that was checked and stands in nobody's way, closed until somebody opens it.
pub(super) fn cleared(words: Words, rules: &RuleSet, findings: &[Finding]) -> Option<AnyView> {
    let own: Vec<AnyView> = findings
        .iter()
        .filter(|finding| finding.standing == Standing::Clear)
        .map(|finding| {
            view! {
                <li class="theme theme-row">
                    <Mark kind=MarkKind::NotConcerned />
                    <div>
                        <h3 class="finding-title">{words.pick(&finding.title)}</h3>
                        {grounds(words, &finding.basis)}
                        {evidence(words, rules, &finding.evidence)}
                    </div>
                </li>
            }
            .into_any()
        })
        .collect();
    let title = words.fill("sites_clear", &[("n", &own.len().to_string())]);
    (!own.is_empty()).then(|| {
        view! {
            <details class="fold sites-clear">
                <summary><h2 id="clear">{title}</h2></summary>
                <ul class="themes">{own}</ul>
            </details>
        }
        .into_any()
    })
}
