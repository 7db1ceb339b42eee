//! Where keys and the witness of the audit are kept, and how requests are sealed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use keys::manifest;
use serde::Deserialize;

use super::ConfigError;
use crate::database::Database;

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
    /// [`ConfigError::KeysElsewhere`] where nothing names a folder, and there are keys in one right in
    /// the data folder.
    pub fn folder<'a>(&'a self, data: &'a Path) -> Result<&'a Path, ConfigError> {
        match &self.folder {
            Some(folder) => Ok(folder),
            None => match folders_inside(data) {
                found if found.is_empty() => Ok(data),
                found => Err(ConfigError::KeysElsewhere { found }),
            },
        }
    }
}

/// The folders right in a data folder that may hold its keys, by their list; none where the data folder
/// has keys itself. One with a database is the data folder of another portal, or a copy.
fn folders_inside(data: &Path) -> Vec<PathBuf> {
    let is_listed = |folder: &Path| folder.join(manifest::FILE).is_file();
    if keys::has_keys(data) || is_listed(data) {
        return Vec::new();
    }
    // What cannot be read here is no folder of keys that anybody could use.
    let inside = fs::read_dir(data).into_iter().flatten().filter_map(Result::ok);
    let folders = inside.map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        folders.filter(|path| is_listed(path) && !Database::in_folder(path).is_there()).collect();
    found.sort();
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A data folder with these files, empty.
    fn with(files: &[&str]) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        for file in files {
            let path = data.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        data
    }

    #[test]
    fn x5_keys_that_lie_in_a_folder_of_the_data_folder_are_all_named() {
        for (files, folders) in [
            (&["vault/keys.toml"][..], &["vault"][..]),
            (&["vault/keys.toml", "tls.key", "other.keys"], &["vault"]),
            (&["b/keys.toml", "a/keys.toml", "jianma.sqlite3"], &["a", "b"]),
            (&["copy/keys.toml", "copy/jianma.sqlite3", "vault/keys.toml"], &["vault"]),
        ] {
            let data = with(files);
            let error = KeysConfig::default().folder(data.path()).unwrap_err();
            let said = error.to_string();
            let ConfigError::KeysElsewhere { found } = error else { panic!("{said}") };
            let wanted: Vec<PathBuf> = folders.iter().map(|name| data.path().join(name)).collect();
            assert_eq!(found, wanted, "{files:?}");
            for folder in wanted {
                assert!(said.contains(&folder.display().to_string()), "{said}");
            }
        }
    }

    #[test]
    fn a_data_folder_is_that_of_its_keys_whatever_else_lies_in_it() {
        for files in [
            &[][..],
            &["audit.key", "vault/keys.toml"],
            &["keys.toml", "vault/keys.toml"],
            &["copy/keys.toml", "copy/jianma.sqlite3"],
            &["old/portal/keys.toml"],
            &["vault/tls.key"],
        ] {
            let data = with(files);
            assert_eq!(
                KeysConfig::default().folder(data.path()).unwrap(),
                data.path(),
                "{files:?}"
            );
        }
    }
}
