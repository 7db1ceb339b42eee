//! Why a file does not read.

use super::MAX_FEATURE_BYTES;
use crate::format::Format;

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
