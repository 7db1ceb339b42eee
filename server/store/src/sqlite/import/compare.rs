//! What an import is held against before it is published: the version it would replace, and other
//! data sets that have the same codes.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    CurrentVersion, SharedCodes, StoreError,
    sqlite::{
        value::{from_json, read_parcel_code, text},
        versions::read_version,
    },
};

/// The current version of the data set of `staged`.
pub(super) fn current(
    connection: &Connection,
    staged: i64,
) -> Result<Option<CurrentVersion>, StoreError> {
    let found = connection
        .prepare_cached(
            "select info, number, imported_at, id from data_version
             where state = 'current'
                 and dataset = (select dataset from data_version where id = ?1)",
        )?
        .query_row([staged], |row| Ok((read_version(row), row.get::<_, i64>(3)?)))
        .optional()?;
    let Some((version, id)) = found else { return Ok(None) };
    let count = |sql: &str| connection.query_one(sql, [id], |row| counted(row, 0));
    let layers = connection
        .prepare_cached(
            "select l.info, (select count(*) from restriction r where r.layer_id = l.id)
             from layer l where l.version_id = ?1 order by l.id",
        )?
        .query_and_then([id], |row| Ok((from_json("layer", text(row, 0)?)?, counted(row, 1)?)))?
        .collect::<Result<_, StoreError>>()?;
    Ok(Some(CurrentVersion {
        version: version?,
        parcels: count("select count(*) from parcel where version_id = ?1")?,
        classified: count("select count(*) from parcel where version_id = ?1 and classified = 1")?,
        units: count(
            "select count(*) from parcel p join unit u on u.parcel_id = p.id
             where p.version_id = ?1",
        )?,
        layers,
    }))
}

fn counted(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::unsigned_abs)
}

/// Codes of `staged` that current versions of other data sets have.
pub(super) fn shared_codes(
    connection: &Connection,
    staged: i64,
) -> Result<Vec<SharedCodes>, StoreError> {
    connection
        .prepare_cached(
            "select v.dataset, count(*), min(p.code)
             from parcel p
             cross join parcel other on other.code = p.code and other.version_id <> p.version_id
             cross join data_version v on v.id = other.version_id
             where p.version_id = ?1 and v.state = 'current'
                 and v.dataset <> (select dataset from data_version where id = ?1)
             group by v.dataset order by v.dataset",
        )?
        .query_and_then([staged], |row| {
            Ok(SharedCodes {
                dataset: row.get(0)?,
                count: counted(row, 1)?,
                first: read_parcel_code(text(row, 2)?)?,
            })
        })?
        .collect()
}
