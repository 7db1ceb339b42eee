//! A sentence with the laws it rests on, in both languages.

use jiff::civil::Date;

use super::{Citation, CitationError, Register, citation::to_be_confirmed, prose, register};
use crate::{
    examination::Examination,
    localized::{Locale, Localized},
};

/// A text whose citations are data. `{law:planning-law:8,40}` in it becomes
/// 《城乡规划法》（2019年修正）第八条、第四十条; several citations in one placeholder are parted by
/// `;`, and one with `from 2027-01-01` appears from that day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegalText {
    zh: Vec<Segment>,
    en: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Words(String),
    Cited(Vec<Citation>),
}

impl TryFrom<Localized> for LegalText {
    type Error = CitationError;

    fn try_from(text: Localized) -> Result<Self, CitationError> {
        Self::parse(&text, register())
    }
}

impl LegalText {
    /// Reads a text whose citations name laws of `register`.
    ///
    /// # Errors
    /// [`CitationError`], also where the two languages cite different things.
    pub fn parse(text: &Localized, register: &Register) -> Result<Self, CitationError> {
        let text = Self { zh: segments(&text.zh, register)?, en: segments(&text.en, register)? };
        let (zh, en) = (keys(&text.zh), keys(&text.en));
        if zh == en { Ok(text) } else { Err(CitationError::Differ { zh, en }) }
    }

    /// The text at `place` of a file; blank, with a fault noted, where its citations do not read.
    pub(crate) fn examined(
        text: &Localized,
        laws: &Register,
        exam: &mut Examination<'_>,
        place: &str,
    ) -> Self {
        Self::parse(text, laws).unwrap_or_else(|error| {
            exam.fault(place, error);
            Self::default()
        })
    }

    /// The text in one language, as it reads on `today`.
    #[must_use]
    pub fn get(&self, locale: Locale, today: Date) -> String {
        let segments = self.segments(locale);
        let mut text: String = segments
            .iter()
            .map(|segment| match segment {
                Segment::Words(words) => words.clone(),
                Segment::Cited(citations) => together(citations, locale, today),
            })
            .collect();
        if !self.prose().is_empty() {
            text.push_str(to_be_confirmed(locale));
        }
        text
    }

    /// Every law it cites, now or later.
    pub fn citations(&self) -> impl Iterator<Item = &Citation> {
        self.zh.iter().flat_map(|segment| match segment {
            Segment::Words(_) => &[][..],
            Segment::Cited(citations) => citations,
        })
    }

    /// Laws that it names in plain words, where the register cannot follow them.
    #[must_use]
    pub fn prose(&self) -> Vec<String> {
        let words = |segments: &[Segment]| {
            let words = segments.iter().map(|segment| match segment {
                Segment::Words(words) => words.as_str(),
                Segment::Cited(_) => " ",
            });
            words.collect::<String>()
        };
        let found = prose::chinese(&words(&self.zh));
        if found.is_empty() { prose::english(&words(&self.en)) } else { found }
    }

    /// Whether a language has nothing to read.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let blank = |segments: &[Segment]| {
            segments.iter().all(|segment| match segment {
                Segment::Words(words) => words.trim().is_empty(),
                Segment::Cited(_) => false,
            })
        };
        blank(&self.zh) || blank(&self.en)
    }

    fn segments(&self, locale: Locale) -> &[Segment] {
        match locale {
            Locale::Zh => &self.zh,
            Locale::En => &self.en,
        }
    }
}

const OPENING: &str = "{law:";

fn segments(text: &str, register: &Register) -> Result<Vec<Segment>, CitationError> {
    let mut segments = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENING) {
        let open = || CitationError::Syntax { text: format!("{OPENING}{after}") };
        let (inside, after) = after.split_once('}').ok_or_else(open)?;
        let citations = inside
            .split(';')
            .map(|one| Citation::parse(one, register))
            .collect::<Result<Vec<_>, _>>()?;
        if citations.iter().all(|citation| citation.from.is_some()) {
            return Err(CitationError::OnlyLater { text: inside.to_owned() });
        }
        if !before.is_empty() {
            segments.push(Segment::Words(before.to_owned()));
        }
        segments.push(Segment::Cited(citations));
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(Segment::Words(rest.to_owned()));
    }
    Ok(segments)
}

/// What a text cites, in an order of its own: languages put their clauses differently.
fn keys(segments: &[Segment]) -> String {
    let mut keys: Vec<String> = segments
        .iter()
        .filter_map(|segment| match segment {
            Segment::Words(_) => None,
            Segment::Cited(citations) => Some(citations),
        })
        .flatten()
        .map(Citation::key)
        .collect();
    keys.sort();
    if keys.is_empty() { "nothing".to_owned() } else { keys.join("; ") }
}

fn together(citations: &[Citation], locale: Locale, today: Date) -> String {
    let standing: Vec<&Citation> =
        citations.iter().filter(|citation| citation.stands(today)).collect();
    let several = standing.iter().any(|citation| citation.articles.spans().len() > 1);
    let list: Vec<String> =
        standing.iter().map(|citation| citation.written(locale, today)).collect();
    list.join(match (locale, several) {
        (Locale::Zh, true) => "，",
        (Locale::Zh, false) => "、",
        (Locale::En, _) => "; ",
    })
}
