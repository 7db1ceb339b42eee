//! The pages of a hall for everybody (desk D9): who is called where, and taking a ticket. They work without JavaScript
//! and say what they say in their titles too, which a screen reader reads when a page comes anew.

use domain::{
    queue::{HallNow, Ticket, TicketNumber, TicketState},
    service::Aim,
};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::{
    components::{PageTitle, TICKET_FORM, aim_words},
    current, format,
    hall::{HallName, HallPage, HallShows},
    staff::{Shows, StaffPage},
    urls,
    words::Words,
};

/// Seconds after which the board comes anew, and a ticket.
const ANEW: &str = "5";
const TICKET_ANEW: &str = "15";
/// Most calls on the board.
const MOST_CALLS: usize = 40;

/// A page of a hall.
#[component]
pub fn HallView(
    /// What stands on it.
    page: HallPage,
) -> AnyView {
    let words = current::words();
    let HallPage { hall, shows } = page;
    match shows {
        HallShows::Board { now, at } => board(words, &hall, &now, at),
        HallShows::Take { unchosen, aim, priority } => {
            take(words, &hall, (unchosen, aim, priority))
        }
        HallShows::Elsewhere => elsewhere(words, &hall),
        HallShows::Ticket { number, ticket, before } => {
            taken(words, &hall, (number, ticket.as_ref(), before))
        }
    }
}

/// Where somebody is to go.
fn call(words: Words, ticket: &Ticket) -> String {
    let counter = ticket.counter.as_deref().unwrap_or_default();
    words.fill("hall_call", &[("number", &ticket.number.to_string()), ("counter", counter)])
}

fn board(words: Words, hall: &HallName, now: &HallNow, at: Timestamp) -> AnyView {
    let name = words.pick(&hall.name);
    let latest = now.called.first().map(|ticket| call(words, ticket));
    let title = latest.clone().map_or_else(|| name.clone(), |call| format!("{call} · {name}"));
    let rows = now.called.iter().take(MOST_CALLS).map(|ticket| {
        view! {
            <tr>
                <th scope="row" class="hall-number" translate="no">{ticket.number.to_string()}</th>
                <td class="hall-number" translate="no">{ticket.counter.clone().unwrap_or_default()}</td>
            </tr>
        }
    });
    let table = (!now.called.is_empty()).then(|| {
        view! {
            <table class="table hall-calls">
                <caption class="visually-hidden">{words.t("hall_called")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.t("hall_number")}</th>
                        <th scope="col">{words.t("hall_counter")}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let says = latest.unwrap_or_else(|| words.t("hall_nobody_called").to_owned());
    // Which call it is: called once more in the same words it is another one.
    let call = now
        .called
        .first()
        .map_or_else(String::new, |ticket| format!("{}.{}", ticket.sequence, ticket.calls));
    view! {
        <PageTitle text=title />
        <div class="hall" data-hall=urls::hall_events(&hall.id)>
            <h1>{name}</h1>
            <p class="hall-latest" id="hall-latest" role="status" aria-live="assertive" data-live="" data-call=call>{says}</p>
            {lost(words)}
            <div id="hall-called" data-live="">{table}</div>
            <div id="hall-now" data-live="">
                {figures(words, now, at)}
                <p class="hint">{words.fill("hall_as_of", &[("at", &format::moment(words.0, at))])}</p>
            </div>
            <p><a href=urls::hall_ticket(&hall.id)>{words.t("hall_take")}</a></p>
        </div>
    }
    .into_any()
}

/// What is said while the line is lost: the page comes back by itself.
pub(super) fn lost(words: Words) -> AnyView {
    view! {
        <p class="hall-lost" id="hall-lost" role="status" hidden=true>{words.t("hall_lost")}</p>
    }
    .into_any()
}

/// What of a page of a hall stands in its head: the script that follows the hall, and for whoever has none that the
/// board comes anew.
#[component]
pub fn HallHead() -> AnyView {
    let board =
        use_context::<HallPage>().is_some_and(|page| matches!(page.shows, HallShows::Board { .. }));
    let counter = use_context::<StaffPage>().is_some_and(
        |page| matches!(page.shows, Shows::Counter(Some(desk)) if desk.sits.is_some()),
    );
    let anew = board.then(|| {
        view! { <noscript><meta http-equiv="refresh" content=ANEW /></noscript> }
    });
    let script = (board || counter).then(|| {
        view! { <script type="module" src=urls::HALL_SCRIPT></script> }
    });
    view! {
        {anew}
        {script}
    }
    .into_any()
}

/// Who waits, and how long: of what has happened, and of nothing else.
pub(super) fn figures(words: Words, now: &HallNow, at: Timestamp) -> AnyView {
    let waits = words.fill("hall_waiting", &[("n", &now.waiting.len().to_string())]);
    let longest = words.fill("hall_longest", &[("minutes", &now.longest_wait(at).to_string())]);
    view! { <p class="hall-figures"><span>{waits}</span> " " <span>{longest}</span></p> }.into_any()
}

fn elsewhere(words: Words, hall: &HallName) -> AnyView {
    view! {
        <PageTitle text=words.t("hall_elsewhere") />
        <div class="measure">
            <h1>{words.t("hall_elsewhere")}</h1>
            <p class="lead">{words.t("hall_elsewhere_text")}</p>
            <p><a href=urls::hall(&hall.id)>{words.pick(&hall.name)}</a></p>
        </div>
    }
    .into_any()
}

fn take(
    words: Words,
    hall: &HallName,
    (unchosen, chosen, priority): (bool, Option<Aim>, bool),
) -> AnyView {
    let name = words.pick(&hall.name);
    let title = words.fill("hall_take_title", &[("hall", &name)]);
    let aims = hall.aims.iter().map(|aim| {
        let id = format!("aim-{}", aim.name());
        view! {
            <div class="choice">
                <input class="choice-dot" type="radio" id=id.clone() name="aim" value=aim.name() checked=chosen == Some(*aim) />
                <label class="choice-label" for=id>{aim_words(words, *aim)}</label>
            </div>
        }
    });
    let fault = unchosen.then(|| {
        view! {
            <p class="field-error" id="aim-error" role="alert">
                <span class="visually-hidden">{words.t("error_prefix")}</span>
                {words.t("hall_unchosen")}
            </p>
        }
    });
    view! {
        <PageTitle text=title.clone() />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("hall_take_lead")}</p>
            <form class="form" id=TICKET_FORM method="post" action=urls::hall_ticket(&hall.id)>
                <fieldset
                    class=if unchosen { "field field-wrong" } else { "field" }
                    aria-describedby=unchosen.then_some("aim-error")
                >
                    <legend class="label">{words.t("hall_aim")}</legend>
                    {fault}
                    {aims.collect_view()}
                </fieldset>
                <div class="choice field">
                    <input class="choice-box" type="checkbox" id="priority" name="priority" value="1" checked=priority />
                    <label class="choice-label" for="priority">{words.t("hall_priority")}</label>
                </div>
                <button class="button button-primary">{words.t("hall_take")}</button>
            </form>
            <p><a href=urls::hall(&hall.id)>{words.t("hall_board")}</a></p>
        </div>
    }
    .into_any()
}

fn taken(
    words: Words,
    hall: &HallName,
    (number, ticket, before): (TicketNumber, Option<&Ticket>, usize),
) -> AnyView {
    let text = number.to_string();
    let says = match ticket.map(|ticket| (ticket, ticket.state)) {
        Some((_, TicketState::Waiting)) if before == 0 => words.t("hall_next").to_owned(),
        Some((_, TicketState::Waiting)) => words.fill("hall_before", &[("n", &before.to_string())]),
        Some((ticket, TicketState::Called)) => call(words, ticket),
        Some((_, TicketState::Held)) => words.t("hall_held").to_owned(),
        Some((_, TicketState::Missed)) => words.t("hall_missed").to_owned(),
        Some((_, TicketState::Done)) | None => words.t("hall_over").to_owned(),
    };
    let title = format!("{text} · {says}");
    let aim = ticket.map(|ticket| view! { <p>{aim_words(words, ticket.aim)}</p> });
    view! {
        <leptos_meta::Meta http_equiv="refresh" content=TICKET_ANEW />
        <PageTitle text=title />
        <div class="hall">
            <h1>{words.t("hall_your_number")}</h1>
            <p class="hall-latest" translate="no">{text}</p>
            <p class="lead" role="status">{says}</p>
            {aim}
            <p>{words.t("hall_keep")}</p>
            <p><a href=urls::hall(&hall.id)>{words.pick(&hall.name)}</a></p>
        </div>
    }
    .into_any()
}
