//! The style sheet.

use crate::error::BundleError;
use crate::project::Project;
use crate::script;
use crate::vendor::Packages;
use std::path::PathBuf;

/// The browsers of 2022 and later: what they cannot read (nesting) is rewritten, the rest stays.
const BROWSERS: &str = "--target=chrome99,edge99,firefox97,safari15.4,ios15.4,opera85";

/// `style/main.css`, which imports the other files of `style/`.
pub struct Entry {
    folder: PathBuf,
}

impl Entry {
    const NAME: &str = "main.css";

    /// Looks whether it is there.
    pub fn find(project: &Project) -> Result<Self, BundleError> {
        let folder = project.root.join("style");
        let path = folder.join(Self::NAME);
        if path.is_file() { Ok(Self { folder }) } else { Err(BundleError::NoStyles { path }) }
    }

    /// One file of all.
    pub fn bundle(&self, packages: &Packages) -> Result<Vec<u8>, BundleError> {
        let options = [BROWSERS.to_owned()];
        Ok(script::esbuild(packages, &self.folder, Self::NAME, options)?.into_bytes())
    }
}
