//! Secrets that the data folder keeps, made at first start, readable by the owner only.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Entropy, audit::AuditKey, classified::ClassifiedKey, request::ReceiptKey};

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
    /// It was never made, or was lost.
    #[error(
        "there is no key file {path}; a portal that serves the folder makes it, and if it was lost \
         it is in the backup"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Not what this program writes.
    #[error("the key file {path} does not hold 32 bytes in base64; restore it from the backup")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// The keys of labels are not what this program writes.
    #[error("the label keys {path} do not read; restore them from the backup")]
    Labels {
        /// The file.
        path: PathBuf,
    },
    /// Two processes change the keys of labels, or one was cut off.
    #[error("another command changes the label keys; if none is running, remove {path}")]
    Busy {
        /// The file that the other one writes.
        path: PathBuf,
    },
}

/// The receipt key of a data folder, made if there is none.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood.
pub fn receipt_key(folder: &Path, entropy: &dyn Entropy) -> Result<ReceiptKey, KeyError> {
    key_file(&folder.join("receipt.key"), entropy).map(ReceiptKey::new)
}

/// The key that seals the disclosure audit, made if there is none.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood.
pub fn audit_key(folder: &Path, entropy: &dyn Entropy) -> Result<AuditKey, KeyError> {
    key_file(&folder.join("audit.key"), entropy).map(AuditKey::new)
}

/// The key that seals the disclosure audit, which must be there.
///
/// # Errors
/// [`KeyError::Missing`] when there is none, another one when it cannot be read or understood.
pub fn existing_audit_key(folder: &Path) -> Result<AuditKey, KeyError> {
    existing(folder.join("audit.key")).map(AuditKey::new)
}

/// The key of the digests of classified codes, made if there is none.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood.
pub fn classified_key(folder: &Path, entropy: &dyn Entropy) -> Result<ClassifiedKey, KeyError> {
    key_file(&folder.join("classified.key"), entropy).map(ClassifiedKey::new)
}

/// The key of the digests of classified codes, which must be there.
///
/// # Errors
/// [`KeyError::Missing`] when there is none, another one when it cannot be read or understood.
pub fn existing_classified_key(folder: &Path) -> Result<ClassifiedKey, KeyError> {
    existing(folder.join("classified.key")).map(ClassifiedKey::new)
}

fn existing(path: PathBuf) -> Result<[u8; 32], KeyError> {
    match fs::read_to_string(&path) {
        Ok(text) => bytes_of(&text).ok_or(KeyError::Content { path }),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Err(KeyError::Missing { path }),
        Err(source) => Err(KeyError::File { path, source }),
    }
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn key_file(path: &Path, entropy: &dyn Entropy) -> Result<[u8; 32], KeyError> {
    let text = kept(path, || {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        STANDARD.encode(bytes)
    })?;
    bytes_of(&text).ok_or_else(|| KeyError::Content { path: path.to_owned() })
}

/// The text of a key file, made by `make` if there is none. Two processes that start together
/// agree on one.
///
/// # Errors
/// [`KeyError::File`] when it cannot be read or written.
pub fn kept(path: &Path, make: impl FnOnce() -> String) -> Result<String, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other.map_err(failed),
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // Written whole beside it, then linked: a reader never sees half a key, and the first wins.
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(make().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => fs::read_to_string(path).map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/key");
        assert_eq!(kept(&path, || "first".into()).unwrap(), "first");
        assert_eq!(kept(&path, || "second".into()).unwrap(), "first");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("receipt.key"), "not a key").unwrap();
        let error = receipt_key(folder.path(), &crate::system::SystemEntropy).unwrap_err();
        assert!(matches!(error, KeyError::Content { .. }));
    }
}
