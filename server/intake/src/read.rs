//! GeoJSON and GeoJSON Text Sequences (RFC 8142), one feature at a time.
//!
//! The `geojson` crate's own reader takes the first `[` of the file for the list of features, so a
//! `bbox` or a 2008 `crs` member in front of it is fatal, and it never looks at what follows the
//! list. This one reads the members in any order, checks `crs`, and knows how the file ends.

mod bytes;
mod collection;
mod crs_member;
mod error;

use std::{
    io::{BufRead, BufReader, Cursor, ErrorKind, Read},
    rc::Rc,
};

use serde::de::DeserializeSeed;

pub use self::error::ReadError;
use self::{
    bytes::{Counted, ReadPosition},
    collection::{State, Top},
};
use crate::{feature::RawFeature, format, project::Crs};

/// The largest single feature, bytes. A coastline of a million corners is about 40 MB; more is a
/// mistake or an attack, and memory is what it would cost.
pub const MAX_FEATURE_BYTES: u64 = 64 << 20;

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
    let reader = Counted::new(buffered, Rc::clone(&place));
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut state = State::new(sink, declared, &place);
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

#[cfg(test)]
mod tests;
