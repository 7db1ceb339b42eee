//! The keys outside the database: what it knows of them, and what was made with which.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use store::{Clear, Keys, RecordKeyId, Sealer, StoreError, Traces};

use super::{DATABASE_FILE, SqliteStore, error::SqliteError, open_for_copy, records};

/// What the database of a data folder holds that only its keys can open, prove or go on with: nothing
/// where there is no database. One of an older program is read as it is.
///
/// # Errors
/// [`StoreError::Engine`] when it does not read.
pub fn traces(folder: &Path) -> Result<Traces, StoreError> {
    if !folder.join(DATABASE_FILE).is_file() {
        return Ok(Traces::default());
    }
    Ok(found(&open_for_copy(folder)?)?)
}

#[async_trait]
impl Keys for SqliteStore {
    fn traces(&self) -> Result<Traces, StoreError> {
        traces(&self.inner.folder)
    }

    fn knows_key(&self, file: &str, check: &str) -> Result<Option<bool>, StoreError> {
        let known = known_by(&open_for_copy(&self.inner.folder)?, file)?;
        Ok(known.map(|known| known == check))
    }

    fn note_key(&self, file: &str, check: &str) -> Result<(), StoreError> {
        let writer = self.inner.writer.try_lock().map_err(|_in_use| StoreError::Stopped)?;
        Ok(note(&writer, file, check)?)
    }

    fn has_sealed_records(&self) -> Result<bool, StoreError> {
        let writer = self.inner.writer.try_lock().map_err(|_in_use| StoreError::Stopped)?;
        Ok(records::any_key(&writer)?)
    }

    fn unlock(&self, sealer: Arc<dyn Sealer>, clear: Clear) -> Result<u64, StoreError> {
        let mut writer = self.inner.writer.try_lock().map_err(|_in_use| StoreError::Stopped)?;
        let sealed = records::unlock(&mut writer, &*sealer, clear)?;
        drop(writer);
        // Set once: a store is handed its keys where it is opened.
        let _set_before = self.inner.sealer.set(sealer);
        Ok(sealed)
    }

    async fn reseal(&self) -> Result<u64, StoreError> {
        self.reseal_records().await
    }

    async fn sealed_by(&self) -> Result<Vec<(RecordKeyId, u64)>, StoreError> {
        self.read_sealed(records::sealed_by).await
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
    let known = "select exists (select 1 from sqlite_schema where type = 'table' and name = ?1)";
    let is_there = |table: &str| connection.query_one(known, [table], |row| row.get::<_, bool>(0));
    let any = |table: &str| {
        let sql = format!("select exists (select 1 from {table})");
        Ok::<_, SqliteError>(
            is_there(table)? && connection.query_one(&sql, [], |row| row.get::<_, bool>(0))?,
        )
    };
    let sent_to = if is_there("delivery")? {
        connection
            .prepare("select distinct department from delivery where attempts > 0")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?
    } else {
        BTreeSet::new()
    };
    Ok(Traces {
        requests: any("request")?,
        audit: any("audit_entry")?,
        labels: any("label")?,
        classified: any("classified_key")?,
        sealed: any("record_key")?,
        sent_to,
    })
}
