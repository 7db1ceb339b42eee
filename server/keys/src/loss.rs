//! What tells that a database or a key was lost.

use std::{fs, io, path::Path};

use store::Traces;

use super::{
    KeyError,
    kind::{ALL, Kind, means},
    manifest::{FILE, KeyList, ListedKey, fingerprint},
};

/// What lies beside the database, whichever it is, once a portal has served.
const SERVED: [&str; 1] = ["audit.end"];

/// Refuses a data folder without a database whose keys or records are there: it was lost, and a new
/// one would hide that. `database` is the folder that it is missing from, `keys` that of the keys, `left`
/// what its engine leaves beside it.
///
/// # Errors
/// [`KeyError::NoDatabase`] names what was found.
pub fn refuse_without_database(
    database: &Path,
    left: &[&str],
    data: &Path,
    keys: &Path,
) -> Result<(), KeyError> {
    let has = |folder: &Path, file: &&str| {
        folder.join(file).metadata().is_ok_and(|about| about.len() > 0)
    };
    let kept = ALL.iter().map(|kind| kind.file).filter(|file| has(keys, file));
    let served = SERVED.iter().chain(left).copied();
    let found: Vec<&str> =
        kept.chain(served.filter(|file| has(data, file) || has(database, file))).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(KeyError::NoDatabase { folder: database.to_owned(), found: found.join(", ") })
}

/// Refuses a folder without a key that was there: its list names it, or the database holds what was
/// made with it. Folders of before the list have no other sign.
///
/// # Errors
/// [`KeyError::Missing`] names the file and what it means.
pub fn refuse_without_keys(keys: &Path, traces: &Traces) -> Result<(), KeyError> {
    lost_keys(keys, traces)?.into_iter().next().map_or(Ok(()), Err)
}

/// Every key that [`refuse_without_keys`] would refuse a folder for.
///
/// # Errors
/// [`KeyError::List`] when the list does not read.
pub fn lost_keys(keys: &Path, traces: &Traces) -> Result<Vec<KeyError>, KeyError> {
    let list = KeyList::of(keys)?;
    let was_there = |kind: &&Kind| list.names(kind.file).is_some() || (kind.was_used)(traces);
    let missing = ALL.iter().filter(was_there).filter_map(|kind| {
        let path = keys.join(kind.file);
        (!path.exists()).then_some(KeyError::Missing { path, means: kind.means })
    });
    Ok(missing.collect())
}

/// What else was in a folder of keys and is not: its list, where there are keys, and the files that the
/// list names and no kind of key has, which are secrets of departments.
///
/// # Errors
/// [`KeyError::List`] when the list does not read.
pub fn lost_beside(keys: &Path) -> Result<Vec<KeyError>, KeyError> {
    let list = KeyList::of(keys)?;
    let of_no_kind = |listed: &&ListedKey| ALL.iter().all(|kind| kind.file != listed.file);
    let secrets = list.key.iter().filter(of_no_kind).map(|listed| listed.file.as_str());
    let missing = secrets.chain(has_keys(keys).then_some(FILE)).map(|file| keys.join(file));
    Ok(missing.filter(|path| !path.exists()).map(|path| KeyError::missing(&path)).collect())
}

/// Whether a folder has any key that a portal makes.
#[must_use]
pub fn has_keys(folder: &Path) -> bool {
    ALL.iter().any(|kind| folder.join(kind.file).exists())
}

/// Lists the keys that are there and that the list does not name, because it is new or was lost:
/// call it when they have opened the database.
///
/// # Errors
/// [`KeyError`] when a key does not read or the list cannot be written.
pub fn list_found(keys: &Path) -> Result<(), KeyError> {
    let list = KeyList::of(keys)?;
    for kind in ALL.iter().filter(|kind| list.names(kind.file).is_none()) {
        let path = keys.join(kind.file);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(|source| KeyError::File { path, source })?,
        };
        let fingerprint = (!kind.grows).then(|| fingerprint(&text));
        KeyList::add(keys, ListedKey { file: kind.file.to_owned(), fingerprint, found: true })?;
    }
    Ok(())
}

/// Refuses a folder without the secret of a department that something was sent to.
///
/// # Errors
/// [`KeyError::Missing`] names the file and what it means.
pub fn refuse_without_secret(
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
