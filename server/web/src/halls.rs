//! The halls: who is called where, and taking a ticket, for everybody (desk D9). Of nobody anything but a number is
//! known here.

use std::net::SocketAddr;

use app::{
    hall::{HallName, HallPage, HallShows, SCRIPT},
    urls,
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
};
use domain::{
    clock::china_date,
    queue::{HallDay, TicketNumber},
    service::Aim,
};
use store::StoreError;

use crate::{
    client::{self, ClientAddress},
    opening::to,
    pages::form_value,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::AddressedText,
    settings::HallConfig,
    state::AppState,
};

/// Seconds after which a line is asked for again that there was no room for.
const LINE_LATER: u64 = 30;

/// A hall with its name, as its pages have it.
pub(crate) fn named(id: &str, hall: &HallConfig) -> HallName {
    HallName { id: id.to_owned(), name: hall.name.clone(), aims: hall.aims() }
}

/// The hall today, in China.
pub(crate) fn today(state: &AppState, id: &str) -> HallDay {
    HallDay { hall: id.to_owned(), day: china_date(state.clock.now()) }
}

/// Whether tickets are given to who asks: everybody's of a hall that says so, otherwise to its machines alone. A stranger
/// would fill the queue from afar.
fn may_take(state: &AppState, id: &str, head: &Request) -> bool {
    let Some(hall) = state.settings.halls.get(id) else { return false };
    let peer = head.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = &state.settings.site.trusted_proxies;
    hall.open || client::is_one_of(&hall.machines, peer, head.headers(), trusted)
}

/// `GET /hall/{hall}`: the board.
pub async fn board(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let Some(hall) = state.settings.halls.get(&id).map(|hall| named(&id, hall)) else {
        return render::refused(&state, request, Refusal::NotFound).await;
    };
    match state.store.hall_now(&today(&state, &id)).await {
        Ok(now) => {
            let shows = HallShows::Board { now, at: state.clock.now() };
            show(&state, request, HallPage { hall, shows }, StatusCode::OK).await
        }
        Err(error) => unavailable(&state, request, &error).await,
    }
}

async fn show(state: &AppState, head: Request, page: HallPage, status: StatusCode) -> Response {
    let hall = Some(page);
    render::render(state, head, PageInput { hall, status: Some(status), ..PageInput::default() })
        .await
}

async fn unavailable(state: &AppState, head: Request, error: &StoreError) -> Response {
    tracing::error!(%error, "the queue of a hall does not answer");
    let mut response = render::refused(state, head, Refusal::Unavailable).await;
    // Nobody stands at the board to ask again.
    response.headers_mut().insert("refresh", HeaderValue::from_static("10"));
    response
}

/// `GET /hall/{hall}/ticket`: the form, or a ticket where its number is named.
pub async fn ticket(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let Some(hall) = state.settings.halls.get(&id).map(|hall| named(&id, hall)) else {
        return render::refused(&state, request, Refusal::NotFound).await;
    };
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let Some(number) = form_value(query, "number").and_then(|text| TicketNumber::parse(&text))
    else {
        let shows = if may_take(&state, &id, &request) {
            HallShows::Take { unchosen: false, aim: None, priority: false }
        } else {
            HallShows::Elsewhere
        };
        return show(&state, request, HallPage { hall, shows }, StatusCode::OK).await;
    };
    let calls = state.settings.halls.get(&id);
    let calls = calls.map_or((0, 1), |hall| (hall.counters.len(), hall.priority_in_a_row));
    let now = match state.store.hall_now(&today(&state, &id)).await {
        Ok(now) => now,
        Err(error) => return unavailable(&state, request, &error).await,
    };
    // The numbers of another day were other people's.
    let day = form_value(query, "day");
    let is_today = day.is_none_or(|day| day == today(&state, &id).day.to_string());
    let mut all = now.waiting.iter().chain(&now.called).chain(&now.aside);
    let ticket = all.find(|ticket| is_today && ticket.number == number).cloned();
    let before = now.before(number, calls);
    let shows = HallShows::Ticket { number, ticket, before };
    show(&state, request, HallPage { hall, shows }, StatusCode::OK).await
}

/// `GET /hall/{hall}/events`: says that something changed, as server-sent events, and nothing else.
pub async fn events(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let client = request.extensions().get::<ClientAddress>().copied();
    let (Some(client), Some(hall)) = (client, state.settings.halls.get(&id)) else {
        return render::refused(&state, request, Refusal::NotFound).await;
    };
    let from = (client, hall.is_of(client));
    let Some(line) = state.halls.line(from, &state.store, &state.clock).await else {
        return Refusal::too_many(LINE_LATER).problem().respond(request.extensions());
    };
    let mut response = Sse::new(line).keep_alive(KeepAlive::default()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// `GET /hall.js`: the script by which pages of a hall follow it.
pub async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, SCRIPT).into_response()
}

/// `POST /hall/{hall}/ticket`: takes a ticket.
pub async fn take(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let Some(hall) = state.settings.halls.get(&id).map(|hall| named(&id, hall)) else {
        return render::refused(&state, head, Refusal::NotFound).await;
    };
    if !may_take(&state, &id, &head) {
        let page = HallPage { hall, shows: HallShows::Elsewhere };
        return show(&state, head, page, StatusCode::FORBIDDEN).await;
    }
    let aim = form.get("aim").and_then(|name| Aim::from_name(name));
    let aim = aim.filter(|aim| hall.aims.contains(aim));
    let priority = form.get("priority").is_some_and(|value| value == "1");
    let (Some(aim), true) = (aim, switched.is_empty()) else {
        let unchosen = switched.is_empty();
        let status = if unchosen { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = HallPage { hall, shows: HallShows::Take { unchosen, aim, priority } };
        let mut response = show(&state, head, page, status).await;
        preferences::keep(&mut response, switched);
        return response;
    };
    let now = state.clock.now();
    match state.store.take_ticket(&today(&state, &id), aim, priority, now).await {
        Ok(ticket) => {
            state.halls.look();
            let path = urls::hall_ticket(&id);
            let path = format!("{path}?number={}&day={}", ticket.number, china_date(now));
            to(&path, None::<HeaderValue>)
        }
        Err(error) => unavailable(&state, head, &error).await,
    }
}
