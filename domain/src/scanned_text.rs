//! What a scanned or typed text is: a code, an address of this portal, or something foreign.

use crate::{
    address,
    code::{CodeError, LandCode, PARCEL_LENGTH, Strictness},
};

/// What to do with a text that somebody brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannedText {
    /// A unit or parcel code: open its profile.
    Code(LandCode),
    /// An address of this portal that is not a profile: its path, safe to open.
    Here(String),
    /// Anything else. Shown as text with a warning, never opened.
    Foreign {
        /// The text as read.
        text: String,
        /// The host it points to, if it is an address.
        host: Option<String>,
        /// Why it is no code, if it looks like one.
        error: Option<CodeError>,
    },
}

impl ScannedText {
    /// Judges a text. `own_host` is this portal's host with its port, e.g. `127.0.0.1:3000`.
    ///
    /// Addresses are read without regard to case, for labels are printed in capitals (rule Q1).
    #[must_use]
    pub fn judge(text: &str, own_host: &str) -> Self {
        let text = text.trim();
        match address(text) {
            Some((host, path)) if host.eq_ignore_ascii_case(own_host) => {
                match code_in_path(&path) {
                    Some(Ok(code)) => Self::Code(code),
                    Some(Err(error)) => {
                        Self::Foreign { text: text.to_owned(), host: None, error: Some(error) }
                    }
                    None if stays_here(&path) => Self::Here(address::as_routed(&path)),
                    None => Self::Foreign { text: text.to_owned(), host: None, error: None },
                }
            }
            Some((host, _)) => {
                Self::Foreign { text: text.to_owned(), host: Some(host), error: None }
            }
            None => match printed_code(text) {
                Ok(code) => Self::Code(code),
                Err(error) => Self::Foreign {
                    text: text.to_owned(),
                    host: None,
                    error: looks_like_a_code(text).then_some(error),
                },
            },
        }
    }
}

/// What certificates, our labels and our pages print before a code: longer names first.
const NAMES: [&str; 12] = [
    "不动产单元代码",
    "不动产单元号",
    "不动产单元",
    "单元代码",
    "单元号",
    "宗地代码",
    "宗海代码",
    "宗地号",
    "代码",
    "real estate unit code",
    "unit code",
    "parcel code",
];

/// A text without the name of a code in front of it and a remark in brackets behind it, as a line of a
/// certificate has them: `不动产单元号：330521 …`, `330521…（厂房）`.
#[must_use]
pub fn without_name(text: &str) -> &str {
    let text = text.trim();
    let named = NAMES.iter().find_map(|name| {
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then(|| text.get(name.len()..)).flatten()
    });
    let text = named.map_or(text, |rest| {
        rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：'))
    });
    if !text.ends_with([')', '）']) {
        return text;
    }
    let remark = text.rfind(['(', '（']).filter(|at| *at > 0);
    remark.map_or(text, |at| text[..at].trim_end())
}

/// The code in a text, as it is printed; of a home whose number a label does not say, `F0001****`, its
/// parcel.
fn printed_code(text: &str) -> Result<LandCode, CodeError> {
    let written = without_name(text);
    let characters = crate::code::clean(written);
    if let Some((parcel, ['F', unit @ ..])) = characters.split_at_checked(PARCEL_LENGTH)
        && unit.iter().take_while(|c| c.is_ascii_digit()).count() == 4
        && unit.len() > 4
        && unit[4..].iter().all(|c| *c == '*')
    {
        let parcel: String = parcel.iter().collect();
        return LandCode::parse(&parcel, Strictness::LookUp).map(|parsed| parsed.code);
    }
    LandCode::parse(written, Strictness::LookUp).map(|parsed| parsed.code)
}

/// Whether a path, opened from a page of this portal, stays on it: `//host` and `/\\host` do not.
#[must_use]
pub fn stays_here(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a text was probably meant as a code: mostly digits at the start, or letters that are taken for
/// them, and no Chinese but the name of a code. The number of a request begins with letters, as no code does.
#[must_use]
pub fn looks_like_a_code(text: &str) -> bool {
    let characters = crate::code::clean(without_name(text));
    let start = || characters.iter().take(12);
    let digits = start().filter(|c| c.is_ascii_digit()).count();
    let alike = start().filter(|c| matches!(c, 'O' | 'I' | 'L')).count();
    digits >= 4
        && digits + alike >= 8
        && characters.len() >= 12
        && characters.iter().all(char::is_ascii_alphanumeric)
        && !characters.starts_with(&['J', 'M'])
}

/// Host and path of an `http(s)` address; the path starts with `/` and is percent-decoded.
fn address(text: &str) -> Option<(String, String)> {
    let lower = text.to_ascii_lowercase();
    let rest = ["https://", "http://"]
        .iter()
        .find(|scheme| lower.starts_with(*scheme))
        .and_then(|scheme| text.get(scheme.len()..))?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // `https://portal@evil.example/` points to evil.example.
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let path = if path.starts_with('/') { percent_decoded(path) } else { format!("/{path}") };
    Some((host.to_owned(), path))
}

fn code_in_path(path: &str) -> Option<Result<LandCode, CodeError>> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let rest = address::below(address::PLACE, path)?;
    let code = rest.split('/').next().unwrap_or(rest);
    Some(LandCode::parse(code, Strictness::LookUp).map(|parsed| parsed.code))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "jianma.example";

    fn code(text: &str) -> Option<String> {
        match ScannedText::judge(text, HOST) {
            ScannedText::Code(code) => Some(code.to_string()),
            ScannedText::Here(_) | ScannedText::Foreign { .. } => None,
        }
    }

    #[test]
    fn bare_codes_and_own_addresses_open_a_profile() {
        for text in [
            "330521001002GB00011",
            "330521 001002 gb00011",
            "HTTPS://JIANMA.EXAMPLE/C/330521001002GB00011",
            "https://jianma.example/c/330521%20001002%20GB00011?utm=1",
        ] {
            assert_eq!(code(text).as_deref(), Some("330521001002GB00011"), "{text}");
        }
    }

    #[test]
    fn a_code_is_read_as_certificates_and_labels_print_it() {
        for (text, read) in [
            ("不动产单元号：330521 001003 GB00008 W00000000", "330521001003GB00008W00000000"),
            ("宗地代码330521001003GB00008", "330521001003GB00008"),
            ("不动产单元代码: ３３０５２１001003GB00008F00010001", "330521001003GB00008F00010001"),
            ("Unit code: 330521 001003 GB00008 W00000000", "330521001003GB00008W00000000"),
            ("330521001003GB00008（厂房）", "330521001003GB00008"),
            ("宗地代码：330521001003GB00008 (workshop)", "330521001003GB00008"),
            // The number of a home is not printed: its parcel.
            ("330521 001001 GB00047 F0001****", "330521001001GB00047"),
            ("不动产单元号：330521 001001 GB00047 F0001＊＊＊＊", "330521001001GB00047"),
        ] {
            assert_eq!(code(text).as_deref(), Some(read), "{text}");
        }
        for text in [
            "宗地代码",
            "（330521001003GB00008）",
            "330521001001GB00047F0001",
            "330521001001GB00047F001****",
            "330521001001GB00047W0000****",
            "330521001001GB00047****",
            "智造路40号（厂房）",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn letters_taken_for_digits_make_no_other_text_of_a_code() {
        for text in ["33O521OO1OO3GB00008", "33o52l0oi003GB00008", "宗地代码：33O521001002GB00011"]
        {
            assert!(looks_like_a_code(text), "{text}");
        }
        for text in ["LOLLIOOLIILO", "Lishan Village Group 4", "OLD MILL HILL 40"] {
            assert!(!looks_like_a_code(text), "{text}");
        }
    }

    #[test]
    fn foreign_addresses_are_named_and_never_opened() {
        for (text, host) in [
            ("https://evil.example/c/330521001002GB00011", "evil.example"),
            ("https://jianma.example@evil.example/c/330521001002GB00011", "evil.example"),
            ("https://jianma.example.evil.example/", "jianma.example.evil.example"),
            ("http://evil.example\\@jianma.example/c/330521001002GB00011", "evil.example"),
        ] {
            let ScannedText::Foreign { host: found, .. } = ScannedText::judge(text, HOST) else {
                panic!("{text} was not foreign");
            };
            assert_eq!(found.as_deref(), Some(host), "{text}");
        }
        assert!(matches!(
            ScannedText::judge("javascript:alert(1)", HOST),
            ScannedText::Foreign { .. }
        ));
    }

    #[test]
    fn an_own_address_cannot_lead_away() {
        for text in [
            "https://jianma.example//evil.example",
            "https://jianma.example/%2Fevil.example",
            "https://jianma.example/\\evil.example",
        ] {
            assert!(
                matches!(ScannedText::judge(text, HOST), ScannedText::Foreign { .. }),
                "{text}"
            );
        }
        assert_eq!(
            ScannedText::judge("https://jianma.example/services", HOST),
            ScannedText::Here("/services".into())
        );
        for path in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"] {
            assert!(!stays_here(path), "{path}");
        }
        assert!(stays_here("/c/330521001002GB00011?lang=en"));
    }

    #[test]
    fn q2_an_own_label_opens_its_page_and_one_of_another_portal_is_foreign() {
        let label = "330521001001GB00001-A-0000042-0123456789ABCDEF";
        for scheme in ["HTTPS", "https"] {
            for (head, host) in [("L", "JIANMA.EXAMPLE"), ("l", HOST)] {
                assert_eq!(
                    ScannedText::judge(&format!("{scheme}://{host}/{head}/{label}"), HOST),
                    ScannedText::Here(format!("/l/{label}"))
                );
            }
        }
        let elsewhere = format!("HTTPS://OTHER.EXAMPLE/L/{label}");
        assert!(matches!(
            ScannedText::judge(&elsewhere, HOST),
            ScannedText::Foreign { host: Some(host), .. } if host == "OTHER.EXAMPLE"
        ));
        let away = ScannedText::judge("HTTPS://JIANMA.EXAMPLE/L//evil.example", HOST);
        assert_eq!(away, ScannedText::Here("/l//evil.example".into()), "stays below /l/");
    }

    #[test]
    fn the_number_of_a_request_is_no_mistyped_code() {
        assert!(!looks_like_a_code("JM-20261122-7K3MQ2VX"));
        assert!(looks_like_a_code("33O521001002GB00011"));
    }

    #[test]
    fn a_mistyped_code_says_what_is_wrong() {
        let ScannedText::Foreign { error: Some(error), .. } =
            ScannedText::judge("330521001002GB0001", HOST)
        else {
            panic!("no error");
        };
        assert_eq!(error.position(), 19);
    }
}
