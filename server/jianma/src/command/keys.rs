//! The command `jianma keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{Clock, Entropy, signing::KeyName};
use keys::{
    KeyError,
    bundle::{self, BundleError},
    signing_keys,
};

use crate::{
    config::ConfigError,
    data::{DataError, keys_folder},
    installation::Installation,
    output::Output,
};

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
    /// Says the public halves of the keys that verdicts are signed with, as the portal publishes them: for
    /// `jianma verify --keys`.
    Public {
        #[command(flatten)]
        place: Installation,
    },
    /// Adds a key that signs verdicts from now on, also of a running portal. What older keys signed stays
    /// genuine.
    RotateSigning {
        #[command(flatten)]
        place: Installation,
    },
    /// Gives up a key that somebody else may have: no verdict that it signed is genuine any more. Add another
    /// one first; without one nothing is signed.
    RevokeSigning {
        /// The name of the key, `kid` in what `jianma keys public` says.
        // One in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        key: String,
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
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// No key of that name.
    #[error(
        "there is no key {key:?} that signs verdicts; `jianma keys public` names those there are"
    )]
    UnknownKey {
        /// As given.
        key: String,
    },
}

/// Does what the command line says; what to say of it.
///
/// # Errors
/// [`KeysError`]; then nothing was changed.
pub fn run(
    arguments: &KeysArgs,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Output, KeysError> {
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
        KeysCommand::Public { place } => {
            let published = signing_keys::published(&keys_folder(place)?)?;
            // Names, figures and texts: they can always be written down.
            Ok(Output::data(serde_json::to_string_pretty(&published).unwrap_or_default()))
        }
        KeysCommand::RotateSigning { place } => {
            // A key in a mistyped folder would be one that signs nothing.
            place.database().expect().map_err(DataError::from)?;
            let name = signing_keys::add(&keys_folder(place)?, entropy, clock.now())?;
            let name = name.as_ref().map_or("", KeyName::as_str);
            Ok(Output::line(format!(
                "new verdicts are signed with the key {name}; older ones stay genuine"
            )))
        }
        KeysCommand::RevokeSigning { key, place } => {
            place.database().expect().map_err(DataError::from)?;
            let name = KeyName::written(key);
            let revoked = signing_keys::revoke(&keys_folder(place)?, &name, clock.now())?;
            let revoked = revoked.ok_or_else(|| KeysError::UnknownKey { key: key.clone() })?;
            Ok(Output::line(format!(
                "no verdict signed with the key {revoked} is genuine any more"
            )))
        }
    }
}
