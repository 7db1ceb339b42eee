//! The embedded store: SQLite in one data folder.
//!
//! Readers have a pool of read-only connections; writers take turns on one connection, whose
//! commits are on disk when they return. An import has a connection of its own, in this process
//! or another, and writes in short transactions, so that requests are kept while it runs.
//!
//! [`SqliteStore::open`] makes the folder or brings an older one up to date; the tables are in `migrations/`, in the
//! order in which they came, and none is changed once it was released. There is a file for each trait of `store`, which
//! is where to look for a statement: SQL stands in this crate and nowhere else. Geometry is
//! kept as the bytes that `domain` writes and found by SQLite's own R-tree; words are found by its FTS5.
//!
//! What is not obvious: a data set that is being imported lies beside the current one under a version of its own, and
//! becomes current by one row in one transaction, so that nobody sees half of it. Some room is set
//! aside in the folder for a disk that is full.

mod anchor;
mod api_keys;
mod arrival;
mod attachments;
mod audit;
mod cases;
mod classified;
mod copy;
mod deliveries;
mod drafts;
mod epoch;
mod error;
mod events;
mod figures;
mod former;
mod geometry;
mod ground;
mod import;
mod intervention;
mod keys;
mod labels;
mod land;
mod land_record;
mod leasing;
mod lineage;
mod look;
mod map;
mod migrate;
mod naming;
mod notices;
mod outbox;
mod persons;
mod pool;
mod queue;
mod receipts;
mod records;
mod requests;
mod rights;
mod room;
mod sealed;
mod search;
mod searchable;
mod shelf;
mod staff;
mod uploads;
mod value;
mod versions;
mod wal;

use std::{
    fmt,
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use domain::classified::ClassifiedKey;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, config::DbConfig,
};
use store::{Sealer, StoreError};
use tokio::sync::Semaphore;

pub use copy::{CopyFacts, DATABASE_FILE, audit_runs_through, copy_database};
use epoch::EpochWatch;
use error::SqliteError;
pub use keys::traces;
use pool::{Pool, Stop};
use receipts::Receipts;
use versions::VersionCache;

use DATABASE_FILE as FILE;

/// Time without the lock after each batch of an import: writers of requests look every millisecond.
const PAUSE: Duration = Duration::from_millis(3);

/// Pages of the database that a connection keeps, KiB. Readers are many, and what they read the system
/// keeps as well.
const READER_CACHE_KIB: i32 = 4_096;
/// The same of one that writes: an import.
const WRITER_CACHE_KIB: i32 = 16_384;

/// How many read former data at once. A comparison reads it by pages, so that each waits for a moment only.
const MOST_LOOKING_BACK: usize = 2;

/// What lies beside a database that was served from, and stays where the database is lost.
pub const LEFT_BY_SERVING: [&str; 2] = [receipts::FILE, "jianma.sqlite3-wal"];

/// The embedded store. Clones share one set of connections.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    key: ClassifiedKey,
    readers: Pool,
    // Before the writer: whoever goes last folds the log into the database, and readers cannot.
    epoch: EpochWatch,
    /// A lock that hands itself on in the order of asking, without a thread waiting.
    writer: Arc<tokio::sync::Mutex<Connection>>,
    versions: VersionCache,
    receipts: Receipts,
    /// What opens requests, once it was handed over.
    sealer: OnceLock<Arc<dyn Sealer>>,
    /// Leave to search: searches never take the last readers.
    searching: Semaphore,
    /// Leave to read former data: each reading has a connection of its own.
    looking_back: Semaphore,
    /// Whether SQLite has found the database damaged.
    damaged: AtomicBool,
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
    /// processes may have it open. On a full disk it opens too, from room that was set aside. `key`
    /// makes the digests of classified codes: a database that has no key yet takes this one.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when the folder cannot be made, [`StoreError::Schema`] when a newer
    /// program has changed the tables, [`StoreError::DiskFull`] when not even what was set aside
    /// is left, [`StoreError::WrongKey`] when the database has another key, [`StoreError::Engine`]
    /// otherwise.
    pub fn open(folder: &Path, key: &ClassifiedKey) -> Result<Self, StoreError> {
        private_folder(folder)
            .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        let damaged = notice_damage(folder)
            .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        // Opening makes files beside the database: on a full disk it takes what was set aside.
        match Self::connect(folder, damaged, key) {
            Err(_) if room::is_full(folder) && room::give_up_reserve(folder) => {
                tracing::warn!(
                    "the disk of the data folder is full: what is kept can be read, little or \
                     nothing can be written; free some room"
                );
                Self::connect(folder, damaged, key)
            }
            opened => {
                room::keep_reserve(folder);
                opened
            }
        }
        .map_err(|error| if room::is_full(folder) { StoreError::DiskFull } else { error.into() })
    }

    fn connect(folder: &Path, damaged: bool, key: &ClassifiedKey) -> Result<Self, SqliteError> {
        let mut writer = open_writer(folder, key)?;
        if damaged {
            // The pages behind the damage would look like new damage the next time.
            writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        }
        // What is deleted is overwritten, by migrations too. Not by imports, which have a connection
        // of their own.
        writer.pragma_update(None, "secure_delete", true)?;
        migrate::migrate(&mut writer)?;
        classified::check_key(&writer, key)?;
        classified::clear_once(&mut writer, key)?;
        receipts::report(folder, &writer)?;
        let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers = (0..(cores + 2).max(4))
            .map(|_| open_reader(folder, key))
            .collect::<Result<Vec<_>, _>>()?;
        let searching = Semaphore::new(readers.len() / 2);
        let looking_back = Semaphore::new(MOST_LOOKING_BACK);
        Ok(Self {
            inner: Arc::new(Inner {
                folder: folder.to_owned(),
                key: key.clone(),
                readers: Pool::new(readers),
                writer: Arc::new(tokio::sync::Mutex::new(writer)),
                versions: VersionCache::default(),
                epoch: EpochWatch::on(open_reader(folder, key)?)?,
                receipts: Receipts::open(folder),
                sealer: OnceLock::new(),
                searching,
                looking_back,
                damaged: AtomicBool::new(false),
            }),
        })
    }

    /// Runs `work` on a connection of the pool, within one snapshot of the database. It is stopped
    /// when nobody waits for it any more.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &VersionCache) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read_until(None, work).await
    }

    /// Reads within one snapshot, as `read` does, and stops as well when its time is up.
    async fn read_until<T: Send + 'static>(
        &self,
        until: Option<Instant>,
        work: impl FnOnce(&Connection, &VersionCache) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut reader = self.inner.readers.take().await?;
        let inner = Arc::clone(&self.inner);
        let stop = Stop::at(until);
        let _caller = stop.caller();
        tokio::task::spawn_blocking(move || reader.snapshot(stop, |c| work(c, &inner.versions)))
            .await
            .or(Err(StoreError::Stopped))?
            .map_err(|error| self.noticed(error))
    }

    /// Tells a read that was stopped, and remembers that the database is damaged.
    fn noticed(&self, error: SqliteError) -> StoreError {
        let SqliteError::Engine(rusqlite::Error::SqliteFailure(failure, _)) = &error else {
            return error.into();
        };
        match failure.code {
            ErrorCode::OperationInterrupted => StoreError::Interrupted,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                tracing::error!(%error, "the database is damaged");
                self.inner.damaged.store(true, Ordering::Relaxed);
                StoreError::Damaged
            }
            _ => error.into(),
        }
    }

    /// Runs `work` in a write transaction, which is on disk when this returns `Ok`. It runs to
    /// its end even when the caller has gone.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut writer = Arc::clone(&self.inner.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || in_transaction(&mut writer, work))
            .await
            .or(Err(StoreError::Stopped))?
            .map_err(|error| self.noticed(error))
    }

    /// Writes a little: the same number as before, into the database's head.
    async fn write_little(&self) -> Result<(), StoreError> {
        if self.inner.damaged.load(Ordering::Relaxed) {
            return Err(StoreError::Damaged);
        }
        self.write(|transaction| {
            let number: i64 =
                transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Ok(transaction.pragma_update(None, "user_version", number)?)
        })
        .await
    }

    /// Reads every page, on a connection of its own.
    async fn read_every_page(&self) -> Result<(), StoreError> {
        let (folder, key) = (self.inner.folder.clone(), self.inner.key.clone());
        let stop = Stop::default();
        let _caller = stop.caller();
        let look = move || {
            let mut connection = open_reader(&folder, &key)?;
            stop.guard(&mut connection)?;
            // The first fault is enough.
            let found: String =
                connection.query_one("pragma quick_check(1)", [], |row| row.get(0))?;
            Ok(found)
        };
        let found = tokio::task::spawn_blocking(look).await.or(Err(StoreError::Stopped))?;
        let found = found.map_err(|error| self.noticed(error))?;
        if found != "ok" {
            tracing::error!(found, "the database is damaged");
            self.inner.damaged.store(true, Ordering::Relaxed);
            return Err(StoreError::Damaged);
        }
        Ok(())
    }
}

/// Runs `work` in a transaction that holds the write lock from its beginning, so that it cannot
/// lose it half-way; kept if `work` succeeds.
fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, SqliteError>,
) -> Result<T, SqliteError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// How far SQLite waits for the disk: with `full` a commit is on it when it returns, with `normal` it
/// may be lost with the power.
fn sync(connection: &Connection, level: &str) -> Result<(), SqliteError> {
    Ok(connection.pragma_update(None, "synchronous", level)?)
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
fn open_writer(folder: &Path, key: &ClassifiedKey) -> Result<Connection, SqliteError> {
    let mut connection = Connection::open(folder.join(FILE))?;
    // SQLite's own waiting goes up to 100 ms between two looks and would miss the pauses of an
    // import; this one looks every millisecond, for 15 s.
    connection.busy_handler(Some(|looks: i32| {
        thread::sleep(Duration::from_millis(1));
        looks < 15_000
    }))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    sync(&connection, "full")?;
    // The log of a large import is cut back afterwards.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    prepare(&connection, WRITER_CACHE_KIB)?;
    classified::register(&connection, key)?;
    search::register(&connection)?;
    ground::register(&connection)?;
    Ok(connection)
}

fn open_reader(folder: &Path, key: &ClassifiedKey) -> Result<Connection, SqliteError> {
    let connection = open_for_copy(folder)?;
    classified::register(&connection, key)?;
    search::register(&connection)?;
    ground::register(&connection)?;
    Ok(connection)
}

/// A reader that asks nothing about classified codes.
fn open_for_copy(folder: &Path) -> Result<Connection, SqliteError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join(FILE), flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    prepare(&connection, READER_CACHE_KIB)?;
    connection.execute_batch(search::TERMS)?;
    Ok(connection)
}

fn prepare(connection: &Connection, cache_kib: i32) -> Result<(), SqliteError> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // 16 MiB of pages a connection.
    // Below zero it is in KiB.
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // Without it a statement whose plan looked at a bound value is prepared anew at each use, for its
    // bindings are cleared when it goes back to the cache.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[cfg(test)]
mod tests;
