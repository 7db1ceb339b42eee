//! The files of requests: fetched under an address that was signed, and for a while; and new addresses for
//! a department whose own has lapsed.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    attachment::Attached,
    request::{RequestNumber, files::is_signed},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::follow::not_shown;
use sha2::{Digest, Sha256};
use store::AttachmentState;
use utoipa::{IntoParams, ToSchema};

use super::{
    paths::{ATTACHMENT, DEPARTMENT_ATTACHMENTS},
    signed::Signed,
};
use crate::{attaching::addressed, problem::Problem, security::visitor::Visitor, state::AppState};

/// How long whoever found no place waits before they fetch again, seconds.
const WAIT_FOR_PLACE: u64 = 5;

/// What an address is signed with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AddressQuery {
    /// Until when it is good, seconds since 1970.
    expires: i64,
    /// This portal's signature.
    signature: String,
}

/// A file that goes with a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its id.
    id: String,
    /// What the applicant calls it.
    name: String,
    /// What it is, by its content: `image/jpeg`, `image/png` or `application/pdf`.
    media_type: &'static str,
    /// Its length, bytes.
    size: u64,
    /// SHA-256 of its bytes, hexadecimal: the one that the request was sent with.
    sha256: String,
    /// Where it is fetched; a path where the portal was not told its own host.
    address: String,
    /// Until when, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

impl From<Attached> for AttachmentView {
    fn from(file: Attached) -> Self {
        let Attached { id, name, media_type, size, sha256, address, expires } = file;
        Self { id, name, media_type: media_type.name(), size, sha256, address, expires }
    }
}

/// A file of a request, under the address that the request was sent with. Never anything that a browser
/// would show by itself.
#[utoipa::path(
    get, path = ATTACHMENT, operation_id = "attachment", tag = "departments",
    params(("attachment" = String, Path, description = "The file"), AddressQuery),
    responses(
        (status = 200, description = "The file; `Repr-Digest` (RFC 9530) is that of the request", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "Not signed by this portal, or the file is not there", body = Problem),
        (status = 410, description = "The address has lapsed, or the request was deleted: ask for a new one", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<AddressQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    // Alike for an address that does not read and one that nobody signed.
    let (Ok(Path(id)), Ok(Query(AddressQuery { expires, signature }))) = (id, query) else {
        return Err(Problem::not_found());
    };
    if !is_signed(&state.receipts, &id, expires, &signature) {
        return Err(Problem::not_found());
    }
    if expires <= state.clock.now().as_second() {
        return Err(Problem::gone(
            "This address has lapsed. The department asks for a new one; the applicant opens the \
             request again.",
        ));
    }
    let unavailable = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a file of a request cannot be handed out");
        Problem::unavailable()
    };
    let known = state.files.known(std::slice::from_ref(&id)).await;
    let known = known.map_err(|error| unavailable(&error))?;
    if !matches!(&known[..], [(_, AttachmentState::Claimed(_))]) {
        return Err(Problem::gone("The file was deleted with its request."));
    }
    let Some(place) = state.readers.place(visitor.visit.client).await else {
        state.metrics.limit_hit("attachment");
        return Err(Problem::too_many_requests(WAIT_FOR_PLACE));
    };
    let fetched = state.files.fetch(&id).await.map_err(|error| unavailable(&error))?;
    let Some((file, bytes)) = fetched else { return Err(Problem::not_found()) };
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
    let headers = [
        (header::CONTENT_TYPE, file.media_type.name().to_owned()),
        (header::CONTENT_LENGTH, bytes.len().to_string()),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
        (HeaderName::from_static("repr-digest"), digest),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::ACCEPT_RANGES, "none".to_owned()),
    ];
    Ok((headers, place.body(bytes)).into_response())
}

/// To be kept, under its name (RFC 6266), never to be shown by a browser.
fn disposition(name: &str) -> String {
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("attachment; filename*=UTF-8''{encoded}")
}

/// The files of a request, with new addresses, for a department that it was sent to. Signed as a Standard
/// Webhook over `{}` or over nothing.
#[utoipa::path(
    get, path = DEPARTMENT_ATTACHMENTS, operation_id = "department_attachments", tag = "departments",
    params(
        ("id" = String, Path, description = "The department"),
        ("number" = String, Path, description = "The request's number"),
        ("webhook-id" = String, Header, description = "An id of the department's own"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970"),
    ),
    security(("department" = [])),
    responses(
        (status = 200, description = "Its files; none where it has none", body = Vec<AttachmentView>),
        (status = 401, description = "Not signed with this department's secret", body = Problem),
        (status = 404, description = "No such request was sent to this department", body = Problem),
        (status = 429, description = "Too many requests of this department, or too many without a signature", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn of_department(
    State(state): State<AppState>,
    Path((id, number)): Path<(String, String)>,
    signed: Signed,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Vec<AttachmentView>>), Problem> {
    signed.asked_by(&state, &id)?;
    let number = RequestNumber::parse(&number).ok_or_else(Problem::not_found)?;
    let sent = state.store.deliveries_of(&number).await.map_err(not_shown)?;
    if !sent.iter().any(|delivery| delivery.department == id) {
        return Err(Problem::not_found());
    }
    let request = state.store.request(&number).await.map_err(not_shown)?;
    let request = request.ok_or_else(Problem::not_found)?;
    let files = addressed(&state, request.submission.attachments, state.clock.now());
    let files = files.into_iter().map(AttachmentView::from).collect();
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(files)))
}
