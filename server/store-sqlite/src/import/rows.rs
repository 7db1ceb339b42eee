//! Rows as an import writes them.

use domain::{ParcelCode, classified::CodeDigest, code::UnitCode};
use rusqlite::{Connection, params};
use store::{BaseKind, Bounds};

use crate::{error::SqliteError, searchable, value::to_json};

/// A row that waits to be written.
pub(super) enum Row {
    Layer { id: i64, name: String, info: String, coverage: Option<Vec<u8>> },
    Coverage { layer: i64, coverage: Option<Vec<u8>> },
    Restriction(RestrictionRow),
    Parcel(Box<ParcelRow>),
    Classified(CodeDigest),
    ClosedCell(CodeDigest),
    Unit { parcel: i64, code: UnitCode, fields: String },
    Base(BaseRow),
}

/// A restriction; without a box it is lines or points.
pub(super) struct RestrictionRow {
    pub(super) id: i64,
    pub(super) layer: i64,
    pub(super) feature: String,
    pub(super) label: String,
    pub(super) outline: Vec<u8>,
    pub(super) bounds: Option<Bounds>,
    pub(super) area_m2: Option<f64>,
}

/// A parcel, its body and its findings.
pub(super) struct ParcelRow {
    pub(super) id: i64,
    pub(super) code: ParcelCode,
    pub(super) local_id: Option<String>,
    pub(super) location: Option<String>,
    pub(super) centre: Option<(f64, f64)>,
    pub(super) bounds: Option<Bounds>,
    pub(super) fields: String,
    pub(super) outline: Vec<u8>,
    pub(super) geometric_area_m2: f64,
    pub(super) events: String,
    pub(super) predecessors: String,
    pub(super) successors: String,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    pub(super) covered_by: String,
    pub(super) findings: Vec<FindingRow>,
}

pub(super) struct FindingRow {
    pub(super) restriction: i64,
    pub(super) area_m2: f64,
    pub(super) share: f64,
    pub(super) sliver: bool,
}

pub(super) struct BaseRow {
    pub(super) id: i64,
    pub(super) kind: BaseKind,
    pub(super) name: Option<String>,
    pub(super) geometry: Vec<u8>,
    pub(super) bounds: Bounds,
}

impl Row {
    /// About how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Layer { info, coverage, .. } => {
                info.len() + coverage.as_ref().map_or(0, Vec::len)
            }
            Self::Coverage { coverage, .. } => coverage.as_ref().map_or(0, Vec::len),
            Self::Restriction(row) => row.outline.len(),
            Self::Parcel(row) => row.fields.len() + row.outline.len() + row.events.len(),
            Self::Classified(digest) | Self::ClosedCell(digest) => digest.len(),
            Self::Unit { fields, .. } => fields.len(),
            Self::Base(row) => row.geometry.len(),
        }
    }

    /// Writes it under `version`.
    pub(super) fn insert(&self, connection: &Connection, version: i64) -> Result<(), SqliteError> {
        match self {
            Self::Layer { id, name, info, coverage } => {
                connection
                    .prepare_cached(
                        "insert into layer (id, version_id, name, info, coverage)
                         values (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![id, version, name, info, coverage])?;
            }
            Self::Coverage { layer, coverage } => {
                connection
                    .prepare_cached("update layer set coverage = ?2 where id = ?1")?
                    .execute(params![layer, coverage])?;
            }
            Self::Restriction(row) => row.insert(connection, version)?,
            Self::Parcel(row) => row.insert(connection, version)?,
            Self::Classified(digest) => {
                connection
                    .prepare_cached(
                        "insert into classified_code (version_id, digest) values (?1, ?2)",
                    )?
                    .execute(params![version, digest])?;
            }
            Self::ClosedCell(digest) => {
                connection
                    .prepare_cached("insert into closed_cell (version_id, digest) values (?1, ?2)")?
                    .execute(params![version, digest])?;
            }
            Self::Unit { parcel, code, fields } => {
                connection
                    .prepare_cached(
                        "insert into unit (parcel_id, code, fields) values (?1, ?2, ?3)",
                    )?
                    .execute(params![parcel, code.as_str(), fields])?;
            }
            Self::Base(row) => row.insert(connection, version)?,
        }
        Ok(())
    }
}

impl RestrictionRow {
    fn insert(&self, connection: &Connection, version: i64) -> Result<(), SqliteError> {
        let Self { id, layer, feature, label, outline, bounds, area_m2 } = self;
        connection
            .prepare_cached(
                "insert into restriction
                     (id, version_id, layer_id, feature, label, outline, area_m2)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![id, version, layer, feature, label, outline, area_m2])?;
        if let Some(bounds) = bounds {
            return searchable::insert_restriction(connection, version, *id, bounds);
        }
        connection
            .prepare_cached("update layer set groundless = 1 where id = ?1")?
            .execute([layer])?;
        Ok(())
    }
}

impl ParcelRow {
    fn insert(&self, connection: &Connection, version: i64) -> Result<(), SqliteError> {
        let (longitude, latitude) = self.centre.unzip();
        connection
            .prepare_cached(
                "insert into parcel
                     (id, version_id, code, local_id, location, longitude, latitude, classified)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
            )?
            .execute(params![
                self.id,
                version,
                self.code.as_str(),
                self.local_id,
                self.location,
                longitude,
                latitude,
            ])?;
        connection
            .prepare_cached(
                "insert into parcel_body
                     (parcel_id, fields, outline, geometric_area_m2, events, predecessors,
                      successors, valid_from, valid_to, covered_by)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                self.id,
                self.fields,
                self.outline,
                self.geometric_area_m2,
                self.events,
                self.predecessors,
                self.successors,
                self.valid_from,
                self.valid_to,
                self.covered_by,
            ])?;
        let mut insert = connection.prepare_cached(
            "insert into finding (parcel_id, position, restriction_id, area_m2, share, sliver)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (position, finding) in (0_i64..).zip(&self.findings) {
            let FindingRow { restriction, area_m2, share, sliver } = finding;
            insert.execute(params![self.id, position, restriction, area_m2, share, sliver])?;
        }
        let bounds = self.bounds.filter(|_| self.centre.is_some());
        searchable::insert_words(connection, self.id)?;
        bounds.map_or(Ok(()), |b| searchable::insert_parcel(connection, version, self.id, &b))
    }
}

impl BaseRow {
    fn insert(&self, connection: &Connection, version: i64) -> Result<(), SqliteError> {
        connection
            .prepare_cached(
                "insert into base_feature (id, version_id, kind, name, geometry)
                 values (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                self.id,
                version,
                to_json("base map kind", &self.kind)?,
                self.name,
                self.geometry,
            ])?;
        searchable::insert_base(connection, version, self.id, self.kind, &self.bounds)
    }
}
