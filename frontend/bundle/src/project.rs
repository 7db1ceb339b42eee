//! Where things are.

use crate::error::BundleError;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The folders of the workspace.
pub struct Project {
    /// Where the workspace's `Cargo.toml` is.
    pub root: PathBuf,
    /// Where cargo writes (`CARGO_TARGET_DIR`, the configuration, or `target/`).
    pub target: PathBuf,
}

impl Project {
    /// Asks cargo, which knows every way of configuring them.
    pub fn find() -> Result<Self, BundleError> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(|source| BundleError::Start { program: cargo(), source })?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(BundleError::Metadata(reason));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| BundleError::Metadata(error.to_string()))?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| BundleError::Metadata(format!("it has no `{key}`")))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }

    /// A script of ours under its name.
    pub fn script(&self, folder: &str, name: &str) -> Result<(String, String), BundleError> {
        let path = self.root.join(folder).join(name);
        let text = fs::read_to_string(&path).map_err(BundleError::io("read", &path))?;
        Ok((name.to_owned(), text))
    }
}

/// The cargo that runs this program, or the one on the `PATH`.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_unset| String::from("cargo"))
}
