//! The halls: who is called where, and taking a ticket, for everybody (desk D9). Of nobody anything but a number is
//! known here.

use app::{
    hall::{HallName, HallPage, HallShows},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    clock::china_date,
    queue::{HallDay, TicketNumber},
    service::Aim,
};
use store::StoreError;

use crate::{
    opening::to,
    pages::form_value,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::AddressedText,
    settings::HallConfig,
    state::AppState,
};

/// A hall with its name, as its pages have it.
pub(crate) fn named(id: &str, hall: &HallConfig) -> HallName {
    HallName { id: id.to_owned(), name: hall.name.clone(), aims: hall.aims() }
}

/// The hall today, in China.
pub(crate) fn today(state: &AppState, id: &str) -> HallDay {
    HallDay { hall: id.to_owned(), day: china_date(state.clock.now()) }
}

/// What somebody comes for, of its name.
pub(crate) fn aim_of(name: &str) -> Option<Aim> {
    Aim::ALL.into_iter().find(|aim| aim.name() == name)
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
    render::refused(state, head, Refusal::Unavailable).await
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
        let shows = HallShows::Take { unchosen: false };
        return show(&state, request, HallPage { hall, shows }, StatusCode::OK).await;
    };
    let now = match state.store.hall_now(&today(&state, &id)).await {
        Ok(now) => now,
        Err(error) => return unavailable(&state, request, &error).await,
    };
    let mut all = now.waiting.iter().chain(&now.called).chain(&now.aside);
    let ticket = all.find(|ticket| ticket.number == number).cloned();
    let before = now.waiting.iter().take_while(|waits| waits.number != number);
    let before =
        before.filter(|waits| ticket.as_ref().is_some_and(|own| own.aim == waits.aim)).count();
    let shows = HallShows::Ticket { number, ticket, before };
    show(&state, request, HallPage { hall, shows }, StatusCode::OK).await
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
    let aim = form.get("aim").and_then(|name| aim_of(name));
    let aim = aim.filter(|aim| hall.aims.contains(aim));
    let Some(aim) = aim.filter(|_| switched.is_empty()) else {
        let unchosen = switched.is_empty();
        let status = if unchosen { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = HallPage { hall, shows: HallShows::Take { unchosen } };
        let mut response = show(&state, head, page, status).await;
        preferences::keep(&mut response, switched);
        return response;
    };
    let priority = form.get("priority").is_some_and(|value| value == "1");
    let now = state.clock.now();
    match state.store.take_ticket(&today(&state, &id), aim, priority, now).await {
        Ok(ticket) => {
            let path = format!("{}?number={}", urls::hall_ticket(&id), ticket.number);
            to(&path, None::<HeaderValue>)
        }
        Err(error) => unavailable(&state, head, &error).await,
    }
}
