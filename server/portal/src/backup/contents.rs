//! What is in a data folder, and where in a backup it goes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use store::sqlite::DATABASE_FILE;

use super::{BackupError, failed};

/// No key is larger, bytes.
const LARGEST_KEY: u64 = 1 << 20;

/// Files of a data folder beside its database.
#[derive(Default)]
pub(super) struct Contents {
    /// Kept with the keys. What is not known to be harmless counts as secret.
    pub(super) secret: Vec<PathBuf>,
    /// Too large for a key: kept beside the database.
    pub(super) large: Vec<PathBuf>,
    /// Another program's, left out.
    pub(super) foreign: Vec<PathBuf>,
}

impl Contents {
    /// Looks through a folder and its folders; paths are relative to it.
    pub(super) fn of(folder: &Path) -> Result<Self, BackupError> {
        let mut contents = Self::default();
        contents.look(folder, Path::new(""))?;
        contents.secret.sort();
        contents.large.sort();
        Ok(contents)
    }

    fn look(&mut self, folder: &Path, within: &Path) -> Result<(), BackupError> {
        let here = folder.join(within);
        for entry in fs::read_dir(&here).map_err(failed(&here))? {
            let entry = entry.map_err(failed(&here))?;
            let relative = within.join(entry.file_name());
            let path = entry.path();
            // A key that is mounted in may be a link.
            let about = match fs::metadata(&path) {
                Ok(about) => about,
                // Gone since: a draft that became a key, or the log of a database that was closed.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => return Err(BackupError::File { path, source }),
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            let linked = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if about.is_dir() && !linked {
                self.look(folder, &relative)?;
            } else if about.is_file() && !is_made_anew(&name) {
                let list = if name.starts_with("department.sqlite3") {
                    &mut self.foreign
                } else if about.len() > LARGEST_KEY {
                    &mut self.large
                } else {
                    &mut self.secret
                };
                list.push(relative);
            }
        }
        Ok(())
    }
}

/// Copied in another way, made anew by a restore, or of no use elsewhere: the database with its
/// log, the end of the audit, locks, and drafts of files that were being replaced.
fn is_made_anew(name: &str) -> bool {
    let is_draft = |mark: &str| {
        let tail = name.split_once(mark).map(|(_, tail)| tail);
        tail.is_some_and(|tail| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name.starts_with(DATABASE_FILE)
        || matches!(name, "audit.end" | "import.lock" | "label.keys.new")
        || is_draft(".new-")
        || is_draft(".end-")
}
