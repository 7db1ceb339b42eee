//! What an extract says, in 32 bytes.

use sha2::{Digest, Sha256};

use super::Extract;
use crate::sealed_file::canonical;

/// SHA-256 of what an extract says, whenever it was signed; `None` where it has no canonical form.
#[must_use]
pub fn digest(extract: &Extract) -> Option<[u8; 32]> {
    let value = serde_json::to_value(extract).ok()?;
    Some(Sha256::digest(canonical(&value)?).into())
}
