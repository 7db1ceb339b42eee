//! Files of rules about sites, in a folder of sets: `SET/DATE/FILE`.

use std::{
    io,
    path::{Path, PathBuf},
};

use domain::{
    catalogue::{CatalogueError, Fault},
    law::register,
    suitability::{Library, RuleErrors, RuleFile, RuleSet, read_embedded},
};

use crate::{catalogues, output::Output};

/// Why rules cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The folder or a file of it cannot be read.
    #[error("cannot read the rules' {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The catalogues that the rules name are not right.
    #[error(transparent)]
    Catalogues(#[from] catalogues::CataloguesError),
}

/// Every fault of the rules in `folder`, of the embedded ones without one, as sentences for whoever
/// checks; where there is none, what was read. It is well where there is none.
///
/// # Errors
/// [`RulesError`] when the folder or a file of it cannot be read.
pub fn checked(folder: Option<&Path>) -> Result<Output, RulesError> {
    let read = match folder {
        None => read_embedded(register()),
        Some(folder) => {
            let (files, unread) = files(folder)?;
            let root = folder.join("").display().to_string();
            match (Library::read(&root, &files, register()), unread) {
                (read, unread) if unread.is_empty() => read,
                (Ok(_), unread) => Err(RuleErrors(unread)),
                (Err(RuleErrors(faults)), unread) => Err(RuleErrors([unread, faults].concat())),
            }
        }
    };
    Ok(match read {
        Ok(library) => right(&library),
        Err(RuleErrors(faults)) => {
            let mut lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            lines.push(format!("rules: {} faults; nothing is judged by these", faults.len()));
            Output { well: false, ..Output::lines(lines) }
        }
    })
}

fn right(library: &Library) -> Output {
    let sets: Vec<&RuleSet> = library.iter().collect();
    if sets.is_empty() {
        let line = "rules: none; a folder of rules has SET/DATE/FILE, as in zhejiang/2026-11-29/rules.toml";
        return Output { well: false, ..Output::line(line) };
    }
    let mut lines = vec!["rules: right".to_owned()];
    for set in sets {
        lines.push(format!(
            "{} {}: {} rules, {} uses, {} tables, hash {}",
            set.id,
            set.date,
            set.rules.len(),
            set.uses.len(),
            set.tables.len(),
            set.hash,
        ));
        if let Some(review) = &set.review {
            lines
                .push(format!("NOTE: {} {} is for review (待审): {}", set.id, set.date, review.en));
        }
    }
    Output::lines(lines)
}

/// Every file below a folder by its name there, and those that are no text.
fn files(folder: &Path) -> Result<(Vec<RuleFile>, Vec<CatalogueError>), RulesError> {
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    // SET, DATE, FILE, and a folder of tables below.
    let mut left = vec![(folder.to_owned(), String::new())];
    while let Some((path, name)) = left.pop() {
        if path.is_dir() {
            let entries = catalogues::entries(&path)?.into_iter();
            let below = if name.is_empty() { name } else { name + "/" };
            left.extend(entries.map(|(entry, path)| (path, format!("{below}{entry}"))));
            continue;
        }
        let file = path.display().to_string();
        let bytes = catalogues::whole(&path).map_err(|source| RulesError::File { path, source })?;
        match String::from_utf8(bytes) {
            Ok(text) => files.push(RuleFile { name, text }),
            Err(error) => {
                let line = Some(catalogues::line_of_fault(&error));
                unread.push(CatalogueError { file, line, fault: Fault::NotText });
            }
        }
    }
    files.sort();
    Ok((files, unread))
}
