//! Where a feature lies that was refused: as far as its coordinates tell, its place is not known to
//! be free of what it says (rule Z4).

use geo::{Coord, Rect};
use serde_json::Value as Json;

use crate::{feature::RawFeature, project::Crs};

/// A feature of a restriction layer that was refused.
pub(super) struct Unread {
    pub(super) number: u64,
    pub(super) id: String,
    /// A box that it lies in, degrees; `None` if it may lie anywhere.
    pub(super) place: Option<Rect<f64>>,
}

/// How far the box reaches beyond the coordinates, as a share of its longer side: straight edges of
/// a projection bow outwards in degrees by a thousandth in a hundred kilometres.
const MARGIN: f64 = 0.01;
/// The least margin, degrees: about a metre, for lines and points.
const LEAST_MARGIN: f64 = 1e-5;

/// A box that the feature lies in, degrees. `None` if a coordinate does not read: the feature may
/// reach to wherever that one is.
pub(super) fn place_of(raw: &RawFeature, crs: &Crs) -> Option<Rect<f64>> {
    let feature: Json = serde_json::from_str(raw.json.get()).ok()?;
    let mut around: Option<Rect<f64>> = None;
    let mut each = |position: Coord<f64>| {
        let Ok(at) = crs.to_degrees(position) else { return false };
        around = Some(around.map_or(Rect::new(at, at), |sum| join(sum, Rect::new(at, at))));
        true
    };
    // A bare geometry in the list of features is no feature, but it has a place.
    let known = geometry(feature.get("geometry").unwrap_or(&feature), &mut each);
    around.filter(|_| known).map(with_margin)
}

/// A box around coordinates, and as much more as what they bound may bow out of it.
pub(super) fn with_margin(around: Rect<f64>) -> Rect<f64> {
    let margin = (around.width().max(around.height()) * MARGIN).max(LEAST_MARGIN);
    let margin = Coord { x: margin, y: margin };
    Rect::new(around.min() - margin, around.max() + margin)
}

/// The box around both.
pub(super) fn join(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

/// Whether all positions of a geometry read.
fn geometry(value: &Json, each: &mut dyn FnMut(Coord<f64>) -> bool) -> bool {
    if let Some(parts) = value.get("geometries").and_then(Json::as_array) {
        return parts.iter().all(|part| geometry(part, each));
    }
    value.get("coordinates").is_some_and(|coordinates| positions(coordinates, each))
}

fn positions(value: &Json, each: &mut dyn FnMut(Coord<f64>) -> bool) -> bool {
    let Json::Array(items) = value else { return false };
    if items.iter().all(Json::is_array) {
        return items.iter().all(|item| positions(item, each));
    }
    match (items.first().and_then(Json::as_f64), items.get(1).and_then(Json::as_f64)) {
        (Some(x), Some(y)) => each(Coord { x, y }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn place(json: &str) -> Option<Rect<f64>> {
        let json = RawValue::from_string(json.to_owned()).unwrap();
        place_of(
            &RawFeature { number: 1, json, end: 0, fault: None },
            &Crs::named("EPSG:4326").unwrap(),
        )
    }

    #[test]
    fn z4_the_place_of_a_feature_is_known_as_far_as_all_its_coordinates_read() {
        for known in [
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,30],[121,31]]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Sphere","coordinates":[[120,30,7],[],[121,31]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[
                {"type":"Point","coordinates":[120,30]},{"type":"Point","coordinates":[121,31]}]}}"#,
            r#"{"type":"MultiPoint","coordinates":[[120,30],[121,31]]}"#,
        ] {
            let found = place(known).unwrap();
            let (min, max) = (found.min(), found.max());
            assert!((min.x - 119.99).abs() < 1e-9 && (max.y - 31.01).abs() < 1e-9, "{found:?}");
        }
        let point = r#"{"geometry":{"type":"Point","coordinates":[120,30]}}"#;
        assert!(place(point).unwrap().width() > 1e-5);
        for unknown in [
            r#"{"type":"Feature","geometry":null}"#,
            r#"{"type":"Feature","properties":{}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,30],[121]]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,30],["E",31]]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,30],[900,31]]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[
                {"type":"Point","coordinates":[120,30]},null]}}"#,
            "[1]",
        ] {
            assert_eq!(place(unknown), None, "{unknown}");
        }
    }
}
