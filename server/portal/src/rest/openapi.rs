//! The OpenAPI document, made from the handlers themselves.

use axum::Json;
use utoipa::OpenApi;

use super::{base_map, callbacks, parcels, problem, requests};
use crate::labels;

/// The document.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Jianma 见码",
        description = "What the public may see of a parcel, and requests to the departments that act. Everything here has passed the disclosure policy. 以登记簿为准。",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        parcels::list,
        parcels::one,
        parcels::restrictions,
        base_map::base_map,
        labels::one,
        requests::create,
        requests::one,
        callbacks::callback
    ),
    components(schemas(problem::Problem))
)]
pub struct Document;

/// `/api/openapi.json`.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
