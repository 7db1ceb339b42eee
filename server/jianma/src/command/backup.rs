//! `jianma backup` and `jianma restore`: the data folder as it was at one moment.
//!
//! A backup is a folder with the database and a manifest, and apart from it one file with every
//! key: whoever has the one cannot read, forge or reseal anything without the other. The file of
//! keys also holds the configuration, in which passwords may stand, and the manifest's digest; the
//! manifest holds every file's, so that a changed copy shows.

mod contents;
mod manifest;
mod partial;
mod progress;
mod restore;
mod take;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use progress::Progress;
pub use restore::{RestoreArgs, Restored, restore};
pub use take::{BackupArgs, Taken, take};

/// Why a backup was not taken or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    /// The file system said no.
    #[error("{path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nothing is overwritten.
    #[error("{path} is there already; name another, nothing is overwritten")]
    Exists {
        /// The file or folder.
        path: PathBuf,
    },
    /// Another command is at it.
    #[error("another backup or restore is writing {path}; wait for it, or name another")]
    Busy {
        /// The folder that it writes.
        path: PathBuf,
    },
    /// A folder of that name has things in it that no backup put there.
    #[error("{path} is not from a backup or restore that was cut off; move it away")]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// The backup is not whole or not what it was.
    #[error("the backup cannot be restored: {reason}")]
    Unsound {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The noted ends of the audit.
    #[error(transparent)]
    Ends(crate::audit::EndsError),
    /// The list of keys.
    #[error(transparent)]
    Key(#[from] crate::keys::KeyError),
    /// What was restored could not be written down.
    #[error("the restore cannot be written into the audit: {0}")]
    Accept(#[from] crate::audit::AcceptError),
    /// The audit could not be read.
    #[error("the audit cannot be checked: {0}")]
    Audit(store::StoreError),
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}

/// The file of keys that belongs to a backup, unless told: beside it.
fn keys_beside(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".keys");
    name.into()
}
