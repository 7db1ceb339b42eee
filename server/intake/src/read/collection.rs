//! The members of a collection, and of a feature that stands alone, in any order.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    ReadError, Stop,
    bytes::ReadPosition,
    crs_member::{agrees, named_by},
};
use crate::{feature::RawFeature, project::Crs};

pub(super) struct State<'a, E> {
    sink: &'a mut dyn FnMut(RawFeature) -> Result<(), E>,
    declared: Option<&'a Crs>,
    /// What a `crs` member names.
    pub(super) said: Option<(String, Option<u16>)>,
    place: &'a ReadPosition,
    pub(super) features: u64,
    stopped: Option<Stop<E>>,
}

impl<'a, E> State<'a, E> {
    pub(super) fn new(
        sink: &'a mut dyn FnMut(RawFeature) -> Result<(), E>,
        declared: Option<&'a Crs>,
        place: &'a ReadPosition,
    ) -> Self {
        Self { sink, declared, said: None, place, features: 0, stopped: None }
    }

    /// Gives a feature away; `Err` when the reading must stop, with the reason in `stopped`.
    fn give(&mut self, json: Box<RawValue>) -> Result<(), ()> {
        self.features += 1;
        let end = self.place.byte.get();
        (self.sink)(RawFeature { number: self.features, end, json, fault: None })
            .map_err(|error| self.stopped = Some(Stop::Sink(error)))
    }

    fn not_features(&mut self, reason: impl Into<String>) {
        self.stopped = Some(Stop::Read(ReadError::NotFeatures {
            byte: self.place.byte.get(),
            reason: reason.into(),
        }));
    }

    pub(super) fn failed(&mut self, error: serde_json::Error) -> Stop<E> {
        if let Some(stop) = self.stopped.take() {
            return stop;
        }
        let (byte, features, line) = (self.place.byte.get(), self.features, error.line());
        Stop::Read(if self.place.too_large.get() {
            ReadError::TooLarge { feature: features + 1 }
        } else if let Some(format) = self.place.encoding.get() {
            ReadError::Encoding { byte, features, format }
        } else if error.is_eof() {
            ReadError::CutShort { byte, features }
        } else if error.is_io() {
            ReadError::Io(error.into())
        } else {
            let reason = error.to_string();
            let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(text, _)| text);
            let near = self.place.near();
            // Where Python and JavaScript write what JSON has not.
            let hint = match near.chars().last() {
                Some('N' | 'I' | 'T' | 'F' | 'n' | 'u') if reason.starts_with("expected") => {
                    "; NaN, Infinity, None, True and False are not JSON: write null, true or false"
                }
                _ if near.ends_with("-I") || near.ends_with("-In") => {
                    "; Infinity is not JSON: write null"
                }
                _ => "",
            };
            let reason = format!("{reason} near `{near}`{hint}");
            ReadError::Malformed { byte, line, features, reason }
        })
    }
}

/// An object at the top of the file; gives `true` for a FeatureCollection.
pub(super) struct Top<'s, 'a, E> {
    pub(super) state: &'s mut State<'a, E>,
}

impl<'de, E> DeserializeSeed<'de> for Top<'_, '_, E> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

const STOPPED: &str = "stopped";

impl<'de, E> Visitor<'de> for Top<'_, '_, E> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        use serde::de::Error;
        let state = self.state;
        let start = state.place.byte.get();
        let mut kind: Option<String> = None;
        let mut listed = false;
        let mut matched: Option<u64> = None;
        // Members of a single feature, kept as text until `type` has said that it is one.
        let mut parts: [(&str, Option<Box<RawValue>>); 3] =
            [("id", None), ("geometry", None), ("properties", None)];
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = Some(map.next_value()?),
                "crs" => {
                    let crs: serde_json::Value = map.next_value()?;
                    state.said = named_by(&crs);
                    if let Some(declared) = state.declared
                        && let Err(error) = agrees(&crs, declared)
                    {
                        state.stopped = Some(Stop::Read(error));
                        return Err(A::Error::custom(STOPPED));
                    }
                }
                "features" if listed => {
                    state.not_features("`features` is there twice");
                    return Err(A::Error::custom(STOPPED));
                }
                "features" => {
                    listed = true;
                    map.next_value_seed(List { state: &mut *state })?;
                }
                // How services say that there is more than they gave.
                "exceededTransferLimit" => {
                    if map.next_value::<serde_json::Value>()? == serde_json::Value::Bool(true) {
                        state.stopped = Some(Stop::Read(ReadError::PartOfMore));
                        return Err(A::Error::custom(STOPPED));
                    }
                }
                "numberMatched" | "totalFeatures" => {
                    matched = map.next_value::<serde_json::Value>()?.as_u64();
                }
                name => match parts.iter_mut().find(|(part, _)| *part == name) {
                    Some((_, slot)) => {
                        state.place.feature.set(Some(start));
                        *slot = Some(map.next_value()?);
                        state.place.feature.set(None);
                    }
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        match (kind.as_deref(), listed) {
            (Some("FeatureCollection"), true) => {
                let told = parts.iter().find(|(name, _)| *name == "properties");
                let exceeded = told.and_then(|(_, told)| told.as_ref()).is_some_and(|told| {
                    serde_json::from_str::<serde_json::Value>(told.get())
                        .is_ok_and(|told| told["exceededTransferLimit"] == true)
                });
                if exceeded || matched.is_some_and(|matched| matched > state.features) {
                    state.stopped = Some(Stop::Read(ReadError::PartOfMore));
                    return Err(A::Error::custom(STOPPED));
                }
                return Ok(true);
            }
            (Some("FeatureCollection"), false) => {
                state.not_features("the FeatureCollection has no `features`");
            }
            (Some("Feature"), false) => {
                let mut text = String::from(r#"{"type":"Feature""#);
                for (name, part) in parts.iter().filter_map(|(n, p)| p.as_ref().map(|p| (n, p))) {
                    text.push_str(&format!(r#","{name}":{}"#, part.get()));
                }
                text.push('}');
                let raw = RawValue::from_string(text).map_err(A::Error::custom)?;
                return match state.give(raw) {
                    Ok(()) => Ok(false),
                    Err(()) => Err(A::Error::custom(STOPPED)),
                };
            }
            (Some(other), _) => state.not_features(format!("it is a `{other}`")),
            (None, _) => state.not_features("it has no `type`"),
        }
        Err(A::Error::custom(STOPPED))
    }
}

struct List<'s, 'a, E> {
    state: &'s mut State<'a, E>,
}

impl<'de, E> DeserializeSeed<'de> for List<'_, '_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, E> Visitor<'de> for List<'_, '_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        use serde::de::Error;
        loop {
            self.state.place.feature.set(Some(self.state.place.byte.get()));
            let Some(json) = seq.next_element::<Box<RawValue>>()? else { break };
            if self.state.give(json).is_err() {
                return Err(A::Error::custom(STOPPED));
            }
        }
        self.state.place.feature.set(None);
        Ok(())
    }
}
