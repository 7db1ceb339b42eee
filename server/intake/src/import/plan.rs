//! Which file is which entry of the mapping: before anything is read, every file given is known
//! to the mapping, and every file an import cannot do without is there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::layers::Source;
use crate::{
    error::IntakeError,
    given::{Given, is_input, unpacked},
    mapping::{FileMapping, Mapping, Role, UnusedFile},
    read::folder_of,
    report::Report,
};

/// The files given, each laid down to be read; parts of Shapefiles and what is told apart by name alone
/// stay out.
pub(super) fn given(mapping: &Mapping, files: &[PathBuf]) -> Result<Vec<Given>, IntakeError> {
    let mut given: Vec<Given> = Vec::new();
    let mut input = None;
    for path in files {
        if is_input(path) {
            if input.replace(path).is_some() {
                return Err(IntakeError::GivenTwice { name: path.display().to_string() });
            }
            continue;
        }
        let whole_name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = if knows(mapping, whole_name) { whole_name } else { unpacked(whole_name) };
        if let Some(whole) = whole_of(mapping, name) {
            let lies_beside = |other: &PathBuf| {
                let name = other.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                (name == whole || unpacked(name) == whole) && folder(other) == folder(path)
            };
            if !files.iter().any(lies_beside) {
                return Err(IntakeError::PartElsewhere {
                    part: path.display().to_string(),
                    whole: whole.to_owned(),
                });
            }
            continue;
        }
        if !knows(mapping, name) {
            let known = names(mapping);
            return Err(IntakeError::UnknownFile { name: path.display().to_string(), known });
        }
        if given.iter().any(|other| other.name == name) {
            return Err(IntakeError::GivenTwice { name: name.to_owned() });
        }
        given.push(if is_used(mapping, name) {
            lay_down(name, path)?
        } else {
            Given::plain(name.to_owned(), path)
        });
    }
    if let Some(path) = input {
        given.push(lay_down(&of_input(mapping, &given)?, path)?);
    }
    Ok(given)
}

fn lay_down(name: &str, path: &Path) -> Result<Given, IntakeError> {
    Given::lay_down(name.to_owned(), path)
        .map_err(|source| IntakeError::Read { path: path.to_owned(), source })
}

/// The file of the mapping that comes by standard input: the one named `-`, or the only one that is not
/// given otherwise.
fn of_input(mapping: &Mapping, given: &[Given]) -> Result<String, IntakeError> {
    let mut left = names(mapping);
    left.retain(|name| given.iter().all(|given| given.name != *name));
    match &left[..] {
        [only] => Ok(only.clone()),
        _ => left
            .iter()
            .find(|name| is_input(Path::new(name)))
            .cloned()
            .ok_or(IntakeError::WhichInput { left }),
    }
}

/// The names of the files that are used, each once.
fn names(mapping: &Mapping) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in &mapping.files {
        if !names.contains(&entry.name) {
            names.push(entry.name.clone());
        }
    }
    names
}

fn is_used(mapping: &Mapping, name: &str) -> bool {
    mapping.files.iter().any(|entry| entry.name == name)
}

fn knows(mapping: &Mapping, name: &str) -> bool {
    is_used(mapping, name) || mapping.unused.iter().any(|file| file.name == name)
}

/// Where each file lies, by the name that the mapping has for it.
pub(super) fn paths(given: &[Given]) -> BTreeMap<&str, &Path> {
    given.iter().map(|file| (file.name.as_str(), file.path.as_path())).collect()
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
            (None, Role::Parcels(_) | Role::Units(_) | Role::Rows(_)) => {
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
