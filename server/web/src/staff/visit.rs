//! A visit of the office, as every page of it begins: read, and written down first that it is.

use app::{
    staff::{DeskTyped, Say, Shows},
    urls,
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    audit::{CaseStep, StaffDid},
    case::{Case, CaseNumber},
    staff::Member,
};
use service::cases::NotChanged;

use super::{
    admission::{self, Admitted, admitted},
    desk,
};
use crate::{form_body::Form, render::PageInput, state::AppState};

/// The visit of an address below the counter.
pub(super) fn case_in(path: &str) -> Option<CaseNumber> {
    let rest = path.strip_prefix(urls::STAFF_CASES)?.strip_prefix('/')?;
    CaseNumber::parse(rest.split('/').next()?)
}

/// Whether an address is the page of a visit itself.
pub(super) fn is_visit(address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    case_in(path).is_some_and(|number| urls::staff_case(&number) == path)
}

/// Writes down a step of a visit; `false` where it could not be, and nothing may come of it.
pub(super) async fn noted(
    state: &AppState,
    who: &Member,
    case: &CaseNumber,
    step: CaseStep,
) -> bool {
    let did = StaffDid::Case { case: case.clone(), step };
    let noted = state.staff.note(Some(who), did).await;
    noted
        .inspect_err(
            |error| tracing::error!(%error, "a step at the counter cannot be written down"),
        )
        .is_ok()
}

/// Somebody who may have a visit, with it and what they sent.
pub(super) struct Entered {
    pub(super) who: Member,
    pub(super) head: Request,
    pub(super) case: Case,
    pub(super) form: Form,
    /// The switches of language and size that the form was sent with.
    pub(super) switched: Vec<HeaderValue>,
}

/// Lets in who may have the visit of an address, and reads it; everybody else is answered.
pub(super) async fn entered(state: &AppState, request: Request) -> Result<Entered, Response> {
    let Admitted { who, head, form, switched } = admitted(state, request).await?;
    let who = who.member;
    let (head, case) = read(state, head, &who).await?;
    Ok(Entered { who, head, case, form, switched })
}

/// A visit of the office, once it stands in the audit that it is read; else the answer.
pub(super) async fn read(
    state: &AppState,
    head: Request,
    who: &Member,
) -> Result<(Request, Case), Response> {
    let number = case_in(head.uri().path());
    let found = match number {
        Some(number) => state.casework().case(&number, who).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(case)) if noted(state, who, &case.number, CaseStep::Read).await => Ok((head, case)),
        Ok(Some(_)) => Err(unwritten(state, head, who).await),
        Ok(None) => Err(gone(state, head, who).await),
        Err(error) => Err(admission::unavailable(state, head, &error.into()).await),
    }
}

/// That there is no such visit, or that it is another office's: nobody is told which.
pub(super) async fn gone(state: &AppState, head: Request, who: &Member) -> Response {
    let more = PageInput { status: Some(StatusCode::NOT_FOUND), ..PageInput::default() };
    admission::show(state, head, Some(who.clone()), (Shows::CaseGone, more)).await
}

/// That nothing is done, for it cannot be written down.
pub(super) async fn unwritten(state: &AppState, head: Request, who: &Member) -> Response {
    let typed = DeskTyped::default();
    let why = (typed, Say::NotRecorded, StatusCode::SERVICE_UNAVAILABLE);
    desk::failed(state, head, who.clone(), why).await
}

/// What is said of what was not done; none where storage did not answer.
pub(super) fn said(not: &NotChanged) -> Option<Say> {
    match not {
        NotChanged::Held => Some(Say::Held),
        NotChanged::Stale | NotChanged::HandedIn => Some(Say::Stale),
        NotChanged::Full => Some(Say::Full),
        NotChanged::Gone | NotChanged::Store(_) => None,
    }
}
