//! The command `jianma keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::Clock;
use keys::bundle::{self, BundleError};

use crate::{config::ConfigError, installation::Installation, output::Output};

/// How `jianma keys` is called.
#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Writes every key into one file that only its owner may read: whoever has it can open
    /// receipts and requests and seal the audit. Keep it elsewhere, encrypted. Says which secrets
    /// of departments lie outside the folder of the keys; those are not in it.
    Export {
        #[command(flatten)]
        place: Installation,
        /// The file to write; must not be there.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Puts keys back from an exported file, or from the file of keys of a backup. Other keys are
    /// never overwritten.
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        place: Installation,
    },
}

/// Why no key was carried. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The bundle, or a key of it.
    #[error("{0}")]
    Bundle(#[from] BundleError),
    /// The configuration, which says where the keys are.
    #[error("{0}")]
    Config(#[from] ConfigError),
}

/// Does what the command line says; what to say of it.
///
/// # Errors
/// [`KeysError`]; then nothing was changed.
pub fn run(arguments: &KeysArgs, clock: &dyn Clock) -> Result<Output, KeysError> {
    match &arguments.command {
        KeysCommand::Export { place, output } => {
            let config = place.configuration()?;
            let folder = config.keys.folder(&place.data)?;
            let done = bundle::export(folder, output, clock.now())?;
            let mut lines = vec![format!("wrote {} ({})", output.display(), done.names.join(", "))];
            lines.extend(done.left_out.iter().map(|path| {
                format!(
                    "left out: {path}, which is not in {}: keep a copy of it elsewhere too",
                    folder.display()
                )
            }));
            lines.push(
                "whoever has that file can open receipts and requests and seal the audit: encrypt \
                 it, and keep it apart from backups of the database"
                    .to_owned(),
            );
            Ok(Output::lines(lines))
        }
        KeysCommand::Import { file, place } => {
            let config = place.configuration()?;
            let folder = config.keys.folder(&place.data)?;
            let done = bundle::import(folder, file)?;
            let mut lines = vec![if done.names.is_empty() {
                format!("{} has all these keys already", folder.display())
            } else {
                format!("put into {}: {}", folder.display(), done.names.join(", "))
            }];
            lines.extend(done.left_out.iter().map(|path| {
                format!(
                    "left out: {path}, which would not lie in {}: put it there by hand",
                    folder.display()
                )
            }));
            Ok(Output::lines(lines))
        }
    }
}
