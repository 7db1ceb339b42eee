//! The keys that labels are sealed with, in a file of the data folder that only its owner reads.
//! Labels hang for years, so the file belongs into every backup: without it they are all foreign.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::label::{KeyId, KeyRing, LabelKey};
use serde::{Deserialize, Serialize};

use crate::{KeyError, LABELS as FILE, key_file};

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Oldest first.
    key: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    id: String,
    secret: String,
    retired: bool,
}

/// The key ring of a data folder; empty when it has none yet.
///
/// # Errors
/// [`KeyError`] when the file cannot be read or understood.
pub fn read(folder: &Path) -> Result<KeyRing, KeyError> {
    match key_file::text(folder, FILE)? {
        Some(text) => understood(&text).ok_or_else(|| KeyError::Labels { path: folder.join(FILE) }),
        None => Ok(KeyRing::default()),
    }
}

/// Changes the key ring of a data folder, in one step that survives a crash. `change` says
/// whether there is anything to keep.
///
/// # Errors
/// [`KeyError::Busy`] when another process is at it, otherwise as [`read`].
pub fn change<T>(
    folder: &Path,
    change: impl FnOnce(&mut KeyRing) -> Option<T>,
) -> Result<Option<T>, KeyError> {
    key_file::changed(folder, FILE, || {
        let mut ring = read(folder)?;
        // A label must not be on disk before the key that proves it.
        Ok(change(&mut ring).map(|done| (done, written(&ring))))
    })
}

fn understood(text: &str) -> Option<KeyRing> {
    let file: KeyFile = toml::from_str(text).ok()?;
    let keys = file
        .key
        .into_iter()
        .map(|entry| {
            let secret = STANDARD.decode(entry.secret).ok()?.try_into().ok()?;
            Some(LabelKey { id: KeyId::parse(&entry.id)?, secret, retired: entry.retired })
        })
        .collect::<Option<Vec<_>>>()?;
    KeyRing::new(keys)
}

fn written(ring: &KeyRing) -> KeyFile {
    let entries = ring.keys().iter().map(|key| KeyEntry {
        id: key.id.to_string(),
        secret: STANDARD.encode(key.secret),
        retired: key.retired,
    });
    KeyFile { key: entries.collect() }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use domain::label::Seals;

    use super::*;

    #[test]
    fn x5_keys_are_kept_private_in_order_and_with_what_was_said_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(read(folder).unwrap().current(), None);
        let rotate = |byte| change(folder, |ring| ring.rotate([byte; 32])).unwrap().unwrap();
        let (first, second) = (rotate(1), rotate(2));
        assert_eq!((first.as_str(), second.as_str()), ("A", "B"));
        let tag = read(folder).unwrap().seal(&first, b"text").unwrap();
        change(folder, |ring| ring.retire(&second).then_some(())).unwrap().unwrap();
        let ring = read(folder).unwrap();
        assert!(ring.holds(&first, b"text", &tag));
        assert_eq!(ring.current(), None);
        let mode = fs::metadata(folder.join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!folder.join("label.keys.new").exists());
    }

    #[test]
    fn a_change_that_is_none_leaves_the_file_and_two_at_once_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(change(folder, |_| None::<()>).unwrap().is_none());
        assert!(!folder.join(FILE).exists());
        let inner = change(folder, |ring| {
            let second = change(folder, |ring| ring.rotate([2; 32]));
            assert!(matches!(second, Err(KeyError::Busy { .. })));
            ring.rotate([1; 32])
        });
        assert_eq!(inner.unwrap().unwrap().as_str(), "A");
        assert_eq!(read(folder).unwrap().keys().len(), 1);
    }

    #[test]
    fn a_broken_file_is_an_error_and_never_an_empty_ring() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["key", "[[key]]\nid = \"A\"\nsecret = \"short\"\nretired = false\n"] {
            fs::write(folder.path().join(FILE), text).unwrap();
            assert!(matches!(read(folder.path()), Err(KeyError::Labels { .. })), "{text}");
            let changed = change(folder.path(), |ring| ring.rotate([1; 32]));
            assert!(changed.is_err(), "{text} is overwritten");
        }
    }
}
