//! The keys that verdicts are signed with, in a file that only its owner reads; Ed25519 (RFC 8032) on aws-lc.
//! What was signed is in other people's hands for years, so the file belongs into every backup: without it
//! nobody can say any more that a verdict is genuine.
//!
//! The file is read anew for each signature: a command may have added a key or given one up meanwhile.

use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Entropy,
    signing::{KeyName, PublishedKey, PublishedKeys, Signer, SigningError, Verifier},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{KeyError, SIGNING as FILE, key_file};

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Oldest first; the last one signs.
    key: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    /// The 32 bytes of the private key, base64.
    secret: String,
    made_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
}

/// A key pair with what is published of it.
struct Pair {
    entry: KeyEntry,
    pair: Ed25519KeyPair,
    published: PublishedKey,
}

impl Pair {
    fn of(entry: KeyEntry) -> Option<Self> {
        let seed = STANDARD.decode(&entry.secret).ok()?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().ok()?;
        let published = PublishedKey::ed25519(&public, entry.made_at, entry.revoked_at);
        Some(Self { entry, pair, published })
    }
}

/// The algorithm, for whoever only checks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519;

impl Verifier for Ed25519 {
    fn holds(&self, key: &PublishedKey, message: &[u8], signature: &[u8]) -> Option<bool> {
        let public = key.as_ed25519()?;
        Some(UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok())
    }
}

/// The folder of the keys as a signer.
#[derive(Clone, Debug)]
pub struct SigningFolder(PathBuf);

impl SigningFolder {
    /// The signer of a folder, which is given a key if it never had one.
    ///
    /// # Errors
    /// [`KeyError`] when the file cannot be read, written or understood, or was lost.
    pub fn of(folder: &Path, entropy: &dyn Entropy, now: Timestamp) -> Result<Self, KeyError> {
        if read(folder)?.is_empty() {
            change(folder, |keys| {
                // Another process may have been first.
                keys.is_empty().then(|| keys.push(drawn(entropy, now)))
            })?;
        }
        Ok(Self(folder.to_owned()))
    }

    fn keys(&self) -> Result<Vec<Pair>, SigningError> {
        read(&self.0).map_err(|error| {
            tracing::error!(%error, remedy = "import-keys", "the keys of verdicts cannot be used");
            SigningError::Unavailable
        })
    }
}

impl Verifier for SigningFolder {
    fn holds(&self, key: &PublishedKey, message: &[u8], signature: &[u8]) -> Option<bool> {
        Ed25519.holds(key, message, signature)
    }
}

impl Signer for SigningFolder {
    fn current(&self) -> Result<PublishedKey, SigningError> {
        let newest = self.keys()?.pop().map(|pair| pair.published);
        newest.filter(|key| key.revoked_at.is_none()).ok_or(SigningError::NoKey)
    }

    fn sign(&self, key: &KeyName, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let keys = self.keys()?;
        let is_it =
            |pair: &&Pair| pair.published.kid == *key && pair.published.revoked_at.is_none();
        let pair = keys.iter().find(is_it).ok_or(SigningError::NoKey)?;
        Ok(pair.pair.sign(message).as_ref().to_vec())
    }

    fn published(&self) -> Result<PublishedKeys, SigningError> {
        let keys = self.keys()?.into_iter().map(|pair| pair.published).collect();
        Ok(PublishedKeys { keys })
    }
}

/// What is published of the keys of a folder, the oldest first; nothing where it has none yet.
///
/// # Errors
/// [`KeyError`] when the file cannot be read or understood, or was lost.
pub fn published(folder: &Path) -> Result<PublishedKeys, KeyError> {
    let keys = read(folder)?.into_iter().map(|pair| pair.published).collect();
    Ok(PublishedKeys { keys })
}

/// Adds a key, which signs from now on; its name.
///
/// # Errors
/// [`KeyError::Busy`] when another process is at it, otherwise as [`published`].
pub fn add(
    folder: &Path,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Option<KeyName>, KeyError> {
    let entry = drawn(entropy, now);
    let name = Pair::of(KeyEntry { secret: entry.secret.clone(), ..entry });
    let name = name.map(|pair| pair.published.kid);
    change(folder, |keys| {
        keys.push(entry);
        name
    })
}

/// Gives a key up: nothing that it signed is genuine any more. `None` when there is none of that name.
///
/// # Errors
/// As [`add`].
pub fn revoke(folder: &Path, key: &KeyName, now: Timestamp) -> Result<Option<KeyName>, KeyError> {
    let at = read(folder)?.iter().position(|pair| pair.published.kid == *key);
    let Some(at) = at else { return Ok(None) };
    change(folder, |keys| {
        // Keys are only ever added at the end.
        let entry = keys.get_mut(at)?;
        entry.revoked_at.get_or_insert(now);
        Some(key.clone())
    })
}

fn drawn(entropy: &dyn Entropy, now: Timestamp) -> KeyEntry {
    KeyEntry { secret: STANDARD.encode(entropy.key()), made_at: now, revoked_at: None }
}

fn read(folder: &Path) -> Result<Vec<Pair>, KeyError> {
    let Some(text) = key_file::text(folder, FILE)? else { return Ok(Vec::new()) };
    let file: Option<KeyFile> = toml::from_str(&text).ok();
    let pairs = file.and_then(|file| file.key.into_iter().map(Pair::of).collect());
    pairs.ok_or_else(|| KeyError::Signing { path: folder.join(FILE) })
}

/// Nothing is signed by a key before it is on disk.
fn change<T>(
    folder: &Path,
    change: impl FnOnce(&mut Vec<KeyEntry>) -> Option<T>,
) -> Result<Option<T>, KeyError> {
    key_file::changed(folder, FILE, || {
        let mut key = read(folder)?.into_iter().map(|pair| pair.entry).collect();
        Ok(change(&mut key).map(|done| (done, KeyFile { key })))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use testkit::Numbered;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn x5_ed25519_signs_as_rfc_8032_says() {
        // Section 7.1, test 2.
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let bytes: Vec<u8> = (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&seed[at..at + 2], 16).unwrap())
            .collect();
        let entry = KeyEntry { secret: STANDARD.encode(bytes), made_at: NOW, revoked_at: None };
        let pair = Pair::of(entry).unwrap();
        let signature = pair.pair.sign(&[0x72]);
        let written = domain::digest::hexadecimal(signature.as_ref());
        let halves = [
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ];
        assert_eq!(written, halves.concat());
        let key = &pair.published;
        assert_eq!(Ed25519.holds(key, &[0x72], signature.as_ref()), Some(true));
        assert_eq!(Ed25519.holds(key, &[0x73], signature.as_ref()), Some(false));
        assert_eq!(Ed25519.holds(key, &[0x72], &signature.as_ref()[..63]), Some(false));
        let other = PublishedKey { alg: "SM2".to_owned(), ..key.clone() };
        assert_eq!(Ed25519.holds(&other, &[0x72], signature.as_ref()), None);
    }

    #[test]
    fn x5_keys_of_verdicts_are_added_given_up_and_never_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(published(folder).unwrap().keys.is_empty(), "none yet, and none missing");
        let signer = SigningFolder::of(folder, &Numbered, NOW).unwrap();
        let first = signer.current().unwrap();
        SigningFolder::of(folder, &Numbered, NOW).unwrap();
        assert_eq!(signer.published().unwrap().keys, std::slice::from_ref(&first));
        let signature = signer.sign(&first.kid, b"said").unwrap();
        assert_eq!(signer.holds(&first, b"said", &signature), Some(true));

        let second = add(folder, &Other, NOW).unwrap().unwrap();
        assert_eq!(signer.current().unwrap().kid, second, "without a new start");
        assert!(signer.sign(&first.kid, b"said").is_ok(), "an older one is still a key");
        assert_eq!(revoke(folder, &KeyName::written("nobody"), NOW).unwrap(), None);
        assert_eq!(revoke(folder, &second, NOW).unwrap(), Some(second.clone()));
        assert_eq!(signer.current(), Err(SigningError::NoKey), "and none takes its place unasked");
        assert_eq!(signer.sign(&second, b"said"), Err(SigningError::NoKey));
        assert_eq!(signer.published().unwrap().find(&second).unwrap().revoked_at, Some(NOW));

        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(folder.join(FILE)).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_file(folder.join(FILE)).unwrap();
        let error = SigningFolder::of(folder, &Numbered, NOW).unwrap_err();
        assert!(matches!(error, KeyError::Missing { .. }), "{error}");
        fs::write(folder.join(FILE), "[[key]]\nsecret = \"AAAA\"\n").unwrap();
        let error = published(folder).unwrap_err();
        assert!(matches!(error, KeyError::Signing { .. }), "{error}");
    }

    struct Other;

    impl Entropy for Other {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(9);
        }
    }
}
