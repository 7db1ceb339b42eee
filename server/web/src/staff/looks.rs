//! Who looked at what, and the steps of visits: for an auditor, who changes nothing and can take the list away.

use app::staff::{AuditTyped, LookRow, LookStep, Looks, Say, Shows};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    LandCode,
    audit::{CaseStep, Head, StaffDid},
    case::CaseNumber,
    clock::china_date,
    code::Strictness,
    request::RequestNumber,
    staff::{Member, StaffId},
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::Serialize;
use staff::{LookLine, LookList, LookedAt, MOST_EXPORTED, MOST_LOOKS, Wanted};

use super::admission::{self, Admitted, admitted, listed_nowhere};
use crate::{file_named::file_named, pages::form_value, render::PageInput, state::AppState};

/// What was asked for: as it was typed, what is wrong with it, and what it comes to where nothing is.
fn asked(
    query: &[u8],
    today: Date,
    most: usize,
) -> (AuditTyped, Vec<(&'static str, Say)>, Option<Wanted>) {
    let text = |name: &str| form_value(query, name).unwrap_or_default().trim().to_owned();
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
    let looked_at = looked_at(&at);
    fault(!at.is_empty() && looked_at.is_none(), "at", Say::At);
    let typed = AuditTyped {
        from: from.map_or_else(|| text("from"), |day| day.to_string()),
        to: to.map_or_else(|| text("to"), |day| day.to_string()),
        staff,
        at,
        visits: !text("visits").is_empty(),
        without_case: !text("nocase").is_empty(),
        odd_hours: !text("odd").is_empty(),
    };
    let days = from.zip(to).filter(|_| faults.is_empty());
    let wanted = days.map(|(from, to)| Wanted {
        from,
        to,
        staff: id,
        at: looked_at,
        visits: typed.visits,
        without_case: typed.without_case,
        odd_hours: typed.odd_hours,
        most,
    });
    (typed, faults, wanted)
}

fn looked_at(typed: &str) -> Option<LookedAt> {
    if let Some(number) = RequestNumber::parse(typed) {
        return Some(LookedAt::Request(number));
    }
    if let Some(visit) = CaseNumber::parse(typed) {
        return Some(LookedAt::Visit(visit));
    }
    LandCode::parse(typed, Strictness::LookUp).ok().map(|read| LookedAt::Place(read.code))
}

/// `GET /staff/audit`: the looks of some days, the last seven unless told.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    shown(&state, head, who.member).await
}

async fn shown(state: &AppState, head: Request, who: Member) -> Response {
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let (typed, faults, wanted) = asked(query, china_date(state.clock.now()), MOST_LOOKS);
    let mut looks = Looks { typed, faults, rows: Vec::new(), more: false, unreadable: 0 };
    if let Some(wanted) = wanted {
        match state.staff.looks(&wanted).await {
            Ok(found) => {
                looks.rows = found.lines.into_iter().map(row).collect();
                (looks.more, looks.unreadable) = (found.more, found.unreadable);
            }
            Err(error) => return admission::unavailable(state, head, &error).await,
        }
    }
    let shows = Shows::Looks(Box::new(looks));
    admission::show(state, head, Some(who), (shows, PageInput::default())).await
}

/// `GET /staff/audit/export`: what the same question lists, as NDJSON, once it stands in the audit that it is taken
/// away. Its first line has the end of the chain, which `jianma verify-audit` takes.
pub async fn export(State(state): State<AppState>, request: Request) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let (who, now) = (who.member, state.clock.now());
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let (typed, _, wanted) = asked(query, china_date(now), MOST_EXPORTED);
    // The page says what is wrong with the question.
    let Some(wanted) = wanted else { return shown(&state, head, who).await };
    let did = StaffDid::LooksExported { from: wanted.from, to: wanted.to };
    let found = match state.staff.note(Some(&who), did).await {
        Ok(()) => state.staff.looks(&wanted).await,
        Err(error) => Err(error),
    };
    let ends = match state.staff.audit_end().await {
        Ok(end) => found.map(|found| (found, end)),
        Err(error) => Err(error),
    };
    let (found, end) = match ends {
        Ok(found) => found,
        Err(error) => return admission::unavailable(&state, head, &error).await,
    };
    let body = in_lines(&Taken { typed: &typed, by: who.mark(), at: now }, found, end);
    let name = format!("looks-{}-{}.ndjson", wanted.from, wanted.to);
    let mut response = body.into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    listed_nowhere(file_named(response, &name))
}

/// Who takes what away, and when.
struct Taken<'t> {
    typed: &'t AuditTyped,
    by: String,
    at: Timestamp,
}

/// What stands above an exported list.
#[derive(Serialize)]
struct Heading<'t> {
    /// The end of the chain, as `jianma verify-audit` prints and takes it.
    audit_end: Option<String>,
    exported_at: Timestamp,
    exported_by: &'t str,
    from: &'t str,
    to: &'t str,
    staff: &'t str,
    at: &'t str,
    visits: bool,
    without_case: bool,
    odd_hours: bool,
    /// Whether there are more than are listed.
    more: bool,
    /// Entries of these days that do not read.
    unreadable: usize,
}

/// An exported line.
#[derive(Serialize)]
struct Line {
    entry: u64,
    at: Timestamp,
    staff: String,
    office: String,
    looked_at: String,
    request: Option<String>,
    reason: String,
    step: Option<CaseStep>,
    shown: bool,
    without_reason: bool,
    odd_hours: bool,
}

/// The list, a line for each.
fn in_lines(taken: &Taken<'_>, found: LookList, end: Option<Head>) -> String {
    let AuditTyped { from, to, staff, at, visits, without_case, odd_hours } = taken.typed;
    let heading = Heading {
        audit_end: end.map(|end| end.to_string()),
        exported_at: taken.at,
        exported_by: &taken.by,
        from,
        to,
        staff,
        at,
        visits: *visits,
        without_case: *without_case,
        odd_hours: *odd_hours,
        more: found.more,
        unreadable: found.unreadable,
    };
    let mut body = written(&heading);
    for line in found.lines {
        let without_reason = line.is_without_reason();
        body += &written(&Line {
            entry: line.sequence,
            at: line.at,
            staff: line.staff.to_string(),
            office: line.office,
            looked_at: in_text(&line.looked_at),
            request: line.case.map(|number| number.to_string()),
            reason: line.reason,
            step: line.step,
            shown: line.shown,
            without_reason,
            odd_hours: line.odd,
        });
    }
    body
}

/// A line of JSON; texts and numbers always serialise.
fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

fn in_text(looked_at: &LookedAt) -> String {
    match looked_at {
        LookedAt::Place(code) => code.to_string(),
        LookedAt::Request(number) => number.to_string(),
        LookedAt::Visit(visit) => visit.to_string(),
    }
}

fn row(line: LookLine) -> LookRow {
    let without_reason = line.is_without_reason();
    let LookLine { sequence, at, staff, office, looked_at, case, reason, step, shown, odd } = line;
    let looked_at = in_text(&looked_at);
    let (who, step) = (staff.to_string(), step.map(in_words));
    let case = case.map(|number| number.to_string());
    LookRow { sequence, at, who, office, looked_at, case, reason, step, shown, without_reason, odd }
}

/// The name of a step in the words of pages, and what it was about.
fn in_words(step: CaseStep) -> LookStep {
    let (what, item, about) = match step {
        CaseStep::Opened => ("opened", None, None),
        CaseStep::Read => ("read", None, None),
        CaseStep::Saved { item, code } => ("saved", Some(item), Some(code.to_string())),
        CaseStep::Dropped { item, code } => ("dropped", Some(item), Some(code.to_string())),
        CaseStep::FileAdded(file) => ("file_added", Some(file.item), Some(file.material)),
        CaseStep::FileRemoved(file) => ("file_removed", Some(file.item), Some(file.material)),
        CaseStep::MaterialSeen(seen) => {
            let (item, about) = (Some(seen.item), Some(seen.material));
            return LookStep { what: "material_seen", item, how: Some(seen.how.name()), about };
        }
        CaseStep::MaterialUnseen(seen) => {
            let (item, about) = (Some(seen.item), Some(seen.material));
            return LookStep { what: "material_unseen", item, how: Some(seen.how.name()), about };
        }
        CaseStep::Shown => ("shown", None, None),
        CaseStep::Mirrored { how: by } => {
            return LookStep { what: "mirrored", how: Some(by.name()), ..LookStep::default() };
        }
        CaseStep::Confirmed { item, consent } => {
            let by = Some(consent.how.name());
            return LookStep { what: "confirmed", item: Some(item), how: by, about: None };
        }
        CaseStep::HandedIn { item, .. } => ("handed_in", Some(item), None),
        CaseStep::ReceiptPrinted { number } => ("printed", None, Some(number.to_string())),
        CaseStep::Left => ("left", None, None),
        CaseStep::Closed => ("closed", None, None),
    };
    LookStep { what, item, how: None, about }
}
