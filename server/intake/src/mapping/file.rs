//! The shape of a mapping file as TOML, before anything in it is checked. Keys that are not here
//! are refused.

use std::collections::BTreeMap;

use domain::{
    Localized,
    restriction::{LawStatus, LegalDocument, Tolerance},
    theme::ThemeId,
};
use jiff::civil::Date;
use serde::Deserialize;
use store::BaseKind;

use super::{Partner, UnusedFile};
use crate::{date::DateReading, filter::Filter};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    pub(super) dataset: DatasetFile,
    #[serde(default = "degrees")]
    pub(super) crs: String,
    pub(super) extent: Option<[f64; 4]>,
    #[serde(default)]
    pub(super) max_refused: u64,
    #[serde(default)]
    pub(super) unused: Vec<UnusedFile>,
    #[serde(default)]
    pub(super) file: Vec<toml::Table>,
}

fn degrees() -> String {
    "EPSG:4326".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetFile {
    pub(super) id: String,
    pub(super) title: Localized,
    pub(super) source: Localized,
    pub(super) map_review_number: Option<String>,
    pub(super) source_date: Date,
    pub(super) demonstration: bool,
    pub(super) policy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Common {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) crs: Option<String>,
    #[serde(default)]
    pub(super) crs_unread: UnreadCrs,
    pub(super) encoding: Option<String>,
    pub(super) table: Option<String>,
    pub(super) separator: Option<String>,
    #[serde(default)]
    pub(super) absent: Vec<String>,
    #[serde(rename = "where")]
    pub(super) filter: Option<Filter>,
    pub(super) feature_id: Option<String>,
    pub(super) max_refused: Option<u64>,
    #[serde(default)]
    pub(super) dates: DateReading,
}

pub(super) const COMMON: [&str; 12] = [
    "name",
    "role",
    "crs",
    "crs_unread",
    "encoding",
    "table",
    "separator",
    "absent",
    "where",
    "feature_id",
    "max_refused",
    "dates",
];

/// What becomes of a file whose CRS is described in a way that cannot be compared.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnreadCrs {
    #[default]
    Refuse,
    Accept,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParcelsFile {
    pub(super) code: String,
    pub(super) local_id: Option<String>,
    #[serde(default)]
    pub(super) fields: toml::Table,
    pub(super) classified: Option<Filter>,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    pub(super) predecessors: Option<String>,
    pub(super) successors: Option<String>,
    #[serde(default)]
    pub(super) without_outline: WithoutOutline,
    #[serde(default)]
    pub(super) parts: Parts,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Parts {
    #[default]
    Refuse,
    Join,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WithoutOutline {
    #[default]
    Refuse,
    Store,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitsFile {
    pub(super) code: String,
    #[serde(default)]
    pub(super) fields: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowsFile {
    pub(super) of: Partner,
    pub(super) code: String,
    pub(super) fields: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RestrictionFile {
    pub(super) layer: LayerFile,
    pub(super) label: Localized,
    pub(super) coverage: CoverageFile,
    #[serde(default)]
    pub(super) may_be_empty: bool,
    pub(super) width_m: Option<f64>,
    #[serde(default)]
    pub(super) touching: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerFile {
    pub(super) id: String,
    pub(super) theme: ThemeId,
    pub(super) title: Localized,
    pub(super) status: LawStatus,
    pub(super) office: Localized,
    pub(super) source_date: Date,
    pub(super) published_from: Option<Date>,
    pub(super) published_until: Option<Date>,
    pub(super) documents: Vec<LegalDocument>,
    pub(super) tolerance: Tolerance,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`coverage` is \"dataset\", \"extent-of-file\" or { boundary = \"FILE\" }"
)]
pub(super) enum CoverageFile {
    Named(CoverageName),
    Boundary(CoverageBoundary),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CoverageName {
    Dataset,
    ExtentOfFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverageBoundary {
    pub(super) boundary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseFile {
    pub(super) kind: KindFile,
    pub(super) label: Option<String>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`kind` is one of boundary, water, green, building, road_major, road, rail, label, \
                 or { property = \"P\", values = { \"1\" = \"road_major\" }, otherwise = \"road\" }"
)]
pub(super) enum KindFile {
    Constant(BaseKind),
    ByProperty(KindByProperty),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindByProperty {
    pub(super) property: String,
    pub(super) values: BTreeMap<String, BaseKind>,
    pub(super) otherwise: BaseKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}
