//! The rights of applicants through the API, with the secret of the receipt.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    request::{rating_grade, rating_note, reopening_reason},
    service::Answers,
};
use serde::{Deserialize, Serialize};
use service::{follow::not_shown, rights::RightsError};
use service_api::{Export, Opened};
use utoipa::ToSchema;

use super::{
    paths::{CORRECTIONS, DATA, DELETION, RATING, REOPENING, WITHDRAWAL},
    requests::{BySecret, missing},
};
use crate::{problem::Problem, rights::json_file, state::AppState};

/// What shall be different.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionBody {
    /// Answers by question name: those given take the place of those there, an empty one takes them
    /// away; a group is said anew as a whole. Consent is not asked again.
    #[schema(value_type = Object)]
    #[serde(deserialize_with = "domain::service::grouped::deserialize")]
    answers: Answers,
}

/// How satisfied somebody was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingBody {
    /// `very_satisfied`, `satisfied`, `fairly_satisfied`, `dissatisfied` or `very_dissatisfied`.
    rating: String,
    /// What they want to say of it, up to 500 characters.
    #[serde(default)]
    note: String,
}

/// Why a request shall be taken up again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopeningBody {
    /// In the applicant's words, up to 1,000 characters; the department reads it.
    reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightAnswer {
    /// Whether anything is different now; `false` when it was so before.
    changed: bool,
}

fn read<T>(body: Result<Json<T>, JsonRejection>) -> Result<Json<T>, Problem> {
    body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::bad_request(error.body_text()),
    })
}

async fn answer(
    state: &AppState,
    opened: &Opened,
    done: Result<bool, RightsError>,
) -> Result<Response, Problem> {
    let changed = match done {
        Ok(changed) => changed,
        Err(RightsError::Unknown) => return Err(missing(state, opened).await),
        Err(RightsError::Faults(faults)) => return Err(Problem::faults(faults)),
        Err(RightsError::Store(error)) => return Err(not_shown(error).into()),
        Err(
            stands @ (RightsError::NoItem(_)
            | RightsError::Ended(_)
            | RightsError::TooOften
            | RightsError::NotRated(_)
            | RightsError::NotReopened(_)
            | RightsError::Open(_)
            | RightsError::Undelivered
            | RightsError::AskedAgain
            | RightsError::Kept { .. }),
        ) => return Err(Problem::conflict(format!("Nothing was done: {stands}."))),
    };
    let mut response = (StatusCode::OK, Json(RightAnswer { changed })).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Everything that is kept on a request, with what departments were told and what became of it.
#[utoipa::path(
    get, path = DATA, operation_id = "request_data", tag = "requests",
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "All of it", body = Export),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing is shown", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn data(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
) -> Result<Response, Problem> {
    match state.portal.export(&opened).await {
        Ok(Some(export)) => Ok(json_file(&export)),
        Ok(None) => Err(missing(&state, &opened).await),
        Err(why) => Err(why.into()),
    }
}

/// Corrects a request that has not ended. Every department that has it or will have it receives the
/// corrected one. The same correction twice is one.
#[utoipa::path(
    post, path = CORRECTIONS, operation_id = "correct_request", tag = "requests", request_body = CorrectionBody,
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Corrected, or it was so before", body = RightAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 409, description = "The request has ended, was corrected too often, or its item is not offered any more", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "Answers need attention", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing was done", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn correct(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
    body: Result<Json<CorrectionBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) = read(body)?;
    let done = state.own_request(&opened).correct(&body.answers).await;
    answer(&state, &opened, done).await
}

/// Takes a request back, and with it the consent. What was not sent is not sent; departments that
/// have it, or may, are told and confirm. Twice is once.
#[utoipa::path(
    post, path = WITHDRAWAL, operation_id = "withdraw_request", tag = "requests",
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Withdrawn, now or before", body = RightAnswer),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 409, description = "The department is done with it", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing was done", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn withdraw(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
) -> Result<Response, Problem> {
    let done = state.own_request(&opened).withdraw().await;
    answer(&state, &opened, done).await
}

/// Says how satisfied its applicant was with how a request that has ended was dealt with (好差评), until 30
/// days after the day on which it ended; said again, it takes the place of what was said before. It stays
/// with the request and is counted in the public figures; nobody is sent it.
#[utoipa::path(
    post, path = RATING, operation_id = "rate_request", tag = "requests", request_body = RatingBody,
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Kept, or it was said before", body = RightAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 409, description = "It has not ended, ended too long ago, or was rated too often", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "Grade or text needs attention", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing was done", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn rate(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
    body: Result<Json<RatingBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(RatingBody { rating, note }) = read(body)?;
    let answers = [(rating_grade(), rating), (rating_note(), note)]
        .map(|(asked, said)| (asked.name.clone(), said));
    let done = state.own_request(&opened).rate(&Answers::from(answers)).await;
    answer(&state, &opened, done).await
}

/// Asks the department that is done with a request to take it up again, within the days of its service: it is told as
/// of a correction, with `reopening`. The state stays until its own word. Asked again before it has answered, it is a
/// conflict and nothing is sent.
#[utoipa::path(
    post, path = REOPENING, operation_id = "reopen_request", tag = "requests", request_body = ReopeningBody,
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Kept, and on its way to the department", body = RightAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 409, description = "Not decided or returned, too long ago, too often, or asked already", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "The reason needs attention", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing was done", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn reopen(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
    body: Result<Json<ReopeningBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(ReopeningBody { reason }) = read(body)?;
    let answers = Answers::from([(reopening_reason().name.clone(), reason)]);
    let done = state.own_request(&opened).reopen(&answers).await;
    answer(&state, &opened, done.map(|()| true)).await
}

/// Deletes a request that has ended and of which nothing is on its way, unless a law requires that
/// it is kept: then the answer names law and day. Twice is once.
#[utoipa::path(
    post, path = DELETION, operation_id = "delete_request", tag = "requests",
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Deleted, now or before", body = RightAnswer),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 409, description = "It has not ended, is on its way, or is kept by a law", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing was done", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn delete(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
) -> Result<Response, Problem> {
    let done = state.own_request(&opened).delete().await;
    answer(&state, &opened, done).await
}
