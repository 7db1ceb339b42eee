//! One exchange with a department over HTTP, and what it tells.

use std::error::Error as _;

use axum::http::{HeaderMap, HeaderValue, header};
use domain::Clock;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::Deserialize;
use store::Delivery;

use crate::{departments::Department, signing::SigningError};

/// The most that is read of an answer.
const LONGEST_ANSWER: usize = 64 * 1024;
/// The longest reference that is believed, characters.
const LONGEST_REFERENCE: usize = 100;
/// The longest wait that a department can ask for: a mistyped date must not park a delivery.
const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Why an exchange did not end in a confirmation.
#[derive(Debug, PartialEq)]
pub(crate) struct Trouble {
    /// What it means for the delivery.
    pub kind: TroubleKind,
    /// For the log and the operator: no body, no personal data.
    pub reason: String,
    /// The wait that the department asked for.
    pub retry_after: SignedDuration,
}

/// What a failed exchange means for the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TroubleKind {
    /// The department does not have it: no connection, or turned away at the door (429).
    NotThere,
    /// The department may have it: an answer lost on the way, or one that tells of a failure
    /// after an unknown part of the work (5xx, 408).
    MaybeThere,
    /// Address or secret are wrong on one side (3xx, 401, 403, 404, 405, 407). An operator mends
    /// that, and then the delivery goes through: tried again slowly.
    Misconfigured,
    /// Read and refused (409, 410, 422 and other 4xx). Only a person can tell what to do.
    Rejected,
}

impl Trouble {
    pub(crate) fn new(kind: TroubleKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), retry_after: SignedDuration::ZERO }
    }
}

impl From<SigningError> for Trouble {
    fn from(error: SigningError) -> Self {
        Self::new(TroubleKind::Rejected, format!("the delivery cannot be signed: {error}"))
    }
}

/// Speaks to one department.
#[derive(Debug)]
pub(crate) struct Courier {
    department: Department,
    client: Client,
}

impl Courier {
    pub(crate) fn new(department: Department) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("jianma/", env!("CARGO_PKG_VERSION")))
            // A signed body goes where the configuration says, not where an answer or a variable
            // of the environment points.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(department.timeout)
            // Shorter than the whole, so that «no connection» is told from «no answer».
            .connect_timeout(department.timeout / 2)
            .build()?;
        Ok(Self { department, client })
    }

    /// Posts a delivery; the department's reference if its confirmation carried one.
    pub(crate) async fn send(
        &self,
        delivery: &Delivery,
        clock: &dyn Clock,
    ) -> Result<Option<String>, Trouble> {
        let mut headers =
            self.department.secret.sign(&delivery.id.0, clock.now(), &delivery.body)?;
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(id) = headers.get("webhook-id").cloned() {
            headers.insert("idempotency-key", id);
        }
        let request = self.client.request(Method::POST, self.department.endpoint.clone());
        let request = request.headers(headers).body(delivery.body.clone());
        let answer = exchange(request).await?;
        if answer.status().is_success() {
            return Ok(reference(answer).await);
        }
        Err(trouble(answer.status(), answer.headers(), clock.now()))
    }

    /// Asks whether the department has a delivery: its reference if it does. `None` sends the
    /// delivery again, which is safe under the same key: the department does not know it (404),
    /// has no look-up (405, 501), does not allow it (other 4xx) or answers something else.
    pub(crate) async fn look_up(
        &self,
        delivery: &Delivery,
        clock: &dyn Clock,
    ) -> Result<Option<String>, Trouble> {
        let id = &delivery.id.0;
        let headers = self.department.secret.sign(id, clock.now(), b"")?;
        let request = self.client.request(Method::GET, self.department.look_up(id));
        let answer = exchange(request.headers(headers)).await?;
        match answer.status() {
            StatusCode::OK => Ok(reference(answer).await),
            // Not well at the moment: leave it alone.
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) => {
                Err(trouble(status, answer.headers(), clock.now()))
            }
            StatusCode::NOT_IMPLEMENTED => Ok(None),
            status if status.is_server_error() => {
                Err(trouble(status, answer.headers(), clock.now()))
            }
            _ => Ok(None),
        }
    }
}

async fn exchange(request: RequestBuilder) -> Result<Response, Trouble> {
    request.send().await.map_err(|error| {
        // The address carries the delivery's id, which the log line has anyway.
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            let reason = format!("no connection: {}", innermost(&error));
            Trouble::new(TroubleKind::NotThere, reason)
        } else if error.is_timeout() {
            Trouble::new(TroubleKind::MaybeThere, "no answer in time")
        } else {
            let reason = format!("connection lost: {}", innermost(&error));
            Trouble::new(TroubleKind::MaybeThere, reason)
        }
    })
}

/// reqwest's own text only says «error sending request»; the cause lies further in.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(next) = cause.and_then(|error| error.source()) {
        cause = Some(next);
    }
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

fn trouble(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Trouble {
    let kind = match status.as_u16() {
        429 => TroubleKind::NotThere,
        408 | 500.. => TroubleKind::MaybeThere,
        401 | 403 | 404 | 405 | 407 | ..=399 => TroubleKind::Misconfigured,
        _ => TroubleKind::Rejected,
    };
    let reason = format!("answered {status}");
    Trouble { kind, reason, retry_after: retry_after(headers, now) }
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> SignedDuration {
    let text = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = text.and_then(|text| match text.trim().parse::<u32>() {
        Ok(seconds) => Some(SignedDuration::from_secs(seconds.into())),
        Err(_) => Some(rfc2822::parse(text).ok()?.timestamp().duration_since(now)),
    });
    wait.unwrap_or_default().clamp(SignedDuration::ZERO, LONGEST_RETRY_AFTER)
}

/// The reference in a confirmation. Whatever does not read is no reference; the delivery is
/// confirmed by its status alone.
async fn reference(mut answer: Response) -> Option<String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    reference_in(&body)
}

fn reference_in(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Confirmation {
        reference: String,
    }
    let confirmation: Confirmation = serde_json::from_slice(body).ok()?;
    let reference = confirmation.reference.trim();
    let fits = !reference.is_empty()
        && reference.chars().count() <= LONGEST_REFERENCE
        && !reference.chars().any(char::is_control);
    fits.then(|| reference.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> i64 {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers, "1994-11-06T08:49:30Z".parse().unwrap()).as_secs()
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date_within_reason() {
        assert_eq!(asked("120"), 120);
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), 7);
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), 0);
        assert_eq!(asked("999999999"), 24 * 3600);
        for nothing in ["soon", "-5", ""] {
            assert_eq!(asked(nothing), 0, "{nothing}");
        }
    }

    #[test]
    fn every_status_has_its_meaning() {
        use TroubleKind::{MaybeThere, Misconfigured, NotThere, Rejected};
        for (statuses, kind) in [
            (&[429][..], NotThere),
            (&[408, 500, 502, 503, 504, 599], MaybeThere),
            (&[301, 302, 307, 308, 401, 403, 404, 405, 407], Misconfigured),
            (&[400, 409, 410, 413, 415, 422, 451], Rejected),
        ] {
            for status in statuses {
                let status = StatusCode::from_u16(*status).unwrap();
                let told = trouble(status, &HeaderMap::new(), Timestamp::UNIX_EPOCH);
                assert_eq!(told.kind, kind, "{status}");
            }
        }
    }

    #[test]
    fn only_a_sensible_reference_is_believed() {
        assert_eq!(reference_in(br#"{"reference":" SD-1 ","x":1}"#).as_deref(), Some("SD-1"));
        let long = format!(r#"{{"reference":"{}"}}"#, "9".repeat(LONGEST_REFERENCE + 1));
        for none in ["", "ok", "{}", r#"{"reference":7}"#, r#"{"reference":""}"#, &long] {
            assert_eq!(reference_in(none.as_bytes()), None, "{none}");
        }
        assert_eq!(reference_in(br#"{"reference":"a\u0007b"}"#), None);
    }
}
