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
        "this is a folder; give the files in it. If it is a file geodatabase, make GeoJSON of it: \
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
    /// A part of a Shapefile is not there.
    #[error(
        "{name} is missing beside it: a Shapefile is its .shp, .shx and .dbf together; copy all of them"
    )]
    PartMissing {
        /// The missing file.
        name: String,
    },
    /// A part of a Shapefile lies there twice, in names that differ by case.
    #[error(
        "both {first} and {second} lie beside it; take away the one that does not belong to it"
    )]
    PartTwice {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// Two columns of a table have one name.
    #[error(
        "columns {first} and {second} of its .dbf are both named `{name}` (names end after ten bytes: \
         three characters in UTF-8, five in GBK); rename one and export again, or export a GeoPackage"
    )]
    ColumnsAlike {
        /// Place of the first, from 1.
        first: usize,
        /// Place of the second, from 1.
        second: usize,
        /// The name of both.
        name: String,
    },
    /// The parts of a Shapefile do not belong together.
    #[error(
        "its .shx has {outlines} outlines and its .dbf {rows} rows, so they do not belong together; \
         export the Shapefile again"
    )]
    PartsDiffer {
        /// Outlines that the `.shx` lists.
        outlines: u64,
        /// Rows of the `.dbf`.
        rows: u64,
    },
    /// A part of the file is not what it should be.
    #[error("{part} is damaged: {reason}; get a complete copy")]
    Damaged {
        /// Which part, as the beginning of a sentence.
        part: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A text is not ASCII, and nothing says what it is.
    #[error(
        "nothing says the encoding of its texts, and row {row} has some that need it; write `encoding` \
         for this file in the mapping, e.g. encoding = \"gbk\" or encoding = \"utf-8\""
    )]
    EncodingUnsaid {
        /// The first row with such a text.
        row: u64,
    },
    /// The name of a column is not ASCII, and nothing says what it is.
    #[error(
        "nothing says the encoding of its texts, and the name of a column needs it; write `encoding` \
         for this file in the mapping, e.g. encoding = \"gbk\" or encoding = \"utf-8\""
    )]
    ColumnEncodingUnsaid,
    /// The `.cpg` names an encoding that is not known.
    #[error(
        "its .cpg says the encoding is {said}, which is not known; write `encoding` for this file in \
         the mapping, e.g. encoding = \"gbk\""
    )]
    EncodingUnknown {
        /// What it says.
        said: String,
    },
    /// The `.cpg` and the mapping name two encodings.
    #[error(
        "its .cpg says the encoding is {said}, the mapping declares {declared}; take away the one that \
         is wrong"
    )]
    EncodingDiffers {
        /// What the `.cpg` says.
        said: &'static str,
        /// What the mapping says.
        declared: &'static str,
    },
    /// The name of a column is not in the encoding of the file.
    #[error("the name of a column of its .dbf is not {encoding}; check the encoding of the file")]
    ColumnEncoding {
        /// The encoding.
        encoding: &'static str,
    },
    /// What is packed ends too early.
    #[error("the packed file ends at byte {byte}, within its part {member}; get a complete copy")]
    PackedCutShort {
        /// Its length.
        byte: u64,
        /// The member of the gzip file, from 1.
        member: u64,
    },
    /// What is packed does not unpack.
    #[error(
        "the packed file is damaged before byte {byte}, in its part {member}: {reason}; get a complete copy"
    )]
    PackedDamaged {
        /// How far it was read.
        byte: u64,
        /// The member of the gzip file, from 1.
        member: u64,
        /// What is wrong.
        reason: String,
    },
    /// What is packed has no end.
    #[error(
        "the packed file holds more than 1 GB and more than {times} times what it takes up itself; \
         unpack it and look what it is"
    )]
    PackedTooLarge {
        /// How many times its own size may come out of it.
        times: u64,
    },
    /// The disk with the folder for temporary files is nearly full.
    #[error(
        "the folder for temporary files has {free_mib} MiB free, and {reserve_mib} MiB are left to others; \
         set TMPDIR to a folder with more room"
    )]
    LittleRoom {
        /// What is free, MiB.
        free_mib: u64,
        /// What stays free, MiB.
        reserve_mib: u64,
    },
    /// Rows of text without a first one.
    #[error("the file has no first row with the names of its columns")]
    NoHeading,
    /// The first row is one column, with what may separate several.
    #[error(
        "its first row is one column, `{name}`; where semicolons or tabs separate the columns, write \
         separator = \";\" or separator = \"tab\" for this file in the mapping"
    )]
    OneColumn {
        /// The name of the column.
        name: String,
    },
    /// Two columns of rows of text have one name.
    #[error("columns {first} and {second} are both named `{name}`; rename one of them")]
    NamesAlike {
        /// Place of the first, from 1.
        first: usize,
        /// Place of the second, from 1.
        second: usize,
        /// The name of both.
        name: String,
    },
    /// Rows of text are not UTF-8, and nothing says what they are; 0 is the first row, with the names.
    #[error(
        "row {row} under the names of the columns is not UTF-8 (0 is the names), and nothing says what \
         it is; write `encoding` for this file in the mapping, e.g. encoding = \"gbk\""
    )]
    RowNotUtf8 {
        /// The row.
        row: u64,
    },
    /// The file begins with the mark of UTF-8, and the mapping names another encoding.
    #[error(
        "the file begins with the mark of UTF-8, the mapping declares {declared}; take `encoding` out of \
         the mapping, or export the file again"
    )]
    MarkDiffers {
        /// What the mapping says.
        declared: &'static str,
    },
    /// The names of the columns are not in the encoding of the file.
    #[error("the names of its columns are not {encoding}; check the encoding of the file")]
    HeadingEncoding {
        /// The encoding.
        encoding: &'static str,
    },
    /// A quotation mark is not closed, or not where its cell ends.
    #[error(
        "a quotation mark of row {row} (0 is the names) is not closed where its cell ends, so that rows \
         behind it may have become its text; double it or take it away there"
    )]
    QuoteOpen {
        /// The row, from 1 under the names.
        row: u64,
    },
    /// More columns than a spreadsheet can have.
    #[error(
        "its first row has {columns} columns, and at most {most} are read; check its separators"
    )]
    TooManyColumns {
        /// How many it has.
        columns: usize,
        /// How many are read.
        most: usize,
    },
    /// A GeoPackage has several tables, and the mapping names none.
    #[error(
        "it has several tables; write `table` for this file in the mapping, with one of {}",
        tables.join(", ")
    )]
    WhichTable {
        /// The tables.
        tables: Vec<String>,
    },
    /// A GeoPackage has no table of the name that the mapping has.
    #[error("it has no table `{name}`; its tables are {}", tables.join(", "))]
    NoSuchTable {
        /// What the mapping asks for.
        name: String,
        /// The tables.
        tables: Vec<String>,
    },
    /// A program has changed a GeoPackage and not written it back.
    #[error(
        "{name} has changes that are not in the file yet; close the program that has it open, then \
         import again"
    )]
    Unwritten {
        /// The file with the changes.
        name: String,
    },
    /// The mapping has a key for the file that files of its format have no use for.
    #[error("`{key}` is for {format}, and this is none; take it out of the mapping")]
    Misplaced {
        /// The key.
        key: &'static str,
        /// What it is for.
        format: &'static str,
    },
    /// The file describes its CRS in a way that cannot be compared with the declared one.
    #[error(
        "what the file says of its CRS, {said}, cannot be compared with {declared}, which the mapping \
         declares; set `crs` of this file to what the coordinates are in, and if that is {declared}, \
         add crs_unread = \"accept\""
    )]
    UnreadCrs {
        /// What the file says.
        said: String,
        /// What the mapping says.
        declared: String,
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

impl ReadError {
    /// That a part of the file is not what it should be; `part` as the beginning of a sentence.
    pub(super) fn damaged(part: &'static str, reason: impl Into<String>) -> Self {
        Self::Damaged { part, reason: reason.into() }
    }
}
