//! What somebody typed into a form and has not handed in.

use async_trait::async_trait;
use domain::request::DraftNumber;
use jiff::Timestamp;
use rusqlite::OptionalExtension;
use store::{Draft, DraftContent, Drafts, StoreError};

use super::{
    SqliteStore,
    sealed::draft_place,
    value::{blob, instant, read_instant, text},
};

#[async_trait]
impl Drafts for SqliteStore {
    async fn save_draft(&self, draft: &Draft) -> Result<(), StoreError> {
        let draft = draft.clone();
        self.write_sealed(move |connection| {
            let number = draft.number.as_str();
            let DraftContent { code, item, fields } = &draft.content;
            let content = connection.seal_value(&draft_place(number), &(code, item, fields))?;
            connection
                .prepare_cached(
                    "insert into draft (number, until, content) values (?1, ?2, ?3)
                     on conflict (number) do update
                         set until = excluded.until, content = excluded.content",
                )?
                .execute((number, instant(draft.until), content))?;
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
            Ok(Some(Draft { number, until: until?, content }))
        })
        .await
    }

    async fn delete_draft(&self, number: &DraftNumber) -> Result<bool, StoreError> {
        let number = number.clone();
        self.write(move |transaction| {
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
