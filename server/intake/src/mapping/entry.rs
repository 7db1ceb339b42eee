//! Where in a mapping a mistake is, so that its message can say so.

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use super::MappingError;
use crate::template::{Template, TemplateError};

/// A mapping as it is written.
#[derive(Clone, Copy)]
pub(super) struct MappingText<'a> {
    /// What errors call its file.
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

/// A step down into a mapping.
#[derive(Clone)]
pub(super) enum Step {
    Key(String),
    /// One of a list, from 0.
    At(usize),
}

/// Where in a mapping something stands, for errors.
#[derive(Clone)]
pub(super) struct MappingEntry<'a> {
    mapping: MappingText<'a>,
    /// In words.
    place: String,
    steps: Vec<Step>,
}

impl<'a> MappingText<'a> {
    /// A table of the top, called `place`; `key` is its own, none for the top itself.
    pub(super) fn table(self, place: &str, key: Option<&str>) -> MappingEntry<'a> {
        let steps = key.map(|key| Step::Key(key.to_owned())).into_iter().collect();
        MappingEntry { mapping: self, place: place.to_owned(), steps }
    }

    /// One of the list under `key` by its place from 0, called `place`.
    pub(super) fn one_of(self, key: &str, at: usize, place: String) -> MappingEntry<'a> {
        let steps = vec![Step::Key(key.to_owned()), Step::At(at)];
        MappingEntry { mapping: self, place, steps }
    }

    /// The entry of a file by its place from 0.
    pub(super) fn entry(self, at: usize, name: &str) -> MappingEntry<'a> {
        self.one_of("file", at, format!("[[file]] {} \"{name}\"", at + 1))
    }

    /// The line, from 1, of what stands furthest down of these steps.
    fn line(self, steps: &[Step]) -> Option<usize> {
        let document = DeTable::parse(self.text).ok()?;
        let (mut start, mut table, mut list) = (None, Some(document.get_ref()), None);
        for step in steps {
            let found = match step {
                Step::Key(key) => table
                    .and_then(|table| table.iter().find(|(name, _)| name.get_ref() == key))
                    .map(|(name, value)| (name.span().start, value)),
                Step::At(at) => list
                    .and_then(|list: &toml::de::DeArray<'_>| list.get(*at))
                    .map(|value| (value.span().start, value)),
            };
            let Some((at, value)) = found else { break };
            start = Some(at);
            (table, list) = match value.get_ref() {
                DeValue::Table(table) => (Some(table), None),
                DeValue::Array(list) => (None, Some(list)),
                _ => (None, None),
            };
        }
        let before = self.text.get(..start?)?;
        Some(before.matches('\n').count() + 1)
    }
}

impl MappingEntry<'_> {
    pub(super) fn key(&self, key: &str) -> Self {
        Self { place: format!("{}, key `{key}`", self.place), ..self.under(key) }
    }

    /// What stands at a key, several with dots between them.
    fn under(&self, key: &str) -> Self {
        let mut under = self.clone();
        under.steps.extend(key.split('.').map(|key| Step::Key(key.to_owned())));
        under
    }

    pub(super) fn wrong(self, reason: impl std::fmt::Display) -> MappingError {
        let MappingText { file, .. } = self.mapping;
        let file = match self.mapping.line(&self.steps) {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        };
        MappingError::Value { file, place: self.place, reason: reason.to_string() }
    }

    pub(super) fn read<T: DeserializeOwned>(&self, table: toml::Table) -> Result<T, MappingError> {
        // The table is out of the file's context, so the library knows no line; it does know the keys
        // above the mistake, and says them behind its message.
        T::deserialize(table).map_err(|error| {
            let message = error.message();
            let text = error.to_string();
            let above = text.trim_end().rsplit_once("\nin `").map(|(_, keys)| keys);
            let mut place = above
                .and_then(|keys| keys.strip_suffix('`'))
                .map_or_else(|| self.clone(), |keys| self.key(keys));
            // It names a key that it does not know, and not among the keys above.
            if let Some(key) = message.split('`').nth(1).filter(|_| message.starts_with("unknown"))
            {
                place = place.under(key);
            }
            place.wrong(message)
        })
    }

    pub(super) fn template(&self, key: &str, text: &str) -> Result<Template, MappingError> {
        Template::parse(text).map_err(|error: TemplateError| self.key(key).wrong(error))
    }
}
