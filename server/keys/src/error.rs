//! What goes wrong with keys.

use std::{io, path::PathBuf};

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file system said no.
    #[error("the key file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was there, and is not any more.
    #[error("the key file {path} is missing: {means}. No other is made in its place")]
    Missing {
        /// The file.
        path: PathBuf,
        /// What is lost with it.
        means: &'static str,
    },
    /// It was never made.
    #[error("there is no key file {path}; a portal that serves the folder makes it")]
    None {
        /// The file.
        path: PathBuf,
    },
    /// It is not the one that the folder was given.
    #[error("the key file {path} is another one than keys.toml beside it names: {means}")]
    Another {
        /// The file.
        path: PathBuf,
        /// What is lost without the right one.
        means: &'static str,
    },
    /// It is not the one that the database was made with.
    #[error("the key file {path} is another one than this database was made with: {means}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is lost without the right one.
        means: &'static str,
    },
    /// The keys of a folder are there and its database is not.
    #[error(
        "there are keys and records of a portal ({found}) but no database in {folder}: requests, \
         deliveries, labels and the audit are lost with it"
    )]
    NoDatabase {
        /// Where it was looked for.
        folder: PathBuf,
        /// What was found.
        found: String,
    },
    /// Not what this program writes.
    #[error("the key file {path} does not hold 32 bytes in base64; restore it from the backup")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// The list of keys is not what this program writes.
    #[error("the list of keys {path} does not read; restore it from the backup")]
    List {
        /// The file.
        path: PathBuf,
    },
    /// The keys of labels are not what this program writes.
    #[error("the label keys {path} do not read; restore them from the backup")]
    Labels {
        /// The file.
        path: PathBuf,
    },
    /// The keys of verdicts are not what this program writes.
    #[error("the keys of verdicts {path} do not read; restore them from the backup")]
    Signing {
        /// The file.
        path: PathBuf,
    },
    /// Two processes change the keys of labels or of verdicts, or one was cut off.
    #[error("another command changes these keys; if none is running, remove {path}")]
    Busy {
        /// The file that the other one writes.
        path: PathBuf,
    },
    /// The database.
    #[error("{0}")]
    Store(#[from] store::StoreError),
}

impl KeyError {
    /// That a key which was there is gone.
    #[must_use]
    pub fn missing(path: &std::path::Path) -> Self {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        Self::Missing { path: path.to_owned(), means: super::kind::means(&file) }
    }
}
