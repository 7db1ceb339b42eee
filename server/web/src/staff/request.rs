//! A request at the counter: for staff of the office that it belongs to, for a reason that its applicant reads.

use app::{
    staff::{DeskTyped, Say, Shows},
    urls,
};
use axum::{
    extract::{Request, State},
    http::HeaderValue,
    response::Response,
};
use domain::{
    audit::StaffDid,
    request::{Actor, RequestNumber},
    staff::{Member, Reason},
};
use store::StoreError;

use super::{
    admission::{self, Admitted, admitted},
    desk, outcomes,
    reading::{Read, dossier, is_theirs, not_shown},
};
use crate::{opening::to, preferences, render::PageInput, state::AppState};

/// `GET /staff/request`: to the desk, for whoever comes back by the address of the form.
pub async fn back(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(_) => to(urls::STAFF, None::<HeaderValue>),
        Err(response) => response,
    }
}

/// `POST /staff/request`: the request, once it stands in the audit and in the request itself who reads it and
/// what for (desk D8).
pub async fn read(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let who = who.member;
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let typed = DeskTyped { q: text("number"), reason: text("reason"), ..DeskTyped::default() };
    if !switched.is_empty() {
        let mut response = desk::public(&state, head, who, (typed, Vec::new())).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let Some(number) = RequestNumber::parse(&typed.q) else {
        return desk::public(&state, head, who, (typed, Vec::new())).await;
    };
    let Some(reason) = Reason::new(Some(number.clone()), &typed.reason) else {
        let faults = vec![("reason", Say::Reason)];
        return desk::public(&state, head, who, (typed, faults)).await;
    };
    if let Some(event) = form.get("print").and_then(|event| event.parse().ok()) {
        return outcomes::print(&state, head, who, (number, reason.words, event)).await;
    }
    match opened(&state, &who, (&number, reason.words)).await {
        Ok(Read::Shown(dossier)) => {
            let shows = Shows::Request(dossier);
            admission::show(&state, head, Some(who), (shows, PageInput::default())).await
        }
        read => not_shown(&state, head, who, (typed, read)).await,
    }
}

async fn opened(
    state: &AppState,
    who: &Member,
    (number, reason): (&RequestNumber, String),
) -> Result<Read, StoreError> {
    if !is_theirs(state, who, number).await? {
        return Ok(Read::NotTheirs);
    }
    let did = StaffDid::LookedAtRequest { number: number.clone(), reason: reason.clone() };
    if let Err(error) = state.staff.note(Some(who), did).await {
        tracing::error!(%error, "a look at a request cannot be written down: it is not made");
        return Ok(Read::NotWritten);
    }
    // Its applicant reads it on the page of their request, and it goes with it.
    let by = Actor::Staff(who.mark());
    if !state.store.note_export(number, state.clock.now(), by, Some(reason)).await? {
        return Ok(Read::NotTheirs);
    }
    Ok(dossier(state, number).await)
}
