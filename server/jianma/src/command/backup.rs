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
    time::Instant,
};

use domain::Clock;

use crate::{
    output::Output,
    progress::{Meter, Step},
    staff::StaffFault,
};
pub use progress::Progress;
pub use restore::{RestoreArgs, restore};
pub use take::{BackupArgs, take};

/// `jianma backup`, which shows how far it is.
///
/// # Errors
/// As [`take`].
pub fn run_backup(arguments: &BackupArgs, clock: &dyn Clock) -> Result<Output, BackupError> {
    let started = Instant::now();
    let mut meter = Meter::on_stderr();
    let taken = take(arguments, clock, &mut |progress| show(&mut meter, progress));
    meter.clear();
    Ok(taken?.took(started.elapsed()))
}

/// `jianma restore`, which shows how far it is.
///
/// # Errors
/// As [`restore`].
pub async fn run_restore(
    arguments: &RestoreArgs,
    clock: &dyn Clock,
) -> Result<Output, BackupError> {
    let started = Instant::now();
    let mut meter = Meter::on_stderr();
    let restored = restore(arguments, clock, &mut |progress| show(&mut meter, progress)).await;
    meter.clear();
    Ok(restored?.took(started.elapsed()))
}

fn show(meter: &mut Meter, progress: Progress<'_>) {
    match progress {
        Progress::Line(line) => meter.line(line),
        Progress::Bytes { task, done, of } => {
            meter.at(&Step { task, count: (done >> 20, "MiB"), share: Some((done, of)) });
        }
    }
}

/// Why a backup was not taken or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder.
    #[error("{0}")]
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
    #[error("{0}")]
    Store(#[from] store::StoreError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigError),
    /// The noted ends of the audit.
    #[error(transparent)]
    Ends(audit::EndsError),
    /// The list of keys.
    #[error("{0}")]
    Key(#[from] keys::KeyError),
    /// What was restored could not be written down.
    #[error("the restore cannot be written into the audit: {0}")]
    Accept(#[from] audit::AcceptError),
    /// Nobody can be named who restores.
    #[error("the restore cannot be written into the audit: {0}")]
    By(#[from] StaffFault),
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
