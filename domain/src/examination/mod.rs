//! Reading one file of a catalogue: its shape first, then every fault of its entries with the line.

mod error;

use std::{cell::OnceCell, collections::BTreeMap};

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

pub use self::error::{CatalogueError, CatalogueErrors, Fault};
use crate::localized::Localized;

/// A file being looked through. A place in it is written `item/3/question/0/label`: keys, and
/// positions from 0 in lists.
pub(crate) struct Examination<'a> {
    text: &'a str,
    file: &'a str,
    /// Where every value stands; made when the first fault is found.
    tree: OnceCell<DeValue<'a>>,
    faults: Vec<CatalogueError>,
}

impl<'a> Examination<'a> {
    pub(crate) const fn of(text: &'a str, file: &'a str) -> Self {
        Self { text, file, tree: OnceCell::new(), faults: Vec::new() }
    }

    /// The file as TOML of that shape.
    ///
    /// # Errors
    /// The first thing that does not fit, with its line.
    pub(crate) fn shape<T: DeserializeOwned>(&self) -> Result<T, CatalogueErrors> {
        toml::from_str(self.text).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line_at(span.start));
            let message = error.message().trim().replace('\n', ", ");
            CatalogueErrors(vec![CatalogueError {
                file: self.file.to_owned(),
                line: Some(line),
                fault: Fault::Shape { message },
            }])
        })
    }

    /// Notes what is wrong at `place`.
    pub(crate) fn fault(&mut self, place: &str, fault: impl Into<Fault>) {
        let line = Some(self.line_of(place));
        self.faults.push(CatalogueError { file: self.file.to_owned(), line, fault: fault.into() });
    }

    /// Notes that an entry breaks a rule, unless it `holds`.
    pub(crate) fn rule(&mut self, holds: bool, place: &str, entry: &str, reason: &'static str) {
        if !holds {
            self.fault(place, Fault::Entry { entry: entry.to_owned(), reason });
        }
    }

    /// A text of the key at the end of `place` is there in both languages.
    pub(crate) fn worded(&mut self, place: &str, text: &Localized) {
        if text.zh.trim().is_empty() || text.en.trim().is_empty() {
            let words = place.rsplit('/').filter(|step| step.parse::<usize>().is_err());
            let key = words.into_iter().next().unwrap_or(place).to_owned();
            self.fault(place, Fault::Blank { key });
        }
    }

    /// An id has lower-case letters, digits and `joint` only.
    pub(crate) fn id(&mut self, place: &str, id: &str, joint: u8, rule: &'static str) {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == joint;
        if id.is_empty() || !id.bytes().all(fits) {
            self.fault(place, Fault::Id { id: id.to_owned(), rule });
        }
    }

    /// There are entries, and every id is there once; `list` is their place, `key` that of the id in
    /// each.
    pub(crate) fn distinct<'i>(
        &mut self,
        entry: &'static str,
        list: &str,
        key: &str,
        ids: impl IntoIterator<Item = &'i str>,
    ) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, id) in ids.into_iter().enumerate() {
            let place = format!("{list}/{at}/{key}");
            match seen.get(id) {
                None => {
                    seen.insert(id, at);
                }
                Some(first) => {
                    let first = self.line_of(&format!("{list}/{first}/{key}"));
                    self.fault(&place, Fault::Twice { entry, id: id.to_owned(), first });
                }
            }
        }
        if seen.is_empty() {
            self.fault(list, Fault::Empty { entry });
        }
    }

    /// What was read, if nothing is wrong with it.
    ///
    /// # Errors
    /// Every fault that was noted, by line.
    pub(crate) fn end<T>(mut self, read: T) -> Result<T, CatalogueErrors> {
        if self.faults.is_empty() {
            return Ok(read);
        }
        self.faults.sort_by_key(|error| error.line);
        Err(CatalogueErrors(self.faults))
    }

    /// The line of a place, or of what is nearest above it.
    pub(crate) fn line_of(&self, place: &str) -> usize {
        let parsed =
            || DeTable::parse(self.text).map(toml::Spanned::into_inner).unwrap_or_default();
        let mut value = self.tree.get_or_init(|| DeValue::Table(parsed()));
        let mut start = 0;
        for step in place.split('/') {
            let found = match (value, step.parse::<usize>()) {
                (DeValue::Array(_), Ok(at)) => value.get(at),
                _ => value.get(step),
            };
            let Some(found) = found else { break };
            start = found.span().start;
            value = found.get_ref();
        }
        self.line_at(start)
    }

    fn line_at(&self, byte: usize) -> usize {
        self.text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
    }
}
