//! Where in a mapping a mistake is, so that its message can say so.

use serde::de::DeserializeOwned;

use super::MappingError;
use crate::template::{Template, TemplateError};

/// Where in a mapping something stands, for errors.
#[derive(Clone)]
pub(super) struct MappingEntry {
    pub(super) file: String,
    pub(super) place: String,
}

impl MappingEntry {
    pub(super) fn key(&self, key: &str) -> Self {
        Self { file: self.file.clone(), place: format!("{}, key `{key}`", self.place) }
    }

    pub(super) fn wrong(self, reason: impl std::fmt::Display) -> MappingError {
        MappingError::Value { file: self.file, place: self.place, reason: reason.to_string() }
    }

    pub(super) fn read<T: DeserializeOwned>(&self, table: toml::Table) -> Result<T, MappingError> {
        // The table is out of the file's context, so the library's message has no line; it does
        // name the key.
        T::deserialize(table).map_err(|error| self.clone().wrong(error.message()))
    }

    pub(super) fn template(&self, key: &str, text: &str) -> Result<Template, MappingError> {
        Template::parse(text).map_err(|error: TemplateError| self.key(key).wrong(error))
    }
}
