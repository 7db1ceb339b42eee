//! Which file is which entry of the mapping: before anything is read, every file given is known
//! to the mapping, and every file an import cannot do without is there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::layers::Source;
use crate::{
    error::IntakeError,
    mapping::{FileMapping, Mapping, Role, UnusedFile},
    read::folder_of,
    report::Report,
};

pub(super) fn match_files<'a>(
    mapping: &Mapping,
    files: &'a [PathBuf],
) -> Result<BTreeMap<&'a str, &'a Path>, IntakeError> {
    let mut paths = BTreeMap::new();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(whole) = whole_of(mapping, name) {
            let lies_beside = |other: &PathBuf| {
                other.file_name().is_some_and(|name| name == whole) && folder(other) == folder(path)
            };
            if !files.iter().any(lies_beside) {
                return Err(IntakeError::PartElsewhere {
                    part: path.display().to_string(),
                    whole: whole.to_owned(),
                });
            }
            continue;
        }
        let used = mapping.files.iter().any(|entry| entry.name == name);
        if !used && !mapping.unused.iter().any(|file| file.name == name) {
            let mut known: Vec<String> = mapping.files.iter().map(|e| e.name.clone()).collect();
            known.dedup();
            return Err(IntakeError::UnknownFile { name: path.display().to_string(), known });
        }
        if paths.insert(name, path.as_path()).is_some() {
            return Err(IntakeError::GivenTwice { name: name.to_owned() });
        }
    }
    Ok(paths)
}

/// What may lie beside the `.shp` of a Shapefile, by its ending.
const PARTS: [&str; 12] =
    ["shx", "dbf", "prj", "cpg", "qpj", "qix", "qmd", "sbn", "sbx", "fbn", "fbx", "shp.xml"];

/// The `.shp` of a Shapefile that the mapping knows, of which a file is a part: it is read along with
/// that, so that a whole folder can be given.
fn whole_of<'a>(mapping: &'a Mapping, name: &str) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let is_whole = |whole: &&str| {
        let whole = whole.to_ascii_lowercase();
        whole
            .strip_suffix("shp")
            .filter(|base| base.ends_with('.'))
            .and_then(|base| name.strip_prefix(base))
            .is_some_and(|ending| PARTS.contains(&ending))
    };
    mapping.files.iter().map(|entry| entry.name.as_str()).find(is_whole)
}

/// The folder that a file lies in, whichever way leads there.
fn folder(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    // A folder that is not there is told when its file is read.
    folder.canonicalize().unwrap_or_else(|_error| folder.to_owned())
}

/// The entries of the mapping whose files were given, in the order of the mapping.
pub(super) fn entries<'m, 'p>(
    mapping: &'m Mapping,
    paths: &BTreeMap<&str, &'p Path>,
    report: &mut Report,
) -> Result<Vec<(&'m FileMapping, &'p Path)>, IntakeError> {
    let mut entries: Vec<(&FileMapping, &Path)> = Vec::new();
    for entry in &mapping.files {
        match (paths.get(entry.name.as_str()), &entry.role) {
            (Some(path), _) => {
                if let Some(remark) = entry.crs.remark()
                    && !report.warnings.contains(&remark)
                {
                    report.warnings.push(remark);
                }
                entries.push((entry, path));
            }
            (None, Role::Parcels(_) | Role::Units(_)) => {
                return Err(IntakeError::MissingFile {
                    name: entry.name.clone(),
                    role: entry.role.name().to_owned(),
                });
            }
            // What this costs is said with the layer.
            (None, Role::Restriction(_)) => {}
            (None, Role::Base(_) | Role::Boundary) => {
                report.warnings.push(format!("{} is missing", entry.name));
            }
        }
    }
    Ok(entries)
}

/// The layers in the order of the mapping, each with the files that feed it, given or not.
pub(super) fn layers<'a>(
    mapping: &'a Mapping,
    paths: &BTreeMap<&str, &'a Path>,
) -> Vec<Vec<Source<'a>>> {
    let mut layers: Vec<Vec<Source<'_>>> = Vec::new();
    for entry in &mapping.files {
        let Role::Restriction(role) = &entry.role else { continue };
        let path = paths.get(entry.name.as_str()).copied();
        let source = Source { entry, mapping: role, path };
        let same = |sources: &&mut Vec<Source<'_>>| {
            sources.iter().any(|other| other.mapping.info.id == role.info.id)
        };
        match layers.iter_mut().find(same) {
            Some(sources) => sources.push(source),
            None => layers.push(vec![source]),
        }
    }
    layers
}

/// The files given that the mapping knows and has no use for.
pub(super) fn not_used(mapping: &Mapping, paths: &BTreeMap<&str, &Path>) -> Vec<UnusedFile> {
    let given = |file: &&UnusedFile| paths.contains_key(file.name.as_str());
    mapping.unused.iter().filter(given).cloned().collect()
}
