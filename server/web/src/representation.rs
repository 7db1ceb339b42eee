//! An answer as bytes with its validator and its codings (RFC 9110 §3.2).

use std::io::{self, Write as _};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use xxhash_rust::xxh3::xxh3_128;

use crate::route::wanted;

/// Of brotli: a quarter less than what is compressed while it is sent, in a millisecond for a page.
const BROTLI_QUALITY: u32 = 5;
/// Windows of brotli, as powers of two.
const LEAST_WINDOW: u32 = 16;
const MOST_WINDOW: u32 = 22;
/// Headers of an answer, with those of every answer.
const MOST_HEADERS: usize = 16;

/// How a body is written (RFC 9110 §8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As it is.
    Plain,
    /// Brotli (RFC 7932).
    Brotli,
    /// Gzip (RFC 1952).
    Gzip,
}

impl Coding {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
        }
    }

    fn code(self, body: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain => Ok(body.to_vec()),
            Self::Brotli => {
                // A window of more than the body takes megabytes for nothing.
                let window = (body.len().max(1).ilog2() + 1).clamp(LEAST_WINDOW, MOST_WINDOW);
                let mut coder =
                    brotli::CompressorWriter::new(Vec::new(), 4_096, BROTLI_QUALITY, window);
                coder.write_all(body)?;
                Ok(coder.into_inner())
            }
            Self::Gzip => {
                let mut coder = GzEncoder::new(Vec::new(), Compression::default());
                coder.write_all(body)?;
                coder.finish()
            }
        }
    }
}

/// What can be sent as it is to whoever may have it.
#[derive(Clone, Debug)]
pub struct Representation {
    kind: HeaderValue,
    /// What may keep it, and what else than its address it depends on.
    terms: Terms,
    tag: HeaderValue,
    coding: Coding,
    body: Bytes,
}

/// What may keep an answer, and what else than its address it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// A page: the browser that asked may keep it and asks each time whether it is still so. It
    /// depends on cookies.
    Page,
    /// An answer to a program: whoever keeps it asks each time.
    Api,
    /// The same, where whoever asks may have it as a page instead.
    Negotiated,
}

impl Terms {
    const fn cache_control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Page => "private, no-cache",
            Self::Api | Self::Negotiated => "no-cache",
        })
    }

    const fn vary(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Page => "cookie, accept-encoding",
            Self::Api => "accept-encoding",
            Self::Negotiated => "accept, accept-encoding",
        })
    }
}

/// What a request says of the answer it can use.
#[derive(Clone, Debug)]
pub struct Wants {
    known: Vec<HeaderValue>,
    coding: Coding,
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
        let coding = match (brotli, gzip) {
            (true, _) => Coding::Brotli,
            (false, true) => Coding::Gzip,
            (false, false) => Coding::Plain,
        };
        Self { known: headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect(), coding }
    }

    /// The coding that the answer goes out in, where it is kept.
    #[must_use]
    pub const fn coding(&self) -> Coding {
        self.coding
    }

    /// Whether the request names this validator, weakly compared, or any.
    fn has(&self, tag: &HeaderValue) -> bool {
        let tag = strong(tag.to_str().unwrap_or_default());
        let known = self.known.iter().filter_map(|known| known.to_str().ok());
        known.flat_map(|known| known.split(',')).map(strong).any(|one| one == "*" || one == tag)
    }
}

/// A validator as it is compared weakly.
fn strong(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

impl Representation {
    /// These bytes of this kind.
    #[must_use]
    pub fn new(kind: HeaderValue, terms: Terms, body: Bytes) -> Self {
        // Weak: the bytes on the way depend on the coding. Nobody gains by another page of the same tag.
        let tag = format!("W/\"{:032x}\"", xxh3_128(&body));
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { kind, terms, tag, coding: Coding::Plain, body }
    }

    /// A JSON document for programs.
    #[must_use]
    pub fn json(kind: &'static str, document: &serde_json::Value) -> Self {
        let body = document.to_string().into_bytes().into();
        Self::new(HeaderValue::from_static(kind), Terms::Api, body)
    }

    /// The memory that it takes, bytes: allocators have four sizes between one power of two and the
    /// next, and the body is in the next larger of them.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        const AROUND: u64 = 512;
        const SMALLEST_STEP: usize = 16;
        let length = self.body.len();
        let step = length.next_power_of_two() / 8;
        let step = if step > SMALLEST_STEP { step } else { SMALLEST_STEP };
        length.next_multiple_of(step) as u64 + AROUND
    }

    /// How it is written.
    #[must_use]
    pub const fn coding(&self) -> Coding {
        self.coding
    }

    /// This answer in a coding; none where that saves too little. Takes a millisecond or two.
    #[must_use]
    pub fn coded(&self, coding: Coding) -> Option<Self> {
        let body =
            coding.code(&self.body).ok().filter(|coded| 2 * coded.len() <= self.body.len())?;
        Some(Self { coding, body: Bytes::from(body.into_boxed_slice()), ..self.clone() })
    }

    /// The answer; 304 to whoever has it.
    #[must_use]
    pub fn respond(&self, wants: &Wants) -> Response {
        let mut response = if wants.has(&self.tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(self.body.clone().into())
        };
        let (status, headers) = (response.status(), response.headers_mut());
        headers.reserve(MOST_HEADERS);
        if status == StatusCode::OK {
            // Also where a layer loses sight of how long it is: a kept answer is like one that is made.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        if let (StatusCode::OK, Some(name)) = (status, self.coding.name()) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        headers.insert(header::CONTENT_TYPE, self.kind.clone());
        headers.insert(header::CACHE_CONTROL, self.terms.cache_control());
        headers.insert(header::VARY, self.terms.vary());
        headers.insert(header::ETAG, self.tag.clone());
        response
    }
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
            let response = match wants.coding() {
                Coding::Plain => page.respond(&wants),
                coding => page.coded(coding).unwrap().respond(&wants),
            };
            let told = response.headers().get(header::CONTENT_ENCODING).cloned();
            assert_eq!(told.as_ref().map(|it| it.to_str().unwrap()), coding, "{accepted}");
            assert_eq!(response.headers()[header::VARY], "cookie, accept-encoding");
            assert_eq!(response.headers()[header::ETAG], page.respond(&wants).headers()["etag"]);
            let sent = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert_eq!(sent.len() < long.len(), coding.is_some(), "{accepted}");
            assert!(page.respond(&wants).headers().get(header::CONTENT_ENCODING).is_none());
        }
        assert!(page("a").coded(Coding::Brotli).is_none(), "it would only grow");
    }

    #[test]
    fn an_answer_weighs_what_an_allocator_takes_for_it() {
        for (length, taken) in
            [(0, 0), (1, 16), (31_000, 32_768), (32_768, 32_768), (32_769, 40_960)]
        {
            assert_eq!(page(&"a".repeat(length)).bytes(), taken + 512, "{length}");
        }
    }

    #[test]
    fn whoever_has_it_is_told_that_it_is_still_so() {
        let page = page("宗地");
        let response = page.respond(&wants(&[]));
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
            assert_eq!(page.respond(&Wants::of(&headers)).status(), status, "{known}");
        }
    }
}
