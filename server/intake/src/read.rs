//! GeoJSON and GeoJSON Text Sequences (RFC 8142), one feature at a time.
//!
//! The `geojson` crate's own reader takes the first `[` of the file for the list of features, so a
//! `bbox` or a 2008 `crs` member in front of it is fatal, and it never looks at what follows the
//! list. This one reads the members in any order, checks `crs`, and knows how the file ends.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    io::{BufRead, BufReader, Cursor, ErrorKind, Read},
    rc::Rc,
};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::{
    feature::RawFeature,
    format::{self, Format},
    project::Crs,
};

/// The largest single feature, bytes. A coastline of a million corners is about 40 MB; more is a
/// mistake or an attack, and memory is what it would cost.
pub const MAX_FEATURE_BYTES: u64 = 64 << 20;

/// Why a file does not read. Byte offsets count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is a folder.
    #[error(
        "this is a folder; if it is a file geodatabase, make GeoJSON of it: \
         ogr2ogr -f GeoJSON OUT.geojson IN.gdb LAYER"
    )]
    Folder,
    /// It is a file of another kind.
    #[error("this is not GeoJSON in UTF-8 but {format}")]
    NotGeoJson {
        /// What it is.
        format: Format,
    },
    /// Its text is not UTF-8.
    #[error("byte {byte} is not UTF-8, after {features} features: this is {format}")]
    Encoding {
        /// Where this was found.
        byte: u64,
        /// Features before it.
        features: u64,
        /// What it may be.
        format: Format,
    },
    /// It has nothing in it.
    #[error("the file is empty; expected a GeoJSON FeatureCollection or a sequence of features")]
    Empty,
    /// It ends too early.
    #[error(
        "the file is cut short at byte {byte}, after {features} complete features; get a complete copy"
    )]
    CutShort {
        /// Its length.
        byte: u64,
        /// Features before the end.
        features: u64,
    },
    /// It says of itself that it is one page of a larger answer.
    #[error(
        "the file is one page of a larger answer of a service (exceededTransferLimit, numberMatched \
         or totalFeatures say so); fetch all pages and put them together: \
         ogr2ogr -f GeoJSON OUT.geojson 'ESRIJSON:URL' for ArcGIS, or ask with a higher limit"
    )]
    PartOfMore,
    /// It is not JSON.
    #[error(
        "the file is malformed at byte {byte} (line {line}), after {features} features: {reason}"
    )]
    Malformed {
        /// Where.
        byte: u64,
        /// Where, as a line from 1.
        line: usize,
        /// Features before the mistake.
        features: u64,
        /// What is wrong.
        reason: String,
    },
    /// It is JSON, but no collection of features.
    #[error("the file is not GeoJSON features: {reason}, at byte {byte}")]
    NotFeatures {
        /// Where this was found.
        byte: u64,
        /// What it is.
        reason: String,
    },
    /// A feature is too large.
    #[error(
        "feature {feature} is larger than {} MB; cut it into several",
        MAX_FEATURE_BYTES >> 20
    )]
    TooLarge {
        /// Its number, from 1.
        feature: u64,
    },
    /// The `crs` member contradicts the mapping.
    #[error(
        "the file says its coordinates are in {said}, the mapping declares {declared}; \
         set `crs` of this file in the mapping to what the coordinates are in"
    )]
    OtherCrs {
        /// What the file says.
        said: String,
        /// What the mapping says.
        declared: String,
    },
}

/// What stopped a reading: the file, or the one who reads.
#[derive(Debug)]
pub(crate) enum Stop<E> {
    Read(ReadError),
    Sink(E),
}

/// Hands every feature of `input` to `sink`, in order, and returns how many there were.
///
/// `declared` is the CRS that the mapping declares; a `crs` member (GeoJSON 2008) that names
/// another one stops the reading. Memory is bounded by the largest feature.
pub(crate) fn each_feature<R: Read, E>(
    mut input: R,
    declared: &Crs,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<u64, Stop<E>> {
    let io = |error: std::io::Error| match error.kind() {
        ErrorKind::IsADirectory => Stop::Read(ReadError::Folder),
        _ => Stop::Read(ReadError::Io(error)),
    };
    let mut head = Vec::with_capacity(format::HEAD);
    input.by_ref().take(format::HEAD as u64).read_to_end(&mut head).map_err(io)?;
    if let Some(format) = format::recognise(&head) {
        return Err(Stop::Read(ReadError::NotGeoJson { format }));
    }
    let whole = Cursor::new(&head).chain(input);
    features(whole, declared, sink).map_err(|stop| match stop {
        Stop::Read(ReadError::NotFeatures { .. } | ReadError::Malformed { .. })
            if let Some(format) = format::recognise_json(&head) =>
        {
            Stop::Read(ReadError::NotGeoJson { format })
        }
        other => other,
    })
}

fn features<E>(
    input: impl Read,
    declared: &Crs,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<u64, Stop<E>> {
    let mut buffered = BufReader::with_capacity(1 << 18, input);
    let io = |error| Stop::Read(ReadError::Io(error));
    let mark: &[u8] = "\u{FEFF}".as_bytes();
    let marked = buffered.fill_buf().map_err(io)?.starts_with(mark);
    if marked {
        buffered.consume(mark.len());
    }
    let place = Rc::new(ReadPosition::default());
    place.byte.set(if marked { mark.len() as u64 } else { 0 });
    let reader = Counted { inner: buffered, place: Rc::clone(&place), character: Vec::new() };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut state = State { sink, declared, place: &place, features: 0, stopped: None };
    let mut collection = false;
    let mut objects = 0_u64;
    loop {
        match json.end() {
            Ok(()) if objects == 0 => return Err(Stop::Read(ReadError::Empty)),
            Ok(()) => return Ok(state.features),
            Err(error) if error.is_io() => return Err(state.failed(error)),
            Err(_more) => {}
        }
        if collection {
            return Err(Stop::Read(ReadError::NotFeatures {
                byte: place.byte.get(),
                reason: "something follows the FeatureCollection".to_owned(),
            }));
        }
        match (Top { state: &mut state }).deserialize(&mut json) {
            Ok(was_collection) if was_collection && objects > 0 => {
                return Err(Stop::Read(ReadError::NotFeatures {
                    byte: place.byte.get(),
                    reason: "a FeatureCollection stands in a sequence of features".to_owned(),
                }));
            }
            Ok(was_collection) => collection = was_collection,
            Err(error) => return Err(state.failed(error)),
        }
        objects += 1;
    }
}

/// Where the reader is.
#[derive(Debug, Default)]
struct ReadPosition {
    byte: Cell<u64>,
    /// Where the feature being read began, if one is.
    feature: Cell<Option<u64>>,
    too_large: Cell<bool>,
    /// What the text is in, once it has turned out not to be UTF-8.
    encoding: Cell<Option<Format>>,
    /// The bytes read last, for a person to find the place.
    last: RefCell<VecDeque<u8>>,
}

/// Bytes before a mistake that a message shows.
const SHOWN: usize = 24;

impl ReadPosition {
    fn passed(&self, byte: u8) {
        let mut last = self.last.borrow_mut();
        if last.len() == SHOWN {
            last.pop_front();
        }
        last.push_back(byte);
    }

    fn near(&self) -> String {
        let bytes: Vec<u8> = self.last.borrow().iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        text.replace(|c: char| c.is_control(), " ").trim_matches('\u{FFFD}').trim().to_owned()
    }
}

struct Counted<R> {
    inner: BufReader<R>,
    place: Rc<ReadPosition>,
    /// The beginning of a character of several bytes.
    character: Vec<u8>,
}

impl<R: Read> Counted<R> {
    /// Takes note of a byte that is part of a longer character, or should be.
    fn check(&mut self, byte: u8) -> std::io::Result<()> {
        self.character.push(byte);
        match std::str::from_utf8(&self.character) {
            Ok(_whole) => self.character.clear(),
            Err(error) if error.error_len().is_none() => {}
            Err(_not_utf8) => {
                self.character.clear();
                // From the beginning of the text on, so that pairs are not cut in two.
                let last = self.place.last.borrow();
                let begin = last.iter().rposition(|byte| *byte == b'"').map_or(0, |at| at + 1);
                let mut sample: Vec<u8> = last.iter().skip(begin).copied().collect();
                sample
                    .extend(self.inner.buffer().iter().take_while(|byte| **byte != b'"').take(64));
                drop(last);
                self.place.encoding.set(Some(format::of_invalid_utf8(&sample)));
                return Err(std::io::Error::other("not UTF-8"));
            }
        }
        Ok(())
    }
}

/// ASCII record separator, which starts a record of a text sequence.
const RECORD_SEPARATOR: u8 = 0x1E;

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let at = self.place.byte.get() + read as u64;
        self.place.byte.set(at);
        if self.place.feature.get().is_some_and(|start| at - start > MAX_FEATURE_BYTES) {
            self.place.too_large.set(true);
            return Err(std::io::Error::other("feature too large"));
        }
        for byte in &mut buffer[..read] {
            // To JSON a record separator is white space. Inside a string it would be illegal
            // either way, and a record that was cut short still does not parse.
            if *byte == RECORD_SEPARATOR {
                *byte = b' ';
            }
            self.place.passed(*byte);
            if !byte.is_ascii() || !self.character.is_empty() {
                self.check(*byte)?;
            }
        }
        Ok(read)
    }
}

struct State<'a, E> {
    sink: &'a mut dyn FnMut(RawFeature) -> Result<(), E>,
    declared: &'a Crs,
    place: &'a ReadPosition,
    features: u64,
    stopped: Option<Stop<E>>,
}

impl<E> State<'_, E> {
    /// Gives a feature away; `Err` when the reading must stop, with the reason in `stopped`.
    fn give(&mut self, json: Box<RawValue>) -> Result<(), ()> {
        self.features += 1;
        let end = self.place.byte.get();
        (self.sink)(RawFeature { number: self.features, end, json })
            .map_err(|error| self.stopped = Some(Stop::Sink(error)))
    }

    fn not_features(&mut self, reason: impl Into<String>) {
        self.stopped = Some(Stop::Read(ReadError::NotFeatures {
            byte: self.place.byte.get(),
            reason: reason.into(),
        }));
    }

    fn failed(&mut self, error: serde_json::Error) -> Stop<E> {
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
struct Top<'s, 'a, E> {
    state: &'s mut State<'a, E>,
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
                    if let Err(error) = agrees(&crs, state.declared) {
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

/// Whether a `crs` member (GeoJSON 2008) names the declared CRS. `null` is no statement.
fn agrees(crs: &serde_json::Value, declared: &Crs) -> Result<(), ReadError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, String)>, ReadError> {
        read_as("EPSG:4326", text)
    }

    fn read_as(crs: &str, text: impl AsRef<[u8]>) -> Result<Vec<(u64, String)>, ReadError> {
        let mut found = Vec::new();
        let crs = Crs::named(crs).unwrap();
        let read = each_feature::<_, ()>(text.as_ref(), &crs, &mut |raw| {
            found.push((raw.number, raw.json.get().to_owned()));
            Ok(())
        });
        match read {
            Ok(count) => {
                assert_eq!(count, found.len() as u64);
                Ok(found)
            }
            Err(Stop::Read(error)) => Err(error),
            Err(Stop::Sink(())) => panic!("the sink never stops"),
        }
    }

    const A: &str = r#"{"type":"Feature","geometry":null,"properties":{"a":"[1]"}}"#;
    const B: &str = r#"{"properties":{},"type":"Feature","geometry":null}"#;

    #[test]
    fn members_come_in_any_order() {
        for text in [
            format!(r#"{{"type":"FeatureCollection","features":[{A},{B}]}}"#),
            format!(r#"{{"features":[{A},{B}],"bbox":[1,2,3,4],"type":"FeatureCollection"}}"#),
            format!(
                "\u{FEFF}{{\"bbox\":[1,2],\"features\" : [ {A} ,\n {B} ],\"type\":\"FeatureCollection\"}}\n "
            ),
        ] {
            let found = read(&text).unwrap();
            assert_eq!(found, [(1, A.to_owned()), (2, B.to_owned())]);
        }
        assert!(read(r#"{"type":"FeatureCollection","features":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn text_sequences_come_with_separators_or_lines() {
        for text in
            [format!("\u{1E}{A}\n\u{1E}{B}\n"), format!("{A}\n{B}"), format!("{A}\r\n\r\n{B}\r\n")]
        {
            assert_eq!(read(&text).unwrap().len(), 2, "{text}");
        }
    }

    #[test]
    fn a_page_of_a_larger_answer_is_not_taken_for_all() {
        for more in [
            r#""exceededTransferLimit":true,"features":[FEATURE]"#,
            r#""properties":{"exceededTransferLimit":true},"features":[FEATURE]"#,
            r#""features":[FEATURE],"exceededTransferLimit":true"#,
            r#""numberMatched":500,"numberReturned":1,"features":[FEATURE]"#,
            r#""totalFeatures":2,"features":[FEATURE]"#,
        ] {
            let text = format!(r#"{{"type":"FeatureCollection",{}}}"#, more.replace("FEATURE", A));
            assert!(matches!(read(&text), Err(ReadError::PartOfMore)), "{text}");
            let whole = text.replace("true", "false").replace("500", "1").replace(":2,", ":1,");
            assert_eq!(read(&whole).unwrap().len(), 1, "{whole}");
        }
    }

    #[test]
    fn every_cut_is_an_error() {
        let whole = format!(r#"{{"features":[{A},{B}],"type":"FeatureCollection"}}"#);
        for at in 1..whole.len() {
            assert!(matches!(read(&whole[..at]), Err(ReadError::CutShort { .. })), "cut at {at}");
        }
        assert!(matches!(read(""), Err(ReadError::Empty)));
        let Err(ReadError::CutShort { byte, features }) = read(&whole[..whole.len() - 20]) else {
            panic!("cut short");
        };
        assert_eq!((byte, features), (whole.len() as u64 - 20, 2));
        let sequence = format!("\u{1E}{A}\n\u{1E}{}\n\u{1E}{B}", &A[..20]);
        assert!(matches!(read(&sequence), Err(ReadError::Malformed { features: 1, .. })));
    }

    #[test]
    fn what_is_no_collection_is_refused() {
        for text in [
            r#"{"type":"Coverage"}"#.to_owned(),
            r#"{"type":"FeatureCollection"}"#.to_owned(),
            r#"{"features":[]}"#.to_owned(),
            format!(r#"{{"type":"FeatureCollection","features":[{A}]}} {A}"#),
            format!(r#"{A}{{"type":"FeatureCollection","features":[{A}]}}"#),
            r#"{"type":"FeatureCollection","features":[],"features":[]}"#.to_owned(),
        ] {
            assert!(matches!(read(&text), Err(ReadError::NotFeatures { .. })), "{text}");
        }
        for (text, format) in [
            (r#"{"type":"Topology","objects":{}}"#, Format::TopoJson),
            (
                r#"{"geometryType":"esriGeometryPolygon","features":[{"attributes":{}}]}"#,
                Format::EsriJson,
            ),
            (r#"{"type":"Point","coordinates":[120,30]}"#, Format::BareGeometry),
            ("PK\u{3}\u{4}", Format::Zip),
        ] {
            let error = read(text).unwrap_err();
            assert!(matches!(error, ReadError::NotGeoJson { format: found } if found == format));
        }
        for text in ["not json", "[1,2]", r#"{"type":"FeatureCollection","features":{}}"#] {
            assert!(matches!(read(text), Err(ReadError::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_utf8_is_told_where_it_begins() {
        let with = |name: &[u8]| {
            let (before, after) =
                (&br#"{"type":"Feature","geometry":null,"properties":{"n":""#, br#""}}"#);
            [before.as_slice(), name, after.as_slice()].concat()
        };
        assert_eq!(read_as("EPSG:4326", with("权利人".as_bytes())).unwrap().len(), 1);
        for (name, format) in [
            (b"\xC8\xA8\xC0\xFB\xC8\xCB".as_slice(), Format::Gb18030),
            (b"caf\xE9".as_slice(), Format::OtherEncoding),
            (b"\xFF\xFF", Format::OtherEncoding),
        ] {
            let mut bytes = A.as_bytes().to_vec();
            bytes.extend(with(name));
            let error = read_as("EPSG:4326", bytes).unwrap_err();
            assert!(
                matches!(error, ReadError::Encoding { features: 1, format: f, .. } if f == format),
                "{name:?}: {error}"
            );
        }
    }

    #[test]
    fn what_programs_write_that_is_not_json_is_named() {
        for word in ["NaN", "Infinity", "-Infinity", "None", "True", "nan", "undefined"] {
            let text =
                format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{word}}}}}"#);
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains("near `") && error.contains("write null"), "{word}: {error}");
        }
    }

    #[test]
    fn a_crs_member_must_agree() {
        let with = |name: &str| {
            format!(
                r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[]}}"#
            )
        };
        for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"] {
            assert!(read(&with(name)).is_ok(), "{name}");
        }
        let error = read(&with("urn:ogc:def:crs:EPSG::2277")).unwrap_err();
        assert!(error.to_string().contains("2277") && error.to_string().contains("EPSG:4326"));
        assert!(read_as("EPSG:4528", with("http://www.opengis.net/def/crs/EPSG/0/4528")).is_ok());
        assert!(
            read(r#"{"crs":{"type":"link","properties":{"href":"x"}},"type":"FeatureCollection","features":[]}"#)
                .is_err()
        );
        assert!(read(r#"{"crs":null,"type":"FeatureCollection","features":[]}"#).is_ok());
    }
}
