//! Opening the data of a portal: its database, with the key of the digests of classified codes.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{Entropy, classified::ClassifiedKey};
use keys::{
    KeyError,
    record_keys::{self, RecordKeysError},
};
use store::{Cipher, Store, StoreError};

use crate::{
    config::ConfigError, database::Database, installation::Installation, system::SystemEntropy,
};

/// Why a data folder does not open.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The keys that seal requests.
    #[error("{0}")]
    RecordKeys(#[source] RecordKeysError),
    /// The configuration, which says where the keys are.
    #[error("{0}")]
    Config(#[from] ConfigError),
}

impl From<RecordKeysError> for DataError {
    fn from(error: RecordKeysError) -> Self {
        match error {
            RecordKeysError::Key(error) => Self::Key(error),
            other => Self::RecordKeys(other),
        }
    }
}

/// The data of a portal, open.
#[derive(Clone)]
pub struct Data {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The folder of its keys.
    pub keys: PathBuf,
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl Data {
    /// Opens a database, making it where it is missing; `keys` is the folder of its keys.
    ///
    /// # Errors
    /// [`DataError`] when it cannot be opened, or its key is lost.
    pub fn create(database: &Database, keys: &Path) -> Result<Self, DataError> {
        let key = classified_key(database, keys, &SystemEntropy)?;
        Ok(Self { store: database.open(&key)?, keys: keys.to_owned() })
    }

    /// Opens a database only if there is one; nothing is made in a mistyped place.
    ///
    /// # Errors
    /// [`StoreError::NoData`] when there is none, otherwise as [`Data::create`].
    pub fn existing(database: &Database, keys: &Path) -> Result<Self, DataError> {
        database.expect()?;
        Self::create(database, keys)
    }

    /// Opens that of an installation, which must be there.
    ///
    /// # Errors
    /// As [`Data::existing`].
    pub fn of(place: &Installation) -> Result<Self, DataError> {
        Self::existing(&place.database(), place.configuration()?.keys.folder(&place.data)?)
    }

    /// These data, their store handed the keys of its requests ([`record_keys::unlock`]).
    ///
    /// # Errors
    /// [`DataError::RecordKeys`] says what is missing.
    pub fn unlocked(
        self,
        entropy: Arc<dyn Entropy>,
        cipher: Option<Cipher>,
    ) -> Result<Self, DataError> {
        record_keys::unlock(&*self.store, &self.keys, entropy, cipher)?;
        Ok(self)
    }
}

/// The folder of an installation's keys, where a key may be made: if there is a database, its keys are
/// there.
///
/// # Errors
/// [`KeyError::Missing`] where they are not: they lie elsewhere, or were lost.
pub fn keys_folder(place: &Installation) -> Result<PathBuf, DataError> {
    let folder = place.configuration()?.keys.folder(&place.data)?.to_owned();
    keys::refuse_without_keys(&folder, &place.database().traces()?)?;
    Ok(folder)
}

/// The key of the classified codes of a database, from the folder of its keys. Made where the
/// database has none yet; one that was lost is not made anew, for no classified code would be known
/// by it.
///
/// # Errors
/// [`KeyError::Missing`] when it was lost, another one when it does not read.
pub fn classified_key(
    database: &Database,
    keys: &Path,
    entropy: &dyn Entropy,
) -> Result<ClassifiedKey, DataError> {
    match known_key(database, keys)? {
        Some(key) => Ok(key),
        None => Ok(keys::classified_key(keys, entropy)?),
    }
}

/// The key for a copy of a database that is thrown away; nothing is made in its place, nor in the
/// folder of its keys, which comes second.
///
/// # Errors
/// As [`classified_key`].
pub fn trial_key(
    known: Option<(&Database, &Path)>,
    entropy: &dyn Entropy,
) -> Result<ClassifiedKey, DataError> {
    let known = known.map(|(database, keys)| known_key(database, keys)).transpose()?.flatten();
    Ok(known.unwrap_or_else(|| ClassifiedKey::new(entropy.key())))
}

/// The key that there is; `None` where there never was one.
fn known_key(database: &Database, keys: &Path) -> Result<Option<ClassifiedKey>, DataError> {
    match keys::existing_classified_key(keys) {
        Err(KeyError::None { .. }) => {
            // Only then is the database looked at: opening it takes room and touches its log. One of
            // before this kind of key tells by the others that its keys lie elsewhere.
            keys::refuse_without_keys(keys, &database.traces()?)?;
            Ok(None)
        }
        known => Ok(Some(known?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &tempfile::TempDir) -> Result<Data, DataError> {
        Data::create(&Database::in_folder(folder.path()), folder.path())
    }

    fn existing(folder: &tempfile::TempDir) -> Result<Data, DataError> {
        Data::existing(&Database::in_folder(folder.path()), folder.path())
    }

    #[test]
    fn a_lost_key_of_classified_codes_is_said_and_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(&folder).unwrap());
        let key = folder.path().join("classified.key");
        let kept = std::fs::read(&key).unwrap();
        std::fs::remove_file(&key).unwrap();
        let lost = open(&folder).unwrap_err();
        assert!(matches!(lost, DataError::Key(KeyError::Missing { .. })), "{lost}");
        assert!(!key.exists(), "a new one would hide that it is lost");
        // Another folder's key tells no classified code of this one.
        let other = tempfile::tempdir().unwrap();
        drop(open(&other).unwrap());
        std::fs::copy(other.path().join("classified.key"), &key).unwrap();
        let wrong = open(&folder).unwrap_err();
        assert!(matches!(wrong, DataError::Key(KeyError::Another { .. })), "{wrong}");
        std::fs::write(&key, kept).unwrap();
        drop(existing(&folder).unwrap());
        let nothing = tempfile::tempdir().unwrap();
        assert!(existing(&nothing).is_err());
        assert_eq!(std::fs::read_dir(nothing.path()).unwrap().count(), 0);
    }
}
