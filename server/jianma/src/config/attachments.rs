//! Where the files of requests lie, and how much may be brought.

use std::path::{Path, PathBuf};

use domain::attachment::Budget;
use serde::Deserialize;

use super::ConfigError;

/// The files of requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttachmentsConfig {
    /// Their folder, relative to the configuration file; without it, `attachments` in the data folder.
    /// Several portals on one database have the same.
    pub folder: Option<PathBuf>,
    /// Largest file, MiB.
    pub file_mib: u32,
    /// All files of one request, MiB.
    pub request_mib: u32,
    /// All files that were brought and not handed in yet, MiB.
    pub waiting_mib: u32,
    /// Pages of one document.
    pub pages: u32,
    /// Millions of pixels of one picture; each takes four bytes of memory while it is checked.
    pub megapixels: u32,
    /// Socket of `clamd`, relative to the configuration file: then no file is taken that it has not let
    /// pass. Without it files are not scanned.
    pub clamd: Option<PathBuf>,
}

impl Default for AttachmentsConfig {
    fn default() -> Self {
        Self {
            folder: None,
            file_mib: 10,
            request_mib: 30,
            waiting_mib: 2_048,
            pages: 300,
            megapixels: 60,
            clamd: None,
        }
    }
}

/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

impl AttachmentsConfig {
    /// Their folder, for this data folder.
    #[must_use]
    pub fn folder(&self, data: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| data.join("attachments"))
    }

    /// How much may be brought with a request.
    #[must_use]
    pub fn budget(&self) -> Budget {
        Budget {
            file_bytes: u64::from(self.file_mib) * MIB,
            request_bytes: u64::from(self.request_mib) * MIB,
            pages: self.pages,
            pixels: u64::from(self.megapixels) * 1_000_000,
        }
    }

    /// Most that may wait to be handed in, bytes.
    #[must_use]
    pub fn most_held(&self) -> u64 {
        u64::from(self.waiting_mib) * MIB
    }

    /// That it can be meant.
    ///
    /// # Errors
    /// [`ConfigError::Attachments`] names the key.
    pub fn check(&self) -> Result<(), ConfigError> {
        let limits = [
            ("file_mib", self.file_mib, 100),
            ("request_mib", self.request_mib, 1_000),
            ("waiting_mib", self.waiting_mib, u32::MAX),
            ("pages", self.pages, 100_000),
            ("megapixels", self.megapixels, 200),
        ];
        for (key, given, most) in limits {
            if given == 0 || given > most {
                return Err(ConfigError::Attachments { key, given, most });
            }
        }
        Ok(())
    }
}
