//! Connections for readers.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use rusqlite::Connection;
use store::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::SqliteError;

/// Idle connections, and as many permits as there are connections.
pub(super) struct Pool {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Pool {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Mutex::new(connections)),
        }
    }

    /// Waits for an idle connection.
    pub(super) async fn take(&self) -> Result<Lent, SqliteError> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.or(Err(StoreError::Stopped))?;
        let connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Lent {
            connection: Some(connection.ok_or(StoreError::Stopped)?),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
    }
}

/// A connection that goes back to its pool when dropped, even if the work on it panicked.
pub(super) struct Lent {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    /// Given back after the connection: fields go after [`Drop::drop`].
    _permit: OwnedSemaphorePermit,
}

/// Steps of SQLite between two looks at whether to go on: well under a millisecond.
const STEPS: i32 = 1_000;

/// When a read is to end although it is not through.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop {
    /// When its time is up.
    pub until: Option<Instant>,
    gone: Arc<AtomicBool>,
}

/// Somebody who waits for a read; once this is dropped, nobody does.
pub(super) struct Caller(Arc<AtomicBool>);

impl Stop {
    pub(super) fn at(until: Option<Instant>) -> Self {
        Self { until, gone: Arc::default() }
    }

    /// The caller whose going stops the read.
    pub(super) fn caller(&self) -> Caller {
        Caller(Arc::clone(&self.gone))
    }

    fn is_reached(&self) -> bool {
        self.gone.load(Ordering::Relaxed) || self.until.is_some_and(|at| Instant::now() >= at)
    }

    /// Has `connection` stop by it.
    pub(super) fn guard(self, connection: &mut Connection) -> rusqlite::Result<()> {
        connection.progress_handler(STEPS, Some(move || self.is_reached()))
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Lent {
    /// Runs `work` in a read transaction: all its statements see the same moment, so no import
    /// or clean-up can come between them. It ends early when `stop` is reached.
    pub(super) fn snapshot<T>(
        &mut self,
        stop: Stop,
        work: impl FnOnce(&Connection) -> Result<T, SqliteError>,
    ) -> Result<T, SqliteError> {
        let connection = self.connection.as_mut().ok_or(StoreError::Stopped)?;
        connection.prepare_cached("begin")?.execute([])?;
        let read = Read(connection);
        stop.guard(&mut *read.0)?;
        work(&*read.0)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// A read transaction. It ends when this is dropped, and what was to stop it does not stop that.
struct Read<'c>(&'c mut Connection);

impl Drop for Read<'_> {
    fn drop(&mut self) {
        let unguarded = self.0.progress_handler(0, None::<fn() -> bool>);
        let ended = unguarded
            .and_then(|()| self.0.prepare_cached("commit").and_then(|mut end| end.execute([])));
        if let Err(error) = ended {
            tracing::warn!(%error, "a read transaction did not end");
        }
    }
}
