//! The folder that the server serves.

use crate::asset::Asset;
use crate::cache::Cache;
use crate::error::BundleError;
use crate::project::Project;
use crate::purpose::Purpose;
use crate::twins;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of built files in the site, and what their addresses begin with: the server's route of built
/// files is of the same word.
const BUILT: &str = "pkg";

/// What was made, for the last lines of the output.
pub struct Site {
    folder: PathBuf,
    changed: bool,
    sizes: Vec<(String, usize, usize)>,
}

impl Site {
    /// Writes the site beside the old one and puts it in its place; leaves the old one alone if it
    /// is the same already.
    pub fn assemble(
        project: &Project,
        purpose: Purpose,
        cache: &mut Cache,
        assets: Vec<Asset>,
    ) -> Result<Self, BundleError> {
        let manifest: BTreeMap<&str, String> = assets
            .iter()
            .map(|asset| (asset.logical.as_str(), format!("/{BUILT}/{}", asset.file_name())))
            .collect();
        let manifest = serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n";

        let mut files = public_files(project)?;
        let mut made = BTreeMap::from([(String::from("manifest.json"), manifest.into_bytes())]);
        for asset in assets {
            made.insert(format!("{BUILT}/{}", asset.file_name()), asset.bytes);
        }
        if let Some(name) = files.keys().find(|name| made.contains_key(*name)) {
            return Err(BundleError::Taken { name: name.clone() });
        }
        files.append(&mut made);

        let mut sizes = Vec::new();
        let mut twin_files = BTreeMap::new();
        for (name, bytes) in &files {
            // The server reads it itself.
            if name == "manifest.json" {
                continue;
            }
            let twins = twins::of(cache, purpose, name, bytes)?;
            let compressed = twins.as_ref().map_or(bytes.len(), |twins| twins.br.len());
            sizes.push((name.clone(), bytes.len(), compressed));
            if let Some(twins) = twins {
                twin_files.insert(format!("{name}.br"), twins.br);
                twin_files.insert(format!("{name}.gz"), twins.gz);
            }
        }
        files.append(&mut twin_files);

        let folder = project.target.join("site");
        let changed = !is_same(&folder, &files);
        if changed {
            replace(&folder, &files)?;
        }
        Ok(Self { folder, changed, sizes })
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, raw, brotli) in &self.sizes {
            writeln!(f, "bundle: {name:<46} {raw:>9} bytes {brotli:>9} brotli")?;
        }
        let state = if self.changed { "is new" } else { "is unchanged" };
        writeln!(f, "bundle: {} {state}", self.folder.display())
    }
}

/// The files of `public/` by their path from there; none if the folder is not there.
fn public_files(project: &Project) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let root = project.root.join("public");
    let mut files = BTreeMap::new();
    if root.is_dir() {
        collect(&root, "", &mut files)?;
    }
    Ok(files)
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), BundleError> {
    for entry in fs::read_dir(folder).map_err(BundleError::io("read", folder))? {
        let path = entry.map_err(BundleError::io("read", folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(&path).map_err(BundleError::io("read", &path))?);
        }
    }
    Ok(())
}

/// Whether the folder holds these files and no others.
fn is_same(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> bool {
    let mut present = BTreeMap::new();
    collect(folder, "", &mut present).is_ok() && present == *files
}

/// Puts a new folder in the place of the old one by renaming, so that nobody sees half a site.
fn replace(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), BundleError> {
    let next = folder.with_extension("next");
    let old = folder.with_extension("old");
    for leftover in [&next, &old] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(BundleError::io("remove", leftover))?;
        }
    }
    for (name, bytes) in files {
        write(&next.join(name), bytes)?;
    }
    if folder.exists() {
        fs::rename(folder, &old).map_err(BundleError::io("rename", folder))?;
    }
    fs::rename(&next, folder).map_err(BundleError::io("rename", &next))?;
    if old.exists() {
        fs::remove_dir_all(&old).map_err(BundleError::io("remove", &old))?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BundleError::io("make", folder))?;
    }
    fs::write(path, bytes).map_err(BundleError::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_from_the_content() {
        let asset = Asset::new("app.css", "jianma", "css", vec![]);
        assert_eq!(asset.file_name(), "jianma.e3b0c44298fc1c14.css");
        let other = Asset::new("app.css", "jianma", "css", b"a{}".to_vec());
        assert_ne!(other.file_name(), asset.file_name());
    }
}
