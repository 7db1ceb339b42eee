//! `jianma check-catalogues`: every fault of an operator's catalogues.

use std::path::PathBuf;

use clap::Args;

use crate::{
    catalogues::{self, CataloguesError},
    output::Output,
};

/// How `jianma check-catalogues` is called.
#[derive(Debug, Args)]
pub struct CheckCataloguesArgs {
    /// Folder as `[catalogues]` of the configuration names it; without one, those that come with the program.
    folder: Option<PathBuf>,
}

/// Names every fault of the catalogues in a folder, of the embedded ones without one.
///
/// # Errors
/// [`CataloguesError::File`] when the folder or a file of it cannot be read.
pub fn run(arguments: &CheckCataloguesArgs) -> Result<Output, CataloguesError> {
    catalogues::checked(arguments.folder.as_deref())
}
