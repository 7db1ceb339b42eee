//! Several sites beside each other: what can be said of each, how it scores, and which are behind others
//! whatever comes to light.

use domain::{
    LandCode,
    suitability::{Answer, Place, Standing as RuleStands, Verdict},
};
use http::StatusCode;
use leptos::prelude::*;

use super::{
    address_at, again,
    answer::interval,
    compare_live, compare_map,
    compare_weights::{self, Standing},
    footing, gaps, said,
};
use crate::{
    components::{CodeLine, ErrorSummary, Mark, MarkKind, NearMisses, PageTitle, as_named},
    current, format,
    pages::place::text_of,
    sites::Question,
    words::Words,
};
use service_api::{Assessment, Judged, Site, Told};

/// The page.
pub(super) fn page(question: &Question, told: &Assessment) -> AnyView {
    let words = current::words();
    let name = words.pick(&told.of().name);
    let n = told.sites.len().to_string();
    let title = words.fill("sites_compare_title", &[("use", &name), ("n", &n)]);
    let lead = sentence(words, told);
    let verdicts: Vec<&Verdict> = told
        .sites
        .iter()
        .filter_map(|site| match &site.told {
            Told::Judged(judged) => Some(&judged.verdict),
            _ => None,
        })
        .collect();
    let scored = told.sites.iter().any(|site| match &site.told {
        Told::Judged(judged) => judged.scored.is_some(),
        _ => false,
    });
    let standings = compare_weights::standings(&question.own, told);
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (at, (site, standing)) in told.sites.iter().zip(standings).enumerate() {
        match &site.told {
            Told::Judged(judged) if judged.is_refused() => {
                refused.push(row(words, question, told, (at, site), None));
            }
            _ => rows.push(row(words, question, told, (at, site), scored.then_some(standing))),
        }
    }
    let faults = compare_weights::faults(words, &question.own, told);
    let tab = if faults.is_empty() {
        title.clone()
    } else {
        current::set_status(StatusCode::UNPROCESSABLE_ENTITY);
        words.fill("error_title", &[("title", &title)])
    };
    let by_own = question.own.shares.is_some();
    view! {
        <PageTitle text=tab about=lead.clone() />
        <article class="sites-answer">
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults /> })}
            {gaps::unread(words, gaps::given(question), &told.rules)}
            <h1>{title}</h1>
            <p class="lead">{lead}</p>
            <p class="quiet">
                {words.t("sites_no_decision")} " " {format::date(words.0, told.on)}
            </p>
            {by_own.then(|| view! { <p><strong>{words.t("sites_own_in_use")}</strong></p> })}
            {(!rows.is_empty()).then(|| table(words, rows, scored, "sites_compare_table"))}
            {(!refused.is_empty()).then(|| apart(words, refused))}
            {compare_map::section(words, told)}
            {scored.then(|| view! {
                <p class="quiet">{words.t("sites_scores_text")} " " {words.t("sites_rank_text")}</p>
                {compare_weights::section(words, question, told)}
            })}
            {gaps::questions(words, question, told, &verdicts)}
            {footing(words, &told.rules)}
            {again(words, question)}
        </article>
    }
    .into_any()
}

/// Sites under each other; with points and ranks where they are compared by these.
fn table(words: Words, rows: Vec<AnyView>, scored: bool, label: &'static str) -> AnyView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=words.t(label)>
            <table class="sites-table sites-compare">
                <thead><tr>
                    <th scope="col">{words.t("sites_site")}</th>
                    <th scope="col">{words.t("sites_answer")}</th>
                    {scored.then(|| view! {
                        <th scope="col">{words.t("sites_points")}</th>
                        <th scope="col">{words.t("sites_rank")}</th>
                    })}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The sites that are refused: no points make up for that, so they are compared with no other.
fn apart(words: Words, refused: Vec<AnyView>) -> AnyView {
    let title = words.fill("sites_refused_title", &[("n", &refused.len().to_string())]);
    view! {
        <section aria-labelledby="refused-title">
            <h2 id="refused-title">{title}</h2>
            <p class="quiet">{words.t("sites_refused_text")}</p>
            {table(words, refused, false, "sites_refused_table")}
        </section>
    }
    .into_any()
}

/// How many of them suit.
fn sentence(words: Words, told: &Assessment) -> String {
    let count = |answer: Answer| {
        let own = told.sites.iter().filter(|site| match &site.told {
            Told::Judged(judged) => judged.verdict.answer == answer,
            _ => false,
        });
        own.count()
    };
    let counts = [Answer::Suits, Answer::SuitsIf, Answer::DoesNot, Answer::CannotBeSaid]
        .map(|answer| (said::answer_word(words, answer), count(answer)));
    let parts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| {
            words.fill("sites_count", &[("answer", word), ("n", &count.to_string())])
        })
        .collect();
    if parts.is_empty() {
        words.t("sites_none_judged").to_owned()
    } else {
        parts.join(words.t("list_semicolon"))
    }
}

fn row(
    words: Words,
    question: &Question,
    told: &Assessment,
    (at, site): (usize, &Site),
    standing: Option<Standing>,
) -> AnyView {
    let code = LandCode::Parcel(site.parcel);
    let number = (at + 1).to_string();
    let (kind, word, why) = match &site.told {
        Told::Judged(judged) => {
            let (kind, _) = said::mark(judged.verdict.answer);
            let word = said::answer_word(words, judged.verdict.answer);
            (kind, word, reasons(words, &judged.verdict))
        }
        Told::OtherRules => (
            MarkKind::NoData,
            words.t("sites_not_judged"),
            Some(words.t("sites_other_rules").to_owned()),
        ),
        Told::Ended(_) => {
            (MarkKind::NoData, words.t("sites_not_judged"), Some(words.t("sites_ended").to_owned()))
        }
        Told::Nothing { .. } => (
            MarkKind::NoData,
            words.t("sites_not_judged"),
            Some(words.t("sites_nothing").to_owned()),
        ),
    };
    let near = match &site.told {
        Told::Nothing { near } if !near.is_empty() => Some(near.clone()),
        _ => None,
    };
    let judged: Option<&Judged> = match &site.told {
        Told::Judged(judged) => Some(judged),
        _ => None,
    };
    let location = judged.and_then(|judged| text_of(words, judged.location.as_ref()?));
    let href = address_at(question, code);
    let total = |standing: &Standing| {
        let total = standing.scored.as_ref().map(|scored| scored.total);
        total.map_or_else(
            || words.t("sites_no_points").to_owned(),
            |total| interval(words, total.lo, total.hi),
        )
    };
    view! {
        <tr id=compare_live::anchor(at + 1) tabindex="-1">
            <th scope="row">
                <span class="site-number">{number}</span> " "
                {match href {
                    Some(href) => view! { <a href=href><CodeLine code /></a> }.into_any(),
                    None => view! { <CodeLine code /> }.into_any(),
                }}
                {location.map(|text| view! { <small class="beneath">{as_named(words, text)}</small> })}
            </th>
            <td>
                <span class="site-answer"><Mark kind /> <strong>{word}</strong></span>
                {why.map(|why| view! { <small class="beneath">{why}</small> })}
                {near.map(|near| view! { <NearMisses near /> })}
            </td>
            {standing.map(|standing| view! {
                <td data-label=words.t("sites_points")>{total(&standing)}</td>
                <td data-label=words.t("sites_rank")>{judged.map_or_else(|| "—".into_any(), |_| rank(words, told, standing.among.as_ref()))}</td>
            })}
        </tr>
    }
    .into_any()
}

/// The titles of what stands in the way, of what has to be obtained, or how much is not known.
fn reasons(words: Words, verdict: &Verdict) -> Option<String> {
    let titled = |standing: RuleStands| -> Vec<String> {
        let own = verdict.findings.iter().filter(|finding| finding.standing == standing);
        own.map(|finding| words.pick(&finding.title)).collect()
    };
    let names = match verdict.answer {
        Answer::Suits => return None,
        Answer::DoesNot => titled(RuleStands::InTheWay),
        Answer::SuitsIf => titled(RuleStands::ToObtain),
        Answer::CannotBeSaid => {
            let n = gaps::of(verdict).len().to_string();
            return Some(words.fill("sites_missing_count", &[("n", &n)]));
        }
    };
    (!names.is_empty()).then(|| names.join(words.t("list_comma")))
}

/// Its ranks, whatever comes to light, and which others are better all the same.
fn rank(words: Words, told: &Assessment, among: Option<&Place>) -> AnyView {
    let Some(among) = among else { return ().into_any() };
    let ranks = if among.best == among.worst {
        among.best.to_string()
    } else {
        let (best, worst) = (among.best.to_string(), among.worst.to_string());
        words.fill("sites_between", &[("lo", &best), ("hi", &worst)])
    };
    let behind: Vec<String> = among
        .dominated_by
        .iter()
        .filter(|at| **at < told.sites.len())
        .map(|at| (at + 1).to_string())
        .collect();
    let behind = (!behind.is_empty()).then(|| {
        let which = behind.join(words.t("list_comma"));
        view! { <small class="beneath site-dominated">{words.fill("sites_dominated", &[("which", &which)])}</small> }
    });
    view! { {ranks} {behind} }.into_any()
}
