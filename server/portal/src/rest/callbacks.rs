//! What departments tell us: signed, idempotent, forward only.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use domain::{
    request::{Actor, RequestNumber, RequestState},
    text::{fault_of_line, fault_of_paragraph},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use crate::{
    security::{client::ClientAddress, events::Event, headers::RequestId},
    state::AppState,
};

/// Longest reference of a department, characters.
const LONGEST_REFERENCE: usize = 200;
/// Longest note to an applicant, characters.
const LONGEST_NOTE: usize = 2_000;

/// A department's word on a request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// The request's number.
    #[schema(value_type = String)]
    request: RequestNumber,
    /// `acknowledged`, `in_progress`, `decided` or `returned`.
    #[schema(value_type = String)]
    state: RequestState,
    /// The department's own reference, at most 200 characters.
    reference: Option<String>,
    /// Words for the applicant, at most 2000 characters.
    note: Option<String>,
}

/// What became of a callback.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackAnswer {
    /// Whether it changed the request; a repeated one does not.
    changed: bool,
}

/// A department moves a request on. Signed as a Standard Webhook with the shared secret.
#[utoipa::path(
    post, path = "/api/v1/departments/{id}/callbacks", operation_id = "department_callback", tag = "departments", request_body = Callback,
    params(
        ("id" = String, Path, description = "The department"),
        ("webhook-id" = String, Header, description = "Standard Webhooks message id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970"),
    ),
    security(("department" = [])),
    responses(
        (status = 200, description = "Taken; also when it came before", body = CallbackAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 401, description = "Not signed with this department's secret", body = Problem),
        (status = 404, description = "No such request at this department", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 429, description = "Too many callbacks of this department, or too many without a signature", body = Problem),
        (status = 409, description = "The request is past that state", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn callback(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Extension(client): Extension<ClientAddress>,
    request_id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<CallbackAnswer>), Problem> {
    let body = body.map_err(|_unread| Problem::too_large())?;
    let now = state.clock.now();
    let signed = state
        .departments
        .get(&id)
        .is_some_and(|department| department.secret.verify(&headers, now, &body).is_ok());
    if !signed {
        let request_id = request_id.as_ref().map(|Extension(id)| &*id.0);
        return Err(forged(&state, client, request_id));
    }
    // By its signature: neither its address nor whoever shares that counts.
    state.limits.department(&id).map_err(|retry_after| {
        state.metrics.limit_hit("callback");
        Problem::too_many_requests(retry_after)
    })?;
    let callback: Callback =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    if matches!(callback.state, RequestState::Submitted | RequestState::Sent) {
        return Err(Problem::bad_request(
            "`state` is one of acknowledged, in_progress, decided, returned.",
        ));
    }
    let long =
        |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.chars().count() > most);
    if long(&callback.reference, LONGEST_REFERENCE) || long(&callback.note, LONGEST_NOTE) {
        return Err(Problem::bad_request(
            "`reference` has at most 200 characters and `note` at most 2000.",
        ));
    }
    let is_text = callback.reference.as_deref().is_none_or(|text| fault_of_line(text).is_none())
        && callback.note.as_deref().is_none_or(|text| fault_of_paragraph(text).is_none());
    if !is_text {
        return Err(Problem::bad_request(
            "`reference` is one line and `note` some: neither has control characters, marks of direction or characters that could not be read.",
        ));
    }
    let failed = |error: store::StoreError| {
        tracing::error!(error = %error, "a callback was not taken");
        Problem::unavailable()
    };
    let deliveries = state.store.deliveries_of(&callback.request).await.map_err(failed)?;
    if !deliveries.iter().any(|delivery| delivery.department == id) {
        return Err(Problem::not_found());
    }
    let changed = state
        .store
        .advance(
            &callback.request,
            now,
            callback.state,
            Actor::Department(id),
            callback.reference,
            callback.note,
        )
        .await
        .map_err(failed)?;
    if !changed {
        let request = state.store.request(&callback.request).await.map_err(failed)?;
        if request.is_none_or(|request| request.state() != callback.state) {
            return Err(Problem::conflict("The request is past that state."));
        }
    }
    Ok((StatusCode::OK, Json(CallbackAnswer { changed })))
}

/// Refuses a word that is no department's. A department that is not configured is refused alike.
fn forged(state: &AppState, client: ClientAddress, request_id: Option<&str>) -> Problem {
    let visitor = state.marks.mark(client);
    state.security.note(Event::ForgedCallback, Some(&visitor), request_id);
    match state.limits.forged(client) {
        Ok(()) => Problem::unauthorized("Sign the body with the secret shared with this portal."),
        Err(retry_after) => {
            state.metrics.limit_hit("forged_callback");
            Problem::too_many_requests(retry_after)
        }
    }
}
