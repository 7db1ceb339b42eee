//! Rust to wasm.

use crate::error::BundleError;
use crate::project::{Project, cargo};
use crate::purpose::Purpose;
use std::fs;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The profile of the server, `dev`, whose macros and build scripts run here and not in the browser: by its
/// name they are not compiled a second time. What it has for the tests' sake goes, and the code is made small
/// enough to be loaded.
const FIRST_LOOK: [&str; 4] = [
    "profile.dev.opt-level=1",
    "profile.dev.package.domain.opt-level=1",
    "profile.dev.package.geo.opt-level=1",
    "profile.dev.package.i_overlay.opt-level=1",
];

/// Builds one crate of the workspace and gives the module: the next call may put another of the same name in
/// its place. Cargo decides what is stale, and says what it does.
pub fn crate_to_wasm(
    project: &Project,
    purpose: Purpose,
    package: &str,
    features: &[&str],
) -> Result<Vec<u8>, BundleError> {
    eprintln!("bundle: compiling {package} for the browser");
    let (profile, folder, settings) = match purpose {
        Purpose::Release => ("wasm-release", "wasm-release", &[][..]),
        Purpose::FirstLook => ("dev", "debug", &FIRST_LOOK[..]),
    };
    let status = Command::new(cargo())
        .current_dir(&project.root)
        .args(["build", "--lib", "--target", TARGET, "--profile", profile])
        .args(settings.iter().flat_map(|setting| ["--config", setting]))
        .args(["-p", package, "--features", &features.join(",")])
        .status()
        .map_err(|source| BundleError::Start { program: cargo(), source })?;
    if !status.success() {
        return Err(BundleError::Compile { package: package.to_owned() });
    }
    let file = format!("{}.wasm", package.replace('-', "_"));
    let path = project.target.join(TARGET).join(folder).join(file);
    let module = fs::read(&path).map_err(BundleError::io("read", &path))?;
    let size = module.len() / 1000;
    eprintln!("bundle: {package} is compiled, {size} kB as it comes from the compiler");
    Ok(module)
}
