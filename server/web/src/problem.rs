//! Errors of the API: RFC 9457 problem details. Stable types, no internals.

use std::sync::Arc;

use axum::{
    Json,
    http::{Extensions, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{ParcelCode, code::CodeError, lineage::Lineage, service::FieldFault};
use serde::Serialize;
use service_api::{NotShown, Refusal};
use utoipa::ToSchema;

use crate::request_id::RequestId;

/// An RFC 9457 problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name of the problem, `urn:jianma:problem:…`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the type means, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time, and what to do.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// The request's id, to name in a complaint: also the header `x-request-id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    instance: Option<Arc<str>>,
    /// For a malformed code: the position, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u32>,
    /// For a form: what is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<Object>)]
    faults: Box<[FieldFault]>,
    /// For a code that has ended: the codes in force that it led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    successors: Option<Box<[ParcelCode]>>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: String) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            position: None,
            faults: Box::default(),
            successors: None,
            retry_after: None,
        }
    }

    /// 404, alike for what does not exist and what may not be shown (rule P5).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "urn:jianma:problem:not-found",
            "Not found",
            "There is nothing here that may be shown. Check the code or number.".into(),
        )
    }

    /// 400: not a code.
    #[must_use]
    pub fn malformed_code(error: &CodeError) -> Self {
        Self {
            position: u32::try_from(error.position()).ok(),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "urn:jianma:problem:malformed-code",
                "Malformed code",
                format!("This is no unit or parcel code: {error}."),
            )
        }
    }

    /// 400: a parameter or body that does not read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "urn:jianma:problem:bad-request",
            "Bad request",
            detail.into(),
        )
    }

    /// 413: more than a form or call ever needs.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "urn:jianma:problem:too-large",
            "Body too large",
            "Nothing was kept. Shorten the answers and send it again.".into(),
        )
    }

    /// 401: a signature or secret that does not fit.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:jianma:problem:unauthorized",
            "Not signed as required",
            detail.into(),
        )
    }

    /// 405: a method that no route has.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "urn:jianma:problem:method-not-allowed",
            "Method not served",
            "This portal takes GET, HEAD and POST.".into(),
        )
    }

    /// 405: a method that this address has not; `Allow` says which it has (RFC 9110 §15.5.6).
    #[must_use]
    pub fn other_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "urn:jianma:problem:method-not-allowed",
            "Method not served",
            "This address takes the methods that the header Allow names. Nothing was kept.".into(),
        )
    }

    /// 409: a state that does not follow from the present one.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "urn:jianma:problem:conflict", "Conflict", detail.into())
    }

    /// 409: a service was asked for at a code that has ended.
    #[must_use]
    pub fn ended(lineage: &Lineage) -> Self {
        let since = lineage.ended_on.map(|day| format!(" on {day}")).unwrap_or_default();
        let next = if lineage.in_force.is_empty() {
            "No code that can be named followed; ask the registry."
        } else {
            "Ask at one of the codes in `successors`."
        };
        Self {
            successors: Some(lineage.in_force.clone().into()),
            ..Self::new(
                StatusCode::CONFLICT,
                "urn:jianma:problem:code-ended",
                "The code has ended",
                format!("Nothing was kept: the code ended{since}. {next}"),
            )
        }
    }

    /// 410: a request that was deleted.
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "urn:jianma:problem:gone", "Deleted", detail.into())
    }

    /// 403: from another site.
    #[must_use]
    pub fn cross_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "urn:jianma:problem:cross-site",
            "Refused",
            "Calls from pages of other sites are not answered.".into(),
        )
    }

    /// 422: answers with faults.
    #[must_use]
    pub fn faults(faults: Vec<FieldFault>) -> Self {
        Self {
            faults: faults.into(),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "urn:jianma:problem:faults",
                "Some answers need attention",
                "Nothing was kept. Correct the fields named in `faults` and send it again.".into(),
            )
        }
    }

    /// 422: an idempotency key used for something else.
    #[must_use]
    pub fn key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "urn:jianma:problem:idempotency-key-reused",
            "Idempotency-Key used before",
            "This key came with a different request before. Use a new key for a new request."
                .into(),
        )
    }

    /// 429.
    #[must_use]
    pub fn too_many_requests(retry_after: u64) -> Self {
        Self {
            retry_after: u32::try_from(retry_after).ok(),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "urn:jianma:problem:too-many-requests",
                "Too many requests",
                format!("Wait {retry_after} s, then go on more slowly."),
            )
        }
    }

    /// 503: storage or something else does not answer.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:jianma:problem:unavailable",
            "Cannot answer just now",
            "This is our fault, and nothing was lost. Try again in a minute.".into(),
        )
    }

    /// 500: what is kept of a request is not as it was written.
    #[must_use]
    pub fn altered() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "urn:jianma:problem:request-altered",
            "The request is not as it was written",
            "Part of what is kept of this request is missing or was changed. None of it is shown, and \
             nothing was done. The operator has been told; trying again does not help. Ask the \
             operator, with the number of the request."
                .into(),
        )
    }

    /// This problem, told with the id of the request that it answers.
    #[must_use]
    pub fn of(self, id: Option<&RequestId>) -> Self {
        let instance = id.map(|id| format!("urn:jianma:request:{}", id.0).into());
        Self { instance, ..self }
    }

    /// The response, with the id of the request it answers.
    #[must_use]
    pub fn respond(self, extensions: &Extensions) -> Response {
        self.of(extensions.get::<RequestId>()).into_response()
    }
}

impl From<NotShown> for Problem {
    fn from(why: NotShown) -> Self {
        match why {
            NotShown::Unavailable(_) => Self::unavailable(),
            NotShown::Altered => Self::altered(),
        }
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Nothing { .. } => Self::not_found(),
            Refusal::TooMany { retry_after } => Self::too_many_requests(*retry_after),
            Refusal::Unavailable(_) => Self::unavailable(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
