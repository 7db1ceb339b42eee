//! Mapping files: which property of a source is what.
//!
//! TOML, strict: a key that is not known is an error that names the file, the entry and the key.
//! Examples with every role stand in `server/intake/mappings/`.
//!
//! Here: what a mapping says once it is read. `file` is its shape as TOML, `read` the way from
//! there to here, with `check` for what concerns all entries together; `place` tells where a
//! mistake is.

mod asked;
mod check;
mod doubts;
mod entry;
mod file;
mod layers;
mod read;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use domain::{dataset::DatasetInfo, policy::Field, restriction::LayerInfo};
use serde::{Deserialize, Serialize};
use store::{BaseKind, Bounds};

use crate::{
    date::DateReading, encoding::Encoding, fields::FieldRule, filter::Filter, project::Crs,
    separator::Separator, template::Template,
};

/// How a set of files becomes a data version.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What is said of the data set.
    pub dataset: DatasetInfo,
    /// Coordinates outside this box are refused, feature by feature. Degrees.
    pub extent: Option<Bounds>,
    /// What the files are, in the order of the mapping file. One file may have several entries.
    pub files: Vec<FileMapping>,
    /// Files that are known and have no use: an import accepts them and says so, so that a whole
    /// folder can be given.
    pub unused: Vec<UnusedFile>,
}

/// A file that is known and not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnusedFile {
    /// The file's name, without folders.
    pub name: String,
    /// Why, as the end of a sentence: "its blocks have no addresses".
    pub reason: String,
}

/// What one file is.
#[derive(Clone, Debug)]
pub struct FileMapping {
    /// The file's name, without folders.
    pub name: String,
    /// What its coordinates are in.
    pub crs: Crs,
    /// Whether the file may describe its CRS in a way that cannot be compared with this one.
    pub accepts_unread_crs: bool,
    /// What the texts of a Shapefile are in, if neither its `.cpg` nor its table says it.
    pub encoding: Option<Encoding>,
    /// Which table of a GeoPackage is read; without it the only one.
    pub table: Option<String>,
    /// What stands between the cells of rows of text; without it a comma.
    pub separator: Option<Separator>,
    /// Texts that mean "nothing" in this file, e.g. `<Null>`. Blank texts always do.
    pub absent: Vec<String>,
    /// Which features are taken; all, if there is none.
    pub filter: Option<Filter>,
    /// How reports and findings name a feature; without it by its GeoJSON `id`, or by its number.
    pub feature_id: Option<Template>,
    /// More refused features than this, and nothing is published.
    pub max_refused: u64,
    /// What its features become.
    pub role: Role,
}

/// What the features of a file become.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Role {
    /// Parcels.
    Parcels(Box<ParcelsMapping>),
    /// Units on parcels; geometry is not read.
    Units(UnitsMapping),
    /// Rows of a register that say more of parcels or units; geometry is not read.
    Rows(RowsMapping),
    /// Features of a restriction layer.
    Restriction(Box<RestrictionMapping>),
    /// The base map.
    Base(BaseMapping),
    /// Nothing by itself; layers name it as the border of their coverage.
    Boundary,
}

impl Role {
    /// Its name in mapping files and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Parcels(_) => "parcels",
            Self::Units(_) => "units",
            Self::Rows(_) => "rows",
            Self::Restriction(_) => "restriction",
            Self::Base(_) => "base",
            Self::Boundary => "boundary",
        }
    }
}

/// How features become parcels.
#[derive(Clone, Debug)]
pub struct ParcelsMapping {
    /// The parcel code, 19 characters.
    pub code: Template,
    /// The source's own id.
    pub local_id: Option<Template>,
    /// Other fields.
    pub fields: Vec<(Field, FieldRule)>,
    /// Which parcels are classified; none, if there is no rule.
    pub classified: Option<Filter>,
    /// The property that holds the day a parcel came into being.
    pub valid_from: Option<String>,
    /// The property that holds the day it ended.
    pub valid_to: Option<String>,
    /// The property that lists the codes it was formed from, as a list or with commas.
    pub predecessors: Option<String>,
    /// The property that lists the codes it became.
    pub successors: Option<String>,
    /// How the days of its history read.
    pub dates: DateReading,
    /// Whether a parcel whose geometry is missing or empty is stored without an outline. It
    /// answers to its code, with no data on every theme. Otherwise it is refused.
    pub without_outline: bool,
    /// Whether features of the same code are parts of one parcel and are joined into one outline.
    /// Otherwise every feature after the first is refused.
    pub join_parts: bool,
}

/// How features become units.
#[derive(Clone, Debug)]
pub struct UnitsMapping {
    /// The unit code, 28 characters.
    pub code: Template,
    /// Other fields.
    pub fields: Vec<(Field, FieldRule)>,
}

/// How rows of a register are joined to what is drawn.
#[derive(Clone, Debug)]
pub struct RowsMapping {
    /// What they say more of.
    pub of: Partner,
    /// Its code.
    pub code: Template,
    /// What they say, by field.
    pub fields: Vec<(Field, FieldRule)>,
}

/// What rows of a register are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partner {
    /// Parcels, by codes of 19 characters.
    Parcels,
    /// Units, by codes of 28 characters.
    Units,
}

/// How features become a restriction layer. Entries whose layer has the same id feed one layer.
#[derive(Clone, Debug)]
pub struct RestrictionMapping {
    /// What is said of the layer, the same for every file that feeds it.
    pub info: LayerInfo,
    /// What its features are called.
    pub label: LabelTemplate,
    /// Where the data of this file reach.
    pub coverage: Coverage,
    /// Whether a file without features means that nothing is restricted where it reaches. Otherwise
    /// it is taken for an export that failed, and nothing is known there.
    pub may_be_empty: bool,
    /// What lines and points in the file are; without it they are refused.
    pub slender: Option<Slender>,
}

/// What lines and points of a restriction file are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slender {
    /// Ground of this width, m: the whole width of a line, the diameter of a point.
    Width(f64),
    /// Marks that concern every parcel they touch, without a figure of area.
    Touching,
}

/// A label in both languages.
#[derive(Clone, Debug)]
pub struct LabelTemplate {
    /// Chinese.
    pub zh: Template,
    /// English.
    pub en: Template,
}

/// Where the data of a layer's file reach: inside, that nothing is drawn means that nothing is
/// restricted. A parcel that lies beyond, even in part, has *no data* unless the layer concerns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Everywhere in the data set.
    Dataset,
    /// The box around the features of the file that were stored. It claims that whoever drew them
    /// looked at all of the box; where that is not so, a boundary says how far they looked. Features
    /// that were refused or left out do not widen it.
    ExtentOfFile,
    /// The areas of another file of the same import.
    Boundary(String),
}

/// How features become a base map.
#[derive(Clone, Debug)]
pub struct BaseMapping {
    /// What they are drawn as.
    pub kind: KindRule,
    /// Their name.
    pub label: Option<Template>,
}

/// What a base map feature is drawn as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindRule {
    /// All the same.
    Constant(BaseKind),
    /// By a property's text.
    ByProperty {
        /// The property.
        property: String,
        /// Text to kind.
        values: Vec<(String, BaseKind)>,
        /// For every other text, and for none.
        otherwise: BaseKind,
    },
}

/// Why a mapping is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The file cannot be read.
    #[error("the mapping {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML of the right shape.
    #[error("the mapping {file}: {source}")]
    Toml {
        /// The file.
        file: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value in it is wrong.
    #[error("the mapping {file}, {place}: {reason}")]
    Value {
        /// The file, and behind a colon the line, where it is known.
        file: String,
        /// Which part, e.g. `[[file]] 3 "zoning.geojson", key `label.en``.
        place: String,
        /// What is wrong and what would do.
        reason: String,
    },
}
