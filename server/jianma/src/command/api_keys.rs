//! The command `jianma api-keys`: keys of programs that ask the API often.

use clap::{Args, Subcommand};
use domain::{Clock, Entropy, staff::is_id};
use service::api_keys::{KeyLimits, add};
use store::{ApiKey, StoreError};

use crate::{
    data::{Data, DataError},
    installation::Installation,
    output::Output,
    staff::{LONGEST_NAME, StaffFault, line},
};

/// How `jianma api-keys` is called.
#[derive(Debug, Args)]
pub struct ApiKeysArgs {
    #[command(subcommand)]
    command: ApiKeysCommand,
}

#[derive(Debug, Subcommand)]
enum ApiKeysCommand {
    /// Makes a key and prints it, once: only a digest of it is kept. Its holder may ask more in a time, and is told
    /// nothing that others are not.
    Add {
        /// Its name in lists and figures: small Latin letters, digits, `.`, `-` and `_`.
        name: String,
        /// Who has it, e.g. the business and whom to call.
        #[arg(long, value_name = "TEXT")]
        called: String,
        /// Questions a minute; further sites in one question count as questions of their own.
        #[arg(long, value_name = "N", default_value_t = 1_800, value_parser = clap::value_parser!(u32).range(1..))]
        per_minute: u32,
        /// Questions a day.
        #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
        per_day: u32,
        /// Different sites an hour, wherever they lie; at least 60.
        #[arg(long, value_name = "N", default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(60..))]
        sites: u32,
        #[command(flatten)]
        place: Installation,
    },
    /// Lists the keys: name, holder, questions a minute and a day, sites an hour, since when, whether it is in force;
    /// separated by tabs.
    List {
        #[command(flatten)]
        place: Installation,
    },
    /// Disables a key at once and for good, also for a portal that runs.
    Disable {
        /// Its name.
        name: String,
        #[command(flatten)]
        place: Installation,
    },
}

/// Why nothing was done to a key.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeysError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Who has it cannot be kept.
    #[error(transparent)]
    Called(#[from] StaffFault),
    /// Nobody has it.
    #[error("say who has the key with --called TEXT")]
    Nobody,
    /// No name of a key.
    #[error(
        "{text:?} is no name of a key: it begins with a small Latin letter and has letters, digits, `.`, `-` and \
         `_` only, at most 40"
    )]
    NoName {
        /// As given.
        text: String,
    },
    /// There is one.
    #[error(
        "there is a key {name} already, and a name is never given twice: choose another, e.g. with the year"
    )]
    Taken {
        /// Its name.
        name: String,
    },
    /// There is none.
    #[error("no key {name} is in force; `jianma api-keys list` names those there are")]
    Unknown {
        /// As given.
        name: String,
    },
}

/// Does what the command line says.
///
/// # Errors
/// [`ApiKeysError`]; then nothing was done.
pub async fn run(
    arguments: ApiKeysArgs,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Output, ApiKeysError> {
    match arguments.command {
        ApiKeysCommand::Add { name, called, per_minute, per_day, sites, place } => {
            let name = named(name)?;
            let called = line(&called, "who has it", LONGEST_NAME)?.ok_or(ApiKeysError::Nobody)?;
            let limits = KeyLimits { per_minute, per_day, sites };
            let store = Data::of(&place)?.store;
            let made = add(&*store, clock, entropy, (&name, &called, limits)).await?;
            let secret = made.ok_or_else(|| ApiKeysError::Taken { name: name.clone() })?;
            Ok(Output::line(format!("the key {name}, shown this once: {secret}")))
        }
        ApiKeysCommand::List { place } => {
            let keys = Data::of(&place)?.store.api_keys().await?;
            Ok(Output::lines(keys.iter().map(row).collect()).or_says("there is no key"))
        }
        ApiKeysCommand::Disable { name, place } => {
            let name = named(name)?;
            if !Data::of(&place)?.store.disable_api_key(&name, clock.now()).await? {
                return Err(ApiKeysError::Unknown { name });
            }
            Ok(Output::line(format!("the key {name} is disabled")))
        }
    }
}

fn named(text: String) -> Result<String, ApiKeysError> {
    if is_id(&text) { Ok(text) } else { Err(ApiKeysError::NoName { text }) }
}

/// A row of the list. Its words are names, the same in every language.
fn row(key: &ApiKey) -> String {
    let ApiKey { name, called, per_minute, per_day, sites, added_at, disabled_at } = key;
    let state = if disabled_at.is_some() { "disabled" } else { "open" };
    let since = domain::clock::china_date(*added_at);
    format!("{name}\t{called}\t{per_minute}\t{per_day}\t{sites}\t{since}\t{state}")
}
