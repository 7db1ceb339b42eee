//! The catalogues: laws, services, themes, stages, divisions with their towns, and dictionaries. They
//! are data (`domain/data/`), come with the program, and an operator may put files of their own in
//! their place, without building anything.
//!
//! The set is chosen once, before anything reads it ([`put_to_use`]); whoever runs without choosing
//! has the embedded ones. What is read of each lies in the module of its entries, which does not know of
//! the others.

mod texts;

use std::sync::OnceLock;

pub use self::texts::{DICTIONARIES, Texts, UnknownFile, names};
pub use crate::examination::{CatalogueError, CatalogueErrors, Fault};
use crate::{
    dictionary::{self, Dictionary},
    division::{self, Divisions},
    examination::Examination,
    law::{self, Register},
    lifecycle::{self, Stage, StageFields},
    service::{self, ServiceItem},
    theme::{self, Theme},
};

/// Every catalogue, read and held against the others.
#[derive(Clone, Debug, Default)]
pub struct Catalogues {
    texts: Texts,
    laws: Register,
    services: Vec<ServiceItem>,
    themes: Vec<Theme>,
    stages: Vec<StageFields>,
    divisions: Divisions,
    dictionaries: Vec<Dictionary>,
}

/// Why catalogues cannot be put to use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PutToUseError {
    /// A file is not right.
    #[error(transparent)]
    Refused(#[from] CatalogueErrors),
    /// Something read others before, or they were others when they were read first.
    #[error(
        "the catalogues are in use already and were others then; start the program again, and do not change them while it starts"
    )]
    InUse,
}

/// What was chosen; each catalogue lies in the module of its entries.
static CHOSEN: OnceLock<Choice> = OnceLock::new();

struct Choice {
    texts: Texts,
    notes: Vec<String>,
}

/// Has every catalogue be that of `texts` from now on. To choose the same again is nothing.
///
/// # Errors
/// [`PutToUseError`]; a file that is not right changes nothing.
pub fn put_to_use(texts: Texts) -> Result<(), PutToUseError> {
    if CHOSEN.get().is_some_and(|known| known.texts == texts) {
        return Ok(());
    }
    let read = Catalogues::read(texts)?;
    let own = read.replaced().next().is_some();
    if CHOSEN.get().is_some() || (own && is_in_use()) {
        return Err(PutToUseError::InUse);
    }
    let choice = Choice { texts: read.texts.clone(), notes: read.notes() };
    // The embedded ones are what was read before they were chosen.
    if !read.settle() && own {
        return Err(PutToUseError::InUse);
    }
    CHOSEN.set(choice).map_err(|_taken| PutToUseError::InUse)
}

/// Whether something has read a catalogue already.
fn is_in_use() -> bool {
    law::IN_USE.get().is_some()
        || service::IN_USE.get().is_some()
        || theme::IN_USE.get().is_some()
        || lifecycle::IN_USE.get().is_some()
        || division::IN_USE.get().is_some()
        || dictionary::IN_USE.get().is_some()
}

/// The operator's files in use: the name and what errors call it.
pub fn replaced() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHOSEN.get().into_iter().flat_map(|choice| choice.texts.replaced())
}

/// What [`Catalogues::notes`] says of those in use.
#[must_use]
pub fn notes() -> &'static [String] {
    CHOSEN.get().map_or(&[], |choice| &choice.notes)
}

impl Catalogues {
    /// Reads every file.
    ///
    /// # Errors
    /// Every fault of every file, as far as a file can be looked at.
    pub fn read(texts: Texts) -> Result<Self, CatalogueErrors> {
        let mut faults = Vec::new();
        let laws = laws(&texts, &mut faults);
        let services = citing(&texts, texts::SERVICES, laws.as_ref(), service::parse, &mut faults);
        let themes = citing(&texts, texts::THEMES, laws.as_ref(), theme::parse, &mut faults);
        let (text, file) = texts.get(texts::STAGES);
        let stages = kept(lifecycle::parse(text, file), &mut faults);
        let (text, file) = texts.get(texts::DIVISIONS);
        let divisions = kept(division::parse(text, file), &mut faults).map(|divisions| {
            let (text, file) = texts.get(texts::TOWNS);
            let towns = kept(division::parse_towns(text, file, &divisions), &mut faults);
            divisions.with(towns.unwrap_or_default())
        });
        let dictionaries: Vec<Dictionary> = texts
            .dictionaries()
            .filter_map(|(system, text, file)| {
                kept(dictionary::parse(text, file, system), &mut faults)
            })
            .collect();
        if !faults.is_empty() {
            return Err(CatalogueErrors(faults));
        }
        Ok(Self {
            laws: laws.unwrap_or_default(),
            services: services.unwrap_or_default(),
            themes: themes.unwrap_or_default(),
            stages: stages.unwrap_or_default(),
            divisions: divisions.unwrap_or_default(),
            dictionaries,
            texts,
        })
    }

    /// Lays each where it is asked for; whether all of them could be.
    fn settle(self) -> bool {
        [
            law::IN_USE.set(self.laws).is_ok(),
            service::IN_USE.set(self.services).is_ok(),
            theme::IN_USE.set(self.themes).is_ok(),
            lifecycle::IN_USE.set(self.stages).is_ok(),
            division::IN_USE.set(self.divisions).is_ok(),
            dictionary::IN_USE.set(self.dictionaries).is_ok(),
        ]
        .into_iter()
        .all(|set| set)
    }

    /// The operator's files: the name and what errors call it.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.replaced()
    }

    /// What is allowed and may all the same not be meant, a sentence each: whatever names no row of
    /// the policy is denied to everybody.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let (text, file) = self.texts.get(texts::THEMES);
        let exam = Examination::of(text, file);
        let themes = self.themes.iter().enumerate().filter(|(_, theme)| theme.field.is_none());
        let denied = themes.map(|(at, theme)| {
            format!(
                "{file}, line {}: the theme {:?} names no `field`, so no row of a policy opens it and \
                 nobody is shown or counted what it finds; name one, other_restrictions where no row \
                 of the table speaks of it",
                exam.line_of(&format!("theme/{at}/id")),
                theme.id.0,
            )
        });
        let (_, file) = self.texts.get(texts::STAGES);
        let is_there = |stage: &Stage| self.stages.iter().any(|fields| fields.id == *stage);
        let absent = Stage::ALL.into_iter().filter(|stage| !is_there(stage)).map(|stage| {
            format!(
                "{file}: the stage {stage:?} is missing, so its events are shown to nobody; name the \
                 fields that govern its `day` and `number`"
            )
        });
        denied.chain(absent).collect()
    }
}

/// The register of laws, which has every law of the embedded one.
fn laws(texts: &Texts, faults: &mut Vec<CatalogueError>) -> Option<Register> {
    let (text_of_own, file) = texts.get(texts::LAWS);
    let laws = kept(law::parse(text_of_own, file), faults)?;
    if texts.replaced().all(|(name, _)| name != texts::LAWS) {
        return Some(laws);
    }
    let embedded = Texts::embedded();
    let (text, file_of_embedded) = embedded.get(texts::LAWS);
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
        let fault = Fault::NotLookedAt { laws: texts.get(texts::LAWS).1.to_owned() };
        faults.push(CatalogueError { file: file.to_owned(), line: None, fault });
        return None;
    };
    kept(parse(text, file, laws), faults)
}

fn kept<T>(read: Result<T, CatalogueErrors>, faults: &mut Vec<CatalogueError>) -> Option<T> {
    read.map_err(|CatalogueErrors(more)| faults.extend(more)).ok()
}

#[cfg(test)]
mod tests;
