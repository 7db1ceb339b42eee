//! How tests open the embedded store.

use std::path::Path;

use store::Clear;
use store_sqlite::SqliteStore;
use store_suite::samples;

/// The store of a folder, with a key for its requests.
pub fn sqlite(folder: &Path) -> SqliteStore {
    opened(folder).with_records(samples::keyring(&[1]), Clear::Sealed).unwrap()
}

/// The store of a folder, without a key for its requests.
pub fn opened(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, &testkit::CLASSIFIED_KEY).unwrap()
}
