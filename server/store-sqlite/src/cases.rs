//! What staff at the counter have written down for applicants.

use async_trait::async_trait;
use domain::case::{Case, CaseNumber};
use jiff::Timestamp;
use rusqlite::{Row, ToSql, params};
use store::{Cases, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    sealed::{SealedConnection, case_place},
    value::{blob, corrupt, instant, read_instant, text},
};

#[async_trait]
impl Cases for SqliteStore {
    async fn save_case(&self, case: &Case, pick_up: Option<&str>) -> Result<bool, StoreError> {
        let (case, pick_up) = (case.clone(), pick_up.map(str::to_owned));
        self.write_sealed(move |connection| {
            let number = case.number.as_str();
            let content = connection.seal_value(&case_place(number), &case.content)?;
            let sql = if case.version == 1 {
                "insert or ignore into desk_case (number, office, version, until, pick_up, content)
                 values (?1, ?2, ?3, ?4, ?5, ?6)"
            } else {
                "update desk_case set version = ?3, until = ?4, pick_up = ?5, content = ?6
                 where number = ?1 and office = ?2 and version = ?3 - 1"
            };
            let until = instant(case.until);
            let values = params![number, case.office, case.version, until, pick_up, content];
            Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
        })
        .await
    }

    async fn case(&self, number: &CaseNumber, at: Timestamp) -> Result<Option<Case>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| {
            let of = "number = ?1 and until > ?2";
            Ok(cases(connection, of, &[&number.as_str(), &instant(at)])?.pop())
        })
        .await
    }

    async fn case_of(&self, pick_up: &str, at: Timestamp) -> Result<Option<Case>, StoreError> {
        let pick_up = pick_up.to_owned();
        self.read_sealed(move |connection| {
            let of = "pick_up = ?1 and until > ?2";
            Ok(cases(connection, of, &[&pick_up, &instant(at)])?.pop())
        })
        .await
    }

    async fn cases(
        &self,
        office: &str,
        at: Timestamp,
        limit: usize,
    ) -> Result<Vec<Case>, StoreError> {
        let office = office.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_sealed(move |connection| {
            // Each change gives a case the same time again: the one that ends last was changed last.
            let of = "office = ?1 and until > ?2 order by until desc, number limit ?3";
            cases(connection, of, &[&office, &instant(at), &limit])
        })
        .await
    }

    async fn delete_case(&self, number: &CaseNumber, version: u32) -> Result<bool, StoreError> {
        let number = number.clone();
        self.write(move |transaction| {
            let sql = "delete from desk_case where number = ?1 and version = ?2";
            Ok(transaction.prepare_cached(sql)?.execute((number.as_str(), version))? > 0)
        })
        .await
    }

    async fn expire_cases(&self, at: Timestamp) -> Result<usize, StoreError> {
        self.write(move |transaction| {
            let sql = "delete from desk_case where until <= ?1";
            Ok(transaction.prepare_cached(sql)?.execute([instant(at)])?)
        })
        .await
    }
}

/// The cases `of` which this is so, opened.
fn cases(
    connection: &SealedConnection<'_>,
    of: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<Case>, SqliteError> {
    let sql = format!("select number, office, version, until, content from desk_case where {of}");
    connection.prepare_cached(&sql)?.query_and_then(values, |row| read(connection, row))?.collect()
}

fn read(connection: &SealedConnection<'_>, row: &Row<'_>) -> Result<Case, SqliteError> {
    let number = text(row, 0)?;
    let content = connection.open_value(&case_place(number), blob(row, 4)?)?;
    let number =
        CaseNumber::parse(number).ok_or_else(|| corrupt("number of a case")("it is none"))?;
    Ok(Case {
        number,
        office: row.get(1)?,
        version: row.get(2)?,
        until: read_instant(text(row, 3)?)?,
        content,
    })
}
