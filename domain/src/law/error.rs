//! What does not read of a citation or of the register.

use crate::examination;

/// Why a citation or an entry of the register does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CitationError {
    /// No law of that id.
    #[error(
        "the law {id:?} is not in the register of laws; take an id from laws.toml, or add a [[law]] of your own there or to your policy file"
    )]
    UnknownLaw {
        /// The id.
        id: String,
    },
    /// A statute without an article.
    #[error(
        "{title} is cited without an article; write {{law:{id}:9}}, or {{law:{id}:?}} while the number is to be confirmed"
    )]
    NoArticle {
        /// The law.
        id: String,
        /// Its title.
        title: String,
    },
    /// No article number.
    #[error("{text:?} is no article; write 9, 10.3 (paragraph), 36(7) (item) or 44-47")]
    Article {
        /// As written.
        text: String,
    },
    /// A placeholder that does not end or says something else.
    #[error(
        "{text:?} does not read; write {{law:ID:9,10}}, several with `;`, dates as `from 2027-01-01`"
    )]
    Syntax {
        /// As written.
        text: String,
    },
    /// Other laws in the two languages.
    #[error("the Chinese text cites {zh}, the English text {en}; cite the same in both")]
    Differ {
        /// What the Chinese text cites.
        zh: String,
        /// What the English text cites.
        en: String,
    },
    /// Every citation of a placeholder begins later.
    #[error(
        "{text:?} cites nothing before a later day; let one citation of it stand from the start"
    )]
    OnlyLater {
        /// As written.
        text: String,
    },
    /// An entry of the register.
    #[error("the law {id:?} in the register: {reason}")]
    Entry {
        /// The law.
        id: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl From<CitationError> for examination::Fault {
    fn from(error: CitationError) -> Self {
        Self::Law(error.to_string())
    }
}
