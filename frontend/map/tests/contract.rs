//! `js/bridge.mjs` and `src/protocol.rs` say the same.

use map::protocol::{Answer, MAX_ZOOM, Reason};
use map::{Hatch, MapAssets, MapRequest, MapWords, Number, Squares};
use serde_json::{Value, json};

const BRIDGE: &str = include_str!("../js/bridge.mjs");

fn request() -> MapRequest {
    let word = String::from;
    let point = json!({"type": "Point", "coordinates": [120.15, 30.27]});
    MapRequest {
        container: word("place-map"),
        place: point.clone(),
        dashed: true,
        hatches: vec![Hatch { id: word("hatch-flood-prohibits"), ground: point }],
        numbers: vec![Number {
            number: 2,
            at: [120.15, 30.27],
            name: word("第2个"),
            leads_to: word("#site-2"),
        }],
        bounds: [120.14, 30.26, 120.16, 30.28],
        limits: [120.12, 30.24, 120.18, 30.30],
        base: Some(word("/api/v1/basemap?bbox=120.12,30.24,120.18,30.30")),
        squares: Some(Squares { address: word("/api/v1/basemap"), a_degree: 40, min_zoom: 13 }),
        letters: true,
        words: MapWords {
            title: word("位置图"),
            zoom_in: word("放大"),
            zoom_out: word("缩小"),
            back: word("回到原处"),
            north: word("北"),
            metres: word("米"),
            kilometres: word("公里"),
            two_fingers: word("用两指移动地图"),
            ctrl_scroll: word("按住 Ctrl 滚动"),
            command_scroll: word("按住 ⌘ 滚动"),
        },
        max_zoom: MAX_ZOOM,
    }
}

/// Every key of a JSON value, without those of the GeoJSON.
fn keys(value: &Value) -> Vec<String> {
    if let Value::Array(items) = value {
        return items.iter().flat_map(keys).collect();
    }
    let Value::Object(fields) = value else { return Vec::new() };
    fields
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "place" | "ground"))
        .flat_map(|(key, value)| std::iter::once(key.clone()).chain(keys(value)))
        .collect()
}

#[test]
fn a_request_survives_the_way() {
    let json = serde_json::to_string(&request()).unwrap();
    assert_eq!(serde_json::from_str::<MapRequest>(&json).unwrap(), request());
}

#[test]
fn the_bridge_knows_every_field() {
    let assets = MapAssets {
        bridge: String::new(),
        library: String::new(),
        worker: String::new(),
        styles: String::new(),
    };
    let request = serde_json::to_value(request()).unwrap();
    let assets = serde_json::to_value(assets).unwrap();
    let names: Vec<&str> = BRIDGE.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for key in keys(&request).into_iter().chain(keys(&assets)) {
        // The bridge itself is loaded by the crate.
        let known = key == "bridge" || names.contains(&key.as_str());
        assert!(known, "js/bridge.mjs does not use {key}");
    }
}

#[test]
fn answers_are_read_as_the_bridge_writes_them() {
    assert_eq!(Answer::read("open\n3"), Some(Answer::Open { handle: 3 }));
    for reason in [Reason::NoContainer, Reason::NoWebgl, Reason::Unreachable, Reason::Refused] {
        let name = reason.name();
        assert!(BRIDGE.contains(&format!("\"{name}\"")), "js/bridge.mjs never says {name}");
        let detail = String::from("what\nit said");
        let text = format!("failed\n{name}\n{detail}");
        assert_eq!(Answer::read(&text), Some(Answer::Failed { reason, detail }));
    }
    for none in ["", "open", "open\nx", "failed\nfor no reason\n", "{}"] {
        assert_eq!(Answer::read(none), None, "{none:?}");
    }
}

#[test]
fn the_zoom_ends_where_the_crate_says() {
    assert!(BRIDGE.contains(&format!("const MAX_ZOOM = {MAX_ZOOM};")));
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    assert!(!BRIDGE.contains("://"), "js/bridge.mjs names another site");
    assert!(!BRIDGE.contains("glyphs:"), "names are drawn by the browser");
}

#[test]
fn the_map_has_no_colours_of_its_own() {
    let hex = |at: &str| at.len() >= 3 && at.chars().take(3).all(|c| c.is_ascii_hexdigit());
    assert!(!BRIDGE.split('#').skip(1).any(hex), "js/bridge.mjs names a colour");
}
