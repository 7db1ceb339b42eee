//! Requests through the API: hand in, follow.

use std::collections::BTreeMap;

use app::urls;
use axum::{
    Extension, Json,
    extract::{FromRequestParts, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    address::API,
    attachment::FileFault,
    code::{LandCode, Strictness},
    request::{
        Actor, Channel, Elapsed, Outcome, Rating, RequestNumber, RequestState, TimeLimit,
        outcome_document,
    },
    service::{Answers, service},
    staff::is_look,
    suitability::{AskWritten, Said},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use service::submission::{Given, NotKept, client_key, is_key};
use service_api::{DeletedBecause, Opened, Reach, Unavailable};
use utoipa::ToSchema;

use super::paths::{REQUEST, REQUESTS};
use crate::{
    attaching::{addressed, uploads::named},
    client::ClientAddress,
    problem::Problem,
    request_id::RequestId,
    security::visitor::{AddressedText, Submissions, Visitor},
    security_event::Event,
    state::AppState,
};

/// A request to hand in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequestBody {
    /// Id of the service, e.g. `data-correction`.
    item: String,
    /// The place, 19 or 28 characters.
    code: String,
    /// Answers by question name: texts; of a group a list, with an object of texts for each.
    #[schema(value_type = Object)]
    #[serde(deserialize_with = "domain::service::grouped::deserialize")]
    answers: Answers,
    /// The data version the answers rest on, `dataset/number`.
    #[serde(default)]
    data_version: String,
    /// The facts that the department is asked for, from a verdict on the site: `rules`, `use`, `facts` by
    /// their ids, and the applicant's `answers`. Only what the rules ask of the department can be asked.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    asks: Option<AskWritten>,
    /// The files that go with it: ids that `upload` answered with, as many as the service takes (`attachments`).
    #[serde(default)]
    attachments: Vec<String>,
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The request's number.
    #[schema(value_type = String)]
    number: RequestNumber,
    /// What opens it; keep it like a password.
    secret: String,
    /// Where to follow it.
    href: String,
    /// What to mind: that this portal delivers nothing yet, or only to a sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// What an API client is told where a visitor reads it on the form.
fn notice(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::Department => None,
        Reach::Sample => Some("A demonstration: requests go to a sample department only."),
        Reach::Nobody => Some("No department is connected yet: requests are kept, not delivered."),
    }
}

/// Hands in a request. The answer comes only after it is safely kept; the same
/// `Idempotency-Key` never makes two.
#[utoipa::path(
    post, path = REQUESTS, operation_id = "submit_request", tag = "requests", request_body = NewRequestBody,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 128, description = "16 to 128 visible characters, new for each request; keys of one client are nothing to another")),
    security((), ("identity" = [])),
    responses(
        (status = 201, description = "Kept", body = Receipt),
        (status = 200, description = "The same request was kept before under this key", body = Receipt),
        (status = 400, description = "The body or the key does not read", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "No such place or service", body = Problem),
        (status = 409, description = "The code has ended, and the service can be asked for at codes in force only: `successors` names those that it led to; or a file of `attachments` is not whole yet", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "Answers need attention, the key was used before, or `attachments` are too many or not kept any more", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn create(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Json<NewRequestBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::bad_request(error.body_text()),
    })?;
    let key =
        headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_key(key) {
        return Err(Problem::bad_request(
            "Send an Idempotency-Key of 16 to 128 visible characters.",
        ));
    }
    let code = LandCode::parse(&body.code, Strictness::LookUp)
        .map_err(|error| Problem::malformed_code(&error))?
        .code
        .canonical();
    let item = service(&body.item).ok_or_else(Problem::not_found)?;
    let key = client_key(&state.receipts, &visitor.visit, key);
    let most = item.attachments.as_ref().map_or(0, |files| files.most);
    let files = named(&state, &body.attachments, most).await?;
    let files = addressed(&state, files, state.clock.now());
    let given = Given {
        item,
        code,
        answers: &body.answers,
        seen: &body.data_version,
        key: &key,
        channel: Channel::Applicant,
        assisted: None,
        knows_of_end: true,
        asks: body.asks.as_ref(),
        attachments: &files,
    };
    let quota = Submissions { state: &state, visitor: &visitor, headers: &headers };
    let kept = state.reception().submit(&visitor.visit, given, &quota).await;
    let kept = kept.map_err(|reason| match reason {
        NotKept::Refused(refusal) => visitor.problem(&state, &refusal),
        NotKept::NotOffered => Problem::not_found(),
        NotKept::Faults(faults) => Problem::faults(faults),
        NotKept::Asks(error) => Problem::bad_request(format!("`asks`: {error}.")),
        NotKept::KeyReused(_) | NotKept::AskedBefore(_) => Problem::key_reused(),
        NotKept::Ended(lineage) => Problem::ended(&lineage),
        NotKept::Files(_) => Problem::file(FileFault::Gone),
        NotKept::TooOften { retry_after } => Problem::too_many_requests(retry_after),
    })?;
    let href = urls::request(&kept.number);
    let receipt = Receipt {
        secret: state.receipts.secret(&kept.number),
        href: format!("{API}{href}"),
        notice: notice(state.portal.reach()),
        number: kept.number,
    };
    let status = if kept.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let location = receipt.href.clone();
    let mut response = (status, Json(receipt)).into_response();
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(&location) {
        out.insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The request of the address, which the secret of the call opens: 404 alike for a wrong number and
/// a wrong secret.
#[derive(Debug)]
pub struct BySecret(pub Opened);

impl FromRequestParts<AppState> for BySecret {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let AddressedText(number) = AddressedText::from_request_parts(parts, state).await?;
        let client = Extension::<ClientAddress>::from_request_parts(parts, state).await;
        let Extension(client) = client.map_err(IntoResponse::into_response)?;
        opened(state, &number, client, parts).map(Self).map_err(IntoResponse::into_response)
    }
}

fn opened(
    state: &AppState,
    number: &str,
    client: ClientAddress,
    parts: &Parts,
) -> Result<Opened, Problem> {
    let number = RequestNumber::parse(number).ok_or_else(Problem::not_found)?;
    let secret = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(Problem::not_found)?;
    if let Some(opened) = state.portal.open(&number, secret) {
        return Ok(opened);
    }
    let visitor = state.marks.mark(client);
    let id = parts.extensions.get::<RequestId>().map(|id| &*id.0);
    state.security.note(Event::WrongReceiptSecret, Some(&visitor), id);
    Err(Problem::not_found())
}

/// What to say to whoever has the secret of a request that is not there: that it was deleted, and
/// when and why.
pub(crate) async fn missing(state: &AppState, opened: &Opened) -> Problem {
    match state.portal.deleted(opened).await {
        Ok(Some(gone)) => {
            let why = match gone.cause {
                DeletedBecause::TimeOver => "its time was over",
                DeletedBecause::Applicant => "its applicant wanted it",
                DeletedBecause::Operator => "the operator did it",
            };
            Problem::gone(format!("The request was deleted on {}: {why}.", gone.day))
        }
        Ok(None) => Problem::not_found(),
        Err(Unavailable) => Problem::unavailable(),
    }
}

/// Where a request stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestStatus {
    #[schema(value_type = String)]
    number: RequestNumber,
    /// Id of the service.
    item: String,
    /// The place.
    #[schema(value_type = String)]
    code: LandCode,
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Timestamp,
    /// `submitted`, `sent`, `acknowledged`, `in_progress`, `decided`, `returned` or
    /// `withdrawn`.
    #[schema(value_type = String)]
    state: RequestState,
    /// The department's own reference, once it has given one.
    reference: Option<String>,
    /// The time that the law allows, where it sets a number of days.
    time_limit: Option<TimeLimitView>,
    /// What happened, oldest first.
    events: Vec<EventView>,
}

/// The time that the law allows, from the day on which the department confirmed that it has the request.
/// What the department asks for afterwards, a hearing or a survey does not count by law, and is not known here.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TimeLimitView {
    /// Working days of China.
    working_days: u32,
    /// The day of the confirmation, in China; null before it.
    #[schema(value_type = Option<String>, format = Date)]
    begun: Option<Date>,
    /// Its last day; null before it begins, once the request has ended, and where it lies in a year whose
    /// holidays are not known.
    #[schema(value_type = Option<String>, format = Date)]
    last: Option<Date>,
    /// Whether its last day has passed, and the request has not ended.
    is_over: bool,
    /// Working days since then; null where it has not passed, and where holidays are not known.
    over: Option<u32>,
    /// Working days until the department was done; null before that, and where holidays are not known.
    taken: Option<u32>,
}

impl From<TimeLimit> for TimeLimitView {
    fn from(TimeLimit { working_days, stands }: TimeLimit) -> Self {
        let none = Self { working_days, ..Self::default() };
        match stands {
            Elapsed::NotBegun => none,
            Elapsed::RunsOutUnknown { begun } => Self { begun: Some(begun), ..none },
            Elapsed::Running { begun, last, .. } => {
                Self { begun: Some(begun), last: Some(last), ..none }
            }
            Elapsed::Over { begun, last, by } => {
                Self { begun: Some(begun), last: Some(last), is_over: true, over: by, ..none }
            }
            Elapsed::Ended { after } => Self { taken: after, ..none },
        }
    }
}

/// Something that happened to a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The state it led to.
    #[schema(value_type = String)]
    state: RequestState,
    /// Who made it.
    by: EventBy,
    /// Words for the applicant from whoever made it: the department, or staff of the portal.
    note: Option<String>,
    /// What the department says of the facts that it was asked for, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    facts: BTreeMap<String, Said>,
    /// How satisfied the applicant was, `very_satisfied` to `very_dissatisfied`; `note` is what they say
    /// of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    rating: Option<Rating>,
    /// What became of the request as an application: `kind`, and with it `materials` and `deadline` or `reasons`. Of a
    /// deadline in working days `until` is the last day, left out where it lies in a year that was not announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    outcome: Option<Outcome>,
    /// The number of the notice of that outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    /// Whether it is that somebody at the counter read the request; `note` is what for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    looked: bool,
    /// SHA-256 chained to the event before.
    hash: String,
}

/// Who made an event. Staff are not named.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventBy {
    /// The applicant.
    Applicant,
    /// This portal.
    Portal,
    /// A department.
    Department,
    /// A member of the staff of whoever runs the portal.
    Staff,
}

impl From<&Actor> for EventBy {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Applicant => Self::Applicant,
            Actor::Portal => Self::Portal,
            Actor::Department(_) => Self::Department,
            Actor::Staff(_) => Self::Staff,
        }
    }
}

/// Follows a request with its secret.
#[utoipa::path(
    get, path = REQUEST, operation_id = "request", tag = "requests",
    params(("number" = String, Path, description = "The request's number")),
    security(("receipt" = [])),
    responses(
        (status = 200, description = "Where it stands", body = RequestStatus),
        (status = 404, description = "No such request, or not its secret", body = Problem),
        (status = 410, description = "It was deleted: when and why", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing is shown", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn one(
    State(state): State<AppState>,
    BySecret(opened): BySecret,
) -> Result<Response, Problem> {
    let view = match state.portal.request(&opened).await {
        Ok(Some(view)) => view,
        Ok(None) => return Err(missing(&state, &opened).await),
        Err(why) => return Err(why.into()),
    };
    let notices: Vec<_> = view
        .events
        .iter()
        .map(|event| {
            let document = outcome_document(&view.number, &view.events, event.sequence);
            document.map(|document| document.number())
        })
        .collect();
    let status = RequestStatus {
        number: view.number,
        item: view.item,
        code: view.code,
        submitted_at: view.submitted_at,
        state: view.state,
        reference: view.reference,
        time_limit: view.time_limit.map(TimeLimitView::from),
        events: view
            .events
            .into_iter()
            .zip(notices)
            .map(|(event, notice)| EventView {
                looked: is_look(&event),
                at: event.at,
                state: event.state,
                by: EventBy::from(&event.actor),
                note: event.note,
                facts: event.facts,
                rating: event.rating,
                outcome: event.outcome,
                notice,
                hash: event.hash,
            })
            .collect(),
    };
    let mut response = Json(status).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
