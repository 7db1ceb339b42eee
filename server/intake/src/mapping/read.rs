//! From the text of a mapping to a [`Mapping`]: every value is checked, and every mistake is told
//! with the file, the entry and the key.

use std::path::Path;

use domain::{
    dataset::DatasetInfo,
    policy::Field,
    restriction::{LayerInfo, Tolerance},
    theme::{theme, themes},
};
use store::Bounds;

use super::{
    BaseMapping, Coverage, FileMapping, KindRule, LabelTemplate, Mapping, MappingError,
    ParcelsMapping, RestrictionMapping, Role, RowsMapping, Slender, UnitsMapping,
    check::{check_names, check_unused},
    entry::{MappingEntry, MappingText},
    file::{
        BaseFile, COMMON, Common, CoverageFile, CoverageName, KindFile, MappingFile, Nothing,
        ParcelsFile, Parts, RestrictionFile, RowsFile, UnitsFile, UnreadCrs, WithoutOutline,
    },
    layers::with_layers_filled_in,
};
use crate::{
    date::DateReading,
    encoding::Encoding,
    fields::{FieldRule, FieldRuleFile},
    project::Crs,
    separator::Separator,
};

/// Fields that are found by computation and cannot be mapped, with what to do instead.
const COMPUTED: [(Field, &str); 15] = [
    (Field::ParcelCode, "it is the key `code`"),
    (Field::UnitCode, "it is the key `code` of a file with the role \"units\""),
    (Field::LocalId, "it is the key `local_id`"),
    (Field::DivisionNames, "it follows from the code"),
    (Field::Outline, "it is the geometry"),
    (Field::BoundaryPoints, "it follows from the geometry"),
    (Field::Centroid, "it follows from the geometry"),
    (Field::Restrictions, "it follows from the restriction layers"),
    (Field::PlanBoundaries, "it follows from the restriction layers"),
    (Field::GeologicalHazards, "it follows from the restriction layers"),
    (Field::PlanningConditions, "it follows from the restriction layers"),
    (Field::OtherRestrictions, "it follows from the restriction layers"),
    (Field::RestrictionVectors, "it follows from the restriction layers"),
    (Field::RestrictionExtent, "it follows from the restriction layers"),
    (Field::ChangeDays, "it follows from `valid_from` and `valid_to`"),
];

#[cfg(test)]
pub(super) fn is_computed(field: Field) -> bool {
    COMPUTED.iter().any(|(computed, _)| *computed == field)
}
/// A line wider than this is a mistake of the unit, m.
const MAX_WIDTH_M: f64 = 100_000.0;

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
        let mapping = MappingText { file, text };
        let top = mapping.table("the top", None);
        let dataset = mapping.table("[dataset]", Some("dataset"));
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
                return Err(top
                    .key("extent")
                    .wrong("write [west, south, east, north] in degrees, longitude first"));
            }
        };
        let default_crs = &raw.crs;
        Crs::named(default_crs).map_err(|error| top.key("crs").wrong(error))?;
        let files = with_layers_filled_in(mapping, raw.file)?
            .into_iter()
            .enumerate()
            .map(|(at, table)| file_mapping(mapping, at, table, default_crs, raw.max_refused))
            .collect::<Result<Vec<_>, _>>()?;
        check_names(mapping, &files)?;
        check_unused(mapping, &raw.unused, &files)?;
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
            files,
            unused: raw.unused,
        })
    }
}

fn is_stable_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn file_mapping(
    mapping: MappingText<'_>,
    at: usize,
    mut table: toml::Table,
    default_crs: &str,
    max_refused: u64,
) -> Result<FileMapping, MappingError> {
    let name = table.get("name").and_then(toml::Value::as_str).unwrap_or("without a name");
    let place = mapping.entry(at, name);
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
    let has_dates = matches!(common.role.as_str(), "parcels" | "units" | "rows");
    if !has_dates && common.dates != DateReading::default() {
        return Err(place
            .key("dates")
            .wrong("only files of parcels, units and rows have dates to read"));
    }
    let role = match common.role.as_str() {
        "parcels" => parcels(&place, place.read(table)?, common.dates)?,
        "units" => {
            let raw: UnitsFile = place.read(table)?;
            Role::Units(UnitsMapping {
                code: place.template("code", &raw.code)?,
                fields: fields(&place, raw.fields, common.dates)?,
            })
        }
        "rows" => {
            let raw: RowsFile = place.read(table)?;
            Role::Rows(RowsMapping {
                of: raw.of,
                code: place.template("code", &raw.code)?,
                fields: fields(&place, raw.fields, common.dates)?,
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
                "`{other}` is unknown; use parcels, units, rows, restriction, base or boundary"
            )));
        }
    };
    let crs = Crs::named(common.crs.as_deref().unwrap_or(default_crs))
        .map_err(|error| place.key("crs").wrong(error))?;
    let encoding = common
        .encoding
        .map(|name| Encoding::read(&name).map_err(|error| place.key("encoding").wrong(error)));
    let separator = common.separator.map(|name| {
        let unknown = || {
            place
                .key("separator")
                .wrong(format_args!("`{name}` is no separator; write \",\", \";\" or \"tab\""))
        };
        Separator::named(&name).ok_or_else(unknown)
    });
    Ok(FileMapping {
        crs,
        accepts_unread_crs: common.crs_unread == UnreadCrs::Accept,
        encoding: encoding.transpose()?,
        table: common.table,
        separator: separator.transpose()?,
        absent: common.absent,
        filter: common.filter,
        feature_id: common
            .feature_id
            .map(|text| place.template("feature_id", &text))
            .transpose()?,
        max_refused: common.max_refused.unwrap_or(match role {
            // What is not known of a restriction costs its coverage, so nobody allows it unasked.
            Role::Restriction(_) | Role::Boundary => 0,
            Role::Parcels(_) | Role::Units(_) | Role::Rows(_) | Role::Base(_) => max_refused,
        }),
        role,
        name: common.name,
    })
}

fn parcels(
    place: &MappingEntry<'_>,
    raw: ParcelsFile,
    dates: DateReading,
) -> Result<Role, MappingError> {
    Ok(Role::Parcels(Box::new(ParcelsMapping {
        code: place.template("code", &raw.code)?,
        local_id: raw.local_id.map(|text| place.template("local_id", &text)).transpose()?,
        fields: fields(place, raw.fields, dates)?,
        dates,
        classified: raw.classified,
        valid_from: raw.valid_from,
        valid_to: raw.valid_to,
        predecessors: raw.predecessors,
        successors: raw.successors,
        without_outline: raw.without_outline == WithoutOutline::Store,
        join_parts: raw.parts == Parts::Join,
    })))
}

fn restriction(place: &MappingEntry<'_>, raw: RestrictionFile) -> Result<Role, MappingError> {
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
        may_be_empty: raw.may_be_empty,
        slender: slender(place, raw.width_m, raw.touching)?,
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

fn slender(
    place: &MappingEntry<'_>,
    width_m: Option<f64>,
    touching: bool,
) -> Result<Option<Slender>, MappingError> {
    match (width_m, touching) {
        (None, false) => Ok(None),
        (None, true) => Ok(Some(Slender::Touching)),
        (Some(width_m), false) if width_m > 0.0 && width_m <= MAX_WIDTH_M => {
            Ok(Some(Slender::Width(width_m)))
        }
        (Some(_), false) => Err(place.key("width_m").wrong(format_args!(
            "write the whole width of a line, or the diameter of a point, in metres: above 0 and \
             at most {MAX_WIDTH_M}"
        ))),
        (Some(_), true) => Err(place.key("touching").wrong(
            "lines and points have a width or only touch; take out `width_m` or `touching`",
        )),
    }
}

fn fields(
    place: &MappingEntry<'_>,
    table: toml::Table,
    dates: DateReading,
) -> Result<Vec<(Field, FieldRule)>, MappingError> {
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
            let rule = FieldRule::read(raw, dates).map_err(|reason| place.wrong(reason))?;
            Ok((field, rule))
        })
        .collect()
}
