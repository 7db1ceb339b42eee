//! GeoJSON and GeoJSON Text Sequences (RFC 8142), Shapefile, GeoPackage, FlatGeobuf and rows of text, one feature at a time.
//! Whatever a file is, its features are handed on as GeoJSON.
//!
//! The `geojson` crate's own reader takes the first `[` of the file for the list of features, so a
//! `bbox` or a 2008 `crs` member in front of it is fatal, and it never looks at what follows the
//! list. This one reads the members in any order, checks `crs`, and knows how the file ends.

mod binary;
mod bytes;
mod collection;
mod crs_member;
mod error;
mod flatgeobuf;
mod geopackage;
mod rows;
mod shapefile;
mod written;

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, ErrorKind, Read},
    path::Path,
    rc::Rc,
};

use serde::de::DeserializeSeed;

pub use self::error::ReadError;
use self::{
    bytes::{Counted, ReadPosition},
    collection::{State, Top},
};
use crate::{
    encoding::Encoding,
    feature::RawFeature,
    format::{self, Format},
    mapping::FileMapping,
    project::{self, Crs, Described},
    separator::Separator,
};

/// The largest single feature, bytes. A coastline of a million corners is about 40 MB; more is a
/// mistake or an attack, and memory is what it would cost.
pub const MAX_FEATURE_BYTES: u64 = 64 << 20;

/// What stopped a reading: the file, or the one who reads.
#[derive(Debug)]
pub(crate) enum Stop<E> {
    Read(ReadError),
    Sink(E),
}

impl<E> From<ReadError> for Stop<E> {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// Characters that are shown of a description without a name.
const SHOWN: usize = 60;

/// What the mapping says of how a file is to be read.
pub(crate) struct Declared<'a> {
    /// `None` for a look at the file, without a mapping.
    pub(crate) crs: Option<&'a Crs>,
    /// Whether the file may describe its CRS in a way that cannot be compared.
    pub(crate) accepts_unread_crs: bool,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) table: Option<&'a str>,
    /// What stands between the cells of rows of text; a comma where nothing is declared.
    pub(crate) separator: Option<Separator>,
}

/// What a file says of itself.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The name of its CRS, with the EPSG code, if that is known; of well-known text where none is declared alone.
    pub(crate) crs: Option<NamedCrs>,
    pub(crate) encoding: Option<&'static str>,
    /// What the report of an import should have.
    pub(crate) remarks: Vec<String>,
}

impl<'a> Declared<'a> {
    pub(crate) fn of(entry: &'a FileMapping) -> Self {
        Self {
            crs: Some(&entry.crs),
            accepts_unread_crs: entry.accepts_unread_crs,
            encoding: entry.encoding,
            table: entry.table.as_deref(),
            separator: entry.separator,
        }
    }

    /// For a look at a file of which nothing is known.
    pub(crate) fn nothing() -> Self {
        Self { crs: None, accepts_unread_crs: false, encoding: None, table: None, separator: None }
    }

    /// Holds the EPSG code that a file says against the declared CRS, and notes it.
    fn compare_code(&self, code: i64, name: &str, said: &mut Said) -> Result<(), ReadError> {
        match self.crs {
            Some(crs) if code != i64::from(crs.code()) => Err(ReadError::OtherCrs {
                said: format!("EPSG:{code} ({name})"),
                declared: crs.name(),
            }),
            _ => {
                said.crs = Some((name.to_owned(), u16::try_from(code).ok()));
                Ok(())
            }
        }
    }

    /// Holds what a file says of its CRS, in well-known text, against the declared one, and notes it.
    fn compare(&self, wkt: Option<&str>, said: &mut Said) -> Result<(), ReadError> {
        let wkt = wkt.filter(|wkt| !wkt.trim().is_empty());
        let Some(crs) = self.crs else {
            said.crs = wkt.and_then(project::named_by);
            return Ok(());
        };
        let declared = crs.name();
        let Some(wkt) = wkt else {
            said.remarks.push(format!(
                "the file does not say its CRS; it is taken to be {declared}, as declared"
            ));
            return Ok(());
        };
        match crs.described_by(wkt) {
            Described::Same => Ok(()),
            Described::Other { name, fits } => {
                let said = fits.map_or(name.clone(), |code| format!("{name} (EPSG:{code})"));
                Err(ReadError::OtherCrs { said, declared })
            }
            Described::Unclear if !self.accepts_unread_crs => {
                let named = project::named_by(wkt).map(|(name, _)| name);
                let said = named.unwrap_or_else(|| wkt.chars().take(SHOWN).collect());
                Err(ReadError::UnreadCrs { said, declared })
            }
            Described::Unclear => {
                said.remarks.push(format!(
                    "what the file says of its CRS cannot be compared; it is taken to be {declared}, as declared"
                ));
                Ok(())
            }
        }
    }
}

/// Hands every feature of a file to `sink`, in order, whichever of the formats it has by its first
/// bytes. Returns what the file says of itself.
///
/// What the file says of its CRS and of its encoding is held against what is declared. Memory is
/// bounded by the largest feature.
pub(crate) fn each_feature_of<E>(
    path: &Path,
    declared: &Declared<'_>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<Said, Stop<E>> {
    let mut file = File::open(path).map_err(not_read)?;
    let head = head_of(&mut file)?;
    let format = format::recognise(&head);
    let misplaced = |key, format| Stop::Read(ReadError::Misplaced { key, format });
    if declared.table.is_some() && format != Some(Format::GeoPackage) {
        return Err(misplaced("table", "GeoPackages"));
    }
    // A declared separator makes rows of what has too few of them to tell.
    let is_rows = format == Some(Format::Csv) || (format.is_none() && declared.separator.is_some());
    if declared.separator.is_some() && !is_rows {
        return Err(misplaced("separator", "rows of text (CSV)"));
    }
    if declared.encoding.is_some() && format != Some(Format::Shapefile) && !is_rows {
        return Err(misplaced("encoding", "Shapefiles and rows of text (CSV)"));
    }
    let describes =
        matches!(format, Some(Format::Shapefile | Format::GeoPackage | Format::FlatGeobuf));
    if declared.accepts_unread_crs && !describes {
        return Err(misplaced("crs_unread", "Shapefiles, GeoPackages and FlatGeobuf"));
    }
    match format {
        Some(Format::Shapefile) => shapefile::each_feature(path, declared, sink),
        Some(Format::GeoPackage) => geopackage::each_feature(path, declared, sink),
        Some(Format::FlatGeobuf) => flatgeobuf::each_feature(path, declared, sink),
        _ if is_rows => rows::each_feature(Cursor::new(head).chain(file), declared, sink),
        _ => {
            let (_features, crs) = each_feature(Cursor::new(head).chain(file), declared.crs, sink)?;
            Ok(Said { crs, ..Said::default() })
        }
    }
}

/// The tables of a file, where it has any: those of a GeoPackage.
pub(crate) fn tables(path: &Path) -> Result<Option<Vec<String>>, ReadError> {
    let head = head_of(&mut File::open(path)?)?;
    let is_package = format::recognise(&head) == Some(Format::GeoPackage);
    is_package.then(|| geopackage::tables(path)).transpose()
}

/// The first bytes of a file, by which its format is known.
fn head_of(input: &mut impl Read) -> Result<Vec<u8>, ReadError> {
    let mut head = Vec::with_capacity(format::HEAD);
    input.by_ref().take(format::HEAD as u64).read_to_end(&mut head).map_err(not_read)?;
    Ok(head)
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

fn not_read(error: std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::IsADirectory => ReadError::Folder,
        _ => ReadError::Io(error),
    }
}

/// The name of a CRS, with its EPSG code.
type NamedCrs = (String, Option<u16>);

/// Hands every feature of GeoJSON to `sink`, in order, and returns how many there were, with what a
/// `crs` member names.
///
/// `declared` is the CRS that the mapping declares, if there is one; a `crs` member (GeoJSON 2008) that names
/// another one stops the reading. Memory is bounded by the largest feature.
pub(crate) fn each_feature<R: Read, E>(
    mut input: R,
    declared: Option<&Crs>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<(u64, Option<NamedCrs>), Stop<E>> {
    let head = head_of(&mut input)?;
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
    declared: Option<&Crs>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<(u64, Option<NamedCrs>), Stop<E>> {
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
            Ok(()) => return Ok((state.features, state.said)),
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
