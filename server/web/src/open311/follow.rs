//! Following a report as an Open311 client: by its id, which opens it, and without anything personal.

use axum::http::StatusCode;
use domain::{
    request::{Elapsed, RequestNumber, TimeLimit},
    service::service,
    staff::{is_by_office, is_look},
};
use jiff::Timestamp;
use service_api::{DeletedView, NotShown, RequestView};

use super::{
    format::{Part, Refused},
    service_id, services,
};
use crate::{security::visitor::Visitor, security_event::Event, state::AppState};

/// A report, by its id.
///
/// # Errors
/// [`Refused`]: 404 alike for a report that there is not and an id that does not open it.
pub(super) async fn one(state: &AppState, visitor: &Visitor, id: &str) -> Result<Part, Refused> {
    let not_found = || Refused::not_found("service_request_id: there is no such report.");
    let (number, secret) = RequestNumber::parse_with_secret(id).ok_or_else(not_found)?;
    let Some(opened) = state.portal.open(&number, &secret) else {
        visitor.note(state, Event::WrongReceiptSecret);
        return Err(not_found());
    };
    let shown = match state.portal.request(&opened).await {
        Ok(Some(request)) => told(state, &request, service_id(&number, &secret)),
        Ok(None) => match state.portal.deleted(&opened).await {
            Ok(Some(DeletedView { day, .. })) => {
                return Err(Refused::not_found(format!("The report was deleted on {day}.")));
            }
            Ok(None) => return Err(not_found()),
            Err(_) => return Err(Refused::unavailable()),
        },
        Err(NotShown::Altered) => {
            return Err(Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "What is kept of the report is not as it was written: nothing is shown.",
            ));
        }
        Err(NotShown::Unavailable(_)) => return Err(Refused::unavailable()),
    };
    Ok(Part::Several("request", vec![shown]))
}

fn told(state: &AppState, request: &RequestView, id: String) -> Part {
    let item = service(&request.item);
    let status = if request.state.is_ended() { "closed" } else { "open" };
    // That somebody at the counter read it is no answer, and what for is the applicant's to know.
    let latest = || request.events.iter().rev();
    let notes = latest().filter(|event| is_by_office(event)).find_map(|event| event.note.clone());
    let updated = latest().find(|event| !is_look(event));
    let updated = updated.map_or(request.submitted_at, |event| event.at);
    let department = item.map(|item| services::both(&state.department_name(&item.department)));
    let title = item.map_or_else(|| request.item.clone(), |item| services::both(&item.title));
    // What somebody wrote may tell who they are: neither that nor the place is told again.
    Part::Fields(vec![
        ("service_request_id", Part::Text(id)),
        ("status", Part::text(status)),
        ("status_notes", Part::text_or_missing(notes)),
        ("service_name", Part::Text(title)),
        ("service_code", Part::text(&request.item)),
        ("description", Part::Missing),
        ("agency_responsible", Part::text_or_missing(department)),
        ("service_notice", Part::Missing),
        ("requested_datetime", moment(request.submitted_at)),
        ("updated_datetime", moment(updated)),
        ("expected_datetime", request.time_limit.map_or(Part::Missing, expected)),
        ("address", Part::Missing),
        ("address_id", Part::Missing),
        ("zipcode", Part::Missing),
        ("lat", Part::Missing),
        ("long", Part::Missing),
        ("media_url", Part::Missing),
    ])
}

/// To the second, UTC.
fn moment(at: Timestamp) -> Part {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    Part::Text(whole.to_string())
}

/// The end of the last day that the law allows, in China.
fn expected(limit: TimeLimit) -> Part {
    match limit.stands {
        Elapsed::Running { last, .. } | Elapsed::Over { last, .. } => {
            Part::Text(format!("{last}T23:59:59+08:00"))
        }
        Elapsed::NotBegun | Elapsed::RunsOutUnknown { .. } | Elapsed::Ended { .. } => Part::Missing,
    }
}
