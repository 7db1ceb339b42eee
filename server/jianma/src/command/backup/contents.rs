//! What is in a data folder, and where in a backup it goes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use audit::{END_FILE, is_end_draft};
use keys::manifest::LOCK;
use store_sqlite::DATABASE_FILE;

use super::{BackupError, failed, manifest::RESTORED_CONFIG};

/// The folder of the files of requests: sealed as the database is, and so kept beside it.
const ATTACHMENTS: &str = "attachments";
/// No key is larger, bytes.
const LARGEST_KEY: u64 = 1 << 20;

/// Files of a data folder beside its database.
#[derive(Default)]
pub(super) struct Contents {
    /// Kept with the keys. What is not known to be harmless counts as secret.
    pub(super) secret: Vec<PathBuf>,
    /// Too large for a key: kept beside the database.
    pub(super) large: Vec<PathBuf>,
    /// Left out, and what it is.
    pub(super) left_out: Vec<(PathBuf, &'static str)>,
}

impl Contents {
    /// Looks through a folder and its folders; paths are relative to it.
    pub(super) fn of(folder: &Path) -> Result<Self, BackupError> {
        let mut contents = Self::default();
        contents.look(folder, Path::new(""))?;
        contents.secret.sort();
        contents.large.sort();
        contents.left_out.sort();
        Ok(contents)
    }

    fn look(&mut self, folder: &Path, within: &Path) -> Result<(), BackupError> {
        let here = folder.join(within);
        let entries = match fs::read_dir(&here) {
            Err(error) if is_gone(&error) && !within.as_os_str().is_empty() => return Ok(()),
            entries => entries.map_err(failed(&here))?,
        };
        for entry in entries {
            let entry = entry.map_err(failed(&here))?;
            let relative = within.join(entry.file_name());
            let path = entry.path();
            // A key that is mounted in may be a link.
            let about = match fs::metadata(&path) {
                Ok(about) => about,
                Err(error) if is_gone(&error) => continue,
                Err(source) => return Err(BackupError::File { path, source }),
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            let linked = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if let Some(what) = left_out(&relative, &name, about.is_dir()) {
                self.left_out.push((relative, what));
            } else if about.is_dir() && !linked {
                self.look(folder, &relative)?;
            } else if about.is_file() && !is_made_anew(&name) {
                let is_large = about.len() > LARGEST_KEY || relative.starts_with(ATTACHMENTS);
                let list = if is_large { &mut self.large } else { &mut self.secret };
                list.push(relative);
            }
        }
        Ok(())
    }
}

/// Whether a file went away: a draft that became a key, the log of a database that was closed.
pub(super) fn is_gone(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

/// What is no part of the portal's state.
fn left_out(relative: &Path, name: &str, is_folder: bool) -> Option<&'static str> {
    if is_folder {
        return if relative == Path::new("reports") {
            Some("what imports noted")
        } else if relative == Path::new(RESTORED_CONFIG) {
            Some("the configuration of an earlier backup")
        } else {
            None
        };
    }
    if name.starts_with("department.sqlite3") {
        Some("the sample department's own")
    } else if name.starts_with("jianma.sqlite3-wal.damaged-") {
        Some("the copy of a damaged log")
    } else {
        None
    }
}

/// Copied in another way, made anew by a restore, or of no use elsewhere: the database with its
/// log, the end of the audit, locks, and drafts of files that were being replaced. The list of
/// receipts goes on after the copy of the database: in a restored folder it would miss them for
/// ever.
fn is_made_anew(name: &str) -> bool {
    let is_draft = |mark: &str| {
        let tail = name.split_once(mark).map(|(_, tail)| tail);
        tail.is_some_and(|tail| {
            !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    name.starts_with(DATABASE_FILE)
        || matches!(
            name,
            END_FILE
                | LOCK
                | "import.lock"
                | "label.keys.new"
                | "records.keys.new"
                | "signing.keys.new"
                | "receipts.log"
        )
        || is_draft(".new-")
        || is_end_draft(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_keys_are_kept_and_what_grows_beside_the_database_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        };
        let kept = ["audit.key", "departments/reports/a.secret", "label.keys"];
        let named = ["department.sqlite3", "jianma.sqlite3-wal.damaged-0a0b", "reports/a.csv"];
        let silent = [
            "audit.end",
            "audit.key.new-a1B2c3",
            "jianma.sqlite3",
            "jianma.sqlite3-wal",
            "label.keys.new",
            "receipts.log",
        ];
        kept.iter().chain(&named).chain(&silent).copied().for_each(put);
        put("restored-config/jianma.toml");
        let contents = Contents::of(folder.path()).unwrap();
        assert_eq!(contents.secret, kept.map(PathBuf::from));
        assert!(contents.large.is_empty());
        let left_out: Vec<&Path> = contents.left_out.iter().map(|(path, _)| &**path).collect();
        let [department, damaged, _] = named;
        assert_eq!(left_out, [department, damaged, "reports", "restored-config"].map(Path::new));
    }
}
