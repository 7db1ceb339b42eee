//! Parcels: one as a GeoJSON feature, lists with codes and rounded points.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use domain::{
    Locale,
    base_map::Bounds,
    profile::{Fact, Precision},
    record::Value,
};
use serde::Deserialize;
use serde_json::{Map, json};
use service_api::{Place, Search, SearchPage, Seen, former::AsOf};
use utoipa::IntoParams;

use super::paths::{PARCEL, PARCELS, RESTRICTIONS};
use crate::{
    as_of,
    cache::View,
    place_answers::{self, Making},
    problem::Problem,
    representation::{Representation, Wants},
    security::visitor::{AddressedCode, Visitor},
    state::AppState,
};

/// Longest list.
const MOST_HITS: usize = 100;

/// What a program reads of a place.
async fn view_of_place(
    (state, visitor, headers): (&AppState, &Visitor, &HeaderMap),
    (code, day): (AddressedCode, Option<String>),
    view: View,
) -> Result<Response, Problem> {
    let code = code.read.map_err(|error| Problem::malformed_code(&error))?.code.canonical();
    if let Some(written) = day {
        let day = as_of::day_of(state, &written)
            .ok_or_else(|| Problem::bad_request("asof is a date up to today, as in 2026-01-05"))?;
        let seen = state.portal.see_as_of(&visitor.visit, &code, day).await;
        match seen.map_err(|refusal| visitor.problem(state, &refusal))? {
            AsOf::Then(place) => return Ok(document(view, &place).respond(&Wants::of(headers))),
            AsOf::Current => {}
            AsOf::NotKept { from } => {
                let said = format!("the data of that day are not kept; ask from {from} on");
                return Err(Problem::gone(said));
            }
        }
    }
    let wanted = place_answers::wanted_document(&visitor.visit, headers, (view, code));
    let making = wanted.map(|wanted| Making::of(state, wanted));
    let seen = state.portal.see(&visitor.visit, (&code, place_answers::drawn(view))).await;
    let Seen { place, epoch } = seen.map_err(|refusal| visitor.problem(state, &refusal))?;
    let draw = || document(view, &place);
    let wants = Wants::of(headers);
    Ok(match (making, epoch) {
        (Some(making), Some(epoch)) => {
            making.document(state, epoch, draw).await.answer.respond(&wants)
        }
        _ => draw().respond(&wants),
    })
}

/// Of which day a program reads a place.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// A day in China, `2026-01-05`: answers by the data of then, as far as they are kept (`as_of`).
    asof: Option<String>,
}

/// A place in a view for programs.
pub(crate) fn document(view: View, place: &Place) -> Representation {
    match view {
        View::Restrictions => {
            let mut said = restricted(place);
            with_day(&mut said, place);
            Representation::json("application/json", &said)
        }
        View::Feature | View::Profile { .. } => {
            let mut said = feature(place);
            with_day(&mut said["properties"], place);
            Representation::json("application/geo+json", &said)
        }
    }
}

/// Of which day's data it is, where that is not those of now.
fn with_day(said: &mut serde_json::Value, place: &Place) {
    if let Some(day) = place.as_of {
        said["as_of"] = json!(day);
    }
}

/// One parcel or unit as a GeoJSON feature (RFC 7946), as far as it is public.
#[utoipa::path(
    get, path = PARCEL, operation_id = "parcel", tag = "parcels",
    params(("code" = String, Path, description = "19 or 28 characters, in any spacing or case"), DayQuery),
    security((), ("identity" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "GeoJSON Feature; `geometry` is null where no outline is public, and generalised unless `precision.kind` is `exact`. `lineage` tells the changes of codes (`kind`: `split`, `merge`, `renumber`, `readjust`, or `extinguish` where no code that may be shown followed) and the codes `in_force` that a former one led to; of a former code without a record `lineage` is all there is; days are null where they may not be told. `unit.known` is false where the policy does not tell which units there are: the code is then only the one asked for, and every unit code of the parcel is answered alike", content_type = "application/geo+json"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "Not a code", body = Problem),
        (status = 404, description = "Nothing that may be shown", body = Problem),
        (status = 410, description = "The data of that day are not kept", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more, or the key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    Query(asked): Query<DayQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    view_of_place((&state, &visitor, &headers), (code, asked.asof), View::Feature).await
}

/// What restricts a parcel, in three lists that together name every theme; of a code that has ended,
/// what restricted it by the last data.
#[utoipa::path(
    get, path = RESTRICTIONS, operation_id = "parcel_restrictions", tag = "parcels",
    params(("code" = String, Path, description = "19 or 28 characters, in any spacing or case"), DayQuery),
    security((), ("identity" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "`ended`: whether the code is no longer in use; then the lists are of a place that is no more, and `in_force` names the codes to ask for (`ended_on` is null where the day may not be told or is not known). `concerned`, `not_concerned`, `no_data`: lists of themes with their layers and findings, gravest first. A theme that concerns the place by one layer stands under `no_data` too where another of its layers does not reach the place: `missing` names such layers. `severity`, of a theme and of each finding: `danger` (people's safety), `prohibits`, `needs_consent` (or an assessment), `must_conform`, `informs`; a theme that is not concerned has one where it is lying outside that asks something; no data has none and is never *allowed*. `area_m2` in m², `share` from 0 to 1. `figures` says how exact they are: `exact`, or `whole_percent` where the outline itself is not shown: then `share` is in whole per cent, 0.005 for less than one and 0.995 for more than 99, and `area_m2`, where there is one, is that share of the registered area, rounded", content_type = "application/json"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "Not a code", body = Problem),
        (status = 404, description = "Nothing that may be shown", body = Problem),
        (status = 410, description = "The data of that day are not kept", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more, or the key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn restrictions(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    Query(asked): Query<DayQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    view_of_place((&state, &visitor, &headers), (code, asked.asof), View::Restrictions).await
}

fn restricted(place: &Place) -> serde_json::Value {
    let Place { profile, lineage, .. } = place;
    json!({
        "code": profile.code,
        "ended": lineage.ended,
        "ended_on": lineage.ended_on,
        "in_force": lineage.in_force,
        "data_version": profile.version.label(),
        "policy": profile.policy,
        "figures": profile.restrictions.figures,
        "concerned": profile.restrictions.concerned,
        "not_concerned": profile.restrictions.not_concerned,
        "no_data": profile.restrictions.no_data,
    })
}

/// Parameters of a search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Words of a code, an id, an address, a use or a kind, in any order and width.
    #[serde(default)]
    q: String,
    /// `west,south,east,north` in degrees, longitude first.
    bbox: Option<String>,
    /// At most this many on a page, 1 to 100; 20 unless told.
    limit: Option<usize>,
    /// Which page, from 1; one beyond the last is the last. No page goes beyond the first thousand.
    page: Option<usize>,
}

/// Parcels that match: codes, addresses and centroids to three decimals, never outlines
/// (rule M4).
#[utoipa::path(
    get, path = PARCELS, operation_id = "search_parcels", tag = "parcels", params(ListQuery),
    security((), ("api_key" = [])),
    responses(
        (status = 200, description = "GeoJSON FeatureCollection of points. `total` is how many match; `total_is_at_least` is true where more than that do, which are not counted. `coarser` is true where no address is listed in the detail asked for, and these match without the building, floor or room. `links` lead to the pages before and after (`rel`: `prev`, `next`). Of a code that is no longer in use `ended` is true and `replaced_by` are the codes in force that it led to", content_type = "application/geo+json"),
        (status = 304, description = "Not changed since the ETag given in If-None-Match"),
        (status = 400, description = "A parameter does not read", body = Problem),
        (status = 401, description = "The key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let bounds = query.bbox.as_deref().map(parse_bounds).transpose()?;
    if query.q.trim().is_empty() && bounds.is_none() {
        return Err(Problem::bad_request("Give `q` (words) or `bbox` (west,south,east,north)."));
    }
    let limit = query.limit.unwrap_or(20).clamp(1, MOST_HITS);
    let page = query.page.unwrap_or(1).max(1);
    let search = Search { text: query.q.clone(), bounds, page, limit };
    let found = state.portal.search(&visitor.visit, &search).await;
    let found = found.map_err(|refusal| visitor.problem(&state, &refusal))?;
    let features: Vec<_> = found
        .hits
        .iter()
        .map(|hit| {
            let point = hit.point.map(|(x, y)| json!({ "type": "Point", "coordinates": [x, y] }));
            json!({
                "type": "Feature",
                "id": hit.code,
                "geometry": point,
                "properties": {
                    "code": hit.code,
                    "location": hit.location,
                    "local_id": hit.local_id,
                    "land_use": hit.land_use.as_ref().map(value),
                    "parcel_area": hit.area.as_ref().map(value),
                    "ended": hit.ended,
                    "replaced_by": hit.replaced_by,
                    "data_version": hit.data_version,
                },
            })
        })
        .collect();
    let body = json!({
        "type": "FeatureCollection",
        "total": found.matched,
        "total_is_at_least": found.more,
        "coarser": found.coarser,
        "page": found.page,
        "pages": found.pages,
        "links": links(&query, &found),
        "features": features,
    });
    Ok(Representation::json("application/geo+json", &body).respond(&Wants::of(&headers)))
}

/// Where the pages beside this one are.
fn links(query: &ListQuery, found: &SearchPage) -> Vec<serde_json::Value> {
    let SearchPage { page, pages, .. } = *found;
    let beside = [
        ("prev", page.checked_sub(1).filter(|before| *before > 0)),
        ("next", Some(page + 1).filter(|next| *next <= pages)),
    ];
    beside
        .into_iter()
        .filter_map(|(rel, page)| {
            Some(json!({ "rel": rel, "href": query.address_of(page?), "type": "application/geo+json" }))
        })
        .collect()
}

impl ListQuery {
    /// The address of a page of the same search.
    fn address_of(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        query.extend_pairs(self.bbox.iter().map(|bbox| ("bbox", bbox)));
        query.extend_pairs(self.limit.iter().map(|limit| ("limit", limit.to_string())));
        query.append_pair("page", &page.to_string());
        format!("{PARCELS}?{}", query.finish())
    }
}

/// Reads `west,south,east,north` in degrees.
///
/// # Errors
/// A [`Problem`] that says what is wrong with it.
pub fn parse_bounds(text: &str) -> Result<Bounds, Problem> {
    let wrong = || {
        Problem::bad_request(
            "`bbox` is west,south,east,north in degrees, e.g. 119.9,30.5,120.0,30.6.",
        )
    };
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    let &[west, south, east, north] = numbers.as_slice() else { return Err(wrong()) };
    let fits = (-180.0..=180.0).contains(&west)
        && (-180.0..=180.0).contains(&east)
        && (-90.0..=90.0).contains(&south)
        && (-90.0..=90.0).contains(&north)
        && west <= east
        && south <= north;
    fits.then_some(Bounds { west, south, east, north }).ok_or_else(wrong)
}

fn feature(place: &Place) -> serde_json::Value {
    let Place { profile, lineage, .. } = place;
    let geometry =
        profile.outline.as_ref().map(|shown| geojson::GeometryValue::from(&shown.outline));
    let precision: Option<&Precision> = profile.outline.as_ref().map(|shown| &shown.precision);
    json!({
        "type": "Feature",
        "id": profile.code,
        "geometry": geometry.map(geojson::Geometry::new),
        "properties": {
            "code": profile.code,
            "grouped": profile.code.grouped(),
            "local_id": profile.local_id,
            "unit": profile.unit.as_ref().map(|unit| json!({ "code": unit.code, "known": unit.known, "facts": facts(&unit.facts) })),
            "facts": facts(&profile.facts),
            "centroid": profile.centroid,
            "precision": precision,
            "events": profile.events,
            "predecessors": profile.predecessors,
            "successors": profile.successors,
            "lineage": lineage,
            "data_version": profile.version.label(),
            "source": profile.version.dataset.source,
            "source_date": profile.version.dataset.source_date,
            "demonstration": profile.version.dataset.demonstration,
            "policy": profile.policy,
            "notice": "以登记簿为准",
        },
    })
}

/// Facts by field name; a dictionary value carries its meaning in both languages.
fn facts(facts: &[Fact]) -> Map<String, serde_json::Value> {
    facts.iter().map(|fact| (fact.field.name().to_owned(), value(&fact.value))).collect()
}

fn value(value: &Value) -> serde_json::Value {
    match value {
        Value::Coded(coded) => json!({
            "system": coded.system, "version": coded.version, "code": coded.code,
            "zh": coded.label(Locale::Zh), "en": coded.label(Locale::En),
        }),
        other => json!(other).get("value").cloned().unwrap_or_default(),
    }
}
