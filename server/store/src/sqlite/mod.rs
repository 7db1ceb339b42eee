//! The embedded store: SQLite in one data folder.
//!
//! Readers have a pool of read-only connections; writers take turns on one connection, whose
//! commits are on disk when they return. An import has a connection of its own, in this process
//! or another, and writes in short transactions, so that requests are kept while it runs.

mod audit;
mod copy;
mod deliveries;
mod geometry;
mod import;
mod labels;
mod land;
mod lineage;
mod migrate;
mod outbox;
mod pool;
mod receipts;
mod requests;
mod room;
mod search;
mod searchable;
mod value;
mod versions;
mod wal;

use std::{
    fmt,
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::StoreError;
pub use copy::{CopyFacts, DATABASE_FILE, audit_runs_through, copy_database};
use pool::Pool;
use receipts::Receipts;
use versions::VersionCache;

use DATABASE_FILE as FILE;

/// The embedded store. Clones share one set of connections.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    readers: Pool,
    /// A lock that hands itself on in the order of asking, without a thread waiting.
    writer: Arc<tokio::sync::Mutex<Connection>>,
    versions: VersionCache,
    receipts: Receipts,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Whether there is a store in `folder`. Opening it would make one.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// Opens the store in `folder`, making folder and tables where they are missing. Several
    /// processes may have it open. On a full disk it opens too, from room that was set aside.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when the folder cannot be made, [`StoreError::Schema`] when a newer
    /// program has changed the tables, [`StoreError::DiskFull`] when not even what was set aside
    /// is left, [`StoreError::Sqlite`] otherwise.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        private_folder(folder)
            .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        let damaged = notice_damage(folder)
            .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        // Opening makes files beside the database: on a full disk it takes what was set aside.
        match Self::connect(folder, damaged) {
            Err(_) if room::is_full(folder) && room::give_up_reserve(folder) => {
                tracing::warn!(
                    "the disk of the data folder is full: what is kept can be read, little or \
                     nothing can be written; free some room"
                );
                Self::connect(folder, damaged)
            }
            opened => {
                room::keep_reserve(folder);
                opened
            }
        }
        .map_err(|error| if room::is_full(folder) { StoreError::DiskFull } else { error })
    }

    fn connect(folder: &Path, damaged: bool) -> Result<Self, StoreError> {
        let mut writer = open_writer(folder)?;
        if damaged {
            // The pages behind the damage would look like new damage the next time.
            writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        }
        migrate::migrate(&mut writer)?;
        receipts::report(folder, &writer)?;
        let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers =
            (0..(cores + 2).max(4)).map(|_| open_reader(folder)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            inner: Arc::new(Inner {
                folder: folder.to_owned(),
                readers: Pool::new(readers),
                writer: Arc::new(tokio::sync::Mutex::new(writer)),
                versions: VersionCache::default(),
                receipts: Receipts::open(folder),
            }),
        })
    }

    /// Opens the store in `folder` only if there is one: a folder that was mistyped must not become
    /// an empty store.
    ///
    /// # Errors
    /// [`StoreError::NoData`] when there is none, otherwise as [`SqliteStore::open`].
    pub fn open_existing(folder: &Path) -> Result<Self, StoreError> {
        if !folder.join(FILE).is_file() {
            return Err(StoreError::NoData { path: folder.to_owned() });
        }
        Self::open(folder)
    }

    /// Runs `work` on a connection of the pool, within one snapshot of the database.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &VersionCache) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.inner.readers.take().await?;
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || reader.snapshot(|c| work(c, &inner.versions)))
            .await
            .or(Err(StoreError::Stopped))?
    }

    /// Runs `work` in a write transaction, which is on disk when this returns `Ok`. It runs to
    /// its end even when the caller has gone.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut writer = Arc::clone(&self.inner.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || in_transaction(&mut writer, work))
            .await
            .or(Err(StoreError::Stopped))?
    }
}

/// Runs `work` in a transaction that holds the write lock from its beginning, so that it cannot
/// lose it half-way; kept if `work` succeeds.
fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// Says so where the log of the database is damaged, before SQLite drops what it cannot read.
fn notice_damage(folder: &Path) -> std::io::Result<bool> {
    let log = folder.join(format!("{FILE}-wal"));
    Ok(wal::look(&log)?.is_some_and(|damage| wal::keep(&log, &damage)))
}

/// Makes what is missing readable by its owner alone: the register and the requests are in it.
/// SQLite gives its log files the mode of the database.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join(FILE))?;
    Ok(())
}

/// A connection that writes. A commit is on disk when it returns: a receipt must survive power
/// loss.
fn open_writer(folder: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(folder.join(FILE))?;
    // SQLite's own waiting goes up to 100 ms between two looks and would miss the pauses of an
    // import; this one looks every millisecond, for 15 s.
    connection.busy_handler(Some(|looks: i32| {
        thread::sleep(Duration::from_millis(1));
        looks < 15_000
    }))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // The log of a large import is cut back afterwards.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    prepare(&connection)?;
    Ok(connection)
}

fn open_reader(folder: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join(FILE), flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // 16 MiB of pages a connection.
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
