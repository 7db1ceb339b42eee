//! Files that come in parts: rows of `attachment` that are not whole yet.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use store::{Leftover, NewAttachment, NewUpload, StoreError, Upload, Uploads};

use super::{
    SqliteStore,
    attachments::{leftover, lengths, sealed_content},
    error::SqliteError,
    sealed::{SealedConnection, attachment_place},
    value::{corrupt, instant, read_instant},
};

/// What of a file that is not whole is sealed.
#[derive(Serialize, Deserialize)]
struct Coming {
    name: String,
    key: [u8; 32],
}

#[async_trait]
impl Uploads for SqliteStore {
    async fn begin_upload(&self, file: &NewUpload) -> Result<(), StoreError> {
        let NewUpload { id, name, size, key, until } = file.clone();
        self.write_sealed(move |connection| {
            let sealed = connection.seal_value(&attachment_place(&id), &Coming { name, key })?;
            let size = i64::try_from(size).map_err(corrupt("size"))?;
            connection
                .prepare_cached(
                    "insert into attachment (id, state, held_until, size, content, parts, arriving)
                     values (?1, 'held', ?2, ?3, ?4, '', 1)",
                )?
                .execute(params![id, instant(until), size, sealed])?;
            Ok(())
        })
        .await
    }

    async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        let id = id.to_owned();
        self.read_sealed(move |connection| read(connection, &id)).await
    }

    async fn grow_upload(&self, id: &str, offset: u64, bytes: u64) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write_sealed(move |connection| {
            let Some(mut upload) = read(connection, &id)? else { return Ok(false) };
            if upload.offset() != offset || offset.saturating_add(bytes) > upload.file.size {
                return Ok(false);
            }
            upload.parts.push(bytes);
            let parts: Vec<String> = upload.parts.iter().map(u64::to_string).collect();
            connection
                .prepare_cached("update attachment set parts = ?2 where id = ?1")?
                .execute(params![id, parts.join(" ")])?;
            Ok(true)
        })
        .await
    }

    async fn finish_upload(&self, file: &NewAttachment) -> Result<bool, StoreError> {
        let file = file.clone();
        self.write_sealed(move |connection| {
            let sealed = sealed_content(connection, &file)?;
            let size = i64::try_from(file.size).map_err(corrupt("size"))?;
            let changed = connection
                .prepare_cached(
                    "update attachment set held_until = ?2, size = ?3, content = ?4, arriving = 0
                     where id = ?1 and state = 'held' and arriving = 1",
                )?
                .execute(params![file.id, instant(file.held_until), size, sealed])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn parts_left(&self, most: usize) -> Result<Vec<Leftover>, StoreError> {
        self.read_sealed(move |connection| {
            let mut left = connection.prepare_cached(
                "select id, parts from attachment
                 where parts is not null and arriving = 0 and state <> 'dropped' limit ?1",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = left.query_and_then([most], |row| {
                leftover(row.get(0)?, row.get::<_, Option<String>>(1)?.as_deref())
            })?;
            rows.collect()
        })
        .await
    }

    async fn forget_parts(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write_sealed(move |connection| {
            let sql = "update attachment set parts = null where id = ?1 and arriving = 0";
            connection.prepare_cached(sql)?.execute([id])?;
            Ok(())
        })
        .await
    }
}

fn read(connection: &SealedConnection<'_>, id: &str) -> Result<Option<Upload>, SqliteError> {
    let row = connection
        .prepare_cached(
            "select held_until, size, content, parts from attachment
             where id = ?1 and state = 'held' and arriving = 1",
        )?
        .query_row([id], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, Vec<u8>>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .optional()?;
    let Some((until, size, content, parts)) = row else { return Ok(None) };
    let Coming { name, key } = connection.open_value(&attachment_place(id), &content)?;
    let size = u64::try_from(size).map_err(corrupt("size"))?;
    let file = NewUpload { id: id.to_owned(), name, size, key, until: read_instant(&until)? };
    Ok(Some(Upload { file, parts: lengths(&parts)? }))
}
