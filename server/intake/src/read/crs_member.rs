//! The `crs` member of GeoJSON 2008.

use super::ReadError;
use crate::project::Crs;

/// Whether a `crs` member (GeoJSON 2008) names the declared CRS. `null` is no statement.
pub(super) fn agrees(crs: &serde_json::Value, declared: &Crs) -> Result<(), ReadError> {
    if crs.is_null() {
        return Ok(());
    }
    let said = crs.pointer("/properties/name").and_then(serde_json::Value::as_str);
    match said.map(epsg_of) {
        Some(Some(code)) if code == declared.code() => Ok(()),
        _ => Err(ReadError::OtherCrs {
            said: said.map_or_else(|| crs.to_string(), str::to_owned),
            declared: declared.name(),
        }),
    }
}

/// The name of the CRS, with its EPSG code, if a `crs` member has one.
pub(super) fn named_by(crs: &serde_json::Value) -> Option<(String, Option<u16>)> {
    let name = crs.pointer("/properties/name").and_then(serde_json::Value::as_str)?;
    Some((name.to_owned(), epsg_of(name)))
}

/// The EPSG code of a CRS name as GIS programs write it; CRS 84 is WGS 84 with longitude first,
/// which GeoJSON's EPSG:4326 is too.
fn epsg_of(name: &str) -> Option<u16> {
    let upper = name.trim().to_ascii_uppercase();
    if upper.ends_with("CRS84") {
        return Some(4326);
    }
    if !upper.contains("EPSG") {
        return None;
    }
    upper.rsplit([':', '/', '#']).next()?.parse().ok()
}
