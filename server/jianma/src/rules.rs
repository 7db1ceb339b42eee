//! Files of rules about sites, in a folder of sets: `SET/DATE/FILE`; and which sets a portal judges by.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use domain::{
    Localized,
    catalogue::{CatalogueError, Fault},
    law::register,
    suitability::{Library, RuleErrors, RuleFile, RuleSet, read_embedded},
};

use serde::Deserialize;
use service::suitability::Rules;

use crate::{catalogues, language, output::Output};

/// The set that a portal judges by unless it is told.
const DEFAULT_SET: &str = "zhejiang";

/// By which rules sites are judged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SuitabilityConfig {
    /// The sets, by name: of the operator's folder, or `zhejiang` and `cambridge` of the program. None
    /// at all for a portal that judges no sites. Left out: every set of the folder, or `zhejiang` where
    /// there is no folder.
    pub sets: Option<Vec<String>>,
    /// The operator's folder of sets, SET/DATE/FILE; relative to the configuration file. A set of a name
    /// and date that the program has too takes its place.
    pub rules: Option<PathBuf>,
    /// Whether people may search all sites that a list may name, which takes memory: some 30 bytes for each.
    pub search: bool,
}

impl Default for SuitabilityConfig {
    fn default() -> Self {
        Self { sets: None, rules: None, search: true }
    }
}

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
    /// A file is not right.
    #[error("the rules about sites are not right, and nothing is done:\n{0}")]
    Refused(RuleErrors),
    /// A set that there is not.
    #[error("suitability.sets names {name:?}; there are {there}")]
    NoSet {
        /// What was named.
        name: String,
        /// The sets that there are.
        there: String,
    },
}

impl SuitabilityConfig {
    /// The rules that a portal judges by.
    ///
    /// # Errors
    /// [`RulesError`] names every file and line that is not right, or a set that there is not.
    pub fn read(&self) -> Result<Rules, RulesError> {
        let own = match &self.rules {
            Some(folder) => read_own(folder)?.map_err(RulesError::Refused)?,
            None => Library::default(),
        };
        let names = self.names(&own);
        let is_own = |name: &String| own.iter().any(|set| set.id == *name);
        // An operator's register of laws need not have what the sets of the program cite, where none of
        // these is to judge.
        let library = if names.iter().all(is_own) {
            own
        } else {
            read_embedded(register()).map_err(RulesError::Refused)?.with(own)
        };
        Rules::of(&library, &names).map_err(|name| {
            let mut there: Vec<&str> = library.iter().map(|set| set.id.as_str()).collect();
            there.dedup();
            RulesError::NoSet { name, there: there.join(", ") }
        })
    }

    fn names(&self, own: &Library) -> Vec<String> {
        if let Some(names) = &self.sets {
            return names.clone();
        }
        let mut names: Vec<String> = own.iter().map(|set| set.id.clone()).collect();
        names.dedup();
        if names.is_empty() { vec![DEFAULT_SET.to_owned()] } else { names }
    }
}

/// That nobody answers for a set yet, in the words that the set has for whoever reads here.
fn for_review(set: &RuleSet, review: &Localized) -> String {
    let review = review.get(language::of_environment());
    format!("NOTE: {} {} is for review (待审): {review}", set.id, set.date)
}

/// What rules a portal judges by, for `check-config`.
pub(crate) fn explain(rules: &Rules) -> String {
    let mut text = String::new();
    for set in rules.iter() {
        let RuleSet { id, date, hash, .. } = set;
        // Writing to a string does not fail.
        let _written = writeln!(text, "sites are judged by {id} {date}, hash {hash}");
        if let Some(review) = &set.review {
            let _written = writeln!(text, "{}", for_review(set, review));
        }
    }
    if text.is_empty() {
        text.push_str("sites are not judged: suitability.sets names none\n");
    }
    text
}

/// The sets of an operator's folder, or every fault of them.
pub(crate) fn read_own(folder: &Path) -> Result<Result<Library, RuleErrors>, RulesError> {
    let (files, unread) = files(folder)?;
    let root = folder.join("").display().to_string();
    Ok(match (Library::read(&root, &files, register()), unread) {
        (read, unread) if unread.is_empty() => read,
        (Ok(_), unread) => Err(RuleErrors(unread)),
        (Err(RuleErrors(faults)), unread) => Err(RuleErrors([unread, faults].concat())),
    })
}

/// Every fault of the rules in `folder`, of the embedded ones without one, as sentences for whoever
/// checks; where there is none, what was read. It is well where there is none.
///
/// # Errors
/// [`RulesError`] when the folder or a file of it cannot be read.
pub fn checked(folder: Option<&Path>) -> Result<Output, RulesError> {
    let read = match folder {
        None => read_embedded(register()),
        Some(folder) => read_own(folder)?,
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
            lines.push(for_review(set, review));
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
