//! The public REST API, version 1: thin skins over the same functions that the pages use.

pub mod base_map;
pub mod callbacks;
pub mod openapi;
pub mod operations;
pub mod parcels;
pub mod problem;
pub mod requests;
pub mod rights;

use crate::{labels, routes::Routes};

/// The routes whose answers carry a receipt's secret or what it opens.
#[must_use]
pub fn secret_routes() -> Routes {
    Routes::new()
        .post("/api/v1/requests", requests::create)
        .get("/api/v1/requests/{number}", requests::one)
        .get("/api/v1/requests/{number}/data", rights::data)
        .post("/api/v1/requests/{number}/corrections", rights::correct)
        .post("/api/v1/requests/{number}/withdrawal", rights::withdraw)
        .post("/api/v1/requests/{number}/deletion", rights::delete)
}

/// Every other route of the API.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v1/parcels", parcels::list)
        .get("/api/v1/parcels/{code}", parcels::one)
        .get("/api/v1/parcels/{code}/restrictions", parcels::restrictions)
        .get("/api/v1/labels/{label}", labels::one)
        .get("/api/v1/basemap", base_map::base_map)
        .post("/api/v1/departments/{id}/callbacks", callbacks::callback)
        .get("/api/openapi.json", openapi::document)
        .any("/api/{*rest}", problem::no_such_resource)
        .get("/healthz", operations::healthz)
        .get("/readyz", operations::readyz)
        .get("/metrics", operations::metrics)
}
