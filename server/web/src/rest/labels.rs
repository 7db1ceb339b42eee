//! Labels through the API: which of the three answers.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{LandCode, Localized, label::serial_text, record::Value};
use serde::Serialize;
use service_api::{LabelReading, LabelSubject};
use utoipa::ToSchema;

use super::paths::LABEL;
use crate::{
    problem::Problem,
    render::own_host,
    security::visitor::{AddressedText, Visitor},
    state::AppState,
};

/// The three answers. More may not come within version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Issued here, and it counts.
    Genuine,
    /// Issued here, and it counts no more.
    Withdrawn,
    /// Not issued here, or altered.
    NotIssued,
}

/// What is said of a label.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LabelAnswer {
    /// Which of the three.
    answer: Answer,
    /// The official address of this portal.
    official_host: String,
    /// The label's running number.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    /// Who issued it, `zh` and `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    issuer: Option<Localized>,
    /// When it was issued, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    issued_at: Option<jiff::Timestamp>,
    /// When it was withdrawn, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<jiff::Timestamp>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The place: see `/api/v1/parcels/{code}`. Of a home's label, the parcel it stands on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    code: Option<LandCode>,
    /// Of a home's label, the unit's code with the household hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_masked: Option<String>,
    /// Of a home's label, its address down to the building.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    building: Option<serde_json::Value>,
    /// Date of the data that the place's facts come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    source_date: Option<jiff::civil::Date>,
    /// 以登记簿为准.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

impl LabelAnswer {
    fn of(reading: LabelReading, official_host: String) -> Self {
        let nothing = Self {
            answer: Answer::NotIssued,
            official_host,
            serial: None,
            issuer: None,
            issued_at: None,
            withdrawn_at: None,
            reason: None,
            code: None,
            unit_masked: None,
            building: None,
            source_date: None,
            notice: None,
        };
        match reading {
            LabelReading::NotIssued => nothing,
            LabelReading::Withdrawn(label) => Self {
                answer: Answer::Withdrawn,
                serial: Some(serial_text(label.serial)),
                issuer: Some(label.issuer),
                issued_at: Some(label.issued_at),
                withdrawn_at: Some(label.since),
                reason: Some(label.reason),
                code: label.code,
                ..nothing
            },
            LabelReading::Genuine(label) => {
                let (code, unit_masked, building) = match label.subject {
                    LabelSubject::Place(code) => (code, None, None),
                    LabelSubject::Home { parcel, masked, building } => {
                        let building = building.and_then(|text| plain(&text));
                        (LandCode::Parcel(parcel), Some(masked), building)
                    }
                };
                Self {
                    answer: Answer::Genuine,
                    serial: Some(serial_text(label.serial)),
                    issuer: Some(label.issuer),
                    issued_at: Some(label.issued_at),
                    code: Some(code),
                    unit_masked,
                    building,
                    source_date: label.place.map(|p| p.profile.version.dataset.source_date),
                    notice: Some("以登记簿为准"),
                    ..nothing
                }
            }
        }
    }

    fn status(&self) -> StatusCode {
        match self.answer {
            Answer::Genuine => StatusCode::OK,
            Answer::Withdrawn => StatusCode::GONE,
            Answer::NotIssued => StatusCode::NOT_FOUND,
        }
    }
}

/// The value of a fact, without its kind.
fn plain(value: &Value) -> Option<serde_json::Value> {
    serde_json::to_value(value).ok()?.get_mut("value").map(serde_json::Value::take)
}

/// Whether a label is genuine, by what follows `/L/` in its address.
#[utoipa::path(
    get, path = LABEL, operation_id = "label", tag = "labels",
    params(("label" = String, Path, description = "What follows `/L/` in the label's address, in any case")),
    security((), ("identity" = [])),
    responses(
        (status = 200, description = "`genuine`: issued by this portal, and it counts", body = LabelAnswer),
        (status = 410, description = "`withdrawn`: issued by this portal, and it counts no more", body = LabelAnswer),
        (status = 404, description = "`not_issued`: not issued by this portal, or altered", body = LabelAnswer),
        (status = 401, description = "The proof of identity is not valid any more", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    AddressedText(label): AddressedText,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let host = own_host(&state, &headers);
    let reading = state.portal.label(&visitor.visit, &label, &host).await;
    let reading = reading.map_err(|refusal| visitor.problem(&state, &refusal))?;
    let answer = LabelAnswer::of(reading, host);
    let mut response = (answer.status(), Json(answer)).into_response();
    // A label that is withdrawn now must not be genuine in anybody's cache.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
