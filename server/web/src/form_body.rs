//! What a form brings: read whole, or as far as it came, and what of it somebody typed. Nothing that
//! was typed is lost with a page that says no.

use std::{collections::BTreeMap, future::poll_fn, pin::Pin, time::Duration};

use app::{
    asking,
    context::{FormReturn, OpenTyped, SearchTyped},
};
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
};
use domain::{
    attachment,
    service::{Answers, RESERVED},
};

use crate::{
    cookies,
    cross_site::is_cross_site,
    multipart,
    refusal::Refusal,
    render::{self, PageInput},
    route::{Audience, RouteInfo},
    state::AppState,
};

/// A form's fields; of several with one name the last.
pub(crate) type Form = BTreeMap<String, String>;

/// Most fields a form may have: far more than any of ours, far fewer than an attack.
pub(crate) const MOST_FIELDS: usize = 64;
/// Most of a form that is given back by whoever has not read it, bytes: a page says it twice.
const MOST_GIVEN_BACK: usize = 64 * 1024;
/// Most that is let in of a form that is too long, bytes: a book that was pasted.
const MOST_DROPPED: usize = 8 * 1024 * 1024;

/// How many times as long as an answer may take a form may be on its way: a text of 30 kB over a
/// line of 400 B/s.
pub(crate) const SLOW_LINE: u32 = 4;

/// How much of a body came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// All of it.
    Whole,
    /// More than is read.
    TooMuch,
    /// What came before the time was up.
    TooSlowly,
    /// What came before the line broke.
    BrokenOff,
}

/// Reads at most `limit` bytes of a body, and one more where there are more. The rest is let in and
/// dropped: a browser that is still sending reads no answer.
pub(crate) async fn collect(body: Body, limit: usize, patience: Duration) -> (Vec<u8>, Came) {
    let (mut body, mut bytes) = (body, Vec::new());
    let mut dropped = 0;
    let reading = async {
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let Ok(frame) = frame else { return Came::BrokenOff };
            let data = frame.into_data().unwrap_or_default();
            let room = (limit + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            dropped += data.len().saturating_sub(room);
            if dropped > MOST_DROPPED {
                break;
            }
        }
        if bytes.len() > limit { Came::TooMuch } else { Came::Whole }
    };
    let came = tokio::time::timeout(patience, reading).await.unwrap_or(Came::TooSlowly);
    (bytes, came)
}

/// A form that came whole.
pub(crate) struct Arrived {
    /// To render a page with.
    pub(crate) head: Request,
    pub(crate) body: Vec<u8>,
    /// Its fields; of a file nothing.
    pub(crate) form: Form,
}

/// Splits a request whose form came whole; else says why not, and gives back what came.
pub(crate) async fn arrived(state: &AppState, request: Request) -> Result<Arrived, Response> {
    let limits = &state.settings.limits;
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(limits.answer_seconds);
    let (body, came) = collect(body, limits.body_bytes, patience).await;
    let head = Request::from_parts(parts, Body::empty());
    let form = fields(head.headers(), &body).await;
    let refusal = match came {
        Came::Whole => return Ok(Arrived { head, body, form }),
        Came::TooMuch => Refusal::TooLarge,
        Came::TooSlowly | Came::BrokenOff => Refusal::TooSlow,
    };
    Err(refused(state, head, refusal, &form).await)
}

/// Splits a request into its head, to render a page with, and its form, which is text.
pub(crate) async fn read_form(
    state: &AppState,
    request: Request,
) -> Result<(Request, Form), Response> {
    let Arrived { head, body, form } = arrived(state, request).await?;
    if is_text(head.headers(), &body) {
        return Ok((head, form));
    }
    Err(refused(state, head, Refusal::Unreadable, &form).await)
}

/// Takes what was typed out of a form that goes no further, and how many files were dropped; nothing of one that
/// another site may have filled in, whose words would stand on a page of ours.
pub(crate) async fn typed_in(state: &AppState, request: Request) -> (Request, Form, usize) {
    if !is_form(&request) || !is_of_our_pages(state, request.headers()) {
        return (request, Form::new(), 0);
    }
    let limits = &state.settings.limits;
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(limits.answer_seconds);
    let room = limits.body_bytes.min(MOST_GIVEN_BACK);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if let Some(kind) = kind.filter(|kind| !is_urlencoded(kind)) {
        let whole = state.files.budget().request_bytes + room as u64;
        let most = multipart::Let { fields: MOST_FIELDS, typed: room, whole };
        let reading = multipart::typed(kind, body, most);
        let read = tokio::time::timeout(patience * SLOW_LINE, reading).await.ok().flatten();
        let (fields, files) = read.unwrap_or_default();
        let form = fields.into_iter().map(|(name, bytes)| (name, text(&bytes, None))).collect();
        return (Request::from_parts(parts, Body::empty()), form, files);
    }
    // What came of a form that broke off is no form to be sent again.
    let form = match collect(body, room, patience).await {
        (bytes, Came::Whole) => fields(&parts.headers, &bytes).await,
        _ => Form::new(),
    };
    (Request::from_parts(parts, Body::empty()), form, 0)
}

/// Whether a form is of a page of ours, as far as its browser says so. What it says of the site cannot
/// be forged by a page; where it says nothing, an older one sends our cookies with forms of ours and
/// of hosts beside us.
fn is_of_our_pages(state: &AppState, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes) {
        Some(site) => matches!(site, b"same-origin" | b"none"),
        None => {
            let host = state.settings.site.host.as_deref();
            !is_cross_site(headers, host) || cookies::are_brought(headers)
        }
    }
}

/// The page of a refusal with what was typed.
pub(crate) async fn refused(
    state: &AppState,
    head: Request,
    refusal: Refusal,
    form: &Form,
) -> Response {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let opening = OpenTyped { number: text("number"), secret: text("secret") };
    let searching = SearchTyped(text("q"));
    let given_back = PageInput {
        form: Some(FormReturn::of(typed(form))),
        open_typed: (!opening.is_empty()).then_some(opening),
        search_typed: (!searching.0.is_empty()).then_some(searching),
        ..PageInput::default()
    };
    render::refused_with(state, head, refusal, given_back).await
}

/// What somebody typed into a form, without what the form brought along.
pub(crate) fn typed(form: &Form) -> Answers {
    let typed = form.iter().filter(|(name, text)| {
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        // A form that asks several offices: what it asks goes along, for without it the rest is no form.
        let of_several = asking::question_of(name).is_some() || asking::is_brought(name);
        // Files that were kept go on with what was typed.
        let brought_along = RESERVED.contains(&name.as_str()) && *name != attachment::FIELD;
        (plain || of_several) && name.len() <= 60 && !brought_along && !text.is_empty()
    });
    typed.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// What is typed into forms that hand nothing in, and what it is called.
pub(crate) const OF_OTHER_FORMS: [(&str, &str); 3] = [
    ("number", "申请编号 <span lang=\"en\">Request number</span>"),
    ("secret", "查询码 <span lang=\"en\">Tracking code</span>"),
    ("q", "查找 <span lang=\"en\">Search</span>"),
];

/// Whether anything that somebody typed is in a form, also one that hands nothing in.
pub(crate) fn is_typed_into(form: &Form) -> bool {
    let other = |(name, _): &(&str, &str)| form.get(*name).is_some_and(|text| !text.is_empty());
    !typed(form).is_empty() || OF_OTHER_FORMS.iter().any(other)
}

/// Whether a request is a form that a person sends.
pub(crate) fn is_form(request: &Request) -> bool {
    let route = request.extensions().get::<RouteInfo>();
    request.method() == Method::POST && route.is_some_and(|it| it.audience == Audience::Person)
}

/// The fields of a body, as well as they read: in the charset that it says it is in, or in that of
/// older systems here; also of a form in parts, which only pages that take a file send.
pub(crate) async fn fields(headers: &HeaderMap, body: &[u8]) -> Form {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match kind.filter(|kind| !is_urlencoded(kind)) {
        None => pairs(kind, body),
        Some(kind) => {
            let fields = multipart::fields(kind, body, MOST_FIELDS).await.into_iter();
            fields.map(|(name, bytes)| (name, text(&bytes, None))).collect()
        }
    }
}

/// The text of bytes in the charset that `kind` declares, or in that of older systems here.
fn text(bytes: &[u8], kind: Option<&str>) -> String {
    forward::charset::text_of_answer(bytes, kind)
        .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}

/// The fields of a body whose names and values are pairs with `=` and `&`.
fn pairs(kind: Option<&str>, body: &[u8]) -> Form {
    let decoded = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        let bytes: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
        text(&bytes, kind)
    };
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let mut half = || decoded(halves.next().unwrap_or_default());
        (half(), half())
    });
    pairs.take(MOST_FIELDS).collect()
}

fn is_urlencoded(declared: &str) -> bool {
    let kind = declared.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether a form is one of ours, and in UTF-8: a character that is replaced while decoding would
/// go to the department under our signature.
fn is_text(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let fits = declared.is_none_or(|declared| {
        is_urlencoded(declared)
            && forward::charset::declared(declared)
                .is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
    });
    fits && percent_encoding::percent_decode(body).decode_utf8().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn headers(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())])
    }

    /// A body that comes in these parts; `None` is a line that breaks.
    struct Parts(Vec<Option<&'static str>>);

    impl HttpBody for Parts {
        type Data = axum::body::Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            std::task::Poll::Ready(next.map(|part| match part {
                Some(text) => Ok(hyper::body::Frame::data(text.into())),
                None => Err(std::io::ErrorKind::ConnectionReset.into()),
            }))
        }
    }

    #[tokio::test]
    async fn s5_what_came_of_a_form_before_its_line_broke_is_never_taken_for_all_of_it() {
        let patience = Duration::from_secs(60);
        for (parts, came) in [
            (vec![Some("where=40"), Some("%E5%8F%B7")], Came::Whole),
            (vec![Some("where=4"), None], Came::BrokenOff),
            (vec![None], Came::BrokenOff),
            (vec![Some("where=0123456789012345678901234567890123456789")], Came::TooMuch),
        ] {
            let body = Body::new(Parts(parts.clone()));
            assert_eq!(collect(body, 30, patience).await.1, came, "{parts:?}");
        }
    }

    #[test]
    fn s5_a_form_that_cannot_be_read_to_the_letter_is_no_text() {
        let reads = |kind: &str, body: &[u8]| is_text(&headers(kind), body);
        let name = "applicant_name=%E5%BC%A0%E4%B8%89&x=1+2".as_bytes();
        for kind in [FORM.to_owned(), format!("{FORM}; charset=UTF-8"), FORM.to_uppercase()] {
            assert!(reads(&kind, name), "{kind}");
        }
        assert!(is_text(&HeaderMap::new(), name));
        // What somebody typed is theirs, also the sign for what cannot be read.
        assert!(reads(FORM, "applicant_name=张三&note=%EF%BF%BD".as_bytes()));
        for (kind, body) in [
            (FORM, b"applicant_name=%D5%C5%C8%FD".as_slice()),
            (FORM, b"applicant_name=\xd5\xc5\xc8\xfd".as_slice()),
            ("application/x-www-form-urlencoded; charset=GBK", name),
            ("application/x-www-form-urlencoded;charset=\"gb2312\"", name),
            ("multipart/form-data; boundary=x", b"--x--".as_slice()),
            ("text/plain", name),
            ("application/json", b"{}".as_slice()),
        ] {
            assert!(!reads(kind, body), "{kind}");
        }
    }

    #[tokio::test]
    async fn what_is_given_back_reads_as_it_was_typed_whatever_it_was_written_in() {
        for (kind, body) in [
            (FORM, b"applicant_name=%E5%BC%A0%E4%B8%89+%26&token=t&what=".as_slice()),
            (FORM, b"applicant_name=%D5%C5%C8%FD+%26&lang=en"),
            ("application/x-www-form-urlencoded; charset=GBK", b"applicant_name=%D5%C5%C8%FD+%26"),
        ] {
            let read = typed(&fields(&headers(kind), body).await);
            assert_eq!(read, Answers::from([("applicant_name".into(), "张三 &".into())]), "{kind}");
        }
        assert_eq!(fields(&headers("application/json"), b"{}").await, Form::new());
    }

    #[tokio::test]
    async fn of_a_body_as_much_is_read_as_came() {
        let second = Duration::from_secs(60);
        let read = async |text: &'static str, limit| collect(Body::from(text), limit, second).await;
        assert_eq!(read("abc", 3).await, (b"abc".to_vec(), Came::Whole));
        assert_eq!(read("abcdef", 3).await, (b"abcd".to_vec(), Came::TooMuch));
        assert_eq!(read("", 3).await, (Vec::new(), Came::Whole));
        // Nothing comes, and no time is left to wait for it.
        let never = Body::from_stream(Never);
        assert_eq!(collect(never, 3, Duration::ZERO).await, (Vec::new(), Came::TooSlowly));
    }

    struct Never;

    impl futures_core::Stream for Never {
        type Item = Result<Vec<u8>, std::io::Error>;

        fn poll_next(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Pending
        }
    }
}
