//! The files of the catalogues, by name: those that come with the program, and those of an operator
//! in their place. Which are in use is one value, set once; what a module reads of its file follows
//! from that.

use std::{borrow::Cow, collections::BTreeMap, sync::OnceLock};

use crate::examination::{CatalogueErrors, Fault};

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

pub(crate) const LAWS: &str = "laws.toml";
pub(crate) const SERVICES: &str = "services.toml";
pub(crate) const THEMES: &str = "themes.toml";
pub(crate) const STAGES: &str = "stages.toml";
pub(crate) const DIVISIONS: &str = "divisions.toml";
pub(crate) const TOWNS: &str = "towns.toml";
pub(crate) const HOLIDAYS: &str = "holidays.toml";

impl From<UnknownFile> for Fault {
    fn from(unknown: UnknownFile) -> Self {
        Self::Unknown(unknown.to_string())
    }
}

/// The folder of the dictionaries among the files, each of which is called after its system.
pub const DICTIONARIES: &str = "dictionaries";

/// The folder of the scenes among the files, each of which is called after its scene. Any may be added.
pub const SCENES: &str = "scenes";

include!(concat!(env!("OUT_DIR"), "/scene_files.rs"));

/// Every other file that comes with the program, by name.
const EMBEDDED: [(&str, &str); 18] = [
    (LAWS, include_str!("../data/laws.toml")),
    (SERVICES, include_str!("../data/services.toml")),
    (THEMES, include_str!("../data/themes.toml")),
    (STAGES, include_str!("../data/stages.toml")),
    (DIVISIONS, include_str!("../data/divisions.toml")),
    (TOWNS, include_str!("../data/towns.toml")),
    (HOLIDAYS, include_str!("../data/holidays.toml")),
    ("dictionaries/qllx.toml", include_str!("../data/dictionaries/qllx.toml")),
    ("dictionaries/qlxz.toml", include_str!("../data/dictionaries/qlxz.toml")),
    (
        "dictionaries/land-use-planning.toml",
        include_str!("../data/dictionaries/land-use-planning.toml"),
    ),
    (
        "dictionaries/land-use-survey.toml",
        include_str!("../data/dictionaries/land-use-survey.toml"),
    ),
    (
        "dictionaries/land-use-three-digit.toml",
        include_str!("../data/dictionaries/land-use-three-digit.toml"),
    ),
    ("dictionaries/parcel-feature.toml", include_str!("../data/dictionaries/parcel-feature.toml")),
    ("dictionaries/parcel-right.toml", include_str!("../data/dictionaries/parcel-right.toml")),
    ("dictionaries/qlsdfs.toml", include_str!("../data/dictionaries/qlsdfs.toml")),
    ("dictionaries/mjdw.toml", include_str!("../data/dictionaries/mjdw.toml")),
    ("dictionaries/gyfs.toml", include_str!("../data/dictionaries/gyfs.toml")),
    ("dictionaries/cflx.toml", include_str!("../data/dictionaries/cflx.toml")),
];

fn all_embedded() -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDED.into_iter().chain(SCENE_FILES.iter().copied())
}

/// The file of that name that comes with the program.
pub(crate) fn embedded(name: &str) -> &'static str {
    all_embedded().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

/// Those that are in use.
static IN_USE: OnceLock<Texts> = OnceLock::new();

/// Those in use: the chosen ones, or else the embedded ones from now on.
pub(crate) fn in_use() -> &'static Texts {
    IN_USE.get_or_init(Texts::embedded)
}

/// Those in use, if any were chosen or read.
pub(crate) fn already_in_use() -> Option<&'static Texts> {
    IN_USE.get()
}

/// Whether it is `texts` that are in use from now on, and no others that were before.
pub(crate) fn choose(texts: Texts) -> bool {
    match IN_USE.set(texts) {
        Ok(()) => true,
        Err(texts) => IN_USE.get() == Some(&texts),
    }
}

/// What was read of a file in use.
///
/// # Panics
/// When it does not read. A portal and its commands read every file before they put any to use, and
/// say in words what is wrong; this meets whoever runs a program of faulty files without choosing.
#[expect(clippy::panic, reason = "an empty catalogue would say that there is nothing of the kind")]
pub(crate) fn sound<T>(read: Result<T, CatalogueErrors>) -> T {
    read.unwrap_or_else(|faults| panic!("{faults}"))
}

/// The name of every file, `themes.toml`, `dictionaries/qllx.toml`.
#[must_use]
pub fn names() -> Vec<String> {
    all_embedded().map(|(name, _)| name.to_owned()).collect()
}

/// Whether a catalogue may have a file of that name: those of the program, and any scene.
#[must_use]
pub fn may_have(name: &str) -> bool {
    scene_of(name).is_some() || all_embedded().any(|(known, _)| known == name)
}

/// The scene that a file is called after.
fn scene_of(name: &str) -> Option<&str> {
    let scene = name.strip_prefix(SCENES)?.strip_prefix('/')?.strip_suffix(".toml")?;
    (!scene.is_empty() && !scene.contains('/')).then_some(scene)
}

impl Texts {
    /// Those that come with the program.
    #[must_use]
    pub fn embedded() -> Self {
        let text = |(name, text): (&str, &'static str)| {
            let file = format!("the embedded {name}");
            (name.to_owned(), Text { file, text: Cow::Borrowed(text), own: false })
        };
        Self(all_embedded().map(text).collect())
    }

    /// Puts a file in the place of the one of that name, or adds a scene; `file` is what errors call it.
    ///
    /// # Errors
    /// [`UnknownFile`]: a name with a typo must not be passed over.
    pub fn replace(
        &mut self,
        name: &str,
        file: impl Into<String>,
        text: String,
    ) -> Result<(), UnknownFile> {
        if !may_have(name) {
            return Err(UnknownFile { name: name.to_owned() });
        }
        let text = Text { file: file.into(), text: Cow::Owned(text), own: true };
        self.0.insert(name.to_owned(), text);
        Ok(())
    }

    /// The operator's files: the name and what errors call it.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.0.iter().filter(|(_, text)| text.own);
        own.map(|(name, text)| (name.as_str(), text.file.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> (&str, &str) {
        self.0.get(name).map_or(("", ""), |text| (text.text.as_ref(), text.file.as_str()))
    }

    /// The files of the scenes, each with the name of its scene.
    pub(crate) fn scenes(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0.iter().filter_map(|(name, text)| Some((scene_of(name)?, text)))
    }

    /// The dictionaries: the system after which the file is called, its text, what errors call it.
    pub(crate) fn dictionaries(&self) -> impl Iterator<Item = (&'static str, &str, &str)> {
        EMBEDDED.into_iter().filter_map(|(name, _)| {
            let system =
                name.strip_prefix(DICTIONARIES)?.strip_prefix('/')?.strip_suffix(".toml")?;
            let (text, file) = self.get(name);
            Some((system, text, file))
        })
    }
}
