//! Documents for people as PDF: text that can be selected and read aloud, and the file that the document is drawn
//! from attached to it, so that one file can be checked.
//!
//! What is drawn is handed in as blocks, in words. The same document gives the same bytes: nothing in it depends on
//! when or where it was drawn. PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), checked while it is written.

mod attached;
mod layout;
mod letters;
mod pdf;
mod picture;

pub use attached::{MOST_BYTES, attached, is_pdf};
pub use picture::{Picture, Shape};

use jiff::Timestamp;

/// A document.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its title, which its window has too.
    pub title: String,
    /// The language that it is in, as BCP 47 writes it.
    pub language: &'static str,
    /// Who gives it.
    pub publisher: String,
    /// The instant that it says it is of: that of what it is drawn from.
    pub made: Timestamp,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// What stands beneath each page, before its number.
    pub footer: String,
    /// What it is drawn from.
    pub attached: Attached,
}

/// A file in a document.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// All of it: JSON.
    pub text: String,
}

/// A part of a document.
#[derive(Clone, Debug)]
pub enum Block {
    /// What the document is about; there is one.
    Title(String),
    /// The heading of a part.
    Heading(String),
    /// The heading of one thing in a part.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// One that is read last.
    Quiet(String),
    /// What everything comes to, in a sentence, with what belongs to it.
    Answer {
        /// The sentence.
        sentence: String,
        /// What belongs to it.
        rest: Vec<String>,
        /// How it is marked, beside its words.
        ink: Ink,
    },
    /// A list.
    List(Vec<Item>),
    /// What something is called, and what it is.
    Terms(Vec<[String; 2]>),
    /// The place for a seal, with who seals and when beside it.
    Seal {
        /// What stands in the place.
        within: String,
        /// Who, and when: a line each.
        beside: Vec<String>,
        /// What is to be known of it.
        about: String,
    },
    /// A drawing as wide as the text; what it shows stands in words beneath it.
    Picture(Picture),
    /// A QR code, with words beside it.
    Code {
        /// What it says.
        text: String,
        /// The same for whoever does not see it.
        alt: String,
        /// What stands beside it.
        beside: Vec<String>,
    },
}

/// An item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it says.
    pub text: String,
    /// Where that is from; may be empty.
    pub source: String,
}

/// A colour that means something; it is never alone in meaning it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Text.
    Plain,
    /// What is read last.
    Quiet,
    /// Nothing stands in the way.
    Good,
    /// Something is to be done.
    Caution,
    /// Something stands in the way.
    Bad,
    /// Nobody knows.
    Open,
}

/// Why a document is not drawn.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A built-in font does not read.
    #[error("a built-in font does not read")]
    Font,
    /// A text is too long for a QR code.
    #[error(transparent)]
    Code(#[from] label::LabelError),
    /// It would not be what the standards ask.
    #[error("the document is not drawn: {0}")]
    Standard(String),
}

impl Paper {
    /// The document as a file.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn to_pdf(&self) -> Result<Vec<u8>, PaperError> {
        let letters = letters::Letters::built_in(self.language.starts_with("zh"))?;
        let laid = layout::Layout::of(self, &letters)?;
        pdf::write(self, laid, &letters)
    }
}
