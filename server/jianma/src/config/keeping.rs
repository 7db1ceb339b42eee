//! Where keys and the witness of the audit are kept, and how requests are sealed.

use std::{
    fs::{self, DirEntry},
    path::{Path, PathBuf},
};

use keys::manifest;
use serde::Deserialize;

use super::ConfigError;

/// Where the key files are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeysConfig {
    /// Their folder, relative to the configuration file; without it, the data folder. On another
    /// device, whoever takes the data folder does not have the keys to it.
    pub folder: Option<PathBuf>,
}

impl KeysConfig {
    /// Their folder, for this data folder.
    ///
    /// # Errors
    /// [`ConfigError::KeysElsewhere`] where nothing names a folder, and the keys lie in one inside the
    /// data folder.
    pub fn folder<'a>(&'a self, data: &'a Path) -> Result<&'a Path, ConfigError> {
        match &self.folder {
            Some(folder) => Ok(folder),
            None => match folder_inside(data) {
                Some(found) => Err(ConfigError::KeysElsewhere { found }),
                None => Ok(data),
            },
        }
    }
}

/// The folder inside a data folder that holds its keys, by their list; none where the data folder has
/// keys itself.
fn folder_inside(data: &Path) -> Option<PathBuf> {
    let is_of_keys = |path: &Path| {
        path.file_name().is_some_and(|name| name == manifest::FILE)
            || path.extension().is_some_and(|kind| kind == "key" || kind == "keys")
    };
    if entries(data).any(|entry| is_of_keys(&entry.path())) { None } else { listed_below(data) }
}

/// A folder below this one that has a list of keys.
fn listed_below(folder: &Path) -> Option<PathBuf> {
    let folders = entries(folder).filter(|it| it.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).find_map(|path| {
        if path.join(manifest::FILE).is_file() { Some(path) } else { listed_below(&path) }
    })
}

/// What cannot be read here is no folder of keys that anybody could use.
fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok)
}

/// What keeps the disclosure audit from being sealed anew.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// A file that every end of the audit is added to, relative to the configuration file; on
    /// another device, where it may be added to and not be changed. Without it, only `audit.end` in
    /// the data folder knows the end.
    pub witness: Option<PathBuf>,
}

/// How requests are sealed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordsConfig {
    /// The cipher; without it that of the newest key, and AES for the first.
    pub cipher: Option<CipherChoice>,
}

/// Ciphers as the configuration has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
pub enum CipherChoice {
    /// AES-256 in GCM.
    #[serde(rename = "aes-256-gcm")]
    #[value(name = "aes-256-gcm")]
    Aes256Gcm,
    /// SM4 in GCM.
    #[serde(rename = "sm4-gcm")]
    #[value(name = "sm4-gcm")]
    Sm4Gcm,
}

impl From<CipherChoice> for store::Cipher {
    fn from(choice: CipherChoice) -> Self {
        match choice {
            CipherChoice::Aes256Gcm => Self::Aes256Gcm,
            CipherChoice::Sm4Gcm => Self::Sm4Gcm,
        }
    }
}
