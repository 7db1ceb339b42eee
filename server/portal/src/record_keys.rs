//! The keys that seal requests: a file of their own, outside the database.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Entropy;
use store::{Cipher, Keyring, RecordKey, RecordKeyId, SealError, Sealer, SqliteStore, StoreError};

use crate::{
    data::{self, DataError},
    keys::{self, KeyError},
};

/// Name of the file: a line a key, cipher and secret, oldest first. The last one seals.
pub const FILE: &str = keys::RECORDS;

/// Why requests cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RecordKeysError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Storage, or keys that do not fit it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file is not what this program writes.
    #[error(
        "line {line} of {path} is no key; put back the file that belongs to this database, it is \
         in the file of keys of its backup"
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Two commands add a key, or one was cut off.
    #[error("another command adds a key; if none is running, remove {path}")]
    Busy {
        /// The file that the other one writes.
        path: PathBuf,
    },
}

/// Hands a store the keys of its requests from `folder`, which are made where nothing was ever
/// sealed. Where `cipher` is not that of the newest key, a new key is added.
///
/// # Errors
/// [`RecordKeysError`] says what is missing. Keys that are lost are never made anew.
pub fn unlocked(
    store: SqliteStore,
    folder: &Path,
    entropy: Arc<dyn Entropy>,
    cipher: Option<Cipher>,
) -> Result<SqliteStore, RecordKeysError> {
    let path = folder.join(FILE);
    let sealed = store.has_sealed_records()?;
    if !sealed {
        let first = cipher.unwrap_or(Cipher::Aes256Gcm);
        keys::kept(&path, || line(&drawn(first, &*entropy)))?;
    }
    let keys = match read(&path) {
        // Then the store names the key that it misses.
        Err(RecordKeysError::Key(KeyError::Missing { .. })) if sealed => Vec::new(),
        keys => keys?,
    };
    if let (Some(cipher), Some(newest)) = (cipher, keys.last())
        && newest.cipher != cipher
    {
        tracing::info!(cipher = cipher.name(), "requests are sealed by a new key from now on");
        add(folder, cipher, &*entropy)?;
    }
    let file = KeyFile::read(path, entropy)?;
    Ok(store.with_records(Arc::new(file))?)
}

/// Opens the store of a data folder, which must be there, with the keys of its requests, which are
/// in `keys`.
///
/// # Errors
/// [`RecordKeysError`] says what is missing.
pub fn open_existing(
    data: &Path,
    keys: &Path,
    entropy: Arc<dyn Entropy>,
) -> Result<SqliteStore, RecordKeysError> {
    unlocked(data::open_existing(data, keys)?, keys, entropy, None)
}

/// Adds a key, by which whatever comes is sealed; what was sealed before still opens by the others.
///
/// # Errors
/// [`RecordKeysError`]; the file is as it was.
pub fn add(
    folder: &Path,
    cipher: Cipher,
    entropy: &dyn Entropy,
) -> Result<RecordKeyId, RecordKeysError> {
    let path = folder.join(FILE);
    let failed = |source| KeyError::File { path: path.clone(), source };
    // One that does not read is not added to.
    let before: String = read(&path)?.iter().map(line).collect();
    let key = drawn(cipher, entropy);
    // Whoever makes the draft may change the file; it becomes the file when it is whole.
    let draft = folder.join("records.keys.new");
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let mut file = opened.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => RecordKeysError::Busy { path: draft.clone() },
        _ => failed(source).into(),
    })?;
    let text = format!("{before}{}", line(&key));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&draft, &path).map_err(failed)?;
    // Nothing is sealed before the key is on disk.
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(key.id())
}

/// The keys of requests in a folder, oldest first.
///
/// # Errors
/// [`RecordKeysError`] when the file is missing or does not read.
pub fn listed(folder: &Path) -> Result<Vec<RecordKey>, RecordKeysError> {
    read(&folder.join(FILE))
}

fn drawn(cipher: Cipher, entropy: &dyn Entropy) -> RecordKey {
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    RecordKey { cipher, secret }
}

fn line(key: &RecordKey) -> String {
    format!("{} {}\n", key.cipher.name(), STANDARD.encode(key.secret))
}

fn read(path: &Path) -> Result<Vec<RecordKey>, RecordKeysError> {
    let text = fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => KeyError::missing(path),
        _ => KeyError::File { path: path.to_owned(), source },
    })?;
    let key = |line: &str| {
        let (cipher, secret) = line.split_once(' ')?;
        let secret = STANDARD.decode(secret.trim()).ok()?.try_into().ok()?;
        Some(RecordKey { cipher: Cipher::from_name(cipher)?, secret })
    };
    let keys = text.lines().enumerate().map(|(at, line)| {
        key(line).ok_or(RecordKeysError::Content { path: path.to_owned(), line: at + 1 })
    });
    let keys: Vec<RecordKey> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(RecordKeysError::Content { path: path.to_owned(), line: 1 });
    }
    Ok(keys)
}

/// The file as a sealer: read again when something was sealed by a key that is new in it.
struct KeyFile {
    path: PathBuf,
    ring: RwLock<Keyring>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl KeyFile {
    fn read(path: PathBuf, entropy: Arc<dyn Entropy>) -> Result<Self, RecordKeysError> {
        let keys = match read(&path) {
            Err(RecordKeysError::Key(KeyError::Missing { .. })) => Vec::new(),
            keys => keys?,
        };
        let ring = RwLock::new(Keyring::new(keys, entropy.clone()));
        Ok(Self { path, ring, entropy })
    }

    fn with<T>(&self, work: impl FnOnce(&Keyring) -> T) -> T {
        work(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sealer for KeyFile {
    fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, SealError> {
        self.with(|ring| ring.seal(place, clear))
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        match self.with(|ring| ring.open(place, sealed)) {
            Err(SealError::UnknownKey(id)) => {
                let keys = read(&self.path).map_err(|error| {
                    tracing::error!(%error, "the keys of requests cannot be read");
                    SealError::UnknownKey(id)
                })?;
                let ring = Keyring::new(keys, self.entropy.clone());
                *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
                self.with(|ring| ring.open(place, sealed))
            }
            opened => opened,
        }
    }

    fn newest(&self) -> Result<RecordKeyId, SealError> {
        self.with(Sealer::newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    fn open(data: &Path, cipher: Option<Cipher>) -> Result<SqliteStore, RecordKeysError> {
        unlocked(data::open(data, data).unwrap(), data, Arc::new(SystemEntropy), cipher)
    }

    #[test]
    fn x3_lost_or_other_keys_are_said_and_never_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (data, path) = (folder.path(), folder.path().join(FILE));
        drop(open(data, None).unwrap());
        let right = fs::read_to_string(&path).unwrap();
        assert!(right.starts_with("aes-256-gcm "), "{right}");
        fs::remove_file(&path).unwrap();
        let lost = open(data, None).unwrap_err().to_string();
        assert!(lost.contains("Put back the `records.keys`"), "{lost}");
        assert!(!path.exists(), "no other key takes its place");
        fs::write(&path, line(&drawn(Cipher::Aes256Gcm, &SystemEntropy))).unwrap();
        let other = open(data, None).unwrap_err().to_string();
        assert!(other.contains("Put back the `records.keys`"), "{other}");
        for broken in ["", "aes-256-gcm", "rot13 AAAA\n", "aes-256-gcm AAAA\n"] {
            fs::write(&path, broken).unwrap();
            let error = open(data, None).unwrap_err();
            assert!(matches!(error, RecordKeysError::Content { line: 1, .. }), "{error}");
        }
        fs::write(&path, right).unwrap();
        open(data, None).unwrap();
    }

    #[test]
    fn x3_the_configuration_chooses_the_cipher_and_the_old_key_stays() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        drop(open(data, None).unwrap());
        drop(open(data, Some(Cipher::Sm4Gcm)).unwrap());
        drop(open(data, Some(Cipher::Sm4Gcm)).unwrap());
        drop(open(data, None).unwrap());
        let ciphers: Vec<Cipher> = listed(data).unwrap().iter().map(|key| key.cipher).collect();
        assert_eq!(ciphers, Cipher::ALL);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(data.join(FILE)).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }
}
