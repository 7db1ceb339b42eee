//! Removing rows that nobody reads any more.

use std::thread;

use rusqlite::Connection;
use store::StoreError;

use crate::{PAUSE, error::SqliteError, in_transaction, room, searchable};

/// Parcels, pieces or features removed in one transaction. Taking a box out of an R*Tree moves its
/// neighbours (70 µs on the average, but uneven), so a batch is smaller than one of an import.
const BATCH: i64 = 100;

/// One batch of each kind of row, `?1` the version and `?2` the size. All statements of a step
/// name the same rows, the ones with the lowest ids; the last one removes these themselves.
const STEPS: [&[&str]; 6] = [
    &["delete from closed_cell where (version_id, digest) in
           (select version_id, digest from closed_cell where version_id = ?1 limit ?2)"],
    &["delete from classified_code where (version_id, digest) in
           (select version_id, digest from classified_code where version_id = ?1 limit ?2)"],
    &[
        "delete from parcel_text where rowid in
             (select id from parcel where version_id = ?1 order by id limit ?2)",
        "delete from parcel_box where id in
             (select id from parcel where version_id = ?1 order by id limit ?2)",
        // Body, units and findings go with it.
        "delete from parcel where id in
             (select id from parcel where version_id = ?1 order by id limit ?2)",
    ],
    &[
        "delete from restriction_box where id in
             (select id from restriction where version_id = ?1 order by id limit ?2)",
        "delete from restriction where id in
             (select id from restriction where version_id = ?1 order by id limit ?2)",
    ],
    &["delete from layer where id in
           (select id from layer where version_id = ?1 order by id limit ?2)"],
    &[
        "delete from base_box where id in
             (select id from base_feature where version_id = ?1 order by id limit ?2)",
        "delete from base_feature where id in
             (select id from base_feature where version_id = ?1 order by id limit ?2)",
    ],
];

/// Whether a version has rows left. Steps come one after the other, so the first row of any kind
/// tells.
const HAS_ROWS: &str = "exists (select 1 from closed_cell where version_id = v.id)
    or exists (select 1 from classified_code where version_id = v.id)
    or exists (select 1 from parcel where version_id = v.id)
    or exists (select 1 from restriction where version_id = v.id)
    or exists (select 1 from layer where version_id = v.id)
    or exists (select 1 from base_feature where version_id = v.id)";

/// Removes the rows of staged and past versions in short transactions, and takes kept ones out of
/// the search tables. A past version stays as history; a staged one leaves nothing. Says whether
/// there was anything. Only for the holder of the import lock: to anybody else a staged version may
/// be an import under way.
pub(crate) fn remove_left_over(connection: &mut Connection) -> Result<bool, SqliteError> {
    let mut any = false;
    for version in with_state(connection, "v.state = 'superseded'")? {
        any |= searchable::clear(connection, version, BATCH)?;
    }
    let rest = format!("v.state = 'staged' or v.state = 'past' and ({HAS_ROWS})");
    for version in with_state(connection, &rest)? {
        any = true;
        for step in STEPS {
            while remove_batch(connection, step, version)? > 0 {
                thread::sleep(PAUSE);
            }
        }
        in_transaction(connection, |transaction| {
            transaction.execute(
                "delete from data_version where id = ?1 and state = 'staged'",
                [version],
            )?;
            Ok(())
        })?;
    }
    Ok(any)
}

fn with_state(connection: &Connection, condition: &str) -> Result<Vec<i64>, SqliteError> {
    let sql = format!("select v.id from data_version v where {condition} order by v.id");
    Ok(connection.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// How many rows the last statement of the step removed. What is removed goes through the log
/// first; where the disk has no room for that, the log is emptied and the batch tried once more,
/// much smaller.
fn remove_batch(
    connection: &mut Connection,
    step: &[&str],
    version: i64,
) -> Result<usize, SqliteError> {
    match try_batch(connection, step, version, BATCH) {
        Err(SqliteError::Store(StoreError::DiskFull)) => {
            room::empty_log(connection)?;
            try_batch(connection, step, version, BATCH / 10)
        }
        other => other,
    }
}

fn try_batch(
    connection: &mut Connection,
    step: &[&str],
    version: i64,
    size: i64,
) -> Result<usize, SqliteError> {
    in_transaction(connection, |transaction| {
        let mut removed = 0;
        for statement in step {
            removed = transaction.prepare_cached(statement)?.execute((version, size))?;
        }
        Ok(removed)
    })
}
