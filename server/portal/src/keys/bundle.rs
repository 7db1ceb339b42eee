//! Keys in one file, to be kept elsewhere. The file of keys of a backup is one too.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    KeyError,
    manifest::{self, KeyList},
};

/// Raised when an older program could not import it.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Bundle {
    format: u32,
    taken_at: Timestamp,
    files: Vec<Held>,
    /// In the file of keys of a backup: those of a folder of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    key_folder: Vec<Held>,
}

#[derive(Serialize, Deserialize)]
struct Held {
    /// Relative to the folder of the keys.
    path: String,
    /// Base64.
    content: String,
    /// Hexadecimal.
    sha256: String,
}

/// Why keys are not exported or imported. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The file system said no.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to export.
    #[error("there are no keys in {folder}")]
    NoKeys {
        /// The folder.
        folder: PathBuf,
    },
    /// Not a file of keys.
    #[error("{path} is no file of keys that can be imported: {reason}")]
    Unsound {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Keys are never overwritten.
    #[error(
        "{folder} has other keys already ({files}); nothing is overwritten. Import into an empty \
         folder, or move those away if you are sure"
    )]
    OtherKeys {
        /// The folder.
        folder: PathBuf,
        /// Which.
        files: String,
    },
}

/// Writes every key of a folder into one new file that only its owner may read; the names of the
/// keys.
pub(super) fn export(
    folder: &Path,
    to: &Path,
    taken_at: Timestamp,
) -> Result<Vec<String>, BundleError> {
    let list = KeyList::of(folder)?;
    let mut names: Vec<String> = list.key.into_iter().map(|listed| listed.file).collect();
    let known = [super::RECEIPT, super::AUDIT, super::LABELS].map(str::to_owned);
    names.extend(known.into_iter().filter(|name| folder.join(name).exists()));
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Err(BundleError::NoKeys { folder: folder.to_owned() });
    }
    names.push(manifest::FILE.to_owned());
    let mut files = Vec::new();
    for name in &names {
        let path = folder.join(name);
        let content = match fs::read(&path) {
            // A folder of before the list, which has not been served since.
            Err(error) if is_missing(&error) && name == manifest::FILE => continue,
            Err(source) => return Err(BundleError::File { path, source }),
            Ok(content) => content,
        };
        files.push(Held {
            path: name.clone(),
            sha256: digest(&content),
            content: STANDARD.encode(content),
        });
    }
    let bundle = Bundle { format: FORMAT, taken_at, files, key_folder: Vec::new() };
    let text = serde_json::to_vec_pretty(&bundle)
        .map_err(|error| BundleError::Unsound { path: to.to_owned(), reason: error.to_string() })?;
    write_new(to, &text).map_err(|source| BundleError::File { path: to.to_owned(), source })?;
    Ok(bundle.files.into_iter().map(|held| held.path).collect())
}

/// Puts the keys of a file into a folder; the names of those that were not there. Whatever is there
/// must be the same.
pub(super) fn import(folder: &Path, from: &Path) -> Result<Vec<String>, BundleError> {
    let keys = read(from)?;
    let mut new = Vec::new();
    let mut other = Vec::new();
    for (name, content) in &keys {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(there) if there == *content => {}
            // The list follows the keys: what it says of them is checked when they are used.
            Ok(_) if name == manifest::FILE => {}
            Ok(_) => other.push(name.clone()),
            Err(error) if is_missing(&error) => new.push((path, name, content)),
            Err(source) => return Err(BundleError::File { path, source }),
        }
    }
    if !other.is_empty() {
        let files = other.join(", ");
        return Err(BundleError::OtherKeys { folder: folder.to_owned(), files });
    }
    for (path, name, content) in &new {
        // A key that the folder was given with another fingerprint is another key.
        if let Ok(text) = std::str::from_utf8(content) {
            super::recognise(folder, name, text)?;
        }
        let made = path.parent().map_or(Ok(()), super::private_folder);
        made.and_then(|()| write_new(path, content))
            .map_err(|source| BundleError::File { path: path.clone(), source })?;
    }
    Ok(new.into_iter().map(|(_, name, _)| name.clone()).collect())
}

fn read(from: &Path) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
    let unsound = |reason: String| BundleError::Unsound { path: from.to_owned(), reason };
    let text =
        fs::read(from).map_err(|source| BundleError::File { path: from.to_owned(), source })?;
    let bundle: Bundle =
        serde_json::from_slice(&text).map_err(|error| unsound(error.to_string()))?;
    if bundle.format > FORMAT {
        return Err(unsound("it was written by a newer program; use that one".to_owned()));
    }
    let mut keys = Vec::new();
    for held in bundle.files.into_iter().chain(bundle.key_folder) {
        let content = STANDARD.decode(&held.content).unwrap_or_default();
        if digest(&content) != held.sha256 {
            return Err(unsound(format!("{} in it was changed", held.path)));
        }
        // A path that leads out of the folder would write anywhere.
        if !Path::new(&held.path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(unsound(format!("it names the file {}", held.path)));
        }
        keys.push((held.path, content));
    }
    Ok(keys)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content).and_then(|()| file.sync_all())
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
