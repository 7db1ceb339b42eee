//! The desk: a place as everybody sees it, and more of it for a reason that is written down first.

use app::{
    found::Found,
    staff::{Desk, DeskFound, DeskTyped, Faults, Say, Shows},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    LandCode, address,
    code::{Parsed, Strictness},
    request::RequestNumber,
    scanned_text::{ScannedText, looks_like_a_code},
    service,
    staff::{Member, Reason},
    viewer::{Tier, Viewer},
};
use service_api::{Drawn, Refusal, Search, Seen, Visit};
use store::StoreError;

use super::admission::{self, Admitted, admitted};
use crate::{
    form_body::Form,
    opening::to,
    pages::form_value,
    preferences,
    render::{PageInput, own_host},
    security::visitor::Visitor,
    state::AppState,
};

/// Parcels in a list at the desk.
const HITS: usize = 20;

/// What comes of looking: what stands on the page, and what it is answered with.
struct Looked {
    found: DeskFound,
    place: Option<Found>,
    faults: Faults,
    not_shown: Option<Say>,
    status: StatusCode,
}

impl Looked {
    fn found(found: DeskFound) -> Self {
        Self { found, place: None, faults: Vec::new(), not_shown: None, status: StatusCode::OK }
    }

    fn not_found(found: DeskFound) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::found(found) }
    }

    /// Nothing is shown, and why.
    fn failed(why: Say) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { not_shown: Some(why), status, ..Self::found(DeskFound::Nothing) }
    }
}

/// `GET /staff`: the desk, with what was looked for as everybody sees it.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let q = form_value(query, "q").unwrap_or_default();
    public(&state, head, who.member, (DeskTyped { q, ..DeskTyped::default() }, Vec::new())).await
}

/// `GET /staff/place`: to the desk, for whoever comes back by the address of the form.
pub async fn back(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(_) => to(urls::STAFF, None::<HeaderValue>),
        Err(response) => response,
    }
}

/// The desk with what was typed there before somebody had to sign in again (desk D4). Nothing is done.
pub(super) async fn again(
    state: &AppState,
    head: Request,
    who: Member,
    brought: &Form,
) -> Response {
    public(state, head, who, (typed(brought), Vec::new())).await
}

/// `POST /staff/place`: more of a place, once it is written down who looks and what for (desk D3, D8).
pub async fn closer(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let (who, typed) = (who.member, typed(&form));
    if !switched.is_empty() {
        let mut response = public(&state, head, who, (typed, Vec::new())).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let Ok(code) = LandCode::parse(&typed.q, Strictness::LookUp) else {
        return public(&state, head, who, (typed, Vec::new())).await;
    };
    // Before anything is told of a request.
    let Some(reason) = Reason::new(None, &typed.reason) else {
        return public(&state, head, who, (typed, vec![("reason", Say::Reason)])).await;
    };
    let case = match case_of(&state, &typed.case, (&who, &code.code)).await {
        Ok(Case::None) => None,
        Ok(Case::Of(number)) => Some(number),
        Ok(Case::Wrong) => {
            return public(&state, head, who, (typed, vec![("case", Say::Case)])).await;
        }
        Err(error) => {
            tracing::error!(%error, "a request cannot be looked up at the desk");
            let looked = Looked::failed(Say::Unavailable);
            return shown(&state, head, who, (typed, looked)).await;
        }
    };
    let reason = Reason { case, ..reason };
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        let looked = Looked::failed(Say::Unavailable);
        return shown(&state, head, who, (typed, looked)).await;
    };
    let viewer = Viewer {
        tier: Tier::Staff,
        subject: Some(who.mark()),
        purpose: Some(reason.to_string()),
        place: None,
    };
    let visit = Visit { viewer, ..visitor.visit.clone() };
    match place(&state, &visit, code, Say::NotRecorded).await {
        Ok(looked) => shown(&state, head, who, (typed, looked)).await,
        Err(refusal) => visitor.page(&state, head, &refusal).await,
    }
}

fn typed(form: &Form) -> DeskTyped {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    // The form of a place has its code, that of a request its number where that of the desk has what is looked for.
    let own = form.get("place").or_else(|| form.get("number"));
    let q = own.cloned().unwrap_or_else(|| text("q"));
    DeskTyped { q, case: text("case"), reason: text("reason") }
}

/// The request that somebody names as their case.
enum Case {
    /// They name none.
    None,
    /// This one.
    Of(RequestNumber),
    /// None of their office about that place.
    Wrong,
}

async fn case_of(
    state: &AppState,
    typed: &str,
    (who, code): (&Member, &LandCode),
) -> Result<Case, StoreError> {
    if typed.trim().is_empty() {
        return Ok(Case::None);
    }
    let Some(number) = RequestNumber::parse(typed.trim()) else { return Ok(Case::Wrong) };
    let Some(request) = state.store.request(&number).await? else { return Ok(Case::Wrong) };
    let item = service::service(&request.submission.item);
    let is_theirs = item.is_some_and(|item| item.department == who.office);
    let is_there = request.submission.code.parcel() == code.parcel();
    Ok(if is_theirs && is_there { Case::Of(number) } else { Case::Wrong })
}

/// The desk with what everybody may see of what was looked for.
pub(super) async fn public(
    state: &AppState,
    head: Request,
    who: Member,
    (typed, faults): (DeskTyped, Faults),
) -> Response {
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        let looked = Looked::failed(Say::Unavailable);
        return shown(state, head, who, (typed, looked)).await;
    };
    // Whatever else they have proved: at the desk more takes a reason.
    let as_everybody = visitor.as_everybody();
    let host = own_host(state, head.headers());
    let mut looked = match look(state, &as_everybody, (&typed.q, &host)).await {
        Ok(looked) => looked,
        Err(refusal) => return visitor.page(state, head, &refusal).await,
    };
    if !faults.is_empty() {
        looked.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    looked.faults.extend(faults);
    shown(state, head, who, (typed, looked)).await
}

/// What was looked for: a code or an address with one, the number of a request, or words.
async fn look(
    state: &AppState,
    visit: &Visit,
    (typed, host): (&str, &str),
) -> Result<Looked, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Looked::found(DeskFound::Nothing));
    }
    if let Some(number) = RequestNumber::searched_for(typed) {
        return Ok(Looked::found(DeskFound::Request(number.to_string())));
    }
    let code = match ScannedText::judge(typed, host) {
        ScannedText::Code(code) => Some(code.to_string()),
        ScannedText::Here(path) => address::below(address::PLACE, &path).map(str::to_owned),
        ScannedText::Foreign { .. } => None,
    };
    if let Some(code) = code {
        return match LandCode::parse(&code, Strictness::LookUp) {
            Ok(code) => place(state, visit, code, Say::Unavailable).await,
            Err(_) => Ok(Looked::not_found(DeskFound::NoCode)),
        };
    }
    if looks_like_a_code(typed) {
        return Ok(Looked::not_found(DeskFound::NoCode));
    }
    let search = Search { text: typed.to_owned(), bounds: None, page: 1, limit: HITS };
    match state.portal.search(visit, &search).await {
        Ok(hits) => Ok(Looked::found(DeskFound::Hits(hits))),
        Err(Refusal::Unavailable(_)) => Ok(Looked::failed(Say::Unavailable)),
        Err(refusal) => Err(refusal),
    }
}

/// A place as far as a visit may see it. What is more than public is written down before it comes back.
async fn place(
    state: &AppState,
    visit: &Visit,
    read: Parsed<LandCode>,
    unavailable: Say,
) -> Result<Looked, Refusal> {
    let code = read.code.canonical();
    match state.portal.see(visit, (&code, Drawn::WithMap)).await {
        Ok(Seen { place, .. }) => {
            let found = DeskFound::Place { code, closer: place.tier == Tier::Staff };
            let place = Found::Place { code: Parsed { code, ..read }, place: Box::new(place) };
            Ok(Looked { place: Some(place), ..Looked::found(found) })
        }
        Err(Refusal::Nothing { .. }) => Ok(Looked::not_found(DeskFound::NoPlace)),
        Err(Refusal::Unavailable(_)) => Ok(Looked::failed(unavailable)),
        Err(refusal @ Refusal::TooMany { .. }) => Err(refusal),
    }
}

/// The desk, with nothing shown and why.
pub(super) async fn failed(
    state: &AppState,
    head: Request,
    who: Member,
    (typed, why, status): (DeskTyped, Say, StatusCode),
) -> Response {
    let looked = Looked { status, ..Looked::failed(why) };
    shown(state, head, who, (typed, looked)).await
}

async fn shown(
    state: &AppState,
    head: Request,
    who: Member,
    (typed, looked): (DeskTyped, Looked),
) -> Response {
    let Looked { found, place, faults, not_shown, status } = looked;
    let shows = Shows::Desk(Box::new(Desk { typed, faults, not_shown, found }));
    let more = PageInput { found: place, status: Some(status), ..PageInput::default() };
    admission::show(state, head, Some(who), (shows, more)).await
}
