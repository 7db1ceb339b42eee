//! GeoJSON (RFC 7946): a Polygon, a MultiPolygon, or one Feature of either.

use geo::{Coord, LineString, Polygon};
use serde_json::Value;

use super::{
    MOST_POINTS,
    fault::OutlineFault,
    point::{Points, Written},
};

/// The parts of an outline, each with its holes, as they are written.
pub(super) fn read(json: &Value) -> Result<(Vec<Polygon<f64>>, Written), OutlineFault> {
    datum(json)?;
    let kind = json.get("type").and_then(Value::as_str).unwrap_or_default();
    let none = || OutlineFault::NoPolygon { found: kind.chars().take(40).collect() };
    match kind {
        "Feature" => match json.get("geometry") {
            Some(geometry) if geometry.is_object() && kind_of(geometry) != "Feature" => {
                read(geometry)
            }
            _ => Err(none()),
        },
        "FeatureCollection" => {
            match json.get("features").and_then(Value::as_array).map(Vec::as_slice) {
                Some([one]) if kind_of(one) == "Feature" => read(one),
                _ => Err(none()),
            }
        }
        "Polygon" | "MultiPolygon" => {
            let mut reading = Reading { points: Points::default(), count: 0 };
            let coordinates = json.get("coordinates").ok_or_else(none)?;
            let polygons = if kind == "Polygon" {
                vec![reading.polygon(coordinates)?]
            } else {
                let parts = coordinates.as_array().ok_or_else(none)?;
                parts.iter().map(|part| reading.polygon(part)).collect::<Result<_, _>>()?
            };
            Ok((polygons, reading.points.written()))
        }
        _ => Err(none()),
    }
}

fn kind_of(json: &Value) -> &str {
    json.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Older files name their coordinate system.
fn datum(json: &Value) -> Result<(), OutlineFault> {
    let Some(crs) = json.get("crs").filter(|crs| !crs.is_null()) else { return Ok(()) };
    let named = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    let known = ["CRS84", "4326", "4490", "CGCS2000"];
    if known.into_iter().any(|known| named.contains(known)) {
        return Ok(());
    }
    Err(OutlineFault::OtherDatum { named: named.chars().take(40).collect() })
}

struct Reading {
    points: Points,
    /// So many were read.
    count: usize,
}

impl Reading {
    fn polygon(&mut self, rings: &Value) -> Result<Polygon<f64>, OutlineFault> {
        let rings = rings.as_array().ok_or(OutlineFault::TooFew)?;
        let rings: Result<Vec<LineString<f64>>, _> =
            rings.iter().map(|ring| self.ring(ring)).collect();
        let mut rings = rings?.into_iter();
        let outer = rings.next().ok_or(OutlineFault::TooFew)?;
        Ok(Polygon::new(outer, rings.collect()))
    }

    fn ring(&mut self, ring: &Value) -> Result<LineString<f64>, OutlineFault> {
        let corners = ring.as_array().ok_or(OutlineFault::TooFew)?;
        let corners: Result<Vec<Coord<f64>>, _> =
            corners.iter().map(|corner| self.corner(corner)).collect();
        Ok(LineString::new(corners?))
    }

    fn corner(&mut self, corner: &Value) -> Result<Coord<f64>, OutlineFault> {
        self.count += 1;
        let line = self.count;
        if line > 2 * MOST_POINTS {
            return Err(OutlineFault::TooMany { points: line, most: MOST_POINTS });
        }
        // A height is passed over.
        let Some([first, second, ..]) = corner.as_array().map(Vec::as_slice) else {
            return Err(OutlineFault::NotAPoint { line });
        };
        let number = |value: &Value| {
            let written = || value.to_string().chars().take(40).collect();
            let number = value.as_f64().filter(|number| number.is_finite());
            number.ok_or_else(|| OutlineFault::NotANumber { line, written: written() })
        };
        self.points.next((number(first)?, number(second)?), None, line)
    }
}
