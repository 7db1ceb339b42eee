//! Keys of programs that ask the API often.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Row, params};
use store::{ApiKey, ApiKeys, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    value::{instant, read_instant, text, text_or_null},
};

/// The columns of [`read_key`].
const KEY: &str = "name, called, per_minute, per_day, sites, added_at, disabled_at";

#[async_trait]
impl ApiKeys for SqliteStore {
    async fn add_api_key(&self, key: &ApiKey, mark: &str) -> Result<bool, StoreError> {
        let (key, mark) = (key.clone(), mark.to_owned());
        self.write(move |connection| {
            let added = connection
                .prepare_cached(
                    "insert into api_key (name, mark, called, per_minute, per_day, sites, added_at,
                         disabled_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     on conflict (name) do nothing",
                )?
                .execute(params![
                    key.name,
                    mark,
                    key.called,
                    key.per_minute,
                    key.per_day,
                    key.sites,
                    instant(key.added_at),
                    key.disabled_at.map(instant),
                ])?;
            Ok(added > 0)
        })
        .await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached(&format!("select {KEY} from api_key order by name"))?
                .query_and_then([], read_key)?
                .collect()
        })
        .await
    }

    async fn api_key(&self, mark: &str) -> Result<Option<ApiKey>, StoreError> {
        let mark = mark.to_owned();
        self.read(move |connection, _| {
            connection
                .prepare_cached(&format!("select {KEY} from api_key where mark = ?1"))?
                .query_and_then([mark], read_key)?
                .next()
                .transpose()
        })
        .await
    }

    async fn disable_api_key(&self, name: &str, at: Timestamp) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |connection| {
            let sql = "update api_key set disabled_at = ?2 where name = ?1 and disabled_at is null";
            Ok(connection.prepare_cached(sql)?.execute((name, instant(at)))? > 0)
        })
        .await
    }
}

fn read_key(row: &Row<'_>) -> Result<ApiKey, SqliteError> {
    Ok(ApiKey {
        name: row.get(0)?,
        called: row.get(1)?,
        per_minute: row.get(2)?,
        per_day: row.get(3)?,
        sites: row.get(4)?,
        added_at: read_instant(text(row, 5)?)?,
        disabled_at: text_or_null(row, 6)?.map(read_instant).transpose()?,
    })
}
