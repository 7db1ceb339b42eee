//! Keys in one file, to be kept elsewhere. The file of keys of a backup is one too.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::digest::hexadecimal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    KeyError,
    kind::ALL,
    manifest::{self, KeyList},
};
use crate::private_file;

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
    #[error("{0}")]
    Key(#[from] KeyError),
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

/// What went into a file of keys, or came out of one.
#[derive(Debug)]
pub struct Done {
    /// The names of the keys.
    pub names: Vec<String>,
    /// Keys that lie outside the folder of the keys, of which nothing was read or written.
    pub left_out: Vec<String>,
}

/// Writes every key of a folder into one new file that only its owner may read: those that it has,
/// and those that its list names, but for those that lie elsewhere.
///
/// # Errors
/// [`BundleError`]; then there is no such file.
pub fn export(folder: &Path, to: &Path, taken_at: Timestamp) -> Result<Done, BundleError> {
    let (names, left_out) = keys_of(folder)?;
    if names.is_empty() {
        return Err(BundleError::NoKeys { folder: folder.to_owned() });
    }
    let mut files = Vec::new();
    for name in names.into_iter().chain([manifest::FILE.to_owned()]) {
        let path = folder.join(&name);
        let content = match fs::read(&path) {
            // A folder of before the list, which has not been served since.
            Err(error) if is_missing(&error) && name == manifest::FILE => continue,
            Err(source) => return Err(BundleError::File { path, source }),
            Ok(content) => content,
        };
        let (sha256, content) = (digest(&content), STANDARD.encode(content));
        files.push(Held { path: name, content, sha256 });
    }
    let bundle = Bundle { format: FORMAT, taken_at, files, key_folder: Vec::new() };
    let text = serde_json::to_vec_pretty(&bundle)
        .map_err(|error| BundleError::Unsound { path: to.to_owned(), reason: error.to_string() })?;
    private_file::create_new(to, &text)
        .map_err(|source| BundleError::File { path: to.to_owned(), source })?;
    Ok(Done { names: bundle.files.into_iter().map(|held| held.path).collect(), left_out })
}

/// The keys of a folder by their names in it, and those that its list names and that lie elsewhere.
fn keys_of(folder: &Path) -> Result<(Vec<String>, Vec<String>), BundleError> {
    let list = KeyList::of(folder)?;
    let (mut names, mut left_out) = (Vec::new(), Vec::new());
    for listed in list.key {
        match within(folder, &listed.file) {
            Some(name) => names.push(name),
            None => left_out.push(listed.file),
        }
    }
    let found = ALL.iter().map(|kind| kind.file).filter(|file| folder.join(file).exists());
    names.extend(found.map(str::to_owned));
    names.sort();
    names.dedup();
    Ok((names, left_out))
}

/// The name of a key in the folder; none where it lies elsewhere.
fn within(folder: &Path, file: &str) -> Option<String> {
    let path = Path::new(file);
    let whole = std::path::absolute(folder).ok();
    let name = whole.and_then(|whole| path.strip_prefix(whole).ok()).unwrap_or(path);
    stays(name).then(|| name.to_string_lossy().into_owned())
}

/// Whether a path leads nowhere but into the folder that it is joined to.
fn stays(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Puts the keys of a file into a folder; the names of those that were not there. Whatever is there
/// must be the same.
///
/// # Errors
/// [`BundleError`]; then the folder is as it was.
pub fn import(folder: &Path, from: &Path) -> Result<Done, BundleError> {
    // Exports of before left nothing out. A path that leads out of the folder would write anywhere.
    let (keys, outside): (Vec<_>, Vec<_>) =
        read(from)?.into_iter().partition(|(name, _)| stays(Path::new(name)));
    let mut new = Vec::new();
    let mut other = Vec::new();
    for (name, content) in &keys {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(there) if there == *content => {}
            // The list follows the keys: what it says of them is checked when they are used.
            Ok(_) if name == manifest::FILE => {}
            Ok(_) => other.push(name.clone()),
            Err(error) if is_missing(&error) => new.push((name.clone(), content)),
            Err(source) => return Err(BundleError::File { path, source }),
        }
    }
    if !other.is_empty() {
        let files = other.join(", ");
        return Err(BundleError::OtherKeys { folder: folder.to_owned(), files });
    }
    for (name, content) in &new {
        // A key that the folder was given with another fingerprint is another key.
        if let Ok(text) = std::str::from_utf8(content) {
            super::recognise(folder, name, text)?;
        }
    }
    all_or_none(folder, &new)?;
    Ok(Done {
        names: new.into_iter().map(|(name, _)| name).collect(),
        left_out: outside.into_iter().map(|(name, _)| name).collect(),
    })
}

/// Writes keys that are not there; none of them where one cannot be written.
fn all_or_none(folder: &Path, keys: &[(String, &Vec<u8>)]) -> Result<(), BundleError> {
    for (at, (name, content)) in keys.iter().enumerate() {
        let path = folder.join(name);
        if let Err(source) = private_file::create_new(&path, content) {
            for (made, _) in &keys[..at] {
                if let Err(error) = fs::remove_file(folder.join(made)) {
                    tracing::warn!(%error, key = made, "a key that was put there stays");
                }
            }
            return Err(BundleError::File { path, source });
        }
    }
    Ok(())
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
        keys.push((held.path, content));
    }
    Ok(keys)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn digest(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{ListedKey, fingerprint};

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn list(folder: &Path, file: &str, text: Option<&str>) {
        let fingerprint = text.map(fingerprint);
        KeyList::add(folder, ListedKey { file: file.to_owned(), fingerprint, found: false })
            .unwrap();
    }

    #[test]
    fn x5_secrets_outside_the_folder_are_named_and_left_out_of_an_export() {
        let place = tempfile::tempdir().unwrap();
        let (keys, file) = (place.path().join("keys"), place.path().join("keys.json"));
        private_file::folder(&keys).unwrap();
        let [outside, inside] = ["outside.secret", "keys/inside.secret"]
            .map(|name| place.path().join(name).to_string_lossy().into_owned());
        for secret in [outside.as_str(), &inside, "../above.secret"] {
            fs::write(keys.join(secret), "secret").unwrap();
            list(&keys, secret, None);
        }
        fs::write(keys.join("receipt.key"), "key").unwrap();
        let done = export(&keys, &file, AT).unwrap();
        assert_eq!(done.names, ["inside.secret", "receipt.key", "keys.toml"]);
        assert_eq!(done.left_out, [outside.as_str(), "../above.secret"]);
        let fresh = place.path().join("fresh");
        let done = import(&fresh, &file).unwrap();
        assert_eq!(done.names, ["inside.secret", "receipt.key", "keys.toml"]);
        assert!(done.left_out.is_empty());
        assert_eq!(fs::read_to_string(fresh.join("inside.secret")).unwrap(), "secret");
    }

    #[test]
    fn x5_an_import_writes_nothing_outside_the_folder_and_says_so() {
        let place = tempfile::tempdir().unwrap();
        let outside = place.path().join("outside.secret").to_string_lossy().into_owned();
        let held = |path: &str| Held {
            path: path.to_owned(),
            content: STANDARD.encode("text"),
            sha256: digest(b"text"),
        };
        let files = vec![held(&outside), held("../above.secret"), held("receipt.key")];
        let bundle = Bundle { format: FORMAT, taken_at: AT, files, key_folder: Vec::new() };
        let file = place.path().join("keys.json");
        fs::write(&file, serde_json::to_vec(&bundle).unwrap()).unwrap();
        let done = import(&place.path().join("a/keys"), &file).unwrap();
        assert_eq!(done.names, ["receipt.key"]);
        assert_eq!(done.left_out, [outside.as_str(), "../above.secret"]);
        assert!(!Path::new(&outside).exists() && !place.path().join("a/above.secret").exists());
    }

    #[test]
    fn x5_an_import_that_is_refused_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| place.path().join(name));
        let file = place.path().join("keys.json");
        for folder in [&from, &to] {
            private_file::folder(folder).unwrap();
        }
        for name in ["audit.key", "records.keys", "receipt.key"] {
            fs::write(from.join(name), name).unwrap();
        }
        export(&from, &file, AT).unwrap();
        // The last of them is another than the one that the folder was given.
        list(&to, "records.keys", Some("another"));
        let error = import(&to, &file).map(drop).unwrap_err();
        assert!(matches!(error, BundleError::Key(KeyError::Another { .. })), "{error}");
        assert!(!to.join("audit.key").exists() && !to.join("receipt.key").exists());
        // The last of them cannot be written.
        let key = b"key".to_vec();
        let keys = ["audit.key", "keys.lock/below-a-file"].map(|name| (name.to_owned(), &key));
        assert!(all_or_none(&to, &keys).is_err());
        assert!(!to.join("audit.key").exists());
    }

    #[test]
    fn x5_every_kind_of_key_that_is_there_is_exported_without_a_list() {
        let place = tempfile::tempdir().unwrap();
        for kind in &ALL {
            fs::write(place.path().join(kind.file), "key").unwrap();
        }
        let done = export(place.path(), &place.path().join("keys.json"), AT).unwrap();
        assert!(ALL.iter().all(|kind| done.names.iter().any(|name| name == kind.file)));
    }
}
