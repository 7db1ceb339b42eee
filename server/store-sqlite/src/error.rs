//! What goes wrong in here. Whoever asks a store is told a [`StoreError`], which names no engine.

use rusqlite::ErrorCode;
use store::{Listed, RecordFault, StoreError};

/// Why SQLite, or what is kept in it, did not answer: a [`StoreError`] once it leaves this crate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqliteError {
    /// SQLite said no.
    #[error("SQLite: {0}")]
    Engine(rusqlite::Error),
    /// What every store says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Store(StoreError::DiskFull),
            _ if is_of_a_value(&error) => {
                let reason = error.to_string();
                Self::Store(StoreError::Corrupt { what: "value", reason })
            }
            _ => Self::Engine(error),
        }
    }
}

/// Whether a value is not of the kind that its column has: no statement of ours wrote it.
const fn is_of_a_value(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}

/// What was read of a row: itself, or what is wrong with it, where that says nothing of other rows.
pub(crate) fn row_or_fault<T>(
    place: String,
    read: Result<T, SqliteError>,
) -> Result<Result<T, RecordFault>, SqliteError> {
    match read {
        Err(SqliteError::Store(error)) if error.is_of_one_row() => {
            Ok(Err(RecordFault { place, reason: error.to_string() }))
        }
        read => read.map(Ok),
    }
}

/// What was read of each row, with its place.
pub(crate) type Reads<T> = Vec<(String, Result<T, SqliteError>)>;

/// The rows that read, and what is wrong with the others.
pub(crate) fn listed<T>(reads: Reads<T>) -> Result<Listed<T>, SqliteError> {
    reads.into_iter().map(|(place, read)| row_or_fault(place, read)).collect()
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        match error {
            SqliteError::Store(error) => error,
            engine @ SqliteError::Engine(_) => Self::Engine(Box::new(engine)),
        }
    }
}
