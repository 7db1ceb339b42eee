//! Opening a data folder: its database, with the key of the digests of classified codes.

use std::path::Path;

use domain::{Entropy, classified::ClassifiedKey};
use store::{
    StoreError,
    sqlite::{SqliteStore, has_classified_key},
};

use crate::{
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
}

/// Opens the data folder, making it where it is missing.
///
/// # Errors
/// [`DataError`] when it cannot be opened, or its key is lost.
pub fn open(folder: &Path) -> Result<SqliteStore, DataError> {
    Ok(SqliteStore::open(folder, &classified_key(folder, &SystemEntropy)?)?)
}

/// Opens the data folder only if there is one; nothing is made in a mistyped one.
///
/// # Errors
/// [`StoreError::NoData`] when there is none, otherwise as [`open`].
pub fn open_existing(folder: &Path) -> Result<SqliteStore, DataError> {
    if !SqliteStore::is_in(folder) {
        return Err(StoreError::NoData { path: folder.to_owned() }.into());
    }
    open(folder)
}

/// The key of a data folder. Made where the database has none yet; one that was lost is not made
/// anew, for no classified code would be known by it.
///
/// # Errors
/// [`KeyError::Missing`] when it was lost, another one when it does not read.
pub fn classified_key(folder: &Path, entropy: &dyn Entropy) -> Result<ClassifiedKey, DataError> {
    match keys::existing_classified_key(folder) {
        // Only then is the database looked at: opening it takes room and touches its log.
        Err(KeyError::Missing { .. }) if !has_classified_key(folder)? => {
            Ok(keys::classified_key(folder, entropy)?)
        }
        known => Ok(known?),
    }
}

/// The key for a copy of a data folder that is thrown away; nothing is made in the folder.
///
/// # Errors
/// As [`classified_key`].
pub fn trial_key(folder: Option<&Path>, entropy: &dyn Entropy) -> Result<ClassifiedKey, DataError> {
    if let Some(folder) = folder.filter(|folder| folder.join("classified.key").is_file()) {
        return classified_key(folder, entropy);
    }
    if folder.map(has_classified_key).transpose()? == Some(true) {
        return Err(KeyError::Missing { path: Path::new("classified.key").to_owned() }.into());
    }
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    Ok(ClassifiedKey::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_key_of_classified_codes_is_said_and_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()).unwrap());
        let key = folder.path().join("classified.key");
        let kept = std::fs::read(&key).unwrap();
        std::fs::remove_file(&key).unwrap();
        let lost = open(folder.path()).unwrap_err();
        assert!(matches!(lost, DataError::Key(KeyError::Missing { .. })), "{lost}");
        assert!(!key.exists(), "a new one would hide that it is lost");
        // Another folder's key tells no classified code of this one.
        let other = tempfile::tempdir().unwrap();
        drop(open(other.path()).unwrap());
        std::fs::copy(other.path().join("classified.key"), &key).unwrap();
        let wrong = open(folder.path()).unwrap_err();
        assert!(matches!(wrong, DataError::Store(StoreError::WrongKey)), "{wrong}");
        std::fs::write(&key, kept).unwrap();
        drop(open_existing(folder.path()).unwrap());
        let nothing = tempfile::tempdir().unwrap();
        assert!(open_existing(nothing.path()).is_err());
        assert_eq!(std::fs::read_dir(nothing.path()).unwrap().count(), 0);
    }
}
