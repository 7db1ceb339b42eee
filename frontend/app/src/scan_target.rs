//! What somebody brought, by camera, keyboard or clipboard: a page of ours, or a text to show.

use domain::{address, scanned_text::ScannedText};

/// More of a foreign text than this helps nobody to recognise it.
const SHOWN_CHARACTERS: usize = 200;
/// How much of a foreign host is shown, of which the end says whose it is.
const SHOWN_OF_HOST: usize = 60;

/// What somebody brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanTarget {
    /// A page of this portal.
    Internal {
        /// The code in groups, or the path; fit to be shown.
        label: String,
        /// Its path on this site.
        path: String,
    },
    /// Not ours, or wrong: never opened.
    Rejected(Rejected),
}

/// What is shown of a text that is not opened. Nothing in it can hide itself or turn the letters
/// around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// What it says.
    pub text: String,
    /// Where it points to, if it is an address.
    pub host: Option<String>,
    /// Where it is wrong, from 1, if it looks like a code.
    pub position: Option<usize>,
}

/// Judges a text. `own_host` is this portal's host with its port.
#[must_use]
pub fn judge(text: &str, own_host: &str) -> ScanTarget {
    let text = text.trim();
    match ScannedText::judge(text, own_host) {
        ScannedText::Code(code) => {
            ScanTarget::Internal { label: code.grouped(), path: address::of_place(&code) }
        }
        ScannedText::Here(path) => here(with_query(text, own_host).unwrap_or(path)),
        ScannedText::Foreign { host, error, .. } => match with_query(text, own_host) {
            Some(path) => here(path),
            None => ScanTarget::Rejected(Rejected {
                text: shown(text),
                host: host
                    .as_deref()
                    .or_else(|| points_to(text))
                    .filter(|host| !host.eq_ignore_ascii_case(own_host))
                    .map(shown_host),
                position: error.map(|error| error.position()),
            }),
        },
    }
}

fn here(path: String) -> ScanTarget {
    ScanTarget::Internal { label: shown(&path), path }
}

/// The path of an own address with its query as it was written: decoded, a Chinese word in it
/// would be no path any more.
fn with_query(text: &str, own_host: &str) -> Option<String> {
    let (address, query) = text.split_at(text.find(['?', '#'])?);
    let ScannedText::Here(path) = ScannedText::judge(address, own_host) else { return None };
    let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain.then(|| path + query)
}

/// Where a browser would go with a text that is not quite an address: `https:\\host`, `//host`,
/// `host.example/path`.
fn points_to(text: &str) -> Option<&str> {
    let is_slash = |letter: char| matches!(letter, '/' | '\\');
    let after = |scheme: &str| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| text.get(scheme.len()..)).flatten()
    };
    let rest = match after("https:").or_else(|| after("http:")) {
        Some(rest) => rest,
        None => match text.split_once("://") {
            Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => rest,
            _ if text.starts_with("//") || text.starts_with(r"\\") => text,
            _ if is_bare(text) => text,
            _ => return None,
        },
    };
    let authority = rest.trim_start_matches(is_slash).split(['/', '\\', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

/// Whether a text begins with the name of a site: `evil.example/c/…`, `www.evil.example`.
fn is_bare(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or(text);
    let has_path = host.len() < text.len();
    let name = host.split(':').next().unwrap_or(host);
    let top = name.split('.').skip(1).last().unwrap_or_default();
    // What is not ASCII is taken for a letter: the tables of letters are kilobytes of wasm.
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-._@:".contains(&byte);
    (has_path || host.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")))
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
        && host.bytes().all(is_name)
}

/// A text from elsewhere as it may be shown: not too long, and with nothing invisible in it.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown = visible(characters.by_ref().take(SHOWN_CHARACTERS));
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn shown_host(host: &str) -> String {
    let written = ending(&visible(host.chars()));
    match as_looked_up(host) {
        Some(name) if !name.eq_ignore_ascii_case(host) => format!("{written} ({})", ending(&name)),
        _ => written,
    }
}

fn ending(host: &str) -> String {
    match host.char_indices().nth_back(SHOWN_OF_HOST) {
        Some((before, _)) => format!("…{}", host.get(before..).unwrap_or_default()),
        None => host.to_owned(),
    }
}

fn visible(characters: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for letter in characters {
        match letter {
            '\t' | '\n' | '\r' => shown.push(' '),
            _ if hides(letter) => shown.extend(letter.escape_unicode()),
            _ => shown.push(letter),
        }
    }
    shown
}

/// Letters that are not seen, or turn others round.
fn hides(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The name that a browser looks up for a host: other letters than ours as `xn--…`.
#[cfg(feature = "hydrate")]
fn as_looked_up(host: &str) -> Option<String> {
    Some(web_sys::Url::new(&format!("https://{host}")).ok()?.host())
}

/// The name that a browser looks up for a host: other letters than ours as `xn--…`.
#[cfg(not(feature = "hydrate"))]
fn as_looked_up(host: &str) -> Option<String> {
    let address = url::Url::parse(&format!("https://{host}")).ok()?;
    let name = address.host_str()?;
    Some(address.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "jianma.example";

    fn refused(text: &str) -> Rejected {
        match judge(text, HOST) {
            ScanTarget::Rejected(refused) => refused,
            ScanTarget::Internal { path, .. } => panic!("{text} opens {path}"),
        }
    }

    fn host(text: &str) -> Option<String> {
        refused(text).host
    }

    #[test]
    fn every_way_of_writing_an_address_names_its_host() {
        for text in [
            "https://evil.example/",
            r"https:\\evil.example\c",
            "http:evil.example/c/330521001002GB00011",
            "//evil.example/",
            r"\\evil.example",
            "evil.example/c/330521001002GB00011",
            "https://jianma.example@evil.example/",
            "ftp://evil.example",
        ] {
            assert_eq!(host(text).as_deref(), Some("evil.example"), "{text}");
        }
        assert_eq!(host("www.evil.example").as_deref(), Some("www.evil.example"));
        assert_eq!(host("evil.example:81/x").as_deref(), Some("evil.example:81"));
        for text in ["这里没有码", "12 Main St. 3", "No.5", "3.14/2", "javascript:alert(1)", "a/b"]
        {
            assert_eq!(host(text), None, "{text}");
        }
    }

    #[test]
    fn a_host_in_letters_like_ours_is_told_from_ours() {
        let name = host("https://j\u{456}anma.example/").unwrap();
        assert!(name.starts_with("j\u{456}anma.example (xn--"), "{name}");
        assert_eq!(
            host("https://%65vil.example").as_deref(),
            Some("%65vil.example (evil.example)")
        );
        assert_eq!(host("HTTPS://EVIL.EXAMPLE/C").as_deref(), Some("EVIL.EXAMPLE"));
    }

    #[test]
    fn nothing_in_what_is_shown_turns_or_hides() {
        let turned = refused("https://\u{202e}elpmaxe.live/\u{7}a\nb");
        assert!(turned.host.unwrap().starts_with(r"\u{202e}elpmaxe.live"));
        assert_eq!(turned.text, r"https://\u{202e}elpmaxe.live/\u{7}a b");
        assert_eq!(shown("德清县\u{200b}阜溪街道"), r"德清县\u{200b}阜溪街道");
    }

    #[test]
    fn the_end_of_a_long_host_is_kept_and_the_begin_of_a_long_text() {
        let refused = refused(&format!("https://{}.evil.example/", "a".repeat(4000)));
        let host = refused.host.unwrap();
        assert!(host.ends_with(".evil.example") && host.chars().count() <= 140, "{host}");
        assert!(refused.text.chars().count() <= 201);
    }

    #[test]
    fn an_own_address_keeps_its_query_as_written() {
        let path = |text: &str| match judge(text, HOST) {
            ScanTarget::Internal { path, .. } => Some(path),
            ScanTarget::Rejected(_) => None,
        };
        let search = "https://jianma.example/?q=%E5%BA%84";
        assert_eq!(path(search).as_deref(), Some("/?q=%E5%BA%84"));
        assert_eq!(path("https://jianma.example?q=a%26b").as_deref(), Some("/?q=a%26b"));
        assert_eq!(path("https://jianma.example/services").as_deref(), Some("/services"));
        for text in ["https://jianma.example//evil.example?q=1", "https://jianma.example/%2Fevil?q"]
        {
            assert_eq!(path(text), None, "{text}");
            assert_eq!(host(text), None, "{text}");
        }
    }

    #[test]
    fn a_mistyped_code_says_where() {
        assert_eq!(refused("330521001002GB0001").position, Some(19));
    }
}
