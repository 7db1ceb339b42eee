//! Room on the disk of the data folder.

use std::path::Path;

use rusqlite::Connection;

use super::FILE;
use crate::StoreError;

/// Room that an import leaves for requests, and for removing what it staged.
const RESERVE: u64 = 8 << 20;

/// Stops an import while there is still room to take it back: what its log holds may have to go
/// into the database, and what removes it goes through the log again.
pub(super) fn check(folder: &Path) -> Result<(), StoreError> {
    // Where the system does not tell, the disk itself will.
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let reserve = RESERVE + log_bytes(folder);
    if free < reserve {
        return Err(StoreError::LittleRoom { free_mib: free >> 20, reserve_mib: reserve >> 20 });
    }
    Ok(())
}

/// Size of the log beside the database.
fn log_bytes(folder: &Path) -> u64 {
    folder.join(format!("{FILE}-wal")).metadata().map_or(0, |log| log.len())
}

/// Folds the log into the database and gives its room back, as far as readers let it.
pub(super) fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    connection.query_one("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    Ok(())
}

/// Folds the log into the database as far as it goes, and says so when the disk does not let it.
pub(super) fn fold_log(connection: &Connection, folder: &Path) {
    let folded = connection.query_one("pragma wal_checkpoint(passive)", [], |_| Ok(()));
    if let Err(error) = folded {
        tracing::warn!(
            error = %StoreError::from(error),
            log_mib = log_bytes(folder) >> 20,
            "the log jianma.sqlite3-wal cannot be folded into the database; what is in it counts \
             and is safe, but it grows until there is room"
        );
    }
}
