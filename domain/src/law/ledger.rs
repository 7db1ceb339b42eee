//! Every citation of a set of texts, counted: what was read, what is to be confirmed, what is or
//! will be wrong.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Citation, Coming, Fault, LegalDocument, LegalText, Register};

/// A citation and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file or policy, e.g. `services`.
    pub file: String,
    /// The place in it, e.g. `hazard-zone: basis`.
    pub place: String,
    /// The citation.
    pub citation: Citation,
}

/// Citations of policies, services, themes, pages and layers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
    prose: Vec<(String, String, String)>,
}

impl Ledger {
    /// Enters one citation.
    pub fn cite(&mut self, file: &str, place: &str, citation: Citation) {
        self.entries.push(Entry { file: file.to_owned(), place: place.to_owned(), citation });
    }

    /// Enters what a text cites, and what it names in plain words.
    pub fn add(&mut self, file: &str, place: &str, text: &LegalText) {
        for citation in text.citations() {
            self.cite(file, place, citation.clone());
        }
        for words in text.prose() {
            self.name(file, place, words);
        }
    }

    /// Enters a document of a layer: as a citation, or as one that the register does not know.
    pub fn document(&mut self, file: &str, place: &str, document: &LegalDocument) {
        match document.citation() {
            Some(citation) => self.cite(file, place, citation),
            None if document.is_unregistered() => {
                self.name(file, place, document.title.zh.clone());
            }
            None => {}
        }
    }

    /// Enters a law that is named in plain words.
    pub fn name(&mut self, file: &str, place: &str, words: String) {
        self.prose.push((file.to_owned(), place.to_owned(), words));
    }

    /// Enters the citations of another.
    pub fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.prose.extend(other.prose);
    }

    /// Every citation, in the order of entry.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is named in plain words: file, place, words. The register does not follow it.
    #[must_use]
    pub fn prose(&self) -> &[(String, String, String)] {
        &self.prose
    }

    /// Citations and those of them to be confirmed, by file.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            let (all, open) = counts.entry(entry.file.as_str()).or_insert((0, 0));
            *all += 1;
            *open += usize::from(!entry.citation.is_read());
        }
        for (file, ..) in &self.prose {
            let (all, open) = counts.entry(file.as_str()).or_insert((0, 0));
            *all += 1;
            *open += 1;
        }
        counts
    }

    /// Citations to be confirmed, by the id of the law.
    #[must_use]
    pub fn unread(&self) -> BTreeMap<&str, Vec<&Entry>> {
        let mut unread: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| !entry.citation.is_read()) {
            unread.entry(entry.citation.law.id.as_str()).or_default().push(entry);
        }
        unread
    }

    /// Citations that are wrong on `date`.
    pub fn faults(&self, date: Date) -> impl Iterator<Item = (&Entry, Fault)> {
        self.entries.iter().filter_map(move |entry| Some((entry, entry.citation.fault(date)?)))
    }

    /// What will change after `date`, by the law it changes for.
    #[must_use]
    pub fn coming(&self, date: Date, register: &Register) -> Vec<(Coming, Vec<&Entry>)> {
        let mut changes: Vec<(Coming, Vec<&Entry>)> = Vec::new();
        for entry in &self.entries {
            for change in entry.citation.coming(date, register) {
                let same = |(known, entries): &&mut (Coming, Vec<&Entry>)| {
                    *known == change
                        && entries.iter().all(|it| it.citation.law.id == entry.citation.law.id)
                };
                match changes.iter_mut().find(same) {
                    Some((_, entries)) => entries.push(entry),
                    None => changes.push((change, vec![entry])),
                }
            }
        }
        changes
    }
}
