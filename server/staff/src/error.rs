//! What goes wrong.

use store::StoreError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Storage, or what writes down.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The passphrase cannot be hashed, or its hash does not read.
    #[error("a passphrase cannot be hashed: {0}")]
    Hash(String),
    /// What a browser is to prove cannot be asked or kept.
    #[error("a passkey cannot be asked for or read: {0}")]
    Passkey(String),
    /// The secret of codes is none.
    #[error("the secret of codes is none: {0}")]
    Secret(String),
}
