//! What crosses between Rust and `js/bridge.mjs`: names in camelCase there, the same names here. What is
//! asked for is JSON, which the server writes and the bridge reads; what is answered is lines.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The highest zoom a public map reaches: some 0.5 m a pixel at 30° north. Rule M6 asks for a
/// cap; beyond it a boundary that is drawn to 25 m would look like a survey.
pub const MAX_ZOOM: u8 = 18;

/// West, south, east and north in degrees (CGCS2000, which a web map cannot tell from WGS 84), as
/// in RFC 7946.
pub type Bounds = [f64; 4];

/// A map to be opened.
///
/// Its colours and patterns are in nobody's hand: the bridge reads them off the page, where the
/// drawing that stands in the container takes them from the style sheet. So both look alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapRequest {
    /// The `id` of the element that becomes the map. What is in it stays until the map has drawn,
    /// and stays for good if there is no map.
    pub container: String,
    /// The place as GeoJSON (geometry, feature or collection), exactly as the policy releases it. A feature whose
    /// `tone` is `seal`, `amber` or `muted` is of that colour of the page.
    pub place: Value,
    /// Whether its line is dashed, because it is no survey.
    pub dashed: bool,
    /// What lies on it, the gravest first; it is drawn over the others.
    pub hatches: Vec<Hatch>,
    /// Places that are told apart by their numbers, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// What the map shows when it opens, and again when somebody wants to come back.
    pub bounds: Bounds,
    /// How far it can be moved: the place is in the middle, so it never gets lost. One that brings `squares` goes
    /// anywhere.
    pub limits: Bounds,
    /// Where the base map comes from, an address on the same site; none leaves the place on an empty
    /// ground. GeoJSON whose features have a `kind` (`boundary`, `water`, `green`, `building`,
    /// `road_major`, `road`, `rail`, `label`) and maybe a `name`, and that in `letters`.
    pub base: Option<String>,
    /// The base map of a map that goes anywhere, in the place of `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub squares: Option<Squares>,
    /// Whether names are written in letters, where the base map has them so.
    pub letters: bool,
    /// The words of the controls, in the language of the page.
    pub words: MapWords,
    /// The highest zoom; more than [`MAX_ZOOM`] is not given.
    pub max_zoom: u8,
}

/// A base map that comes in the squares of a fixed grid, those that are in view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Squares {
    /// What their addresses begin with, on the same site; column and row follow, each after a `/`.
    pub address: String,
    /// How many there are to a degree, each way.
    pub a_degree: u16,
    /// The lowest zoom: farther out there would be too many in view.
    pub min_zoom: u8,
}

/// One of several places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Number {
    /// Its number: the drawing in the container has a chip for it (`data-number`), which is shown here too.
    pub number: usize,
    /// Where it is, longitude and latitude, as the policy releases it.
    pub at: [f64; 2],
    /// What its link is called.
    pub name: String,
    /// Where that leads.
    pub leads_to: String,
}

/// Ground that is hatched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hatch {
    /// The `id` of the SVG pattern in the container; the layer is called so as well.
    pub id: String,
    /// The ground as GeoJSON, exactly as the policy releases it.
    pub ground: Value,
}

/// Words that the map says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapWords {
    /// The name of the map for who does not see it: what is on it, and which keys move it.
    pub title: String,
    /// The button that goes closer.
    pub zoom_in: String,
    /// The button that goes farther.
    pub zoom_out: String,
    /// The button that shows the place again, written on it.
    pub back: String,
    /// What stands at the arrow to the north.
    pub north: String,
    /// Unit on the scale, say `米`.
    pub metres: String,
    /// Unit on the scale, say `公里`.
    pub kilometres: String,
    /// Shown when one finger moves over the map: the page scrolls, two fingers move the map.
    pub two_fingers: String,
    /// Shown when the wheel turns without the control key.
    pub ctrl_scroll: String,
    /// Shown on a Mac when the wheel turns without the command key.
    pub command_scroll: String,
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

/// What the bridge answers to `open`, in lines: the state, and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Answer {
    /// Reads an answer; nothing where it is none. By hand: a reader of JSON is more than all else that
    /// the page needs for its map.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (state, rest) = text.split_once('\n')?;
        match state {
            "open" => Some(Self::Open { handle: rest.parse().ok()? }),
            "failed" => {
                let (reason, detail) = rest.split_once('\n')?;
                Some(Self::Failed { reason: Reason::of(reason)?, detail: detail.to_owned() })
            }
            _ => None,
        }
    }
}

/// Why there is no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Reason {
    /// What the bridge calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoContainer => "noContainer",
            Self::NoWebgl => "noWebgl",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
        }
    }

    fn of(name: &str) -> Option<Self> {
        let all = [Self::NoContainer, Self::NoWebgl, Self::Unreachable, Self::Refused];
        all.into_iter().find(|reason| reason.name() == name)
    }
}
