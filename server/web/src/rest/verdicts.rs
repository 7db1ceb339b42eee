//! By what verdicts can be checked.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::signing::PublishedKeys;
use utoipa::ToSchema;

use super::paths;
use crate::{problem::Problem, refusal::Refusal, state::AppState};

/// The public halves of the keys of this portal (JWK Set, RFC 7517).
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct PublishedKeySet {
    /// Each with `kty`, `crv`, `x`, `kid` (RFC 7638), `alg` and `use`, `made_at`, and `revoked_at` where it is
    /// not trusted any more; the oldest first, the last one signs.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<domain::signing::PublishedKey>,
}

/// The keys that verdicts are signed with: without asking this portal again, whoever has them can tell a
/// genuine verdict from one that was altered. Keys that were replaced stay in the list.
#[utoipa::path(
    get, path = paths::KEYS, operation_id = "signing_keys", tag = "suitability",
    security(()),
    responses(
        (status = 200, description = "A JWK Set", body = PublishedKeySet),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn keys(State(state): State<AppState>) -> Result<Response, Problem> {
    let PublishedKeys { keys } = state
        .portal
        .signing_keys()
        .map_err(|unavailable| Refusal::from(&service_api::Refusal::from(unavailable)).problem())?;
    let mut response = Json(PublishedKeySet { keys }).into_response();
    // A key that is given up should be known to be within the hour.
    let value = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    Ok(response)
}
