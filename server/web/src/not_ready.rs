//! What is still being put together.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, request_id::RequestId};

/// On an answer: it says that something is still being put together, which is no error and logged as none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotReady;

/// The answer to a program: when to ask again.
pub(crate) fn problem(id: &RequestId, retry_after: u64) -> Response {
    let mut response = Problem::not_yet().of(Some(id)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response.extensions_mut().insert(NotReady);
    response
}
