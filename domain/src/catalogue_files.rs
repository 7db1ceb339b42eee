//! The files of the catalogues, by name: those that come with the program, and those of an operator
//! in their place.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{dictionary, division, examination::Fault, law, lifecycle, service, theme};

/// One of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// What an error calls it.
    pub(crate) file: String,
    pub(crate) text: Cow<'static, str>,
    pub(crate) own: bool,
}

/// The text of every file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, Text>);

/// A name that no file of the catalogues has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name:?} is no file of the catalogues; there are {}. Policies are named in [policies] files",
    names().join(", ")
)]
pub struct UnknownFile {
    /// The name.
    pub name: String,
}

pub(super) const LAWS: &str = "laws.toml";
pub(super) const SERVICES: &str = "services.toml";
pub(super) const THEMES: &str = "themes.toml";
pub(super) const STAGES: &str = "stages.toml";
pub(super) const DIVISIONS: &str = "divisions.toml";
pub(super) const TOWNS: &str = "towns.toml";

impl From<UnknownFile> for Fault {
    fn from(unknown: UnknownFile) -> Self {
        Self::Unknown(unknown.to_string())
    }
}

/// The folder of the dictionaries among the files, each of which is called after its system.
pub const DICTIONARIES: &str = "dictionaries";

/// Every file that comes with the program, by name.
fn files() -> impl Iterator<Item = (String, &'static str)> {
    let files = [
        (LAWS, law::EMBEDDED),
        (SERVICES, service::EMBEDDED),
        (THEMES, theme::EMBEDDED),
        (STAGES, lifecycle::EMBEDDED),
        (DIVISIONS, division::EMBEDDED),
        (TOWNS, division::EMBEDDED_TOWNS),
    ];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text));
    files.chain(dictionary::EMBEDDED.map(|(system, text)| (file_of(system), text)))
}

fn file_of(system: &str) -> String {
    format!("{DICTIONARIES}/{system}.toml")
}

/// The name of every file, `themes.toml`, `dictionaries/qllx.toml`.
#[must_use]
pub fn names() -> Vec<String> {
    files().map(|(name, _)| name).collect()
}

impl Texts {
    /// Those that come with the program.
    #[must_use]
    pub fn embedded() -> Self {
        let text = |(name, text): (String, &'static str)| {
            let file = format!("the embedded {name}");
            (name, Text { file, text: Cow::Borrowed(text), own: false })
        };
        Self(files().map(text).collect())
    }

    /// Puts a file in the place of the one of that name; `file` is what errors call it.
    ///
    /// # Errors
    /// [`UnknownFile`]: a name with a typo must not be passed over.
    pub fn replace(
        &mut self,
        name: &str,
        file: impl Into<String>,
        text: String,
    ) -> Result<(), UnknownFile> {
        let known = self.0.get_mut(name).ok_or_else(|| UnknownFile { name: name.to_owned() })?;
        *known = Text { file: file.into(), text: Cow::Owned(text), own: true };
        Ok(())
    }

    /// The operator's files: the name and what errors call it.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.0.iter().filter(|(_, text)| text.own);
        own.map(|(name, text)| (name.as_str(), text.file.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> (&str, &str) {
        self.0.get(name).map_or(("", ""), |text| (text.text.as_ref(), text.file.as_str()))
    }

    /// The dictionaries: the system after which the file is called, its text, what errors call it.
    pub(super) fn dictionaries(&self) -> impl Iterator<Item = (&'static str, &str, &str)> {
        dictionary::EMBEDDED.into_iter().map(|(system, _)| {
            let (text, file) = self.get(&file_of(system));
            (system, text, file)
        })
    }
}
