//! Passkeys of staff: what a browser is to ask a device, and adding and removing one's own (desk D1).

use app::{staff::Say, urls};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use staff::{Added, Asked, Began, NewPasskey, ShownPasskey, StaffError};

use super::{
    admission::{self, Admitted, admitted},
    own, session_cookies,
};
use crate::{
    form_body::Form, opening::to, preferences, render, security_event::Event, state::AppState,
};

/// The mark of a browser, and the cookie that gives it one where it has none.
fn station(state: &AppState, head: &Request) -> (String, Option<HeaderValue>) {
    match session_cookies::station(state, head.headers()) {
        Some(known) => (known, None),
        None => {
            let new = state.draw_token(18);
            let cookie = session_cookies::stay(state, &new);
            (new, cookie)
        }
    }
}

/// `POST /staff/sign-in/passkey`: what a browser is to ask a device for whoever signs in.
pub async fn ask(State(state): State<AppState>, request: Request) -> Response {
    let Ok(site) = &state.passkeys else { return not_asked() };
    if let Err(refusal) = admission::counted(&state, &request) {
        return render::refused(&state, request, refusal).await;
    }
    let (station, cookie) = station(&state, &request);
    match state.staff.ask_for_passkey(site, &station).await {
        Ok(asked) => told(asked, cookie),
        Err(error) => admission::unavailable(&state, request, &error).await,
    }
}

/// `POST /staff/passkeys/new`: what the browser of somebody is to ask a device for a new passkey.
pub async fn ask_for_new(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let Ok(site) = &state.passkeys else { return not_asked() };
    let (station, cookie) = station(&state, &head);
    match state.staff.ask_for_new_passkey(site, &who, &station).await {
        Ok(Ok(asked)) => told(asked, cookie),
        Ok(Err(_why)) => not_asked(),
        Err(error) => admission::unavailable(&state, head, &error).await,
    }
}

/// There is nothing to be asked; the page says why.
fn not_asked() -> Response {
    let none = Json(json!({ "options": null }));
    unkept((StatusCode::CONFLICT, none).into_response())
}

fn told(asked: Asked, cookie: Option<HeaderValue>) -> Response {
    let mut response = Json(asked).into_response();
    preferences::keep(&mut response, cookie.into_iter().collect());
    unkept(response)
}

/// What is asked is asked once: nothing keeps it, and nobody lists it.
fn unkept(response: Response) -> Response {
    let mut response = admission::listed_nowhere(response);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// Begins a session for whoever's passkey a form shows; none where it has none.
pub(super) async fn sign_in(
    state: &AppState,
    form: &Form,
    station: &str,
) -> Option<Result<Option<Began>, StaffError>> {
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let (challenge, credential) = (field("challenge"), field("credential"));
    if credential.is_empty() {
        return None;
    }
    let Ok(site) = &state.passkeys else { return Some(Ok(None)) };
    let shown = ShownPasskey { challenge, credential, station };
    Some(state.staff.sign_in_with_passkey(site, shown).await)
}

/// `GET /staff/passkeys`: they stand below the sessions.
pub async fn back(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(_) => to(urls::STAFF_SESSIONS, None::<HeaderValue>),
        Err(response) => response,
    }
}

/// `POST /staff/passkeys`: adds one, or removes one.
pub async fn act(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let name = field("passkey").to_owned();
    if !switched.is_empty() {
        let mut response = own::listed(&state, head, who, own::Typed { name, say: None }).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    if let Some(mark) = form.get("remove") {
        return match state.staff.remove_passkey(&who, mark).await {
            Ok(_) => to(urls::STAFF_SESSIONS, None::<HeaderValue>),
            Err(error) => admission::unavailable(&state, head, &error).await,
        };
    }
    let station = session_cookies::station(&state, head.headers()).unwrap_or_default();
    let new = NewPasskey {
        name: &name,
        challenge: field("challenge"),
        credential: field("credential"),
        station: &station,
    };
    let added = match &state.passkeys {
        Ok(site) => state.staff.add_passkey(site, &who, new).await,
        Err(_) => Ok(Added::Refused),
    };
    let say = match added {
        Ok(Added::Done) => {
            return to(&format!("{}?after=passkey", urls::STAFF_SESSIONS), None::<HeaderValue>);
        }
        Ok(Added::NoName) => Say::PasskeyName,
        Ok(Added::Refused | Added::Full | Added::NotFresh) => {
            render::note(&state, &head, Event::RefusedSignIn);
            Say::Passkey
        }
        Err(error) => return admission::unavailable(&state, head, &error).await,
    };
    own::listed(&state, head, who, own::Typed { name, say: Some(say) }).await
}
