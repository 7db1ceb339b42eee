//! The map that an outline is drawn on.

use domain::{
    LandCode, Locale,
    code::{PARCEL_LENGTH, Strictness},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use map::{MapRequest, MapWords, Squares, protocol};
use serde_json::json;

use crate::{
    components::map_source,
    islands::{DrawOn, DrawSite, DrawSiteWords},
    outlines::DrawingGround,
    pages::place_map::{assets, control_words},
    urls::{self, BASE_MAP, POINTS, SQUARES_A_DEGREE},
    words::Words,
};

/// The lowest zoom: a town is in view, and a dozen squares of the base map on a wide screen.
const MIN_ZOOM: u8 = 13;
/// All there is: whoever draws goes where their site is.
const WORLD: protocol::Bounds = [-180.0, -85.0, 180.0, 85.0];

/// The map, with source and review number of what is on it (rule M1); nothing where there is none to draw on.
pub(super) fn draw_on(words: Words, ground: &DrawingGround) -> Option<AnyView> {
    if ground.shown.is_empty() {
        return None;
    }
    let on = DrawOn {
        request: request(words),
        assets: assets(),
        search: urls::PARCELS,
        near: near().unwrap_or_default(),
        least_m2: ground.least_m2,
    };
    let mut lines: Vec<[String; 2]> = Vec::new();
    for version in &ground.shown {
        let line = map_source(words, version);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let lines = lines.into_iter().map(|[number, source]| {
        view! { <p class="plan-review">{number}</p> <p>{source}</p> }
    });
    let lines = lines.collect_view();
    let said = draw_site_words(words);
    Some(
        view! {
            <DrawSite on field=POINTS locale=words.0 words=said>{lines}</DrawSite>
        }
        .into_any(),
    )
}

/// The parcel that somebody comes from.
fn near() -> Option<String> {
    let written = use_query_map().with_untracked(|query| query.get(urls::CODE))?;
    let code = LandCode::parse(&written, Strictness::LookUp).ok()?.code.canonical();
    code.as_str().get(..PARCEL_LENGTH).map(str::to_owned)
}

fn request(words: Words) -> MapRequest {
    MapRequest {
        container: "draw-map".to_owned(),
        place: json!({ "type": "FeatureCollection", "features": [] }),
        dashed: false,
        hatches: Vec::new(),
        numbers: Vec::new(),
        bounds: WORLD,
        limits: WORLD,
        base: None,
        squares: Some(Squares {
            address: BASE_MAP.to_owned(),
            a_degree: SQUARES_A_DEGREE,
            min_zoom: MIN_ZOOM,
        }),
        letters: words.0 == Locale::En,
        words: MapWords {
            title: words.t("draw_map").to_owned(),
            back: words.t("draw_back").to_owned(),
            ..control_words(words, "")
        },
        max_zoom: protocol::MAX_ZOOM,
    }
}

/// What the island says; what is wrong with an outline, as the server says it.
pub(crate) fn draw_site_words(words: Words) -> DrawSiteWords {
    let own = |key: &str| words.t(key).to_owned();
    DrawSiteWords {
        open: own("draw_open"),
        loading: own("map_loading"),
        failed: own("draw_failed"),
        no_map: own("draw_no_map"),
        nowhere: own("draw_nowhere"),
        how: own("draw_how"),
        place: own("draw_place"),
        go: own("draw_go"),
        found: own("draw_found"),
        not_found: own("draw_not_found"),
        finger: own("draw_finger"),
        draw: own("draw_draw"),
        pan: own("draw_pan"),
        here: own("draw_here"),
        finish: own("draw_finish"),
        undo: own("draw_undo"),
        clear: own("draw_clear"),
        corner: own("draw_corner"),
        added: own("draw_added"),
        moved: own("draw_moved"),
        cross: own("draw_cross"),
        cross_at: own("draw_cross_at"),
        none: own("draw_none"),
        few: own("draw_few"),
        open_ring: own("draw_open_ring"),
        done: own("draw_done"),
        shape: own("draw_shape"),
        unread: own("draw_unread"),
        crosses: own("outline_crosses"),
        too_small: own("outline_too_small"),
        too_large: own("outline_too_large"),
        too_far: own("outline_too_far"),
        too_many: own("draw_too_many"),
    }
}
