//! The form of a service in a visit, kept while somebody types (desk D4). The script of the page sends what stands in it;
//! nothing is shown, and the answer is the mark of what is kept.

use app::staff::filing::KEEPING;
use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    LandCode,
    audit::CaseStep,
    case::{CaseNumber, Filing, MOST_FILINGS, Noted},
    service::ServiceItem,
    staff::Member,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use service::cases::{FormSaved, NotChanged};

use super::visit::{case_in, noted};
use crate::{
    form_body::Form,
    forms::{at_counter::kept, item_of},
    security::visitor::AddressedCode,
    state::AppState,
};

/// The header by which the script says that nobody pressed anything (`keeping.js`).
pub(super) const KEEPS: HeaderName = HeaderName::from_static("x-jianma-keeps");
/// What somebody types for so long stands in the audit once: when they began.
const TYPING: SignedDuration = SignedDuration::from_mins(5);

/// `GET /keeping.js`.
pub async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, KEEPING).into_response()
}

/// The visit, the place and the service of a form; none where it names one that there is not.
pub(super) fn form_of(
    state: &AppState,
    head: &Request,
    (code, form): (&AddressedCode, &Form),
) -> Option<FormOf> {
    let place = code.read.as_ref().ok()?.code.canonical();
    Some((case_in(head.uri().path())?, place, item_of(state, head, form)?))
}

/// A visit, a place and a service.
type FormOf = (CaseNumber, LandCode, &'static ServiceItem);

/// Keeps what stands in a form.
pub(super) async fn kept_as_typed(
    state: &AppState,
    who: &Member,
    (of, form): (Option<FormOf>, Form),
) -> Response {
    let Some(of) = of else { return StatusCode::NOT_FOUND.into_response() };
    match saved(state, who, of, &form).await {
        Ok(was) => {
            let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (fresh, Json(json!({ "was": was }))).into_response()
        }
        Err(status) => status.into_response(),
    }
}

async fn saved(
    state: &AppState,
    who: &Member,
    (number, place, item): FormOf,
    form: &Form,
) -> Result<String, StatusCode> {
    let (casework, now) = (state.casework(), state.clock.now());
    let case = casework.case(&number, who).await.map_err(|error| failed(&error.into()))?;
    let case = case.ok_or(StatusCode::NOT_FOUND)?;
    let filing = case.filing(&place, &item.id);
    let was = form.get("was").map_or("", String::as_str);
    let fields = kept(form);
    let mut typed =
        FormSaved { code: place, item, fields: &fields, was, noted_at: None, pressed: false };
    let is_handed_in = filing.is_some_and(|filing| filing.number.is_some());
    // The audit says nothing that will not come to pass.
    let is_full = filing.is_none() && case.content.filings.len() >= MOST_FILINGS;
    if is_handed_in || is_full || !case.is_open_to(&who.id, now) || casework.is_stale(filing, typed)
    {
        return Err(StatusCode::CONFLICT);
    }
    if !goes_on(filing, who, now) {
        let step = CaseStep::Saved { item: item.id.clone(), code: place };
        if !noted(state, who, &number, step).await {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        typed.noted_at = Some(now);
    }
    casework.save(&number, who, typed).await.map_err(|not| failed(&not))?;
    Ok(casework.kept_fields(Some(&fields)))
}

/// Whether it stands in the audit already that they type here.
fn goes_on(filing: Option<&Filing>, who: &Member, now: Timestamp) -> bool {
    let last = filing.and_then(|filing| filing.noted.as_ref());
    last.is_some_and(|Noted { staff, at }| *staff == who.id && now.duration_since(*at) < TYPING)
}

fn failed(not: &NotChanged) -> StatusCode {
    match not {
        NotChanged::Gone => StatusCode::NOT_FOUND,
        NotChanged::Store(error) => {
            tracing::error!(%error, "what somebody types in a visit is not kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
        NotChanged::Held | NotChanged::Stale | NotChanged::HandedIn | NotChanged::Full => {
            StatusCode::CONFLICT
        }
    }
}
