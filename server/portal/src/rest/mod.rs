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
pub fn receipt_routes() -> Routes {
    Routes::new()
        .submission("/api/v1/requests", requests::create)
        .read("/api/v1/requests/{number}", requests::one)
        .read("/api/v1/requests/{number}/data", rights::data)
        .submission("/api/v1/requests/{number}/corrections", rights::correct)
        .submission("/api/v1/requests/{number}/withdrawal", rights::withdraw)
        .submission("/api/v1/requests/{number}/deletion", rights::delete)
}

/// Every other route of the API.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .read("/api/v1/parcels", parcels::list)
        .read("/api/v1/parcels/{code}", parcels::one)
        .read("/api/v1/parcels/{code}/restrictions", parcels::restrictions)
        .read("/api/v1/labels/{label}", labels::one)
        .read("/api/v1/basemap", base_map::base_map)
        .callback("/api/v1/departments/{id}/callbacks", callbacks::callback)
        .read("/api/openapi.json", openapi::document)
        .nowhere("/api/{*rest}", problem::no_such_resource)
        .operations("/healthz", operations::healthz)
        .operations("/readyz", operations::readyz)
        .operations("/metrics", operations::metrics)
}
