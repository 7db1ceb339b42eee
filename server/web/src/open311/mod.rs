//! Open311 GeoReport v2 (<https://wiki.open311.org/GeoReport_v2/>): reports from other programs than ours, in
//! XML and JSON.
//!
//! It is a façade: a report is checked, counted, kept and forwarded as every request is. Of what the specification
//! leaves open: services are `realtime`, so there are no tokens; nothing is listed, neither others' reports nor a
//! client's own; `service_request_id` is the number of a request with the secret of its receipt, so that it opens
//! the report and nobody guesses one.

mod follow;
mod format;
mod place;
mod services;
mod submit;

use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::request::RequestNumber;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::format::{Format, Refused, answer};
use crate::{
    form_body::{Form, read_form},
    pages::form_value,
    problem::Problem,
    routes::Routes,
    security::visitor::{AddressedText, Visitor},
    settings::Open311Config,
    state::AppState,
};

/// The routes of Open311.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .api(routes!(services_json))
        .api(routes!(services_xml))
        .api(routes!(definition))
        .api(routes!(list_json, post_json))
        .api(routes!(list_xml, post_xml))
        .api(routes!(one))
}

/// A report to hand in, urlencoded.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the form is read by its fields, of which attributes have open names")]
pub struct ReportForm {
    /// The client's key.
    api_key: String,
    /// That of this portal, or left out.
    jurisdiction_id: Option<String>,
    /// One of the services.
    service_code: String,
    /// Latitude, WGS 84 degrees; with `long`.
    lat: Option<f64>,
    /// Longitude, WGS 84 degrees.
    long: Option<f64>,
    /// An address that leads to one parcel, or a parcel code.
    address_string: Option<String>,
    /// A parcel code (19 characters) or unit code (28).
    address_id: Option<String>,
    /// Answers to the service's questions: each comes as `attribute[code]`.
    attribute: Option<std::collections::BTreeMap<String, String>>,
    /// Taken for the first question of several lines that must be answered.
    description: Option<String>,
    /// Taken for the question for an e-mail address, where there is one.
    email: Option<String>,
    /// Taken for the question for a phone number, where there is one.
    phone: Option<String>,
    /// Taken for the question for a name, after `last_name`.
    first_name: Option<String>,
    /// Taken for the question for a name.
    last_name: Option<String>,
}

/// The settings of Open311.
///
/// # Errors
/// 404 where this portal does not speak it.
fn config(state: &AppState) -> Result<&Open311Config, Refused> {
    let config = state.settings.open311.as_ref();
    config.ok_or_else(|| Refused::not_found("This portal takes no reports by Open311."))
}

/// That a jurisdiction is ours, where one is named.
fn of_here(config: &Open311Config, given: Option<&str>) -> Result<(), Refused> {
    match given.map(str::trim).filter(|given| !given.is_empty()) {
        Some(given) if given != config.jurisdiction_id => {
            Err(Refused::not_found("jurisdiction_id: there is no such jurisdiction here."))
        }
        _ => Ok(()),
    }
}

/// A field that says something, without blanks around it.
fn given<'f>(form: &'f Form, name: &str) -> Option<&'f str> {
    form.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn asked(state: &AppState, query: Option<&str>) -> Result<(), Refused> {
    let given = form_value(query.unwrap_or_default().as_bytes(), "jurisdiction_id");
    of_here(config(state)?, given.as_deref())
}

/// The id of a report: number and secret, as both are read together.
fn service_id(number: &RequestNumber, secret: &str) -> String {
    format!("{number}-{secret}")
}

fn services_as(state: &AppState, query: Option<&str>, format: Format) -> Response {
    match asked(state, query) {
        Ok(()) => answer(format, StatusCode::OK, "services", &services::list(state)),
        Err(refused) => refused.answer(format),
    }
}

/// The services that reports can be handed in for, as JSON.
#[utoipa::path(
    get, path = "/open311/v2/services.json", operation_id = "open311_services_json", tag = "open311", params(("jurisdiction_id" = Option<String>, Query, description = "That of this portal, or left out")),
    responses(
        (status = 200, description = "A list of `service_code`, `service_name`, `description`, `metadata`, `type`, `keywords`, `group`", body = Vec<Object>),
        (status = 404, description = "No such jurisdiction, or Open311 is not set up here: `code` and `description`", body = Vec<Object>),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn services_json(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    services_as(&state, query.as_deref(), Format::Json)
}

/// The services that reports can be handed in for, as XML.
#[utoipa::path(
    get, path = "/open311/v2/services.xml", operation_id = "open311_services_xml", tag = "open311", params(("jurisdiction_id" = Option<String>, Query, description = "That of this portal, or left out")),
    responses(
        (status = 200, description = "`services` with a `service` each", body = String, content_type = "text/xml"),
        (status = 404, description = "No such jurisdiction, or Open311 is not set up here: `errors`", body = String, content_type = "text/xml"),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn services_xml(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    services_as(&state, query.as_deref(), Format::Xml)
}

/// The questions of a service: `violation-report.json` or `violation-report.xml`. After which answers a question is
/// asked stands in its `datatype_description`.
#[utoipa::path(
    get, path = "/open311/v2/services/{code}", operation_id = "open311_service", tag = "open311",
    params(("code" = String, Path, description = "The service's code, with `.json` or `.xml`"), ("jurisdiction_id" = Option<String>, Query, description = "That of this portal, or left out")),
    responses(
        (status = 200, description = "`service_definition` with its `attributes`", content((Object = "application/json"), (String = "text/xml"))),
        (status = 404, description = "No such service or jurisdiction, or Open311 is not set up here", content((Vec<Object> = "application/json"), (String = "text/xml"))),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn definition(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    AddressedText(written): AddressedText,
) -> Response {
    let (code, format) = Format::split(&written).unwrap_or((&written, Format::Xml));
    let item = asked(&state, query.as_deref()).and_then(|()| services::service_of(&state, code));
    match item {
        Ok(item) => {
            answer(format, StatusCode::OK, "service_definition", &services::definition(item))
        }
        Err(refused) => refused.answer(format),
    }
}

/// Nobody's reports are listed, not even a client's own: each is opened by its id.
fn not_listed(state: &AppState, format: Format) -> Response {
    let refused = config(state).err().unwrap_or_else(|| {
        Refused::forbidden(
            "Reports are not listed: whoever handed one in follows it by its service_request_id.",
        )
    });
    refused.answer(format)
}

/// Refused: reports are not listed. Each is opened by its id.
#[utoipa::path(
    get, path = "/open311/v2/requests.json", operation_id = "open311_requests_json", tag = "open311",
    responses(
        (status = 403, description = "Reports are not listed", body = Vec<Object>),
        (status = 404, description = "Open311 is not set up here", body = Vec<Object>),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn list_json(State(state): State<AppState>) -> Response {
    not_listed(&state, Format::Json)
}

/// Refused: reports are not listed. Each is opened by its id.
#[utoipa::path(
    get, path = "/open311/v2/requests.xml", operation_id = "open311_requests_xml", tag = "open311",
    responses(
        (status = 403, description = "Reports are not listed", body = String, content_type = "text/xml"),
        (status = 404, description = "Open311 is not set up here", body = String, content_type = "text/xml"),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn list_xml(State(state): State<AppState>) -> Response {
    not_listed(&state, Format::Xml)
}

async fn post(state: AppState, visitor: Visitor, request: Request, format: Format) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    match submit::take(&state, &visitor, head.headers(), &form).await {
        Ok((status, part)) => answer(format, status, "service_requests", &part),
        Err(refused) => refused.answer(format),
    }
}

/// Hands in a report; the answer comes only after it is safely kept. The same report again under the same
/// `Idempotency-Key`, or on one day with the same `device_id` or `account_id`, is one.
#[utoipa::path(
    post, path = "/open311/v2/requests.json", operation_id = "open311_report_json", tag = "open311",
    request_body(content = ReportForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "Kept: `service_request_id`, `service_notice`", body = Vec<Object>),
        (status = 200, description = "It was kept before", body = Vec<Object>),
        (status = 400, description = "What is missing or not right: `code` and `description` each", body = Vec<Object>),
        (status = 403, description = "`api_key` is missing or not valid", body = Vec<Object>),
        (status = 404, description = "No such service or jurisdiction, or Open311 is not set up here", body = Vec<Object>),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 415, description = "No urlencoded form in UTF-8", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Vec<Object>),
    )
)]
pub async fn post_json(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    post(state, visitor, request, Format::Json).await
}

/// Hands in a report, and is answered in XML.
#[utoipa::path(
    post, path = "/open311/v2/requests.xml", operation_id = "open311_report_xml", tag = "open311",
    request_body(content = ReportForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "Kept: `service_requests`", body = String, content_type = "text/xml"),
        (status = 200, description = "It was kept before", body = String, content_type = "text/xml"),
        (status = 400, description = "What is missing or not right: `errors`", body = String, content_type = "text/xml"),
        (status = 403, description = "`api_key` is missing or not valid", body = String, content_type = "text/xml"),
        (status = 404, description = "No such service or jurisdiction, or Open311 is not set up here", body = String, content_type = "text/xml"),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 415, description = "No urlencoded form in UTF-8", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = String, content_type = "text/xml"),
    )
)]
pub async fn post_xml(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    post(state, visitor, request, Format::Xml).await
}

/// Follows a report by its `service_request_id`, with `.json` or `.xml`: whether it is open, what the department said,
/// until when it must decide. Nothing that its applicant wrote.
#[utoipa::path(
    get, path = "/open311/v2/requests/{id}", operation_id = "open311_request", tag = "open311",
    params(("id" = String, Path, description = "The report's id, with `.json` or `.xml`"), ("jurisdiction_id" = Option<String>, Query, description = "That of this portal, or left out")),
    responses(
        (status = 200, description = "The report", content((Vec<Object> = "application/json"), (String = "text/xml"))),
        (status = 404, description = "No such report or jurisdiction, it was deleted, or Open311 is not set up here", content((Vec<Object> = "application/json"), (String = "text/xml"))),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 500, description = "What is kept of it is not as it was written: nothing is shown", content((Vec<Object> = "application/json"), (String = "text/xml"))),
        (status = 503, description = "Cannot answer just now", content((Vec<Object> = "application/json"), (String = "text/xml"))),
    )
)]
pub async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    AddressedText(written): AddressedText,
) -> Response {
    let (id, format) = Format::split(&written).unwrap_or((&written, Format::Xml));
    let shown = match asked(&state, query.as_deref()) {
        Ok(()) => follow::one(&state, &visitor, id).await,
        Err(refused) => Err(refused),
    };
    match shown {
        Ok(part) => answer(format, StatusCode::OK, "service_requests", &part),
        Err(refused) => refused.answer(format),
    }
}
