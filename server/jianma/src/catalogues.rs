//! The operator's catalogues: files of a folder, which take the place of the embedded ones of the same
//! name, each as a whole.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    string::FromUtf8Error,
};

use domain::catalogue::{
    self, CatalogueError, CatalogueErrors, Catalogues, DICTIONARIES, Fault, PutToUseError, SCENES,
    Texts, UnknownFile,
};
use serde::Deserialize;

use crate::output::Output;

/// Where the operator's catalogues are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CataloguesConfig {
    /// Folder with files called as in `domain/data`, each in the place of the embedded one; relative
    /// to the configuration file. A name that no catalogue has is refused.
    pub folder: Option<PathBuf>,
}

/// Why catalogues are not put to use.
#[derive(Debug, thiserror::Error)]
pub enum CataloguesError {
    /// The folder or a file of it cannot be read.
    #[error("cannot read the catalogues' {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not right, or one was read before it was chosen.
    #[error("the catalogues are not right, and nothing is done:\n{0}")]
    Refused(#[source] PutToUseError),
}

/// Has the catalogues of `folder` be in use, over the embedded ones.
///
/// # Errors
/// [`CataloguesError`] names every file and line that is not right.
pub(crate) fn put_to_use(folder: Option<&Path>) -> Result<(), CataloguesError> {
    let (texts, faults) = texts(folder)?;
    if !faults.is_empty() {
        let faults = CatalogueErrors(all_faults(texts, faults));
        return Err(CataloguesError::Refused(PutToUseError::Refused(faults)));
    }
    catalogue::put_to_use(texts).map_err(CataloguesError::Refused)
}

/// Every fault of the catalogues in `folder`, of the embedded ones without one, as sentences for
/// whoever checks. It is well where a portal starts with these.
///
/// # Errors
/// [`CataloguesError::File`] when the folder or a file of it cannot be read.
pub fn checked(folder: Option<&Path>) -> Result<Output, CataloguesError> {
    let (texts, faults) = texts(folder)?;
    let read = Catalogues::read(texts.clone());
    let (true, Ok(catalogues)) = (faults.is_empty(), read) else {
        let faults = all_faults(texts, faults);
        let mut lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "catalogues: {} faults; a portal does not start with these",
            faults.len()
        ));
        return Ok(Output { well: false, ..Output::lines(lines) });
    };
    let mut lines = vec!["catalogues: right".to_owned()];
    lines.extend(said(catalogues.replaced(), &catalogues.notes()).lines().map(str::to_owned));
    Ok(Output::lines(lines))
}

/// What the catalogues in use are, for `check-config`.
pub(crate) fn explain() -> String {
    said(catalogue::replaced(), catalogue::notes())
}

/// Says at a start which catalogues are the operator's, and what of them may not be meant.
pub(crate) fn announce(folder: Option<&Path>) {
    for (name, file) in catalogue::replaced() {
        tracing::info!("the catalogue {name} is the operator's: {file}");
    }
    for note in catalogue::notes() {
        tracing::warn!("{note}");
    }
    if let Some(folder) = folder.filter(|_| catalogue::replaced().next().is_none()) {
        let folder = folder.display();
        tracing::warn!(
            "[catalogues] folder is {folder}, which has no file: all are the embedded ones"
        );
    }
}

/// The files in `folder`, by path and by name in it. What begins with a dot is passed over: systems
/// that hand in a folder put such beside the files.
///
/// # Errors
/// [`CataloguesError::File`] when a folder cannot be read.
pub(crate) fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>, CataloguesError> {
    let mut files = Vec::new();
    for (name, path) in entries(folder)? {
        if path.is_dir() && [DICTIONARIES, SCENES].contains(&&*name) {
            let below = entries(&path)?.into_iter();
            files.extend(below.map(|(file, path)| (format!("{name}/{file}"), path)));
        } else {
            files.push((name, path));
        }
    }
    files.sort();
    Ok(files)
}

/// What is in a folder, by name and path, but for what begins with a dot.
pub(crate) fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, CataloguesError> {
    let failed = |source| CataloguesError::File { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// Most bytes of a catalogue: many times the longest of ours.
const MOST_BYTES: u64 = 16 << 20;

/// What is in a file. A pipe or a device has no end.
pub(crate) fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    if about.len() > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 16 MB"));
    }
    fs::read(path)
}

/// The line with the first bytes that are no text.
pub(crate) fn line_of_fault(error: &FromUtf8Error) -> usize {
    let right = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
    right.filter(|byte| **byte == b'\n').count() + 1
}

/// The texts with those of `folder` in their places, and what is wrong with files as such.
fn texts(folder: Option<&Path>) -> Result<(Texts, Vec<CatalogueError>), CataloguesError> {
    let mut texts = Texts::embedded();
    let mut faults = Vec::new();
    let Some(folder) = folder else { return Ok((texts, faults)) };
    for (name, path) in files(folder)? {
        let file = path.display().to_string();
        let mut fault =
            |line, fault| faults.push(CatalogueError { file: file.clone(), line, fault });
        if !catalogue::may_have(&name) {
            fault(None, UnknownFile { name }.into());
            continue;
        }
        let bytes = whole(&path).map_err(|source| CataloguesError::File { path, source })?;
        match String::from_utf8(bytes) {
            Err(error) => {
                fault(Some(line_of_fault(&error)), Fault::NotText);
            }
            Ok(text) => {
                if let Err(unknown) = texts.replace(&name, file.clone(), text) {
                    fault(None, unknown.into());
                }
            }
        }
    }
    Ok((texts, faults))
}

/// Faults of files as such, and those in their texts.
fn all_faults(texts: Texts, mut faults: Vec<CatalogueError>) -> Vec<CatalogueError> {
    if let Err(CatalogueErrors(more)) = Catalogues::read(texts) {
        faults.extend(more);
    }
    faults
}

fn said<'a>(replaced: impl Iterator<Item = (&'a str, &'a str)>, notes: &[String]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    for (name, file) in replaced {
        let _written = writeln!(text, "catalogue {name}: {file}, in the place of the embedded one");
    }
    if text.is_empty() {
        text.push_str("catalogues: the embedded ones\n");
    }
    for note in notes {
        let _written = writeln!(text, "NOTE: {note}");
    }
    text
}
