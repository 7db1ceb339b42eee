//! A feature as it comes out of the file, before anything is decided about it.

use std::{borrow::Cow, fmt};

use geojson::GeometryValue;
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::{Map, Value as Json, value::RawValue};

use crate::number;

/// A feature cut out of a file, not yet read beyond its brackets.
#[derive(Clone, Debug)]
pub struct RawFeature {
    /// Its place in the file, from 1.
    pub number: u64,
    /// How far its file was read when it was complete, bytes.
    pub end: u64,
    /// The feature's JSON.
    pub json: Box<RawValue>,
    /// Why it is refused, where its file's own format has something that does not read.
    pub fault: Option<String>,
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
    #[serde(default, borrow)]
    id: Option<&'a RawValue>,
    #[serde(default, borrow)]
    geometry: Option<&'a RawValue>,
    #[serde(default, borrow)]
    properties: Option<Written<'a>>,
}

/// The properties, each still as text.
struct Written<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A property's name: borrowed from the file unless it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Written<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Written<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &RawValue>()? {
                    list.push((name, value));
                }
                Ok(Written(list))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Written<'_> {
    /// A name that comes twice with two values says nothing that could be relied on.
    fn read(self) -> Result<Map<String, Json>, String> {
        let mut properties = Map::new();
        for (name, raw) in self.0 {
            let value = value_of(raw)?;
            if let Some(before) = properties.get(&*name)
                && *before != value
                && (plain(before).is_none() || plain(before) != plain(&value))
            {
                return Err(format!(
                    "has the property `{name}` twice, as {before} and as {value}; keep one of them"
                ));
            }
            properties.insert(name.into_owned(), value);
        }
        Ok(properties)
    }
}

/// A value with every digit of its numbers, see [`number::exact`].
fn value_of(raw: &RawValue) -> Result<Json, String> {
    let text = raw.get();
    let wrong = |error| format!("has an unreadable property: {}", without_place(&error));
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => Ok(number::exact(text)),
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text)
            .map_err(wrong)?
            .into_iter()
            .map(value_of)
            .collect(),
        _ => serde_json::from_str(text).map_err(wrong),
    }
}

impl RawFeature {
    /// Reads the feature.
    ///
    /// # Errors
    /// The reason why it is no GeoJSON feature, for the report.
    pub fn read(&self) -> Result<Feature, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
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
            id: members.id.map(value_of).transpose()?.as_ref().and_then(plain),
            properties: members.properties.map_or_else(|| Ok(Map::new()), Written::read)?,
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

/// A property's value as the text people would write; `None` for lists and objects.
pub(crate) fn plain(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(number::as_text(number)),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> RawFeature {
        RawFeature {
            number: 4,
            end: 0,
            json: RawValue::from_string(json.to_owned()).unwrap(),
            fault: None,
        }
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

    #[test]
    fn ids_and_properties_keep_the_digits_of_the_file() {
        let feature = raw(r#"{"type":"Feature","id":12345678901234567890123,"geometry":null,
                "properties":{"a\u0062":9007199254740993.0,"list":[12345678901234567890123,1]}}"#)
        .read()
        .unwrap();
        assert_eq!(feature.id.as_deref(), Some("12345678901234567890123"));
        assert_eq!(plain(&feature.properties["ab"]).as_deref(), Some("9007199254740993"));
        let Json::Array(list) = &feature.properties["list"] else { panic!("a list") };
        assert_eq!(plain(&list[0]).as_deref(), Some("12345678901234567890123"));
    }

    #[test]
    fn a_property_that_comes_twice_must_say_the_same() {
        let with = |properties: &str| {
            raw(&format!(r#"{{"type":"Feature","geometry":null,"properties":{properties}}}"#))
                .read()
        };
        assert!(with(r#"{"a":1,"b":2,"a":1.0}"#).is_ok());
        let why = with(r#"{"a":1,"a":2}"#).unwrap_err();
        assert!(why.contains("`a` twice, as 1 and as 2"), "{why}");
        assert!(with("null").unwrap().properties.is_empty());
        assert!(with("[1]").is_err());
    }
}
