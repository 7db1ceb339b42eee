//! Opening a data folder: its database, with the key of the digests of classified codes.

use std::path::Path;

use domain::{Entropy, classified::ClassifiedKey};
use store::StoreError;
use store_sqlite::{DATABASE_FILE, SqliteStore, has_classified_key};

use crate::{
    config::ConfigError,
    installation::Installation,
    keys::{self, KeyError},
    system::SystemEntropy,
};

/// Why a data folder does not open.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of classified codes.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The configuration, which says where the keys are.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Opens the data folder, making it where it is missing; `keys` is the folder of its keys.
///
/// # Errors
/// [`DataError`] when it cannot be opened, or its key is lost.
pub fn open(folder: &Path, keys: &Path) -> Result<SqliteStore, DataError> {
    Ok(SqliteStore::open(folder, &classified_key(folder, keys, &SystemEntropy)?)?)
}

/// Opens the data folder only if there is one; nothing is made in a mistyped one.
///
/// # Errors
/// [`StoreError::NoData`] when there is none, otherwise as [`open`].
pub fn open_existing(folder: &Path, keys: &Path) -> Result<SqliteStore, DataError> {
    if !SqliteStore::is_in(folder) {
        return Err(StoreError::NoData {
            place: folder.display().to_string(),
            missing: DATABASE_FILE,
        }
        .into());
    }
    open(folder, keys)
}

impl Installation {
    /// Opens its data folder, which must be there.
    ///
    /// # Errors
    /// As [`open_existing`].
    pub fn open(&self) -> Result<SqliteStore, DataError> {
        open_existing(&self.data, &self.keys_folder()?)
    }
}

/// The key of the classified codes of a data folder, from the folder of its keys. Made where the
/// database has none yet; one that was lost is not made anew, for no classified code would be known
/// by it.
///
/// # Errors
/// [`KeyError::Missing`] when it was lost, another one when it does not read.
pub fn classified_key(
    folder: &Path,
    keys: &Path,
    entropy: &dyn Entropy,
) -> Result<ClassifiedKey, DataError> {
    match known_key(folder, keys)? {
        Some(key) => Ok(key),
        None => Ok(keys::classified_key(keys, entropy)?),
    }
}

/// The key for a copy of a data folder that is thrown away; nothing is made in the folder, nor in
/// that of its keys, which comes second.
///
/// # Errors
/// As [`classified_key`].
pub fn trial_key(
    known: Option<(&Path, &Path)>,
    entropy: &dyn Entropy,
) -> Result<ClassifiedKey, DataError> {
    let known = known.map(|(folder, keys)| known_key(folder, keys)).transpose()?.flatten();
    Ok(known.unwrap_or_else(|| ClassifiedKey::new(entropy.key())))
}

/// The key that there is; `None` where there never was one.
fn known_key(folder: &Path, keys: &Path) -> Result<Option<ClassifiedKey>, DataError> {
    match keys::existing_classified_key(keys) {
        // Only then is the database looked at: opening it takes room and touches its log.
        Err(KeyError::None { path }) if has_classified_key(folder)? => {
            Err(KeyError::missing(&path).into())
        }
        Err(KeyError::None { .. }) => Ok(None),
        known => Ok(Some(known?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_key_of_classified_codes_is_said_and_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), folder.path()).unwrap());
        let key = folder.path().join("classified.key");
        let kept = std::fs::read(&key).unwrap();
        std::fs::remove_file(&key).unwrap();
        let lost = open(folder.path(), folder.path()).unwrap_err();
        assert!(matches!(lost, DataError::Key(KeyError::Missing { .. })), "{lost}");
        assert!(!key.exists(), "a new one would hide that it is lost");
        // Another folder's key tells no classified code of this one.
        let other = tempfile::tempdir().unwrap();
        drop(open(other.path(), other.path()).unwrap());
        std::fs::copy(other.path().join("classified.key"), &key).unwrap();
        let wrong = open(folder.path(), folder.path()).unwrap_err();
        assert!(matches!(wrong, DataError::Key(KeyError::Another { .. })), "{wrong}");
        std::fs::write(&key, kept).unwrap();
        drop(open_existing(folder.path(), folder.path()).unwrap());
        let nothing = tempfile::tempdir().unwrap();
        assert!(open_existing(nothing.path(), nothing.path()).is_err());
        assert_eq!(std::fs::read_dir(nothing.path()).unwrap().count(), 0);
    }
}
