//! The base map around a place, for the interactive map.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use app::urls::BASE_MAP;
use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::parcels::parse_bounds;
use crate::{problem::Problem, state::AppState};

/// Most features of one answer.
const MOST_FEATURES: usize = 4_000;
/// Widest box, degrees: about 5 km.
const WIDEST: f64 = 0.06;

/// Parameters of the base map.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BaseMapQuery {
    /// Id of the data set.
    dataset: String,
    /// `west,south,east,north` in degrees, at most 0.06 wide and high.
    bbox: String,
}

/// Published base map features in a box, in drawing order.
#[utoipa::path(
    get, path = BASE_MAP, operation_id = "base_map", tag = "map", params(BaseMapQuery),
    responses(
        (status = 200, description = "GeoJSON FeatureCollection; `kind` says how to draw each, `name` what it is called", content_type = "application/geo+json"),
        (status = 400, description = "A parameter does not read", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn base_map(
    State(state): State<AppState>,
    query: Result<Query<BaseMapQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let bounds = parse_bounds(&query.bbox)?;
    if bounds.east - bounds.west > WIDEST || bounds.north - bounds.south > WIDEST {
        return Err(Problem::bad_request("`bbox` is more than 0.06 degrees wide or high."));
    }
    let features = state
        .portal
        .base_map(&query.dataset, bounds, MOST_FEATURES)
        .await
        .map_err(|service_api::Unavailable| Problem::unavailable())?;
    let features: Vec<_> = features
        .iter()
        .map(|feature| {
            let geometry = geojson::Geometry::new(geojson::GeometryValue::from(&feature.geometry));
            json!({
                "type": "Feature",
                "geometry": geometry,
                "properties": { "kind": feature.kind, "name": feature.name },
            })
        })
        .collect();
    let mut response =
        Json(json!({ "type": "FeatureCollection", "features": features })).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}
