//! A counter of a hall: calling the next number, and what is done about the one that is there (desk D9). Who presses
//! stands in the events of the queue, which the figures are made of.

use app::{
    hall::{CounterDesk, HallChoice, PressSaid, SeatTaken, Sits},
    staff::Shows,
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    service::Aim,
    staff::{Member, StaffId},
};
use jiff::{SignedDuration, Timestamp};
use store::{CounterPress, Press, Pressed, Seen, StoreError};

use super::{
    admission::{self, Admitted, admitted},
    supervision::unavailable,
};
use crate::{
    form_body::Form,
    halls::{named, today},
    opening::to,
    pages::form_value,
    preferences,
    render::PageInput,
    settings::HallConfig,
    state::AppState,
};

/// Where somebody sits: one of the counters of a hall of their office.
struct Seat<'s> {
    id: String,
    hall: &'s HallConfig,
    counter: String,
    serves: Option<Aim>,
    /// The colleague whose counter it is to be no more, by what they sign in with.
    over: Option<String>,
}

/// For so long after somebody's last press a counter is theirs.
const SEAT_KEPT: SignedDuration = SignedDuration::from_mins(30);

/// Who sits at a counter that whoever asks has not taken over.
async fn colleague(
    state: &AppState,
    who: &Member,
    seat: &Seat<'_>,
) -> Result<Option<(StaffId, Timestamp)>, StoreError> {
    let last = state.store.seat(&today(state, &seat.id), &seat.counter).await?;
    let now = state.clock.now();
    Ok(last.filter(|(staff, at)| {
        let is_theirs = *staff != who.id && seat.over.as_deref() != Some(staff.as_str());
        is_theirs && now.duration_since(*at) < SEAT_KEPT
    }))
}

/// Where somebody sits by what they send; none where their office has no such counter.
fn seat<'s>(
    state: &'s AppState,
    who: &Member,
    text: impl Fn(&str) -> Option<String>,
) -> Option<Seat<'s>> {
    let id = text("hall")?;
    let hall = state.settings.halls.get(&id).filter(|hall| hall.office == who.office)?;
    let counter = text("counter").filter(|counter| hall.counters.contains(counter))?;
    let serves = text("serves").and_then(|name| Aim::from_name(&name));
    let serves = serves.filter(|aim| hall.aims().contains(aim));
    let over = text("over").filter(|over| !over.is_empty());
    Some(Seat { id, hall, counter, serves, over })
}

/// `GET /staff/queue`: the counter that the address names, or the choice of one.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let query = head.uri().query().unwrap_or_default().as_bytes().to_vec();
    let seat = seat(&state, &who.member, |name| form_value(&query, name));
    let said = form_value(&query, "said").and_then(|name| PressSaid::from_name(&name));
    shown(&state, head, who.member, (seat, said)).await
}

async fn shown(
    state: &AppState,
    head: Request,
    who: Member,
    (seat, said): (Option<Seat<'_>>, Option<PressSaid>),
) -> Response {
    let own = state.settings.halls.iter().filter(|(_, hall)| hall.office == who.office);
    let halls: Vec<HallChoice> = own
        .map(|(id, hall)| HallChoice { hall: named(id, hall), counters: hall.counters.clone() })
        .collect();
    let taken = match &seat {
        Some(seat) => match colleague(state, &who, seat).await {
            Ok(taken) => taken,
            Err(error) => return unavailable(state, head, error).await,
        },
        None => None,
    };
    let mut asks = None;
    let sits = match seat {
        None => None,
        Some(Seat { id, hall, counter, serves, .. }) if taken.is_some() => {
            let hall = named(&id, hall);
            asks = taken.map(|(staff, at)| {
                let who = staff.to_string();
                SeatTaken { hall, counter, serves, who, at }
            });
            None
        }
        Some(Seat { id, hall, counter, serves, over }) => {
            let now = match state.store.hall_now(&today(state, &id)).await {
                Ok(now) => now,
                Err(error) => return unavailable(state, head, error).await,
            };
            let (hall, at) = (named(&id, hall), state.clock.now());
            let address = address(&id, (&counter, over.as_deref()), serves, None);
            Some(Sits { hall, counter, serves, now, at, over, address, said })
        }
    };
    let status = asks.is_some().then_some(StatusCode::CONFLICT);
    let desk = (!halls.is_empty()).then(|| Box::new(CounterDesk { halls, sits, asks }));
    let more = PageInput { status, ..PageInput::default() };
    admission::show(state, head, Some(who), (Shows::Counter(desk), more)).await
}

/// The address of a counter.
fn address(
    id: &str,
    (counter, over): (&str, Option<&str>),
    serves: Option<Aim>,
    said: Option<PressSaid>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("hall", id).append_pair("counter", counter);
    if let Some(aim) = serves {
        query.append_pair("serves", aim.name());
    }
    if let Some(over) = over {
        query.append_pair("over", over);
    }
    if let Some(said) = said {
        query.append_pair("said", said.name());
    }
    format!("{}?{}", urls::STAFF_QUEUE, query.finish())
}

/// What is pressed; none where it is nothing.
fn pressed(form: &Form, seat: &Seat<'_>) -> Option<Press> {
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    let ticket = text("ticket").parse().ok().zip(text("calls").parse().ok());
    let ticket = ticket.map(|(ticket, calls)| Seen { ticket, calls });
    let aim = Aim::from_name(text("aim")).filter(|aim| seat.hall.aims().contains(aim));
    Some(match text("act") {
        "next" => {
            let serves = seat.serves.map_or_else(|| seat.hall.aims(), |aim| vec![aim]);
            Press::Next { after: ticket, serves, in_a_row: seat.hall.priority_in_a_row }
        }
        "recall" => Press::Recall(ticket?),
        "skip" => Press::Skip(ticket?),
        "hold" => Press::Hold(ticket?),
        "done" => Press::Done(ticket?),
        "back" => Press::Back(ticket?),
        "hand-on" => Press::HandOn(ticket?, aim?),
        _ => return None,
    })
}

/// `POST /staff/queue`: presses something.
pub async fn press(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let who = who.member;
    let seat = seat(&state, &who, |name| form.get(name).cloned());
    let press = seat.as_ref().filter(|_| switched.is_empty());
    let press = press.and_then(|seat| Some((seat, pressed(&form, seat)?)));
    let Some((seat, press)) = press else {
        let mut response = shown(&state, head, who, (seat, None)).await;
        preferences::keep(&mut response, switched);
        return response;
    };
    // Whoever took the counter over since this page was made is asked about first.
    match colleague(&state, &who, seat).await {
        Ok(None) => {}
        Ok(Some(_)) => {
            let seat = self::seat(&state, &who, |name| form.get(name).cloned());
            return shown(&state, head, who, (seat, None)).await;
        }
        Err(error) => return unavailable(&state, head, error).await,
    }
    let by = CounterPress {
        counter: seat.counter.clone(),
        staff: who.id.clone(),
        at: state.clock.now(),
    };
    let hall = today(&state, &seat.id);
    // A page of another day names other tickets.
    let is_today = form.get("day").is_some_and(|day| *day == hall.day.to_string());
    let pressed =
        if is_today { state.store.press(&hall, &press, &by).await } else { Ok(Pressed::Stale) };
    state.halls.look();
    let said = match pressed {
        Ok(Pressed::Done(_)) => None,
        Ok(Pressed::NobodyWaits) => Some(PressSaid::NobodyWaits),
        Ok(Pressed::Stale) => Some(PressSaid::Stale),
        Err(error) => return unavailable(&state, head, error).await,
    };
    // By now the counter is theirs, and nobody was taken over.
    let at = (&*seat.counter, seat.over.as_deref().filter(|_| said.is_some()));
    to(&address(&seat.id, at, seat.serves, said), None::<HeaderValue>)
}
