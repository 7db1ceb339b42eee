//! What waits for an office: deliveries that have not reached it, and requests that are not decided.

use app::staff::{
    Shows,
    supervision::{DeliveryLine, InTime, RequestLine, Supervision},
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{clock::china_date, service::service, working_days::working_days};
use jiff::civil::Date;
use staff::StaffError;
use store::{DeliveryFilter, DeliveryRecord, DeliveryState, Listed, OpenRequest, StoreError};

use super::admission::{self, Admitted, admitted};
use crate::{render::PageInput, state::AppState};

/// Most requests that are gone through for one list.
const MOST: usize = 500;

/// `GET /staff/deliveries`.
pub async fn list(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    match supervision(&state, &who.member.office).await {
        Ok(supervision) => {
            let shows = Shows::Supervision(Box::new(supervision));
            admission::show(&state, head, Some(who.member), (shows, PageInput::default())).await
        }
        Err(error) => unavailable(&state, head, error).await,
    }
}

/// That the store does not answer.
pub(super) async fn unavailable(state: &AppState, head: Request, error: StoreError) -> Response {
    admission::unavailable(state, head, &StaffError::Store(error)).await
}

async fn supervision(state: &AppState, office: &str) -> Result<Supervision, StoreError> {
    let filter = DeliveryFilter {
        department: Some(office.to_owned()),
        states: DeliveryState::UNDELIVERED.to_vec(),
        ..DeliveryFilter::default()
    };
    let Listed { rows, faults } = state.store.deliveries(&filter).await?;
    let open = state.store.undecided(office, MOST).await?;
    let more = open.len() >= MOST;
    let today = china_date(state.clock.now());
    let mut requests: Vec<RequestLine> =
        open.into_iter().map(|open| request_line(open, today)).collect();
    requests.sort_by_key(|line| (line.in_time, line.last, line.submitted_at));
    let deliveries = rows.iter().map(line).collect();
    Ok(Supervision { deliveries, unreadable: faults.len(), requests, more })
}

/// How a request stands on a day, by the working days that the public figures count by.
fn request_line(open: OpenRequest, today: Date) -> RequestLine {
    let OpenRequest { number, item, submitted_at, begun } = open;
    let days = service(&item).and_then(|item| item.working_days);
    let (last, in_time) = match (days, begun) {
        (None, _) => (None, InTime::NoLimit),
        (Some(_), None) => (None, InTime::NotBegun),
        (Some(days), Some(begun)) => match working_days().last_of(begun, days) {
            None => (None, InTime::Unknown),
            Some(last) if last < today => (Some(last), InTime::Late),
            Some(last) => (Some(last), InTime::Runs),
        },
    };
    RequestLine { number, item, submitted_at, last, in_time }
}

/// A delivery as it is listed.
pub(super) fn line(record: &DeliveryRecord) -> DeliveryLine {
    DeliveryLine {
        id: record.id.0.clone(),
        number: record.number.clone(),
        state: record.state.name(),
        attempts: record.attempts,
        submitted_at: record.submitted_at,
        next: record.next_attempt_at,
        reason: record.reason.clone(),
        proposed: record.proposal().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{request::RequestNumber, service::services};
    use jiff::civil::date;

    use super::*;

    #[test]
    fn desk_d16_a_request_is_late_after_its_last_working_day_and_not_before() {
        let limited = services().iter().find(|item| item.working_days.is_some()).unwrap();
        let line = |item: &str, begun, today| {
            let number = RequestNumber::parse("JM-20261122-22334455").unwrap();
            let submitted_at = "2026-01-04T04:00:00Z".parse().unwrap();
            let open = OpenRequest { number, item: item.to_owned(), submitted_at, begun };
            request_line(open, today)
        };
        let begun = date(2026, 1, 5);
        let last = working_days().last_of(begun, limited.working_days.unwrap()).unwrap();
        let at = |today| line(&limited.id, Some(begun), today);
        assert_eq!((at(last).in_time, at(last).last), (InTime::Runs, Some(last)));
        assert_eq!(at(last.tomorrow().unwrap()).in_time, InTime::Late);
        assert_eq!(line(&limited.id, None, last).in_time, InTime::NotBegun);
        let unknown = line(&limited.id, Some(date(2190, 1, 5)), last);
        assert_eq!((unknown.in_time, unknown.last), (InTime::Unknown, None));
        assert_eq!(line("no-such-item", Some(begun), last).in_time, InTime::NoLimit);
    }
}
