//! Signing in at the counter, and choosing a passphrase.

use app::{
    staff::{Enrol, Say, Shows, SignIn, Why},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{LandCode, code::Strictness, staff::Act};
use staff::{Began, Chosen, EnrolFault, Enrolled, Invited, PassphraseFault, Tried};

use super::{
    admission, cases, deliveries, desk, filing, materials, passkeys, session_cookies, visit,
};
use crate::{
    form_body::{Form, read_form},
    opening::to,
    pages::form_value,
    preferences,
    render::{self, PageInput},
    security::visitor::{AddressedCode, AddressedText},
    security_event::Event,
    state::AppState,
};

/// `GET /staff/sign-in`: the form, also for whoever has just signed out or chosen a passphrase.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let why = match form_value(query, "after").as_deref() {
        Some("enrolled") => Why::Enrolled,
        Some("left") => Why::Left,
        Some("fresh") => Why::Fresh,
        _ => Why::Needed,
    };
    let back = admission::back((why == Why::Fresh).then_some(urls::STAFF_SESSIONS));
    let form = SignIn { why, name: String::new(), back, carried: Vec::new() };
    admission::sign_in_form(&state, request, form, StatusCode::OK).await
}

/// `POST /staff/sign-in`: begins a session, and leads back to where somebody was.
pub async fn sign_in(State(state): State<AppState>, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let back = admission::back(form.get("back").map(String::as_str));
    let brought = admission::brought(&back, &form);
    let again = |why| SignIn {
        why,
        name: field("name").to_owned(),
        back: back.clone(),
        carried: brought.iter().map(|(name, text)| (name.clone(), text.clone())).collect(),
    };
    if !switched.is_empty() {
        let form = again(Why::Needed);
        let mut response = admission::sign_in_form(&state, head, form, StatusCode::OK).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let station = session_cookies::station(&state, head.headers());
    let station = station.unwrap_or_else(|| state.draw_token(18));
    let tried = Tried {
        name: field("name"),
        passphrase: field("passphrase"),
        code: field("otp"),
        station: &station,
    };
    let (began, wrong) = match passkeys::sign_in(&state, &form, &station).await {
        Some(began) => (began, Why::WrongPasskey),
        None => (state.staff.sign_in(tried).await, Why::Wrong),
    };
    let began = match began {
        Ok(Some(began)) => began,
        Ok(None) => {
            render::note(&state, &head, Event::RefusedSignIn);
            let form = again(wrong);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return admission::sign_in_form(&state, head, form, status).await;
        }
        Err(error) => return admission::unavailable(&state, head, &error).await,
    };
    if leads_on(&began, &brought) {
        return to(&back, session_cookies::begin(&state, &began.token, &station));
    }
    entered(&state, head, began, (&station, &back, brought)).await
}

/// Whether somebody who is signed in goes on at the address that they asked for: nothing came along that a page of
/// theirs could show.
pub(super) fn leads_on(began: &Began, brought: &Form) -> bool {
    brought.is_empty() || !began.who.member.may(Act::FindPlaces)
}

/// The page of `back` with what came along, for whoever is signed in now.
pub(super) async fn entered(
    state: &AppState,
    mut head: Request,
    began: Began,
    (station, back, brought): (&str, &str, Form),
) -> Response {
    let cookies = session_cookies::begin(state, &began.token, station);
    let delivery = back.strip_prefix(urls::STAFF_DELIVERIES).and_then(|it| it.strip_prefix('/'));
    let who = began.who.member;
    let mut response = match (urls::place_of_staff_form(back), delivery) {
        (Some(written), _) => {
            let read = LandCode::parse(written, Strictness::LookUp);
            let code = AddressedCode { written: written.to_owned(), read };
            if let Ok(address) = back.parse() {
                *head.uri_mut() = address;
            }
            filing::again(state, who, head, (code, brought)).await
        }
        (None, None) if urls::place_of_staff_materials(back).is_some() => {
            let written = urls::place_of_staff_materials(back).unwrap_or_default();
            let read = LandCode::parse(written, Strictness::LookUp);
            let code = AddressedCode { written: written.to_owned(), read };
            if let Ok(address) = back.parse() {
                *head.uri_mut() = address;
            }
            materials::again(state, who, head, (code, brought)).await
        }
        (None, Some(path)) => deliveries::again(state, head, who, (path, &brought)).await,
        (None, None) if visit::is_visit(back) => {
            if let Ok(address) = back.parse() {
                *head.uri_mut() = address;
            }
            cases::again(state, head, who, &brought).await
        }
        (None, None) => desk::again(state, head, who, &brought).await,
    };
    preferences::keep(&mut response, cookies);
    response
}

/// `GET /staff/enrol/{token}`: the form by which somebody chooses a passphrase.
pub async fn invited(
    State(state): State<AppState>,
    AddressedText(token): AddressedText,
    request: Request,
) -> Response {
    match state.staff.invited(&token).await {
        Ok(Some(invited)) => form(&state, request, (&token, invited), &[]).await,
        Ok(None) => gone(&state, request).await,
        Err(error) => admission::unavailable(&state, request, &error).await,
    }
}

/// `POST /staff/enrol/{token}`: takes what they chose.
pub async fn enrol(
    State(state): State<AppState>,
    AddressedText(token): AddressedText,
    request: Request,
) -> Response {
    let (head, fields) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let field = |name: &str| Form::get(&fields, name).map_or("", String::as_str);
    let chosen =
        Chosen { passphrase: field("passphrase"), again: field("again"), code: field("otp") };
    match state.staff.enrol(&token, chosen).await {
        Ok(Enrolled::Done(_)) => {
            to(&format!("{}?after=enrolled", urls::STAFF_SIGN_IN), None::<HeaderValue>)
        }
        Ok(Enrolled::Faults(invited, faults)) => {
            form(&state, head, (&token, *invited), &faults).await
        }
        Ok(Enrolled::NoLink) => gone(&state, head).await,
        Err(error) => admission::unavailable(&state, head, &error).await,
    }
}

async fn form(
    state: &AppState,
    head: Request,
    (token, invited): (&str, Invited),
    faults: &[EnrolFault],
) -> Response {
    let Invited { member, secret, address } = invited;
    let symbol = (state.qr.0)(&address);
    let action = format!("{}{token}", urls::STAFF_ENROL);
    let status = (!faults.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    let faults = faults.iter().map(|fault| words_of(*fault)).collect();
    let enrol = Box::new(Enrol { member, action, secret, address, symbol, faults });
    let more = PageInput { status, ..PageInput::default() };
    admission::show(state, head, None, (Shows::Enrol(enrol), more)).await
}

async fn gone(state: &AppState, head: Request) -> Response {
    let more = PageInput { status: Some(StatusCode::NOT_FOUND), ..PageInput::default() };
    admission::show(state, head, None, (Shows::LinkGone, more)).await
}

/// The field of a fault, and what is said of it.
const fn words_of(fault: EnrolFault) -> (&'static str, Say) {
    match fault {
        EnrolFault::Passphrase(PassphraseFault::Short) => ("passphrase", Say::Short),
        EnrolFault::Passphrase(PassphraseFault::Long) => ("passphrase", Say::Long),
        EnrolFault::Passphrase(PassphraseFault::Common) => ("passphrase", Say::Common),
        EnrolFault::Passphrase(PassphraseFault::Repeats) => ("passphrase", Say::Repeats),
        EnrolFault::Passphrase(PassphraseFault::Names) => ("passphrase", Say::Names),
        EnrolFault::Again => ("again", Say::Again),
        EnrolFault::Code => ("otp", Say::Code),
    }
}
