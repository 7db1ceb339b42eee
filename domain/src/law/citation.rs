//! One law, cited: with its articles, and the days between which the citation stands.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Articles, CitationError, Law, Register, article};
use crate::localized::Locale;

/// A law that is cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The law.
    pub law: Arc<Law>,
    /// Its articles.
    pub articles: Articles,
    /// From when the citation stands; from the start if not given.
    pub from: Option<Date>,
    /// The last day on which it stands.
    pub until: Option<Date>,
}

/// What makes a citation wrong on a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Cited before it is in force.
    #[error("it is in force from {on} only; let the citation begin then: `from {on}`")]
    NotYet {
        /// The first day.
        on: Date,
    },
    /// Cited after it was repealed.
    #[error("it was repealed on {on}, see {by}; cite the law that took its place")]
    Repealed {
        /// The day.
        on: Date,
        /// The law that takes its place.
        by: String,
    },
    /// Cited by a number that is another article's by now.
    #[error("art. {article} is art. {to} since {on}; write the new number")]
    Renumbered {
        /// The old number.
        article: String,
        /// The new number.
        to: String,
        /// The day.
        on: Date,
    },
}

/// What will change for a citation after a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coming {
    /// The law ends.
    Repealed {
        /// The day.
        on: Date,
        /// The law that takes its place.
        by: String,
    },
    /// An article gets another number.
    Renumbered {
        /// The day.
        on: Date,
        /// The old number.
        article: String,
        /// The new number.
        to: String,
    },
    /// Another law comes beside it.
    Beside {
        /// The day.
        on: Date,
        /// That law.
        law: String,
    },
    /// The citation itself begins.
    Begins {
        /// The day.
        on: Date,
    },
    /// The citation itself ends.
    Ends {
        /// Its last day.
        on: Date,
    },
}

impl Citation {
    /// Reads one citation of a placeholder: `planning-law:8,40 from 2027-01-01`.
    ///
    /// # Errors
    /// [`CitationError`].
    pub fn parse(text: &str, register: &Register) -> Result<Self, CitationError> {
        let mut words = text.split_whitespace();
        let refused = || CitationError::Syntax { text: text.trim().to_owned() };
        let cited = words.next().ok_or_else(refused)?;
        let (mut from, mut until) = (None, None);
        while let Some(word) = words.next() {
            let slot = match word {
                "from" => &mut from,
                "until" => &mut until,
                _ => return Err(refused()),
            };
            let date = words.next().and_then(|date| date.parse::<Date>().ok());
            if slot.is_some() || date.is_none() {
                return Err(refused());
            }
            *slot = date;
        }
        let (id, articles) = cited.split_once(':').unwrap_or((cited, ""));
        let law =
            register.get(id).ok_or_else(|| CitationError::UnknownLaw { id: id.to_owned() })?;
        Self::new(Arc::clone(law), Articles::parse(articles)?, from, until)
    }

    /// A citation of a law.
    ///
    /// # Errors
    /// [`CitationError::NoArticle`] for a statute as a whole.
    pub fn new(
        law: Arc<Law>,
        articles: Articles,
        from: Option<Date>,
        until: Option<Date>,
    ) -> Result<Self, CitationError> {
        if articles == Articles::Whole && law.kind.needs_article() {
            let title = law.name(Locale::Zh);
            return Err(CitationError::NoArticle { id: law.id.clone(), title });
        }
        Ok(Self { law, articles, from, until })
    }

    /// Whether it stands on `date`.
    #[must_use]
    pub fn stands(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }

    /// Whether the text it cites was read; if not, it is to be confirmed.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match &self.articles {
            Articles::Unknown => false,
            Articles::Whole => self.law.read.is_some(),
            Articles::Listed(spans) => spans.iter().all(|span| self.has_read(span)),
        }
    }

    fn has_read(&self, span: &super::Span) -> bool {
        let read = self.law.read.as_ref();
        read.is_some_and(|read| span.numbers().all(|number| read.articles.contains(number)))
    }

    /// What is wrong with it on `date`, or on its own first day where that is later.
    #[must_use]
    pub fn fault(&self, date: Date) -> Option<Fault> {
        let date = self.from.map_or(date, |from| from.max(date));
        // A citation that has ended says nothing any more, and was right while it stood.
        let date = self.until.map_or(date, |until| until.min(date));
        if let Some(on) = self.law.in_force.filter(|on| self.from.unwrap_or(date) < *on) {
            return Some(Fault::NotYet { on });
        }
        if let Some(end) = self.law.repealed.as_ref().filter(|end| end.on <= date) {
            return Some(Fault::Repealed { on: end.on, by: end.by.clone() });
        }
        self.renumbered(|on| on <= date).map(|(on, article, to)| Fault::Renumbered {
            article,
            to,
            on,
        })
    }

    /// What will change for it after `date`, as far as `register` knows.
    #[must_use]
    pub fn coming(&self, date: Date, register: &Register) -> Vec<Coming> {
        let mut changes = Vec::new();
        let lasts = |on: Date| self.until.is_none_or(|until| on <= until);
        if let Some(on) = self.from.filter(|from| *from > date) {
            changes.push(Coming::Begins { on });
        }
        if let Some(on) = self.until.filter(|until| *until >= date) {
            changes.push(Coming::Ends { on });
        }
        if let Some(end) = self.law.repealed.as_ref().filter(|end| end.on > date && lasts(end.on)) {
            changes.push(Coming::Repealed { on: end.on, by: end.by.clone() });
        }
        if let Some((on, article, to)) = self.renumbered(|on| on > date && lasts(on)) {
            changes.push(Coming::Renumbered { on, article, to });
        }
        let beside = register.beside(&self.law).filter_map(|law| Some((law.in_force?, &law.id)));
        changes.extend(
            beside
                .filter(|(on, _)| *on > date && lasts(*on))
                .map(|(on, law)| Coming::Beside { on, law: law.clone() }),
        );
        changes
    }

    /// An article of it that has another number, read by its old one only.
    fn renumbered(&self, when: impl Fn(Date) -> bool) -> Option<(Date, String, String)> {
        let unread = self.articles.spans().iter().filter(|span| !self.has_read(span));
        let numbers: Vec<String> =
            unread.flat_map(super::Span::numbers).map(|number| number.to_string()).collect();
        self.law.renumbered.iter().filter(|change| when(change.on)).find_map(|change| {
            let old = numbers.iter().find(|number| change.articles.contains_key(*number))?;
            Some((change.on, old.clone(), change.articles.get(old)?.clone()))
        })
    }

    /// As a reader sees it on `today`: title, version, articles, and whatever is to be known about
    /// them.
    #[must_use]
    pub fn written(&self, locale: Locale, today: Date) -> String {
        let name = self.law.name_and_edition(locale);
        let mark = to_be_confirmed(locale);
        let space = if locale == Locale::En { ", " } else { "" };
        let articles = match &self.articles {
            Articles::Listed(spans) => {
                let confirmed = |span: &super::Span| self.has_read(span);
                let numbering = self.law.numbering;
                format!("{space}{}", article::listed(spans, numbering, locale, mark, confirmed))
            }
            Articles::Unknown => article_to_be_confirmed(locale).to_owned(),
            Articles::Whole if self.is_read() => String::new(),
            Articles::Whole => mark.to_owned(),
        };
        format!("{name}{articles}{}", self.lapsed(locale, today))
    }

    /// A word on a law that is not in force on the day the page is read.
    fn lapsed(&self, locale: Locale, today: Date) -> String {
        match (self.fault(today), locale) {
            (Some(Fault::Repealed { on, .. }), Locale::Zh) => format!("（已于{}废止）", zh(on)),
            (Some(Fault::Repealed { on, .. }), Locale::En) => format!(" (repealed on {})", en(on)),
            (Some(Fault::NotYet { on }), Locale::Zh) => format!("（{}起施行）", zh(on)),
            (Some(Fault::NotYet { on }), Locale::En) => format!(" (in force from {})", en(on)),
            (Some(Fault::Renumbered { .. }), Locale::Zh) => "（条号已变）".to_owned(),
            (Some(Fault::Renumbered { .. }), Locale::En) => " (renumbered since)".to_owned(),
            (None, _) => String::new(),
        }
    }

    /// Law and articles as data name them, for comparing the two languages of a text.
    #[must_use]
    pub fn key(&self) -> String {
        let articles = match &self.articles {
            Articles::Whole => String::new(),
            Articles::Unknown => ":?".to_owned(),
            Articles::Listed(spans) => {
                let list: Vec<String> = spans.iter().map(ToString::to_string).collect();
                format!(":{}", list.join(","))
            }
        };
        let from = self.from.map_or_else(String::new, |date| format!(" from {date}"));
        let until = self.until.map_or_else(String::new, |date| format!(" until {date}"));
        format!("{}{articles}{from}{until}", self.law.id)
    }
}

/// The mark of what was not read.
pub(crate) const fn to_be_confirmed(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "（待核实）",
        Locale::En => " (to be confirmed)",
    }
}

const fn article_to_be_confirmed(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "（条号待核实）",
        Locale::En => " (article to be confirmed)",
    }
}

fn zh(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn en(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}
