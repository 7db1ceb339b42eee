//! Text of departments: with a byte order mark, in the charset they declare, or in UTF-8.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// Why bytes are no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CharsetError {
    /// Declared to be in a charset that nobody knows.
    #[error("the charset {0:?} is unknown; send UTF-8")]
    Unknown(String),
    /// Not in the charset it is said to be in.
    #[error("the body is not in {0}")]
    NotIn(&'static str),
}

/// The text of a body: by its byte order mark, else by the charset in its `Content-Type`, else
/// UTF-8.
///
/// # Errors
/// [`CharsetError`] when it is not in that charset; nothing is replaced in silence.
pub fn text(body: &[u8], content_type: Option<&str>) -> Result<String, CharsetError> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return decoded(&body[mark..], encoding);
    }
    let encoding = match content_type.and_then(declared) {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or(CharsetError::Unknown(label))?,
        None => UTF_8,
    };
    decoded(body, encoding)
}

/// The text of an answer, whose sender cannot be told to send it otherwise: what is not UTF-8 and
/// says nothing of itself is read as GB 18030, the encoding of most older systems here.
///
/// # Errors
/// [`CharsetError`] when it is in neither.
pub fn text_of_answer(body: &[u8], content_type: Option<&str>) -> Result<String, CharsetError> {
    text(body, content_type).or_else(|error| match error {
        CharsetError::NotIn("UTF-8") => decoded(body, GB18030),
        error => Err(error),
    })
}

fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Result<String, CharsetError> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(String::from).ok_or(CharsetError::NotIn(encoding.name()))
}

/// The charset that a `Content-Type` declares.
#[must_use]
pub fn declared(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_text_is_read_by_its_mark_its_declaration_or_as_utf_8() {
        let (gbk, ..) = encoding_rs::GBK.encode("受字1号");
        let mut utf_16 = vec![0xff, 0xfe];
        utf_16.extend("受字1号".encode_utf16().flat_map(u16::to_le_bytes));
        for (body, content_type) in [
            ("受字1号".as_bytes(), None),
            ("\u{feff}受字1号".as_bytes(), Some("application/json")),
            ("\u{feff}受字1号".as_bytes(), Some("application/json; charset=GBK")),
            (&gbk, Some("application/json; charset=GBK")),
            (&gbk, Some("text/plain;Charset=\"gb2312\" ; x=1")),
            (&utf_16, None),
        ] {
            assert_eq!(text(body, content_type).unwrap(), "受字1号", "{content_type:?}");
        }
        assert_eq!(text(&gbk, None), Err(CharsetError::NotIn("UTF-8")));
        assert_eq!(text_of_answer(&gbk, None).unwrap(), "受字1号");
        let unknown = text(b"x", Some("application/json; charset=EBCDIC-XX"));
        assert_eq!(unknown, Err(CharsetError::Unknown("EBCDIC-XX".into())));
        assert!(text_of_answer(&[0xff, 0xff, b'{'], None).is_err());
    }
}
