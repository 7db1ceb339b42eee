//! The question about ground that somebody draws, and its answer: the outline as it was read, then what can
//! be said, as of a site that has a code.

use domain::{
    outline::{Outline, OutlineFault, Written},
    profile::Precision,
    suitability::{Answer, OtherUses},
};
use http::StatusCode;
use leptos::prelude::*;
use service_api::{Assessment, JudgedOutline, LargestPart, OutlineAssessment, ToldOfOutline};

use super::{
    answer, apart, ask_of_outline, at_edge,
    drawn_form::{form, outline_fault, summed},
    finding, footing, gaps, largest, next,
    other_uses::{self, Heading},
    outline_away, said, zoned,
};
use crate::{
    components::{
        Banner, ErrorSummary, Fault as Told, Mark, MarkKind, PageTitle, SourceLine, Tone,
    },
    context::ErrorPage,
    current, format,
    found::Found,
    outlines::OutlineQuestion,
    pages::error::ErrorView,
    urls,
    words::Words,
};

/// Corners that are listed; a drawing of more is read from the drawing.
const MOST_LISTED: usize = 60;

/// The question about an outline, or its answer.
#[component]
pub fn OutlinePage() -> AnyView {
    match current::found() {
        Some(Found::Outline { question, told: None }) if question.sets.is_empty() => {
            super::none_here()
        }
        Some(Found::Outline { question, told: None }) => asking(&question),
        Some(Found::Outline { question, told: Some(told) }) => answered(&question, *told),
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
}

fn asking(question: &OutlineQuestion) -> AnyView {
    let words = current::words();
    if !question.faults.is_empty() {
        current::set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let title = words.t("outline_title");
    let told: Vec<Told> = question.faults.iter().map(|fault| summed(words, fault)).collect();
    let tab = if told.is_empty() {
        title.to_owned()
    } else {
        words.fill("error_title", &[("title", title)])
    };
    view! {
        <PageTitle text=tab about=words.t("outline_lead") />
        <div class="measure">
            {(!told.is_empty()).then(|| view! { <ErrorSummary faults=told /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("outline_lead")}</p>
            {form(words, question, true)}
            <Banner tone=Tone::Note title=words.t("sites_no_decision")>
                <p>{words.t("outline_not_kept")}</p>
                <p>{words.t("sites_no_decision_text")}</p>
            </Banner>
            <p><a href=urls::SITES>{words.t("outline_by_code")}</a></p>
        </div>
    }
    .into_any()
}

fn answered(question: &OutlineQuestion, told: OutlineAssessment) -> AnyView {
    let words = current::words();
    let name = words.pick(&told.of().name);
    let title = words.fill("sites_title_of", &[("use", &name)]);
    let OutlineAssessment { rules, use_at, on, outline, told } = told;
    // What is said of sites with a code, of none.
    let about = Assessment { rules, use_at, on, sites: Vec::new() };
    match told {
        ToldOfOutline::Judged(judged) => {
            judged_page(words, question, (&title, &name), &about, &outline, *judged)
        }
        ToldOfOutline::OtherRules => {
            plain(words, question, &title, words.t("sites_other_rules").to_owned(), &outline)
        }
        ToldOfOutline::NoData => {
            plain(words, question, &title, words.t("outline_no_data").to_owned(), &outline)
        }
        ToldOfOutline::TooSmall { least_m2 } => {
            let fault = OutlineFault::TooSmall { area_m2: outline.area_m2(), least_m2 };
            plain(words, question, &title, outline_fault(words, &fault), &outline)
        }
    }
}

/// That nothing is judged, and why.
fn plain(
    words: Words,
    question: &OutlineQuestion,
    title: &str,
    sentence: String,
    outline: &Outline,
) -> AnyView {
    view! {
        <PageTitle text=title.to_owned() about=sentence.clone() />
        <article class="sites-answer">
            <h1>{title.to_owned()}</h1>
            <section class="verdict answer-open" aria-label=words.t("sites_answer")>
                <p class="verdict-sentence"><Mark kind=MarkKind::NoData /> <strong>{sentence}</strong></p>
            </section>
            {read_back(words, outline, None)}
            {again(words, question, true)}
        </article>
    }
    .into_any()
}

fn judged_page(
    words: Words,
    question: &OutlineQuestion,
    (title, name): (&str, &str),
    told: &Assessment,
    outline: &Outline,
    judged: JudgedOutline,
) -> AnyView {
    let JudgedOutline { judged, precision, beyond_m, largest, apart } = judged;
    let (rules, verdict) = (&*told.rules, &judged.verdict);
    let sentence = answer::sentence(words, name, verdict);
    let (_, class) = said::mark(verdict.answer);
    let parts = finding::PARTS.map(|part| finding::part(words, rules, &verdict.findings, part));
    let [in_the_way, to_obtain, open] = parts;
    let of = format!("{}.{}", rules.id, told.of().id);
    let hidden = || {
        view! {
            <input type="hidden" name=urls::USE value=of.clone() />
            <input type="hidden" name=urls::POINTS value=question.points.clone() />
        }
        .into_any()
    };
    let asked = gaps::questions_in(
        words,
        (&question.typed.answers, &question.unread),
        rules,
        &[verdict],
        &|fields| {
            view! {
                <form class="form" method="post" action=urls::OUTLINE enctype="multipart/form-data">
                    {hidden()}
                    {fields}
                </form>
            }
            .into_any()
        },
    );
    let same_kind =
        |others: &OtherUses| other_uses::buttons(words, Heading::SameKind, question, rules, others);
    let open_yet = verdict.answer == Answer::CannotBeSaid;
    let (first, later) = if open_yet { (asked, None) } else { (None, asked) };
    let fault = ask_of_outline::fault(words, question);
    if fault.is_some() {
        current::set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let coarse = matches!(precision, Precision::Generalised { .. });
    view! {
        <PageTitle text=title.to_owned() about=sentence.clone() />
        <article class="sites-answer">
            {fault.map(|fault| view! { <ErrorSummary faults=vec![fault] /> })}
            {gaps::unread(words, (&question.typed.answers, &question.unread), rules)}
            <h1>{title.to_owned()}</h1>
            <section class=format!("verdict {class}") aria-label=words.t("sites_answer")>
                {answer::in_words(words, sentence, verdict, (told.on, &judged.version))}
            </section>
            {read_back(words, outline, largest.as_ref())}
            {apart::section(words, outline, &apart)}
            {beyond_m.map(|metres| at_edge::notice(words, question, &of, metres))}
            {coarse.then(|| view! { <p>{words.t("outline_in_classes")}</p> })}
            {first}
            {in_the_way}
            {largest.as_ref().map(|part| largest::section(words, question, &of, part))}
            {to_obtain}
            {later}
            {judged.changes.as_ref().and_then(|changes| zoned::section(words, changes, &same_kind))}
            {judged.changes.as_ref().and_then(|changes| answer::changed(words, rules, changes))}
            {gaps::offices(words, told, None, &std::collections::BTreeMap::new(), verdict)}
            {open}
            {ask_of_outline::section(words, question, rules, verdict)}
            {judged.other_uses.as_ref().and_then(|others| other_uses::buttons(words, Heading::Others, question, rules, others))}
            {answer::scores(words, rules, &judged)}
            {finding::cleared(words, rules, &verdict.findings)}
            {footing(words, rules)}
            {next::of_outline(words, told, question, &judged)}
            {outline_away::form(words, question, &of)}
            {again(words, question, false)}
            <footer class="place-source">
                <SourceLine version=judged.version.clone() policy=judged.policy.clone() />
            </footer>
        </article>
    }
    .into_any()
}

/// The outline as it was read: whoever wrote it sees whether that is what they meant.
fn read_back(words: Words, outline: &Outline, largest: Option<&LargestPart>) -> AnyView {
    let m2 = outline.area_m2();
    let written = match outline.written() {
        Written::Degrees => words.t("outline_in_degrees").to_owned(),
        Written::Plane { zone } => words.fill("outline_in_zone", &[("zone", &zone.to_string())]),
    };
    let corners: Vec<_> = outline
        .shape()
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
        .flat_map(|ring| ring.0.split_last().map_or(&[][..], |(_, open)| open))
        .collect();
    let count = corners.len().to_string();
    let listed = corners.iter().take(MOST_LISTED).enumerate().map(|(at, corner)| {
        let number = (at + 1).to_string();
        let (east, north) = (format!("{:.6}", corner.x), format!("{:.6}", corner.y));
        view! { <tr><th scope="row">{number}</th><td>{east}</td><td>{north}</td></tr> }
    });
    let cut = corners.len() > MOST_LISTED;
    view! {
        <section aria-labelledby="outline-read">
            <h2 id="outline-read">{words.t("outline_read")}</h2>
            <p>
                {format::hectares(words.0, m2)} " "
                <small class="beneath">{format::square_metres(words.0, m2)}</small> " "
                <small class="beneath">{format::mu(words.0, m2)}</small>
            </p>
            <p class="quiet">{written}</p>
            {largest::drawing(words, outline, largest)}
            <details class="basis">
                <summary>{words.fill("outline_corners", &[("n", &count)])}</summary>
                <div class="basis-text">
                    <table class="sites-table">
                        <thead><tr>
                            <th scope="col">{words.t("outline_corner")}</th>
                            <th scope="col">{words.t("outline_east")}</th>
                            <th scope="col">{words.t("outline_north")}</th>
                        </tr></thead>
                        <tbody>{listed.collect_view()}</tbody>
                    </table>
                    {cut.then(|| view! { <p class="quiet">{words.t("outline_corners_cut")}</p> })}
                </div>
            </details>
        </section>
    }
    .into_any()
}

/// The question again, closed until somebody wants to change it.
fn again(words: Words, question: &OutlineQuestion, open: bool) -> AnyView {
    view! {
        <details class="basis sites-again" open=open>
            <summary>{words.t("outline_change")}</summary>
            <div class="basis-text">{form(words, question, false)}</div>
        </details>
    }
    .into_any()
}
