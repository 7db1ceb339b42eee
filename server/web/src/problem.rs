//! Errors of the API: RFC 9457 problem details. Stable types, no internals.

use std::sync::Arc;

use axum::{
    Json,
    http::{Extensions, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    ParcelCode, attachment::FileFault, code::CodeError, lineage::Lineage, service::FieldFault,
};
use serde::Serialize;
use service_api::NotShown;
use utoipa::ToSchema;

use crate::{refusal::Refusal, request_id::RequestId};

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
    refusal: Refusal,
}

impl Refusal {
    /// What a program is told: the type, what it means, and what to do where no call knows more.
    #[must_use]
    pub fn problem(self) -> Problem {
        let (kind, title, detail) = self.told();
        let detail = match self {
            Self::TooMany { retry_after } => {
                format!("Wait {retry_after} s, then go on more slowly.")
            }
            _ => detail.to_owned(),
        };
        Problem {
            kind,
            title,
            status: self.status().as_u16(),
            detail: detail.into(),
            instance: None,
            position: None,
            faults: Box::default(),
            successors: None,
            refusal: self,
        }
    }

    const fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotFound => (
                "urn:jianma:problem:not-found",
                "Not found",
                "There is nothing here that may be shown. Check the code or number.",
            ),
            Self::MalformedCode => (
                "urn:jianma:problem:malformed-code",
                "Malformed code",
                "This is no unit or parcel code.",
            ),
            Self::BadRequest => (BAD_REQUEST, "Bad request", "This does not read."),
            Self::Ambiguous => (
                BAD_REQUEST,
                "Bad request",
                "This is no request of HTTP/1.1 that can be read in one way only.",
            ),
            Self::Unreadable => (BAD_REQUEST, "Bad request", "This is no form in UTF-8."),
            Self::Unsigned => (
                UNAUTHORIZED,
                "Not signed as required",
                "Sign the body with the secret shared with this portal.",
            ),
            Self::Unproved => (
                UNAUTHORIZED,
                "Not signed as required",
                "The proof of who you are is not valid any more. Sign in again.",
            ),
            Self::WrongKey => (
                "urn:jianma:problem:wrong-api-key",
                "No key of this portal",
                "The key in `Authorization: Bearer` is nobody's here, or was disabled. Nothing was answered. Ask the \
                 operator for another, or leave the header out: what is told without a key is the same.",
            ),
            Self::CrossSite | Self::ForeignPart => (
                "urn:jianma:problem:cross-site",
                "Refused",
                "Calls from pages of other sites are not answered.",
            ),
            Self::ServedNowhere => {
                (OTHER_METHOD, "Method not served", "This portal takes GET, HEAD and POST.")
            }
            Self::NotServedHere => (
                OTHER_METHOD,
                "Method not served",
                "This address takes the methods that the header Allow names. Nothing was kept.",
            ),
            Self::Conflict => ("urn:jianma:problem:conflict", "Conflict", "Nothing was done."),
            Self::Ended => (
                "urn:jianma:problem:code-ended",
                "The code has ended",
                "Nothing was kept: the code ended.",
            ),
            Self::Gone => ("urn:jianma:problem:gone", "Deleted", "It was deleted."),
            Self::TooLarge => (
                "urn:jianma:problem:too-large",
                "Body too large",
                "Nothing was kept. Shorten the answers and send it again.",
            ),
            Self::Contradiction => (
                "urn:jianma:problem:contradiction",
                "Two things that cannot both be meant",
                "Leave one of the two out.",
            ),
            Self::Faults => (
                "urn:jianma:problem:faults",
                "Some answers need attention",
                "Nothing was kept. Correct the fields named in `faults` and send it again.",
            ),
            Self::File => (FILE_REFUSED, "The file is not taken", "Nothing was kept of it."),
            Self::OtherVersion => (
                "urn:jianma:problem:other-version",
                "Another version of the protocol",
                "Send `Tus-Resumable: 1.0.0`.",
            ),
            Self::KeyReused => (
                "urn:jianma:problem:idempotency-key-reused",
                "Idempotency-Key used before",
                "This key came with a different request before. Use a new key for a new request.",
            ),
            Self::TooMany { .. } => {
                ("urn:jianma:problem:too-many-requests", "Too many requests", "")
            }
            Self::TooSlow => (UNAVAILABLE, "Cannot answer just now", "It did not arrive in time."),
            Self::Unavailable => (
                UNAVAILABLE,
                "Cannot answer just now",
                "This is our fault, and nothing was lost. Try again in a minute.",
            ),
            Self::Altered => (
                "urn:jianma:problem:request-altered",
                "The request is not as it was written",
                "Part of what is kept of this request is missing or was changed. None of it is shown, and \
                 nothing was done. The operator has been told; trying again does not help. Ask the \
                 operator, with the number of the request.",
            ),
        }
    }
}

const BAD_REQUEST: &str = "urn:jianma:problem:bad-request";
const UNAUTHORIZED: &str = "urn:jianma:problem:unauthorized";
const OTHER_METHOD: &str = "urn:jianma:problem:method-not-allowed";
const FILE_REFUSED: &str = "urn:jianma:problem:file-refused";
const UNAVAILABLE: &str = "urn:jianma:problem:unavailable";

impl Problem {
    /// What is told of a refusal by whoever knows more of it.
    fn because(refusal: Refusal, detail: impl Into<String>) -> Self {
        Self { detail: detail.into().into(), ..refusal.problem() }
    }

    /// Nothing is there that may be shown.
    #[must_use]
    pub fn not_found() -> Self {
        Refusal::NotFound.problem()
    }

    /// Not a code; it says where.
    #[must_use]
    pub fn malformed_code(error: &CodeError) -> Self {
        let detail = format!("This is no unit or parcel code: {error}.");
        Self {
            position: u32::try_from(error.position()).ok(),
            ..Self::because(Refusal::MalformedCode, detail)
        }
    }

    /// A parameter or body that does not read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::because(Refusal::BadRequest, detail)
    }

    /// Two parts of a question that cannot both be meant; it names both.
    pub fn contradiction(one: &str, other: &str) -> Self {
        let detail =
            format!("`{one}` and `{other}` cannot both be meant. Leave one of the two out.");
        Self::because(Refusal::Contradiction, detail)
    }

    /// More than a form or call ever needs.
    #[must_use]
    pub fn too_large() -> Self {
        Refusal::TooLarge.problem()
    }

    /// A signature that does not fit, for a reason that only who has the secret is told.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::because(Refusal::Unsigned, detail)
    }

    /// A state that does not follow from the present one.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::because(Refusal::Conflict, detail)
    }

    /// A service was asked for at a code that has ended.
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
            ..Self::because(
                Refusal::Ended,
                format!("Nothing was kept: the code ended{since}. {next}"),
            )
        }
    }

    /// A request that was deleted.
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::because(Refusal::Gone, detail)
    }

    /// A file that is not taken: the detail is why, and each reason that is no question of size or time has a type of
    /// its own.
    #[must_use]
    pub fn file(fault: FileFault) -> Self {
        let kind = match fault {
            FileFault::Unavailable => return Self::unavailable(),
            FileFault::TooOften { seconds } => return Self::too_many_requests(seconds),
            FileFault::TooLarge { .. } => {
                return Self::because(Refusal::TooLarge, format!("Nothing was kept: {fault}."));
            }
            FileFault::Empty => "urn:jianma:problem:file-empty",
            FileFault::TooMuch { .. } => "urn:jianma:problem:files-too-large",
            FileFault::TooMany { .. } => "urn:jianma:problem:files-too-many",
            FileFault::NotTaken | FileFault::NotItsName { .. } => "urn:jianma:problem:file-type",
            FileFault::Broken => "urn:jianma:problem:file-broken",
            FileFault::TooManyPixels { .. } => "urn:jianma:problem:file-pixels",
            FileFault::TooManyPages { .. } => "urn:jianma:problem:file-pages",
            FileFault::Encrypted => "urn:jianma:problem:file-encrypted",
            FileFault::Active | FileFault::Hidden => "urn:jianma:problem:file-active",
            FileFault::Infected => "urn:jianma:problem:file-infected",
            FileFault::Gone => "urn:jianma:problem:file-gone",
        };
        let detail = format!("Nothing was kept: {fault}.");
        Self { kind, ..Self::because(Refusal::File, detail) }
    }

    /// A version of a protocol that is not spoken here; it says which is.
    #[must_use]
    pub fn other_version() -> Self {
        Refusal::OtherVersion.problem()
    }

    /// A body of another media type than this address takes.
    pub fn unsupported(detail: impl Into<String>) -> Self {
        Self::because(Refusal::Unreadable, detail)
    }

    /// Answers with faults.
    #[must_use]
    pub fn faults(faults: Vec<FieldFault>) -> Self {
        Self { faults: faults.into(), ..Refusal::Faults.problem() }
    }

    /// What reads and is not whole; it says why.
    pub fn unsound(detail: impl Into<String>) -> Self {
        Self::because(Refusal::Faults, detail)
    }

    /// An idempotency key used for something else.
    #[must_use]
    pub fn key_reused() -> Self {
        Refusal::KeyReused.problem()
    }

    /// One too many; seconds to wait.
    #[must_use]
    pub fn too_many_requests(retry_after: u64) -> Self {
        Refusal::too_many(retry_after).problem()
    }

    /// Storage or something else does not answer.
    #[must_use]
    pub fn unavailable() -> Self {
        Refusal::Unavailable.problem()
    }

    /// The data have just changed, and what is searched is not put together yet.
    #[must_use]
    pub fn not_yet() -> Self {
        let detail = "The data have just changed, and sites cannot be searched by them yet. Ask again after \
                      the seconds that Retry-After says.";
        Self::because(Refusal::Unavailable, detail)
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
        Refusal::from(&why).problem()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let refusal = self.refusal;
        let mut response = (refusal.status(), Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(refusal.header());
        response
    }
}
