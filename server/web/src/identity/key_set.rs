//! The identity service's keys, read again whenever their file changes: a key that was taken out of
//! it proves nothing from the next request on.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::Deserialize;

/// Why identities cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The key file cannot be read.
    #[error("the identity service's keys {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no key set.
    #[error("the identity service's keys {path} are no JSON Web Key Set (RFC 7517): {source}")]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// A key set in a file.
#[derive(Debug)]
pub(super) struct KeySet {
    path: PathBuf,
    latest: Mutex<Latest>,
}

#[derive(Debug)]
struct Latest {
    keys: Arc<JwkSet>,
    /// What was read last, good or not; none where nothing could be read.
    text: Option<Vec<u8>>,
    is_broken: bool,
}

impl KeySet {
    pub(super) fn read(path: PathBuf) -> Result<Self, IdentityError> {
        let text = read(&path)?;
        let keys = Arc::new(parsed(&path, &text)?);
        let latest = Latest { keys, text: Some(text), is_broken: false };
        Ok(Self { path, latest: Mutex::new(latest) })
    }

    /// The keys as they stand in the file now. A file that does not read changes nothing, and is
    /// said once: half a file must not lock everybody out.
    pub(super) fn current(&self) -> Arc<JwkSet> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let found = read(&self.path);
        let text = found.as_ref().ok().cloned();
        if text == latest.text {
            return latest.keys.clone();
        }
        latest.text = text;
        match found.and_then(|text| parsed(&self.path, &text)) {
            Ok(keys) => {
                tracing::warn!(
                    target: "security",
                    event = "identity_keys_changed",
                    keys = keys.keys.len(),
                    "the identity service's keys were read again"
                );
                latest.keys = Arc::new(keys);
                latest.is_broken = false;
            }
            Err(error) => {
                tracing::error!(
                    %error,
                    "the identity service's new keys do not read: those from before still count, \
                     also any that was to be taken out. Put the file right"
                );
                latest.is_broken = true;
            }
        }
        latest.keys.clone()
    }

    /// Whether the file holds no keys that read, so that those from before count.
    pub(super) fn is_broken(&self) -> bool {
        self.current();
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).is_broken
    }
}

fn read(path: &Path) -> Result<Vec<u8>, IdentityError> {
    fs::read(path).map_err(|source| IdentityError::File { path: path.to_owned(), source })
}

/// Keys of a kind that is not known are left out (RFC 7517 §5): a service that begins to use
/// another kind beside the present one, SM2 for instance, must not keep a key from being taken out.
fn parsed(path: &Path, text: &[u8]) -> Result<JwkSet, IdentityError> {
    let set: AnySet = serde_json::from_slice(text)
        .map_err(|source| IdentityError::Keys { path: path.to_owned(), source })?;
    let all = set.keys.len();
    let keys: Vec<Jwk> =
        set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
    if keys.len() < all {
        tracing::warn!(
            keys.left_out = all - keys.len(),
            "keys of the identity service are of a kind that this program does not know: nothing \
             signed with them is believed"
        );
    }
    Ok(JwkSet { keys })
}

/// A key set whose keys may be of any kind.
#[derive(Deserialize)]
struct AnySet {
    keys: Vec<serde_json::Value>,
}
