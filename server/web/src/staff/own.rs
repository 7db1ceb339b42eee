//! Somebody's own sessions, and letting those of the office in again who mistyped too often.

use app::{
    staff::{
        LockLine, Say, SessionLine, Shows,
        passkeys::{Adding, OwnPage, PasskeyLine},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::staff::{Member, StaffId};
use jiff::Timestamp;
use staff::{Listed, NoPasskeys, SignedIn, StaffError};
use store::{MOST_PASSKEYS, Passkey, StoredMember};

use super::{
    admission::{self, Admitted, admitted},
    session_cookies,
};
use crate::{
    opening::{forget_pages, to},
    pages::form_value,
    preferences,
    render::PageInput,
    state::AppState,
};

/// `POST /staff/sign-out`.
pub async fn sign_out(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    match state.staff.end(&who, &who.mark).await {
        Ok(_) => left(&state),
        Err(error) => admission::unavailable(&state, head, &error).await,
    }
}

fn left(state: &AppState) -> Response {
    let path = format!("{}?after=left", urls::STAFF_SIGN_IN);
    let mut response = to(&path, session_cookies::end(state));
    // What was typed at the desk may be in the browser's store still, for its way back.
    forget_pages(&mut response);
    response
}

/// `GET /staff/sessions`.
pub async fn sessions(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(Admitted { who, head, .. }) => listed(&state, head, who, Typed::default()).await,
        Err(response) => response,
    }
}

/// `POST /staff/sessions`: ends one of them.
pub async fn end(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let mark = form.get("session").map_or("", String::as_str);
    if !switched.is_empty() {
        let mut response = listed(&state, head, who, Typed::default()).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    match state.staff.end(&who, mark).await {
        Ok(true) if mark == who.mark => left(&state),
        Ok(_) => to(urls::STAFF_SESSIONS, None::<HeaderValue>),
        Err(error) => admission::unavailable(&state, head, &error).await,
    }
}

/// The name of a new passkey that was typed, and what is said of it.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) say: Option<Say>,
}

pub(super) async fn listed(
    state: &AppState,
    head: Request,
    who: SignedIn,
    Typed { name, say }: Typed,
) -> Response {
    let sessions = match state.staff.sessions(&who.member.id).await {
        Ok(sessions) => sessions,
        Err(error) => return admission::unavailable(state, head, &error).await,
    };
    let (passkeys, adding) = match passkeys_of(state, &who).await {
        Ok(of) => of,
        Err(error) => return admission::unavailable(state, head, &error).await,
    };
    let own = sessions.iter().find(|session| session.mark == who.mark);
    let station = own.map(|session| session.station.clone());
    let lines = sessions.into_iter().map(|session| SessionLine {
        here: session.mark == who.mark,
        same_station: Some(&session.station) == station.as_ref(),
        mark: session.mark,
        started_at: session.started_at,
        seen_at: session.seen_at,
    });
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let added = form_value(query, "after").as_deref() == Some("passkey");
    let status = say.map(|_| StatusCode::UNPROCESSABLE_ENTITY);
    let faults = say.map(|say| ("passkey", say)).into_iter().collect();
    let sessions = lines.collect();
    let page = OwnPage { sessions, passkeys, adding, added, name, faults };
    let more = PageInput { status, ..PageInput::default() };
    admission::show(state, head, Some(who.member), (Shows::Sessions(Box::new(page)), more)).await
}

/// Those of somebody, and whether they can add one.
async fn passkeys_of(
    state: &AppState,
    who: &SignedIn,
) -> Result<(Vec<PasskeyLine>, Adding), StaffError> {
    let own = state.staff.passkeys(&who.member.id).await?;
    let adding = match &state.passkeys {
        Err(NoPasskeys::NoHost) => Adding::NoHost,
        Err(NoPasskeys::NotSecure) => Adding::NotSecure,
        Err(NoPasskeys::NoName) => Adding::NoName,
        Ok(_) if own.len() >= MOST_PASSKEYS => Adding::Full,
        Ok(_) if !state.staff.is_fresh(who).await? => Adding::NotFresh,
        Ok(_) => Adding::Open,
    };
    let line = |Passkey { mark, name, added_at, used_at, .. }: Passkey| PasskeyLine {
        mark,
        name,
        added_at,
        used_at,
    };
    Ok((own.into_iter().map(line).collect(), adding))
}

/// `GET /staff/locks`.
pub async fn locks(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(Admitted { who, head, .. }) => locked(&state, head, who.member, None).await,
        Err(response) => response,
    }
}

/// `POST /staff/locks`: lets somebody of the same office try again.
pub async fn lift(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let who = who.member;
    let mut lifted = None;
    if switched.is_empty() {
        let id = form.get("member").and_then(|id| StaffId::parse(id));
        match lifted_by(&state, &who, id).await {
            Ok(name) => lifted = name,
            Err(error) => return admission::unavailable(&state, head, &error).await,
        }
    }
    let mut response = locked(&state, head, who, lifted).await;
    preferences::keep(&mut response, switched);
    response
}

/// Whom `who` has let in: somebody of the same office, and never themselves.
async fn lifted_by(
    state: &AppState,
    who: &Member,
    id: Option<StaffId>,
) -> Result<Option<String>, StaffError> {
    let Some(id) = id.filter(|id| *id != who.id) else { return Ok(None) };
    let known = state.staff.member(&id).await?;
    let Some(account) = known.filter(|known| known.member.office == who.office) else {
        return Ok(None);
    };
    // Nor by another account of theirs.
    let persons = state.staff.persons(None).await?;
    if persons.are_one(who.id.as_str(), account.member.id.as_str()) {
        return Ok(None);
    }
    let lifted = state.staff.lift(&account.member, who.id.as_str()).await?;
    Ok(lifted.then_some(account.member.name))
}

async fn locked(state: &AppState, head: Request, who: Member, lifted: Option<String>) -> Response {
    let listed = match state.staff.list().await {
        Ok(listed) => listed,
        Err(error) => return admission::unavailable(state, head, &error).await,
    };
    let line = |Listed { account, locked_until, .. }| {
        let StoredMember { member, .. } = account;
        let until: Timestamp = locked_until.filter(|_| member.office == who.office)?;
        (member.id != who.id)
            .then(|| LockLine { member, until: Some(until).filter(|at| *at < Timestamp::MAX) })
    };
    let locked: Vec<LockLine> = listed.into_iter().filter_map(line).collect();
    let shows = Shows::Locks { locked, lifted };
    let more = PageInput { status: Some(StatusCode::OK), ..PageInput::default() };
    admission::show(state, head, Some(who), (shows, more)).await
}
