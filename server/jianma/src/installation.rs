//! Which portal a command works on.

use std::path::PathBuf;

use clap::Args;

use crate::{
    config::{Config, ConfigError},
    database::{Database, DatabaseArg},
};

/// A portal by its data, its configuration and its database.
#[derive(Clone, Debug, Args)]
pub struct Installation {
    /// Folder of the data.
    #[arg(long)]
    pub data: PathBuf,
    /// Configuration file of the portal, which may name another folder for the keys.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Where its database is.
    #[command(flatten)]
    pub database: DatabaseArg,
}

impl Installation {
    /// Its database.
    #[must_use]
    pub fn database(&self) -> Database {
        self.database.beside(&self.data)
    }

    /// Its data, its database and its configuration, as a command line names them.
    #[must_use]
    pub fn named(&self) -> String {
        let mut named = format!("--data {}", self.data.display());
        let database = self.database();
        if database != Database::in_folder(&self.data) {
            named.push_str(&format!(" --database {database}"));
        }
        if let Some(config) = &self.config {
            named.push_str(&format!(" --config {}", config.display()));
        }
        named
    }

    /// How it is configured; that is put to use.
    ///
    /// # Errors
    /// [`ConfigError`] when the file does not read or is not right.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        Config::read(self.config.as_deref())?.put_to_use()
    }
}
