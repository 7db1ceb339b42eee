//! Secrets that a folder keeps, readable by its owner only: the data folder, or the one that `[keys]
//! folder` names. Every key file passes through here.
//!
//! A key is made once. One that was there and is not any more is never made anew: that would only
//! hide the loss (`manifest`).

pub mod bundle;
mod error;
mod key_file;
mod kind;
pub mod label_keys;
mod loss;
pub mod manifest;
pub mod private_file;
pub mod record_keys;
pub mod signing_keys;

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Entropy,
    audit::AuditKey,
    classified::ClassifiedKey,
    digest::{hexadecimal, keyed_digest},
    request::ReceiptKey,
};
use store::Keys;

pub use error::KeyError;
pub use loss::{
    has_keys, list_found, lost_beside, lost_keys, refuse_without_database, refuse_without_keys,
    refuse_without_secret,
};

use kind::means;
use manifest::{KeyList, ListedKey, fingerprint};

/// Opens receipts.
pub const RECEIPT: &str = "receipt.key";
/// Seals the audit.
pub const AUDIT: &str = "audit.key";
/// Seals labels.
pub const LABELS: &str = "label.keys";
/// Makes the digests of classified codes.
pub const CLASSIFIED: &str = "classified.key";
/// Names the keys that a folder was given.
pub const LIST: &str = "keys.toml";
/// Seal requests.
pub const RECORDS: &str = "records.keys";
/// Sign verdicts.
pub const SIGNING: &str = "signing.keys";

/// The receipt key of a folder, made if it never had one.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood, or was lost.
pub fn receipt_key(folder: &Path, entropy: &dyn Entropy) -> Result<ReceiptKey, KeyError> {
    key_file(&folder.join(RECEIPT), entropy).map(ReceiptKey::new)
}

/// The receipt key of a folder for a database, which knows it again: nothing else in either tells
/// whether they belong together.
///
/// # Errors
/// [`KeyError::Foreign`] when it is another one, otherwise as [`receipt_key`].
pub fn receipt_key_of(
    store: &dyn Keys,
    folder: &Path,
    entropy: &dyn Entropy,
) -> Result<ReceiptKey, KeyError> {
    let check = |key: &[u8; 32]| hexadecimal(&keyed_digest(key, &[b"jianma receipt key check"]));
    let path = folder.join(RECEIPT);
    // Before the list takes it for the right one.
    let found = fs::read_to_string(&path).ok().and_then(|text| bytes_of(&text));
    if let Some(found) = found
        && store.knows_key(RECEIPT, &check(&found))? == Some(false)
    {
        return Err(KeyError::Foreign { path, means: means(RECEIPT) });
    }
    let key = key_file(&path, entropy)?;
    if store.knows_key(RECEIPT, &check(&key))?.is_none() {
        store.note_key(RECEIPT, &check(&key))?;
    }
    Ok(ReceiptKey::new(key))
}

/// Refuses a folder one of whose listed keys is not there, or another one.
///
/// # Errors
/// [`KeyError`] names the file.
pub fn refuse_lost(folder: &Path) -> Result<(), KeyError> {
    for listed in KeyList::of(folder)?.key {
        lost(folder, &listed.file)?;
        if listed.fingerprint.is_some() {
            let path = folder.join(&listed.file);
            let text = fs::read_to_string(&path);
            let text = text.map_err(|source| KeyError::File { path, source })?;
            recognise(folder, &listed.file, &text)?;
        }
    }
    Ok(())
}

/// The key that seals the disclosure audit, made if the folder never had one.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood, or was lost.
pub fn audit_key(folder: &Path, entropy: &dyn Entropy) -> Result<AuditKey, KeyError> {
    key_file(&folder.join(AUDIT), entropy).map(AuditKey::new)
}

/// The key that seals the disclosure audit, which must be there.
///
/// # Errors
/// [`KeyError::None`] or [`KeyError::Missing`] when there is none, another one when it cannot be
/// read or understood.
pub fn existing_audit_key(folder: &Path) -> Result<AuditKey, KeyError> {
    existing(folder, AUDIT).map(AuditKey::new)
}

/// The key of the digests of classified codes, made if the folder never had one.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, written or understood, or was lost.
pub fn classified_key(folder: &Path, entropy: &dyn Entropy) -> Result<ClassifiedKey, KeyError> {
    key_file(&folder.join(CLASSIFIED), entropy).map(ClassifiedKey::new)
}

/// The key of the digests of classified codes, which must be there.
///
/// # Errors
/// As [`existing_audit_key`].
pub fn existing_classified_key(folder: &Path) -> Result<ClassifiedKey, KeyError> {
    existing(folder, CLASSIFIED).map(ClassifiedKey::new)
}

fn existing(folder: &Path, file: &str) -> Result<[u8; 32], KeyError> {
    let path = folder.join(file);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let was_there = KeyList::of(folder)?.names(file).is_some();
            return Err(if was_there {
                KeyError::Missing { path, means: means(file) }
            } else {
                KeyError::None { path }
            });
        }
        other => other.map_err(|source| KeyError::File { path: path.clone(), source })?,
    };
    recognise(folder, file, &text)?;
    bytes_of(&text).ok_or(KeyError::Content { path })
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn key_file(path: &Path, entropy: &dyn Entropy) -> Result<[u8; 32], KeyError> {
    let (folder, file) = parts(path);
    let make = || STANDARD.encode(entropy.key());
    let text = read_or_create_in(folder, &file, Replaced::Never, make)?;
    bytes_of(&text).ok_or_else(|| KeyError::Content { path: path.to_owned() })
}

/// Whether somebody may put another secret in a key's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// What was made with it would be lost.
    Never,
    /// It was agreed on with somebody, and can be agreed on anew.
    ByItsOwner,
}

/// The text of a key file, made by `make` if its folder never had one. Two processes that start
/// together agree on one.
///
/// # Errors
/// [`KeyError`] when it cannot be read or written, or was lost.
pub fn read_or_create(path: &Path, make: impl FnOnce() -> String) -> Result<String, KeyError> {
    let (folder, file) = parts(path);
    read_or_create_in(folder, &file, Replaced::ByItsOwner, make)
}

fn parts(path: &Path) -> (&Path, String) {
    let folder = path.parent().unwrap_or(Path::new(""));
    (folder, path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// The text of a key file as [`read_or_create`] gives it, for one whose list is that of `folder`,
/// wherever in it it lies.
///
/// # Errors
/// As [`read_or_create`]; [`KeyError::Another`] when its text is not the one that is listed.
pub fn read_or_create_in(
    folder: &Path,
    file: &str,
    replaced: Replaced,
    make: impl FnOnce() -> String,
) -> Result<String, KeyError> {
    let path = folder.join(file);
    let failed = |source| KeyError::File { path: path.clone(), source };
    let list = KeyList::of(folder)?;
    let found = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if list.names(file).is_some() {
                return Err(KeyError::Missing { path, means: means(file) });
            }
            match private_file::create_new(&path, make().as_bytes()) {
                // Another process was first.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other.map_err(failed)?,
            }
            None
        }
        other => Some(other.map_err(failed)?),
    };
    let text = match &found {
        Some(text) => text.clone(),
        None => fs::read_to_string(&path).map_err(failed)?,
    };
    let prints = (replaced == Replaced::Never).then(|| fingerprint(&text));
    match list.names(file) {
        Some(listed) if listed.fingerprint.is_some() && listed.fingerprint != prints => {
            return Err(KeyError::Another { path, means: means(file) });
        }
        Some(_) => {}
        None => KeyList::add(
            folder,
            ListedKey { file: file.to_owned(), fingerprint: prints, found: found.is_some() },
        )?,
    }
    Ok(text)
}

/// Refuses a key that is not there although its folder was given one.
///
/// # Errors
/// [`KeyError::Missing`], or when the list does not read.
pub fn lost(folder: &Path, file: &str) -> Result<(), KeyError> {
    let path = folder.join(file);
    if KeyList::of(folder)?.names(file).is_some() && !path.exists() {
        return Err(KeyError::Missing { path, means: means(file) });
    }
    Ok(())
}

/// Whether a key's text is the one that its folder was given.
fn recognise(folder: &Path, file: &str, text: &str) -> Result<(), KeyError> {
    let list = KeyList::of(folder)?;
    let expected = list.names(file).and_then(|listed| listed.fingerprint.as_ref());
    if expected.is_some_and(|expected| *expected != fingerprint(text)) {
        return Err(KeyError::Another { path: folder.join(file), means: means(file) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/key");
        assert_eq!(read_or_create(&path, || "first".into()).unwrap(), "first");
        assert_eq!(read_or_create(&path, || "second".into()).unwrap(), "first");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_was_lost_is_not_made_anew_and_a_new_kind_is() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = testkit::Numbered;
        receipt_key(folder.path(), &entropy).unwrap();
        fs::remove_file(folder.path().join(RECEIPT)).unwrap();
        let error = receipt_key(folder.path(), &entropy).unwrap_err();
        assert!(matches!(error, KeyError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(RECEIPT), "{error}");
        // A kind that the folder never had, e.g. of a newer program.
        audit_key(folder.path(), &entropy).unwrap();
        // Somebody else's key in its place.
        let other = tempfile::tempdir().unwrap();
        audit_key(other.path(), &entropy).unwrap();
        fs::copy(other.path().join(AUDIT), folder.path().join(AUDIT)).unwrap();
        let error = existing_audit_key(folder.path()).map(drop).unwrap_err();
        assert!(matches!(error, KeyError::Another { .. }), "{error}");
    }

    #[test]
    fn what_was_agreed_on_may_be_agreed_on_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("department.secret");
        read_or_create(&path, || "first".into()).unwrap();
        fs::write(&path, "second").unwrap();
        assert_eq!(read_or_create(&path, || "third".into()).unwrap(), "second");
        fs::remove_file(&path).unwrap();
        assert!(matches!(read_or_create(&path, || "third".into()), Err(KeyError::Missing { .. })));
    }

    #[test]
    fn a_broken_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("receipt.key"), "not a key").unwrap();
        let error = receipt_key(folder.path(), &testkit::Numbered).unwrap_err();
        assert!(matches!(error, KeyError::Content { .. }));
    }
}
