//! The keys outside the database: what it knows of them, and what was made with which.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use store::{Clear, Keys, RecordKeyId, Sealer, StoreError, Traces};

use super::{SqliteStore, error::SqliteError, open_for_copy, records};

#[async_trait]
impl Keys for SqliteStore {
    fn traces(&self) -> Result<Traces, StoreError> {
        Ok(found(&open_for_copy(&self.inner.folder)?)?)
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

    fn unlock(&self, sealer: Arc<dyn Sealer>, clear: Clear) -> Result<(), StoreError> {
        let mut writer = self.inner.writer.try_lock().map_err(|_in_use| StoreError::Stopped)?;
        records::unlock(&mut writer, &*sealer, clear)?;
        drop(writer);
        // Set once: a store is handed its keys where it is opened.
        let _set_before = self.inner.sealer.set(sealer);
        Ok(())
    }

    async fn reseal(&self) -> Result<u64, StoreError> {
        self.reseal_records().await
    }

    async fn sealed_by(&self) -> Result<Vec<(RecordKeyId, u64)>, StoreError> {
        self.read_kept(records::sealed_by).await
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
