//! What is wrong with a catalogue: file, line, what, and what to do.

use std::fmt;

/// A fault in the file of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {fault}", at(*line))]
pub struct CatalogueError {
    /// The file, as whoever wrote it knows it.
    pub file: String,
    /// The line, from 1; none where something is not there at all.
    pub line: Option<usize>,
    /// What is wrong.
    pub fault: Fault,
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

/// What is wrong in a catalogue. Every message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not TOML, a key that is not known, one that is missing, a value of the wrong kind.
    #[error("{message}; write it as the embedded file does")]
    Shape {
        /// In the words of the reader, which name the key.
        message: String,
    },
    /// Bytes that are no text.
    #[error("this is not UTF-8; save the file as UTF-8")]
    NotText,
    /// A file without entries.
    #[error("it has no {entry}; write one, or take the file away to have the embedded one back")]
    Empty {
        /// What it is a list of.
        entry: &'static str,
    },
    /// An id twice.
    #[error("the {entry} {id:?} stands in line {first} already; keep one, or give it another id")]
    Twice {
        /// What it is the id of.
        entry: &'static str,
        /// The id.
        id: String,
        /// The line of the first.
        first: usize,
    },
    /// An id of other characters.
    #[error("the id {id:?} is none; {rule}")]
    Id {
        /// As written.
        id: String,
        /// What one is made of.
        rule: &'static str,
    },
    /// A text that one of the languages has not.
    #[error("`{key}` is empty in Chinese or in English; write it in both")]
    Blank {
        /// The key.
        key: String,
    },
    /// A citation that nobody can follow, in words.
    #[error("{0}")]
    Law(String),
    /// An entry that contradicts itself or another one.
    #[error("{entry}: {reason}")]
    Entry {
        /// The entry, by its id.
        entry: String,
        /// What is wrong, and what to write.
        reason: &'static str,
    },
    /// An entry that names what is not there or does not fit, in words.
    #[error("{entry}: {message}")]
    Words {
        /// The entry, by its id.
        entry: String,
        /// What is wrong, and what to write.
        message: String,
    },
    /// A file that names what stands in another which does not read.
    #[error(
        "it was not looked at, for it names what stands in {needs}, which does not read; mend that first"
    )]
    NotLookedAt {
        /// The other file.
        needs: String,
    },
    /// A file that is none of a catalogue's.
    #[error("{0}")]
    Unknown(String),
    /// A law of the embedded register that is gone.
    #[error(
        "the law {id:?} is missing, which texts of this program or stored data cite; take its entry over from the embedded file, and mark it there if it was repealed"
    )]
    LawGone {
        /// The law.
        id: String,
    },
}

/// Every fault of one or several catalogues, in the order of files and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

/// So many are told at a start.
const TOLD: usize = 20;

impl CatalogueErrors {
    /// How many are not named when they are told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.0.len().saturating_sub(TOLD)
    }
}

impl fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().take(TOLD).enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        match self.untold() {
            0 => Ok(()),
            more => write!(f, "\n{more} more faults"),
        }
    }
}

impl std::error::Error for CatalogueErrors {}
