//! By what the store knows what it must not: SHA-256 of it.

use domain::digest::hex_digest;

/// By what the store knows a token, or the mark of a browser.
pub(crate) fn digest(token: &str) -> String {
    hex_digest(token.as_bytes())
}

/// By what the store knows a name that was tried.
pub(crate) fn mark_of(name: &str) -> String {
    digest(&format!("name {}", name.trim().to_lowercase()))
}
