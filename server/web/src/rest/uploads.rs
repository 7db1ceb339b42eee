//! Files for requests that programs hand in: brought whole, or in parts over lines that break, as tus 1.0 has it
//! (core, creation, expiration and termination). Each is checked as a file of a form is.

use attachments::Arriving;
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use serde::Serialize;
use utoipa::ToSchema;

use super::paths::{UPLOAD, UPLOADS};
use crate::{
    attaching::uploads::{Received, TUS, TUS_RESUMABLE, arriving, id_in, not_grown, token},
    problem::Problem,
    security::visitor::AddressedText,
    state::AppState,
};

/// A file that was brought, or is coming.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// What `attachments` of a request names. Whoever has it can hand the file in: keep it to yourself.
    id: String,
    /// What the file is called; its end says what it is.
    name: String,
    /// Its length, bytes; while it is coming, as it was announced.
    size: u64,
    /// How much of it came, bytes.
    offset: u64,
    /// Until when it waits to be whole and handed in, UTC.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// What it is, by its content: `image/jpeg`, `image/png` or `application/pdf`; `null` until it is whole.
    media_type: Option<&'static str>,
    /// SHA-256 of its bytes as they are kept, hexadecimal; `null` until it is whole. A picture is drawn anew, and has
    /// another than what was sent.
    sha256: Option<String>,
}

/// An answer as tus wants it, whatever it says.
fn tus(answer: Result<Response, Problem>) -> Response {
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    let version = HeaderValue::from_static(TUS);
    let other = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    if other {
        headers.insert(HeaderName::from_static("tus-version"), version.clone());
    }
    headers.insert(HeaderName::from_static(TUS_RESUMABLE), version);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// How far it came.
fn headers_of(upload: &Arriving) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Of a picture that was drawn anew: as long as it was announced is not known any more, and it is whole.
    headers.insert(HeaderName::from_static("upload-offset"), upload.offset.into());
    let expires = DateTimePrinter::new().timestamp_to_rfc9110_string(&upload.until).ok();
    if let Some(expires) = expires.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(HeaderName::from_static("upload-expires"), expires);
    }
    headers
}

fn view(state: &AppState, upload: Arriving) -> UploadView {
    let Arriving { id, name, size, offset, until, file } = upload;
    let (media_type, sha256) = file.map(|file| (file.media_type.name(), file.sha256)).unzip();
    UploadView { id: token(state, &id), name, size, offset, until, media_type, sha256 }
}

/// Takes a file in: all of it as the body, with its `name`; or, with `Tus-Resumable`, word of one that comes in parts.
/// It is checked as a file of a form, waits for its request for 24 hours, and goes with one request only.
#[utoipa::path(
    post, path = UPLOADS, operation_id = "upload", tag = "requests",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file: JPEG, PNG, WebP or PDF, whatever type the body is said to be. None with `Tus-Resumable`"),
    params(
        ("name" = Option<String>, Query, description = "What the file is called, e.g. `crack.jpg`; not with `Tus-Resumable`"),
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`: the file comes in parts (tus.io)"),
        ("Upload-Length" = Option<u64>, Header, description = "With `Tus-Resumable`: bytes of the whole file"),
        ("Upload-Metadata" = Option<String>, Header, description = "With `Tus-Resumable`: `filename` and what the file is called, in base64"),
    ),
    security((), ("identity" = [])),
    responses(
        (status = 201, description = "It is kept, or parts of it can come: at `Location`", body = UploadView),
        (status = 400, description = "It is not said what the file is called or how long it is", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 413, description = "The file is too large", body = Problem),
        (status = 422, description = "The file is not taken: of another kind, broken, encrypted, or it does something by itself. The type of the problem says which", body = Problem),
        (status = 429, description = "Too many files came from this address", body = Problem),
        (status = 503, description = "It cannot be kept just now, or did not come in time", body = Problem),
    )
)]
pub async fn create(
    State(state): State<AppState>,
    received: Option<Extension<Received>>,
) -> Response {
    tus(received_of(received).map(|upload| {
        let mut headers = headers_of(&upload);
        let view = view(&state, upload);
        if let Ok(location) = HeaderValue::from_str(&format!("{UPLOADS}/{}", view.id)) {
            headers.insert(header::LOCATION, location);
        }
        (StatusCode::CREATED, headers, Json(view)).into_response()
    }))
}

fn received_of(received: Option<Extension<Received>>) -> Result<Arriving, Problem> {
    let Some(Extension(Received(received))) = received else {
        tracing::error!("a file did not come through the door");
        return Err(Problem::unavailable());
    };
    received
}

/// How far a file came. HEAD says it in `Upload-Offset`.
#[utoipa::path(
    get, path = UPLOAD, operation_id = "upload_state", tag = "requests",
    params(("upload" = String, Path, description = "Its id")),
    security((), ("identity" = [])),
    responses(
        (status = 200, description = "How far it came; what it is, once it is whole", body = UploadView),
        (status = 404, description = "There is none, or not any more", body = Problem),
        (status = 409, description = "It is being put together", body = Problem),
        (status = 422, description = "It came whole and is not taken", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn one(State(state): State<AppState>, AddressedText(upload): AddressedText) -> Response {
    tus(found(&state, &upload).await.map(|upload| {
        let mut headers = headers_of(&upload);
        // One that is whole has the length that came.
        headers.insert(HeaderName::from_static("upload-length"), upload.size.into());
        (headers, Json(view(&state, upload))).into_response()
    }))
}

async fn found(state: &AppState, upload: &str) -> Result<Arriving, Problem> {
    let id = id_in(state, upload).ok_or_else(Problem::not_found)?;
    arriving(state, id).await
}

/// Takes a part of a file in, where the file ends. What came of a line that broke is kept: ask by HEAD and go on from there.
#[utoipa::path(
    patch, path = UPLOAD, operation_id = "upload_part", tag = "requests",
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    params(
        ("upload" = String, Path, description = "Its id"),
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "Where the part begins: how much came before, bytes"),
    ),
    security((), ("identity" = [])),
    responses(
        (status = 204, description = "It is kept: `Upload-Offset` says how much came. With the last part the file was checked"),
        (status = 400, description = "It does not say where it begins, or more comes than was announced", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "There is none, or not any more", body = Problem),
        (status = 409, description = "The file does not end there, or another part is coming in", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 413, description = "The file is too large", body = Problem),
        (status = 415, description = "No part: another media type", body = Problem),
        (status = 422, description = "The file is whole and not taken; nothing of it is kept", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "It cannot be kept just now, or did not come in time", body = Problem),
    )
)]
pub async fn grow(received: Option<Extension<Received>>) -> Response {
    let grown = received_of(received);
    tus(grown.map(|upload| (StatusCode::NO_CONTENT, headers_of(&upload)).into_response()))
}

/// Lets go of a file that waits: it is deleted at once.
#[utoipa::path(
    delete, path = UPLOAD, operation_id = "delete_upload", tag = "requests",
    params(("upload" = String, Path, description = "Its id")),
    security((), ("identity" = [])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "The proof of identity is not valid any more", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 404, description = "There is none, or not any more, or it went with a request", body = Problem),
        (status = 409, description = "A part is coming in, or it is being put together", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn let_go(
    State(state): State<AppState>,
    AddressedText(upload): AddressedText,
) -> Response {
    let gone = async {
        let id = id_in(&state, &upload).ok_or_else(Problem::not_found)?;
        state.files.let_go_of_upload(&id).await.map_err(not_grown)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    tus(gone.await)
}
