//! The public REST API, version 1: thin skins over the same functions that the pages use.

pub mod base_map;
pub mod callbacks;
pub mod openapi;
pub mod parcels;
pub mod problem;
pub mod requests;
pub mod submit;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};

use crate::{labels, state::AppState};

/// The routes whose answers carry a receipt's secret or what it opens.
pub fn secret_routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/requests", post(requests::create))
        .route("/api/v1/requests/{number}", get(requests::one))
}

/// Every other route of the API.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/parcels", get(parcels::list))
        .route("/api/v1/parcels/{code}", get(parcels::one))
        .route("/api/v1/parcels/{code}/restrictions", get(parcels::restrictions))
        .route("/api/v1/labels/{label}", get(labels::one))
        .route("/api/v1/basemap", get(base_map::base_map))
        .route("/api/v1/departments/{id}/callbacks", post(callbacks::callback))
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/{*rest}", axum::routing::any(problem::no_such_resource))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
}

/// Whether the process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether it can answer: storage responds.
async fn readyz(State(state): State<AppState>) -> Result<&'static str, axum::http::StatusCode> {
    match state.store.ping().await {
        Ok(()) => Ok("ready\n"),
        Err(error) => {
            tracing::error!(error = %error, "not ready: storage does not answer");
            Err(axum::http::StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
