//! The three cookies: language, elder mode, and the secret of one receipt. Nothing else is kept
//! in a visitor's browser.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use domain::{Locale, request::RequestNumber};

/// Language: `zh` or `en`.
pub const LANGUAGE: &str = "jm_lang";
/// Elder mode: `1`.
pub const ELDER: &str = "jm_elder";
/// Secret of the receipt whose page it is sent to.
pub const RECEIPT: &str = "jm_receipt";

const YEAR: u32 = 31_536_000;
const HOUR: u32 = 3_600;

/// The value of a cookie.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The language chosen, Chinese by default.
#[must_use]
pub fn locale(headers: &HeaderMap) -> Locale {
    read(headers, LANGUAGE).and_then(Locale::from_name).unwrap_or_default()
}

/// Whether elder mode is on.
#[must_use]
pub fn elder(headers: &HeaderMap) -> bool {
    read(headers, ELDER) == Some("1")
}

/// Keeps a preference for a year.
#[must_use]
pub fn preference(name: &str, value: &str, tls: bool) -> Option<HeaderValue> {
    cookie(&format!("{name}={value}; Path=/; Max-Age={YEAR}"), tls)
}

/// Keeps a receipt's secret for an hour, for that receipt's page only. `fresh`: show it there,
/// for the visitor has just submitted.
#[must_use]
pub fn receipt(
    number: &RequestNumber,
    secret: &str,
    fresh: bool,
    tls: bool,
) -> Option<HeaderValue> {
    let mark = if fresh { ".new" } else { "" };
    let path = app::urls::request(number);
    cookie(&format!("{RECEIPT}={secret}{mark}; Path={path}; Max-Age={HOUR}"), tls)
}

/// The receipt secret of this page and whether it is fresh.
#[must_use]
pub fn receipt_secret(headers: &HeaderMap) -> Option<(String, bool)> {
    let value = read(headers, RECEIPT)?;
    Some(match value.strip_suffix(".new") {
        Some(secret) => (secret.to_owned(), true),
        None => (value.to_owned(), false),
    })
}

fn cookie(content: &str, tls: bool) -> Option<HeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{content}; HttpOnly; SameSite=Lax{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_unknown_languages_are_chinese() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("a=b; jm_lang=en; jm_elder=1"));
        assert_eq!(locale(&headers), Locale::En);
        assert!(elder(&headers));
        headers.insert(COOKIE, HeaderValue::from_static("jm_lang=fr"));
        assert_eq!(locale(&headers), Locale::Zh);
        assert!(!elder(&headers));
    }

    #[test]
    fn a_receipt_secret_stays_on_its_page_and_out_of_scripts() {
        let number = RequestNumber::parse("JM-20261122-22334455").unwrap();
        let value = receipt(&number, "ABC", true, true).unwrap();
        let text = value.to_str().unwrap();
        assert!(text.starts_with("jm_receipt=ABC.new; Path=/requests/JM-20261122-22334455;"));
        assert!(text.contains("HttpOnly") && text.contains("Secure"));
    }
}
