//! By what the store knows what it must not: SHA-256 of it.

use domain::digest::hexadecimal;
use sha2::{Digest, Sha256};

/// By what the store knows a token, or the mark of a browser.
pub(crate) fn digest(token: &str) -> String {
    hexadecimal(&Sha256::digest(token))
}

/// By what the store knows a name that was tried.
pub(crate) fn mark_of(name: &str) -> String {
    digest(&format!("name {}", name.trim().to_lowercase()))
}
