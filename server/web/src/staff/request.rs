//! A request at the counter: for staff of the office that it belongs to, for a reason that its applicant reads.

use app::{
    staff::{DeskTyped, Say, Shows},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    audit::StaffDid,
    request::{Actor, RequestNumber},
    service,
    staff::{Member, Reason},
};
use service_api::{DossierView, NotShown};
use store::StoreError;

use super::{
    admission::{self, Admitted, admitted},
    desk,
};
use crate::{opening::to, preferences, render::PageInput, state::AppState};

/// `GET /staff/request`: to the desk, for whoever comes back by the address of the form.
pub async fn back(State(state): State<AppState>, request: Request) -> Response {
    match admitted(&state, request).await {
        Ok(_) => to(urls::STAFF, None::<HeaderValue>),
        Err(response) => response,
    }
}

/// What comes of asking for a request.
enum Read {
    Shown(Box<DossierView>),
    /// There is none of that number, or it is another office's: nobody is told which.
    NotTheirs,
    /// It could not be written down that somebody looks.
    NotWritten,
    /// It is not as it was written, or storage does not answer.
    NotReadable,
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
    let (fault, status) = match opened(&state, &who, (&number, reason.words)).await {
        Ok(Read::Shown(dossier)) => {
            let shows = Shows::Request(dossier);
            return admission::show(&state, head, Some(who), (shows, PageInput::default())).await;
        }
        Ok(Read::NotTheirs) => (Say::NotTheirs, StatusCode::NOT_FOUND),
        Ok(Read::NotWritten) => (Say::NotRecorded, StatusCode::SERVICE_UNAVAILABLE),
        Ok(Read::NotReadable) => (Say::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            tracing::error!(%error, "a request cannot be read at the counter");
            (Say::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
    };
    desk::failed(&state, head, who, (typed, fault, status)).await
}

async fn opened(
    state: &AppState,
    who: &Member,
    (number, reason): (&RequestNumber, String),
) -> Result<Read, StoreError> {
    let known = state.store.request(number).await?;
    let item = known.as_ref().and_then(|known| service::service(&known.submission.item));
    if item.is_none_or(|item| item.department != who.office) {
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
    let secret = state.receipts.secret(number);
    let Some(opened) = state.portal.open(number, &secret) else { return Ok(Read::NotReadable) };
    Ok(match state.portal.dossier(&opened).await {
        Ok(Some(dossier)) => Read::Shown(Box::new(dossier)),
        Ok(None) => Read::NotTheirs,
        Err(NotShown::Altered | NotShown::Unavailable(_)) => Read::NotReadable,
    })
}
