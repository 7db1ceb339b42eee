//! What waits for an office and what is late, and one delivery with what may be done about it.

use leptos::prelude::*;

use super::{Line, fault_of, field_error, notice, summary};
use crate::{
    components::{Banner, PageTitle, Tone, service_title},
    format,
    staff::supervision::{
        DeliveryLine, DeliveryPage, InTime, JournalLine, RequestLine, Supervision,
    },
    urls,
    words::Words,
};

pub(super) fn list(words: Words, shown: Supervision) -> AnyView {
    let Supervision { deliveries, unreadable, requests, more } = shown;
    let title = words.t("staff_deliveries");
    let unreadable = (unreadable > 0).then(|| {
        let text = words.fill("staff_deliveries_unreadable", &[("n", &unreadable.to_string())]);
        view! { <p><strong>{text}</strong></p> }
    });
    let late = requests.iter().filter(|line| line.in_time == InTime::Late).count();
    let counts = words.fill(
        "staff_supervision_counts",
        &[
            ("stuck", &deliveries.iter().filter(|line| line.state == "stuck").count().to_string()),
            ("late", &late.to_string()),
            ("open", &requests.len().to_string()),
        ],
    );
    let none = deliveries
        .is_empty()
        .then(|| notice(words, Tone::Note, "staff_deliveries_none", "staff_deliveries_none_text"));
    let no_requests = requests
        .is_empty()
        .then(|| notice(words, Tone::Note, "staff_open_none", "staff_open_none_text"));
    view! {
        <PageTitle text=title />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("staff_deliveries_lead")}</p>
            <p><strong>{counts}</strong></p>
            <h2>{words.t("staff_not_arrived")}</h2>
            {unreadable}
            {none}
            <ol class="hits">
                {deliveries.into_iter().map(|line| delivery(words, line)).collect_view()}
            </ol>
            <h2>{words.t("staff_open")}</h2>
            <p class="hint">{words.t("staff_open_from")}</p>
            {no_requests}
            <ol class="hits">
                {requests.into_iter().map(|line| request(words, line)).collect_view()}
            </ol>
            {more.then(|| view! { <p>{words.t("staff_open_more")}</p> })}
        </div>
    }
    .into_any()
}

fn delivery(words: Words, line: DeliveryLine) -> AnyView {
    let href = urls::staff_delivery(&line.id);
    let number = line.number.to_string();
    let facts = facts(words, &line);
    view! {
        <li class="hit">
            <a href=href><strong class="number" translate="no">{number}</strong></a>
            {facts}
        </li>
    }
    .into_any()
}

fn state_words(words: Words, state: &str) -> &'static str {
    words.t(&format!("staff_delivery_state_{state}"))
}

fn facts(words: Words, line: &DeliveryLine) -> AnyView {
    let proposed = line.proposed.then(|| {
        view! { " " <span class="tag">{words.t("staff_proposed")}</span> }
    });
    let next = line.next.map(|at| {
        view! { <div><dt>{words.t("staff_next")}</dt> <dd>{format::moment(words.0, at)}</dd></div> }
    });
    let reason = line.reason.clone().map(|reason| {
        view! { <div><dt>{words.t("staff_why_not")}</dt> <dd>{reason}</dd></div> }
    });
    view! {
        <dl class="hit-facts">
            <div>
                <dt>{words.t("receipt_stands")}</dt>
                <dd>{state_words(words, line.state)} {proposed}</dd>
            </div>
            <div>
                <dt>{words.t("receipt_submitted")}</dt>
                <dd>{format::moment(words.0, line.submitted_at)}</dd>
            </div>
            <div><dt>{words.t("staff_attempts")}</dt> <dd>{line.attempts}</dd></div>
            {next}
            {reason}
        </dl>
    }
    .into_any()
}

fn request(words: Words, line: RequestLine) -> AnyView {
    let RequestLine { number, item, submitted_at, last, in_time } = line;
    let title = service_title(words, &item);
    let day = last.map(|day| format::date(words.0, day)).unwrap_or_default();
    let day = [("day", &*day)];
    let says = match in_time {
        InTime::Late => words.fill("staff_late", &day),
        InTime::Runs => words.fill("staff_runs", &day),
        InTime::Unknown => words.t("staff_day_unknown").to_owned(),
        InTime::NotBegun => words.t("staff_not_begun").to_owned(),
        InTime::NoLimit => words.t("staff_no_limit").to_owned(),
    };
    let says = if in_time == InTime::Late {
        view! { <strong>{says}</strong> }.into_any()
    } else {
        says.into_any()
    };
    let desk = format!("{}?q={number}", urls::STAFF);
    view! {
        <li class="hit">
            <a href=desk><strong class="number" translate="no">{number.to_string()}</strong></a>
            " "
            {title}
            <dl class="hit-facts">
                <div><dt>{words.t("staff_time")}</dt> <dd>{says}</dd></div>
                <div>
                    <dt>{words.t("receipt_submitted")}</dt>
                    <dd>{format::moment(words.0, submitted_at)}</dd>
                </div>
            </dl>
        </li>
    }
    .into_any()
}

pub(super) fn one(words: Words, page: DeliveryPage) -> AnyView {
    let title = words.fill("staff_delivery_title", &[("number", page.line.number.as_str())]);
    let done = page
        .done
        .then(|| notice(words, Tone::Done, "staff_delivery_done", "staff_delivery_done_text"));
    let not_done = page.not_done.map(|say| {
        let title = words.t("staff_delivery_not_done");
        view! { <Banner tone=Tone::Caution title>{words.t(say.key())}</Banner> }
    });
    let broken =
        (!page.whole).then(|| view! { <p><strong>{words.t("staff_journal_broken")}</strong></p> });
    let forms = page.open.then(|| forms(words, &page));
    let facts = facts(words, &page.line);
    let journal = page.journal.into_iter().map(|line| entry(words, line)).collect_view();
    view! {
        <PageTitle text=title.clone() />
        <div class="measure">
            {summary(words, &page.faults)}
            <p class="kicker"><a href=urls::STAFF_DELIVERIES>{words.t("staff_deliveries")}</a></p>
            <h1>{title}</h1>
            {done}
            {not_done}
            {facts}
            <p><code translate="no">{page.line.id}</code></p>
            {forms}
            <h2>{words.t("staff_journal")}</h2>
            {broken}
            <ol class="timeline">{journal}</ol>
        </div>
    }
    .into_any()
}

fn entry(words: Words, line: JournalLine) -> AnyView {
    let JournalLine { at, act, who, note } = line;
    let act = words.t(&format!("staff_delivery_act_{}", act.replace(' ', "_")));
    let who = who.unwrap_or_else(|| words.t("actor_portal").to_owned());
    view! {
        <li class="timeline-event">
            <strong class="timeline-state">{act}</strong>
            <span class="timeline-when">
                <time datetime=format::machine_moment(at)>{format::moment(words.0, at)}</time>
                " · "
                {who}
            </span>
            {note.map(|note| view! { <span class="timeline-note">{note}</span> })}
        </li>
    }
    .into_any()
}

/// What may be done: each button of one form says what, and the reason is typed once.
fn forms(words: Words, page: &DeliveryPage) -> AnyView {
    let action = urls::staff_delivery(&page.line.id);
    let confirms = page.confirms.clone().map(|(of, said)| {
        let action = format!("{action}/{}", urls::STAFF_CONFIRM);
        view! {
            <form class="form staff-closer" method="post" action=action>
                <h2>{words.t("staff_confirm_title")}</h2>
                <p>{words.t("staff_confirm_text")}</p>
                <blockquote>{said}</blockquote>
                <input type="hidden" name="of" value=of.to_string() />
                <button class="button button-primary">{words.t("staff_confirm")}</button>
            </form>
        }
    });
    let waits = (page.line.proposed && page.confirms.is_none())
        .then(|| notice(words, Tone::Note, "staff_waits_for_other", "staff_waits_for_other_text"));
    let mends = page.may_mend.then(|| {
        let reason = Line {
            name: "reason",
            kind: "text",
            label: "staff_delivery_reason",
            hint: Some(words.t("staff_delivery_reason_hint").to_owned()),
            value: page.reason.clone(),
            error: fault_of(&page.faults, "reason"),
            autocomplete: "off",
            focus: false,
        };
        let chosen = page.to.clone();
        let others = page.others.iter().map(|(id, name)| {
            let selected = *id == chosen;
            view! { <option value=id.clone() selected=selected>{words.pick(name)}</option> }
        });
        let wrong = fault_of(&page.faults, "to");
        let error = wrong.map(|say| field_error(words, "to", say));
        view! {
            <form class="form staff-closer" method="post" action=action>
                <h2>{words.t("staff_steps_title")}</h2>
                {reason.view(words)}
                <p>
                    <button class="button" name="act" value="retry">{words.t("staff_retry")}</button>
                    " "
                    <button class="button" name="act" value="paper">{words.t("staff_paper")}</button>
                </p>
                <p class="hint">{words.t("staff_paper_hint")}</p>
                <div class=if wrong.is_some() { "field field-wrong" } else { "field" }>
                    <label class="label" for="to">{words.t("staff_redirect_to")}</label>
                    {error}
                    <select
                        class="input"
                        id="to"
                        name="to"
                        aria-invalid=wrong.is_some().then_some("true")
                        aria-describedby=wrong.is_some().then_some("to-error")
                    >
                        <option value="">{words.t("staff_redirect_none")}</option>
                        {others.collect_view()}
                    </select>
                </div>
                <button class="button" name="act" value="redirect">{words.t("staff_redirect")}</button>
            </form>
        }
    });
    // Said before anybody presses for nothing.
    let uncounted =
        (!page.counts).then(|| view! { <p class="hint">{words.t("staff_no_number")}</p> });
    view! {
        {confirms}
        {waits}
        {uncounted}
        {mends}
    }
    .into_any()
}
