//! A key file that keys are added to: read as text, and changed in one step that survives a crash.

use std::{fs, io, path::Path};

use serde::Serialize;

use crate::{
    KeyError, lost,
    manifest::{KeyList, ListedKey},
    private_file,
};

/// What stands in it; `None` where the folder never had one.
///
/// # Errors
/// [`KeyError`] when it cannot be read, or was lost: keys that were lost are not none.
pub(crate) fn text(folder: &Path, file: &str) -> Result<Option<String>, KeyError> {
    let path = folder.join(file);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => lost(folder, file).map(|()| None),
        Err(source) => Err(KeyError::File { path, source }),
    }
}

/// Puts another content into its place, which is on disk before anybody relies on it. `change` reads it
/// anew, and gives nothing where there is nothing to keep.
///
/// # Errors
/// [`KeyError::Busy`] when another process is at it, or those of `change`; the file is as it was.
pub(crate) fn changed<T, C: Serialize>(
    folder: &Path,
    file: &str,
    change: impl FnOnce() -> Result<Option<(T, C)>, KeyError>,
) -> Result<Option<T>, KeyError> {
    let path = folder.join(file);
    let own = private_file::exclusive(&path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyError::Busy { path: private_file::draft_of(&path) },
        _ => KeyError::File { path: path.clone(), source },
    })?;
    let Some((done, content)) = change()? else { return Ok(None) };
    let text = toml::to_string(&content)
        .map_err(|error| KeyError::File { path: path.clone(), source: io::Error::other(error) })?;
    own.replace(text.as_bytes()).map_err(|source| KeyError::File { path, source })?;
    KeyList::add(folder, ListedKey { file: file.to_owned(), fingerprint: None, found: false })?;
    Ok(Some(done))
}
