//! How people reach a department: what its operator has said of it, and nothing that was guessed.

use crate::localized::Localized;

/// Where and when people reach a department; what is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The window or office that deals with requests.
    pub office: Option<Localized>,
    /// Where it is.
    pub address: Option<Localized>,
    /// Under which number it answers.
    pub phone: Option<Telephone>,
    /// When it is open.
    pub hours: Option<Localized>,
    /// Who takes complaints about it.
    pub complaints: Option<Telephone>,
    /// Its own page, `http(s)://…`.
    pub page: Option<String>,
}

impl Contact {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A telephone number as people read it and as a phone dials it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telephone {
    /// As it was written.
    pub written: String,
    /// `tel:…` (RFC 3966); `None` for one that nobody shall dial.
    pub uri: Option<String>,
}

#[cfg(feature = "answers")]
impl Telephone {
    /// Reads a number of here or abroad, with an extension, or a short one (12345); `None` where no
    /// phone could dial it.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let written = crate::text::trimmed(written);
        let uri = if is_short(written) {
            format!("tel:{written}")
        } else {
            let dialled = crate::service::phone_number(written)?;
            let (number, extension) = dialled.split_once('转').unwrap_or((&dialled, ""));
            let number = if number.starts_with('+') {
                number.to_owned()
            } else {
                format!("+86{}", number.strip_prefix('0').unwrap_or(number))
            };
            let extension =
                if extension.is_empty() { String::new() } else { format!(";ext={extension}") };
            format!("tel:{number}{extension}")
        };
        Some(Self { written: written.to_owned(), uri: Some(uri) })
    }
}

/// Whether it is a number of services: 110, 12345, 95598, 96150.
#[cfg(feature = "answers")]
fn is_short(written: &str) -> bool {
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    let length = written.len();
    digits
        && ((written.starts_with('1') && (3..=6).contains(&length))
            || ((written.starts_with("95") || written.starts_with("96"))
                && (5..=6).contains(&length)))
}

#[cfg(all(test, feature = "answers"))]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_written_and_dialled_from_anywhere() {
        for (written, uri) in [
            ("0572-8062345", "tel:+865728062345"),
            (" 0572-8062345转801", "tel:+865728062345;ext=801"),
            ("+86 572 8062345", "tel:+865728062345"),
            ("13800138000", "tel:+8613800138000"),
            ("12345", "tel:12345"),
            ("96150", "tel:96150"),
        ] {
            let read = Telephone::read(written).unwrap();
            assert_eq!(read.uri.as_deref(), Some(uri), "{written}");
            assert_eq!(read.written, written.trim());
        }
        for none in ["", "8", "call us", "0572-80623", "<script>", "12", "99999"] {
            assert_eq!(Telephone::read(none), None, "{none}");
        }
    }
}
