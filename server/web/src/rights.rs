//! The rights of applicants, as HTTP says them; what they are is in
//! [`service::rights`].

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use service_api::Export;

pub mod forms;
pub mod notices;
pub mod outcomes;
pub mod reopening;

/// An export as a file that is kept by nobody on the way.
pub(crate) fn json_file(export: &Export) -> Response {
    let name = format!("attachment; filename=\"{}.json\"", export.number);
    let mut response = Json(export).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
