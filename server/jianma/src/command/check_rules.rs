//! `jianma check-rules`: every fault of rules about sites.

use std::path::PathBuf;

use clap::Args;

use crate::{
    catalogues,
    output::Output,
    rules::{self, RulesError},
};

/// How `jianma check-rules` is called.
#[derive(Debug, Args)]
pub struct CheckRulesArgs {
    /// Folder of rule sets, SET/DATE/FILE; without one, those that come with the program.
    folder: Option<PathBuf>,
    /// Folder of your catalogues, as `[catalogues]` of the configuration names it, where the rules
    /// cite laws, themes or dictionaries of your own.
    #[arg(long)]
    catalogues: Option<PathBuf>,
}

/// Names every fault of the rules in a folder, of the embedded ones without one.
///
/// # Errors
/// [`RulesError`] when the folder or a file of it cannot be read, or the catalogues are not right.
pub fn run(arguments: &CheckRulesArgs) -> Result<Output, RulesError> {
    catalogues::put_to_use(arguments.catalogues.as_deref())?;
    rules::checked(arguments.folder.as_deref())
}
