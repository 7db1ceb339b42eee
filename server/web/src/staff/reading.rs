//! What comes of asking for a request at the counter: whose it is, and what is said where nothing of it is shown.

use app::staff::{DeskTyped, Say};
use axum::{extract::Request, http::StatusCode, response::Response};
use domain::{request::RequestNumber, service, staff::Member};
use service_api::{DossierView, NotShown};
use store::StoreError;

use super::desk;
use crate::state::AppState;

/// What comes of asking for a request.
pub(super) enum Read {
    Shown(Box<DossierView>),
    /// There is none of that number, or it is another office's: nobody is told which.
    NotTheirs,
    /// It could not be written down that somebody looks.
    NotWritten,
    /// It is not as it was written, or storage does not answer.
    NotReadable,
}

/// The desk again, with why nothing of the request is shown.
pub(super) async fn not_shown(
    state: &AppState,
    head: Request,
    who: Member,
    (typed, read): (DeskTyped, Result<Read, StoreError>),
) -> Response {
    let (fault, status) = match read {
        Ok(Read::NotTheirs) => (Say::NotTheirs, StatusCode::NOT_FOUND),
        Ok(Read::NotWritten) => (Say::NotRecorded, StatusCode::SERVICE_UNAVAILABLE),
        Ok(Read::Shown(_) | Read::NotReadable) => {
            (Say::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(error) => {
            tracing::error!(%error, "a request cannot be read at the counter");
            (Say::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
    };
    desk::failed(state, head, who, (typed, fault, status)).await
}

/// Whether a request is of their office.
pub(super) async fn is_theirs(
    state: &AppState,
    who: &Member,
    number: &RequestNumber,
) -> Result<bool, StoreError> {
    let known = state.store.request(number).await?;
    let item = known.as_ref().and_then(|known| service::service(&known.submission.item));
    Ok(item.is_some_and(|item| item.department == who.office))
}

/// The request as its applicant reads it; whoever asks has written down that they look.
pub(super) async fn dossier(state: &AppState, number: &RequestNumber) -> Read {
    let secret = state.receipts.secret(number);
    let Some(opened) = state.portal.open(number, &secret) else { return Read::NotReadable };
    match state.portal.dossier(&opened).await {
        Ok(Some(dossier)) => Read::Shown(Box::new(dossier)),
        Ok(None) => Read::NotTheirs,
        Err(NotShown::Altered | NotShown::Unavailable(_)) => Read::NotReadable,
    }
}
