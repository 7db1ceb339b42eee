//! The map of a profile: the server's drawing, inside the island that may take its place.

use std::sync::Arc;

use domain::{
    LandCode, Locale,
    base_map::Bounds,
    profile::{Precision, PublicProfile},
};
use geo::{Coord, LineString, MultiPolygon};
use leptos::prelude::*;
use map::{Hatch, MapAssets, MapRequest, MapWords, protocol};
use serde_json::{Value, json};

use crate::{
    components::{
        Plan, folded_for_elders, hatch_id, legend, map_source, precision_words, surroundings,
    },
    current,
    islands::{PlaceMap, PlaceMapWords},
    urls,
    words::Words,
};
use service_api::MapAround;

/// Widest box of a base map that is asked for, degrees: within what the API answers.
pub(super) const WIDEST: f64 = 0.055;

/// The map with what it says in words, or a sentence where none may be shown.
#[component]
pub fn MapSection(
    /// The code asked for.
    code: LandCode,
    /// What the place is called.
    name: String,
    /// What may be shown.
    profile: Arc<PublicProfile>,
    /// The map around it.
    map: Option<MapAround>,
    /// Whether its code is in use: of others no restrictions are told.
    current: bool,
) -> AnyView {
    let words = current::words();
    let drawn = match map {
        None => view! { <p class="quiet">{words.t("plan_none")}</p> }.into_any(),
        Some(map) => {
            let request = request(words, &code, &name, &profile, &map);
            let assets = assets();
            let precision = precision_words(words, profile.outline.as_ref()).to_owned();
            let [number, source] = map_source(words, &profile.version);
            let legend = current.then(|| legend(words, &profile, &map.extents));
            let (outline, centroid) = (profile.outline.clone(), profile.centroid);
            let around = surroundings(words, &map, outline.as_ref(), centroid);
            view! {
                <figure class="plan-figure">
                    <PlaceMap request assets words=map_words(words)>
                        <Plan map outline centroid name />
                    </PlaceMap>
                    <figcaption class="plan-caption">
                        <p class="plan-review">{number}</p>
                        <p>{source}</p>
                        <p>{precision}</p>
                        {legend}
                    </figcaption>
                </figure>
                {around}
            }
            .into_any()
        }
    };
    let heading = view! { <h2 id="map-title">{words.t("plan_heading")}</h2> }.into_any();
    view! {
        <section class="place-map-section" aria-labelledby="map-title">
            {folded_for_elders(heading, drawn)}
        </section>
    }
    .into_any()
}

/// The files that a map needs.
pub(super) fn assets() -> MapAssets {
    let files = current::page().assets;
    let url = |name: &str| files.url(name).to_owned();
    MapAssets {
        bridge: url("map-bridge.mjs"),
        library: url("maplibre.mjs"),
        worker: url("maplibre-worker.mjs"),
        styles: url("maplibre.css"),
    }
}

fn request(
    words: Words,
    code: &LandCode,
    name: &str,
    profile: &PublicProfile,
    map: &MapAround,
) -> MapRequest {
    let limits = limits(&map.bounds);
    let surveyed = |precision| matches!(precision, Precision::Exact);
    let dashed = !profile.outline.as_ref().is_some_and(|shown| surveyed(shown.precision));
    MapRequest {
        container: format!("map-{}", code.as_str()),
        place: place(profile),
        dashed,
        numbers: Vec::new(),
        hatches: map
            .extents
            .iter()
            .filter(|extent| !extent.ground.0.is_empty())
            .map(|extent| Hatch { id: hatch_id(extent), ground: multi_polygon(&extent.ground) })
            .collect(),
        bounds: corners(&map.bounds),
        limits: corners(&limits),
        base: Some(urls::base_map(&profile.version.dataset.id, asked(&limits))),
        squares: None,
        letters: words.0 == Locale::En,
        words: control_words(words, name),
        max_zoom: protocol::MAX_ZOOM,
    }
}

pub(super) const fn corners(bounds: &Bounds) -> protocol::Bounds {
    [bounds.west, bounds.south, bounds.east, bounds.north]
}

/// How far the map can be moved: as much again on every side as it shows when it opens.
pub(super) fn limits(shown: &Bounds) -> Bounds {
    let (across, up) = (shown.east - shown.west, shown.north - shown.south);
    Bounds {
        west: shown.west - across,
        south: shown.south - up,
        east: shown.east + across,
        north: shown.north + up,
    }
}

/// The part of the base map that is asked for; of a huge place the middle.
fn asked(limits: &Bounds) -> Bounds {
    let cut = |low: f64, high: f64| {
        let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
        (middle - half.min(WIDEST / 2.0), middle + half.min(WIDEST / 2.0))
    };
    let (west, east) = cut(limits.west, limits.east);
    let (south, north) = cut(limits.south, limits.north);
    Bounds { west, south, east, north }
}

/// The geometry that the policy released, as GeoJSON.
fn place(profile: &PublicProfile) -> Value {
    match (&profile.outline, profile.centroid) {
        (Some(shown), _) => multi_polygon(&shown.outline),
        (None, Some((longitude, latitude))) => {
            json!({ "type": "Point", "coordinates": [longitude, latitude] })
        }
        (None, None) => json!({ "type": "FeatureCollection", "features": [] }),
    }
}

pub(super) fn multi_polygon(ground: &MultiPolygon<f64>) -> Value {
    // Six decimals are a tenth of a metre: far finer than what is released.
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    let position = |at: &Coord<f64>| json!([round(at.x), round(at.y)]);
    let ring = |line: &LineString<f64>| line.0.iter().map(position).collect::<Vec<_>>();
    let polygons: Vec<Vec<Vec<Value>>> = ground
        .iter()
        .map(|polygon| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
        })
        .collect();
    json!({ "type": "MultiPolygon", "coordinates": polygons })
}

pub(super) fn map_words(words: Words) -> PlaceMapWords {
    PlaceMapWords {
        open: words.t("map_open").to_owned(),
        loading: words.t("map_loading").to_owned(),
        failed: words.t("map_failed").to_owned(),
        drawn: words.t("map_drawn").to_owned(),
        keys: words.t("map_keys").to_owned(),
    }
}

/// What the controls of a map say; it is called by `name`.
pub(super) fn control_words(words: Words, name: &str) -> MapWords {
    let own = |key: &str| words.t(key).to_owned();
    MapWords {
        title: format!(
            "{}{}",
            words.fill("plan_title", &[("name", name)]),
            words.t("map_title_keys")
        ),
        zoom_in: own("map_zoom_in"),
        zoom_out: own("map_zoom_out"),
        back: own("map_back"),
        north: own("plan_north"),
        metres: own("map_metres"),
        kilometres: own("map_kilometres"),
        two_fingers: own("map_two_fingers"),
        ctrl_scroll: own("map_ctrl_scroll"),
        command_scroll: own("map_command_scroll"),
    }
}
