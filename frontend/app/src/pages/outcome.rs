//! What became of a request as an application (受理, 容缺, 补正 …): the notice of it on a page of its own, which prints on A4
//! and on a strip of 80 mm, and what it leaves to do, on the page of the request (desk D10).

mod notice;
mod paper;

use domain::{
    request::{OutcomeKind, outcome_documents, outstanding},
    working_days::working_days,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use service_api::RequestView;

pub use self::paper::outcome_paper;
pub use notice::Notice;
pub(super) use notice::{notice, title_key};

use super::{error::onward, opened::opened};
use crate::{
    components::{Banner, PageTitle, Tone, as_written},
    current, format,
    urls::{self, Right},
    words::Words,
};

/// The notice of this address, for whoever holds the secret of its request.
#[component]
pub fn OutcomePage() -> AnyView {
    let event = use_params_map().with_untracked(|params| params.get("event"));
    let event = event.and_then(|text| text.parse().ok()).unwrap_or_default();
    opened(move |portal, opened, _| async move {
        let request = portal.request(&opened).await?;
        Ok(request.map(|request| {
            let words = current::words();
            match notice(words.0, &*portal, &request, event) {
                Some(notice) => own(words, &request, event, notice),
                None => none(words, &request),
            }
        }))
    })
}

fn own(words: Words, request: &RequestView, event: u32, notice: Notice) -> AnyView {
    let pdf = urls::outcome_pdf(&request.number, event);
    view! {
        <PageTitle text=format!("{} · {}", notice.title, notice.number) />
        {drawn(words, notice, None)}
        <div class="measure no-print">
            <p><a class="button" href=pdf download="">{words.t("outcome_pdf")}</a></p>
            <p class="hint">{words.t("outcome_print_hint")}</p>
            <p><a href=urls::request(&request.number)>{words.t("rights_back")}</a></p>
        </div>
    }
    .into_any()
}

fn none(words: Words, request: &RequestView) -> AnyView {
    current::set_status(http::StatusCode::NOT_FOUND);
    view! {
        <PageTitle text=words.t("outcome_none_title") />
        <div class="measure">
            <h1>{words.t("outcome_none_title")}</h1>
            <p class="lead">{words.t("outcome_none_text")}</p>
            <p><a href=urls::request(&request.number)>{words.t("rights_back")}</a></p>
            {onward()}
        </div>
    }
    .into_any()
}

/// A notice as it is read and printed. `copy`: which print of it this is, where it was printed before.
pub(super) fn drawn(words: Words, notice: Notice, copy: Option<usize>) -> AnyView {
    let copy = copy.map(|n| words.fill("outcome_copy", &[("n", &n.to_string())]));
    view! {
        <article class="measure outcome">
            {copy.map(|copy| view! { <p class="outcome-copy"><strong>{copy}</strong></p> })}
            <h1>{notice.title}</h1>
            {notice.binding.map(|text| view! { <p class="quiet">{text}</p> })}
            <dl class="terms">
                {notice
                    .rows
                    .into_iter()
                    .map(|[term, value]| view! { <div><dt>{term}</dt><dd>{value}</dd></div> })
                    .collect_view()}
            </dl>
            <p class="lead">{notice.says}</p>
            {notice.missing.map(|(heading, materials)| view! {
                <h2>{heading}</h2>
                <ol>
                    {materials
                        .into_iter()
                        .map(|text| view! { <li>{as_written(words, text)}</li> })
                        .collect_view()}
                </ol>
            })}
            {notice.deadline.map(|text| view! { <p><strong>{text}</strong></p> })}
            {notice.then.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {notice
                .reasons
                .into_iter()
                .chain(notice.note)
                .map(|(heading, text)| view! {
                    <h2>{heading}</h2>
                    <p class="outcome-said">{as_written(words, text)}</p>
                })
                .collect_view()}
            {notice.remedy.map(|(heading, lines)| view! {
                <h2>{heading}</h2>
                {lines.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            })}
            {notice.seal.map(|[seal, about]| view! {
                <div class="outcome-seal">
                    <div>
                        <p>{notice.office}</p>
                        <p>{notice.date}</p>
                        <p class="quiet">{about}</p>
                    </div>
                    <p class="outcome-seal-place">{seal}</p>
                </div>
            })}
            <p class="quiet">{notice.basis}</p>
        </article>
    }
    .into_any()
}

/// What stands, what is missing and by when, on the page of the request: the worst first. Nothing where no outcome was
/// said, and where the department has decided since.
pub(super) fn next_step(words: Words, request: &RequestView) -> Option<AnyView> {
    let stands = outstanding(&request.events)?;
    let kind = stands.outcome.kind();
    let today = current::today();
    let day = |day| format::date(words.0, day);
    let missing = stands.missing(working_days());
    let last = missing.and_then(|(_, _, last)| last);
    let (n, until) = match missing {
        Some((materials, deadline, last)) => {
            let said = day(domain::clock::china_date(stands.event.at));
            let days = deadline.working_days.unwrap_or_default().to_string();
            let until = match last {
                Some(last) => words.fill("outcome_next_until", &[("date", &day(last))]),
                None => words.fill("outcome_next_days", &[("said", &said), ("days", &days)]),
            };
            (materials.len().to_string(), until)
        }
        None => (String::new(), String::new()),
    };
    let title =
        words.fill(&format!("outcome_next_{}", kind.name()), &[("n", &n), ("until", &until)]);
    let tone = match kind {
        OutcomeKind::Accepted => Tone::Done,
        _ => Tone::Caution,
    };
    let list = missing.map(|(materials, _, _)| {
        let materials = materials.iter().cloned();
        let lines = materials.map(|text| view! { <li>{as_written(words, text)}</li> });
        view! { <ol>{lines.collect_view()}</ol> }.into_any()
    });
    let over = last.filter(|last| *last < today && stands.answered.is_none()).map(|last| {
        let text = words.fill("outcome_next_over", &[("date", &day(last))]);
        view! { <p><strong>{text}</strong></p> }.into_any()
    });
    let answered = stands.answered.map(|at| {
        let time = format::moment(words.0, at);
        view! { <p>{words.fill("outcome_next_answered", &[("time", &time)])}</p> }.into_any()
    });
    let how = (missing.is_some() && !request.state.is_ended()).then(|| {
        let href = urls::right(&request.number, Right::Correct);
        view! {
            <p class="no-print"><a href=href>{words.t("outcome_next_do")}</a></p>
            <p>{words.t("outcome_next_counter")}</p>
        }
        .into_any()
    });
    let href = urls::outcome(&request.number, stands.event.sequence);
    let name = words.t(&title_key(kind));
    Some(
        view! {
            <Banner tone title=title>
                {list}
                {over}
                {answered}
                {how}
                <p><a href=href>{name}</a></p>
            </Banner>
        }
        .into_any(),
    )
}

/// Every notice of a request, oldest first.
pub(super) fn notices_given(words: Words, request: &RequestView) -> Option<AnyView> {
    let documents = outcome_documents(&request.number, &request.events);
    let list = documents
        .iter()
        .map(|document| {
            let href = urls::outcome(&request.number, document.event.sequence);
            let title = words.t(&title_key(document.outcome.kind()));
            let (number, date) = (document.number(), format::date(words.0, document.date()));
            view! {
                <li>
                    <a href=href>{title}</a>
                    <small class="beneath">{date} " · " <span class="number" translate="no">{number}</span></small>
                </li>
            }
        })
        .collect_view();
    (!documents.is_empty()).then(|| {
        view! {
            <h2>{words.t("outcomes_title")}</h2>
            <ul>{list}</ul>
        }
        .into_any()
    })
}
