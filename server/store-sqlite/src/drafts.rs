//! What somebody typed into a form and has not handed in.

use async_trait::async_trait;
use domain::request::DraftNumber;
use jiff::Timestamp;
use rusqlite::OptionalExtension;
use store::{Draft, DraftContent, Drafts, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    sealed::{SealedConnection, draft_place},
    value::{blob, instant, read_instant, text},
};

/// Lets go of the files that wait with a draft, or with a case of the counter: their numbers are no other's. One that
/// went with a request stays with it.
pub(super) const LET_GO: &str =
    "update attachment set state = 'dropped', content = null, draft = null
                      where draft = ?1 and state = 'held'";

/// By what drafts of a form are found: nobody learns its key from it.
fn form_mark(key: &str) -> String {
    domain::digest::hex_digest(key.as_bytes())
}

/// Deletes the drafts of the form by which a request was handed in, with the files that wait with them.
pub(super) fn delete_of_request(
    connection: &SealedConnection<'_>,
    request: i64,
) -> Result<(), SqliteError> {
    let key: String = connection
        .prepare_cached("select idempotency_key from request where id = ?1")?
        .query_one([request], |row| row.get(0))?;
    let numbers: Vec<String> = connection
        .prepare_cached("delete from draft where form = ?1 returning number")?
        .query_map([form_mark(&key)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for number in numbers {
        connection.prepare_cached(LET_GO)?.execute([number])?;
    }
    Ok(())
}

#[async_trait]
impl Drafts for SqliteStore {
    async fn save_draft(&self, draft: &Draft) -> Result<(), StoreError> {
        let draft = draft.clone();
        self.write_sealed(move |connection| {
            let number = draft.number.as_str();
            let DraftContent { code, item, fields } = &draft.content;
            let content = connection.seal_value(&draft_place(number), &(code, item, fields))?;
            let form = draft.form.as_deref().map(form_mark);
            connection
                .prepare_cached(
                    "insert into draft (number, until, content, form) values (?1, ?2, ?3, ?4)
                     on conflict (number) do update set until = excluded.until,
                         content = excluded.content, form = excluded.form",
                )?
                .execute((number, instant(draft.until), content, form))?;
            Ok(())
        })
        .await
    }

    async fn draft(
        &self,
        number: &DraftNumber,
        at: Timestamp,
    ) -> Result<Option<Draft>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| {
            let found = connection
                .prepare_cached(
                    "select until, content from draft where number = ?1 and until > ?2",
                )?
                .query_row((number.as_str(), instant(at)), |row| {
                    Ok((text(row, 0).and_then(read_instant), blob(row, 1).map(<[u8]>::to_vec)))
                })
                .optional()?;
            let Some((until, content)) = found else { return Ok(None) };
            let place = draft_place(number.as_str());
            let (code, item, fields) = connection.open_value(&place, &content?)?;
            let content = DraftContent { code, item, fields };
            Ok(Some(Draft { number, until: until?, form: None, content }))
        })
        .await
    }

    async fn delete_draft(&self, number: &DraftNumber) -> Result<bool, StoreError> {
        let number = number.clone();
        self.write(move |transaction| {
            transaction.prepare_cached(LET_GO)?.execute([number.as_str()])?;
            let deleted = transaction
                .prepare_cached("delete from draft where number = ?1")?
                .execute([number.as_str()])?;
            Ok(deleted > 0)
        })
        .await
    }

    async fn expire_drafts(&self, at: Timestamp) -> Result<usize, StoreError> {
        self.write(move |transaction| {
            let over = transaction
                .prepare_cached("delete from draft where until <= ?1")?
                .execute([instant(at)])?;
            Ok(over)
        })
        .await
    }
}
