//! The base map: what is drawn around a place, no finer than the policy lets it be.

mod coarse;
mod near;

use geo::Geometry;
use serde::{Deserialize, Serialize};

pub(crate) use self::near::thinned_area;
pub use self::{
    coarse::{CoarseMap, coarsen},
    near::near,
};

/// A box in degrees, CGCS2000/WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Western edge, longitude.
    pub west: f64,
    /// Southern edge, latitude.
    pub south: f64,
    /// Eastern edge, longitude.
    pub east: f64,
    /// Northern edge, latitude.
    pub north: f64,
}

/// What a base map feature is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseKind {
    /// Administrative boundary.
    Boundary,
    /// Water.
    Water,
    /// Park or other green.
    Green,
    /// Building; on a coarse map built-up land.
    Building,
    /// Main road.
    RoadMajor,
    /// Other road.
    Road,
    /// Railway.
    Rail,
    /// A place name alone.
    Label,
}

/// A feature of the base map.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseFeature {
    /// What it is drawn as.
    pub kind: BaseKind,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Degrees.
    pub geometry: Geometry<f64>,
}
