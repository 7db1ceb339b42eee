//! A file of the site that is made here.

use crate::cache::hex;
use sha2::{Digest, Sha256};

/// A file that is made here, named by its content.
pub struct Asset {
    /// What the manifest calls it.
    pub(crate) logical: String,
    pub(crate) stem: String,
    pub(crate) extension: String,
    pub(crate) hash: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asset {
    /// An asset whose file is `stem.hash.extension`.
    pub fn new(logical: &str, stem: &str, extension: &str, bytes: Vec<u8>) -> Self {
        let hash = hex(&Sha256::digest(&bytes)[..8]);
        let [logical, stem, extension] = [logical, stem, extension].map(str::to_owned);
        Self { logical, stem, extension, hash, bytes }
    }

    /// What is in it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of its file in `pkg/`.
    pub fn file_name(&self) -> String {
        format!("{}.{}.{}", self.stem, self.hash, self.extension)
    }
}
