//! Rust to wasm.

use crate::error::BundleError;
use crate::project::{Project, cargo};
use crate::purpose::Purpose;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The profile of the server, `dev`, whose macros and build scripts run here and not in the browser: by its
/// name they are not compiled a second time. What it has for the tests' sake goes: a first look waits for the
/// compiler longer than for a module of some megabytes that comes from the same machine.
const FIRST_LOOK: [&str; 4] = [
    "profile.dev.package.domain.opt-level=0",
    "profile.dev.package.geo.opt-level=0",
    "profile.dev.package.i_overlay.opt-level=0",
    // It finds what the first detector has not, and may take a little longer.
    "profile.dev.package.rxing.opt-level=1",
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
        .args(["--config", &unplaced(project)])
        .args(["-p", package, "--features", &features.join(",")])
        .status()
        .map_err(|source| BundleError::Start { program: cargo(), source })?;
    if !status.success() {
        return Err(BundleError::Compile { package: package.to_owned() });
    }
    let file = format!("{}.wasm", package.replace('-', "_"));
    let path = project.target.join(TARGET).join(folder).join(file);
    let module = fs::read(&path).map_err(BundleError::io("read", &path))?;
    let [crates, own] = places(project);
    // With the folder below, for `/app` is in `frontend/app` too.
    let named = [crates.join("registry"), own.join("frontend"), own.join("domain")];
    if let Some(path) = named.into_iter().find(|place| names(&module, place)) {
        return Err(BundleError::Place { package: package.to_owned(), path });
    }
    let size = module.len() / 1000;
    eprintln!("bundle: {package} is compiled, {size} kB as it comes from the compiler");
    Ok(module)
}

/// Where sources lie, of crates and ours. Panics name files, and that of the machine that builds is nobody's
/// business on the web.
fn places(project: &Project) -> [PathBuf; 2] {
    let home = std::env::home_dir().unwrap_or_default();
    let crates = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    [crates, project.root.clone()]
}

/// The setting of cargo by which sources of crates are named from where crates are kept, and ours from the
/// root of the workspace.
fn unplaced(project: &Project) -> String {
    let flags = places(project).into_iter().zip(["crates", "."]);
    let flags = flags.map(|(place, name)| {
        let flag = format!("--remap-path-prefix={}={name}", place.display());
        serde_json::Value::String(flag).to_string()
    });
    // A list of strings is written in TOML as in JSON.
    format!("target.{TARGET}.rustflags=[{}]", flags.collect::<Vec<_>>().join(","))
}

fn names(module: &[u8], place: &std::path::Path) -> bool {
    let place = place.as_os_str().as_encoded_bytes();
    module.windows(place.len()).any(|found| found == place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_module_that_names_where_its_sources_lay_is_seen() {
        let module = b"\0asm panicked at /home/somebody/.cargo/registry/src/x.rs";
        assert!(names(module, Path::new("/home/somebody/.cargo")));
        assert!(!names(module, Path::new("/home/nobody")));
    }
}
