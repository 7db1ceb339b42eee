//! Visits to the counter: the list of the office, one of them, and what staff do with it (desk D2, D5).

use app::{
    staff::{
        Say, Shows,
        filing::{CaseLine, CasePage, FilingLine, FilingStands, MirrorShown},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    LandCode,
    audit::CaseStep,
    case::{Case, Filing, MOST_NOTE, Mirror},
    code::Strictness,
    request::ConsentBy,
    staff::Member,
};
use service::cases::NotChanged;

use super::{
    admission::{self, Admitted, admitted},
    handing_in::{self, Done},
    shown::{self, Looked},
    visit::{Entered, entered, gone, noted, read, said, unwritten},
};
use crate::{
    form_body::Form, forms::at_counter, opening::to, pages::form_value, preferences,
    render::PageInput, security::visitor::Visitor, state::AppState,
};

/// `GET /staff/cases`.
pub async fn list(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let who = who.member;
    let cases = match state.casework().of_office(&who.office).await {
        Ok(cases) => cases,
        Err(error) => return admission::unavailable(&state, head, &error.into()).await,
    };
    let now = state.clock.now();
    let line = |case: Case| CaseLine {
        opened_at: case.content.opened_at,
        services: case.content.filings.len(),
        handed_in: case.content.filings.iter().filter(|one| one.number.is_some()).count(),
        holder: case.content.holder.filter(|it| it.until > now).map(|it| it.staff.to_string()),
        note: case.content.note,
        number: case.number,
    };
    let shows = Shows::Cases(cases.into_iter().map(line).collect());
    admission::show(&state, head, Some(who), (shows, PageInput::default())).await
}

/// `POST /staff/cases`: begins a visit, at the place that is named if there is one.
pub async fn open(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, form, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let who = who.member;
    let case = match state.casework().open(&who).await {
        Ok(case) => case,
        Err(error) => return admission::unavailable(&state, head, &error.into()).await,
    };
    if !noted(&state, &who, &case.number, CaseStep::Opened).await {
        if let Err(error) = state.casework().close(&case, &who).await {
            tracing::error!(%error, "a visit that nobody knows of was not deleted");
        }
        return unwritten(&state, head, &who).await;
    }
    let place = form.get("place").and_then(|typed| place_of(typed));
    let path = match place {
        Some(place) => urls::staff_case_at(&case.number, &place),
        None => urls::staff_case(&case.number),
    };
    to(&path, None::<HeaderValue>)
}

fn place_of(typed: &str) -> Option<LandCode> {
    LandCode::parse(typed, Strictness::LookUp).ok().map(|read| read.code.canonical())
}

/// `GET /staff/cases/{case}`.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    match entered(&state, request).await {
        Ok(Entered { who, head, case, .. }) => drawn(&state, head, who, (case, None), "").await,
        Err(response) => response,
    }
}

/// `POST /staff/cases/{case}`: shows it to its applicant, hands in what they confirmed, leaves it to others, or
/// ends it.
pub async fn act(State(state): State<AppState>, request: Request) -> Response {
    let Entered { who, head, case, form, switched } = match entered(&state, request).await {
        Ok(entered) => entered,
        Err(response) => return response,
    };
    // What was typed for a colleague is kept, whatever comes of it.
    let note = form.get("note").map_or("", |typed| typed.trim());
    if !switched.is_empty() {
        let mut response = drawn(&state, head, who, (case, None), note).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        return unwritten(&state, head, &who).await;
    };
    match done(&state, (&visitor, head.headers()), &who, (&case, &form)).await {
        Ok(Done::Ended) => to(urls::STAFF_CASES, None::<HeaderValue>),
        Ok(Done::Changed) => to(&urls::staff_case(&case.number), None::<HeaderValue>),
        Ok(Done::NotWritten) => unwritten(&state, head, &who).await,
        Ok(Done::Nothing(say)) => drawn(&state, head, who, (case, Some(say)), note).await,
        Err(not) => not_done(&state, head, who, (case, not), note).await,
    }
}

/// The page of a visit with what was typed there before somebody had to sign in again (desk D4). Nothing is done.
pub(super) async fn again(
    state: &AppState,
    head: Request,
    who: Member,
    brought: &Form,
) -> Response {
    let note = brought.get("note").map_or("", String::as_str);
    match read(state, head, &who).await {
        Ok((head, case)) => drawn(state, head, who, (case, None), note).await,
        Err(response) => response,
    }
}

/// The page of a visit, with what was not done.
pub(super) async fn not_done(
    state: &AppState,
    head: Request,
    who: Member,
    (case, not): (Case, NotChanged),
    note: &str,
) -> Response {
    match not {
        NotChanged::Gone => gone(state, head, &who).await,
        NotChanged::Store(error) => admission::unavailable(state, head, &error.into()).await,
        not => drawn(state, head, who, (case, said(&not)), note).await,
    }
}

/// Whether something was handed in whose receipt its applicant does not have.
fn has_untaken(case: &Case) -> bool {
    case.content.filings.iter().any(|one| one.number.is_some() && !one.taken)
}

/// Whether a note is longer than any that is kept.
fn is_long(form: &Form) -> bool {
    form.get("note").is_some_and(|note| note.trim().chars().count() > MOST_NOTE)
}

async fn done(
    state: &AppState,
    of: (&Visitor, &HeaderMap),
    who: &Member,
    (case, form): (&Case, &Form),
) -> Result<Done, NotChanged> {
    let (casework, number) = (state.casework(), &case.number);
    // Before anything is written down that will not come to pass.
    if !case.is_open_to(&who.id, state.clock.now()) {
        return Err(NotChanged::Held);
    }
    let step = match form.get("do").map(String::as_str) {
        Some("show") => CaseStep::Shown,
        Some("leave") if is_long(form) => return Ok(Done::Nothing(Say::NoteLong)),
        Some("leave") => CaseStep::Left,
        Some("close") if has_untaken(case) => return Ok(Done::Nothing(Say::NotTaken)),
        Some("close" | "close_untaken") => CaseStep::Closed,
        Some("hand_in") => return handing_in::hand_in(state, of, who, case).await,
        _ => return Ok(Done::Changed),
    };
    if !noted(state, who, number, step.clone()).await {
        return Ok(Done::NotWritten);
    }
    match step {
        CaseStep::Shown => casework.show(number, who).await?,
        CaseStep::Closed => {
            casework.close(case, who).await?;
            return Ok(Done::Ended);
        }
        CaseStep::Left => {
            let note = form.get("note").map_or("", |it| it.trim()).to_owned();
            let left = |case: &mut Case| {
                case.content.note.clone_from(&note);
                case.content.holder = None;
                Ok(())
            };
            casework.change(number, who, left).await?;
            return Ok(Done::Ended);
        }
        _ => {}
    }
    Ok(Done::Changed)
}

/// The page of a visit.
pub(super) async fn drawn(
    state: &AppState,
    head: Request,
    who: Member,
    (case, not_done): (Case, Option<Say>),
    typed: &str,
) -> Response {
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        return unwritten(state, head, &who).await;
    };
    let now = state.clock.now();
    let (mut filings, versions) = (Vec::new(), at_counter::current(state).await);
    for filing in &case.content.filings {
        let of = (filing, &*versions);
        let looked = shown::look(state, (&visitor, head.headers()), of).await;
        if let (Looked::HandedIn(number), None) = (&looked, &filing.number) {
            // The portal ended, or somebody else had the visit, before it was noted.
            let became = (&*filing.key, number);
            if let Err(error) = state.casework().handed_in(&case.number, &who, became).await {
                tracing::warn!(%error, "what a service of a visit became is not kept yet");
            }
        }
        let stands = stands(filing, looked);
        filings.push(FilingLine { code: filing.code, item: filing.item.clone(), stands });
    }
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let place = form_value(query, "place").unwrap_or_default();
    let (mut choosing, mut not_done) = (None, not_done);
    if !place.trim().is_empty() {
        let code = place_of(&place);
        let known = match &code {
            Some(code) => state.portal.knows(&visitor.as_everybody(), code).await.ok(),
            None => None,
        };
        choosing = code.zip(known.map(|lineage| lineage.ended));
        if choosing.is_none() && not_done.is_none() {
            not_done = Some(Say::NoPlaceHere);
        }
    }
    let status = match not_done {
        None => StatusCode::OK,
        Some(Say::NoPlaceHere) => StatusCode::NOT_FOUND,
        Some(Say::NoteLong) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) => StatusCode::CONFLICT,
    };
    let holder = case.content.holder.filter(|it| it.until > now && it.staff != who.id);
    let page = CasePage {
        number: case.number,
        note: case.content.note,
        typed: typed.to_owned(),
        holder: holder.map(|it| it.staff.to_string()),
        not_done,
        filings,
        mirror: case.content.mirror.filter(|mirror| mirror.until > now).map(mirror_shown),
        place,
        choosing,
    };
    let more = PageInput { status: Some(status), ..PageInput::default() };
    admission::show(state, head, Some(who), (Shows::Case(Box::new(page)), more)).await
}

fn mirror_shown(mirror: Mirror) -> MirrorShown {
    let Mirror { code, until, opened, .. } = mirror;
    MirrorShown { code, until, opened: opened.map(|opened| opened.how) }
}

fn stands(filing: &Filing, looked: Looked) -> FilingStands {
    match looked {
        Looked::HandedIn(number) => {
            let how = filing.consent.as_ref().map_or(ConsentBy::OnPaper, |consent| consent.how);
            FilingStands::HandedIn { number, how, taken: filing.taken }
        }
        Looked::Unfinished => FilingStands::Unfinished,
        Looked::Unknown => FilingStands::Unknown,
        Looked::Ready(shown) => match shown.confirmed {
            Some(consent) => FilingStands::Confirmed(consent),
            None => FilingStands::Unconfirmed,
        },
    }
}
