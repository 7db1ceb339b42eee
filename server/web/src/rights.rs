//! The rights of applicants, as HTTP says them; what they are is in
//! [`service::rights`].

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use service_api::Export;

use crate::file_named::file_named;

pub mod forms;
pub mod notices;
pub mod outcomes;
pub mod reopening;

/// An export as a file that is kept by nobody on the way.
pub(crate) fn json_file(export: &Export) -> Response {
    file_named(Json(export).into_response(), &format!("{}.json", export.number))
}
