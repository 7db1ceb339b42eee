//! The cookies: language, elder mode, the secret of one receipt, a mark by which a form's answer sees
//! that this browser keeps cookies, what it has sent within the hour, and what it was told to forget.
//! Nothing else is kept in a visitor's browser.

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
/// What this browser has sent within the hour: marks of the content, each with its request's number.
const SENT: &str = "jm_sent";
/// What of a visit to the counter this browser has opened: its pick-up code, and the browser's own token.
pub const MIRROR: &str = "jm_mirror";
/// What the name of a cookie begins with whose request this browser was told to forget.
const FORGOT: &str = "jm_forgot_";
/// Most that is remembered of what was sent.
const MOST_SENT: usize = 5;

const YEAR: u32 = 31_536_000;
const DAY: u32 = 86_400;
/// How long a receipt stays open in a browser.
pub const RECEIPT_LIVES: SignedDuration = SignedDuration::from_hours(1);

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

/// Remembers for an hour, beside what is remembered already, that content of this mark was sent.
#[must_use]
pub fn sent(
    headers: &HeaderMap,
    mark: &str,
    number: &RequestNumber,
    tls: bool,
) -> Option<HeaderValue> {
    let own = format!("{mark}.{number}");
    let before = read(headers, SENT).unwrap_or_default().split('~');
    let others = before.filter(|pair| !pair.is_empty() && !pair.starts_with(mark));
    let all: Vec<&str> = std::iter::once(&*own).chain(others).take(MOST_SENT).collect();
    let (all, path, age) = (all.join("~"), address::PLACE, RECEIPT_LIVES.as_secs());
    cookie(&format!("{SENT}={all}; Path=/{path}; Max-Age={age}"), tls)
}

/// The request that this browser has sent with content of this mark within the hour.
#[must_use]
pub fn sent_before(headers: &HeaderMap, mark: &str) -> Option<RequestNumber> {
    let mut pairs = read(headers, SENT)?.split('~').filter_map(|pair| pair.split_once('.'));
    pairs.find_map(|(sent, number)| (sent == mark).then(|| RequestNumber::parse(number))?)
}

/// Forgets what was sent.
#[must_use]
pub fn forget_sent(tls: bool) -> Option<HeaderValue> {
    let path = address::PLACE;
    cookie(&format!("{SENT}=; Path=/{path}; Max-Age=0"), tls)
}

/// Remembers for a day that the request of this mark is forgotten: its form may be sent again by
/// whoever goes back to it.
#[must_use]
pub fn forgot(mark: &str, tls: bool) -> Option<HeaderValue> {
    let path = address::PLACE;
    cookie(&format!("{FORGOT}{mark}=1; Path=/{path}; Max-Age={DAY}"), tls)
}

/// Whether this browser was told to forget the request of this mark.
#[must_use]
pub fn has_forgotten(headers: &HeaderMap, mark: &str) -> bool {
    read(headers, &format!("{FORGOT}{mark}")).is_some()
}

/// Whether a browser has kept any cookie of ours.
#[must_use]
pub fn are_kept(headers: &HeaderMap) -> bool {
    [FORM, LANGUAGE, ELDER].into_iter().any(|name| read(headers, name).is_some())
}

/// Whether a request brings any cookie of ours: the form of another site never does (`SameSite`).
#[must_use]
pub fn are_brought(headers: &HeaderMap) -> bool {
    are_kept(headers) || read(headers, RECEIPT).is_some()
}

/// The secret of a receipt as a visitor gets it `now`, UTC: for an hour.
#[must_use]
pub fn held(
    number: RequestNumber,
    secret: String,
    arrival: Arrival,
    now: Timestamp,
) -> ReceiptSecret {
    ReceiptSecret { number, secret, arrival, until: now.checked_add(RECEIPT_LIVES).ok() }
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
    let (path, until, age) =
        (urls::request(number), until.as_ref()?.as_second(), RECEIPT_LIVES.as_secs());
    cookie(&format!("{RECEIPT}={secret}.{arrival}.{until}; Path={path}; Max-Age={age}"), tls)
}

/// What of a visit to the counter a browser has opened; none where it is to forget it.
#[must_use]
pub fn mirror(opened: Option<&str>, seconds: i64, tls: bool) -> Option<HeaderValue> {
    let (value, age) = opened.map_or(("", 0), |opened| (opened, seconds));
    let path = urls::MIRROR;
    cookie(&format!("{MIRROR}={value}; Path={path}; Max-Age={age}"), tls)
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
    fn a_browser_knows_what_it_has_sent_and_what_it_was_told_to_forget() {
        let kept = |cookie: Option<HeaderValue>| {
            let text = cookie.unwrap().to_str().unwrap().to_owned();
            assert!(text.contains("; Path=/c; ") && text.contains("HttpOnly"), "{text}");
            let pair = HeaderValue::from_str(text.split(';').next().unwrap()).unwrap();
            HeaderMap::from_iter([(COOKIE, pair)])
        };
        let numbers: Vec<_> = (2..9)
            .map(|at| RequestNumber::parse(&format!("JM-20261122-2233445{at}")).unwrap())
            .collect();
        let mut headers = HeaderMap::new();
        for (at, number) in numbers.iter().enumerate() {
            headers = kept(sent(&headers, &format!("mark{at}"), number, false));
        }
        assert_eq!(sent_before(&headers, "mark6").as_ref(), numbers.last());
        assert_eq!(sent_before(&headers, "mark2"), Some(numbers[2].clone()));
        assert_eq!(sent_before(&headers, "mark1"), None, "only so much is remembered");
        assert_eq!(sent_before(&kept(forget_sent(false)), "mark6"), None);
        let headers = kept(forgot("m-_1", true));
        assert!(has_forgotten(&headers, "m-_1") && !has_forgotten(&headers, "m-_2"));
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
