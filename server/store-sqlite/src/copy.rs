//! A copy of the database as it is at one moment, made while others read and write.

use std::{fs::File, path::Path};

use domain::audit::Head;
use jiff::Timestamp;
use rusqlite::{
    Connection, OptionalExtension,
    backup::{Backup, StepResult},
};
use store::StoreError;

use super::{
    audit,
    error::SqliteError,
    open_for_copy,
    value::{read_instant, text_or_null},
};

/// Name of the database in the data folder.
pub const DATABASE_FILE: &str = "jianma.sqlite3";

/// Pages copied between two words of progress: 16 MiB where a page has 4 KiB.
const STEP: i32 = 4_096;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFacts {
    /// Current versions, as labels.
    pub versions: Vec<String>,
    /// Requests.
    pub requests: u64,
    /// When the last of them was submitted.
    pub last_request_at: Option<Timestamp>,
    /// Labels issued.
    pub labels: u64,
    /// Where the audit ends; `None` when it is empty.
    pub audit_end: Option<Head>,
}

/// Copies the database of a data folder into the new file `to`, as it is at the moment this
/// begins. Nobody waits for it; what is written meanwhile stays in the log until it is done.
/// `progress` is handed bytes copied and bytes in all. The copy is one file, on disk and checked
/// when this returns.
///
/// # Errors
/// [`StoreError::NoData`] when there is no database, [`StoreError::DiskFull`] when there is no room
/// for the copy, [`StoreError::Corrupt`] when it does not pass SQLite's own check.
pub fn copy_database(
    folder: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CopyFacts, StoreError> {
    if !folder.join(DATABASE_FILE).is_file() {
        return Err(StoreError::NoData {
            place: folder.display().to_string(),
            missing: DATABASE_FILE,
        });
    }
    let facts = copied(folder, to, progress)?;
    let synced = File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|source| StoreError::Folder { path: to.to_owned(), source })?;
    Ok(facts)
}

fn copied(
    folder: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CopyFacts, SqliteError> {
    let from = open_for_copy(folder)?;
    // One read transaction around all steps: they see one moment, and never begin again.
    from.execute_batch("begin")?;
    from.query_one("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    let page: i64 = from.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let page = page.unsigned_abs();
    let mut copy = Connection::open(to)?;
    // Half a copy is thrown away, so nothing needs to be undone in it.
    copy.pragma_update(None, "journal_mode", "off")?;
    copy.pragma_update(None, "synchronous", "off")?;
    {
        let copying = Backup::new(&from, &mut copy)?;
        loop {
            let step = copying.step(STEP)?;
            let at = copying.progress();
            let [total, left] = [at.pagecount, at.remaining].map(|pages| pages.max(0) as u64);
            progress((total - left) * page, total * page);
            if step == StepResult::Done {
                break;
            }
        }
    }
    from.execute_batch("commit")?;
    drop(copy);
    // The copy came with the mark of a database that has a log beside it; alone it needs none.
    let copy = Connection::open(to)?;
    copy.pragma_update(None, "journal_mode", "delete")?;
    let said: String = copy.query_one("pragma quick_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(StoreError::Corrupt { what: "database", reason: said }.into());
    }
    facts(&copy)
}

fn facts(copy: &Connection) -> Result<CopyFacts, SqliteError> {
    let count = |table: &str| -> Result<u64, SqliteError> {
        let sql = format!("select count(*) from {table}");
        Ok(copy.query_one(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    let versions = copy
        .prepare(
            "select dataset || '/' || number from data_version where state = 'current' order by id",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let last_request_at = copy
        .prepare("select max(submitted_at) from request")?
        .query_and_then([], |row| text_or_null(row, 0)?.map(read_instant).transpose())?
        .next()
        .transpose()?
        .flatten();
    Ok(CopyFacts {
        versions,
        requests: count("request")?,
        last_request_at,
        labels: count("label")?,
        audit_end: audit::head(copy)?.map(|(head, _)| head),
    })
}

/// Whether the audit of a copy runs through `known`.
///
/// # Errors
/// [`StoreError::Engine`] when it does not read.
pub fn audit_runs_through(copy: &Path, known: &Head) -> Result<bool, StoreError> {
    Ok(runs_through(copy, known)?)
}

fn runs_through(copy: &Path, known: &Head) -> Result<bool, SqliteError> {
    let connection = Connection::open(copy)?;
    let sequence = i64::try_from(known.sequence).unwrap_or(i64::MAX);
    let seal: Option<String> = connection
        .query_row("select seal from audit_entry where sequence = ?1", [sequence], |row| row.get(0))
        .optional()?;
    let is_pruned = connection.query_one(
        "select exists (select 1 from audit_cut where sequence > ?1 or seal = ?2)",
        (sequence, &known.seal),
        |row| row.get(0),
    )?;
    Ok(is_pruned || seal.as_ref() == Some(&known.seal))
}
