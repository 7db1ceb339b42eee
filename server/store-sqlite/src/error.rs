//! What goes wrong in here. Whoever asks a store is told a [`StoreError`], which names no engine.

use rusqlite::ErrorCode;
use store::StoreError;

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
            _ => Self::Engine(error),
        }
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        match error {
            SqliteError::Store(error) => error,
            engine @ SqliteError::Engine(_) => Self::Engine(Box::new(engine)),
        }
    }
}
