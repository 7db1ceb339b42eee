//! What rows say, by code, on the disk: a database of SQLite without a name, which nobody else can open
//! and which is gone when the import ends, however it ends.

use domain::{code::LandCode, policy::Field, record::Fields};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{from_str, to_string};

use crate::error::IntakeError;

/// What is kept of the rows of a code.
pub(super) struct Said {
    /// The file of the first of them, and its number there.
    pub(super) name: String,
    pub(super) number: u64,
    pub(super) fields: Fields,
    /// Of which two rows say two things.
    pub(super) contested: Vec<Field>,
}

/// Rows by code.
pub(super) struct Index {
    database: Connection,
}

impl From<rusqlite::Error> for IntakeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Waiting(std::io::Error::other(error))
    }
}

impl From<serde_json::Error> for IntakeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Waiting(error.into())
    }
}

impl Index {
    /// An empty one.
    pub(super) fn open() -> Result<Self, IntakeError> {
        // Without a name it lies in the folder for temporary files, unlinked, once it outgrows its cache.
        let database = Connection::open("")?;
        database.execute_batch(include_str!("open.sql"))?;
        Ok(Self { database })
    }

    /// Takes note of a row, to be told should nothing come that it is about.
    pub(super) fn note(
        &self,
        file: usize,
        number: u64,
        id: &str,
        code: &LandCode,
    ) -> Result<(), IntakeError> {
        let mut statement = self.database.prepare_cached(include_str!("note.sql"))?;
        statement.execute(params![file as i64, number.cast_signed(), id, code.to_string()])?;
        Ok(())
    }

    /// What the rows of a code say so far.
    pub(super) fn of(&self, code: &LandCode) -> Result<Option<Said>, IntakeError> {
        let mut statement = self.database.prepare_cached(include_str!("of.sql"))?;
        let found: Option<(String, i64, String, String)> = statement
            .query_row([code.to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        found
            .map(|(name, number, fields, contested)| {
                Ok(Said {
                    name,
                    number: number.cast_unsigned(),
                    fields: from_str(&fields)?,
                    contested: from_str(&contested)?,
                })
            })
            .transpose()
    }

    /// Keeps what the rows of a code say, in place of what was kept.
    pub(super) fn keep(&self, code: &LandCode, said: &Said) -> Result<(), IntakeError> {
        let Said { name, number, fields, contested } = said;
        let mut statement = self.database.prepare_cached(include_str!("keep.sql"))?;
        statement.execute(params![
            code.to_string(),
            name,
            number.cast_signed(),
            to_string(fields)?,
            to_string(contested)?
        ])?;
        Ok(())
    }

    /// Takes note that what the rows of a code are about is stored.
    pub(super) fn take(&self, code: &LandCode) -> Result<(), IntakeError> {
        let mut statement = self.database.prepare_cached(include_str!("take.sql"))?;
        statement.execute([code.to_string()])?;
        Ok(())
    }

    /// Hands every row on of which nothing is stored: file, number, id and code.
    pub(super) fn lonely(
        &self,
        each: &mut dyn FnMut(usize, u64, &str, &str),
    ) -> Result<(), IntakeError> {
        let mut statement = self.database.prepare(include_str!("lonely.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (file, number): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (id, code): (String, String) = (row.get(2)?, row.get(3)?);
            each(usize::try_from(file).unwrap_or_default(), number.cast_unsigned(), &id, &code);
        }
        Ok(())
    }
}
