//! The layers that are given out as a whole, as tiles for maps.

use std::sync::Arc;

use app::urls::TILE;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue},
    response::Response,
};
use domain::tile::Tile;
use service_api::{TileAsked, TileDrawn};

use crate::{
    problem::Problem,
    representation::{Representation, Terms, Wants},
    state::AppState,
};

/// A square of the web's map grid (WebMercatorQuad) with every layer that the policies give out as a whole, each
/// under the name `{data set}.layer.{layer}`. A square without anything and one of layers that are not given out
/// are answered alike. Parcels are in none.
#[utoipa::path(
    get, path = TILE, operation_id = "tile", tag = "map",
    params(
        ("z" = u8, Path, description = "Zoom, 8 to 18"),
        ("x" = u32, Path, description = "Column, from the west"),
        ("y" = u32, Path, description = "Row, from the north"),
    ),
    responses(
        (status = 200, description = "A Mapbox Vector Tile 2.1; `feature`, `zh`, `en` and `theme` say what a polygon is", content_type = "application/vnd.mapbox-vector-tile"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "No square of the grid, or more is in it than is drawn at once", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn tile(
    State(state): State<AppState>,
    headers: HeaderMap,
    square: Result<Path<(u8, u32, u32)>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let tile = square.ok().and_then(|Path((zoom, column, row))| Tile::new(zoom, column, row));
    let tile = tile.ok_or_else(|| {
        Problem::bad_request(
            "A tile is /{z}/{x}/{y}: a zoom of 8 to 18, a column and a row of its grid.",
        )
    })?;
    let asked = TileAsked { tile, layers: Vec::new() };
    let drawn = state.portal.tile(&asked).await;
    match drawn.map_err(|service_api::Unavailable| Problem::unavailable())? {
        TileDrawn::Drawn(tile) => Ok(answered(tile, &headers)),
        TileDrawn::TooFull => Err(Problem::bad_request(
            "There is more in this tile than is drawn at once. Ask for those of a higher zoom.",
        )),
    }
}

/// Whoever keeps it asks each time: what is given out may change in between (P5).
fn answered(tile: Arc<[u8]>, headers: &HeaderMap) -> Response {
    let kind = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
    Representation::new(kind, Terms::Api, Bytes::from_owner(tile)).respond(&Wants::of(headers))
}
