//! Removing rows that nobody reads any more.

use std::thread;

use rusqlite::Connection;

use super::PAUSE;
use crate::{StoreError, sqlite::in_transaction};

/// Parcels, pieces or features removed in one transaction. Taking a box out of an R*Tree moves its
/// neighbours (70 µs on the average, but uneven), so a batch is smaller than one of an import.
const BATCH: i64 = 100;

/// One batch of each kind of row, `?1` the version and `?2` the size. All statements of a step
/// name the same rows, the ones with the lowest ids; the last one removes these themselves.
const STEPS: [&[&str]; 5] = [
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
        "delete from piece_box where id in
             (select id from piece where version_id = ?1 order by id limit ?2)",
        "delete from piece where id in
             (select id from piece where version_id = ?1 order by id limit ?2)",
    ],
    &["delete from restriction where id in
           (select id from restriction where version_id = ?1 order by id limit ?2)"],
    &["delete from layer where id in
           (select id from layer where version_id = ?1 order by id limit ?2)"],
    &[
        "delete from base_box where id in
             (select id from base_feature where version_id = ?1 order by id limit ?2)",
        "delete from base_feature where id in
             (select id from base_feature where version_id = ?1 order by id limit ?2)",
    ],
];

/// Removes the rows of staged and superseded versions in short transactions. A superseded version
/// stays as history; a staged one leaves nothing. Only for the holder of the import lock: to
/// anybody else a staged version may be an import under way.
pub(super) fn remove_left_over(connection: &mut Connection) -> Result<(), StoreError> {
    let left_over: Vec<i64> = connection
        .prepare("select id from data_version where state in ('staged', 'superseded') order by id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for version in left_over {
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
            transaction.execute(
                "update data_version set state = 'past' where id = ?1 and state = 'superseded'",
                [version],
            )?;
            Ok(())
        })?;
    }
    Ok(())
}

/// How many rows the last statement of the step removed.
fn remove_batch(
    connection: &mut Connection,
    step: &[&str],
    version: i64,
) -> Result<usize, StoreError> {
    in_transaction(connection, |transaction| {
        let mut removed = 0;
        for statement in step {
            removed = transaction.prepare_cached(statement)?.execute((version, BATCH))?;
        }
        Ok(removed)
    })
}
