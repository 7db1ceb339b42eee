//! Which portal a command works on.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, ConfigError};

/// A portal by its data and its configuration.
#[derive(Clone, Debug, Args)]
pub struct Installation {
    /// Folder of the data.
    #[arg(long)]
    pub data: PathBuf,
    /// Configuration file of the portal, which may name another folder for the keys.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

impl Installation {
    /// How it is configured.
    ///
    /// # Errors
    /// [`ConfigError`] when the file does not read.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        Config::read(self.config.as_deref())
    }

    /// Where its keys are.
    ///
    /// # Errors
    /// [`ConfigError`] when the configuration does not read.
    pub fn keys_folder(&self) -> Result<PathBuf, ConfigError> {
        Ok(self.configuration()?.keys.folder(&self.data).to_owned())
    }
}
