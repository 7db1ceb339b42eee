//! Which database a portal has: `--database`. Here, and nowhere else, stands which engines there are.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use clap::Args;
use domain::classified::ClassifiedKey;
use keys::KeyError;
use store::{Store, StoreError, Traces};
use store_sqlite::{DATABASE_FILE, LEFT_BY_SERVING, SqliteStore, copy_database, traces};

/// A database by its engine and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite, in a folder of this machine.
    Sqlite {
        /// The folder that `jianma.sqlite3` is in.
        folder: PathBuf,
    },
}

/// Why an address names no database. It is not repeated: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseFault {
    /// Another engine, or no address at all.
    #[error(
        "this version has its database in SQLite alone: give sqlite:FOLDER, the folder that \
         {DATABASE_FILE} is in, or leave --database out for the data folder"
    )]
    Unsupported,
    /// An address with a machine or with parameters.
    #[error(
        "after sqlite: there is the path of a folder and nothing else, as in sqlite:/srv/jianma"
    )]
    NoFolder,
    /// A file, where its folder is to be named.
    #[error("give the folder that {DATABASE_FILE} is in, not the file: other files lie beside it")]
    File,
}

/// The option `--database`.
#[derive(Clone, Debug, Default, Args)]
pub struct DatabaseArg {
    /// Address of the database, if it is not in the data folder: `sqlite:FOLDER`.
    #[arg(long = "database", value_name = "URL")]
    address: Option<Database>,
}

impl DatabaseArg {
    /// The database; that of the data folder unless told.
    #[must_use]
    pub fn beside(&self, data: &Path) -> Database {
        match &self.address {
            Some(Database::Sqlite { folder }) if !folder.as_os_str().is_empty() => {
                Database::in_folder(folder)
            }
            _ => Database::in_folder(data),
        }
    }
}

/// `sqlite:` alone is the database of the data folder.
impl FromStr for Database {
    type Err = DatabaseFault;

    fn from_str(text: &str) -> Result<Self, DatabaseFault> {
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseFault::Unsupported)?;
        // `sqlite:///srv` names no machine; `sqlite://srv` would.
        let path = path.strip_prefix("//").map_or(Ok(path), |path| {
            path.starts_with('/').then_some(path).ok_or(DatabaseFault::NoFolder)
        })?;
        if path.contains(['?', '#']) {
            return Err(DatabaseFault::NoFolder);
        }
        let folder = PathBuf::from(path);
        if folder.file_name().is_some_and(|name| name == DATABASE_FILE) || folder.is_file() {
            return Err(DatabaseFault::File);
        }
        Ok(Self::Sqlite { folder })
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite { folder } = self;
        write!(f, "sqlite:{}", folder.display())
    }
}

impl Database {
    /// The one that a folder holds, or is to hold.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite { folder: folder.to_owned() }
    }

    /// The folder on this machine that it grows in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        let Self::Sqlite { folder } = self;
        folder
    }

    /// Whether it is there. Opening it would make one.
    #[must_use]
    pub fn is_there(&self) -> bool {
        let Self::Sqlite { folder } = self;
        SqliteStore::is_in(folder)
    }

    /// Opens it, making what is missing, with the key of the digests of classified codes.
    ///
    /// # Errors
    /// [`StoreError`] says why it does not open.
    pub fn open(&self, key: &ClassifiedKey) -> Result<Arc<dyn Store>, StoreError> {
        let Self::Sqlite { folder } = self;
        Ok(Arc::new(SqliteStore::open(folder, key)?))
    }

    /// That it was not lost: where it is not there, and keys or records of a portal are, a new one
    /// would hide that. `data` is the folder of the data, `folder` that of the keys.
    ///
    /// # Errors
    /// [`KeyError::NoDatabase`] names what was found.
    pub fn refuse_lost(&self, data: &Path, folder: &Path) -> Result<(), KeyError> {
        if self.is_there() {
            return Ok(());
        }
        keys::refuse_without_database(self.folder(), &LEFT_BY_SERVING, data, folder)
    }

    /// That it is there.
    ///
    /// # Errors
    /// [`StoreError::NoData`].
    pub fn expect(&self) -> Result<(), StoreError> {
        if self.is_there() {
            return Ok(());
        }
        let place = self.folder().display().to_string();
        Err(StoreError::NoData { place, missing: DATABASE_FILE })
    }

    /// What it holds that was made with keys, which must not be made anew then; nothing where it is
    /// not there.
    ///
    /// # Errors
    /// [`StoreError`] when it does not read.
    pub fn traces(&self) -> Result<Traces, StoreError> {
        let Self::Sqlite { folder } = self;
        traces(folder)
    }

    /// A copy of it in a folder, to try something with.
    ///
    /// # Errors
    /// [`StoreError`] when it is not there, or the copy has no room.
    pub fn copied_into(&self, into: &Path) -> Result<Self, StoreError> {
        let Self::Sqlite { folder } = self;
        copy_database(folder, &into.join(DATABASE_FILE), &mut |_copied, _of| {})?;
        Ok(Self::in_folder(into))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_of_sqlite_and_anything_else_is_refused_in_words() {
        let data = Path::new("data");
        let read = |text: &str| {
            let address = Some(text.parse::<Database>()?);
            Ok::<_, DatabaseFault>(DatabaseArg { address }.beside(data).to_string())
        };
        assert_eq!(DatabaseArg::default().beside(data), Database::in_folder(data));
        for (text, folder) in [
            ("sqlite:", "sqlite:data"),
            ("sqlite:db", "sqlite:db"),
            ("sqlite:/srv/jianma", "sqlite:/srv/jianma"),
            ("sqlite:///srv/jianma", "sqlite:/srv/jianma"),
        ] {
            assert_eq!(read(text), Ok(folder.to_owned()), "{text}");
        }
        for (text, fault) in [
            ("postgres://jianma:geheim@db/jianma", DatabaseFault::Unsupported),
            ("data", DatabaseFault::Unsupported),
            ("SQLITE:db", DatabaseFault::Unsupported),
            ("", DatabaseFault::Unsupported),
            ("sqlite://db/jianma", DatabaseFault::NoFolder),
            ("sqlite:db?mode=ro", DatabaseFault::NoFolder),
            ("sqlite:db/jianma.sqlite3", DatabaseFault::File),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
        let said = DatabaseFault::Unsupported.to_string();
        assert!(said.contains("sqlite:FOLDER"), "{said}");
    }
}
