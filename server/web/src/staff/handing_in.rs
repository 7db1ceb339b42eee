//! Handing in what an applicant has confirmed, and nothing else (desk D2).

use app::staff::Say;
use axum::http::HeaderMap;
use domain::{audit::CaseStep, case::Case, request::Assisted, staff::Member};
use service::{
    cases::{NotChanged, given},
    submission::Accepted,
};
use service_api::Visit;

use super::{
    shown::{self, Looked},
    visit::noted,
};
use crate::{
    forms::at_counter::{self, asks_of},
    security::visitor::{Submissions, Visitor},
    state::AppState,
};

/// What came of what was asked of a visit.
pub(super) enum Done {
    Changed,
    Ended,
    NotWritten,
    Nothing(Say),
}

/// Hands in what can be. Once one has gone out nobody is told that nothing did: the page of the visit shows how each
/// stands, and the log why another did not.
pub(super) async fn hand_in(
    state: &AppState,
    by: (&Visitor, &HeaderMap),
    who: &Member,
    case: &Case,
) -> Result<Done, NotChanged> {
    let mut gone_out = 0;
    let done = each(state, by, (who, case), &mut gone_out).await;
    match done {
        Err(error) if gone_out > 0 => {
            tracing::warn!(%error, "a visit was handed in only in part");
            Ok(Done::Changed)
        }
        Ok(Done::Nothing(_) | Done::NotWritten) if gone_out > 0 => Ok(Done::Changed),
        done => done,
    }
}

/// Hands in each service of a visit that its applicant has confirmed as it is now. It stands in the audit first; a
/// service that was handed in when the portal ended is handed in no second time.
async fn each(
    state: &AppState,
    (visitor, headers): (&Visitor, &HeaderMap),
    (who, case): (&Member, &Case),
    gone_out: &mut usize,
) -> Result<Done, NotChanged> {
    // Staff are counted by themselves, however many of them work at one address.
    let everybody = visitor.as_everybody();
    let viewer = domain::viewer::Viewer { subject: Some(who.mark()), ..everybody.viewer };
    let visit = Visit { viewer, ..everybody };
    let casework = state.casework();
    let mut left = 0;
    let versions = at_counter::current(state).await;
    for filing in &case.content.filings {
        let of = (filing, &*versions);
        let shown = match shown::look(state, (visitor, headers), of).await {
            Looked::Ready(shown) => shown,
            Looked::HandedIn(number) => {
                if filing.number.is_none() {
                    casework.handed_in(&case.number, who, (&filing.key, &number)).await?;
                }
                continue;
            }
            Looked::Unfinished | Looked::Unknown => {
                left += 1;
                continue;
            }
        };
        let Some(consent) = shown.confirmed else {
            left += 1;
            continue;
        };
        casework.hold(&case.number, who, filing).await?;
        let content_sha256 = consent.content_sha256.clone();
        let step = CaseStep::HandedIn { item: filing.item.clone(), content_sha256 };
        if !noted(state, who, &case.number, step).await {
            return Ok(Done::NotWritten);
        }
        let materials = filing.at_counter(shown.item);
        let assisted = Assisted { office: who.office.clone(), consent, materials };
        let asks = asks_of(filing);
        let files = at_counter::files_of(state, filing);
        let given = given((filing, &files), shown.item, asks.as_ref(), Some(&assisted));
        let quota = Submissions { state, visitor, headers };
        match state.reception().submit(&visit, given, &quota).await {
            Ok(Accepted { number, .. }) => {
                *gone_out += 1;
                casework.handed_in(&case.number, who, (&filing.key, &number)).await?;
            }
            Err(error) => {
                tracing::warn!(%error, "a request was not handed in at the counter");
                return Ok(Done::Nothing(Say::Unavailable));
            }
        }
    }
    Ok(if *gone_out == 0 && left > 0 { Done::Nothing(Say::NotConfirmed) } else { Done::Changed })
}
