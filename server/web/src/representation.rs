//! An answer as bytes with its validator and its codings (RFC 9110 §3.2).

use std::{
    io::{self, Write as _},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::digest::hexadecimal;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use crate::route::wanted;

/// Of brotli: a quarter less than what is compressed while it is sent, in a millisecond for a page.
const BROTLI_QUALITY: u32 = 5;

/// What can be sent as it is to whoever may have it.
#[derive(Debug)]
pub struct Representation {
    kind: HeaderValue,
    /// What may keep it, and what else than its address it depends on.
    terms: Terms,
    tag: HeaderValue,
    body: Bytes,
    brotli: Coding,
    gzip: Coding,
}

/// A coding of a body, made by whoever first wants it.
#[derive(Debug, Default)]
struct Coding {
    begun: AtomicBool,
    made: OnceLock<Option<Bytes>>,
}

impl Coding {
    /// It; none while somebody else makes it, whom nobody waits for, and where it saves too little.
    fn of(&self, body: &Bytes, code: fn(&[u8]) -> io::Result<Vec<u8>>) -> Option<&Bytes> {
        if !self.begun.swap(true, Ordering::Relaxed) {
            let coded = code(body).ok().filter(|coded| 2 * coded.len() <= body.len());
            let _first = self.made.set(coded.map(Vec::into_boxed_slice).map(Bytes::from));
        }
        self.made.get()?.as_ref()
    }
}

/// What may keep an answer, and what else than its address it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// A page: the browser that asked may keep it and asks each time whether it is still so. It
    /// depends on cookies.
    Page,
    /// An answer to a program: whoever keeps it asks each time.
    Api,
}

impl Terms {
    const fn cache_control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Page => "private, no-cache",
            Self::Api => "no-cache",
        })
    }

    const fn vary(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Page => "cookie, accept-encoding",
            Self::Api => "accept-encoding",
        })
    }
}

/// What a request says of the answer it can use.
#[derive(Clone, Debug)]
pub struct Wants {
    known: Vec<HeaderValue>,
    brotli: bool,
    gzip: bool,
}

impl Wants {
    /// Reads `If-None-Match` (RFC 9110 §13.1.2) and `Accept-Encoding` (§12.5.3).
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let ranges = headers.get_all(header::ACCEPT_ENCODING).iter();
        let ranges = ranges.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
        let (mut brotli, mut gzip) = (false, false);
        for coding in ranges.filter_map(wanted) {
            brotli |= coding.eq_ignore_ascii_case("br");
            gzip |= coding.eq_ignore_ascii_case("gzip");
        }
        Self {
            known: headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect(),
            brotli,
            gzip,
        }
    }

    /// Whether the request names this validator, weakly compared, or any.
    fn has(&self, tag: &HeaderValue) -> bool {
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let tag = strong(tag.to_str().unwrap_or_default());
        let known = self.known.iter().filter_map(|known| known.to_str().ok());
        known.flat_map(|known| known.split(',')).map(strong).any(|one| one == "*" || one == tag)
    }
}

impl Representation {
    /// These bytes of this kind.
    #[must_use]
    pub fn new(kind: HeaderValue, terms: Terms, body: Bytes) -> Self {
        let digest = Sha256::digest(&body);
        // Weak: the bytes on the way depend on the coding.
        let tag = format!("W/\"{}\"", hexadecimal(&digest[..12]));
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"\""));
        let (brotli, gzip) = (Coding::default(), Coding::default());
        Self { kind, terms, tag, body, brotli, gzip }
    }

    /// A JSON document for programs.
    #[must_use]
    pub fn json(kind: &'static str, document: &serde_json::Value) -> Self {
        let body = document.to_string().into_bytes().into();
        Self::new(HeaderValue::from_static(kind), Terms::Api, body)
    }

    /// The most memory that it comes to take, bytes: a coding takes half of the body at most.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        const AROUND: u64 = 512;
        2 * self.body.len() as u64 + AROUND
    }

    /// The answer in full, uncompressed; 304 to whoever has it.
    #[must_use]
    pub fn plainly(&self, wants: &Wants) -> Response {
        self.in_coding(wants, None)
    }

    /// The same, compressed: once for everybody.
    #[must_use]
    pub fn compressed(&self, wants: &Wants) -> Response {
        if wants.has(&self.tag) {
            return self.plainly(wants);
        }
        let coding = if wants.brotli {
            self.brotli.of(&self.body, brotli).map(|body| ("br", body))
        } else if wants.gzip {
            self.gzip.of(&self.body, gzip).map(|body| ("gzip", body))
        } else {
            None
        };
        self.in_coding(wants, coding)
    }

    fn in_coding(&self, wants: &Wants, coding: Option<(&'static str, &Bytes)>) -> Response {
        let mut response = match coding {
            _ if wants.has(&self.tag) => StatusCode::NOT_MODIFIED.into_response(),
            Some((name, body)) => {
                let coding = [(header::CONTENT_ENCODING, HeaderValue::from_static(name))];
                (coding, body.clone()).into_response()
            }
            None => self.body.clone().into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.kind.clone());
        headers.insert(header::CACHE_CONTROL, self.terms.cache_control());
        headers.insert(header::VARY, self.terms.vary());
        headers.insert(header::ETAG, self.tag.clone());
        response
    }
}

fn brotli(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut coder = brotli::CompressorWriter::new(Vec::new(), 4_096, BROTLI_QUALITY, 22);
    coder.write_all(body)?;
    Ok(coder.into_inner())
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::default());
    coder.write_all(body)?;
    coder.finish()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    fn wants(headers: &[(header::HeaderName, &'static str)]) -> Wants {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Wants::of(&headers.collect())
    }

    fn page(text: &str) -> Representation {
        let kind = HeaderValue::from_static("text/html");
        Representation::new(kind, Terms::Page, Bytes::copy_from_slice(text.as_bytes()))
    }

    #[tokio::test]
    async fn a_page_goes_out_in_the_coding_that_is_wanted() {
        let long = "宗地".repeat(500);
        for (accepted, coding) in [
            ("gzip, br", Some("br")),
            ("br;q=0, gzip", Some("gzip")),
            ("GZIP;q=0.5", Some("gzip")),
            ("identity", None),
            ("br;Q=0", None),
            ("brr", None),
        ] {
            let page = page(&long);
            let wants = wants(&[(header::ACCEPT_ENCODING, accepted)]);
            let response = page.compressed(&wants);
            let told = response.headers().get(header::CONTENT_ENCODING).cloned();
            assert_eq!(told.as_ref().map(|it| it.to_str().unwrap()), coding, "{accepted}");
            assert_eq!(response.headers()[header::VARY], "cookie, accept-encoding");
            let sent = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert_eq!(sent.len() < long.len(), coding.is_some(), "{accepted}");
            assert!(page.plainly(&wants).headers().get(header::CONTENT_ENCODING).is_none());
        }
        let tiny = page("a").compressed(&wants(&[(header::ACCEPT_ENCODING, "br")]));
        assert!(tiny.headers().get(header::CONTENT_ENCODING).is_none(), "it would only grow");
    }

    #[test]
    fn whoever_has_it_is_told_that_it_is_still_so() {
        let page = page("宗地");
        let response = page.plainly(&wants(&[]));
        assert_eq!(response.status(), StatusCode::OK);
        let tag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
        let strong = tag.trim_start_matches("W/");
        for (known, status) in [
            (tag.clone(), StatusCode::NOT_MODIFIED),
            (format!("\"other\", {strong}"), StatusCode::NOT_MODIFIED),
            ("*".to_owned(), StatusCode::NOT_MODIFIED),
            ("\"other\"".to_owned(), StatusCode::OK),
            (String::new(), StatusCode::OK),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&known).unwrap());
            assert_eq!(page.compressed(&Wants::of(&headers)).status(), status, "{known}");
        }
    }
}
