//! The notice of what became of a request, printed at the counter for its applicant (desk D10): it stands in the audit and
//! in the request itself before it is drawn, and a second print says that it is one.

use app::staff::{DeskTyped, Shows};
use axum::{extract::Request, response::Response};
use domain::{
    audit::StaffDid,
    request::{Actor, RequestNumber, outcome_document},
    staff::Member,
};
use store::StoreError;

use super::{
    admission,
    reading::{Read, dossier, is_theirs, not_shown},
};
use crate::{render::PageInput, state::AppState};

/// A notice that may be printed.
struct Print {
    read: Read,
    copy: Option<usize>,
}

/// Prints the notice of an event, for a reason that its applicant reads.
pub(super) async fn print(
    state: &AppState,
    head: Request,
    who: Member,
    (number, reason, event): (RequestNumber, String, u32),
) -> Response {
    let typed = DeskTyped { q: number.to_string(), reason, ..DeskTyped::default() };
    let read = match printed(state, &who, (&number, &typed.reason, event)).await {
        Ok(Print { read: Read::Shown(dossier), copy }) => {
            let shows = Shows::Notice { dossier, event, copy };
            return admission::show(state, head, Some(who), (shows, PageInput::default())).await;
        }
        other => other.map(|print| print.read),
    };
    not_shown(state, head, who, (typed, read)).await
}

async fn printed(
    state: &AppState,
    who: &Member,
    (number, reason, event): (&RequestNumber, &str, u32),
) -> Result<Print, StoreError> {
    let not = |read| Ok(Print { read, copy: None });
    if !is_theirs(state, who, number).await? {
        return not(Read::NotTheirs);
    }
    let known = state.store.request(number).await?;
    let events = known.map(|known| known.events).unwrap_or_default();
    if outcome_document(number, &events, event).is_none() {
        return not(Read::NotTheirs);
    }
    let (number_noted, reason_noted) = (number.clone(), reason.to_owned());
    let did =
        StaffDid::PrintedOutcome { number: number_noted, document: event, reason: reason_noted };
    if let Err(error) = state.staff.note(Some(who), did).await {
        tracing::error!(%error, "a print of a notice cannot be written down: it is not made");
        return not(Read::NotWritten);
    }
    let by = (Actor::Staff(who.mark()), reason.to_owned());
    // Of two who press at once, one has a copy.
    let Some(before) = state.store.note_print(number, state.clock.now(), by, event).await? else {
        return not(Read::NotTheirs);
    };
    let copy = (before > 0).then_some(before + 1);
    Ok(Print { read: dossier(state, number).await, copy })
}
