//! The forms about notices of progress: naming an address on the page of a request, and the buttons that the
//! links of messages lead to.

use app::{
    context::{FormRefusal, FormReturn},
    urls,
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{
    Locale,
    request::RequestNumber,
    service::{FieldFault, notice_address},
};
use service::{follow::not_shown, notices::NotAsked};
use service_api::{NotShown, NoticeLink, Opened};

use super::forms::{again, held};
use crate::{
    cookies,
    form_body::{Arrived, Form, arrived, read_form, typed},
    opening::to,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::AddressedText,
    state::AppState,
};

/// What a mail program sends for its reader who wants no more (RFC 8058).
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");

/// `GET /requests/{number}/notices`: to the page of the request, where they stand.
pub async fn page(
    State(state): State<AppState>,
    AddressedText(written): AddressedText,
    request: Request,
) -> Response {
    match RequestNumber::parse(&written) {
        Some(number) => to(&urls::notices_shown(&number), []),
        None => render::refused(&state, request, Refusal::NotFound).await,
    }
}

/// `POST /requests/{number}/notices`: names an address that is asked to confirm, or stops the notices.
/// Pressed on a switch of language or size, the form comes back in it as it was typed.
pub async fn name(State(state): State<AppState>, request: Request) -> Response {
    let (mut head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let is_said = |name: &str| form.get(name).is_some_and(|text| text == "yes");
    // Nobody can be named any more, and whoever was can be forgotten.
    if !state.portal.sends_notices() && !is_said("stop") {
        return render::refused(&state, head, Refusal::NotFound).await;
    }
    let switched = preferences::chosen(&state, &form);
    cookies::bring(head.headers_mut(), &switched);
    let given = typed(&form);
    if !switched.is_empty() {
        let form = Some(FormReturn::of(given));
        let mut response =
            render::render(&state, head, PageInput { form, ..PageInput::default() }).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let (head, opened) = match held(&state, head, &given).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let done = if is_said("stop") {
        state.noticing().stop(&opened).await.map_err(NotAsked::from)
    } else {
        asked(&state, cookies::locale(head.headers()), &opened, &form).await
    };
    match done {
        Ok(()) => to(&urls::notices_shown(opened.number()), []),
        Err(why) => not_asked(&state, head, FormReturn::of(given), why).await,
    }
}

async fn asked(
    state: &AppState,
    locale: Locale,
    opened: &Opened,
    form: &Form,
) -> Result<(), NotAsked> {
    let typed = form.get(&notice_address().name).map_or("", String::as_str);
    state.noticing().ask(opened, typed, locale).await
}

/// The form again, and what is wrong.
async fn not_asked(state: &AppState, head: Request, back: FormReturn, why: NotAsked) -> Response {
    let (faults, refusal, status) = match why {
        NotAsked::Fault(fault) => {
            let field = notice_address().name.clone();
            (vec![FieldFault { field, fault }], None, Refusal::Faults)
        }
        NotAsked::TooOften => (Vec::new(), Some(FormRefusal::Addresses), Refusal::Conflict),
        // The page says what became of it.
        NotAsked::Ended(_) | NotAsked::Unknown => {
            return again(state, head, Refusal::Conflict, &back.values).await;
        }
        NotAsked::Store(error) => match not_shown(error) {
            NotShown::Altered => return again(state, head, Refusal::Altered, &back.values).await,
            NotShown::Unavailable(_) => {
                (Vec::new(), Some(FormRefusal::Unavailable), Refusal::Unavailable)
            }
        },
    };
    let form = Some(FormReturn { faults, refusal, ..back });
    let input = PageInput { form, status: Some(status.status()), ..PageInput::default() };
    render::render(state, head, input).await
}

/// `POST /requests/{number}/notices/{link}/{token}`: does what the link of a message is for. Whoever has the
/// link needs nothing else; a mail program may press it for its reader.
pub async fn follow(State(state): State<AppState>, request: Request) -> Response {
    // Mail programs send it in parts, too (RFC 8058, 3.2). Nothing of it is kept.
    let Arrived { mut head, form, .. } = match arrived(&state, request).await {
        Ok(arrived) => arrived,
        Err(response) => return response,
    };
    let switched = preferences::chosen(&state, &form);
    cookies::bring(head.headers_mut(), &switched);
    let path = head.uri().path().to_owned();
    let Some((number, link, token)) = urls::notice_link_in(&path) else {
        return render::refused(&state, head, Refusal::NotFound).await;
    };
    let (name, value) = ONE_CLICK;
    let by_program = link == NoticeLink::Stop && form.get(name).is_some_and(|it| it == value);
    let pressed = by_program || form.get("confirm").is_some_and(|text| text == "yes");
    if !switched.is_empty() || !pressed {
        let mut response = render::render(&state, head, PageInput::default()).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    match state.noticing().follow(&number, (link, token)).await {
        // There it says so, and pressed again it changes nothing.
        Ok(true) if by_program => render::render(&state, head, PageInput::default()).await,
        Ok(true) => to(&path, []),
        Ok(false) => render::render(&state, head, PageInput::default()).await,
        Err(error) => {
            let why = match not_shown(error) {
                NotShown::Altered => Refusal::Altered,
                NotShown::Unavailable(_) => Refusal::Unavailable,
            };
            render::refused(&state, head, why).await
        }
    }
}
