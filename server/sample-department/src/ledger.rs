//! What the sample department has received, on disk before it answers.

use std::{
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use domain::clock::china_date;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::DepartmentError;

const TABLES: &str = "
    create table if not exists received (
        number integer primary key,
        id text not null unique,
        reference text not null unique,
        body blob not null,
        times integer not null,
        first_at text not null,
        last_at text not null
    ) strict;
    create table if not exists word (
        request text not null,
        department text not null,
        number integer not null,
        state text not null,
        note text,
        reference text,
        at text not null,
        outcome text not null,
        facts text not null default '{}',
        formal text not null default 'null',
        reopening text,
        primary key (request, department, number)
    ) strict;
";

/// A request that was received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The key under which it came.
    pub id: String,
    /// The reference it was given.
    pub reference: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// How often it arrived, repetitions included.
    pub times: u32,
    /// When it arrived first.
    pub first_at: Timestamp,
    /// When it arrived last.
    pub last_at: Timestamp,
}

/// What became of an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filed {
    /// Filed now or before, under this reference.
    As(String),
    /// The key belongs to other bytes.
    Conflict,
}

/// What was received, and what was said of it.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Mutex<Connection>>);

/// Name of the inbox in the data folder.
const FILE: &str = "department.sqlite3";

/// Makes what is missing readable by its owner alone: there are applicants in it.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join(FILE))?;
    Ok(())
}

impl Ledger {
    /// Opens `department.sqlite3` in `folder`, or a ledger that ends with the process.
    pub(crate) fn open(folder: Option<&PathBuf>) -> Result<Self, DepartmentError> {
        let connection = match folder {
            Some(folder) => {
                private_folder(folder)
                    .map_err(|source| DepartmentError::Folder { path: folder.clone(), source })?;
                Connection::open(folder.join(FILE))?
            }
            None => Connection::open_in_memory()?,
        };
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A confirmation is a promise: it must outlive a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.execute_batch(TABLES)?;
        // One that was begun before words had these.
        for (column, nothing) in [("facts", "{}"), ("formal", "null")] {
            if connection.prepare(&format!("select {column} from word")).is_err() {
                connection.execute_batch(&format!(
                    "alter table word add column {column} text not null default '{nothing}'"
                ))?;
            }
        }
        // Or before they named what they answer.
        if connection.prepare("select reopening from word").is_err() {
            connection.execute_batch("alter table word add column reopening text")?;
        }
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Keeps an arrival, once per key.
    pub(crate) async fn keep(
        &self,
        id: String,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<Filed, DepartmentError> {
        self.with(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let kept = keep(&transaction, &id, &body, now)?;
            transaction.commit()?;
            Ok(kept)
        })
        .await
    }

    /// The reference given to `id`, if it was received.
    pub(crate) async fn reference(&self, id: String) -> Result<Option<String>, DepartmentError> {
        self.with(move |connection| {
            let sql = "select reference from received where id = ?";
            Ok(connection.query_row(sql, [id], |row| row.get(0)).optional()?)
        })
        .await
    }

    /// Everything received, newest first.
    pub(crate) async fn all(&self) -> Result<Vec<Received>, DepartmentError> {
        self.with(|connection| {
            let mut statement = connection.prepare(
                "select id, reference, body, times, first_at, last_at
                 from received order by number desc",
            )?;
            let rows = statement.query_map([], |row| {
                let instant = |column| {
                    let text: String = row.get(column)?;
                    text.parse().or(Err(rusqlite::Error::InvalidQuery))
                };
                Ok(Received {
                    id: row.get(0)?,
                    reference: row.get(1)?,
                    body: row.get(2)?,
                    times: row.get(3)?,
                    first_at: instant(4)?,
                    last_at: instant(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DepartmentError> + Send + 'static,
    ) -> Result<T, DepartmentError> {
        let connection = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .or(Err(DepartmentError::Stopped))?
    }
}

fn keep(
    transaction: &Transaction<'_>,
    id: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Filed, DepartmentError> {
    let known: Option<(String, Vec<u8>)> = transaction
        .query_row("select reference, body from received where id = ?", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let at = now.to_string();
    if let Some((reference, first)) = known {
        if first != body {
            return Ok(Filed::Conflict);
        }
        let sql = "update received set times = times + 1, last_at = ?2 where id = ?1";
        transaction.execute(sql, params![id, at])?;
        return Ok(Filed::As(reference));
    }
    let number: u32 =
        transaction
            .query_row("select coalesce(max(number), 0) + 1 from received", [], |row| row.get(0))?;
    let reference = format!("SD-{:04}-{number:06}", china_date(now).year());
    transaction.execute(
        "insert into received (number, id, reference, body, times, first_at, last_at)
         values (?1, ?2, ?3, ?4, 1, ?5, ?5)",
        params![number, id, reference, body, at],
    )?;
    Ok(Filed::As(reference))
}
