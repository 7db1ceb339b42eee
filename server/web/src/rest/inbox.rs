//! What a department collects that cannot be posted to. It reads what would have been posted, byte for
//! byte and signed alike, and says which of it it has.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Bytes,
    extract::{
        Path, Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderName, HeaderValue, header},
};
use domain::{digest::hexadecimal, reference::read_reference};
use forward::{Department, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::inbox::{self, MOST};
use sha2::{Digest, Sha256};
use store::{Acknowledged, Acknowledgement, Delivery, DeliveryId};
use utoipa::{IntoParams, ToSchema};

use super::{
    paths::{ACKNOWLEDGE, INBOX},
    signed::Signed,
};
use crate::{problem::Problem, state::AppState};

/// How many are handed out where nobody says.
const USUAL: usize = 10;

/// How much to hand out.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// The most to hand out, 1 to 50; 10 unless told.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// What was handed out.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxPage {
    /// Oldest first. A request's later messages come when the earlier ones are acknowledged.
    deliveries: Vec<Collected>,
    /// Whether there may be more: collect again at once.
    more: bool,
}

/// One delivery, as it would have been posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Collected {
    /// Its id, the same whenever it comes: by it a department tells repetitions apart.
    id: String,
    /// The body, as text: the same bytes whenever it comes.
    body: String,
    /// SHA-256 of the body's bytes in UTF-8, hexadecimal.
    sha256: String,
    /// The headers that it would have been posted with: `webhook-id`, `webhook-timestamp` and
    /// `webhook-signature` over the body.
    headers: BTreeMap<String, String>,
    /// The lease under which it was handed out; acknowledge it with this.
    lease: String,
    /// When it is handed out again unless it is acknowledged, UTC.
    #[schema(value_type = String, format = DateTime)]
    leased_until: Timestamp,
    /// How often it has been handed out or posted before.
    attempts: u32,
}

impl Collected {
    fn of(
        delivery: Delivery,
        lease: &str,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let unavailable = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, delivery = delivery.id.0, "a delivery cannot be handed out");
            Problem::unavailable()
        };
        let signed = secret.sign(&delivery.id.0, now, &delivery.body);
        let signed = signed.map_err(|error| unavailable(&error))?;
        let headers = signed.iter().map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            (name.as_str().to_owned(), value.to_owned())
        });
        let sha256 = hexadecimal(&Sha256::digest(&delivery.body));
        let body = std::str::from_utf8(&delivery.body).map_err(|error| unavailable(&error))?;
        Ok(Self {
            body: body.to_owned(),
            sha256,
            headers: headers.collect(),
            lease: lease.to_owned(),
            leased_until: delivery.leased_until,
            attempts: delivery.attempts,
            id: delivery.id.0,
        })
    }
}

/// A department's word that it has what it collected. Fields that are not named here are left alone.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AcknowledgementBody {
    /// The delivery's id.
    id: String,
    /// The lease under which it was handed out.
    lease: String,
    /// The department's own reference: text of at most 200 characters, or a whole number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reference: serde_json::Value,
}

/// That a delivery has arrived; the same whenever it is acknowledged again.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcknowledgementAnswer {
    /// The delivery's id.
    id: String,
    /// The department's own reference that is kept of it.
    reference: Option<String>,
}

/// Never kept by anything on the way: it hands out what applicants wrote.
type Fresh<T> = ([(HeaderName, HeaderValue); 1], Json<T>);

fn fresh<T>(answer: T) -> Fresh<T> {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer))
}

/// Refuses a department that is posted to: what it looked up or was asked could be said again here.
fn collects(department: &Department) -> Result<(), Problem> {
    match department.endpoint {
        None => Ok(()),
        Some(_) => Err(Problem::conflict(
            "What waits for this department is posted to it. With `pull = true` in the place of its \
             endpoint it collects.",
        )),
    }
}

/// A department collects what waits for it. Signed as a Standard Webhook over `{}` or over nothing, with
/// a `webhook-id` that it uses once. What it collects and does not acknowledge comes again.
#[utoipa::path(
    get, path = INBOX, operation_id = "department_inbox", tag = "departments",
    params(
        ("id" = String, Path, description = "The department"),
        InboxQuery,
        ("webhook-id" = String, Header, description = "An id that the department uses once"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970"),
    ),
    security(("department" = [])),
    responses(
        (status = 200, description = "What waits, under a lease", body = InboxPage),
        (status = 400, description = "`limit` does not read", body = Problem),
        (status = 401, description = "Not signed with this department's secret", body = Problem),
        (status = 409, description = "The `webhook-id` was used before, or deliveries are posted to this department", body = Problem),
        (status = 429, description = "Too many requests of this department, or too many without a signature", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn collect(
    State(state): State<AppState>,
    Path(id): Path<String>,
    signed: Signed,
    query: Result<Query<InboxQuery>, QueryRejection>,
) -> Result<Fresh<InboxPage>, Problem> {
    let (department, message) = signed.asked_by(&state, &id)?;
    collects(department)?;
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let limit = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::bad_request(format!("`limit` is 1 to {MOST}.")));
    }
    let now = state.clock.now();
    if !state.offices.collections.note(&id, message, now) {
        return Err(Problem::conflict("This `webhook-id` was used before; use each one once."));
    }
    let lease = format!("inbox-{}", state.draw_token(18));
    let taken = inbox::collect(&*state.store, &id, &lease, now, limit).await;
    let taken = taken.map_err(|_unavailable| Problem::unavailable())?;
    let more = taken.len() == limit;
    let deliveries = taken
        .into_iter()
        .map(|delivery| Collected::of(delivery, &lease, &department.secret, now))
        .collect::<Result<_, _>>()?;
    Ok(fresh(InboxPage { deliveries, more }))
}

/// A department says that it has what it collected. Signed as a Standard Webhook with the shared secret;
/// saying it again changes nothing.
#[utoipa::path(
    post, path = ACKNOWLEDGE, operation_id = "department_acknowledgement", tag = "departments",
    request_body = AcknowledgementBody,
    params(
        ("id" = String, Path, description = "The department"),
        ("delivery" = String, Path, description = "The delivery"),
        ("webhook-id" = String, Header, description = "Standard Webhooks message id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970"),
    ),
    security(("department" = [])),
    responses(
        (status = 200, description = "It has arrived; also when it was acknowledged before", body = AcknowledgementAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 401, description = "Not signed with this department's secret", body = Problem),
        (status = 404, description = "No such delivery to this department", body = Problem),
        (status = 409, description = "Not collected under this lease, collected again since, or closed by somebody", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 429, description = "Too many requests of this department, or too many without a signature", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn acknowledge(
    State(state): State<AppState>,
    Path((department, delivery)): Path<(String, String)>,
    signed: Signed,
    body: Result<Bytes, BytesRejection>,
) -> Result<Fresh<AcknowledgementAnswer>, Problem> {
    let body = body.map_err(|_unread| Problem::too_large())?;
    let (known, _) = signed.by(&state, &department, &body)?;
    collects(known)?;
    let kind = signed.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let text = forward::charset::text(&body, kind)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let AcknowledgementBody { id, lease, reference } =
        serde_json::from_str(&text).map_err(|error| Problem::bad_request(error.to_string()))?;
    if id != delivery {
        return Err(Problem::bad_request("`id` is not the delivery of the address."));
    }
    let reference = read_reference(&reference)
        .map_err(|fault| Problem::bad_request(format!("`reference`: {fault}.")))?;
    let at = state.clock.now();
    let said = Acknowledgement {
        id: DeliveryId(delivery),
        department,
        owner: lease,
        reference: reference.clone(),
        at,
    };
    let became = inbox::acknowledge(&*state.store, &said).await;
    let reference = match became.map_err(|_unavailable| Problem::unavailable())? {
        Acknowledged::Done => reference,
        Acknowledged::Before(kept) => kept,
        Acknowledged::Unknown => return Err(Problem::not_found()),
        Acknowledged::NotHeld => {
            return Err(Problem::conflict(
                "Nothing was taken: it was not collected under this lease, or was collected again \
                 since. Whoever holds it acknowledges it; otherwise it comes again.",
            ));
        }
        Acknowledged::Closed(stands) => {
            return Err(Problem::conflict(format!(
                "Nothing was taken: the delivery is {} by now.",
                stands.name()
            )));
        }
    };
    Ok(fresh(AcknowledgementAnswer { id, reference }))
}
