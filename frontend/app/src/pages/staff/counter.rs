//! A counter of a hall: the next number, and what is done about the one that is there. Each button is a form, and the
//! first of them has the cursor: Enter calls.

use domain::{
    clock::china_date,
    queue::{Ticket, TicketState},
    service::Aim,
};
use leptos::prelude::*;

use super::{
    super::hall::{figures, lost},
    notice,
};
use crate::{
    components::{Banner, PageTitle, Tone, aim_words},
    format,
    hall::{CounterDesk, HallChoice, PressSaid, SeatTaken, Sits},
    urls,
    words::Words,
};

pub(super) fn counter(words: Words, desk: Option<CounterDesk>) -> AnyView {
    let title = words.t("staff_queue");
    let Some(CounterDesk { halls, sits, asks }) = desk else {
        return view! {
            <PageTitle text=title />
            <div class="measure">
                <h1>{title}</h1>
                {notice(words, Tone::Note, "staff_no_hall", "staff_no_hall_text")}
            </div>
        }
        .into_any();
    };
    let choice = halls.iter().map(|hall| choose(words, hall, sits.as_ref())).collect_view();
    let here = sits.as_ref().map(|sits| at(words, sits));
    let asks = asks.map(|seat| taken(words, seat));
    let follows = sits.as_ref().map(|sits| urls::hall_events(&sits.hall.id));
    view! {
        <PageTitle text=title />
        <div class="measure" data-hall=follows>
            <h1>{title}</h1>
            {asks}
            {here}
            {choice}
        </div>
    }
    .into_any()
}

/// Where somebody sits, and what they serve.
fn choose(words: Words, choice: &HallChoice, sits: Option<&Sits>) -> AnyView {
    let HallChoice { hall, counters } = choice;
    let sits = sits.filter(|sits| sits.hall.id == hall.id);
    let counters = counters.iter().map(|counter| {
        let selected = sits.is_some_and(|sits| sits.counter == *counter);
        view! { <option value=counter.clone() selected=selected>{counter.clone()}</option> }
    });
    let aims = hall.aims.iter().map(|aim| {
        let selected = sits.is_some_and(|sits| sits.serves == Some(*aim));
        view! { <option value=aim.name() selected=selected>{aim_words(words, *aim)}</option> }
    });
    let [counter_id, serves_id] = ["counter", "serves"].map(|name| format!("{name}-{}", hall.id));
    view! {
        <form class="form staff-closer" method="get" action=urls::STAFF_QUEUE>
            <h2>{words.pick(&hall.name)}</h2>
            <input type="hidden" name="hall" value=hall.id.clone() />
            <div class="field">
                <label class="label" for=counter_id.clone()>{words.t("hall_counter")}</label>
                <select class="input" id=counter_id name="counter">{counters.collect_view()}</select>
            </div>
            <div class="field">
                <label class="label" for=serves_id.clone()>{words.t("staff_serves")}</label>
                <select class="input" id=serves_id name="serves">
                    <option value="">{words.t("staff_serves_all")}</option>
                    {aims.collect_view()}
                </select>
            </div>
            <button class="button">{words.t("staff_sit")}</button>
            " "
            <a href=urls::hall(&hall.id)>{words.t("hall_board")}</a>
        </form>
    }
    .into_any()
}

/// That a colleague sits there, and the button by which the counter is somebody else's.
fn taken(words: Words, seat: SeatTaken) -> AnyView {
    let SeatTaken { hall, counter, serves, who, at } = seat;
    let at = format::moment(words.0, at);
    let text = words.fill("staff_seat_text", &[("counter", &counter), ("who", &who), ("at", &at)]);
    let title = words.t("staff_seat_title");
    view! {
        <Banner tone=Tone::Caution title=title>{text}</Banner>
        <form class="form" method="get" action=urls::STAFF_QUEUE>
            <input type="hidden" name="hall" value=hall.id />
            <input type="hidden" name="counter" value=counter />
            <input type="hidden" name="serves" value=serves.map(Aim::name) />
            <input type="hidden" name="over" value=who />
            <button class="button">{words.t("staff_seat_over")}</button>
            " "
            <a href=urls::STAFF_QUEUE>{words.t("staff_seat_other")}</a>
        </form>
    }
    .into_any()
}

/// A button that presses something about a ticket, with what else it needs.
fn press(
    words: Words,
    sits: &Sits,
    (act, key): (&'static str, &str),
    (ticket, more): (Option<&Ticket>, Option<AnyView>),
) -> AnyView {
    let first = act == "next";
    let class = if first { "button button-primary" } else { "button" };
    view! {
        <form class="staff-press" method="post" action=sits.address.clone()>
            <input type="hidden" name="hall" value=sits.hall.id.clone() />
            <input type="hidden" name="counter" value=sits.counter.clone() />
            <input type="hidden" name="serves" value=sits.serves.map(Aim::name) />
            <input type="hidden" name="over" value=sits.over.clone() />
            <input type="hidden" name="day" value=china_date(sits.at).to_string() />
            <input type="hidden" name="ticket" value=ticket.map(|it| it.sequence.to_string()) />
            <input type="hidden" name="calls" value=ticket.map(|it| it.calls.to_string()) />
            {more}
            <button class=class name="act" value=act autofocus=first>{words.t(key)}</button>
        </form>
    }
    .into_any()
}

fn at(words: Words, sits: &Sits) -> AnyView {
    let said = sits.said.map(|said| match said {
        PressSaid::Stale => notice(words, Tone::Caution, "staff_stale", "staff_stale_text"),
        PressSaid::NobodyWaits => notice(words, Tone::Note, "staff_nobody", "staff_nobody_text"),
    });
    let ticket = sits.now.at_counter(&sits.counter);
    let hall = words.pick(&sits.hall.name);
    let place = words.fill("staff_sits", &[("hall", &hall), ("counter", &sits.counter)]);
    let shown = ticket.map(|ticket| here(words, sits, ticket));
    let nobody =
        ticket.is_none().then(|| view! { <p class="hall-latest">{words.t("staff_free")}</p> });
    let aside = sits.now.aside.iter().map(|ticket| {
        let key = match ticket.state {
            TicketState::Held => "staff_held",
            _ => "staff_missed",
        };
        view! {
            <li class="hit">
                <strong class="number" translate="no">{ticket.number.to_string()}</strong>
                " "
                {words.t(key)}
                {press(words, sits, ("back", "staff_back"), (Some(ticket), None))}
            </li>
        }
    });
    let aside = (!sits.now.aside.is_empty()).then(|| {
        view! {
            <h2>{words.t("staff_aside")}</h2>
            <ol class="hits">{aside.collect_view()}</ol>
        }
    });
    view! {
        {said}
        <p class="kicker">{place}</p>
        {shown}
        {nobody}
        {press(words, sits, ("next", "staff_call_next"), (ticket, None))}
        {lost(words)}
        <div id="hall-now" data-live="">{figures(words, &sits.now, sits.at)}</div>
        <div id="hall-aside" data-live="">{aside}</div>
    }
    .into_any()
}

/// The ticket at the counter.
fn here(words: Words, sits: &Sits, ticket: &Ticket) -> AnyView {
    let others = sits.hall.aims.iter().filter(|aim| **aim != ticket.aim).map(|aim| {
        view! { <option value=aim.name()>{aim_words(words, *aim)}</option> }
    });
    let to = view! {
        <label class="label" for="aim">{words.t("staff_hand_on_to")}</label>
        <select class="input" id="aim" name="aim">{others.collect_view()}</select>
    }
    .into_any();
    let button = |act, key| press(words, sits, (act, key), (Some(ticket), None));
    let priority = ticket.priority.then(|| {
        view! { " " <span class="tag">{words.t("hall_priority_title")}</span> }
    });
    let calls = words.fill("staff_calls", &[("n", &ticket.calls.to_string())]);
    view! {
        <p class="hall-latest" role="status" translate="no">{ticket.number.to_string()}</p>
        <p>{aim_words(words, ticket.aim)} " · " {calls} {priority}</p>
        <div class="staff-presses">
            {button("recall", "staff_recall")}
            {button("skip", "staff_skip")}
            {button("hold", "staff_hold")}
            {button("done", "staff_over")}
        </div>
        {press(words, sits, ("hand-on", "staff_hand_on"), (Some(ticket), Some(to)))}
    }
    .into_any()
}
