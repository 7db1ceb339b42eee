//! Features of other formats written as GeoJSON, so that everything behind the reading is one.

use std::fmt::Write;

use serde_json::value::RawValue;

use super::{MAX_FEATURE_BYTES, ReadError};
use crate::feature::RawFeature;

/// A corner as its file has it: easting or longitude, northing or latitude, and a third number where
/// there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) third: Option<f64>,
}

/// What is wrong with a feature whose outline is damaged.
pub(super) const DAMAGED: &str =
    "has a damaged geometry: it ends before it is complete or is no geometry of its format";
/// What is wrong with a feature that has no straight edges.
pub(super) const CURVED: &str = "has curves or a body in space; export it with straight edges: ogr2ogr -nlt CONVERT_TO_LINEAR OUT.gpkg IN";
pub(super) const NOT_A_NUMBER: &str = "has a coordinate that is not a number";

/// A feature on its way to text.
pub(super) struct Written {
    text: String,
    /// The first thing that is wrong with it.
    fault: Option<String>,
    first: bool,
}

impl Written {
    /// Begins a feature, with its geometry as GeoJSON, or with the reason why it has none that reads.
    pub(super) fn with_geometry(id: Option<i64>, geometry: Result<String, String>) -> Self {
        let mut text = String::from(r#"{"type":"Feature""#);
        if let Some(id) = id {
            text.push_str(&format!(r#","id":{id}"#));
        }
        let (geometry, fault) = match geometry {
            Ok(geometry) => (geometry, None),
            Err(fault) => ("null".to_owned(), Some(fault)),
        };
        text.push_str(r#","geometry":"#);
        text.push_str(&geometry);
        text.push_str(r#","properties":{"#);
        Self { text, fault, first: true }
    }

    fn is_too_large(&self) -> bool {
        self.text.len() as u64 > MAX_FEATURE_BYTES
    }

    /// A property; `name` is quoted already, once for its file, and `value` is JSON.
    pub(super) fn property(&mut self, name: &str, value: impl std::fmt::Display) {
        // A feature of a few bytes can say a long name again and again; it is refused in the end.
        if self.is_too_large() {
            return;
        }
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{name}:{value}");
    }

    pub(super) fn fault(&mut self, reason: String) {
        self.fault.get_or_insert(reason);
    }

    /// The feature; `end` is how far its file was read, bytes.
    pub(super) fn finish(mut self, number: u64, end: u64) -> Result<RawFeature, ReadError> {
        self.text.push_str("}}");
        if self.is_too_large() {
            return Err(ReadError::TooLarge { feature: number });
        }
        let json = RawValue::from_string(self.text).map_err(std::io::Error::other)?;
        Ok(RawFeature { number, end, json, fault: self.fault })
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `[x,y]`, or with the third number. Rust writes the shortest decimals that give the same number.
pub(super) fn position(out: &mut String, corner: Corner) -> Result<(), String> {
    let Corner { x, y, third } = corner;
    if !x.is_finite() || !y.is_finite() {
        return Err(NOT_A_NUMBER.to_owned());
    }
    // Writing to a String cannot fail.
    let _ = match third.filter(|third| third.is_finite()) {
        Some(third) => write!(out, "[{x},{y},{third}]"),
        None => write!(out, "[{x},{y}]"),
    };
    Ok(())
}

/// A list of `items`, each written by `each`; one that no feature may have is not written to its end.
pub(super) fn list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T) -> Result<(), String>,
) -> Result<(), String> {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if out.len() as u64 > MAX_FEATURE_BYTES {
            break;
        }
        if at > 0 {
            out.push(',');
        }
        each(out, item)?;
    }
    out.push(']');
    Ok(())
}

/// A geometry of that type; `coordinates` writes what stands behind the colon.
pub(super) fn geometry(
    kind: &str,
    coordinates: impl FnOnce(&mut String) -> Result<(), String>,
) -> Result<String, String> {
    let mut out = format!(r#"{{"type":"{kind}","coordinates":"#);
    coordinates(&mut out)?;
    out.push('}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z9_what_is_too_large_is_not_written_to_its_end() {
        let name = quoted(&"x".repeat(1 << 20));
        let mut feature = Written::with_geometry(None, Ok("null".to_owned()));
        for _ in 0..200 {
            feature.property(&name, true);
        }
        assert!(feature.text.len() as u64 <= MAX_FEATURE_BYTES + (2 << 20));
        assert!(matches!(feature.finish(7, 0), Err(ReadError::TooLarge { feature: 7 })));
        let mut out = "x".repeat(1 << 26);
        list(&mut out, 0..1 << 20, |out, _| {
            out.push_str("[]");
            Ok(())
        })
        .unwrap();
        assert!(out.len() < (1 << 26) + 16);
    }
}
