//! JavaScript modules and styles, bundled and minified by esbuild.

use crate::cache::{Cache, Key};
use crate::error::BundleError;
use crate::vendor::Packages;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// JavaScript modules by their paths, with which they import one another.
pub type Scripts = BTreeMap<String, String>;

/// What bindgen calls the imports of a module: they end in hashes, which no compression shortens.
const HASHED_IMPORTS: &str = "^__wb.*_[0-9a-f]{16}$";

/// The file of [`HASHED_IMPORTS`] with the names that esbuild has given them.
const RENAMED: &str = "renamed.json";

/// Makes one script of `entry` and all that it imports: a browser then waits for one file and not
/// for a chain. `names` are put in place of free variables, as texts; what the entry imports by
/// such a name stays a file of its own.
pub fn bundle(
    cache: &mut Cache,
    packages: &Packages,
    scripts: &Scripts,
    entry: &str,
    names: &[(&str, String)],
) -> Result<String, BundleError> {
    let given = serde_json::to_vec(&(scripts, names)).unwrap_or_default();
    let inputs = [entry.as_bytes(), &given, packages.esbuild.version()];
    let folder = cache.scratch("scripts");
    let made = cache.get(&Key { step: "bundle.js", inputs: &inputs }, || {
        let names = names.iter().flat_map(|(variable, text)| {
            [format!("--define:{variable}={text:?}"), format!("--external:{text}")]
        });
        let made = in_folder(&folder, scripts, || esbuild(packages, &folder, entry, names))?;
        Ok(made.into_bytes())
    })?;
    Ok(String::from_utf8_lossy(&made).into_owned())
}

/// Makes one script of a module's glue and its snippets, with short names for what the module
/// imports from it; the names are those of the module's imports and what they became.
pub fn glue(
    packages: &Packages,
    folder: &Path,
    scripts: &Scripts,
    entry: &str,
) -> Result<(String, Map<String, Value>), BundleError> {
    let renamed = folder.join(RENAMED);
    let options = [format!("--mangle-props={HASHED_IMPORTS}"), format!("--mangle-cache={RENAMED}")];
    in_folder(folder, scripts, || {
        fs::write(&renamed, "{}").map_err(BundleError::io("write", &renamed))?;
        let script = esbuild(packages, folder, entry, options)?;
        let names = fs::read(&renamed).map_err(BundleError::io("read", &renamed))?;
        let names = serde_json::from_slice(&names).map_err(|error| BundleError::Script {
            name: entry.to_owned(),
            reason: error.to_string(),
        })?;
        Ok((script, names))
    })
}

/// Does something while a folder holds these scripts.
fn in_folder<T>(
    folder: &Path,
    scripts: &Scripts,
    work: impl FnOnce() -> Result<T, BundleError>,
) -> Result<T, BundleError> {
    for (path, script) in scripts {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(BundleError::io("make", parent))?;
        }
        fs::write(&path, script).map_err(BundleError::io("write", &path))?;
    }
    let done = work();
    fs::remove_dir_all(folder).map_err(BundleError::io("remove", folder))?;
    done
}

/// Runs esbuild in a folder: one file of the entry and all that it imports, minified.
pub fn esbuild(
    packages: &Packages,
    folder: &Path,
    entry: &str,
    options: impl IntoIterator<Item = String>,
) -> Result<String, BundleError> {
    eprintln!("bundle: minifying {entry}");
    let output = Command::new("node")
        .current_dir(folder)
        .arg(packages.esbuild.program())
        .arg(entry)
        .args(["--bundle", "--minify", "--format=esm", "--charset=utf8", "--log-level=warning"])
        .args(options)
        .output()
        .map_err(|source| BundleError::Start { program: String::from("node"), source })?;
    // A warning is a mistake too: an import of what is not exported, say.
    if output.status.success() && output.stderr.is_empty() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BundleError::Script { name: entry.to_owned(), reason })
}
