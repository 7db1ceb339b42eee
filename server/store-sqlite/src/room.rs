//! Room on the disk of the data folder.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use store::StoreError;

use super::{FILE, error::SqliteError};

/// Room that an import leaves for requests, and for removing what it staged.
const RESERVE: u64 = 8 << 20;

/// Set aside in a file, so that the database opens on a full disk: its index of the log needs room.
const SET_ASIDE: usize = 2 << 20;
/// With less than this SQLite cannot make that index, bytes.
const FULL: u64 = 64 << 10;

/// Stops an import while there is still room to take it back: what its log holds may have to go
/// into the database, and what removes it goes through the log again.
pub(super) fn check(folder: &Path) -> Result<(), SqliteError> {
    // Where the system does not tell, the disk itself will.
    let Some(free) = free(folder) else { return Ok(()) };
    let reserve = RESERVE + log_bytes(folder);
    if free < reserve {
        return Err(
            StoreError::LittleRoom { free_mib: free >> 20, reserve_mib: reserve >> 20 }.into()
        );
    }
    Ok(())
}

fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

pub(super) fn is_full(folder: &Path) -> bool {
    free(folder).is_some_and(|free| free < FULL)
}

fn reserve(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}-reserve"))
}

/// Sets room aside where there is plenty and none is set aside yet.
pub(super) fn keep_reserve(folder: &Path) {
    let path = reserve(folder);
    let plenty = free(folder).is_some_and(|free| free > RESERVE);
    if path.exists() || !plenty {
        return;
    }
    let mut options = OpenOptions::new();
    let written = options
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(&vec![0; SET_ASIDE]));
    // Nothing hangs on it but the next start on a full disk.
    if let Err(error) = written {
        tracing::debug!(%error, "no room was set aside");
    }
}

/// Gives it back. Says whether there was any.
pub(super) fn give_up_reserve(folder: &Path) -> bool {
    fs::remove_file(reserve(folder)).is_ok()
}

/// Size of the log beside the database.
fn log_bytes(folder: &Path) -> u64 {
    folder.join(format!("{FILE}-wal")).metadata().map_or(0, |log| log.len())
}

/// Writes the database anew, without free pages and what is left in them. Takes its size again on
/// the disk meanwhile.
pub(super) fn write_anew(connection: &Connection) -> Result<(), SqliteError> {
    // The copy that this makes on the way may be larger than memory.
    connection.pragma_update(None, "temp_store", "file")?;
    let written = connection.execute_batch("vacuum");
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(written?)
}

/// Folds the log into the database and gives its room back; `false` where somebody who has the
/// database open does not let it: the log still holds what it held.
pub(super) fn empty_log(connection: &Connection) -> Result<bool, SqliteError> {
    let busy: bool =
        connection.query_one("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
    Ok(!busy)
}

/// Folds the log into the database as far as it goes, and says so when the disk does not let it.
pub(super) fn fold_log(connection: &Connection, folder: &Path) {
    let folded = connection.query_one("pragma wal_checkpoint(passive)", [], |_| Ok(()));
    if let Err(error) = folded {
        tracing::warn!(
            error = %SqliteError::from(error),
            log_mib = log_bytes(folder) >> 20,
            "the log jianma.sqlite3-wal cannot be folded into the database; what is in it counts \
             and is safe, but it grows until there is room"
        );
    }
}
