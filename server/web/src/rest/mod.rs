//! The public REST API, version 1: thin skins over the same functions that the pages use.

pub mod attachments;
pub mod base_map;
pub mod callbacks;
pub mod figures;
pub mod how_many;
pub mod inbox;
pub mod labels;
pub mod openapi;
pub mod operations;
pub mod outline;
pub mod parcels;
pub mod paths;
pub mod requests;
pub mod rights;
pub mod services;
pub mod signed;
pub mod site_changes;
pub mod sites_search;
pub mod suitability;
pub mod tiles;
pub mod uploads;
pub mod verdicts;

use utoipa_axum::routes;

use crate::{route::KeptKind, routes::Routes};

/// The routes whose answers carry a receipt's secret or what it opens, or what applicants wrote.
#[must_use]
pub fn receipt_routes() -> Routes {
    Routes::new()
        .api(routes!(requests::create))
        .api(routes!(requests::one))
        .api(routes!(rights::data))
        .api(routes!(rights::correct))
        .api(routes!(rights::withdraw))
        .api(routes!(rights::rate))
        .api(routes!(rights::reopen))
        .api(routes!(rights::delete))
        .api(routes!(attachments::one))
        .question(routes!(uploads::create))
        .question(routes!(uploads::one, uploads::grow, uploads::let_go))
        .callback(routes!(attachments::of_department))
        .merge(crate::open311::routes())
        .callback(routes!(inbox::collect))
        .callback(routes!(inbox::acknowledge))
}

/// Every other route of the API.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .api(routes!(parcels::list))
        .api_kept(routes!(parcels::one), KeptKind::Feature)
        .api_kept(routes!(parcels::restrictions), KeptKind::Restrictions)
        .question(routes!(suitability::assess))
        .api(routes!(suitability::uses))
        .api(routes!(sites_search::search))
        .keyed()
        .api(routes!(labels::one))
        .api(routes!(base_map::base_map))
        .api(routes!(base_map::square))
        .api(routes!(tiles::tile))
        .api(routes!(services::list))
        .api(routes!(figures::figures))
        .api(routes!(verdicts::keys))
        .callback(routes!(callbacks::callback))
        .undescribed(paths::OPENAPI, openapi::document)
        .alive("/healthz", operations::healthz)
        .operations("/readyz", operations::readyz)
        .operators("/metrics", operations::metrics)
}
