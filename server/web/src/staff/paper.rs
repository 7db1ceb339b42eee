//! A visit on paper, for applicants without a device: what they sign, which a clerk witnesses, and their receipts with
//! number and secret, which no screen shows (desk D2). Each print is in the audit first; a second one is a copy.

use app::{
    staff::{
        Say, Shows,
        filing::{PaperPage, ReceiptShown},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    audit::CaseStep,
    case::{Case, Filing},
    request::ConsentBy,
    staff::Member,
};

use super::{
    admission,
    cases::{drawn, not_done},
    mirror::{Taken, keep, take},
    shown,
    visit::{Entered, entered, noted, unwritten},
};
use crate::{
    opening::to, preferences, render::PageInput, security::visitor::Visitor, state::AppState,
};

/// Whether the receipt of a filing is printed: what was signed on paper, and what its applicant has not seen on the
/// browser in which they confirmed it.
fn is_printable(filing: &Filing) -> bool {
    let on_paper = filing.consent.as_ref().is_some_and(|it| it.how == ConsentBy::OnPaper);
    filing.number.is_some() && (on_paper || !filing.taken)
}

/// `GET /staff/cases/{case}/paper`.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    match entered(&state, request).await {
        Ok(Entered { who, head, case, .. }) => paper(&state, head, who, (case, Vec::new())).await,
        Err(response) => response,
    }
}

/// `POST /staff/cases/{case}/paper`: that the clerk has seen the applicant sign what is on the page; or prints the
/// receipts.
pub async fn act(State(state): State<AppState>, request: Request) -> Response {
    let Entered { who, head, case, form, switched } = match entered(&state, request).await {
        Ok(entered) => entered,
        Err(response) => return response,
    };
    if !switched.is_empty() {
        let mut response = paper(&state, head, who, (case, Vec::new())).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    if !case.is_open_to(&who.id, state.clock.now()) {
        return drawn(&state, head, who, (case, Some(Say::Held)), "").await;
    }
    match form.get("do").map(String::as_str) {
        Some("witness") => {
            let seen = form.get("shown").map_or("", String::as_str);
            witnessed(&state, head, who, (case, seen)).await
        }
        Some("print") => printed(&state, head, who, case).await,
        _ => paper(&state, head, who, (case, Vec::new())).await,
    }
}

async fn witnessed(
    state: &AppState,
    head: Request,
    who: Member,
    (case, seen): (Case, &str),
) -> Response {
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        return unwritten(state, head, &who).await;
    };
    let word = (ConsentBy::OnPaper, seen);
    let taken = take(state, (&visitor, head.headers()), (&who, &case), word).await;
    let consents = match taken {
        Taken::Consents(consents) => consents,
        Taken::Changed => return drawn(state, head, who, (case, Some(Say::Stale)), "").await,
        Taken::NotWritten => return unwritten(state, head, &who).await,
    };
    let keeping = |case: &mut Case| {
        keep(case, &consents, None);
        Ok(())
    };
    match state.casework().change(&case.number, &who, keeping).await {
        Ok(()) => to(&urls::staff_case(&case.number), None::<HeaderValue>),
        Err(not) => not_done(state, head, who, (case, not), "").await,
    }
}

async fn printed(state: &AppState, head: Request, who: Member, case: Case) -> Response {
    for filing in case.content.filings.iter().filter(|one| is_printable(one)) {
        let Some(number) = filing.number.clone() else { continue };
        if !noted(state, &who, &case.number, CaseStep::ReceiptPrinted { number }).await {
            return unwritten(state, head, &who).await;
        }
    }
    // Of two who press at once, one has a copy.
    let taking = |case: &mut Case| {
        let printable = case.content.filings.iter_mut().filter(|one| is_printable(one));
        Ok(printable
            .filter_map(|filing| {
                let copy = std::mem::replace(&mut filing.taken, true);
                Some((filing.item.clone(), filing.number.clone()?, copy))
            })
            .collect::<Vec<_>>())
    };
    match state.casework().change(&case.number, &who, taking).await {
        Ok(taken) => {
            let receipts = taken.into_iter().map(|(item, number, copy)| {
                let secret = state.receipts.secret(&number);
                ReceiptShown { item, number, secret, copy }
            });
            paper(state, head, who, (case, receipts.collect())).await
        }
        Err(not) => not_done(state, head, who, (case, not), "").await,
    }
}

async fn paper(
    state: &AppState,
    head: Request,
    who: Member,
    (case, receipts): (Case, Vec<ReceiptShown>),
) -> Response {
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        return unwritten(state, head, &who).await;
    };
    let filings = shown::ready(state, (&visitor, head.headers()), &case).await;
    let page = PaperPage {
        shown: shown::digests(&filings),
        printable: receipts.is_empty() && case.content.filings.iter().any(is_printable),
        case: case.number,
        filings,
        receipts,
    };
    let more = PageInput { status: Some(StatusCode::OK), ..PageInput::default() };
    admission::show(state, head, Some(who), (Shows::Paper(Box::new(page)), more)).await
}
