//! Use tables: what may be done in which zone, as CSV. The first line names the zones, the first column
//! the uses; a cell says permitted, conditional or prohibited. An empty cell says nothing, and nothing
//! is made of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::text::fault_of_reference;

/// What a table says of a use in a zone. Stricter ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// As of right.
    Permitted,
    /// With a permit, a hearing or a condition.
    Conditional,
    /// Not at all.
    Prohibited,
}

impl Entry {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Permitted, Self::Conditional, Self::Prohibited];

    /// Its name in rules and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Conditional => "conditional",
            Self::Prohibited => "prohibited",
        }
    }
}

/// The words of a table for each entry, and those that say nothing. Without any, it has the three names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// For `permitted`.
    #[serde(default)]
    pub permitted: Vec<String>,
    /// For `conditional`.
    #[serde(default)]
    pub conditional: Vec<String>,
    /// For `prohibited`.
    #[serde(default)]
    pub prohibited: Vec<String>,
    /// That say nothing: `Not Mentioned`, `Overlay`.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// A use table: use × zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UseTable {
    zones: BTreeSet<String>,
    entries: BTreeMap<(String, String), Entry>,
    uses: BTreeSet<String>,
}

/// What is wrong in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableFault {
    /// From 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

impl Wording {
    /// A word that means two things, if there is one.
    pub(super) fn doubled(&self) -> Option<&str> {
        let lists = [&self.permitted, &self.conditional, &self.prohibited, &self.unknown];
        let mut seen = BTreeSet::new();
        lists.into_iter().flatten().map(String::as_str).find(|word| !seen.insert(*word))
    }

    /// `Some(None)` for what says nothing, `None` for a word that it does not have.
    fn entry(&self, word: &str) -> Option<Option<Entry>> {
        let word = word.trim();
        if word.is_empty() || self.unknown.iter().any(|known| known == word) {
            return Some(None);
        }
        let lists = [&self.permitted, &self.conditional, &self.prohibited];
        let own = lists.iter().any(|list| !list.is_empty());
        let is = |(entry, list): &(Entry, &Vec<String>)| {
            if own { list.iter().any(|known| known == word) } else { entry.name() == word }
        };
        Entry::ALL.into_iter().zip(lists).find(is).map(|(entry, _)| Some(entry))
    }
}

impl UseTable {
    /// Reads a table. Rows are of uses and columns of zones, or the other way round where the first
    /// cell says `zone`.
    pub(super) fn read(text: &str, wording: &Wording) -> Result<Self, TableFault> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = reader.records();
        let unreadable = |error: &csv::Error| TableFault {
            line: error.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1)),
            reason: "every line needs as many cells as the first, and quotes in pairs".to_owned(),
        };
        let head = match rows.next() {
            Some(Ok(head)) => head,
            Some(Err(error)) => return Err(unreadable(&error)),
            None => return Err(fault(1, "the table is empty")),
        };
        if let Some(word) = wording.doubled() {
            return Err(fault(1, &format!("{word:?} stands twice in the table's `words`")));
        }
        let by_zone = match head.get(0) {
            Some("use") => false,
            Some("zone") => true,
            _ => return Err(fault(1, "the first cell says `use` or `zone`: what the rows are of")),
        };
        let columns: Vec<&str> = head.iter().skip(1).collect();
        let mut table = Self::default();
        let mut seen = BTreeSet::new();
        for column in &columns {
            if column.is_empty() || !seen.insert(*column) {
                return Err(fault(1, &format!("the column {column:?} is empty or there twice")));
            }
            visible(1, column)?;
        }
        let mut named = BTreeSet::new();
        for row in rows {
            let row = row.map_err(|error| unreadable(&error))?;
            let line = row.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
            let name = row.get(0).unwrap_or_default();
            if name.is_empty() || !named.insert(name.to_owned()) {
                return Err(fault(line, &format!("the row {name:?} is empty or there twice")));
            }
            visible(line, name)?;
            for (column, word) in columns.iter().zip(row.iter().skip(1)) {
                let (use_id, zone) = if by_zone { (*column, name) } else { (name, *column) };
                let Some(entry) = wording.entry(word) else {
                    let reason = format!(
                        "{word:?} is no entry; write permitted, conditional, prohibited or nothing, or give the table's `words`"
                    );
                    return Err(fault(line, &reason));
                };
                table.put(use_id, zone, entry);
            }
        }
        if columns.is_empty() || named.is_empty() {
            return Err(fault(
                1,
                "the table has no row or no column beside the first: it says nothing",
            ));
        }
        Ok(table)
    }

    fn put(&mut self, use_id: &str, zone: &str, entry: Option<Entry>) {
        self.uses.insert(use_id.to_owned());
        self.zones.insert(zone.to_owned());
        if let Some(entry) = entry {
            self.entries.insert((use_id.to_owned(), zone.to_owned()), entry);
        }
    }

    /// What it says; `None` where it is silent.
    #[must_use]
    pub fn entry(&self, use_id: &str, zone: &str) -> Option<Entry> {
        self.entries.get(&(use_id.to_owned(), zone.to_owned())).copied()
    }

    /// Its zones.
    pub fn zones(&self) -> impl Iterator<Item = &str> {
        self.zones.iter().map(String::as_str)
    }

    /// The uses that it has a row for.
    pub fn uses(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().map(String::as_str)
    }
}

/// No name has a mark that nobody sees: it would be that of no zone and of no use.
fn visible(line: usize, name: &str) -> Result<(), TableFault> {
    match fault_of_reference(name) {
        None => Ok(()),
        Some(mark) => {
            let (code, position) = (mark.code_point, mark.position);
            let reason =
                format!("{name:?} has a mark that nobody sees, U+{code:04X} at {position}");
            Err(fault(line, &reason))
        }
    }
}

fn fault(line: usize, reason: &str) -> TableFault {
    TableFault { line, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_s4_an_empty_cell_and_a_word_for_nothing_say_nothing() {
        let wording = Wording {
            permitted: vec!["Allowed/Conditional".to_owned()],
            prohibited: vec!["Prohibited".to_owned()],
            unknown: vec!["Not Mentioned".to_owned()],
            ..Wording::default()
        };
        let text = "zone,1F,2F,3F\n\"A, upper\",Allowed/Conditional,,Not Mentioned\nB,Prohibited,Prohibited,Prohibited\n";
        let table = UseTable::read(text, &wording).unwrap();
        assert_eq!(table.entry("1F", "A, upper"), Some(Entry::Permitted));
        assert_eq!(table.entry("2F", "A, upper"), None);
        assert_eq!(table.entry("3F", "A, upper"), None);
        assert_eq!(table.entry("1F", "C"), None);
        assert_eq!(table.entry("3F", "B"), Some(Entry::Prohibited));
    }

    #[test]
    fn a_table_that_does_not_read_says_the_line() {
        for (text, line) in [
            ("", 1),
            ("what,A\n", 1),
            ("use,A,A\n", 1),
            ("use,A\ncafe,permitted\ncafe,permitted\n", 3),
            ("use,A\ncafe,maybe\n", 2),
            ("use,A,B\ncafe,permitted\n", 2),
            ("use,A\n", 1),
            ("use\ncafe\n", 1),
            ("use,A\u{200B}\ncafe,permitted\n", 1),
            ("zone,cafe\nA,permitted\nB\u{200B},permitted\n", 3),
        ] {
            assert_eq!(UseTable::read(text, &Wording::default()).unwrap_err().line, line, "{text}");
        }
    }
}
