//! `keys.toml`: which keys a folder was given, so that one that was lost is told from one of a kind
//! that this folder never had.
//!
//! A key is made where the list does not name it, and the list names it from then on; one that the
//! list names and that is not there was lost. So a program that brings a new kind of key finds it
//! neither in the folder nor in the list, and makes it. Folders of before the list get one that
//! names what they have. A file that only one program replaces (a key of 32 bytes) is listed with
//! its fingerprint: another one in its place is refused.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::digest::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::KeyError;
use crate::private_file;

/// Its name in the folder of the keys.
pub const FILE: &str = super::LIST;
/// Held by whoever changes it.
pub const LOCK: &str = "keys.lock";

/// What a folder was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyList {
    /// Whether the audit was begun: from then on an empty one was emptied.
    #[serde(default)]
    pub audit_begun: bool,
    /// Whether every request was sealed once: those in clear that are found later were put there.
    #[serde(default)]
    pub records_sealed: bool,
    /// Its keys.
    #[serde(default)]
    pub key: Vec<ListedKey>,
}

/// A key that a folder was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedKey {
    /// Its name in the folder.
    pub file: String,
    /// What it may be known by and tells nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whether it was there before the list.
    #[serde(default)]
    pub found: bool,
}

impl KeyList {
    /// The list of a folder; empty when it has none.
    ///
    /// # Errors
    /// [`KeyError::List`] when it does not read; the methods below also when it cannot be written.
    pub fn of(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).or(Err(KeyError::List { path })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(KeyError::File { path, source }),
        }
    }

    /// What it says of a file.
    #[must_use]
    pub fn names(&self, file: &str) -> Option<&ListedKey> {
        self.key.iter().find(|listed| listed.file == file)
    }

    /// Changes the list of a folder, one process after the other.
    fn change(folder: &Path, change: impl FnOnce(&mut Self) -> bool) -> Result<(), KeyError> {
        let failed = |path: PathBuf| |source| KeyError::File { path, source };
        let lock = folder.join(LOCK);
        let held = File::options().write(true).create(true).truncate(true).mode(0o600).open(&lock);
        let held = held.map_err(failed(lock.clone()))?;
        held.lock().map_err(failed(lock))?;
        let mut list = Self::of(folder)?;
        if !change(&mut list) {
            return Ok(());
        }
        let path = folder.join(FILE);
        let text = toml::to_string(&list).or(Err(KeyError::List { path: path.clone() }))?;
        private_file::replace(&path, text.as_bytes()).map_err(failed(path))
    }

    /// Notes that the audit was begun.
    pub fn begun(folder: &Path) -> Result<(), KeyError> {
        if Self::of(folder)?.audit_begun {
            return Ok(());
        }
        Self::change(folder, |list| !std::mem::replace(&mut list.audit_begun, true))
    }

    /// Notes that every request is sealed.
    pub fn sealed(folder: &Path) -> Result<(), KeyError> {
        if Self::of(folder)?.records_sealed {
            return Ok(());
        }
        Self::change(folder, |list| !std::mem::replace(&mut list.records_sealed, true))
    }

    /// Adds a key to the list of a folder, if it is not on it.
    pub fn add(folder: &Path, listed: ListedKey) -> Result<(), KeyError> {
        Self::change(folder, |list| {
            let is_new = list.names(&listed.file).is_none();
            if is_new {
                list.key.push(listed);
            }
            is_new
        })
    }
}

/// What a key's text may be known by.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    let digest = Sha256::new().chain_update("jianma key\0").chain_update(text.trim()).finalize();
    hexadecimal(&digest[..8])
}
