//! How tests open the embedded store.

use std::path::Path;

use store::{Clear, Keys, StoreError};
use store_sqlite::SqliteStore;
use store_suite::samples;

/// The store of a folder, with a key for its requests.
pub fn sqlite(folder: &Path) -> SqliteStore {
    unlocked(folder, &[1], Clear::Sealed).unwrap()
}

/// The store of a folder, with these keys for its requests.
pub fn unlocked(folder: &Path, keys: &[u8], clear: Clear) -> Result<SqliteStore, StoreError> {
    let store = opened(folder);
    store.unlock(samples::keyring(keys), clear)?;
    Ok(store)
}

/// The store of a folder, without a key for its requests.
pub fn opened(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, &testkit::CLASSIFIED_KEY).unwrap()
}
