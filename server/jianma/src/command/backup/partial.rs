//! A folder that gets its name when it is whole.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::{BufReader, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{
    BackupError, failed,
    progress::{Measured, Progress},
};

/// Held by whoever fills the folder, and gone from it when it is whole.
const LOCK: &str = ".partial.lock";

/// The folder `NAME.partial`. One that a killed command left is emptied and used again.
pub(super) struct Partial {
    path: PathBuf,
    becomes: PathBuf,
    _lock: File,
}

impl Partial {
    /// Begins. `becomes` must not be there, or be an empty folder.
    pub(super) fn begin(becomes: &Path) -> Result<Self, BackupError> {
        if !is_free(becomes)? {
            return Err(BackupError::Exists { path: becomes.to_owned() });
        }
        let path = beside(becomes);
        if path.exists() && !path.join(LOCK).exists() && !is_free(&path)? {
            return Err(BackupError::Foreign { path });
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(failed(&path))?;
        let lock = private_options().truncate(true).open(path.join(LOCK)).map_err(failed(&path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => BackupError::Busy { path: path.clone() },
            TryLockError::Error(source) => BackupError::File { path: path.clone(), source },
        })?;
        for left in fs::read_dir(&path).map_err(failed(&path))? {
            let left = left.map_err(failed(&path))?.path();
            if left.is_dir() {
                fs::remove_dir_all(&left).map_err(failed(&left))?;
            } else if left.file_name().is_none_or(|name| name != LOCK) {
                fs::remove_file(&left).map_err(failed(&left))?;
            }
        }
        Ok(Self { path, becomes: becomes.to_owned(), _lock: lock })
    }

    /// Where it is filled.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name.
    pub(super) fn finish(self) -> Result<(), BackupError> {
        let lock = self.path.join(LOCK);
        fs::remove_file(&lock).map_err(failed(&lock))?;
        sync_folder(&self.path)?;
        fs::rename(&self.path, &self.becomes).map_err(failed(&self.becomes))?;
        sync_parent(&self.becomes)
    }

    /// Throws it away.
    pub(super) fn abandon(self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "what was begun remains");
        }
    }
}

/// The name of something while it is not whole.
pub(super) fn beside(becomes: &Path) -> PathBuf {
    let mut name = becomes.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Whether a folder may be put there.
fn is_free(path: &Path) -> Result<bool, BackupError> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(false),
        Err(source) => Err(BackupError::File { path: path.to_owned(), source }),
    }
}

/// Only its owner may read.
pub(super) fn private_options() -> fs::OpenOptions {
    let mut options = File::options();
    options.create(true).write(true).mode(0o600);
    options
}

/// Writes a file that only its owner may read, and its folders; on disk when this returns.
pub(super) fn write_private(path: &Path, content: &[u8]) -> Result<(), BackupError> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed(folder))?;
    }
    let mut file = private_options().truncate(true).open(path).map_err(failed(path))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed(path))
}

/// Copies a file to one that only its owner may read, and its folders; on disk when this returns.
pub(super) fn copy_private(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), BackupError> {
    let task = format!("copying {}", from.file_name().unwrap_or_default().to_string_lossy());
    let source = Measured::open(from, &task, progress).map_err(failed(from))?;
    if let Some(folder) = to.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed(folder))?;
    }
    let mut source = BufReader::with_capacity(1 << 20, source);
    let mut file = private_options().truncate(true).open(to).map_err(failed(to))?;
    std::io::copy(&mut source, &mut file).map_err(failed(to))?;
    file.sync_all().map_err(failed(to))
}

/// Makes the names in the folder of a path outlive a power cut.
pub(super) fn sync_parent(path: &Path) -> Result<(), BackupError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_folder(parent.unwrap_or(Path::new(".")))
}

fn sync_folder(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(failed(path))
}
