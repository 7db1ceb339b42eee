//! Files that go with requests, but for their bytes.

use async_trait::async_trait;
use domain::{
    attachment::{Attached, MediaType},
    request::{DraftNumber, RequestNumber},
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use store::{Attachment, AttachmentState, Attachments, Leftover, NewAttachment, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    sealed::{SealedConnection, attachment_place},
    value::{blob, corrupt, instant, read_instant, read_number, text, text_or_null},
};

/// What of a file is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    name: String,
    media_type: MediaType,
    sha256: String,
    key: [u8; 32],
}

#[async_trait]
impl Attachments for SqliteStore {
    async fn hold_attachment(&self, file: &NewAttachment) -> Result<(), StoreError> {
        let file = file.clone();
        self.write_sealed(move |connection| hold(connection, file)).await
    }

    async fn attachments(&self, ids: &[String]) -> Result<Vec<Attachment>, StoreError> {
        let ids = ids.to_vec();
        self.read_sealed(move |connection| {
            let found = ids.iter().map(|id| read(connection, id));
            Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
        .await
    }

    async fn held_bytes(&self) -> Result<u64, StoreError> {
        self.read_sealed(|connection| {
            let sql = "select coalesce(sum(size), 0) from attachment where state = 'held'";
            let bytes: i64 = connection.prepare_cached(sql)?.query_one([], |row| row.get(0))?;
            u64::try_from(bytes).map_err(corrupt("size"))
        })
        .await
    }

    async fn wait_with_draft(
        &self,
        ids: &[String],
        draft: &DraftNumber,
        until: Timestamp,
        most: u64,
    ) -> Result<bool, StoreError> {
        let (ids, draft) = (ids.to_vec(), draft.clone());
        self.write_sealed(move |connection| {
            let others = "select coalesce(sum(size), 0) from attachment
                          where state = 'held' and draft is not null and draft <> ?1";
            let others: i64 =
                connection.prepare_cached(others)?.query_one([draft.as_str()], |row| row.get(0))?;
            let mut together = u64::try_from(others).map_err(corrupt("size"))?;
            for id in &ids {
                let size: Option<i64> = connection
                    .prepare_cached("select size from attachment where id = ?1 and state = 'held'")?
                    .query_row([id], |row| row.get(0))
                    .optional()?;
                together += size.map_or(Ok(0), u64::try_from).map_err(corrupt("size"))?;
            }
            if together > most {
                return Ok(false);
            }
            // What two drafts list goes with neither of them: with its time alone.
            let waits = "update attachment set held_until = max(held_until, ?3),
                             draft = iif(coalesce(draft, ?2) = ?2, ?2, '')
                         where id = ?1 and state = 'held'";
            for id in &ids {
                let until = instant(until);
                connection.prepare_cached(waits)?.execute(params![id, draft.as_str(), until])?;
            }
            Ok(true)
        })
        .await
    }

    async fn drop_attachment(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write_sealed(move |connection| {
            let sql = "update attachment set state = 'dropped', content = null
                       where id = ?1 and state = 'held'";
            connection.prepare_cached(sql)?.execute([id])?;
            Ok(())
        })
        .await
    }

    async fn attachments_to_remove(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Leftover>, StoreError> {
        self.write_sealed(move |connection| {
            let late = "update attachment set state = 'dropped', content = null
                        where state = 'held' and held_until <= ?1";
            connection.prepare_cached(late)?.execute([instant(now)])?;
            let mut dropped = connection.prepare_cached(
                "select id, parts from attachment where state = 'dropped' limit ?1",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = dropped
                .query_and_then([most], |row| leftover(row.get(0)?, text_or_null(row, 1)?))?;
            rows.collect()
        })
        .await
    }

    async fn forget_attachment(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write_sealed(move |connection| {
            let sql = "delete from attachment where id = ?1 and state = 'dropped'";
            connection.prepare_cached(sql)?.execute([id])?;
            Ok(())
        })
        .await
    }
}

fn hold(connection: &SealedConnection<'_>, file: NewAttachment) -> Result<(), SqliteError> {
    let sealed = sealed_content(connection, &file)?;
    let NewAttachment { id, size, held_until, .. } = file;
    let size = i64::try_from(size).map_err(corrupt("size"))?;
    connection
        .prepare_cached(
            "insert into attachment (id, state, held_until, size, content)
             values (?1, 'held', ?2, ?3, ?4)",
        )?
        .execute(params![id, instant(held_until), size, sealed])?;
    Ok(())
}

/// A file that is to be removed, in how many parts it came.
pub(super) fn leftover(id: String, parts: Option<&str>) -> Result<Leftover, SqliteError> {
    let parts = parts.map(lengths).transpose()?.map(|parts| parts.len());
    Ok(Leftover { id, parts })
}

/// How long each part of a file is, bytes.
pub(super) fn lengths(text: &str) -> Result<Vec<u64>, SqliteError> {
    let each = text.split(' ').filter(|one| !one.is_empty()).map(str::parse::<u64>);
    each.collect::<Result<_, _>>().map_err(corrupt("parts"))
}

/// What a file is, and what opens it, sealed.
pub(super) fn sealed_content(
    connection: &SealedConnection<'_>,
    file: &NewAttachment,
) -> Result<Vec<u8>, SqliteError> {
    let NewAttachment { id, name, media_type, sha256, key, .. } = file.clone();
    connection.seal_value(&attachment_place(&id), &Content { name, media_type, sha256, key })
}

fn read(connection: &SealedConnection<'_>, id: &str) -> Result<Option<Attachment>, SqliteError> {
    connection
        .prepare_cached(
            "select a.held_until, a.size, a.content, r.number
             from attachment a left join request r on r.id = a.request_id
             where a.id = ?1 and a.state <> 'dropped' and a.arriving = 0",
        )?
        .query_and_then([id], |row| {
            let held_until = read_instant(text(row, 0)?)?;
            let size = u64::try_from(row.get::<_, i64>(1)?).map_err(corrupt("size"))?;
            let content: Content = connection.open_value(&attachment_place(id), blob(row, 2)?)?;
            let Content { name, media_type, sha256, key } = content;
            let id = id.to_owned();
            let file = NewAttachment { id, name, media_type, size, sha256, key, held_until };
            let state = match text_or_null(row, 3)? {
                Some(number) => AttachmentState::Claimed(read_number(number)?),
                None => AttachmentState::Held(held_until),
            };
            Ok(Attachment { file, state })
        })?
        .next()
        .transpose()
}

/// The ids of those files that cannot go with a request at `now`: let go of, too late, or another's.
pub(super) fn unattachable(
    connection: &SealedConnection<'_>,
    files: &[Attached],
    now: Timestamp,
) -> Result<Vec<String>, SqliteError> {
    let mut held = connection.prepare_cached(
        "select 1 from attachment
         where id = ?1 and state = 'held' and held_until > ?2 and arriving = 0",
    )?;
    let mut gone = Vec::new();
    for file in files {
        if !held.exists(params![file.id, instant(now)])? {
            gone.push(file.id.clone());
        }
    }
    Ok(gone)
}

/// Makes files those of a request.
pub(super) fn claim(
    connection: &SealedConnection<'_>,
    request: i64,
    files: &[Attached],
) -> Result<(), SqliteError> {
    let mut claim = connection.prepare_cached(
        "update attachment set state = 'claimed', request_id = ?1 where id = ?2 and state = 'held'",
    )?;
    for file in files {
        claim.execute(params![request, file.id])?;
    }
    Ok(())
}

/// Lets go of the files of a request that is deleted: what opens them is gone at once.
pub(super) fn drop_of(connection: &SealedConnection<'_>, request: i64) -> Result<(), SqliteError> {
    connection
        .prepare_cached(
            "update attachment set state = 'dropped', request_id = null, content = null
             where request_id = ?1",
        )?
        .execute([request])?;
    Ok(())
}

/// Fails unless every file of a submission is that of its request.
pub(super) fn check(
    connection: &SealedConnection<'_>,
    request: i64,
    number: &RequestNumber,
    files: &[Attached],
) -> Result<(), SqliteError> {
    let mut theirs =
        connection.prepare_cached("select 1 from attachment where id = ?1 and request_id = ?2")?;
    for file in files {
        let there = theirs.query_row(params![file.id, request], |_| Ok(())).optional()?;
        if there.is_none() {
            let reason = format!("{number} has not the file {} that it names", file.id);
            return Err(StoreError::Corrupt { what: "request", reason }.into());
        }
    }
    Ok(())
}
