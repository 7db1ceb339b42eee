//! Mapping files: which property of a source is what.
//!
//! TOML, strict: a key that is not known is an error that names the file, the entry and the key.
//! Examples with every role stand in `server/intake/mappings/`.

use std::path::{Path, PathBuf};

use domain::{
    Localized,
    dataset::DatasetInfo,
    policy::Field,
    restriction::{LawStatus, LayerInfo, LegalDocument, Tolerance},
    theme::{ThemeId, theme, themes},
};
use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use store::{BaseKind, Bounds};

use crate::{
    fields::{FieldRule, FieldRuleFile},
    filter::Filter,
    project::Crs,
    template::{Template, TemplateError},
};

/// How a set of files becomes a data version.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What is said of the data set.
    pub dataset: DatasetInfo,
    /// Coordinates outside this box are refused, feature by feature. Degrees.
    pub extent: Option<Bounds>,
    /// More refused features than this, and nothing is published.
    pub max_refused: u64,
    /// What the files are, in the order of the mapping file. One file may have several entries.
    pub files: Vec<FileMapping>,
}

/// What one file is.
#[derive(Clone, Debug)]
pub struct FileMapping {
    /// The file's name, without folders.
    pub name: String,
    /// What its coordinates are in.
    pub crs: Crs,
    /// Texts that mean "nothing" in this file, e.g. `<Null>`. Blank texts always do.
    pub absent: Vec<String>,
    /// Which features are taken; all, if there is none.
    pub filter: Option<Filter>,
    /// How reports and findings name a feature; without it by its GeoJSON `id`, or by its number.
    pub feature_id: Option<Template>,
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
    /// Whether a parcel whose geometry is missing or empty is stored without an outline. It
    /// answers to its code, with no data on every theme. Otherwise it is refused.
    pub without_outline: bool,
}

/// How features become units.
#[derive(Clone, Debug)]
pub struct UnitsMapping {
    /// The unit code, 28 characters.
    pub code: Template,
    /// Other fields.
    pub fields: Vec<(Field, FieldRule)>,
}

/// How features become a restriction layer.
#[derive(Clone, Debug)]
pub struct RestrictionMapping {
    /// What is said of the layer.
    pub info: LayerInfo,
    /// What its features are called.
    pub label: LabelTemplate,
    /// Where its data reach.
    pub coverage: Coverage,
}

/// A label in both languages.
#[derive(Clone, Debug)]
pub struct LabelTemplate {
    /// Chinese.
    pub zh: Template,
    /// English.
    pub en: Template,
}

/// Where the data of a layer reach. A parcel beyond has *no data*, not *not concerned*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Everywhere in the data set.
    Dataset,
    /// The box around the layer's own features.
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
        /// The file.
        file: String,
        /// Which part, e.g. `[[file]] 3 "zoning.geojson", key `label.en``.
        place: String,
        /// What is wrong and what would do.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    dataset: DatasetFile,
    #[serde(default = "degrees")]
    crs: String,
    extent: Option<[f64; 4]>,
    #[serde(default)]
    max_refused: u64,
    #[serde(default)]
    file: Vec<toml::Table>,
}

fn degrees() -> String {
    "EPSG:4326".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatasetFile {
    id: String,
    title: Localized,
    source: Localized,
    map_review_number: Option<String>,
    source_date: Date,
    demonstration: bool,
    policy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    name: String,
    role: String,
    crs: Option<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(rename = "where")]
    filter: Option<Filter>,
    feature_id: Option<String>,
}

const COMMON: [&str; 6] = ["name", "role", "crs", "absent", "where", "feature_id"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParcelsFile {
    code: String,
    local_id: Option<String>,
    #[serde(default)]
    fields: toml::Table,
    classified: Option<Filter>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    predecessors: Option<String>,
    successors: Option<String>,
    #[serde(default)]
    without_outline: WithoutOutline,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WithoutOutline {
    #[default]
    Refuse,
    Store,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitsFile {
    code: String,
    #[serde(default)]
    fields: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RestrictionFile {
    layer: LayerFile,
    label: Localized,
    coverage: CoverageFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerFile {
    id: String,
    theme: ThemeId,
    title: Localized,
    status: LawStatus,
    office: Localized,
    source_date: Date,
    published_from: Option<Date>,
    published_until: Option<Date>,
    documents: Vec<LegalDocument>,
    tolerance: Tolerance,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`coverage` is \"dataset\", \"extent-of-file\" or { boundary = \"FILE\" }"
)]
enum CoverageFile {
    Named(CoverageName),
    Boundary(CoverageBoundary),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CoverageName {
    Dataset,
    ExtentOfFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CoverageBoundary {
    boundary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseFile {
    kind: KindFile,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`kind` is one of boundary, water, green, building, road_major, road, rail, label, \
                 or { property = \"P\", values = { \"1\" = \"road_major\" }, otherwise = \"road\" }"
)]
enum KindFile {
    Constant(BaseKind),
    ByProperty(KindByProperty),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindByProperty {
    property: String,
    values: std::collections::BTreeMap<String, BaseKind>,
    otherwise: BaseKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Fields that are found by computation and cannot be mapped, with what to do instead.
const COMPUTED: [(Field, &str); 9] = [
    (Field::ParcelCode, "it is the key `code`"),
    (Field::UnitCode, "it is the key `code` of a file with the role \"units\""),
    (Field::LocalId, "it is the key `local_id`"),
    (Field::DivisionNames, "it follows from the code"),
    (Field::Outline, "it is the geometry"),
    (Field::BoundaryPoints, "it follows from the geometry"),
    (Field::Centroid, "it follows from the geometry"),
    (Field::Restrictions, "it follows from the restriction layers"),
    (Field::RestrictionVectors, "it follows from the restriction layers"),
];

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`MappingError`], which says what to change.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| MappingError::File { path: path.to_owned(), source })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a mapping; `file` is what errors call it.
    ///
    /// # Errors
    /// [`MappingError`], which says what to change.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        let raw: MappingFile = toml::from_str(text).map_err(|source| MappingError::Toml {
            file: file.to_owned(),
            source: Box::new(source),
        })?;
        let here = |place: &str| Place { file: file.to_owned(), place: place.to_owned() };
        let dataset = here("[dataset]");
        if !is_stable_name(&raw.dataset.id) {
            return Err(dataset.key("id").wrong("use a-z, 0-9 and hyphens only"));
        }
        let extent = match raw.extent {
            None => None,
            Some([west, south, east, north])
                if west < east
                    && south < north
                    && west >= -180.0
                    && east <= 180.0
                    && south >= -90.0
                    && north <= 90.0 =>
            {
                Some(Bounds { west, south, east, north })
            }
            Some(_) => {
                return Err(here("the top")
                    .key("extent")
                    .wrong("write [west, south, east, north] in degrees, longitude first"));
            }
        };
        let default_crs = &raw.crs;
        Crs::named(default_crs).map_err(|error| here("the top").key("crs").wrong(error))?;
        let files = raw
            .file
            .into_iter()
            .enumerate()
            .map(|(at, table)| file_mapping(file, at + 1, table, default_crs))
            .collect::<Result<Vec<_>, _>>()?;
        check_names(file, &files)?;
        Ok(Self {
            dataset: DatasetInfo {
                id: raw.dataset.id,
                title: raw.dataset.title,
                source: raw.dataset.source,
                map_review_number: raw.dataset.map_review_number,
                source_date: raw.dataset.source_date,
                demonstration: raw.dataset.demonstration,
                policy: raw.dataset.policy,
            },
            extent,
            max_refused: raw.max_refused,
            files,
        })
    }
}

fn is_stable_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Where in a mapping something stands, for errors.
#[derive(Clone)]
struct Place {
    file: String,
    place: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        Self { file: self.file.clone(), place: format!("{}, key `{key}`", self.place) }
    }

    fn wrong(self, reason: impl std::fmt::Display) -> MappingError {
        MappingError::Value { file: self.file, place: self.place, reason: reason.to_string() }
    }

    fn read<T: DeserializeOwned>(&self, table: toml::Table) -> Result<T, MappingError> {
        // The table is out of the file's context, so the library's message has no line; it does
        // name the key.
        T::deserialize(table).map_err(|error| self.clone().wrong(error.message()))
    }

    fn template(&self, key: &str, text: &str) -> Result<Template, MappingError> {
        Template::parse(text).map_err(|error: TemplateError| self.key(key).wrong(error))
    }
}

fn file_mapping(
    file: &str,
    number: usize,
    mut table: toml::Table,
    default_crs: &str,
) -> Result<FileMapping, MappingError> {
    let name = table.get("name").and_then(toml::Value::as_str).unwrap_or("without a name");
    let place = Place { file: file.to_owned(), place: format!("[[file]] {number} \"{name}\"") };
    let mut common = toml::Table::new();
    for key in COMMON {
        if let Some(value) = table.remove(key) {
            common.insert(key.to_owned(), value);
        }
    }
    let common: Common = place.read(common)?;
    if common.name.is_empty() || common.name.contains(['/', '\\']) {
        return Err(place.key("name").wrong("write the file's name without folders"));
    }
    let role = match common.role.as_str() {
        "parcels" => parcels(&place, place.read(table)?)?,
        "units" => {
            let raw: UnitsFile = place.read(table)?;
            Role::Units(UnitsMapping {
                code: place.template("code", &raw.code)?,
                fields: fields(&place, raw.fields)?,
            })
        }
        "restriction" => restriction(&place, place.read(table)?)?,
        "base" => {
            let raw: BaseFile = place.read(table)?;
            Role::Base(BaseMapping {
                kind: match raw.kind {
                    KindFile::Constant(kind) => KindRule::Constant(kind),
                    KindFile::ByProperty(by) => KindRule::ByProperty {
                        property: by.property,
                        values: by.values.into_iter().collect(),
                        otherwise: by.otherwise,
                    },
                },
                label: raw.label.map(|text| place.template("label", &text)).transpose()?,
            })
        }
        "boundary" => {
            place.read::<Nothing>(table)?;
            Role::Boundary
        }
        other => {
            return Err(place.key("role").wrong(format_args!(
                "`{other}` is unknown; use parcels, units, restriction, base or boundary"
            )));
        }
    };
    let crs = Crs::named(common.crs.as_deref().unwrap_or(default_crs))
        .map_err(|error| place.key("crs").wrong(error))?;
    Ok(FileMapping {
        crs,
        absent: common.absent,
        filter: common.filter,
        feature_id: common
            .feature_id
            .map(|text| place.template("feature_id", &text))
            .transpose()?,
        role,
        name: common.name,
    })
}

fn parcels(place: &Place, raw: ParcelsFile) -> Result<Role, MappingError> {
    Ok(Role::Parcels(Box::new(ParcelsMapping {
        code: place.template("code", &raw.code)?,
        local_id: raw.local_id.map(|text| place.template("local_id", &text)).transpose()?,
        fields: fields(place, raw.fields)?,
        classified: raw.classified,
        valid_from: raw.valid_from,
        valid_to: raw.valid_to,
        predecessors: raw.predecessors,
        successors: raw.successors,
        without_outline: raw.without_outline == WithoutOutline::Store,
    })))
}

fn restriction(place: &Place, raw: RestrictionFile) -> Result<Role, MappingError> {
    let layer = raw.layer;
    if !is_stable_name(&layer.id) {
        return Err(place.key("layer.id").wrong("use a-z, 0-9 and hyphens only"));
    }
    if theme(&layer.theme).is_none() {
        let known: Vec<&str> = themes().iter().map(|theme| theme.id.0.as_str()).collect();
        return Err(place.key("layer.theme").wrong(format_args!(
            "`{}` is unknown; the themes are {}",
            layer.theme.0,
            known.join(", ")
        )));
    }
    let Tolerance { min_area_m2, min_share } = layer.tolerance;
    if !(min_area_m2 >= 0.0 && (0.0..=1.0).contains(&min_share)) {
        return Err(place
            .key("layer.tolerance")
            .wrong("min_area_m2 is 0 or more, min_share is between 0 and 1"));
    }
    Ok(Role::Restriction(Box::new(RestrictionMapping {
        label: LabelTemplate {
            zh: place.template("label.zh", &raw.label.zh)?,
            en: place.template("label.en", &raw.label.en)?,
        },
        coverage: match raw.coverage {
            CoverageFile::Named(CoverageName::Dataset) => Coverage::Dataset,
            CoverageFile::Named(CoverageName::ExtentOfFile) => Coverage::ExtentOfFile,
            CoverageFile::Boundary(of) => Coverage::Boundary(of.boundary),
        },
        info: LayerInfo {
            id: layer.id,
            theme: layer.theme,
            title: layer.title,
            status: layer.status,
            office: layer.office,
            source_date: layer.source_date,
            published_from: layer.published_from,
            published_until: layer.published_until,
            documents: layer.documents,
            tolerance: layer.tolerance,
        },
    })))
}

fn fields(place: &Place, table: toml::Table) -> Result<Vec<(Field, FieldRule)>, MappingError> {
    table
        .into_iter()
        .map(|(name, value)| {
            let place = place.key(&format!("fields.{name}"));
            let Some(field) = Field::from_name(&name) else {
                let known: Vec<&str> = Field::ALL
                    .iter()
                    .filter(|field| COMPUTED.iter().all(|(computed, _)| computed != *field))
                    .map(|field| field.name())
                    .collect();
                return Err(
                    place.wrong(format_args!("no such field; the fields are {}", known.join(", ")))
                );
            };
            if let Some((_, instead)) = COMPUTED.iter().find(|(computed, _)| *computed == field) {
                return Err(place.wrong(format_args!("it cannot be mapped: {instead}")));
            }
            let toml::Value::Table(table) = value else {
                return Err(place.wrong("write a table, e.g. { property = \"NAME\" }"));
            };
            let raw: FieldRuleFile = place.read(table)?;
            let rule = FieldRule::try_from(raw).map_err(|reason| place.wrong(reason))?;
            Ok((field, rule))
        })
        .collect()
}

fn check_names(file: &str, files: &[FileMapping]) -> Result<(), MappingError> {
    let place = |entry: &FileMapping| Place {
        file: file.to_owned(),
        place: format!("[[file]] \"{}\"", entry.name),
    };
    if !files.iter().any(|entry| matches!(entry.role, Role::Parcels(_))) {
        return Err(Place { file: file.to_owned(), place: "[[file]]".to_owned() }
            .wrong("no file has the role \"parcels\""));
    }
    let mut layers: Vec<&str> = Vec::new();
    for entry in files {
        let Role::Restriction(layer) = &entry.role else { continue };
        if layers.contains(&layer.info.id.as_str()) {
            return Err(place(entry)
                .key("layer.id")
                .wrong(format_args!("`{}` is the id of another layer", layer.info.id)));
        }
        layers.push(&layer.info.id);
        if let Coverage::Boundary(boundary) = &layer.coverage
            && !files.iter().any(|other| &other.name == boundary)
        {
            return Err(place(entry).key("coverage.boundary").wrong(format_args!(
                "`{boundary}` has no [[file]] of its own; give it one, with role = \"boundary\" \
                 if it is nothing else"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"
        [dataset]
        id = "trial"
        title = { zh = "试", en = "Trial" }
        source = { zh = "试", en = "Trial" }
        source_date = "2024-01-01"
        demonstration = true
        policy = "open-cadastre"
    "#;

    fn parse(rest: &str) -> Result<Mapping, MappingError> {
        Mapping::parse("trial.toml", &format!("{}\n{HEAD}\n{rest}", ""))
    }

    fn error(rest: &str) -> String {
        parse(rest).unwrap_err().to_string()
    }

    const PARCELS: &str = "[[file]]\nname = \"p.geojson\"\nrole = \"parcels\"\ncode = \"{ZDDM}\"\n";

    #[test]
    fn the_shortest_mapping_reads() {
        let mapping = parse(PARCELS).unwrap();
        assert_eq!(mapping.files[0].crs.name(), "EPSG:4326");
        assert_eq!(mapping.max_refused, 0);
    }

    #[test]
    fn the_mappings_of_the_project_read() {
        for name in ["cambridge", "etalab"] {
            let path =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings").join(format!("{name}.toml"));
            let mapping = Mapping::load(&path).unwrap();
            assert_eq!(mapping.dataset.id, name);
        }
    }

    #[test]
    fn mistakes_name_file_entry_and_key() {
        for (rest, words) in [
            ("", vec!["trial.toml", "parcels"]),
            ("[[file]]\nrole = \"parcels\"", vec!["[[file]] 1", "name"]),
            ("[[file]]\nname = \"a\"\nrole = \"x\"", vec!["\"a\"", "role", "restriction"]),
            (
                "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z}\"\nlocalid = \"x\"",
                vec!["\"a\"", "localid", "local_id"],
            ),
            (
                "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z\"",
                vec!["\"a\"", "`code`", "closed"],
            ),
            (
                "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z}\"\ncrs = \"EPSG:4610\"",
                vec!["\"a\"", "`crs`", "CGCS2000"],
            ),
            (
                "[[file]]\nname = \"a\"\nrole = \"base\"\nkind = \"lake\"",
                vec!["\"a\"", "kind", "water"],
            ),
        ] {
            let text = error(rest);
            for word in words {
                assert!(text.contains(word), "{word} in: {text}");
            }
        }
        let field = |line: &str| error(&format!("{PARCELS}[file.fields]\n{line}"));
        assert!(field("locatoin = { property = \"L\" }").contains("location"));
        assert!(field("outline = { property = \"L\" }").contains("geometry"));
        assert!(field("location = { proprety = \"L\" }").contains("proprety"));
        assert!(field("location = \"L\"").contains("table"));
        let top = Mapping::parse("t.toml", &format!("extend = 1\n{HEAD}")).unwrap_err().to_string();
        assert!(top.contains("t.toml") && top.contains("extend"), "{top}");
        let extent = Mapping::parse(
            "t.toml",
            &format!("extent = [30.0, 120.0, 31.0, 121.0]\n{HEAD}{PARCELS}"),
        );
        assert!(extent.unwrap_err().to_string().contains("longitude first"));
    }

    #[test]
    fn a_layer_needs_a_known_theme_and_boundary() {
        let layer = |theme: &str, coverage: &str| {
            format!(
                r#"{PARCELS}
                [[file]]
                name = "z.geojson"
                role = "restriction"
                label = {{ zh = "{{A}}", en = "{{A}}" }}
                coverage = {coverage}
                [file.layer]
                id = "zoning"
                theme = "{theme}"
                title = {{ zh = "a", en = "a" }}
                status = "in_force"
                office = {{ zh = "a", en = "a" }}
                source_date = "2024-01-01"
                documents = []
                tolerance = {{ min_area_m2 = 1.0, min_share = 0.01 }}"#
            )
        };
        assert!(parse(&layer("planning_use", "\"dataset\"")).is_ok());
        assert!(error(&layer("zoning", "\"dataset\"")).contains("planning_use"));
        assert!(
            error(&layer("planning_use", "{ boundary = \"b.geojson\" }")).contains("b.geojson")
        );
        assert!(error(&layer("planning_use", "\"all\"")).contains("extent-of-file"));
    }
}
