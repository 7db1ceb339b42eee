//! Who looked at what: for an auditor, who changes nothing.

use app::staff::{AuditTyped, LookRow, Looks, Say, Shows};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{
    LandCode, clock::china_date, code::Strictness, request::RequestNumber, staff::StaffId,
};
use jiff::{ToSpan as _, civil::Date};
use staff::{LookLine, LookedAt, Wanted};

use super::admission::{self, Admitted, admitted};
use crate::{pages::form_value, render::PageInput, state::AppState};

/// `GET /staff/audit`: the looks of some days, the last seven unless told.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let text = |name: &str| form_value(query, name).unwrap_or_default().trim().to_owned();
    let today = china_date(state.clock.now());
    let day = |name: &str, unless: Date| {
        let typed = text(name);
        if typed.is_empty() { Some(unless) } else { typed.parse().ok() }
    };
    let week = today.checked_sub(6.days()).unwrap_or(today);
    let (from, to) = (day("from", week), day("to", today));
    let (staff, at) = (text("staff"), text("at"));
    let mut faults = Vec::new();
    let mut fault = |is_one: bool, field, say| {
        if is_one {
            faults.push((field, say));
        }
    };
    fault(from.is_none(), "from", Say::Day);
    fault(to.is_none(), "to", Say::Day);
    let id = StaffId::parse(&staff);
    fault(!staff.is_empty() && id.is_none(), "staff", Say::Id);
    let looked_at = match RequestNumber::parse(&at) {
        Some(number) => Some(LookedAt::Request(number)),
        None => LandCode::parse(&at, Strictness::LookUp).ok().map(|it| LookedAt::Place(it.code)),
    };
    fault(!at.is_empty() && looked_at.is_none(), "at", Say::At);
    let typed = AuditTyped {
        from: from.map_or_else(|| text("from"), |day| day.to_string()),
        to: to.map_or_else(|| text("to"), |day| day.to_string()),
        staff,
        at,
        without_case: !text("nocase").is_empty(),
        odd_hours: !text("odd").is_empty(),
    };
    let mut looks = Looks { typed, faults, rows: Vec::new(), more: false, unreadable: 0 };
    if let (Some(from), Some(to), true) = (from, to, looks.faults.is_empty()) {
        let wanted = Wanted {
            from,
            to,
            staff: id,
            at: looked_at,
            without_case: looks.typed.without_case,
            odd_hours: looks.typed.odd_hours,
        };
        match state.staff.looks(&wanted).await {
            Ok(found) => {
                looks.rows = found.lines.into_iter().map(row).collect();
                (looks.more, looks.unreadable) = (found.more, found.unreadable);
            }
            Err(error) => return admission::unavailable(&state, head, &error).await,
        }
    }
    let shows = Shows::Looks(Box::new(looks));
    admission::show(&state, head, Some(who.member), (shows, PageInput::default())).await
}

fn row(line: LookLine) -> LookRow {
    let LookLine { sequence, at, staff, office, looked_at, case, reason, shown, odd } = line;
    let looked_at = match looked_at {
        LookedAt::Place(code) => code.to_string(),
        LookedAt::Request(number) => number.to_string(),
    };
    let case = case.map(|number| number.to_string());
    LookRow { sequence, at, who: staff.to_string(), office, looked_at, case, reason, shown, odd }
}
