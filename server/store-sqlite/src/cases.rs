//! What staff at the counter have written down for applicants.

use async_trait::async_trait;
use domain::case::{Case, CaseNumber, Filing};
use jiff::Timestamp;
use rusqlite::{Row, ToSql, params};
use store::{Cases, StoreError};

use super::{
    SqliteStore,
    drafts::LET_GO,
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
            let is_kept = connection.prepare_cached(sql)?.execute(values)? > 0;
            if is_kept {
                files_wait(connection, &case)?;
            }
            Ok(is_kept)
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
            let is_deleted =
                transaction.prepare_cached(sql)?.execute((number.as_str(), version))? > 0;
            if is_deleted {
                transaction.prepare_cached(LET_GO)?.execute([number.as_str()])?;
            }
            Ok(is_deleted)
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

/// Has the files of a case wait as long as it does, and lets go of those that it had and has no more. What went with a
/// request is none of its business.
fn files_wait(connection: &SealedConnection<'_>, case: &Case) -> Result<(), SqliteError> {
    let (number, until) = (case.number.as_str(), instant(case.until));
    let carried: Vec<&str> =
        case.content.filings.iter().flat_map(Filing::files).map(|file| file.id.as_str()).collect();
    let had: Vec<String> = connection
        .prepare_cached("select id from attachment where draft = ?1 and state = 'held'")?
        .query_map([number], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let let_go = "update attachment set state = 'dropped', content = null, draft = null
                  where id = ?1 and state = 'held'";
    for id in had.iter().filter(|id| !carried.contains(&id.as_str())) {
        connection.prepare_cached(let_go)?.execute([id])?;
    }
    let waits = "update attachment set held_until = max(held_until, ?3), draft = ?2
                 where id = ?1 and state = 'held'";
    for id in carried {
        connection.prepare_cached(waits)?.execute(params![id, number, until])?;
    }
    Ok(())
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
