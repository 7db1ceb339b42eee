//! Imports. Rows are gathered in memory and written in short transactions under a version that
//! nobody reads yet; publishing is one small transaction that changes which version is read.
//!
//! The lock file lets one import run at a time, in any process, and the system lets go of it when
//! a process dies. So ids can be counted here, and staged rows found at the beginning of an
//! import can only be a dead one's.

pub(super) mod clean;
mod compare;
mod history;
mod rows;
mod withheld;
mod writer;

use std::{
    collections::{HashMap, HashSet},
    fs::{File, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::{
    ParcelCode,
    classified::ClassifiedKey,
    closed::{self, Cell},
    code::UnitCode,
    dataset::DatasetInfo,
    restriction::Finding,
};
use geo::MultiPolygon;
use rusqlite::{Connection, OptionalExtension};
use store::{Imports, LandWriter, StoreError};

use super::{
    PAUSE, SqliteStore, in_transaction, map::ClosedCells, open_writer, room, sync, value::to_json,
};
use crate::error::SqliteError;
use rows::{FindingRow, Row};
use withheld::Classified;

/// Rows and bytes gathered before they are written: some tens of milliseconds under the write
/// lock, which is the longest a request waits for an import.
const BATCH_ROWS: usize = 1_000;
const BATCH_BYTES: usize = 1 << 20;

impl Imports for SqliteStore {
    fn begin_import(&self, dataset: &DatasetInfo) -> Result<Box<dyn LandWriter>, StoreError> {
        let folder = &self.inner.folder;
        let lock = lock(folder)?;
        let mut connection = open_writer(folder, &self.inner.key)?;
        // Staged rows may be lost with the power; what publishes them may not.
        sync(&connection, "normal")?;
        clean::remove_left_over(&mut connection)?;
        let version = in_transaction(&mut connection, |transaction| {
            transaction.execute(
                "insert into data_version (dataset, state, info) values (?1, 'staged', ?2)",
                (&dataset.id, to_json("data set", dataset)?),
            )?;
            Ok(transaction.last_insert_rowid())
        })?;
        let ids = Ids::after_existing(&connection)?;
        let classified = Classified::before(&connection, version, &self.inner.key)?;
        let closed = ClosedCells::read(&connection, Some(version), &self.inner.key)?;
        Ok(Box::new(SqliteWriter {
            folder: folder.clone(),
            connection,
            version,
            published: false,
            ids,
            classified,
            closed,
            cells: HashSet::new(),
            key: self.inner.key.clone(),
            layers: HashMap::new(),
            rows: Vec::new(),
            bytes: 0,
            restrictions_waiting: false,
            parcels_waiting: HashMap::new(),
            units_waiting: HashSet::new(),
            _lock: lock,
        }))
    }
}

/// Held by whoever changes versions: an import, a rollback, a clean-up.
pub(super) fn lock(folder: &Path) -> Result<File, SqliteError> {
    let path = folder.join("import.lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|source| StoreError::Folder { path: path.clone(), source })?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::ImportRunning,
        TryLockError::Error(source) => StoreError::Folder { path, source },
    })?;
    Ok(lock)
}

/// The last id given in each table.
struct Ids {
    layer: i64,
    restriction: i64,
    parcel: i64,
    base: i64,
}

impl Ids {
    fn after_existing(connection: &Connection) -> Result<Self, SqliteError> {
        let last = |table: &str| {
            let sql = format!("select coalesce(max(id), 0) from {table}");
            connection.query_one(&sql, [], |row| row.get(0))
        };
        Ok(Self {
            layer: last("layer")?,
            restriction: last("restriction")?,
            parcel: last("parcel")?,
            base: last("base_feature")?,
        })
    }
}

fn next(id: &mut i64) -> i64 {
    *id += 1;
    *id
}

struct SqliteWriter {
    folder: PathBuf,
    connection: Connection,
    version: i64,
    published: bool,
    ids: Ids,
    key: ClassifiedKey,
    classified: Classified,
    /// Ground that this version and other current data sets close.
    closed: ClosedCells,
    /// Cells that this version has staged as closed.
    cells: HashSet<Cell>,
    /// Staged layers by name.
    layers: HashMap<String, i64>,
    /// Rows not written yet, and about how much they weigh.
    rows: Vec<Row>,
    bytes: usize,
    /// Whether restrictions are among them.
    restrictions_waiting: bool,
    parcels_waiting: HashMap<ParcelCode, i64>,
    units_waiting: HashSet<UnitCode>,
    /// Held until the writer is gone.
    _lock: File,
}

impl SqliteWriter {
    fn push(&mut self, row: Row) -> Result<(), SqliteError> {
        self.bytes += row.weight();
        self.rows.push(row);
        if self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.flush()?;
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SqliteError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        room::check(&self.folder)?;
        let (version, rows) = (self.version, &self.rows);
        in_transaction(&mut self.connection, |transaction| {
            rows.iter().try_for_each(|row| row.insert(transaction, version))
        })?;
        self.rows.clear();
        self.bytes = 0;
        self.restrictions_waiting = false;
        self.parcels_waiting.clear();
        self.units_waiting.clear();
        Ok(())
    }

    /// Closes the ground of a classified outline to every map.
    fn close(&mut self, outline: &MultiPolygon<f64>) -> Result<(), SqliteError> {
        for cell in closed::around(outline) {
            self.closed.close(cell);
            if self.cells.insert(cell) {
                self.push(Row::ClosedCell(self.key.digest_of_cell(cell)))?;
            }
        }
        Ok(())
    }

    fn layer(&self, name: &str) -> Result<i64, SqliteError> {
        let reason = || format!("no layer {name} was staged");
        Ok(*self.layers.get(name).ok_or_else(|| StoreError::Staging { reason: reason() })?)
    }

    fn parcel(&self, code: &ParcelCode) -> Result<Option<i64>, SqliteError> {
        if let Some(id) = self.parcels_waiting.get(code) {
            return Ok(Some(*id));
        }
        let id = self
            .connection
            .prepare_cached("select id from parcel where code = ?1 and version_id = ?2")?
            .query_row((code.as_str(), self.version), |row| row.get(0))
            .optional()?;
        Ok(id)
    }

    fn has_unit(&self, parcel: i64, code: &UnitCode) -> Result<bool, SqliteError> {
        let sql = "select 1 from unit where parcel_id = ?1 and code = ?2";
        Ok(self.units_waiting.contains(code)
            || self.connection.prepare_cached(sql)?.exists((parcel, code.as_str()))?)
    }

    fn finding(&self, finding: &Finding) -> Result<FindingRow, SqliteError> {
        let layer = self.layer(&finding.layer)?;
        let label = to_json("label", &finding.label)?;
        let restriction = self
            .connection
            .prepare_cached(
                "select id from restriction where layer_id = ?1 and feature = ?2 and label = ?3",
            )?
            .query_row((layer, &finding.feature, label), |row| row.get(0))
            .optional()?
            .ok_or_else(|| StoreError::Staging {
                reason: format!("no feature {} of {} was staged", finding.feature, finding.layer),
            })?;
        let Finding { area_m2, share, sliver, .. } = *finding;
        Ok(FindingRow { restriction, area_m2, share, sliver })
    }
}

impl Drop for SqliteWriter {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        if let Err(error) = clean::remove_left_over(&mut self.connection) {
            tracing::warn!(
                %error,
                "what a dropped import had staged remains until the next import or start; nobody sees it"
            );
        }
    }
}
