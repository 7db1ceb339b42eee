//! Rust to wasm.

use crate::error::BundleError;
use crate::project::{Project, cargo};
use std::path::PathBuf;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";

/// Builds one crate of the workspace and says where the module is. Cargo decides what is stale.
pub fn crate_to_wasm(
    project: &Project,
    package: &str,
    features: &[&str],
) -> Result<PathBuf, BundleError> {
    eprintln!("bundle: compiling {package}");
    let status = Command::new(cargo())
        .current_dir(&project.root)
        .args(["build", "--quiet", "--lib", "--profile", PROFILE, "--target", TARGET])
        .args(["-p", package, "--features", &features.join(",")])
        .status()
        .map_err(|source| BundleError::Start { program: cargo(), source })?;
    if !status.success() {
        return Err(BundleError::Compile { package: package.to_owned() });
    }
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(project.target.join(TARGET).join(PROFILE).join(file))
}
