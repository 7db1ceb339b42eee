//! Asking the service over HTTP: no redirects, within seconds, and no more than an answer may be long.

use std::{fmt, time::Duration};

use openidconnect::{
    HttpRequest, HttpResponse,
    http::{self, Response},
};

/// How long the service may take for one answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer that is read, bytes.
const LONGEST: usize = 1024 * 1024;

/// Why something could not be fetched.
#[derive(Debug)]
pub(crate) enum FetchError {
    Http(reqwest::Error),
    Response(http::Error),
    TooLong,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => write!(f, "{error}"),
            Self::Response(error) => write!(f, "{error}"),
            Self::TooLong => f.write_str("the answer is too long"),
        }
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Http(error) => error.source(),
            Self::Response(_) | Self::TooLong => None,
        }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

/// What asks; none where the machine's TLS is not there.
pub(crate) fn client() -> Option<reqwest::Client> {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().timeout(PATIENCE).redirect(none).build().ok()
}

/// Asks once.
pub(crate) async fn fetch(
    client: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, FetchError> {
    let (head, body) = request.into_parts();
    let request = client.request(head.method, head.uri.to_string()).headers(head.headers);
    let mut answer = request.body(body).send().await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(FetchError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    response.body(bytes).map_err(FetchError::Response)
}
