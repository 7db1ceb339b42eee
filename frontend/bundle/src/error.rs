//! What can go wrong, and what to do then.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why there is no new site. The one that was there is untouched.
#[derive(Debug, Error)]
pub enum BundleError {
    /// This program was called with what it does not know.
    #[error("what is `{0}`?")]
    Argument(String),
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// A program could not be started.
    #[error("cannot start `{program}`: {source}")]
    Start { program: String, source: io::Error },
    /// `cargo metadata` failed, or answered something else than expected.
    #[error("`cargo metadata` does not know this workspace: {0}")]
    Metadata(String),
    /// The compiler refused a crate.
    #[error("`cargo build -p {package}` for wasm32 failed; its messages are above")]
    Compile { package: String },
    /// A module tells where its sources lay.
    #[error("{package} for the browser names files below {}", path.display())]
    Place { package: String, path: PathBuf },
    /// The bindgen library refused a module.
    #[error("no JavaScript glue for {name}: {reason}")]
    Glue { name: String, reason: String },
    /// wasm-opt refused a module.
    #[error("wasm-opt failed on {name}: {reason}")]
    Shrink { name: String, reason: String },
    /// node could not compress a file.
    #[error("node cannot compress {name}: {reason}")]
    Compress { name: String, reason: String },
    /// esbuild refused a script or the styles.
    #[error("esbuild failed on {name}: {reason}")]
    Script { name: String, reason: String },
    /// The entry of the styles is not there.
    #[error("there are no styles: {} is missing", path.display())]
    NoStyles { path: PathBuf },
    /// What everybody or many must download has grown.
    #[error("{what} has {bytes} bytes in brotli, more than {limit}")]
    TooLarge { what: &'static str, bytes: usize, limit: usize },
    /// An npm package is not installed.
    #[error("{} is missing", path.display())]
    NotInstalled { path: PathBuf },
    /// An npm package looks different from the version this program was written for.
    #[error("{}: {what}", path.display())]
    Vendor { path: PathBuf, what: String },
    /// A file of `public/` has the name of something that is made.
    #[error("public/{name} would hide the {name} that is made here")]
    Taken { name: String },
}

impl BundleError {
    /// What the reader can do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Argument(_) => {
                "call it without arguments, or with `--first-look` for a site that is built sooner \
                 and loads more slowly"
            }
            Self::Io { .. } => "check that the path exists, is yours and that the disk has room",
            Self::Start { .. } => {
                "install it or put it on the PATH; `make setup` installs all tools"
            }
            Self::Metadata(_) => {
                "correct what cargo says, and run this in the workspace: \
                 `cargo run -p bundle`"
            }
            Self::Compile { .. } => {
                "correct what the compiler says; if the target is missing, \
                 `rustup target add wasm32-unknown-unknown` (or `make setup`)"
            }
            Self::Place { .. } => {
                "unset RUSTFLAGS: it takes the place of the flags that rename these paths"
            }
            Self::Glue { .. } => {
                "check that wasm-bindgen and wasm-bindgen-cli-support have the same version in \
                 Cargo.toml"
            }
            Self::Shrink { .. } => "check the npm package binaryen: `npm ci`",
            Self::Compress { .. } => "check that node is version 20 or later",
            Self::Script { .. } => "correct what it says; check the npm package esbuild: `npm ci`",
            Self::TooLarge { .. } => {
                "find out what came in (the limits are in frontend/bundle/src/main.rs, and an \
                 issue has promised them)"
            }
            Self::NoStyles { .. } => "write style/main.css; it @imports the other files of style/",
            Self::NotInstalled { .. } => "run `npm ci` in the workspace root (or `make setup`)",
            Self::Vendor { .. } => {
                "install the versions of package-lock.json with `npm ci`; for a new version, \
                 look at frontend/bundle/src/vendor.rs"
            }
            Self::Taken { .. } => "rename the file in public/",
        }
    }

    /// For `map_err` on file operations.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
