//! One exchange with a department over HTTP, and what it tells.

mod search;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use domain::Clock;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{Body, Method, Request, StatusCode, Url};
use store::Delivery;

use crate::{
    answer::{Answer, Confirmation, Confirmed, LONGEST_ANSWER},
    departments::{Department, look_up},
    open311::{self, Open311, Places, Unsaid},
    signing::{LOOK_UP_BODY, SigningError},
    wire::{Lost, Wire},
};

/// The longest wait that a department can ask for. A mistyped figure must not park a delivery, and
/// a question an hour burdens nobody.
const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Why an exchange did not end in a confirmation.
#[derive(Debug, PartialEq)]
pub(crate) struct DeliveryFailure {
    /// What it means for the delivery.
    pub kind: FailureKind,
    /// For the log and the operator: no body, no personal data.
    pub reason: String,
    /// The wait that the department asked for.
    pub retry_after: SignedDuration,
}

/// What a failed exchange means for the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The department does not have it: no connection, or turned away at the door (429).
    Stalled,
    /// The department may have it: an answer lost on the way, one that tells of a failure after
    /// an unknown part of the work (5xx, 408), or a 2xx that is not the department's own.
    Ambiguous,
    /// Address or secret are wrong on one side (3xx, 401, 403, 404, 405, 407). An operator mends
    /// that, and then the delivery goes through: tried again slowly.
    Misconfigured,
    /// The department is in no configuration. What waits for it waits for the operator, without
    /// end.
    Unconfigured,
    /// Read and refused (409, 410, 422 and other 4xx). Only a person can tell what to do.
    Rejected,
}

impl DeliveryFailure {
    pub(crate) fn new(kind: FailureKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), retry_after: SignedDuration::ZERO }
    }
}

impl From<SigningError> for DeliveryFailure {
    fn from(error: SigningError) -> Self {
        Self::new(FailureKind::Rejected, format!("the delivery cannot be signed: {error}"))
    }
}

impl From<Unsaid> for DeliveryFailure {
    fn from(unsaid: Unsaid) -> Self {
        let kind = match unsaid {
            Unsaid::NoCode(_) => FailureKind::Misconfigured,
            Unsaid::NoWord | Unsaid::Unread(_) => FailureKind::Rejected,
        };
        Self::new(kind, unsaid.to_string())
    }
}

impl From<Lost> for DeliveryFailure {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::NoConnection(why) => {
                Self::new(FailureKind::Stalled, format!("no connection: {why}"))
            }
            Lost::NoAnswer => Self::new(FailureKind::Ambiguous, "no answer in time"),
            Lost::OnTheWay(why) => {
                Self::new(FailureKind::Ambiguous, format!("connection lost: {why}"))
            }
        }
    }
}

/// Speaks to one department.
pub(crate) struct Courier {
    department: Department,
    endpoint: Url,
    wire: Arc<dyn Wire>,
}

impl Courier {
    /// One who posts to `endpoint`, as the department wants it.
    pub(crate) fn new(department: Department, endpoint: Url, wire: Arc<dyn Wire>) -> Self {
        Self { department, endpoint, wire }
    }

    /// Posts a delivery and reads what the department says of it.
    pub(crate) async fn send(
        &self,
        delivery: &Delivery,
        clock: &dyn Clock,
        places: Option<&dyn Places>,
    ) -> Result<Confirmed, DeliveryFailure> {
        if let Some(open311) = &self.department.open311 {
            return self.report(open311, delivery, clock, places).await;
        }
        let id = &delivery.id.0;
        let mut headers = self.department.secret.sign(id, clock.now(), &delivery.body)?;
        if let Some(id) = headers.get("webhook-id").cloned() {
            headers.insert("idempotency-key", id);
        }
        let endpoint = self.endpoint.clone();
        let body = delivery.body.clone().into();
        let answer = self.exchange(Method::POST, endpoint, headers, Some(body)).await?;
        if answer.status.is_success() {
            return answer.confirms(id, self.department.confirmation).map_err(|why| {
                let reason = format!("answered {}, but {why}", answer.status);
                DeliveryFailure::new(FailureKind::Ambiguous, reason)
            });
        }
        let mut failure = failure_of(&answer, clock.now());
        if failure.kind == FailureKind::Rejected
            && self.department.retry_refusals.contains(&answer.status.as_u16())
        {
            failure.kind = FailureKind::Misconfigured;
        }
        Err(failure)
    }

    /// Asks whether the department has a delivery: what it says of it if it does. `None` sends the
    /// delivery again, which is safe under the same key: the department does not know it (404),
    /// has no look-up (405, 501), does not allow it (other 4xx) or answers something else.
    pub(crate) async fn look_up(
        &self,
        delivery: &Delivery,
        clock: &dyn Clock,
    ) -> Result<Option<Confirmed>, DeliveryFailure> {
        if let Some(open311) = &self.department.open311 {
            return self.search(open311, delivery, clock).await;
        }
        let id = &delivery.id.0;
        let headers = self.department.secret.sign_look_up(id, clock.now())?;
        let asked = look_up(&self.endpoint, id);
        let answer = self.exchange(Method::GET, asked, headers, Some(LOOK_UP_BODY.into())).await?;
        // A page where the look-up should be proves nothing, whatever a delivery may prove.
        let rule = match self.department.confirmation {
            Confirmation::Status => Confirmation::Reference,
            rule => rule,
        };
        match answer.status {
            status if status.is_success() => Ok(answer.confirms(id, rule).ok()),
            // Not well at the moment.
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                Err(failure_of(&answer, clock.now()))
            }
            StatusCode::NOT_IMPLEMENTED => Ok(None),
            status if status.is_server_error() => Err(failure_of(&answer, clock.now())),
            _ => Ok(None),
        }
    }

    /// Whether it knows by itself what it was sent before: then a delivery can be sent again.
    pub(crate) const fn tells_repeats_apart(&self) -> bool {
        self.department.open311.is_none()
    }

    /// Posts a delivery as a report.
    async fn report(
        &self,
        open311: &Open311,
        delivery: &Delivery,
        clock: &dyn Clock,
        places: Option<&dyn Places>,
    ) -> Result<Confirmed, DeliveryFailure> {
        let form = open311::form(open311, delivery, places).await?;
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        let to = open311.address(&self.endpoint, &["requests.json"]);
        let answer = self.exchange(Method::POST, to, headers, Some(form.into())).await?;
        if !answer.status.is_success() {
            return Err(failure_of(&answer, clock.now()));
        }
        let confirmed = answer.json().and_then(|said| open311::kept(&said)).map_err(|why| {
            let reason = format!("answered {}, but {why}", answer.status);
            DeliveryFailure::new(FailureKind::Ambiguous, reason)
        })?;
        // It has the report, whatever becomes of this: where it stands is asked again later.
        let token = confirmed.reference.as_deref().and_then(open311::token_of);
        // Two exchanges are all that a lease has time for.
        let Some(token) = token.filter(|_| !delivery.ambiguous) else { return Ok(confirmed) };
        let asked = open311.address(&self.endpoint, &["tokens", &format!("{token}.json")]);
        let told = self.exchange(Method::GET, asked, HeaderMap::new(), None).await.ok();
        let told = told.filter(|told| told.status.is_success()).and_then(|told| told.json().ok());
        Ok(told.and_then(|told| open311::kept(&told).ok()).unwrap_or(confirmed))
    }

    async fn exchange(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Body>,
    ) -> Result<Answer, DeliveryFailure> {
        self.exchange_up_to(LONGEST_ANSWER, method, url, headers, body).await
    }

    /// An exchange of whose answer at most so many bytes are read.
    async fn exchange_up_to(
        &self,
        most: usize,
        method: Method,
        url: Url,
        mut headers: HeaderMap,
        body: Option<Body>,
    ) -> Result<Answer, DeliveryFailure> {
        let json = HeaderValue::from_static("application/json");
        headers.entry(header::CONTENT_TYPE).or_insert(json);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        // Who compresses all the same is read all the same.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = body;
        Ok(Answer::read(self.wire.exchange(request).await?, most).await)
    }
}

fn failure_of(answer: &Answer, now: Timestamp) -> DeliveryFailure {
    let Answer { status, headers, .. } = answer;
    let kind = match status.as_u16() {
        429 => FailureKind::Stalled,
        408 | 500.. => FailureKind::Ambiguous,
        401 | 403 | 404 | 405 | 407 | ..=399 => FailureKind::Misconfigured,
        _ => FailureKind::Rejected,
    };
    let reason = match elsewhere(headers).filter(|_| status.is_redirection()) {
        Some(target) => format!(
            "answered {status} to {target}; a signed delivery follows no redirection: is that the \
             endpoint?"
        ),
        None => format!("answered {status}"),
    };
    DeliveryFailure { kind, reason, retry_after: retry_after(headers, now) }
}

/// Where an answer points, without its query, which may hold a session.
fn elsewhere(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    Some(location.split(['?', '#']).next()?.chars().take(200).collect())
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> SignedDuration {
    let text = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = text.and_then(|text| match text.trim().parse::<u32>() {
        Ok(seconds) => Some(SignedDuration::from_secs(seconds.into())),
        Err(_) => Some(rfc2822::parse(text).ok()?.timestamp().duration_since(now)),
    });
    wait.unwrap_or_default().clamp(SignedDuration::ZERO, LONGEST_RETRY_AFTER)
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
        for mistyped in ["99999999", "999999999", "Sat, 06 Nov 2094 08:49:37 GMT"] {
            assert_eq!(asked(mistyped), 3_600, "{mistyped}");
        }
        for nothing in ["soon", "-5", ""] {
            assert_eq!(asked(nothing), 0, "{nothing}");
        }
    }

    #[test]
    fn every_status_has_its_meaning() {
        use FailureKind::{Ambiguous, Misconfigured, Rejected, Stalled};
        for (statuses, kind) in [
            (&[429][..], Stalled),
            (&[408, 500, 502, 503, 504, 599], Ambiguous),
            (&[301, 302, 307, 308, 401, 403, 404, 405, 407], Misconfigured),
            (&[400, 409, 410, 413, 415, 422, 451], Rejected),
        ] {
            for status in statuses {
                let answer = Answer::bare(*status, HeaderMap::new());
                assert_eq!(failure_of(&answer, Timestamp::UNIX_EPOCH).kind, kind, "{status}");
            }
        }
    }

    #[test]
    fn s5_where_an_answer_points_is_told_without_its_query() {
        let location = "https://sso.example/login?token=secret".parse().unwrap();
        let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
        let told = failure_of(&Answer::bare(307, headers), Timestamp::UNIX_EPOCH);
        assert_eq!(told.kind, FailureKind::Misconfigured);
        assert!(told.reason.contains("https://sso.example/login;"), "{}", told.reason);
    }
}
