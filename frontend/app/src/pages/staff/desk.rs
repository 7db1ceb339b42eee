//! The desk: one field for a code, an address and the number of a request, what is found, and the way to more.

use domain::{
    LandCode,
    staff::{LEAST_REASON, MOST_REASON},
};
use leptos::prelude::*;
use service_api::SearchPage;

use super::{Line, fault_of, notice, summary};
use crate::{
    components::{CodeLine, PageTitle, Tone, as_named},
    current,
    found::Found,
    pages::place::Profile,
    staff::{Desk, DeskFound, DeskTyped, Say},
    urls,
    words::Words,
};

pub(super) fn desk(
    words: Words,
    desk: Desk,
    (closer, reads, files): (bool, bool, bool),
) -> AnyView {
    let Desk { typed, faults, not_shown, found } = desk;
    let title = words.t("staff_desk");
    let has_place = matches!(found, DeskFound::Place { .. });
    let nothing = not_shown.is_none() && faults.is_empty();
    let failed = not_shown.map(|say| notice(words, Tone::Caution, "staff_not_shown", say.key()));
    let search = search(words, &typed, !has_place && nothing);
    let found = match found {
        DeskFound::Nothing => None,
        DeskFound::NoCode => Some(notice(words, Tone::Note, "staff_no_code", "staff_no_code_text")),
        DeskFound::NoPlace => {
            Some(notice(words, Tone::Note, "staff_no_place", "staff_no_place_text"))
        }
        DeskFound::Hits(found) => Some(hits(words, &found)),
        DeskFound::Request(number) => Some(request(words, &number, &typed, (reads, &faults))),
        DeskFound::Place { code, closer: is_closer } => {
            let ask = (closer && !is_closer).then(|| reason(words, code, &typed, &faults));
            let begin = files.then(|| super::cases::begin(words, Some(code)));
            Some(view! { {begin} {ask} {place(words)} }.into_any())
        }
    };
    view! {
        {(!has_place).then(|| view! { <PageTitle text=title /> })}
        <div class="measure staff-desk">
            {summary(words, &faults)}
            {if has_place {
                view! { <p class="kicker">{title}</p> }.into_any()
            } else {
                view! { <h1>{title}</h1> }.into_any()
            }}
            {failed}
            {search}
        </div>
        {found}
    }
    .into_any()
}

/// A scanner types into it and ends with Enter: the form is sent as if somebody had typed.
fn search(words: Words, typed: &DeskTyped, focus: bool) -> AnyView {
    let line = Line {
        name: "q",
        kind: "search",
        label: "staff_search",
        hint: Some(words.t("staff_search_hint").to_owned()),
        value: typed.q.clone(),
        error: None,
        autocomplete: "off",
        focus,
    };
    view! {
        <form class="form" method="get" action=urls::STAFF role="search">
            {line.view(words)}
            <button class="button">{words.t("search_button")}</button>
        </form>
    }
    .into_any()
}

/// The way to more than everybody sees: what for comes first, and is kept (desk D8).
fn reason(
    words: Words,
    code: LandCode,
    typed: &DeskTyped,
    faults: &[(&'static str, Say)],
) -> AnyView {
    let [least, most] = [LEAST_REASON, MOST_REASON].map(|figure| figure.to_string());
    let hint = words.fill("staff_reason_hint", &[("least", &least), ("most", &most)]);
    let case = Line {
        name: "case",
        kind: "text",
        label: "staff_case",
        hint: Some(words.t("staff_case_hint").to_owned()),
        value: typed.case.clone(),
        error: fault_of(faults, "case"),
        autocomplete: "off",
        focus: false,
    };
    let reason = Line {
        name: "reason",
        kind: "text",
        label: "staff_reason",
        hint: Some(hint),
        value: typed.reason.clone(),
        error: fault_of(faults, "reason"),
        autocomplete: "off",
        focus: false,
    };
    view! {
        <section class="measure staff-closer" aria-labelledby="closer-title">
            <h2 id="closer-title">{words.t("staff_closer")}</h2>
            <p>{words.t("staff_closer_text")}</p>
            <form class="form" method="post" action=urls::STAFF_PLACE>
                <input type="hidden" name="place" value=code.to_string() />
                {case.view(words)}
                {reason.view(words)}
                <button class="button button-primary">{words.t("staff_closer_button")}</button>
            </form>
        </section>
    }
    .into_any()
}

/// The place as its own page shows it, with what the tier that looked may see.
fn place(words: Words) -> AnyView {
    match current::found() {
        Some(Found::Place { code, place }) => {
            view! { <Profile code=code.code warnings=code.warnings place=*place /> }.into_any()
        }
        _ => notice(words, Tone::Caution, "staff_not_shown", "staff_unavailable"),
    }
}

fn hits(words: Words, found: &SearchPage) -> AnyView {
    if found.hits.is_empty() {
        return notice(words, Tone::Note, "results_none", "staff_no_code_text");
    }
    let rows = found.hits.iter().map(|hit| {
        let code = LandCode::Parcel(hit.code);
        let name = hit.location.clone().unwrap_or_else(|| hit.code.grouped());
        view! {
            <li class="hit">
                <div class="hit-name">
                    <a class="hit-title" href=urls::at_desk(&code)>{as_named(words, name)}</a>
                    <CodeLine code />
                    {hit.ended.then(|| view! { <span class="tag">{words.t("results_ended")}</span> })}
                </div>
            </li>
        }
    });
    let more =
        (found.more || found.pages > 1).then(|| view! { <p>{words.t("staff_hits_more")}</p> });
    view! {
        <div class="results">
            {found.coarser.then(|| view! { <p>{words.t("results_coarser")}</p> })}
            <ol class="hits">{rows.collect_view()}</ol>
            {more}
        </div>
    }
    .into_any()
}

/// A request is read by staff of its office for a reason, which its applicant reads; everybody else has its
/// applicant open it.
fn request(
    words: Words,
    number: &str,
    typed: &DeskTyped,
    (reads, faults): (bool, &[(&'static str, Say)]),
) -> AnyView {
    let [least, most] = [LEAST_REASON, MOST_REASON].map(|figure| figure.to_string());
    let reason = Line {
        name: "reason",
        kind: "text",
        label: "staff_reason",
        hint: Some(words.fill("staff_reason_hint", &[("least", &least), ("most", &most)])),
        value: typed.reason.clone(),
        error: fault_of(faults, "reason"),
        autocomplete: "off",
        focus: false,
    };
    let form = reads.then(|| {
        view! {
            <p>{words.t("staff_request_text")}</p>
            <form class="form" method="post" action=urls::STAFF_REQUEST>
                <input type="hidden" name="number" value=number.to_owned() />
                {reason.view(words)}
                <button class="button button-primary">{words.t("staff_request_button")}</button>
            </form>
        }
    });
    view! {
        <section class="measure staff-closer" aria-labelledby="closer-title">
            <h2 id="closer-title">{words.fill("staff_request", &[("number", number)])}</h2>
            {form}
            <p><a href=format!("{}/{number}", urls::REQUESTS)>{words.t("staff_request_open")}</a></p>
        </section>
    }
    .into_any()
}
