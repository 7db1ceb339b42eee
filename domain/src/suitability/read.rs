//! Reading a rule set: every file, every name looked up, every fault with file, line and rule.

mod entries;
mod names;
mod next;
mod rules;
mod scores;
mod tree;

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use self::names::Names;
use super::{file::File, model::RuleSet};
use crate::{
    digest::hexadecimal,
    examination::{CatalogueError, CatalogueErrors, Examination, Fault},
    law::Register,
};

/// A file of a rule set: its name within the directory of the set's date, and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleFile {
    /// `rules.toml`, `use-table.csv`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Everything that is wrong with rule files, by file and line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RuleErrors(pub Vec<CatalogueError>);

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl From<CatalogueErrors> for RuleErrors {
    fn from(CatalogueErrors(faults): CatalogueErrors) -> Self {
        Self(faults)
    }
}

/// SHA-256 over names and texts in the order of the names, each after its length.
fn hash(files: &BTreeMap<&str, &str>) -> String {
    let mut digest = Sha256::new();
    for text in files.iter().flat_map(|(name, text)| [name, text]) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    hexadecimal(&digest.finalize())
}

pub(super) fn lost(file: &str, line: Option<usize>, fault: Fault) -> CatalogueError {
    CatalogueError { file: file.to_owned(), line, fault }
}

impl RuleSet {
    /// Reads the files of one directory; `place` is what errors write before their names.
    ///
    /// # Errors
    /// Every fault of every file that could be looked at.
    pub fn read(place: &str, files: &[RuleFile], laws: &Register) -> Result<Self, RuleErrors> {
        let texts: BTreeMap<&str, &str> =
            files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        let mut faults = Vec::new();
        let mut read = Vec::new();
        let named = |name: &str| format!("{place}{name}");
        let names: Vec<(&str, String, &str)> =
            texts.iter().map(|(name, text)| (*name, named(name), *text)).collect();
        for (name, file, text) in &names {
            if !name.ends_with(".toml") {
                continue;
            }
            let exam = Examination::of(text, file);
            match exam.shape::<File>() {
                Ok(shape) => read.push((shape, exam)),
                Err(CatalogueErrors(more)) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(RuleErrors(faults));
        }
        let names = Names::gather(place, &mut read, &texts, &mut faults);
        let Some(set) = entries::set(place, &mut read, &mut faults) else {
            close(read, &mut faults);
            return Err(RuleErrors(faults));
        };
        let mut rules = RuleSet {
            id: set.id,
            date: set.date,
            title: set.title,
            review: set.review,
            divisions: set.divisions,
            next_step: set.next_step,
            hash: hash(&texts),
            offices: BTreeMap::new(),
            uses: Vec::new(),
            layers: BTreeMap::new(),
            values: BTreeMap::new(),
            questions: Vec::new(),
            tables: BTreeMap::new(),
            rules: Vec::new(),
            scores: Vec::new(),
            steps: Vec::new(),
        };
        for (file, exam) in &mut read {
            entries::read(file, exam, &names, &mut rules);
        }
        for (file, exam) in &mut read {
            rules::read(file, exam, laws, &names, &mut rules);
            scores::read(file, exam, &names, &mut rules);
            next::read(file, exam, &names, &mut rules);
        }
        entries::tables(&mut read, &texts, place, &names, &mut rules, &mut faults);
        scores::whole(&mut read, &rules);
        close(read, &mut faults);
        if faults.is_empty() { Ok(rules) } else { Err(RuleErrors(faults)) }
    }
}

fn close(read: Vec<(File, Examination<'_>)>, faults: &mut Vec<CatalogueError>) {
    for (_, exam) in read {
        if let Err(CatalogueErrors(more)) = exam.end(()) {
            faults.extend(more);
        }
    }
}
