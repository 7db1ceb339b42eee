//! The style sheet.

use crate::error::BundleError;
use crate::project::Project;
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Features, Targets};
use std::path::PathBuf;

/// `style/main.css`, which imports the other files of `style/`.
pub struct Entry(PathBuf);

impl Entry {
    /// Looks whether it is there.
    pub fn find(project: &Project) -> Result<Self, BundleError> {
        let path = project.root.join("style/main.css");
        if path.is_file() { Ok(Self(path)) } else { Err(BundleError::NoStyles { path }) }
    }

    /// One file of all, for the browsers of 2022 and later: what they cannot read (nesting, ranges
    /// in media queries) is rewritten, the rest stays.
    pub fn bundle(&self) -> Result<Vec<u8>, BundleError> {
        let files = FileProvider::new();
        let options = ParserOptions::default();
        let wrong = |text: String| BundleError::Styles(text);
        let mut sheet = Bundler::new(&files, None, options)
            .bundle(&self.0)
            .map_err(|error| wrong(error.to_string()))?;
        let targets = targets();
        sheet
            .minify(MinifyOptions { targets, ..MinifyOptions::default() })
            .map_err(|error| wrong(error.to_string()))?;
        let printed = sheet
            .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
            .map_err(|error| wrong(error.to_string()))?;
        Ok(printed.code.into_bytes())
    }
}

/// A browser version as lightningcss writes it.
const fn version(major: u32, minor: u32) -> Option<u32> {
    Some(major << 16 | minor << 8)
}

fn targets() -> Targets {
    Targets {
        browsers: Some(Browsers {
            chrome: version(99, 0),
            edge: version(99, 0),
            firefox: version(97, 0),
            safari: version(15, 4),
            ios_saf: version(15, 4),
            android: version(99, 0),
            samsung: version(18, 0),
            opera: version(85, 0),
            ie: None,
        }),
        include: Features::Nesting,
        ..Targets::default()
    }
}
