//! Where keys and the witness of the audit are kept, and how requests are sealed.

use std::path::{Path, PathBuf};

use serde::Deserialize;

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
    #[must_use]
    pub fn folder<'a>(&'a self, data: &'a Path) -> &'a Path {
        self.folder.as_deref().unwrap_or(data)
    }
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
