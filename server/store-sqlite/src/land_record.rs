//! The record of a place: its parcel, unit and findings, from the data set that answers for its code.

use std::sync::Arc;

use domain::{
    ParcelCode,
    code::UnitCode,
    dataset::DatasetInfo,
    record::{LandRecord, ParcelRecord, UnitRecord},
    restriction::{Finding, LayerAnswer},
};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    error::SqliteError,
    geometry,
    lineage::RecordedSuccession,
    value::{blob, from_json, read_codes, read_date, text, text_or_null},
    versions::VersionCache,
};

/// The row of a parcel that answers for its code: of all data sets that have it, the newest source,
/// of equal ones the newest import. A classified parcel is in no data set (rule P5).
pub(super) struct Answering {
    pub(super) dataset: String,
    id: i64,
    version: i64,
    local_id: Option<String>,
}

impl Answering {
    pub(super) fn find(
        connection: &Connection,
        code: &ParcelCode,
    ) -> Result<Option<Self>, SqliteError> {
        let mut statement = connection.prepare_cached(
            "select v.dataset, p.id, p.version_id, p.local_id, v.info
             from parcel p join data_version v on v.id = p.version_id
             where p.code = ?1 and v.state = 'current'",
        )?;
        let mut rows = statement.query([code.as_str()])?;
        // Hardly ever is there more than one: SQLite would read what is said of it, to put it in order.
        let mut newest: Option<(Self, String)> = None;
        while let Some(row) = rows.next()? {
            let found = Self {
                dataset: row.get(0)?,
                id: row.get(1)?,
                version: row.get(2)?,
                local_id: row.get(3)?,
            };
            let info: String = row.get(4)?;
            newest = Some(match newest {
                Some(newest) if newest.0.source(&newest.1)? > found.source(&info)? => newest,
                _ => (found, info),
            });
        }
        Ok(newest.map(|(found, _)| found))
    }

    /// By what several are put in order: the day that the source was drawn up, then the import.
    fn source(&self, info: &str) -> Result<(Date, i64), SqliteError> {
        let dataset: DatasetInfo = from_json("data set", info)?;
        Ok((dataset.source_date, self.version))
    }
}

/// Everything that is known of a place. A classified parcel ends here, as early as one that does not
/// exist.
pub(super) fn record(
    connection: &Connection,
    versions: &VersionCache,
    code: &ParcelCode,
    unit: Option<UnitCode>,
) -> Result<Option<LandRecord>, SqliteError> {
    let found = Answering::find(connection, code)?;
    let dataset = found.as_ref().map(|found| found.dataset.as_str()).unwrap_or_default();
    let kept = RecordedSuccession::read(connection, dataset, code)?;
    whole(connection, versions, (code, unit), found, &kept)
}

/// Everything that is known of a place, by the same statements whether its parcel was `found` or
/// not (rule P5).
pub(super) fn whole(
    connection: &Connection,
    versions: &VersionCache,
    (code, unit): (&ParcelCode, Option<UnitCode>),
    found: Option<Answering>,
    kept: &RecordedSuccession,
) -> Result<Option<LandRecord>, SqliteError> {
    let id = found.as_ref().map(|found| found.id);
    let local_id = found.as_ref().and_then(|found| found.local_id.clone());
    let body = connection
        .prepare_cached(
            "select fields, outline, geometric_area_m2, events, predecessors, successors,
                    valid_from, valid_to, covered_by
             from parcel_body where parcel_id = ?1",
        )?
        .query_row([id], |row| Ok(read_parcel(row, code, local_id)))
        .optional()?
        .transpose()?;
    let unit = unit.map(|code| read_unit(connection, id, code)).transpose()?.flatten();
    let findings = read_findings(connection, id)?;
    let (Some(found), Some(FoundParcel { mut parcel, covered_by })) = (found, body) else {
        return Ok(None);
    };
    let ParcelRecord { predecessors, successors, valid_to, .. } = &mut parcel;
    kept.complete(predecessors, successors, valid_to);
    let facts = versions.get(connection, found.version)?;
    let layers = facts.layers.iter().map(|layer| LayerAnswer {
        covers: covered_by.contains(&layer.id),
        layer: Arc::clone(layer),
    });
    let (layers, version) = (layers.collect(), facts.version.clone());
    Ok(Some(LandRecord { parcel, unit, findings, layers, version }))
}

struct FoundParcel {
    parcel: ParcelRecord,
    covered_by: Vec<String>,
}

fn read_parcel(
    row: &Row<'_>,
    code: &ParcelCode,
    local_id: Option<String>,
) -> Result<FoundParcel, SqliteError> {
    Ok(FoundParcel {
        parcel: ParcelRecord {
            code: *code,
            local_id,
            fields: from_json("fields", text(row, 0)?)?,
            outline: geometry::read_outline(blob(row, 1)?)?,
            geometric_area_m2: row.get(2)?,
            classified: false,
            events: from_json("events", text(row, 3)?)?,
            predecessors: read_codes(row, 4)?,
            successors: read_codes(row, 5)?,
            valid_from: read_date(text_or_null(row, 6)?)?,
            valid_to: read_date(text_or_null(row, 7)?)?,
        },
        covered_by: from_json("covering layers", text(row, 8)?)?,
    })
}

fn read_unit(
    connection: &Connection,
    parcel: Option<i64>,
    code: UnitCode,
) -> Result<Option<UnitRecord>, SqliteError> {
    connection
        .prepare_cached("select fields from unit where parcel_id = ?1 and code = ?2")?
        .query_and_then((parcel, code.as_str()), |row| {
            let fields = from_json("fields", text(row, 0)?)?;
            Ok(UnitRecord { code, fields })
        })?
        .next()
        .transpose()
}

fn read_findings(
    connection: &Connection,
    parcel: Option<i64>,
) -> Result<Vec<Finding>, SqliteError> {
    connection
        .prepare_cached(
            "select l.name, r.feature, r.label, f.area_m2, f.share, f.sliver, r.area_m2
             from finding f
             join restriction r on r.id = f.restriction_id
             join layer l on l.id = r.layer_id
             where f.parcel_id = ?1 order by f.position",
        )?
        .query_and_then([parcel], |row| {
            let (area_m2, whole): (f64, Option<f64>) = (row.get(3)?, row.get(6)?);
            Ok(Finding {
                layer: row.get(0)?,
                feature: row.get(1)?,
                label: from_json("label", text(row, 2)?)?,
                area_m2,
                share: row.get(4)?,
                sliver: row.get(5)?,
                // Measured in other pieces, the two may differ by a hair.
                of_feature: whole.map(|whole| (area_m2 / whole).min(1.0)),
            })
        })?
        .collect()
}
