//! The base map around a place, for the interactive map.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use app::urls::{BASE_MAP, BASE_MAP_SQUARE, SQUARES_A_DEGREE};
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use domain::{
    base_map::{BaseFeature, Bounds},
    romanised::romanised,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::parcels::parse_bounds;
use crate::{
    problem::Problem,
    representation::{Representation, Wants},
    state::AppState,
};

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
        (status = 200, description = "GeoJSON FeatureCollection; `kind` says how to draw each, `name` what it is called, `letters` the same in Hanyu Pinyin", content_type = "application/geo+json"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "A parameter does not read", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn base_map(
    State(state): State<AppState>,
    headers: HeaderMap,
    query: Result<Query<BaseMapQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let bounds = parse_bounds(&query.bbox)?;
    if bounds.east - bounds.west > WIDEST || bounds.north - bounds.south > WIDEST {
        return Err(Problem::bad_request("`bbox` is more than 0.06 degrees wide or high."));
    }
    let features = state
        .portal
        .base_map(Some(&query.dataset), bounds, MOST_FEATURES)
        .await
        .map_err(|service_api::Unavailable| Problem::unavailable())?;
    Ok(drawn(&features).respond(&Wants::of(&headers)))
}

/// The published base map in one square of a fixed grid, of every data set that shows one, in drawing order:
/// for a map that is not about a place. What touches the square is told whole. A square without anything,
/// one of closed or classified ground and one beyond the data are answered alike.
#[utoipa::path(
    get, path = BASE_MAP_SQUARE, operation_id = "base_map_square", tag = "map",
    params(
        ("column" = i32, Path, description = "Longitude of the western edge, in 40ths of a degree: 4799 is 119.975° to 120°"),
        ("row" = i32, Path, description = "Latitude of the southern edge, in 40ths of a degree"),
    ),
    responses(
        (status = 200, description = "GeoJSON FeatureCollection, as of `base_map`", content_type = "application/geo+json"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "No square of the grid", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn square(
    State(state): State<AppState>,
    headers: HeaderMap,
    square: Result<Path<(i32, i32)>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let bounds = square.ok().and_then(|Path((column, row))| ground(column, row));
    let bounds = bounds.ok_or_else(|| {
        Problem::bad_request(
            "A square is /{column}/{row}, each a whole number of 40ths of a degree.",
        )
    })?;
    let features = state
        .portal
        .base_map(None, bounds, MOST_FEATURES)
        .await
        .map_err(|service_api::Unavailable| Problem::unavailable())?;
    Ok(drawn(&features).respond(&Wants::of(&headers)))
}

/// The ground of a square; `None` where the earth has none.
fn ground(column: i32, row: i32) -> Option<Bounds> {
    let side = i32::from(SQUARES_A_DEGREE);
    let on_earth =
        (-180 * side..180 * side).contains(&column) && (-90 * side..90 * side).contains(&row);
    let at = |number: i32| f64::from(number) / f64::from(side);
    on_earth.then(|| Bounds {
        west: at(column),
        south: at(row),
        east: at(column + 1),
        north: at(row + 1),
    })
}

/// Features as a map draws them. Whoever keeps them asks each time: ground may be closed in between (P5).
fn drawn(features: &[BaseFeature]) -> Representation {
    let features: Vec<_> = features
        .iter()
        .map(|feature| {
            let letters = feature.name.as_deref().and_then(romanised);
            let geometry = geojson::Geometry::new(geojson::GeometryValue::from(&feature.geometry));
            json!({
                "type": "Feature",
                "geometry": geometry,
                "properties": { "kind": feature.kind, "name": feature.name, "letters": letters },
            })
        })
        .collect();
    let collection = json!({ "type": "FeatureCollection", "features": features });
    Representation::json("application/geo+json", &collection)
}
