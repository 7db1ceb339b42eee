//! The keys that seal requests: a file of their own, outside the database. A line a key, cipher and
//! secret, oldest first; the last one seals. The file is read again when another process added one.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Entropy;
use store::{Cipher, Clear, Keyring, RecordKey, RecordKeyId, SealError, Sealer, Store, StoreError};

use crate::{
    KeyError, RECORDS as FILE,
    manifest::KeyList,
    private_file::{self, Exclusive},
    read_or_create,
};

/// Why requests cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RecordKeysError {
    /// Storage, or keys that do not fit it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The file of keys.
    #[error("{0}")]
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

/// Hands a store the keys of its requests, from the folder of its keys; they are made where nothing was
/// ever sealed. Where `cipher` is not that of the newest key, a new key is added.
///
/// # Errors
/// [`RecordKeysError`] says what is missing. Keys that are lost are never made anew.
pub fn unlock(
    store: &dyn Store,
    folder: &Path,
    entropy: Arc<dyn Entropy>,
    cipher: Option<Cipher>,
) -> Result<(), RecordKeysError> {
    let path = folder.join(FILE);
    let sealed = store.has_sealed_records()?;
    if !sealed {
        let first = cipher.unwrap_or(Cipher::Aes256Gcm);
        read_or_create(&path, || line(&drawn(first, &*entropy)))?;
    }
    let keys = match read(&path) {
        // Then the store names the key that it misses.
        Err(RecordKeysError::Key(KeyError::Missing { .. })) if sealed => Vec::new(),
        keys => keys?,
    };
    if let (Some(cipher), Some(newest)) = (cipher, keys.last())
        && newest.cipher != cipher
        && add_another(folder, cipher, &*entropy)?.is_some()
    {
        tracing::info!(cipher = cipher.name(), "requests are sealed by a new key from now on");
    }
    let clear = if KeyList::of(folder)?.records_sealed { Clear::Refused } else { Clear::Sealed };
    with_file(store, folder, entropy, clear).map(drop)
}

/// Seals what lies in clear although everything was sealed before: for whoever has restored a backup
/// of before, and answers for what is in it. How many values that were.
///
/// # Errors
/// [`RecordKeysError`] says what is missing.
pub fn seal_restored(
    store: &dyn Store,
    folder: &Path,
    entropy: Arc<dyn Entropy>,
) -> Result<u64, RecordKeysError> {
    with_file(store, folder, entropy, Clear::Sealed)
}

/// The mark that everything is sealed lies beside the keys: whoever has only the database cannot
/// take it away.
fn with_file(
    store: &dyn Store,
    folder: &Path,
    entropy: Arc<dyn Entropy>,
    clear: Clear,
) -> Result<u64, RecordKeysError> {
    let file = KeyFile::read(folder.join(FILE), entropy)?;
    let sealed = store.unlock(Arc::new(file), clear)?;
    if let Err(error) = KeyList::sealed(folder) {
        tracing::warn!(
            %error,
            "it could not be noted in keys.toml that all requests are sealed: until it is, a request \
             in clear that somebody puts into the database is taken for one of an older program"
        );
    }
    Ok(sealed)
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
    let file = change(folder)?;
    // One that does not read is not added to.
    added(file, listed(folder)?, drawn(cipher, entropy))
}

/// Adds a key by which whatever comes is sealed, unless the newest one is of that cipher; the key that
/// was added.
fn add_another(
    folder: &Path,
    cipher: Cipher,
    entropy: &dyn Entropy,
) -> Result<Option<RecordKeyId>, RecordKeysError> {
    let file = change(folder)?;
    let keys = listed(folder)?;
    if keys.last().is_some_and(|newest| newest.cipher == cipher) {
        return Ok(None);
    }
    added(file, keys, drawn(cipher, entropy)).map(Some)
}

/// Whoever has it may change the file, and must not have read it before.
fn change(folder: &Path) -> Result<Exclusive, RecordKeysError> {
    let path = folder.join(FILE);
    private_file::exclusive(&path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => {
            RecordKeysError::Busy { path: private_file::draft_of(&path) }
        }
        _ => KeyError::File { path, source }.into(),
    })
}

/// Nothing is sealed by the key before it is on disk.
fn added(
    file: Exclusive,
    mut keys: Vec<RecordKey>,
    key: RecordKey,
) -> Result<RecordKeyId, RecordKeysError> {
    let id = key.id();
    keys.push(key);
    let text: String = keys.iter().map(line).collect();
    let path = file.path().to_owned();
    file.replace(text.as_bytes()).map_err(|source| KeyError::File { path, source })?;
    Ok(id)
}

/// The keys of requests in a folder, oldest first.
///
/// # Errors
/// [`RecordKeysError`] when the file is missing or does not read.
pub fn listed(folder: &Path) -> Result<Vec<RecordKey>, RecordKeysError> {
    read(&folder.join(FILE))
}

fn drawn(cipher: Cipher, entropy: &dyn Entropy) -> RecordKey {
    RecordKey { cipher, secret: entropy.key() }
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
                    tracing::error!(
                        %error, remedy = "import-keys", "the keys of requests cannot be read"
                    );
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
    use store_sqlite::SqliteStore;
    use testkit::{CLASSIFIED_KEY, Numbered};

    use super::*;

    fn open(data: &Path, cipher: Option<Cipher>) -> Result<SqliteStore, RecordKeysError> {
        let store = SqliteStore::open(data, &CLASSIFIED_KEY).unwrap();
        unlock(&store, data, Arc::new(Numbered), cipher)?;
        Ok(store)
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
        fs::write(&path, line(&drawn(Cipher::Aes256Gcm, &Numbered))).unwrap();
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

    /// Draws a key while another command tries to add one; the keys that it was told are added.
    #[derive(Default)]
    struct Meddled {
        folder: PathBuf,
        added: std::sync::Mutex<Vec<RecordKeyId>>,
    }

    impl Entropy for Meddled {
        fn fill(&self, bytes: &mut [u8]) {
            let other = add(&self.folder, Cipher::Aes256Gcm, &Numbered);
            self.added.lock().unwrap().extend(other);
            Numbered.fill(bytes);
        }
    }

    #[test]
    fn x3_two_commands_that_add_a_key_at_once_lose_none() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        drop(open(data, None).unwrap());
        let first = listed(data).unwrap()[0].id();
        let meddled = Meddled { folder: data.to_owned(), ..Meddled::default() };
        let added = add(data, Cipher::Sm4Gcm, &meddled);
        let mut told: Vec<RecordKeyId> = meddled.added.into_inner().unwrap();
        told.extend(added);
        assert!(!told.is_empty());
        let kept: Vec<RecordKeyId> = listed(data).unwrap().iter().map(RecordKey::id).collect();
        assert!(kept.contains(&first), "{kept:?}");
        assert!(told.iter().all(|id| kept.contains(id)), "told {told:?}, kept {kept:?}");
    }

    #[test]
    fn x3_an_addition_that_fails_keeps_nobody_from_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let (data, path) = (folder.path(), folder.path().join(FILE));
        drop(open(data, None).unwrap());
        let right = fs::read_to_string(&path).unwrap();
        fs::write(&path, "no key").unwrap();
        let error = add(data, Cipher::Sm4Gcm, &Numbered).unwrap_err();
        assert!(matches!(error, RecordKeysError::Content { .. }), "{error}");
        fs::write(&path, right).unwrap();
        fs::write(private_file::draft_of(&path), "").unwrap();
        let error = add(data, Cipher::Sm4Gcm, &Numbered).unwrap_err();
        assert!(matches!(error, RecordKeysError::Busy { .. }), "{error}");
        assert!(error.to_string().contains("records.keys.new"), "{error}");
        fs::remove_file(private_file::draft_of(&path)).unwrap();
        add(data, Cipher::Sm4Gcm, &Numbered).unwrap();
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
