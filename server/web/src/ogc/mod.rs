//! OGC API – Features, Part 1: Core (OGC 17-069r4), with GeoJSON and OpenAPI 3.0: what the policies give out as a
//! whole, for QGIS, GDAL and whatever else speaks it.
//!
//! Coordinates are longitude and latitude (CRS84). Every answer is there as JSON and as a plain page for people,
//! by `Accept` or `f`. What is not given out is answered as what is not there (rule P5); counts are of what is
//! given out alone.

mod asked;
mod description;
mod page;
mod told;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue},
    response::Response,
};
use domain::{base_map::Bounds, clock::start_in_china};
use serde_json::Value;
use service_api::{ItemsAsked, Unavailable};

use self::{
    asked::{Asked, Format, Pages},
    told::Addresses,
};
use crate::{
    problem::Problem,
    representation::{Representation, Terms, Wants},
    routes::Routes,
    security::visitor::Visitor,
    site_feed::Here,
    state::AppState,
};

/// Where all of it begins.
pub const ROOT: &str = "/ogc";
/// The same as many write it.
const ROOT_SLASH: &str = "/ogc/";
/// What it conforms to.
const CONFORMANCE: &str = "/ogc/conformance";
/// Its description.
const API: &str = "/ogc/api";
/// What there is.
const COLLECTIONS: &str = "/ogc/collections";
/// One of them.
const COLLECTION: &str = "/ogc/collections/{collection}";
/// What is in it.
const ITEMS: &str = "/ogc/collections/{collection}/items";
/// One thing in it.
const ITEM: &str = "/ogc/collections/{collection}/items/{feature}";

const JSON: &str = "application/json";
const GEO_JSON: &str = "application/geo+json";
const OPEN_API: &str = "application/vnd.oai.openapi+json;version=3.0";
const HTML: &str = "text/html; charset=utf-8";

/// The classes that it conforms to.
const CONFORMS_TO: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

/// The routes of OGC API – Features. They describe themselves at `/ogc/api`, by the version of OpenAPI that the
/// standard asks for.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .undescribed(ROOT, landing)
        .undescribed(ROOT_SLASH, landing)
        .undescribed(CONFORMANCE, conformance)
        .undescribed(API, description)
        .undescribed(COLLECTIONS, collections)
        .undescribed(COLLECTION, collection)
        .undescribed(ITEMS, items)
        .undescribed(ITEM, item)
        .keyed()
}

/// Answers in the form that is wanted.
fn answer(format: Format, kind: &'static str, document: &Value, headers: &HeaderMap) -> Response {
    let (kind, body) = match format {
        Format::Json => (kind, document.to_string()),
        Format::Html => (HTML, page::of(document)),
    };
    let kind = HeaderValue::from_static(kind);
    let body = body.into_bytes().into();
    Representation::new(kind, Terms::Negotiated, body).respond(&Wants::of(headers))
}

/// A question without parameters of its own.
fn plain(query: Option<&str>, headers: &HeaderMap) -> Result<Asked, Problem> {
    Asked::read(query, headers, &[])
}

async fn landing(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = plain(query.as_deref(), &headers)?;
    let here = Here::of(&state, &headers);
    let document = told::landing(&Addresses::of(&here, ROOT, &asked));
    Ok(answer(asked.format, JSON, &document, &headers))
}

async fn conformance(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = plain(query.as_deref(), &headers)?;
    let here = Here::of(&state, &headers);
    let document = told::conformance(&Addresses::of(&here, CONFORMANCE, &asked));
    Ok(answer(asked.format, JSON, &document, &headers))
}

async fn description(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = plain(query.as_deref(), &headers)?;
    let here = Here::of(&state, &headers);
    let document = description::document(&here.address(ROOT));
    Ok(match asked.format {
        Format::Json => answer(asked.format, OPEN_API, &document, &headers),
        Format::Html => answer(asked.format, OPEN_API, &description::in_words(&document), &headers),
    })
}

async fn collections(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = plain(query.as_deref(), &headers)?;
    let here = Here::of(&state, &headers);
    let listed = state.portal.collections().await.map_err(|Unavailable| Problem::unavailable())?;
    let document = told::collections(&Addresses::of(&here, COLLECTIONS, &asked), &here, &listed);
    Ok(answer(asked.format, JSON, &document, &headers))
}

async fn collection(
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|_no_text| Problem::not_found())?;
    let asked = plain(query.as_deref(), &headers)?;
    let here = Here::of(&state, &headers);
    let listed = state.portal.collections().await.map_err(|Unavailable| Problem::unavailable())?;
    let one = listed.iter().find(|one| one.collection.id() == id).ok_or_else(Problem::not_found)?;
    let own = told::collection_path(&id);
    let document = told::collection(one, &here, Some(&Addresses::of(&here, &own, &asked)));
    Ok(answer(asked.format, JSON, &document, &headers))
}

async fn items(
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|_no_text| Problem::not_found())?;
    let asked = Asked::read(query.as_deref(), &headers, &asked::OF_ITEMS)?;
    let pages = Pages::read(&asked)?;
    let wanted = ItemsAsked { boxes: pages.boxes.clone(), skip: pages.offset, limit: pages.limit };
    let found = state.portal.items(&id, &wanted).await;
    let found = found.map_err(|Unavailable| Problem::unavailable())?;
    let mut found = found.ok_or_else(Problem::not_found)?;
    // Everything in a collection is of one day: it tells of that day and of what follows.
    if pages.until.is_some_and(|until| until < start_in_china(found.collection.source_date())) {
        (found.matched, found.next) = (Some(0), None);
        found.items.clear();
    }
    let here = Here::of(&state, &headers);
    // Of many corners a page is megabytes to write: other answers do not wait for it.
    let written = tokio::task::spawn_blocking(move || {
        let own = told::items_path(&id);
        let document = told::items(&found, &here, (&Addresses::of(&here, &own, &asked), &pages));
        answer(asked.format, GEO_JSON, &document, &headers)
    });
    written.await.map_err(|error| {
        tracing::error!(%error, "a page of a collection was not written");
        Problem::unavailable()
    })
}

async fn item(
    State(state): State<AppState>,
    visitor: Visitor,
    of: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = plain(query.as_deref(), &headers)?;
    let Path((id, feature)) = of.map_err(|_no_text| Problem::not_found())?;
    let found = state.portal.item(&visitor.visit, (&id, &feature)).await;
    let found = found.map_err(|refusal| visitor.problem(&state, &refusal))?;
    let here = Here::of(&state, &headers);
    let own = told::item_path(&id, &found.item.id);
    let document = told::item(&found, &here, &Addresses::of(&here, &own, &asked));
    Ok(answer(asked.format, GEO_JSON, &document, &headers))
}

/// A box as the standard writes it.
fn corners(bounds: &Bounds) -> [f64; 4] {
    [bounds.west, bounds.south, bounds.east, bounds.north]
}
