//! Invented land as departments hand it in: GeoJSON (RFC 7946), degrees. Parts are texts, so that a
//! test can put in what is no GeoJSON.

use std::fmt::Display;

/// A polygon of one ring, which closes as it is written.
#[must_use]
pub fn polygon(ring: &[[f64; 2]]) -> String {
    format!(r#"{{"type":"Polygon","coordinates":[{ring:?}]}}"#)
}

/// A rectangle from its south-western corner.
#[must_use]
pub fn rectangle(west: f64, south: f64, width: f64, height: f64) -> String {
    let (east, north) = (west + width, south + height);
    polygon(&[[west, south], [east, south], [east, north], [west, north], [west, south]])
}

/// A square from its south-western corner.
#[must_use]
pub fn square(west: f64, south: f64, side: f64) -> String {
    rectangle(west, south, side, side)
}

/// A feature of these properties; `null` is a geometry too.
#[must_use]
pub fn feature(properties: impl Display, geometry: impl Display) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
}

/// A file of these features.
#[must_use]
pub fn collection(features: impl IntoIterator<Item = impl Display>) -> String {
    let features: Vec<String> = features.into_iter().map(|one| one.to_string()).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}
