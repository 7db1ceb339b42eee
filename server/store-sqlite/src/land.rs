//! Looking things up.

use std::time::Instant;

use async_trait::async_trait;
use domain::{
    ParcelCode,
    code::{LandCode, UnitCode},
    dataset::DataVersion,
    lineage::Succession,
    record::{LandRecord, ParcelRecord, UnitRecord},
    restriction::{Finding, LayerAnswer},
};
use rusqlite::{Connection, OptionalExtension, Row};
use store::{
    BaseFeature, BaseMap, Bounds, Land, Look, ParcelHit, Question, SearchQuery, StoreError,
};

use super::{
    SqliteStore,
    error::SqliteError,
    geometry, lineage, look, naming, search,
    value::{blob, from_json, read_date, text, text_or_null},
    versions::VersionCache,
};

#[async_trait]
impl Land for SqliteStore {
    async fn versions(&self) -> Result<Vec<DataVersion>, StoreError> {
        self.read(|connection, versions| {
            let mut current = connection.prepare_cached(
                "select id from data_version where state = 'current' order by id",
            )?;
            let ids = current.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            let facts = ids.into_iter().map(|id| versions.get(connection, id));
            facts.map(|facts| Ok(facts?.version.clone())).collect()
        })
        .await
    }

    async fn record(&self, code: &LandCode) -> Result<Option<LandRecord>, StoreError> {
        let (parcel, unit) = (code.parcel(), code.unit());
        self.read(move |connection, versions| record(connection, versions, &parcel, unit)).await
    }

    async fn look(&self, question: &Question) -> Result<Look, StoreError> {
        let question = question.clone();
        self.read(move |connection, versions| look::look(connection, versions, &question)).await
    }

    async fn recorded(
        &self,
        codes: &[ParcelCode],
        datasets: &[String],
    ) -> Result<Vec<ParcelCode>, StoreError> {
        let (mut codes, datasets) = (codes.to_vec(), serde_json::json!(datasets).to_string());
        self.read(move |connection, _| {
            let mut fault = None;
            codes.retain(|code| {
                naming::is_recorded(connection, code, &datasets).unwrap_or_else(|error| {
                    fault = Some(error);
                    false
                })
            });
            fault.map_or(Ok(codes), Err)
        })
        .await
    }

    async fn is_classified(&self, code: &ParcelCode) -> Result<bool, StoreError> {
        let code = *code;
        self.read(move |connection, _| is_classified(connection, &code)).await
    }

    async fn lineage(&self, code: &ParcelCode) -> Result<Vec<Succession>, StoreError> {
        let code = *code;
        self.read(move |connection, _| {
            let found = lineage::around(connection, code)?;
            Ok(found.into_iter().map(|found| found.tied.ties).collect())
        })
        .await
    }

    async fn former(&self, code: &ParcelCode) -> Result<Option<LandRecord>, StoreError> {
        let code = *code;
        self.read(move |connection, versions| lineage::former(connection, versions, code)).await
    }

    async fn search(&self, query: &SearchQuery) -> Result<Vec<ParcelHit>, StoreError> {
        let query = query.clone();
        let until = Instant::now() + search::LONGEST;
        let searching = self.inner.searching.acquire();
        let _leave = searching.await.or(Err(StoreError::Stopped))?;
        self.read_until(Some(until), move |connection, _| search::search(connection, &query)).await
    }

    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<BaseMap, StoreError> {
        let dataset = dataset.to_owned();
        self.read(move |connection, _| base_map(connection, &dataset, bounds, limit)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached("select count(*) from migration")?
                .query_one([], |_| Ok(()))?;
            Ok(())
        })
        .await?;
        self.write_little().await
    }

    async fn check_pages(&self) -> Result<(), StoreError> {
        self.read_every_page().await
    }
}

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
        let found = connection
            .prepare_cached(
                "select v.dataset, p.id, p.version_id, p.local_id
                 from parcel p join data_version v on v.id = p.version_id
                 where p.code = ?1 and v.state = 'current'
                 order by v.info ->> 'source_date' desc, p.version_id desc
                 limit 1",
            )?
            .query_row([code.as_str()], |row| {
                Ok(Self {
                    dataset: row.get(0)?,
                    id: row.get(1)?,
                    version: row.get(2)?,
                    local_id: row.get(3)?,
                })
            })
            .optional()?;
        Ok(found)
    }
}

fn is_classified(connection: &Connection, code: &ParcelCode) -> Result<bool, SqliteError> {
    let found = connection
        .prepare_cached(
            "select 1 from classified_code c join data_version v on v.id = c.version_id
             where c.digest = code_digest(?1) and v.state = 'current'",
        )?
        .exists([code.as_str()])?;
    Ok(found)
}

/// A classified parcel ends here, as early as one that does not exist.
fn record(
    connection: &Connection,
    versions: &VersionCache,
    code: &ParcelCode,
    unit: Option<UnitCode>,
) -> Result<Option<LandRecord>, SqliteError> {
    let found = Answering::find(connection, code)?;
    let dataset = found.as_ref().map(|found| found.dataset.as_str()).unwrap_or_default();
    let kept = lineage::RecordedSuccession::read(connection, dataset, code)?;
    whole(connection, versions, (code, unit), found, &kept)
}

/// Everything that is known of a place, by the same statements whether its parcel was `found` or
/// not (rule P5).
pub(super) fn whole(
    connection: &Connection,
    versions: &VersionCache,
    (code, unit): (&ParcelCode, Option<UnitCode>),
    found: Option<Answering>,
    kept: &lineage::RecordedSuccession,
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
    let layers = facts
        .layers
        .iter()
        .map(|layer| LayerAnswer { covers: covered_by.contains(&layer.id), layer: layer.clone() });
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

/// Reads a column of parcel codes.
pub(super) fn read_codes(row: &Row<'_>, column: usize) -> Result<Vec<ParcelCode>, SqliteError> {
    // Nearly always empty.
    match text(row, column)? {
        "[]" => Ok(Vec::new()),
        some => from_json("parcel codes", some),
    }
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
            "select l.name, r.feature, r.label, f.area_m2, f.share, f.sliver
             from finding f
             join restriction r on r.id = f.restriction_id
             join layer l on l.id = r.layer_id
             where f.parcel_id = ?1 order by f.position",
        )?
        .query_and_then([parcel], |row| {
            Ok(Finding {
                layer: row.get(0)?,
                feature: row.get(1)?,
                label: from_json("label", text(row, 2)?)?,
                area_m2: row.get(3)?,
                share: row.get(4)?,
                sliver: row.get(5)?,
            })
        })?
        .collect()
}

/// What does not fit under `limit` is left out by importance: buildings go before roads.
fn base_map(
    connection: &Connection,
    dataset: &str,
    bounds: Bounds,
    limit: usize,
) -> Result<BaseMap, SqliteError> {
    let grid_m = connection
        .prepare_cached(
            "select base_grid_m from data_version where dataset = ?1 and state = 'current'",
        )?
        .query_row([dataset], |row| row.get(0))
        .optional()?
        .flatten();
    let mut statement = connection.prepare_cached(
        "select f.kind, f.name, f.geometry
         from (
             select b.id, b.drawing from base_box b
             where b.version_id = (
                     select id from data_version where dataset = ?1 and state = 'current'
                 )
                 and b.east >= ?2 and b.west <= ?3 and b.north >= ?4 and b.south <= ?5
             order by b.importance, b.id limit ?6
         ) met
         join base_feature f on f.id = met.id
         order by met.drawing, f.id",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let features = statement
        .query_and_then(
            (dataset, bounds.west, bounds.east, bounds.south, bounds.north, limit),
            |row| {
                let kind = text(row, 0)?;
                Ok(BaseFeature {
                    kind: from_json("base map kind", kind)?,
                    name: row.get(1)?,
                    geometry: geometry::read(blob(row, 2)?)?,
                })
            },
        )?
        .collect::<Result<_, SqliteError>>()?;
    Ok(BaseMap { features, grid_m })
}
