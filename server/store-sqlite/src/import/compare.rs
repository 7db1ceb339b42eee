//! What an import is held against before it is published: the version it would replace, and other
//! data sets that have the same codes.

use rusqlite::{Connection, OptionalExtension, Row};
use store::{CurrentVersion, SharedCodes};

use crate::{
    error::SqliteError,
    value::{from_json, read_parcel_code, read_version, text, text_or_null},
};

/// The current version of the data set of `staged`.
pub(super) fn current(
    connection: &Connection,
    staged: i64,
) -> Result<Option<CurrentVersion>, SqliteError> {
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
        .collect::<Result<_, SqliteError>>()?;
    Ok(Some(CurrentVersion {
        version: version?,
        parcels: count("select count(*) from parcel where version_id = ?1")?,
        classified: count("select count(*) from classified_code where version_id = ?1")?,
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

/// Codes of `staged` that current versions of other data sets have. Of classified ones it is told
/// how many there are.
pub(super) fn shared_codes(
    connection: &Connection,
    staged: i64,
) -> Result<Vec<SharedCodes>, SqliteError> {
    connection
        .prepare_cached(
            "with other as (
                 select id, dataset from data_version
                 where state = 'current'
                     and dataset <> (select dataset from data_version where id = ?1)
             ),
             both as (
                 select o.dataset, p.code from parcel p
                 cross join parcel theirs on theirs.code = p.code
                 cross join other o on o.id = theirs.version_id
                 where p.version_id = ?1
                 union all
                 select o.dataset, null from classified_code c
                 cross join classified_code theirs on theirs.digest = c.digest
                 cross join other o on o.id = theirs.version_id
                 where c.version_id = ?1
                 union all
                 select o.dataset, null from other o
                 cross join parcel theirs on theirs.version_id = o.id
                 where exists (select 1 from classified_code where version_id = ?1)
                     and code_digest(theirs.code) in
                         (select digest from classified_code where version_id = ?1)
             )
             select dataset, count(*), count(*) - count(code), min(code)
             from both group by dataset order by dataset",
        )?
        .query_and_then([staged], |row| {
            Ok(SharedCodes {
                dataset: row.get(0)?,
                count: counted(row, 1)?,
                classified: counted(row, 2)?,
                first: text_or_null(row, 3)?.map(read_parcel_code).transpose()?,
            })
        })?
        .collect()
}
