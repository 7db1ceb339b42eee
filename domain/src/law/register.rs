//! The register of laws.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use jiff::civil::Date;
use serde::Deserialize;

use super::{CitationError, Numbering, Spans};
use crate::{
    catalogue_files::{self as files, LAWS},
    examination::{CatalogueErrors, Examination},
    localized::{Locale, Localized},
};

/// What kind of text it is, which also says who issues it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 法律, of the National People's Congress.
    Law,
    /// 行政法规, of the State Council.
    AdministrativeRegulation,
    /// 地方性法规, of a province's or city's congress.
    LocalRegulation,
    /// 部门规章, of a ministry.
    DepartmentRule,
    /// A notice or measure with an official number.
    Document,
    /// A technical standard.
    Standard,
    /// What another place does; no authority here.
    Precedent,
}

impl Kind {
    /// Whether a citation must say which article.
    #[must_use]
    pub const fn needs_article(self) -> bool {
        !matches!(self, Self::Document | Self::Standard | Self::Precedent)
    }
}

/// Which version of it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// As adopted on this day.
    Adopted(Date),
    /// As amended (修正) on this day.
    Amended(Date),
    /// As revised (修订) on this day.
    Revised(Date),
}

impl Version {
    /// The day.
    #[must_use]
    pub const fn date(self) -> Date {
        match self {
            Self::Adopted(date) | Self::Amended(date) | Self::Revised(date) => date,
        }
    }

    fn written(self, locale: Locale) -> String {
        let year = self.date().year();
        match (locale, self) {
            (Locale::Zh, Self::Adopted(_)) => format!("{year}年"),
            (Locale::Zh, Self::Amended(_)) => format!("{year}年修正"),
            (Locale::Zh, Self::Revised(_)) => format!("{year}年修订"),
            (Locale::En, _) => year.to_string(),
        }
    }
}

/// The end of a law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeal {
    /// From this day it is not in force.
    pub on: Date,
    /// The id of the law that takes its place.
    pub by: String,
}

/// New numbers of old articles.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renumbering {
    /// From this day.
    pub on: Date,
    /// The old number and the new one.
    pub articles: BTreeMap<String, String>,
}

/// Where and when the text was read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The id of a [`Source`].
    pub source: String,
    /// The day it was read.
    pub on: Date,
    /// The articles that were read; a citation of another one is to be confirmed.
    #[serde(default)]
    pub articles: Spans,
}

/// A law, regulation, document or standard in the version that is quoted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Stable name, `[a-z0-9-]+`.
    pub id: String,
    /// Title, in Chinese without 中华人民共和国.
    pub title: Localized,
    /// What it is.
    pub kind: Kind,
    /// Its official number, which says the version of a document or a standard.
    #[serde(default)]
    pub number: Option<String>,
    /// What its numbers count.
    #[serde(default)]
    pub numbering: Numbering,
    /// The version quoted; none where no text was read.
    #[serde(default)]
    pub version: Option<Version>,
    /// Since when that version is in force; none where it is not known.
    #[serde(default)]
    pub in_force: Option<Date>,
    /// When it ends or ended, and by what.
    #[serde(default)]
    pub repealed: Option<Repeal>,
    /// When articles got other numbers.
    #[serde(default)]
    pub renumbered: Vec<Renumbering>,
    /// Laws that stay in force when this one comes beside them.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Where it was read. Either this or [`Law::unread`] is given.
    #[serde(default)]
    pub read: Option<Reading>,
    /// Why it is to be confirmed.
    #[serde(default)]
    pub unread: Option<Localized>,
}

impl Law {
    /// Whether it is in force on `date`, as far as is known.
    #[must_use]
    pub fn is_in_force(&self, date: Date) -> bool {
        self.in_force.is_none_or(|from| from <= date)
            && self.repealed.as_ref().is_none_or(|end| date < end.on)
    }

    /// Its title as quoted: 《城乡规划法》.
    #[must_use]
    pub fn name(&self, locale: Locale) -> String {
        match locale {
            Locale::Zh if self.kind != Kind::Precedent => format!("《{}》", self.title.zh),
            _ => self.title.get(locale).to_owned(),
        }
    }

    /// The version quoted, `2019年修正`; the number of a document or standard.
    #[must_use]
    pub fn edition(&self, locale: Locale) -> Option<String> {
        match (self.kind, &self.number) {
            (Kind::Document | Kind::Standard, Some(number)) => Some(number.clone()),
            _ => self.version.map(|version| version.written(locale)),
        }
    }

    /// Title and version: 《城乡规划法》（2019年修正）.
    #[must_use]
    pub fn name_and_edition(&self, locale: Locale) -> String {
        let name = self.name(locale);
        match (locale, self.edition(locale)) {
            (_, None) => name,
            (Locale::Zh, Some(edition)) => format!("{name}（{edition}）"),
            (Locale::En, Some(edition)) => format!("{name} ({edition})"),
        }
    }

    /// What the entry lacks or contradicts.
    fn check(&self) -> Result<(), CitationError> {
        let stable = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let wrong = |reason| CitationError::Entry { id: self.id.clone(), reason };
        if self.id.is_empty() || !self.id.bytes().all(stable) {
            return Err(wrong("an id has a-z, 0-9 and hyphens only"));
        }
        if self.title.zh.trim().is_empty() || self.title.en.trim().is_empty() {
            return Err(wrong("write its title in both languages"));
        }
        if self.read.is_some() == self.unread.is_some() {
            return Err(wrong("write either `read` or `unread`, and say in it where or why"));
        }
        if self.read.is_some() && self.version.is_none() {
            return Err(wrong("what was read has a `version`: adopted, amended or revised when"));
        }
        if self.repealed.as_ref().zip(self.in_force).is_some_and(|(end, from)| end.on <= from) {
            return Err(wrong("it ends before it is in force"));
        }
        Ok(())
    }
}

/// A place where texts were read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Stable name.
    pub id: String,
    /// What it is.
    pub title: Localized,
    /// As it stood on this day.
    pub date: Date,
}

/// The laws that may be cited by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// The day on which the entries were held against the texts.
    pub date: Date,
    /// Where they were read.
    pub sources: Vec<Source>,
    laws: Vec<Arc<Law>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    date: Date,
    #[serde(default)]
    source: Vec<Source>,
    law: Vec<Law>,
}

/// Reads `laws.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(text: &str, file: &str) -> Result<Register, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let File { date, source: sources, law: laws } = exam.shape()?;
    exam.distinct("law", "law", "id", laws.iter().map(|law| law.id.as_str()));
    if !sources.is_empty() {
        exam.distinct("source", "source", "id", sources.iter().map(|source| source.id.as_str()));
    }
    for (at, source) in sources.iter().enumerate() {
        exam.worded(&format!("source/{at}/title"), &source.title);
    }
    let mut register = Register { date, sources, laws: Vec::new() };
    register.laws = laws.into_iter().map(Arc::new).collect();
    for (at, law) in register.laws.iter().enumerate() {
        let place = format!("law/{at}");
        if let Err(error) = law.check() {
            exam.fault(&place, error);
        }
        register.check(law, &place, &mut exam);
    }
    exam.end(register)
}

impl Register {
    /// What an entry says of others.
    fn check(&self, law: &Law, place: &str, exam: &mut Examination<'_>) {
        let id = law.id.as_str();
        if let Some(read) = &law.read {
            let place = format!("{place}/read");
            let known = self.source(&read.source).is_some();
            exam.rule(known, &place, id, "`read` names a source that is no [[source]] of the file");
            let when = "`read` lies after the `date` of the file; set that to the day of your look";
            exam.rule(read.on <= self.date, &place, id, when);
            let enough = !law.kind.needs_article() || !read.articles.is_empty();
            exam.rule(enough, &place, id, "`read` names no articles; write those that were read");
        }
        let gone = law.repealed.iter().all(|end| self.get(&end.by).is_some());
        let place_of_end = format!("{place}/repealed");
        exam.rule(
            gone,
            &place_of_end,
            id,
            "`repealed` names a law that is not in the file; enter it",
        );
        let beside = law.beside.iter().all(|other| self.get(other).is_some());
        let place_beside = format!("{place}/beside");
        exam.rule(
            beside,
            &place_beside,
            id,
            "`beside` names a law that is not in the file; enter it",
        );
        let first = self.by_title(&law.title.zh).is_none_or(|first| first.id == law.id);
        exam.rule(first, &format!("{place}/title"), id, "another law of the file has this title");
    }

    /// These and the laws of an operator.
    ///
    /// # Errors
    /// [`CitationError::Entry`] for an entry that lacks something or has a known id.
    pub fn with(&self, own: Vec<Law>) -> Result<Self, CitationError> {
        let mut all = self.clone();
        for law in own {
            law.check()?;
            if all.get(&law.id).is_some() {
                let reason = "the register has this id already; cite that one or choose another id";
                return Err(CitationError::Entry { id: law.id, reason });
            }
            all.laws.push(Arc::new(law));
        }
        Ok(all)
    }

    /// The law of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Law>> {
        self.laws.iter().find(|law| law.id == id)
    }

    /// The law of that Chinese title, with 《》 and 中华人民共和国 or without.
    #[must_use]
    pub fn by_title(&self, title: &str) -> Option<&Arc<Law>> {
        let title = title.trim().trim_start_matches('《').trim_end_matches('》');
        let title = title.strip_prefix("中华人民共和国").unwrap_or(title);
        self.laws.iter().find(|law| law.title.zh == title)
    }

    /// Every law, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Law>> {
        self.laws.iter()
    }

    /// Laws that come beside this one.
    pub fn beside<'a>(&'a self, law: &'a Law) -> impl Iterator<Item = &'a Arc<Law>> {
        self.laws.iter().filter(|other| other.beside.contains(&law.id))
    }

    /// Where a law was read.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

/// The register in use: the chosen one, or else the embedded one from now on. Source:
/// `domain/data/laws.toml`.
#[must_use]
pub fn register() -> &'static Register {
    static READ: LazyLock<Register> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(LAWS);
        files::sound(parse(text, file))
    });
    &READ
}
