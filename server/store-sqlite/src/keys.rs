//! What in a database was made with which kind of key.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use store::StoreError;

use super::{SqliteStore, error::SqliteError, open_for_copy};

/// What a database holds that only its keys can open, prove or go on with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Requests: their receipts.
    pub requests: bool,
    /// Entries of the audit.
    pub audit: bool,
    /// Labels issued.
    pub labels: bool,
    /// Digests of classified codes, or the mark of their key.
    pub classified: bool,
    /// Requests sealed by a key.
    pub sealed: bool,
    /// Departments that something was sent to.
    pub sent_to: BTreeSet<String>,
}

impl SqliteStore {
    /// Whether the key of a file is the one that the database has known since it was first told of
    /// one; `check` is a digest under it. `None` where it was never told.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it does not read.
    pub fn knows_key(&self, file: &str, check: &str) -> Result<Option<bool>, StoreError> {
        let connection = open_for_copy(&self.inner.folder)?;
        let known = known_by(&connection, file)?;
        Ok(known.map(|known| known == check))
    }

    /// Tells the database by what it knows the key of a file again.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it cannot be written.
    pub fn note_key(&self, file: &str, check: &str) -> Result<(), StoreError> {
        let writer = self.inner.writer.try_lock().map_err(|_in_use| StoreError::Stopped)?;
        Ok(note(&writer, file, check)?)
    }

    /// What was made with which kind of key.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it does not read.
    pub fn traces(&self) -> Result<Traces, StoreError> {
        Ok(found(&open_for_copy(&self.inner.folder)?)?)
    }
}

fn known_by(connection: &Connection, file: &str) -> Result<Option<String>, SqliteError> {
    let sql = "select known_by from key_check where file = ?1";
    Ok(connection.query_one(sql, [file], |row| row.get(0)).optional()?)
}

fn note(connection: &Connection, file: &str, check: &str) -> Result<(), SqliteError> {
    connection.execute("insert or ignore into key_check values (?1, ?2)", (file, check))?;
    Ok(())
}

fn found(connection: &Connection) -> Result<Traces, SqliteError> {
    let any = |table: &str| {
        let sql = format!("select exists (select 1 from {table})");
        connection.query_one(&sql, [], |row| row.get(0))
    };
    let sent_to = connection
        .prepare("select distinct department from delivery where attempts > 0")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Traces {
        requests: any("request")?,
        audit: any("audit_entry")?,
        labels: any("label")?,
        classified: any("classified_key")?,
        sealed: any("record_key")?,
        sent_to,
    })
}
