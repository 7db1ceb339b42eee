//! A feature as it comes out of the file, before anything is decided about it.

use geojson::GeometryValue;
use serde::Deserialize;
use serde_json::{Map, Value as Json, value::RawValue};

use crate::template::scalar_text;

/// A feature cut out of a file, not yet read beyond its brackets.
#[derive(Clone, Debug)]
pub struct RawFeature {
    /// Its place in the file, from 1.
    pub number: u64,
    /// The feature's JSON.
    pub json: Box<RawValue>,
}

/// A feature read.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its place in the file, from 1.
    pub number: u64,
    /// Its GeoJSON `id`, as text.
    pub id: Option<String>,
    /// Its properties.
    pub properties: Map<String, Json>,
    /// Its geometry in the file's own CRS; `None` when it is null or absent.
    pub geometry: Option<GeometryValue>,
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<Json>,
    #[serde(default, borrow)]
    geometry: Option<&'a RawValue>,
    #[serde(default)]
    properties: Option<Map<String, Json>>,
}

impl RawFeature {
    /// Reads the feature.
    ///
    /// # Errors
    /// The reason why it is no GeoJSON feature, for the report.
    pub fn read(&self) -> Result<Feature, String> {
        let members: Members<'_> = serde_json::from_str(self.json.get())
            .map_err(|error| format!("is no GeoJSON feature: {}", without_place(&error)))?;
        if members.kind != "Feature" {
            return Err(format!("is a `{}`, not a `Feature`", members.kind));
        }
        let geometry = match members.geometry {
            Some(raw) if raw.get() != "null" => Some(
                serde_json::from_str::<geojson::Geometry>(raw.get())
                    .map_err(|error| {
                        format!("has no readable geometry: {}", without_place(&error))
                    })?
                    .value,
            ),
            _ => None,
        };
        Ok(Feature {
            number: self.number,
            id: members.id.as_ref().and_then(scalar_text),
            properties: members.properties.unwrap_or_default(),
            geometry,
        })
    }
}

/// The message without line and column, which count from the feature's own start and would
/// mislead.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

/// A feature's properties as a mapping sees them: blanks and the source's own words for "nothing"
/// are absent.
#[derive(Clone, Copy, Debug)]
pub struct Properties<'a> {
    map: &'a Map<String, Json>,
    id: Option<&'a str>,
    number: u64,
    absent: &'a [String],
}

impl<'a> Properties<'a> {
    /// The properties of a feature; `absent` are texts that mean "nothing" in this file.
    #[must_use]
    pub fn new(
        map: &'a Map<String, Json>,
        id: Option<&'a str>,
        number: u64,
        absent: &'a [String],
    ) -> Self {
        Self { map, id, number, absent }
    }

    /// The properties of `feature`.
    #[must_use]
    pub fn of(feature: &'a Feature, absent: &'a [String]) -> Self {
        Self::new(&feature.properties, feature.id.as_deref(), feature.number, absent)
    }

    /// A property that is there and says something.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        let value = self.map.get(name)?;
        match value {
            Json::Null => None,
            Json::String(text) => {
                let text = text.trim();
                (!text.is_empty() && !self.absent.iter().any(|word| word == text)).then_some(value)
            }
            other => Some(other),
        }
    }

    /// The GeoJSON `id`.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The feature's place in the file, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// A property's value as text; `None` for lists and objects.
pub(crate) fn plain(value: &Json) -> Option<String> {
    scalar_text(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> RawFeature {
        RawFeature { number: 4, json: RawValue::from_string(json.to_owned()).unwrap() }
    }

    #[test]
    fn a_feature_reads() {
        let feature = raw(
            r#"{"geometry":{"coordinates":[1,2,3],"type":"Point"},"id":7,"type":"Feature","properties":{"a":1}}"#,
        )
        .read()
        .unwrap();
        assert_eq!(feature.id.as_deref(), Some("7"));
        assert_eq!(feature.geometry.unwrap().type_name(), "Point");
    }

    #[test]
    fn what_is_wrong_with_a_feature_is_said() {
        for (json, word) in [
            (r#"{"type":"Polygon","coordinates":[]}"#, "Polygon"),
            (
                r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[["x",1]]]}}"#,
                "geometry",
            ),
            (r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1]}}"#, "geometry"),
            ("[1]", "feature"),
        ] {
            let why = raw(json).read().unwrap_err();
            assert!(why.contains(word) && !why.contains(" at line "), "{why}");
        }
        assert_eq!(raw(r#"{"type":"Feature","geometry":null}"#).read().unwrap().geometry, None);
    }
}
