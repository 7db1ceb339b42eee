//! Files that only their owner may read: keys, their list, what a backup holds of them.
//!
//! Each is written whole beside its place and then named: a reader sees what was there or what is
//! there now, and what returned is on disk, its name too. A draft goes with the call that made it.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// Writes a file that is not there, and its folders.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when there is one, which stays as it is; or what the file
/// system says.
pub fn create_new(path: &Path, content: &[u8]) -> io::Result<()> {
    folder(folder_of(path))?;
    drafted(path, content)?.persist_noclobber(path)?;
    sync_folder_of(path)
}

/// Writes a file in the place of the one that is there, if there is one.
///
/// # Errors
/// What the file system says; the file is as it was.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    drafted(path, content)?.persist(path)?;
    sync_folder_of(path)
}

/// The right to change a file, had by one at a time, in this process and in others: read it only
/// when you have it.
#[derive(Debug)]
pub struct Exclusive {
    path: PathBuf,
    draft: PathBuf,
}

/// Takes the right to change a file. Its folder is made.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when somebody has it, or was killed: [`draft_of`] says which
/// file tells; or what the file system says.
pub fn exclusive(path: &Path) -> io::Result<Exclusive> {
    folder(folder_of(path))?;
    let draft = draft_of(path);
    File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
    Ok(Exclusive { path: path.to_owned(), draft })
}

/// The file whose being there says that another one is being changed.
#[must_use]
pub fn draft_of(path: &Path) -> PathBuf {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    draft.into()
}

impl Exclusive {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the file, and gives the right back.
    ///
    /// # Errors
    /// As [`replace`].
    pub fn replace(self, content: &[u8]) -> io::Result<()> {
        replace(&self.path, content)
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.draft) {
            tracing::warn!(%error, path = %self.draft.display(), "a draft remains; remove it");
        }
    }
}

/// Makes a folder that only its owner may read, and those that it is in.
///
/// # Errors
/// What the file system says.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Readable by its owner only: `tempfile` makes it with mode 0600.
fn drafted(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut prefix = path.file_name().unwrap_or_default().to_owned();
    prefix.push(".new-");
    let mut draft = tempfile::Builder::new().prefix(&prefix).tempfile_in(folder_of(path))?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    Ok(draft)
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn x5_a_private_file_is_its_owners_alone_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/key");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        create_new(&path, b"first").unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let error = create_new(&path, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&path, b"third").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"third".to_vec(), 0o600));
        assert_eq!(names(path.parent().unwrap()), ["key"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_no_draft_and_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        // A file cannot be named like a folder that is there.
        let path = folder.path().join("key");
        fs::create_dir(&path).unwrap();
        assert!(create_new(&path, b"text").is_err());
        assert!(replace(&path, b"text").is_err());
        assert!(exclusive(&path).unwrap().replace(b"text").is_err());
        drop(exclusive(&path).unwrap());
        assert_eq!(names(folder.path()), ["key"]);
    }

    #[test]
    fn one_at_a_time_has_the_right_to_change_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = exclusive(&path).unwrap();
        assert_eq!(exclusive(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(draft_of(&path).exists());
        first.replace(b"text").unwrap();
        exclusive(&path).unwrap().replace(b"more").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"more");
    }
}
