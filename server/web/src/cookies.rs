//! The four cookies: language, elder mode, the secret of one receipt, and a mark by which a form's
//! answer sees that this browser keeps cookies. Nothing else is kept in a visitor's browser.

use app::{
    context::{Arrival, ReceiptSecret},
    urls,
};
use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use domain::{Locale, address, request::RequestNumber};
use jiff::{SignedDuration, Timestamp};

/// Language: `zh` or `en`.
pub const LANGUAGE: &str = "jm_lang";
/// Elder mode: `1`.
pub const ELDER: &str = "jm_elder";
/// Secret of the receipt whose page it is sent to.
pub const RECEIPT: &str = "jm_receipt";
/// Set with a form: comes back with it where a browser keeps cookies.
pub const FORM: &str = "jm_form";

const YEAR: u32 = 31_536_000;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The value of a cookie.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        // Sites beside ours may set cookies that are no text: ours stand among them.
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
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

/// Has a request bring cookies that its answer only sets.
pub fn bring(headers: &mut HeaderMap, set: &[HeaderValue]) {
    let pairs = set.iter().filter_map(|cookie| cookie.as_bytes().split(|b| *b == b';').next());
    let pairs = pairs.filter_map(|pair| HeaderValue::from_bytes(pair).ok());
    let brought: Vec<_> = headers.get_all(COOKIE).iter().cloned().collect();
    headers.remove(COOKIE);
    // The first of a name counts.
    headers.extend(pairs.chain(brought).map(|pair| (COOKIE, pair)));
}

/// Keeps a preference for a year.
#[must_use]
pub fn preference(name: &str, value: &str, tls: bool) -> Option<HeaderValue> {
    cookie(&format!("{name}={value}; Path=/; Max-Age={YEAR}"), tls)
}

/// Comes back with the form at a place, if the browser keeps cookies, however long it is filled in:
/// until the browser is closed.
#[must_use]
pub fn form(tls: bool) -> Option<HeaderValue> {
    let path = address::PLACE;
    cookie(&format!("{FORM}=1; Path=/{path}"), tls)
}

/// Whether a browser has kept any cookie of ours.
#[must_use]
pub fn are_kept(headers: &HeaderMap) -> bool {
    [FORM, LANGUAGE, ELDER].into_iter().any(|name| read(headers, name).is_some())
}

/// The secret of a receipt as a visitor gets it `now`, UTC: for an hour.
#[must_use]
pub fn held(
    number: RequestNumber,
    secret: String,
    arrival: Arrival,
    now: Timestamp,
) -> ReceiptSecret {
    ReceiptSecret { number, secret, arrival, until: now.checked_add(HOUR).ok() }
}

/// Keeps a receipt's secret for an hour, for that receipt's pages only.
#[must_use]
pub fn receipt(held: &ReceiptSecret, tls: bool) -> Option<HeaderValue> {
    let ReceiptSecret { number, secret, arrival, until } = held;
    let arrival = match arrival {
        Arrival::Opened => "open",
        Arrival::Submitted => "new",
        Arrival::Repeated => "again",
    };
    let (path, until, age) = (urls::request(number), until.as_ref()?.as_second(), HOUR.as_secs());
    cookie(&format!("{RECEIPT}={secret}.{arrival}.{until}; Path={path}; Max-Age={age}"), tls)
}

/// Takes a receipt's secret out of the browser.
#[must_use]
pub fn forgotten(number: &RequestNumber, tls: bool) -> Option<HeaderValue> {
    cookie(&format!("{RECEIPT}=; Path={}; Max-Age=0", urls::request(number)), tls)
}

/// The secret that a visitor holds of the receipt whose page they ask for.
#[must_use]
pub fn receipt_secret(number: RequestNumber, headers: &HeaderMap) -> Option<ReceiptSecret> {
    let mut parts = read(headers, RECEIPT)?.split('.');
    let secret = parts.next()?.to_owned();
    let arrival = match parts.next() {
        Some("new") => Arrival::Submitted,
        Some("again") => Arrival::Repeated,
        _ => Arrival::Opened,
    };
    let seconds = parts.next().and_then(|text| text.parse().ok());
    let until = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    Some(ReceiptSecret { number, secret, arrival, until })
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
    fn a_cookie_that_is_no_text_hides_none_of_ours() {
        for foreign in ["user=张三; ", "x=\u{fe}\u{ff}; ", "=; ;; a; "] {
            for bytes in [format!("{foreign}jm_elder=1"), format!("jm_elder=1; {foreign}")] {
                let value = HeaderValue::from_bytes(bytes.as_bytes()).unwrap();
                assert!(elder(&HeaderMap::from_iter([(COOKIE, value)])), "{bytes}");
            }
        }
        let value = HeaderValue::from_bytes(b"user=\xd5\xc5; jm_lang=en").unwrap();
        assert_eq!(locale(&HeaderMap::from_iter([(COOKIE, value)])), Locale::En);
    }

    #[test]
    fn a_receipt_secret_stays_on_its_page_and_out_of_scripts() {
        let number = RequestNumber::parse("JM-20261122-22334455").unwrap();
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        let kept = held(number.clone(), "ABC".into(), Arrival::Submitted, now);
        let text = receipt(&kept, true).unwrap();
        let text = text.to_str().unwrap();
        assert!(
            text.starts_with("jm_receipt=ABC.new.1795341600; Path=/requests/JM-20261122-22334455;"),
            "{text}"
        );
        assert!(
            text.contains("Max-Age=3600") && text.contains("HttpOnly") && text.contains("Secure")
        );
        let pair = text.split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(pair).unwrap())]);
        assert_eq!(receipt_secret(number.clone(), &headers), Some(kept));
        let gone = forgotten(&number, true).unwrap();
        assert!(
            gone.to_str()
                .unwrap()
                .starts_with("jm_receipt=; Path=/requests/JM-20261122-22334455; Max-Age=0")
        );
    }
}
