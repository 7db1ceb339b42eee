//! What a backup says of itself.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use domain::{audit::Head, digest::hexadecimal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    BackupError, failed,
    progress::{Measured, Progress},
};

/// Name of the manifest in a backup.
pub(super) const MANIFEST: &str = "manifest.json";
/// Where a restore puts the configuration of then, in the data folder.
pub(super) const RESTORED_CONFIG: &str = "restored-config";
/// Raised when an older program could not restore it.
pub(super) const FORMAT: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// Version of the program that took it.
    pub(super) program: String,
    /// The moment: what was kept by then is in it, nothing later.
    pub(super) taken_at: Timestamp,
    /// Current data versions.
    pub(super) versions: Vec<String>,
    pub(super) requests: u64,
    pub(super) last_request_at: Option<Timestamp>,
    pub(super) labels: u64,
    /// Where the audit must end; none when it is empty.
    pub(super) audit_end: Option<Head>,
    pub(super) files: Vec<Entry>,
    /// Where the files of requests lie, if they are not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) files_elsewhere: Option<String>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// With `/`, relative to the backup.
    pub(super) path: String,
    pub(super) bytes: u64,
    /// SHA-256, hexadecimal.
    pub(super) sha256: String,
}

/// The file of keys.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Keys {
    pub(super) format: u32,
    pub(super) taken_at: Timestamp,
    /// SHA-256 of the manifest that it belongs to, hexadecimal.
    pub(super) manifest_sha256: String,
    pub(super) files: Vec<KeyFile>,
    /// Files of the folder of the keys, where it is not the data folder; relative to it.
    #[serde(default)]
    pub(super) key_folder: Vec<KeyFile>,
    /// Where that folder lies inside the data folder, with `/`; none where it lies elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key_folder_within: Option<String>,
    /// The configuration and the files that it names: a proxy's password may be in it. Paths are
    /// relative to its folder.
    #[serde(default)]
    pub(super) configuration: Vec<KeyFile>,
    /// Keys that were lost when the backup was taken, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) lacks: Vec<String>,
}

impl Keys {
    /// The folder of the keys of a data folder.
    pub(super) fn folder_in(&self, data: &Path) -> PathBuf {
        self.key_folder_within.as_ref().map_or_else(|| data.to_owned(), |within| data.join(within))
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyFile {
    /// With `/`, relative to the data folder unless told.
    pub(super) path: String,
    /// Its content, base64.
    pub(super) content: String,
    pub(super) sha256: String,
}

pub(super) fn digest(bytes: &[u8]) -> String {
    hexadecimal(Sha256::digest(bytes).as_slice())
}

/// Measures and digests a file without holding it in memory.
pub(super) fn entry(
    path: String,
    file: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Entry, BackupError> {
    let task = format!("checking {path}");
    let mut reader = Measured::open(file, &task, progress).map_err(failed(file))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0_u64;
    loop {
        let read = reader.read(&mut buffer).map_err(failed(file))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        digest.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(Entry { path, bytes, sha256: hexadecimal(digest.finalize().as_slice()) })
}
