//! What rows say, by code, on the disk: a database of SQLite without a name, which nobody else can open
//! and which is gone when the import ends, however it ends.

use std::{collections::BTreeMap, error::Error};

use domain::{code::LandCode, policy::Field, record::Value};
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde::{Deserialize, Serialize};
use serde_json::{from_str, to_string};

use crate::error::IntakeError;

/// A row: the place of its file in the report, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) file: usize,
    pub(super) number: u64,
}

/// What rows say of a field.
#[derive(Serialize, Deserialize)]
pub(super) struct Word {
    /// The first that says it.
    pub(super) row: Row,
    pub(super) value: Value,
    /// The first that says something else.
    pub(super) denied_by: Option<Row>,
}

impl Word {
    pub(super) fn of(row: Row, value: Value) -> Self {
        Self { row, value, denied_by: None }
    }

    /// Takes what a further row says; gives one that it contradicts, or that contradicts both.
    pub(super) fn hear(&mut self, row: Row, value: &Value) -> Option<Row> {
        if *value == self.value {
            return self.denied_by;
        }
        self.denied_by.get_or_insert(row);
        Some(self.row)
    }
}

/// What is kept of the rows of a code.
pub(super) struct RowsOfCode {
    pub(super) first: Row,
    pub(super) words: BTreeMap<Field, Word>,
}

/// Rows by code.
pub(super) struct Index {
    database: Connection,
}

/// Why rows cannot wait.
fn waiting(error: impl Into<Box<dyn Error + Send + Sync>>) -> IntakeError {
    IntakeError::Waiting(std::io::Error::other(error))
}

impl Index {
    /// An empty one.
    pub(super) fn open() -> Result<Self, IntakeError> {
        // Without a name it lies in the folder for temporary files, unlinked, once it outgrows its cache.
        let database = Connection::open("").map_err(waiting)?;
        database.execute_batch(include_str!("open.sql")).map_err(waiting)?;
        Ok(Self { database })
    }

    fn run(&self, sql: &str, values: impl Params) -> Result<(), IntakeError> {
        let mut statement = self.database.prepare_cached(sql).map_err(waiting)?;
        statement.execute(values).map_err(waiting)?;
        Ok(())
    }

    /// Takes note of a row, to be told should nothing come that it is about.
    pub(super) fn note(&self, row: Row, id: &str, code: &LandCode) -> Result<(), IntakeError> {
        let Row { file, number } = row;
        let values = params![file as i64, number.cast_signed(), id, code.to_string()];
        self.run(include_str!("note.sql"), values)
    }

    /// What the rows of a code say so far.
    pub(super) fn of(&self, code: &LandCode) -> Result<Option<RowsOfCode>, IntakeError> {
        let mut statement =
            self.database.prepare_cached(include_str!("of.sql")).map_err(waiting)?;
        let found: Option<(String, String)> = statement
            .query_row([code.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(waiting)?;
        let Some((first, words)) = found else { return Ok(None) };
        let (first, words) =
            (from_str(&first).map_err(waiting)?, from_str(&words).map_err(waiting)?);
        Ok(Some(RowsOfCode { first, words }))
    }

    /// Keeps what the rows of a code say, in place of what was kept.
    pub(super) fn keep(&self, code: &LandCode, said: &RowsOfCode) -> Result<(), IntakeError> {
        let first = to_string(&said.first).map_err(waiting)?;
        let words = to_string(&said.words).map_err(waiting)?;
        self.run(include_str!("keep.sql"), params![code.to_string(), first, words])
    }

    /// Takes note that what the rows of a code are about is stored.
    pub(super) fn take(&self, code: &LandCode) -> Result<(), IntakeError> {
        self.run(include_str!("take.sql"), [code.to_string()])
    }

    /// Hands every row on of which nothing is stored: file, number, id and code.
    pub(super) fn lonely(
        &self,
        each: &mut dyn FnMut(usize, u64, &str, &str),
    ) -> Result<(), IntakeError> {
        let mut statement = self.database.prepare(include_str!("lonely.sql")).map_err(waiting)?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
            })
            .map_err(waiting)?;
        for row in rows {
            let (file, number, id, code): (i64, i64, _, _) = row.map_err(waiting)?;
            each(usize::try_from(file).unwrap_or_default(), number.cast_unsigned(), &id, &code);
        }
        Ok(())
    }
}
