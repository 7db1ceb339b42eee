//! A request at the counter: as its applicant handed it in, how it stands, and who has read it.

use domain::{
    Locale,
    request::outcome_documents,
    service::service,
    staff::{LEAST_REASON, MOST_REASON},
};
use leptos::prelude::*;
use service_api::{DossierView, RequestView};

use super::{Line, not_there};
use crate::{
    components::{Banner, CodeLine, Departments, PageTitle, Timeline, Tone},
    current, format,
    pages::{
        outcome::{Notice, drawn, notice, title_key},
        rights::answered,
    },
    urls,
    words::Words,
};

pub(super) fn request(words: Words, dossier: DossierView) -> AnyView {
    let DossierView { request, answers, .. } = dossier;
    let item = service(&request.item);
    let title = item.map_or_else(|| request.item.clone(), |item| words.pick(&item.title));
    let number = request.number.to_string();
    let state = words.t(&format!("state_{}", request.state.name()));
    let place = urls::at_desk(&request.code);
    view! {
        <PageTitle text=format!("{title} · {number}") />
        <article class="measure receipt">
            <p class="kicker">{words.t("staff_desk")}</p>
            <h1>{title}</h1>
            <Banner tone=Tone::Note title=words.t("staff_read_title")>{words.t("staff_read_text")}</Banner>
            <dl class="terms">
                <div><dt>{words.t("open_number")}</dt><dd><span class="number" translate="no">{number}</span></dd></div>
                <div><dt>{words.t("receipt_stands")}</dt><dd>{state}</dd></div>
                <div><dt>{words.t("receipt_place")}</dt><dd><a href=place><CodeLine code=request.code /></a></dd></div>
                <div>
                    <dt>{words.t("receipt_submitted")}</dt>
                    <dd>{format::moment(words.0, request.submitted_at)}</dd>
                </div>
            </dl>
            <h2>{words.t("data_now")}</h2>
            {answered(words, item, &answers)}
            {notices(words, &request)}
            <h2>{words.t("data_sent")}</h2>
            <Departments departments=request.departments.clone() />
            <h2>{words.t("receipt_timeline")}</h2>
            <Timeline events=request.events.clone() />
        </article>
    }
    .into_any()
}

/// The notices of what became of a request, each with a button that prints it.
fn notices(words: Words, request: &RequestView) -> Option<AnyView> {
    let documents = outcome_documents(&request.number, &request.events);
    let rows = documents.iter().map(|document| {
        let event = document.event.sequence;
        let before = document.printed_before(&request.events, u32::MAX);
        let before = (before > 0)
            .then(|| words.fill("outcome_printed_before", &[("n", &before.to_string())]));
        let number = document.number();
        view! {
            <p>
                {words.t(&title_key(document.outcome.kind()))}
                " "
                <span class="number" translate="no">{number}</span>
                " "
                {before}
                " "
                <button class="button" name="print" value=event.to_string()>
                    {words.t("outcome_print")}
                </button>
            </p>
        }
    });
    let rows = rows.collect_view();
    let [least, most] = [LEAST_REASON, MOST_REASON].map(|figure| figure.to_string());
    let reason = Line {
        name: "reason",
        kind: "text",
        label: "staff_reason",
        hint: Some(words.fill("staff_reason_hint", &[("least", &least), ("most", &most)])),
        value: String::new(),
        error: None,
        autocomplete: "off",
        focus: false,
    };
    (!documents.is_empty()).then(|| {
        view! {
            <h2>{words.t("outcomes_title")}</h2>
            <form class="form no-print" method="post" action=urls::STAFF_REQUEST>
                <input type="hidden" name="number" value=request.number.to_string() />
                <p>{words.t("outcome_print_why")}</p>
                {reason.view(words)}
                // Enter in the field prints nothing: which one has to be said.
                <button hidden disabled></button>
                {rows}
            </form>
        }
        .into_any()
    })
}

/// A notice to be printed, and nothing beside it: the Chinese text, which is the binding one, and beneath it, where the
/// clerk works in another language, the translation without a place for the seal.
pub(super) fn notice_printed(
    words: Words,
    dossier: DossierView,
    (event, copy): (u32, Option<usize>),
) -> AnyView {
    let portal = current::portal();
    let of = |locale| {
        portal.as_ref().and_then(|portal| notice(locale, &**portal, &dossier.request, event))
    };
    let translation = (words.0 != Locale::Zh).then(|| of(words.0)).flatten();
    let translation = translation.map(|notice| drawn(words, Notice { seal: None, ..notice }, copy));
    match of(Locale::Zh) {
        Some(notice) => view! {
            <PageTitle text=format!("{} · {}", notice.title, notice.number) />
            <div lang="zh-CN">{drawn(Words(Locale::Zh), notice, copy)}</div>
            {translation}
            <p class="hint no-print">{words.t("outcome_print_hint")}</p>
            <p class="no-print"><a href=urls::STAFF>{words.t("staff_desk")}</a></p>
        }
        .into_any(),
        None => not_there(
            words,
            ("outcome_none_title", "outcome_none_text"),
            (urls::STAFF, "staff_desk"),
        ),
    }
}
