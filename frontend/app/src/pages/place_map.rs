//! The map of a profile: the server's drawing, inside the island that may take its place.

use domain::{LandCode, profile::PublicProfile};
use geo::{Coord, LineString};
use leptos::prelude::*;
use map::{Attribution, BaseMap, MapAssets, MapRequest, MapWords, Palette, Theme, protocol};
use serde_json::{Value, json};

use crate::{
    components::{Plan, map_source, precision_words},
    current,
    islands::{PlaceMap, PlaceMapWords},
    urls,
    words::Words,
};
use service_api::MapAround;

/// The map, or a sentence where none may be shown.
#[component]
pub fn MapSection(
    /// The code asked for.
    code: LandCode,
    /// What the place is called.
    name: String,
    /// What may be shown.
    profile: PublicProfile,
    /// The map around it.
    map: Option<MapAround>,
) -> AnyView {
    let words = current::words();
    let drawn = match map {
        None => view! { <p class="quiet">{words.t("plan_none")}</p> }.into_any(),
        Some(map) => {
            let request = request(words, &code, &name, &profile, &map);
            let assets = assets();
            let captions = [
                precision_words(words, profile.outline.as_ref()).to_owned(),
                map_source(words, &profile.version),
            ];
            let (outline, centroid) = (profile.outline, profile.centroid);
            view! {
                <figure class="plan-figure">
                    <PlaceMap request assets words=map_words(words)>
                        <Plan map outline centroid name />
                    </PlaceMap>
                    <figcaption class="plan-caption">
                        {captions.map(|text| view! { <p>{text}</p> }).into_iter().collect_view()}
                    </figcaption>
                </figure>
            }
            .into_any()
        }
    };
    view! {
        <section class="place-map-section" aria-labelledby="map-title">
            <h2 id="map-title">{words.t("plan_heading")}</h2>
            {drawn}
        </section>
    }
    .into_any()
}

fn assets() -> MapAssets {
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
    let bounds = map.bounds;
    let middle = [(bounds.west + bounds.east) / 2.0, (bounds.south + bounds.north) / 2.0];
    let dataset = &profile.version.dataset;
    let approval = dataset
        .map_review_number
        .as_ref()
        .map(|number| words.fill("plan_reviewed", &[("number", number)]));
    MapRequest {
        container: format!("map-{}", code.as_str()),
        place: geometry(profile),
        centre: profile.centroid.map_or(middle, |(longitude, latitude)| [longitude, latitude]),
        bounds: [bounds.west, bounds.south, bounds.east, bounds.north],
        base: Some(BaseMap { url: urls::base_map(&dataset.id) }),
        attribution: Attribution {
            source: if dataset.demonstration {
                words.t("plan_demonstration").to_owned()
            } else {
                words.fill("plan_source", &[("source", &words.pick(&dataset.source))])
            },
            approval,
            precision: precision_words(words, profile.outline.as_ref()).to_owned(),
        },
        words: control_words(words, name),
        theme: Theme::Auto,
        light: Palette::light(),
        dark: Palette::dark(),
        max_zoom: protocol::MAX_ZOOM,
    }
}

/// The geometry that the policy released, as GeoJSON.
fn geometry(profile: &PublicProfile) -> Value {
    // Six decimals are a tenth of a metre: far finer than what is released.
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    let position = |at: &Coord<f64>| json!([round(at.x), round(at.y)]);
    let ring = |line: &LineString<f64>| line.0.iter().map(position).collect::<Vec<_>>();
    match (&profile.outline, profile.centroid) {
        (Some(shown), _) => {
            let polygons: Vec<Vec<Vec<Value>>> = shown
                .outline
                .iter()
                .map(|polygon| {
                    std::iter::once(polygon.exterior())
                        .chain(polygon.interiors())
                        .map(ring)
                        .collect()
                })
                .collect();
            json!({ "type": "MultiPolygon", "coordinates": polygons })
        }
        (None, Some((longitude, latitude))) => {
            json!({ "type": "Point", "coordinates": [longitude, latitude] })
        }
        (None, None) => json!({ "type": "FeatureCollection", "features": [] }),
    }
}

fn map_words(words: Words) -> PlaceMapWords {
    PlaceMapWords {
        open: words.t("map_open").to_owned(),
        loading: words.t("map_loading").to_owned(),
        failed: words.t("map_failed").to_owned(),
        drawn: words.t("map_drawn").to_owned(),
    }
}

fn control_words(words: Words, name: &str) -> MapWords {
    let own = |key: &str| words.t(key).to_owned();
    MapWords {
        title: words.fill("plan_title", &[("name", name)]),
        zoom_in: own("map_zoom_in"),
        zoom_out: own("map_zoom_out"),
        toggle_attribution: own("map_attribution"),
        metres: own("map_metres"),
        kilometres: own("map_kilometres"),
        two_fingers: own("map_two_fingers"),
        ctrl_scroll: own("map_ctrl_scroll"),
        command_scroll: own("map_command_scroll"),
    }
}
