//! Signing in by the office's identity service: there, and back (desk D1).
//!
//! The cookies of the counter go with no request that another site makes, and the service is another site. So a
//! browser that comes back is known by a cookie of its own, which is for that way alone, and a page of ours leads it on.

use app::{
    staff::{Shows, SignIn, Why},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use staff::{ByService, OnTheirWay, Returned};

use super::{admission, session_cookies, signing_in};
use crate::{
    form_body::read_form,
    opening::to,
    pages::form_value,
    preferences,
    render::{self, PageInput},
    security_event::Event,
    state::AppState,
};

/// `POST /staff/sign-in/service`: sends a browser there, with what was typed kept here.
pub async fn direct(State(state): State<AppState>, request: Request) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let Some(service) = &state.staff_service else {
        return to(urls::STAFF_SIGN_IN, None::<HeaderValue>);
    };
    let back = admission::back(form.get("back").map(String::as_str));
    let typed = admission::brought(&back, &form);
    let station = session_cookies::station(&state, head.headers());
    let station = station.unwrap_or_else(|| state.draw_token(18));
    let way = OnTheirWay { station, back, typed };
    if admission::counted(&state, &head).is_err() {
        // With what was typed, and the other ways to sign in.
        return again(&state, head, Some(way), Why::ServiceDown).await;
    }
    match state.staff.direct_to_service(&**service, way.clone()).await {
        Ok(Some(directed)) => {
            let label = Some(service.label().clone());
            let mut response = go_on(&state, head, directed.to, label).await;
            let cookie = session_cookies::bind(&state, &directed.bound);
            preferences::keep(&mut response, cookie.into_iter().collect());
            response
        }
        Ok(None) => again(&state, head, Some(way), Why::ServiceDown).await,
        Err(error) => admission::unavailable(&state, head, &error).await,
    }
}

/// `GET /staff/sign-in/service`: somebody comes back.
pub async fn returned(State(state): State<AppState>, request: Request) -> Response {
    let Some(service) = &state.staff_service else {
        return to(urls::STAFF_SIGN_IN, None::<HeaderValue>);
    };
    let query = request.uri().query().unwrap_or_default().as_bytes().to_vec();
    let told = form_value(&query, "state").unwrap_or_default();
    let code = form_value(&query, "code");
    let bound = session_cookies::bound(&state, request.headers()).unwrap_or_default();
    let returned = Returned { state: &told, code: code.as_deref(), bound: &bound };
    let came = state.staff.sign_in_by_service(&**service, returned).await;
    // The address has been used up; no page leads back to it.
    let mut head = request;
    if let Ok(address) = urls::STAFF_SIGN_IN.parse() {
        *head.uri_mut() = address;
    }
    let mut response = match came {
        Ok(ByService::Began(began, way)) => {
            let OnTheirWay { station, back, typed } = way;
            if signing_in::leads_on(&began, &typed) {
                let mut response = go_on(&state, head, back, None).await;
                let cookies = session_cookies::begin(&state, &began.token, &station);
                preferences::keep(&mut response, cookies);
                response
            } else {
                signing_in::entered(&state, head, *began, (&station, &back, typed)).await
            }
        }
        Ok(ByService::Refused(way)) => {
            render::note(&state, &head, Event::RefusedSignIn);
            again(&state, head, way, Why::NotByService).await
        }
        Ok(ByService::Down(way)) => again(&state, head, Some(way), Why::ServiceDown).await,
        Err(error) => admission::unavailable(&state, head, &error).await,
    };
    preferences::keep(&mut response, session_cookies::unbind(&state).into_iter().collect());
    response
}

/// A page that leads on, there or here.
async fn go_on(
    state: &AppState,
    head: Request,
    to: String,
    service: Option<domain::Localized>,
) -> Response {
    let shows = Shows::GoOn { to, service };
    admission::show(state, head, None, (shows, PageInput::default())).await
}

async fn again(state: &AppState, head: Request, way: Option<OnTheirWay>, why: Why) -> Response {
    let back = way.as_ref().map(|way| way.back.as_str());
    let back = admission::back(back);
    let carried = way.map(|way| way.typed.into_iter().collect()).unwrap_or_default();
    let form = SignIn { why, name: String::new(), back, carried };
    let status = match why {
        Why::ServiceDown => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    admission::sign_in_form(state, head, form, status).await
}
