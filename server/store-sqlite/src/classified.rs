//! What is kept of classified parcels: keyed digests of their codes. The codes themselves, and all
//! that other records say of them, are kept out of an import as it stages and taken out of whatever
//! was staged or kept before, in the transaction that makes a version current.

#[cfg(test)]
mod tests;

use domain::{classified::ClassifiedKey, closed, digest::hexadecimal};
use rusqlite::{Connection, OptionalExtension, Transaction, functions::FunctionFlags};
use store::StoreError;

use super::{error::SqliteError, geometry, in_transaction, map, room, value::to_json};

/// Gives a connection the function `code_digest`, which the tables and the queries here use, and
/// `cell_digests`, which a migration uses.
pub(super) fn register(connection: &Connection, digests: &ClassifiedKey) -> rusqlite::Result<()> {
    let key = digests.clone();
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("code_digest", 1, flags, move |call| {
        let code =
            call.get_raw(0).as_str().map_err(|e| rusqlite::Error::UserFunctionError(e.into()))?;
        Ok(key.digest_of(code).to_vec())
    })?;
    let key = digests.clone();
    connection.create_scalar_function("cell_digests", 1, flags, move |call| {
        let failed = |error: SqliteError| rusqlite::Error::UserFunctionError(error.into());
        let outline =
            call.get_raw(0).as_blob().map_err(|e| failed(rusqlite::Error::from(e).into()))?;
        let outline = geometry::read_outline(outline).map_err(failed)?;
        let cells = closed::around(&outline).into_iter();
        let cells = cells.map(|cell| hexadecimal(&key.digest_of_cell(cell)));
        to_json("cells", &cells.collect::<Vec<_>>()).map_err(failed)
    })
}

/// Makes sure that the digests were made with this key; a new database takes it as its own.
///
/// # Errors
/// [`StoreError::WrongKey`] when they were not.
pub(super) fn check_key(connection: &Connection, key: &ClassifiedKey) -> Result<(), SqliteError> {
    let known = connection
        .query_row("select mark from classified_key", [], |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    match known {
        None => {
            connection.execute(
                "insert into classified_key (mark)
                 select ?1 where not exists (select 1 from classified_key)",
                [key.mark()],
            )?;
            Ok(())
        }
        Some(known) if known == key.mark() => Ok(()),
        Some(_) => Err(StoreError::WrongKey.into()),
    }
}

/// `pragma user_version` of a database in which nothing is left of what was classified before
/// digests were kept.
const CLEARED: i64 = 1;
/// `pragma user_version` where something of that may be left.
const TRACES_LEFT: i64 = 0;

/// After the migration: takes out what names a classified code, and then every byte that was ever
/// removed. Done once; where the disk has no room for it, or somebody else reads meanwhile, at the
/// next start.
pub(super) fn clear_once(
    connection: &mut Connection,
    key: &ClassifiedKey,
) -> Result<(), SqliteError> {
    let done: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done >= CLEARED {
        return Ok(());
    }
    let any: bool =
        connection.query_one("select exists (select 1 from data_version)", [], |row| row.get(0))?;
    if any {
        in_transaction(connection, |transaction| {
            find(transaction, None, None, key)?;
            scrub(transaction)
        })?;
        match rewritten(connection) {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(
                    "the log of the database may still hold classified records of before, for \
                     another program has the database open; end it and start again"
                );
                return Ok(());
            }
            Err(SqliteError::Store(StoreError::DiskFull)) => {
                tracing::warn!(
                    "free pages of the database may still hold classified records of before: the \
                     disk has no room for rewriting it; free some and start again"
                );
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(connection.pragma_update(None, "user_version", CLEARED)?)
}

/// `false` where the log could not be emptied. The word index keeps what was deleted until its
/// parts are joined.
fn rewritten(connection: &Connection) -> Result<bool, SqliteError> {
    join_words(connection)?;
    room::write_anew(connection)?;
    room::empty_log(connection)
}

fn join_words(connection: &Connection) -> Result<(), SqliteError> {
    Ok(connection.execute_batch("insert into parcel_text (parcel_text) values ('optimize')")?)
}

/// Finds what names a code that may not be named once `version` is current and `withdrawn` does not
/// count any more. Takes as long as looking at every code, so it is done before a lock is held.
pub(super) fn gather(
    connection: &Connection,
    version: i64,
    withdrawn: Option<i64>,
    key: &ClassifiedKey,
) -> Result<(), SqliteError> {
    debug_assert!(connection.is_autocommit(), "requests would wait for a look at every code");
    find(connection, Some(version), withdrawn, key)
}

/// Looks for classified codes among those of a version; without one, as things are now.
fn find(
    connection: &Connection,
    version: Option<i64>,
    withdrawn: Option<i64>,
    key: &ClassifiedKey,
) -> Result<(), SqliteError> {
    connection.execute_batch(
        "drop table if exists temp.hidden;
         drop table if exists temp.unnamed;
         drop table if exists temp.exposed;
         drop table if exists temp.cut;
         drop table if exists temp.cut_end;
         drop table if exists temp.referring;
         create temp table hidden (digest blob primary key) strict, without rowid;
         create temp table unnamed (digest blob primary key) strict, without rowid;
         create temp table exposed (
             id integer primary key, version_id integer not null, digest blob not null
         ) strict;
         create temp table cut (
             old text not null, new text not null, dataset text not null,
             said_by integer not null, in_effect integer not null
         ) strict;
         create temp table cut_end (
             dataset text not null, code text not null, said_by integer not null
         ) strict;
         create temp table referring (id integer primary key) strict;
         create temp table if not exists taken_back (digest blob primary key) strict, without rowid;",
    )?;
    map::gather(connection, version, key)?;
    // Of the data set of `version`, the current one is about to be replaced.
    connection.execute(
        "insert or ignore into temp.hidden
         select c.digest from classified_code c join data_version v on v.id = c.version_id
         where c.version_id = ?1 or (
             v.state = 'current'
             and v.dataset is not (select dataset from data_version where id = ?1)
         )",
        [version],
    )?;
    // As `standing_withheld` will be: a version that is current again counts again.
    connection.execute(
        "insert or ignore into temp.unnamed
         select digest from temp.hidden
         union
         select w.digest from (
             select w.digest, w.dataset, w.withheld, max(w.said_by)
             from withheld_code w join data_version v on v.id = w.said_by
             where v.id is ?1 or (v.withdrawn_at is null and v.id is not ?2)
             group by w.digest, w.dataset
         ) w
         where w.withheld = 1 and not (
             w.dataset is (select dataset from data_version where id = ?1)
             and w.digest in (select digest from temp.taken_back)
         )",
        (version, withdrawn),
    )?;
    let any: bool =
        connection.query_one("select exists (select 1 from temp.unnamed)", [], |row| row.get(0))?;
    if !any {
        return Ok(());
    }
    connection.execute_batch(
        "insert into temp.exposed
         select id, version_id, code_digest(code) from parcel
         where code_digest(code) in (select digest from temp.hidden);
         insert into temp.cut
         select old, new, dataset, said_by, in_effect from tie
         where code_digest(old) in (select digest from temp.unnamed)
             or code_digest(new) in (select digest from temp.unnamed);
         insert into temp.cut_end
         select dataset, code, said_by from ended_code
         where code_digest(code) in (select digest from temp.unnamed);
         insert or ignore into temp.referring
         select p.id from temp.cut c join parcel p on p.code in (c.old, c.new);",
    )?;
    connection.execute(
        "insert or ignore into temp.referring
         select p.id from parcel p join parcel_body b on b.parcel_id = p.id
         where p.version_id = ?1 and (
             exists (select 1 from json_each(b.predecessors) e
                 where code_digest(e.value) in (select digest from temp.unnamed))
             or exists (select 1 from json_each(b.successors) e
                 where code_digest(e.value) in (select digest from temp.unnamed))
         )",
        [version],
    )?;
    Ok(())
}

/// Takes out what [`gather`] found.
pub(super) fn scrub(transaction: &Transaction<'_>) -> Result<(), SqliteError> {
    // What is deleted is overwritten: it must not be read from free pages.
    transaction.pragma_update(None, "secure_delete", true)?;
    map::clear(transaction)?;
    take_out(transaction)?;
    if leaves_traces(transaction)? {
        // If nothing wipes it, the next start does.
        transaction.pragma_update(None, "user_version", TRACES_LEFT)?;
    }
    Ok(())
}

fn take_out(transaction: &Transaction<'_>) -> Result<(), SqliteError> {
    let any: bool = transaction.query_one(
        "select exists (select 1 from temp.exposed) or exists (select 1 from temp.cut)
             or exists (select 1 from temp.cut_end) or exists (select 1 from temp.referring)",
        [],
        |row| row.get(0),
    )?;
    if !any {
        return Ok(());
    }
    transaction.execute_batch(
        "-- Codes that ended only into what may not be named, on no day of their own, would read as
         -- codes in force: of them nothing is said either.
         insert or ignore into temp.exposed
         select p.id, p.version_id, code_digest(p.code)
         from temp.referring r join parcel p on p.id = r.id
         join parcel_body b on b.parcel_id = p.id
         where b.valid_to is null and b.successors <> '[]' and not exists (
             select 1 from json_each(b.successors) e
             where code_digest(e.value) not in (select digest from temp.unnamed)
         );
         insert or ignore into withheld_end (dataset, digest, said_by)
         select dataset, code_digest(old), said_by from temp.cut where in_effect = 1
         union
         select dataset, code_digest(code), said_by from temp.cut_end;
         insert or ignore into withheld_code (digest, dataset, said_by, withheld)
         select code_digest(old), dataset, said_by, 2 from temp.cut where in_effect = 1;
         delete from tie where (old, dataset, new, said_by) in
             (select old, dataset, new, said_by from temp.cut);
         delete from ended_code where (dataset, code, said_by) in
             (select dataset, code, said_by from temp.cut_end);
         update parcel_body set
             predecessors = (
                 select json_group_array(e.value) from json_each(predecessors) e
                 where code_digest(e.value) not in (select digest from temp.unnamed)
             ),
             successors = (
                 select json_group_array(e.value) from json_each(successors) e
                 where code_digest(e.value) not in (select digest from temp.unnamed)
             )
         where parcel_id in (select id from temp.referring);
         insert or ignore into classified_code (version_id, digest)
             select version_id, digest from temp.exposed;
         -- What layers have that met nothing but these parcels lies in them alone.
         create temp table met_exposed as
             select restriction_id as id from finding
             where exists (select 1 from temp.exposed)
             group by restriction_id
             having min(parcel_id in (select id from temp.exposed)) = 1;
         -- Of what is left nobody can tell any more whether something is missing: its silence says nothing.
         update layer set groundless = 1 where id in (
             select layer_id from restriction where id in (select id from temp.met_exposed)
         );
         delete from restriction_box where id in (select id from temp.met_exposed);
         delete from restriction where id in (select id from temp.met_exposed);
         drop table temp.met_exposed;
         delete from parcel_text where rowid in (
             select id from temp.exposed where id in (select id from parcel_text_docsize)
         );
         delete from parcel_box where id in (select id from temp.exposed);
         delete from parcel where id in (select id from temp.exposed);",
    )?;
    Ok(())
}

/// Whether what [`scrub`] takes out stays in the word index or the log.
fn leaves_traces(connection: &Connection) -> Result<bool, SqliteError> {
    Ok(connection.query_one(
        "select exists (select 1 from temp.exposed) or exists (select 1 from temp.on_closed)",
        [],
        |row| row.get(0),
    )?)
}

/// After [`scrub`]: what was in the word index and in the log is overwritten too. What was changed
/// is changed, whatever becomes of this: it only says that something is left.
pub(super) fn wipe(connection: &Connection) {
    match wiped(connection) {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            "the log of the database still holds records that are classified now, for another \
             program reads; the next start clears it"
        ),
        Err(error) => tracing::warn!(
            %error,
            "the word index or the log of the database still holds records that are classified \
             now; the next start clears it"
        ),
    }
}

fn wiped(connection: &Connection) -> Result<bool, SqliteError> {
    let any = leaves_traces(connection)?;
    if any {
        join_words(connection)?;
    }
    connection.pragma_update(None, "secure_delete", false)?;
    if any {
        if !room::empty_log(connection)? {
            return Ok(false);
        }
        connection.pragma_update(None, "user_version", CLEARED)?;
    }
    Ok(true)
}
