//! Which data are current, asked at each request.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::dataset::Epoch;
use rusqlite::Connection;

use super::error::SqliteError;

/// A connection that looks whether anything was written, and what became of the versions then.
pub(super) struct EpochWatch(Mutex<Watched>);

struct Watched {
    connection: Connection,
    /// What SQLite counted at the last look; `None` before the first.
    writes: Option<i64>,
    versions: String,
    epoch: Epoch,
}

impl EpochWatch {
    /// It must not write on the connection: SQLite counts what others write.
    pub(super) fn on(connection: Connection) -> Result<Self, SqliteError> {
        // Whoever asks does not wait: where SQLite is busy, it is not known.
        connection.busy_timeout(Duration::ZERO)?;
        let (versions, epoch) = (String::new(), Epoch(0));
        Ok(Self(Mutex::new(Watched { connection, writes: None, versions, epoch })))
    }

    pub(super) fn now(&self) -> Result<Epoch, SqliteError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).now()
    }
}

impl Watched {
    fn now(&mut self) -> Result<Epoch, SqliteError> {
        let writes = self
            .connection
            .prepare_cached("pragma data_version")?
            .query_one([], |row| row.get(0))?;
        if self.writes == Some(writes) {
            return Ok(self.epoch);
        }
        // Requests are written into the same file. What is said of a version changes with every
        // publication and roll-back, whichever process does it.
        let versions = self
            .connection
            .prepare_cached(
                "select json_group_array(json_array(id, state, withdrawn_at, restored_at)
                     order by id)
                 from data_version where number is not null",
            )?
            .query_one([], |row| row.get(0))?;
        if self.versions != versions {
            self.versions = versions;
            self.epoch = Epoch(self.epoch.0 + 1);
        }
        // Written while we read the versions: the next look sees another count.
        self.writes = Some(writes);
        Ok(self.epoch)
    }
}
