//! What crosses between Rust and `js/bridge.mjs`: names in camelCase there, the same names here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The highest zoom a public map reaches: some 0.5 m a pixel at 30° north. Rule M6 asks for a
/// cap; beyond it a boundary that is drawn to 25 m would look like a survey.
pub const MAX_ZOOM: u8 = 18;

/// Longitude and latitude in degrees (CGCS2000, which a web map cannot tell from WGS 84).
pub type Position = [f64; 2];

/// West, south, east and north in degrees, as in RFC 7946.
pub type Bounds = [f64; 4];

/// A map to be opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapRequest {
    /// The `id` of the element that becomes the map. What is in it stays until the map has drawn,
    /// and stays for good if there is no map.
    pub container: String,
    /// The place as GeoJSON (geometry, feature or collection), exactly as the policy releases it.
    pub place: Value,
    /// The middle of the place; the map opens there if `bounds` has no extent.
    pub centre: Position,
    /// What the map shows when it opens.
    pub bounds: Bounds,
    /// The base map; none leaves the place on an empty ground.
    pub base: Option<BaseMap>,
    /// What stands in the corner at every zoom.
    pub attribution: Attribution,
    /// The words of the controls, in the language of the page.
    pub words: MapWords,
    /// Which palette is used.
    pub theme: Theme,
    /// The colours by day.
    pub light: Palette,
    /// The colours by night.
    pub dark: Palette,
    /// The highest zoom; more than [`MAX_ZOOM`] is not given.
    pub max_zoom: u8,
}

/// Where the base map comes from: GeoJSON whose features have a `kind` (`boundary`, `water`,
/// `green`, `building`, `road_major`, `road`, `rail`, `label`) and maybe a `name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BaseMap {
    /// Address on the same site. `{bbox}` in it becomes `west,south,east,north` of the part in
    /// view, rounded outwards to 0.01°, and is asked again when the view leaves that part; an
    /// address without it is asked once.
    pub url: String,
}

/// What the law wants to be seen (地图管理条例 art. 22, rule M1). Plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attribution {
    /// Who made the base map.
    pub source: String,
    /// The review number, with its name: `审图号：…`. None for the fictional demo district.
    pub approval: Option<String>,
    /// How exact the drawn place is, as a sentence.
    pub precision: String,
}

/// Words that MapLibre says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapWords {
    /// The name of the map for who does not see it, best with what is on it.
    pub title: String,
    /// The button that goes closer.
    pub zoom_in: String,
    /// The button that goes back.
    pub zoom_out: String,
    /// The button that folds the attribution on small maps.
    pub toggle_attribution: String,
    /// Unit on the scale, say `米`.
    pub metres: String,
    /// Unit on the scale, say `公里`.
    pub kilometres: String,
    /// Shown when one finger moves over the map: the page scrolls, two fingers move the map.
    pub two_fingers: String,
    /// Shown when the wheel turns without the control key.
    pub ctrl_scroll: String,
    /// The same on a Mac.
    pub command_scroll: String,
}

/// Which palette is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What the reader's system prefers, also when that changes.
    #[default]
    Auto,
    /// [`MapRequest::light`].
    Light,
    /// [`MapRequest::dark`].
    Dark,
}

/// The colours of a map, as CSS colours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Palette {
    /// Ground.
    pub ground: String,
    /// Rivers and lakes.
    pub water: String,
    /// Parks, woods and fields.
    pub green: String,
    /// Buildings.
    pub building: String,
    /// Roads.
    pub road: String,
    /// Edges of roads, railways.
    pub road_edge: String,
    /// Administrative boundaries.
    pub boundary: String,
    /// Names.
    pub label: String,
    /// The place: its line, and at 15 % its fill.
    pub place: String,
}

impl Palette {
    /// By day: muted, so that the place is what is seen.
    #[must_use]
    pub fn light() -> Self {
        Self::of([
            "#f4f2ec", "#cfe0ea", "#dfe8d8", "#e4dfd5", "#ffffff", "#d3cec2", "#8a8f94", "#4a5a60",
            "#0f6257",
        ])
    }

    /// By night.
    #[must_use]
    pub fn dark() -> Self {
        Self::of([
            "#162024", "#1b3140", "#1a2b24", "#222c30", "#2e3a3f", "#3c4a50", "#7d8b8c", "#a9b8b6",
            "#74cdbb",
        ])
    }

    fn of(colours: [&str; 9]) -> Self {
        let [ground, water, green, building, road, road_edge, boundary, label, place] =
            colours.map(str::to_owned);
        Self { ground, water, green, building, road, road_edge, boundary, label, place }
    }
}

/// The addresses of the files, from the `manifest.json` that `bundle` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapAssets {
    /// `map-bridge.mjs` of the manifest.
    pub bridge: String,
    /// `maplibre.mjs`.
    pub library: String,
    /// `maplibre-worker.mjs`.
    pub worker: String,
    /// `maplibre.css`.
    pub styles: String,
}

/// What the bridge answers to `open`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum Answer {
    /// The map is drawn.
    Open {
        /// The bridge's number for it.
        handle: u32,
    },
    /// There is no map.
    Failed {
        /// Why.
        reason: Reason,
        /// For the console, not for the page.
        detail: String,
    },
}

/// Why there is no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// No element has the id.
    NoContainer,
    /// The browser cannot draw with WebGL 2, or has too many maps open.
    NoWebgl,
    /// A file of the library did not arrive.
    Unreachable,
    /// The library refused the request.
    Refused,
}
