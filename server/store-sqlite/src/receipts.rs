//! A list of the receipts that were given, beside the database: what it says was kept and the
//! database does not have was lost, by whatever cause, and is named.
//!
//! SQLite reads its log up to the first damaged page and says nothing of what came after it.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::request::RequestNumber;
use rusqlite::{Connection, OptionalExtension};

use crate::{error::SqliteError, value::shown};

/// Name of the list in the data folder: a line a receipt, row and number.
pub(super) const FILE: &str = "receipts.log";
/// How much of its end is compared when the store is opened, bytes: some 2,000 receipts.
const COMPARED: u64 = 64 * 1024;

/// The list, open at its end.
pub(super) struct Receipts {
    path: PathBuf,
    file: Option<File>,
}

impl Receipts {
    /// Opens the list of a data folder. Without it requests are kept all the same.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let file = file.inspect_err(|error| unwritten(&path, error)).ok();
        Self { path, file }
    }

    /// Notes a receipt. Not forced to disk: when the power fails the list may lose its end, and
    /// then it only notices less.
    pub(super) fn note(&self, row: i64, number: &RequestNumber) {
        let Some(mut file) = self.file.as_ref() else { return };
        // One write a line, so that two portals on a folder do not mix theirs.
        if let Err(error) = file.write_all(format!("{row} {number}\n").as_bytes()) {
            unwritten(&self.path, &error);
        }
    }
}

fn unwritten(path: &Path, error: &std::io::Error) {
    tracing::warn!(
        path = %path.display(), error = %error,
        "The list of receipts cannot be written: a lost one would not be noticed"
    );
}

/// The receipts at the end of the list that the database does not have. One that was deleted is
/// not among them: its row number was used, and stays unused.
pub(super) fn missing(folder: &Path, connection: &Connection) -> Result<Vec<String>, SqliteError> {
    let listed = end_of(&folder.join(FILE)).unwrap_or_default();
    let used: i64 = connection
        .query_row("select seq from sqlite_sequence where name = 'request'", [], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let mut kept = connection.prepare("select number from request where id = ?1")?;
    let mut missing = Vec::new();
    for (row, number) in listed {
        // One that somebody altered is lost like one that is gone, and stops no start.
        let there = kept.query_row([row], |row| Ok(shown(row, 0))).optional()?;
        let lost = there.map_or(row > used, |there| there != number);
        if lost {
            missing.push(number);
        }
    }
    Ok(missing)
}

fn end_of(path: &Path) -> std::io::Result<Vec<(i64, String)>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(COMPARED);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(COMPARED).read_to_end(&mut bytes)?;
    // A line cut by where we began, or by a full disk, does not read and is left out.
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.split_inclusive('\n').skip(usize::from(from > 0));
    let line = |line: &str| {
        let (row, number) = line.strip_suffix('\n')?.split_once(' ')?;
        Some((row.parse().ok()?, RequestNumber::parse(number)?.to_string()))
    };
    Ok(lines.filter_map(line).collect())
}

/// Says what is missing, once for each time the store is opened.
pub(super) fn report(folder: &Path, connection: &Connection) -> Result<(), SqliteError> {
    let missing = missing(folder, connection)?;
    let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return Ok(()) };
    tracing::error!(
        receipts.lost = missing.len(), receipts.first = %first, receipts.last = %last,
        receipts.list = %folder.join(FILE).display(),
        "{} receipts were given whose requests are not in the database ({first} to {last}): the \
         database or its log was damaged, or an older copy was put in its place. Keep the folder \
         as it is, look for a backup, and ask the applicants to submit again; when that is done, \
         move the list of receipts away",
        missing.len()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(tail: &str) -> RequestNumber {
        RequestNumber::parse(&format!("JM-20261128-{tail:2>8}")).unwrap()
    }

    /// Three receipts, and the database that has their requests.
    fn kept() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "create table request (id integer primary key autoincrement, number text)",
            )
            .unwrap();
        let receipts = Receipts::open(folder.path());
        for tail in ["A", "B", "C"] {
            insert(&connection, tail);
            receipts.note(connection.last_insert_rowid(), &number(tail));
        }
        (folder, connection)
    }

    fn insert(connection: &Connection, tail: &str) {
        let sql = "insert into request (number) values (?1)";
        connection.execute(sql, [number(tail).as_str()]).unwrap();
    }

    #[test]
    fn s5_a_receipt_without_its_request_is_missed_whatever_took_it() {
        let (folder, connection) = kept();
        let missed = |connection: &Connection| missing(folder.path(), connection).unwrap();
        assert_eq!(missed(&connection), [""; 0]);
        // An older copy of the database, or one whose log was dropped: it never heard of the third.
        connection
            .execute_batch("delete from request where id = 3; update sqlite_sequence set seq = 2")
            .unwrap();
        assert_eq!(missed(&connection), [number("C").as_str()]);
        // It is still missed when its row has gone to somebody else.
        insert(&connection, "D");
        assert_eq!(connection.last_insert_rowid(), 3);
        assert_eq!(missed(&connection), [number("C").as_str()]);
    }

    #[test]
    fn s5_a_request_that_was_deleted_is_not_missed() {
        let (folder, connection) = kept();
        connection.execute("delete from request where id in (2, 3)", []).unwrap();
        assert_eq!(missing(folder.path(), &connection).unwrap(), [""; 0]);
    }

    #[test]
    fn s5_a_list_that_is_cut_or_long_is_read_as_far_as_it_reads() {
        let (folder, connection) = kept();
        let path = folder.path().join(FILE);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"4 JM-20261128-2222").unwrap();
        assert_eq!(missing(folder.path(), &connection).unwrap(), [""; 0]);
        // Behind so many old ones the newest are still compared.
        let old = format!("1 {}\n", number("A")).repeat(5_000);
        std::fs::write(&path, format!("{old}9 {}\n", number("Z"))).unwrap();
        assert_eq!(missing(folder.path(), &connection).unwrap(), [number("Z").as_str()]);
    }
}
