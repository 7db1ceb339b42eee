//! The catalogues: laws, services, themes, stages, scenes, divisions with their towns, holidays, and dictionaries. They
//! are data (`domain/data/`), come with the program, and an operator may put files of their own in
//! their place, without building anything.
//!
//! The set is chosen once, before anything reads it ([`put_to_use`]); whoever runs without choosing
//! has the embedded ones. What is read of each lies in the module of its entries, which does not know of
//! the others.

use std::sync::LazyLock;

use crate::{
    catalogue_files as files, dictionary, division,
    examination::Examination,
    law::{self, Register},
    lifecycle::{self, Stage, StageFields},
    scene::{self, Scene},
    service,
    theme::{self, Theme},
    working_days,
};
pub use crate::{
    catalogue_files::{DICTIONARIES, SCENES, Texts, UnknownFile, may_have, names},
    examination::{CatalogueError, CatalogueErrors, Fault},
};

/// Every catalogue, read and held against the others, and what of them is looked at beside their texts.
#[derive(Clone, Debug)]
pub struct Catalogues {
    texts: Texts,
    themes: Vec<Theme>,
    stages: Vec<StageFields>,
    scenes: Vec<Scene>,
}

/// Why catalogues cannot be put to use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PutToUseError {
    /// A file is not right.
    #[error("{0}")]
    Refused(#[from] CatalogueErrors),
    /// Something read others before, or they were others when they were read first.
    #[error(
        "the catalogues are in use already and were others then; start the program again, and do not change them while it starts"
    )]
    InUse,
}

/// Has every catalogue be that of `texts` from now on. To choose the same again is nothing.
///
/// # Errors
/// [`PutToUseError`]; a file that is not right, of an operator or of the program, changes nothing.
pub fn put_to_use(texts: Texts) -> Result<(), PutToUseError> {
    if files::already_in_use() == Some(&texts) {
        return Ok(());
    }
    let Catalogues { texts, .. } = Catalogues::read(texts)?;
    if files::choose(texts) { Ok(()) } else { Err(PutToUseError::InUse) }
}

/// The operator's files in use: the name and what errors call it.
pub fn replaced() -> impl Iterator<Item = (&'static str, &'static str)> {
    files::already_in_use().into_iter().flat_map(Texts::replaced)
}

/// What [`Catalogues::notes`] says of those in use.
#[must_use]
pub fn notes() -> &'static [String] {
    static NOTES: LazyLock<Vec<String>> =
        LazyLock::new(|| notes_of(files::in_use(), theme::themes(), lifecycle::stages()));
    &NOTES
}

impl Catalogues {
    /// Reads every file.
    ///
    /// # Errors
    /// Every fault of every file, as far as a file can be looked at.
    pub fn read(texts: Texts) -> Result<Self, CatalogueErrors> {
        let mut faults = Vec::new();
        let laws = laws(&texts, &mut faults);
        let services = citing(&texts, files::SERVICES, laws.as_ref(), service::parse, &mut faults);
        let themes = citing(&texts, files::THEMES, laws.as_ref(), theme::parse, &mut faults);
        let (text, file) = texts.get(files::STAGES);
        let stages = kept(lifecycle::parse(text, file), &mut faults);
        let (text, file) = texts.get(files::DIVISIONS);
        let divisions = kept(division::parse(text, file), &mut faults);
        let (text, towns_file) = texts.get(files::TOWNS);
        if let Some(divisions) = &divisions {
            kept(division::parse_towns(text, towns_file, divisions), &mut faults);
        } else {
            faults.push(not_looked_at(towns_file, file));
        }
        let (text, file) = texts.get(files::HOLIDAYS);
        kept(working_days::parse(text, file), &mut faults);
        for (system, text, file) in texts.dictionaries() {
            kept(dictionary::parse(text, file, system), &mut faults);
        }
        let mut scenes = Vec::new();
        if let (Some(themes), Some(services)) = (&themes, &services) {
            let themes: Vec<_> = themes.iter().map(|theme| theme.id.clone()).collect();
            let services: Vec<_> = services.iter().map(|item| item.id.clone()).collect();
            let read = texts.scenes().map(|of| scene::parse(of, &themes, &services));
            let read = read.filter_map(|scene| kept(scene, &mut faults));
            scenes = read.filter(Scene::says_something).collect();
        } else {
            let (_, needs) =
                texts.get(if themes.is_none() { files::THEMES } else { files::SERVICES });
            let own = texts.scenes().filter(|(_, text)| text.own);
            faults.extend(own.map(|(_, text)| not_looked_at(&text.file, needs)));
        }
        match (themes, stages) {
            (Some(themes), Some(stages)) if faults.is_empty() => {
                Ok(Self { texts, themes, stages, scenes })
            }
            _ => Err(CatalogueErrors(faults)),
        }
    }

    /// The scenes, by name.
    #[must_use]
    pub fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// The operator's files: the name and what errors call it.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.replaced()
    }

    /// What is allowed and may all the same not be meant, a sentence each: whatever names no row of
    /// the policy is denied to everybody.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        notes_of(&self.texts, &self.themes, &self.stages)
    }
}

fn notes_of(texts: &Texts, themes: &[Theme], stages: &[StageFields]) -> Vec<String> {
    let (text, file) = texts.get(files::THEMES);
    let exam = Examination::of(text, file);
    let themes = themes.iter().enumerate().filter(|(_, theme)| theme.field.is_none());
    let denied = themes.map(|(at, theme)| {
        format!(
            "{file}, line {}: the theme {:?} names no `field`, so no row of a policy opens it and \
             nobody is shown or counted what it finds; name one, other_restrictions where no row \
             of the table speaks of it",
            exam.line_of(&format!("theme/{at}/id")),
            theme.id.0,
        )
    });
    let (_, file) = texts.get(files::STAGES);
    let is_there = |stage: &Stage| stages.iter().any(|fields| fields.id == *stage);
    let absent = Stage::ALL.into_iter().filter(|stage| !is_there(stage)).map(|stage| {
        format!(
            "{file}: the stage {stage:?} is missing, so its events are shown to nobody; name the \
             fields that govern its `day` and `number`"
        )
    });
    denied.chain(absent).collect()
}

/// The register of laws, which has every law of the embedded one.
fn laws(texts: &Texts, faults: &mut Vec<CatalogueError>) -> Option<Register> {
    let (text_of_own, file) = texts.get(files::LAWS);
    let laws = kept(law::parse(text_of_own, file), faults)?;
    if texts.replaced().all(|(name, _)| name != files::LAWS) {
        return Some(laws);
    }
    let embedded = Texts::embedded();
    let (text, file_of_embedded) = embedded.get(files::LAWS);
    let embedded = kept(law::parse(text, file_of_embedded), faults)?;
    let gone = embedded.iter().filter(|law| laws.get(&law.id).is_none());
    faults.extend(gone.map(|law| CatalogueError {
        file: file.to_owned(),
        line: None,
        fault: Fault::LawGone { id: law.id.clone() },
    }));
    let mut exam = Examination::of(text_of_own, file);
    for (at, law) in laws.iter().enumerate() {
        let cited_whole = embedded.get(&law.id).is_some_and(|known| !known.kind.needs_article());
        let rule = "texts of this program cite it without an article, which its kind asks for now; keep its `kind`";
        let holds = !(cited_whole && law.kind.needs_article());
        exam.rule(holds, &format!("law/{at}"), &law.id, rule);
    }
    kept(exam.end(laws), faults)
}

fn not_looked_at(file: &str, needs: &str) -> CatalogueError {
    let fault = Fault::NotLookedAt { needs: needs.to_owned() };
    CatalogueError { file: file.to_owned(), line: None, fault }
}

/// A catalogue that cites laws.
fn citing<T>(
    texts: &Texts,
    name: &str,
    laws: Option<&Register>,
    parse: impl FnOnce(&str, &str, &Register) -> Result<T, CatalogueErrors>,
    faults: &mut Vec<CatalogueError>,
) -> Option<T> {
    let (text, file) = texts.get(name);
    let Some(laws) = laws else {
        faults.push(not_looked_at(file, texts.get(files::LAWS).1));
        return None;
    };
    kept(parse(text, file, laws), faults)
}

fn kept<T>(read: Result<T, CatalogueErrors>, faults: &mut Vec<CatalogueError>) -> Option<T> {
    read.map_err(|CatalogueErrors(more)| faults.extend(more)).ok()
}

#[cfg(test)]
mod tests;
