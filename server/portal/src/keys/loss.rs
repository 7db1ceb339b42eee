//! What tells that a database or a key was lost.

use std::path::Path;

use store::sqlite::{SqliteStore, Traces};

use super::{AUDIT, KeyError, LABELS, RECEIPT, error::means, lost};

/// What only a folder has whose portal has served.
const SERVED: [&str; 3] = ["audit.end", "receipts.log", "jianma.sqlite3-wal"];

/// Refuses a data folder whose keys or records are there and whose database is not: it was lost,
/// and a new one would hide that. `keys` is the folder of the keys.
///
/// # Errors
/// [`KeyError::NoDatabase`] names what was found.
pub fn refuse_without_database(data: &Path, keys: &Path) -> Result<(), KeyError> {
    if SqliteStore::is_in(data) {
        return Ok(());
    }
    let has = |folder: &Path, file: &&str| {
        folder.join(file).metadata().is_ok_and(|about| about.len() > 0)
    };
    let kept = [RECEIPT, AUDIT, LABELS, super::RECORDS].into_iter().filter(|file| has(keys, file));
    let found: Vec<&str> = kept.chain(SERVED.into_iter().filter(|file| has(data, file))).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(KeyError::NoDatabase { folder: data.to_owned(), found: found.join(", ") })
}

/// Refuses a folder without a key that was there: its list names it, or the database holds what was
/// made with it. Folders of before the list have no other sign.
///
/// # Errors
/// [`KeyError::Missing`] names the file and what it means.
pub fn refuse_without_keys(keys: &Path, traces: &Traces) -> Result<(), KeyError> {
    for (file, was_used) in
        [(RECEIPT, traces.requests), (AUDIT, traces.audit), (LABELS, traces.labels)]
    {
        lost(keys, file)?;
        let path = keys.join(file);
        if was_used && !path.exists() {
            return Err(KeyError::Missing { path, means: means(file) });
        }
    }
    Ok(())
}

/// The same for the secret of a department.
///
/// # Errors
/// [`KeyError::Missing`].
pub(crate) fn refuse_without_secret(
    keys: &Path,
    file: &str,
    department: &str,
    traces: &Traces,
) -> Result<(), KeyError> {
    let path = keys.join(file);
    if traces.sent_to.contains(department) && !path.exists() {
        return Err(KeyError::Missing { path, means: means(file) });
    }
    Ok(())
}
