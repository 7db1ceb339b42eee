//! Drawing QR labels.
//!
//! One drawing, made of rectangles and outlines in print dots, is written as SVG, PDF or PNG: the
//! three cannot differ. No store, no HTTP, no keys: what a label says is handed in. The same
//! input gives the same bytes.

mod drawing;
mod layout;
mod lettering;
mod pdf;
mod png;
mod svg;
mod symbol;

pub use drawing::{DOTS_PER_INCH, Page, Shape, Step};
pub use layout::{Group, LARGEST_MM, Label, Print, SMALLEST_MM, Sheet, pages};
pub use lettering::NOTO_SANS_SC;
pub use symbol::{Level, Symbol};

/// Why a label cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The smallest QR mode has no sign for it.
    #[error("{character:?} cannot be written in the alphanumeric mode of a QR code")]
    Character {
        /// The character.
        character: char,
    },
    /// Longer than any QR code of that level.
    #[error("{length} characters do not fit a QR code")]
    TooLong {
        /// Characters.
        length: usize,
    },
    /// Phones would not read it.
    #[error(
        "at {side_mm} mm the modules of this code would be smaller than {least_mm:.2} mm; print it larger"
    )]
    TooSmall {
        /// The side asked for, mm.
        side_mm: f32,
        /// The smallest module, mm.
        least_mm: f32,
    },
    /// Outside of what labels are printed at.
    #[error("the side of a code is from {SMALLEST_MM} to {LARGEST_MM} mm, not {side_mm}")]
    Side {
        /// The side asked for, mm.
        side_mm: f32,
    },
    /// A name that nobody could read on paper.
    #[error("the built-in fonts have no {character:?} for {text:?}: write it in other characters")]
    Letter {
        /// The text.
        text: String,
        /// The character.
        character: char,
    },
    /// A built-in font does not read.
    #[error("a built-in font does not read: {0}")]
    Font(#[from] ttf_parser::FaceParsingError),
    /// A page that no picture can hold.
    #[error("a page of {width} × {height} dots cannot be drawn")]
    Page {
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
    /// The PNG encoder refused.
    #[error("PNG: {0}")]
    Png(#[from] ::png::EncodingError),
}

/// How pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One file a page, to be scaled and laid out elsewhere.
    Svg,
    /// One file with every page.
    Pdf,
    /// One file a page at 300 dpi.
    Png,
}

impl Format {
    /// The format of a file name's extension, in any case.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            _ => None,
        }
    }

    /// The files that hold the pages, in order: one for PDF, one a page otherwise.
    ///
    /// # Errors
    /// [`LabelError::Page`] and [`LabelError::Png`] when a picture cannot be made.
    pub fn files(self, pages: &[Page]) -> Result<Vec<Vec<u8>>, LabelError> {
        match self {
            Self::Svg => Ok(pages.iter().map(|page| svg::write(page).into_bytes()).collect()),
            Self::Pdf => Ok(vec![pdf::write(pages)]),
            Self::Png => pages.iter().map(png::write).collect(),
        }
    }
}
