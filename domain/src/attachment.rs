//! Files that go with a request: what is known of one, why one is refused, and where it is fetched.
//!
//! What a person calls a file is kept as words to show ([`display_name`]) and leads to no file anywhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The field of a form that carries the files that were kept already: ids with their marks.
pub const FIELD: &str = "attachments";
/// The field of a form that brings new files.
pub const FILES: &str = "files";
/// The button that keeps the files chosen and hands nothing in.
pub const ATTACH: &str = "attach";
/// The button that takes a kept file away again.
pub const DETACH: &str = "detach";
/// Longest name that is kept, characters.
const LONGEST_NAME: usize = 80;

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MediaType {
    /// A JPEG picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A PNG picture.
    #[serde(rename = "image/png")]
    Png,
    /// A WebP picture; kept as JPEG, or as PNG where it is transparent.
    #[serde(rename = "image/webp")]
    Webp,
    /// A PDF document.
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl MediaType {
    /// Every kind that is taken.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf];

    /// Its media type (RFC 6838).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// How names of such files end, without the dot; the first is the one that is written.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Jpeg => "JPG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Pdf => "PDF",
        }
    }

    /// The kind of that media type.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind that the end of a name stands for; `None` for any that is not taken.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        let end = end.to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| kind.extensions().contains(&&*end))
    }
}

/// A file that goes with a request, as the department is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Drawn at random; it says nothing of the file.
    pub id: String,
    /// What whoever brought it calls it, cleaned.
    pub name: String,
    /// What it is, by its content.
    pub media_type: MediaType,
    /// How long it is, bytes.
    pub size: u64,
    /// SHA-256 of its bytes as they are kept, hexadecimal.
    pub sha256: String,
    /// Where it is fetched, until it `expires`; a path where the portal does not know its own host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Until when, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl Attached {
    /// What of it tells whether two are the same file: not under which id or address it lies.
    #[must_use]
    pub fn content(self) -> Self {
        Self { id: String::new(), address: String::new(), expires: None, ..self }
    }
}

/// A name as it can be shown: the last part of a path, without control characters and without those
/// that turn the direction of reading, which hide how it ends; at most 80 characters, its end kept.
#[must_use]
pub fn display_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |character: char| {
        character.is_control()
            || matches!(character,
                '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let clean: String = last
        .chars()
        .map(|character| if "<>:\"|?*".contains(character) { '_' } else { character })
        .filter(|character| !hidden(*character))
        .collect();
    let clean = clean.trim().trim_start_matches('.');
    let length = clean.chars().count();
    if length <= LONGEST_NAME {
        return clean.to_owned();
    }
    let (stem, end) =
        clean.rsplit_once('.').filter(|(_, end)| end.len() <= 5).unwrap_or((clean, ""));
    let room = LONGEST_NAME - end.chars().count() - 2;
    let stem: String = stem.chars().take(room).collect();
    if end.is_empty() { format!("{stem}…") } else { format!("{stem}….{end}") }
}

/// How much may be brought: told before anybody chooses a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Of one file, bytes.
    pub file_bytes: u64,
    /// Of all files of a request, bytes.
    pub request_bytes: u64,
    /// Pages of one document.
    pub pages: u32,
    /// Pixels of one picture.
    pub pixels: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            file_bytes: 10 * 1024 * 1024,
            request_bytes: 30 * 1024 * 1024,
            pages: 300,
            pixels: 60_000_000,
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is longer than a file may be.
    #[error("the file is larger than {most} bytes")]
    TooLarge {
        /// Bytes.
        most: u64,
    },
    /// All files together are more than a request may have.
    #[error("the files together are larger than {most} bytes")]
    TooMuch {
        /// Bytes.
        most: u64,
    },
    /// Too much was uploaded from its address today.
    #[error("too many files were uploaded from this address; again in {seconds} s")]
    TooOften {
        /// Seconds to wait.
        seconds: u64,
    },
    /// There are more files than the service takes.
    #[error("there are more than {most} files")]
    TooMany {
        /// Files.
        most: usize,
    },
    /// It is of no kind that is taken: a drawing with scripts, a page, an office file, an archive.
    #[error("files of this kind are not taken")]
    NotTaken,
    /// It is something else than its name says.
    #[error("its name does not say what it is: it is {}", is.name())]
    NotItsName {
        /// What it is.
        is: MediaType,
    },
    /// It is broken, or a part of it is missing.
    #[error("the file is broken or not whole")]
    Broken,
    /// The picture has more pixels than can be checked.
    #[error("the picture has more than {most} pixels")]
    TooManyPixels {
        /// Pixels.
        most: u64,
    },
    /// The document has too many pages.
    #[error("the document has more than {most} pages")]
    TooManyPages {
        /// Pages.
        most: u32,
    },
    /// The document is encrypted.
    #[error("the document is encrypted")]
    Encrypted,
    /// The document does something by itself, or holds other files.
    #[error("the document holds scripts, programs or other files")]
    Active,
    /// It is two things at once: something else stands before or behind it.
    #[error("something else is hidden in the file")]
    Hidden,
    /// A scanner found something in it.
    #[error("the scanner found malicious content")]
    Infected,
    /// It was kept too long without being handed in, or went with another request.
    #[error("the file is not kept any more, or belongs to another request")]
    Gone,
    /// It could not be checked or kept just now.
    #[error("the file cannot be checked or kept just now")]
    Unavailable,
}

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedFile {
    /// Its name, cleaned; empty where nobody knows it any more.
    pub name: String,
    /// Why.
    pub fault: FileFault,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_to_show_and_lead_nowhere() {
        for (given, shown) in [
            ("../../etc/passwd.png", "passwd.png"),
            ("C:\\fakepath\\照片.JPG", "照片.JPG"),
            ("a\0b.png", "ab.png"),
            ("invoice\u{202e}gpj.pdf", "invoicegpj.pdf"),
            ("..", ""),
            (".htaccess.png", "htaccess.png"),
            ("a<b>\"c.pdf", "a_b__c.pdf"),
            ("line\r\nbreak.pdf", "linebreak.pdf"),
        ] {
            assert_eq!(display_name(given), shown, "{given:?}");
        }
        let long = display_name(&format!("{}.pdf", "长".repeat(300)));
        assert_eq!(long.chars().count(), LONGEST_NAME);
        assert!(long.ends_with("….pdf"), "{long}");
        assert!(display_name(&"x".repeat(300)).chars().count() <= LONGEST_NAME);
    }

    #[test]
    fn the_end_of_a_name_says_what_it_is_to_be() {
        assert_eq!(MediaType::of_name("a.JPEG"), Some(MediaType::Jpeg));
        assert_eq!(MediaType::of_name("a.pdf.png"), Some(MediaType::Png));
        for name in ["a.svg", "a.html", "a.docm", "a.zip", "pdf", "", "a.png ", "a."] {
            assert_eq!(MediaType::of_name(name), None, "{name}");
        }
        for kind in MediaType::ALL {
            assert_eq!(MediaType::from_name(kind.name()), Some(kind));
        }
    }
}
