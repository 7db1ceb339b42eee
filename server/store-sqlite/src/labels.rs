//! The labels that were issued.

use async_trait::async_trait;
use domain::{
    LandCode,
    code::Strictness,
    label::{KeyId, Token},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use store::{IssuedLabel, LabelPage, Labels, NewLabel, StoreError, Withdrawal, Withdrawn};

use super::{
    SqliteStore,
    error::{SqliteError, row_or_fault},
    value::{corrupt, from_json, instant, read_instant, text, text_or_null, to_json},
};

const COLUMNS: &str = "serial, code, token, key_id, host, issuer, issued_at, withdrawn_at,
     withdrawal_reason";

#[async_trait]
impl Labels for SqliteStore {
    async fn issue_labels(&self, labels: &[NewLabel]) -> Result<Vec<IssuedLabel>, StoreError> {
        let labels = labels.to_vec();
        self.write(move |transaction| {
            labels.into_iter().map(|label| issue(transaction, label)).collect()
        })
        .await
    }

    async fn label(&self, serial: u64) -> Result<Option<IssuedLabel>, StoreError> {
        self.read(move |connection, _| by_serial(connection, serial)).await
    }

    async fn label_of_token(&self, token: &Token) -> Result<Option<IssuedLabel>, StoreError> {
        let token = token.to_string();
        self.read(move |connection, _| one(connection, "token = ?1", &token)).await
    }

    async fn withdraw_label(
        &self,
        serial: u64,
        withdrawal: &Withdrawal,
    ) -> Result<Withdrawn, StoreError> {
        let withdrawal = withdrawal.clone();
        self.write(move |transaction| withdraw(transaction, serial, &withdrawal)).await
    }

    async fn labels(&self, after: u64, limit: usize) -> Result<LabelPage, StoreError> {
        self.read(move |connection, _| {
            let mut last = None;
            let labels = connection
                .prepare_cached(&format!(
                    "select {COLUMNS} from label where serial > ?1 order by serial limit ?2"
                ))?
                .query_and_then((row_number(after), row_number(limit as u64)), |row| {
                    let serial = read_serial(row.get(0)?)?;
                    last = Some(serial);
                    row_or_fault(format!("label/{serial}"), read(row))
                })?
                .collect::<Result<_, SqliteError>>()?;
            Ok(LabelPage { labels, last })
        })
        .await
    }
}

fn issue(connection: &Connection, label: NewLabel) -> Result<IssuedLabel, SqliteError> {
    connection
        .prepare_cached(
            "insert into label (code, token, key_id, host, issuer, issued_at)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            label.code.as_str(),
            label.token.map(|token| token.to_string()),
            label.key.as_str(),
            label.host,
            to_json("issuer", &label.issuer)?,
            instant(label.issued_at),
        ])?;
    let serial = read_serial(connection.last_insert_rowid())?;
    Ok(IssuedLabel { serial, label, withdrawn: None })
}

fn withdraw(
    connection: &Connection,
    serial: u64,
    withdrawal: &Withdrawal,
) -> Result<Withdrawn, SqliteError> {
    let Some(label) = by_serial(connection, serial)? else { return Ok(Withdrawn::Unknown) };
    if let Some(before) = label.withdrawn {
        return Ok(Withdrawn::Before(before));
    }
    connection
        .prepare_cached(
            "update label set withdrawn_at = ?2, withdrawal_reason = ?3 where serial = ?1",
        )?
        .execute(params![row_number(serial), instant(withdrawal.at), withdrawal.reason])?;
    Ok(Withdrawn::Now)
}

fn by_serial(connection: &Connection, serial: u64) -> Result<Option<IssuedLabel>, SqliteError> {
    one(connection, "serial = ?1", &row_number(serial))
}

fn one(
    connection: &Connection,
    condition: &str,
    value: &dyn ToSql,
) -> Result<Option<IssuedLabel>, SqliteError> {
    connection
        .prepare_cached(&format!("select {COLUMNS} from label where {condition}"))?
        .query_row([value], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

fn read(row: &Row<'_>) -> Result<IssuedLabel, SqliteError> {
    let code = LandCode::parse(text(row, 1)?, Strictness::LookUp).map_err(corrupt("label code"))?;
    let token = text_or_null(row, 2)?
        .map(|text| {
            Token::parse(text).ok_or_else(|| corrupt("label token")("it is no token".to_owned()))
        })
        .transpose()?;
    let key = text(row, 3)?;
    let withdrawn = match (text_or_null(row, 7)?, text_or_null(row, 8)?) {
        (Some(at), Some(reason)) => {
            Some(Withdrawal { at: read_instant(at)?, reason: reason.to_owned() })
        }
        _ => None,
    };
    Ok(IssuedLabel {
        serial: read_serial(row.get(0)?)?,
        label: NewLabel {
            code: code.code,
            token,
            key: KeyId::parse(key).ok_or_else(|| corrupt("label key")(key.to_owned()))?,
            host: row.get(4)?,
            issuer: from_json("issuer", text(row, 5)?)?,
            issued_at: read_instant(text(row, 6)?)?,
        },
        withdrawn,
    })
}

/// A number as SQLite holds it; one that it cannot hold is above every number that it has.
fn row_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn read_serial(row: i64) -> Result<u64, SqliteError> {
    u64::try_from(row).map_err(corrupt("label serial"))
}
