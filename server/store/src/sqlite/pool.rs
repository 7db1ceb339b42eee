//! Connections for readers.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::StoreError;

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
    pub(super) async fn take(&self) -> Result<Lent, StoreError> {
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

impl Lent {
    /// Runs `work` in a read transaction: all its statements see the same moment, so no import
    /// or clean-up can come between them.
    pub(super) fn snapshot<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Stopped)?;
        connection.prepare_cached("begin")?.execute([])?;
        let _end = EndOfRead(connection);
        work(connection)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

struct EndOfRead<'c>(&'c Connection);

impl Drop for EndOfRead<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("commit").and_then(|mut end| end.execute([]));
        if let Err(error) = ended {
            tracing::warn!(%error, "a read transaction did not end");
        }
    }
}
