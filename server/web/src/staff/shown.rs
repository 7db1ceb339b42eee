//! What an applicant is shown of a visit, and would be handed in of it: looked at anew each time, by the data and the
//! rules of now.

use app::staff::filing::ShownFiling;
use axum::http::HeaderMap;
use domain::{
    case::{Case, Filing},
    dataset::DataVersion,
    request::RequestNumber,
    service::service,
};
use service::{
    cases::{confirmed, digest_of, given},
    submission::{NotKept, Reviewed},
};
use service_api::{Drawn, Refusal};

use crate::{
    forms::at_counter::{asks_of, current, files_of, is_outdated},
    security::visitor::{Submissions, Visitor},
    state::AppState,
};

/// What stands between the digests that a button brings back.
const BETWEEN: &str = ".";

/// How a filing stands.
pub(super) enum Looked {
    /// Nothing stands against it.
    Ready(Box<ShownFiling>),
    /// Its form needs attention.
    Unfinished,
    /// It cannot be looked at now.
    Unknown,
    /// It was handed in.
    HandedIn(RequestNumber),
}

/// Looks at a filing, by the versions of now.
pub(super) async fn look(
    state: &AppState,
    (visitor, headers): (&Visitor, &HeaderMap),
    (filing, versions): (&Filing, &[DataVersion]),
) -> Looked {
    if let Some(number) = &filing.number {
        return Looked::HandedIn(number.clone());
    }
    let item = service(&filing.item).filter(|item| state.portal.offers(item));
    let Some(item) = item else { return Looked::Unfinished };
    if is_outdated(versions, filing) {
        return Looked::Unfinished;
    }
    let (visit, asks) = (visitor.as_everybody(), asks_of(filing));
    let quota = Submissions { state, visitor, headers };
    let files = files_of(state, filing);
    let given = given((filing, &files), item, asks.as_ref(), None);
    let submission = match state.reception().review(&visit, given, &quota).await {
        Ok(Reviewed::Ready(submission)) => *submission,
        // It was, and the portal ended before it was noted.
        Ok(Reviewed::Kept(number)) | Err(NotKept::KeyReused(number)) => {
            return Looked::HandedIn(number);
        }
        Err(NotKept::Refused(Refusal::TooMany { .. } | Refusal::Unavailable(_))) => {
            return Looked::Unknown;
        }
        Err(_) => return Looked::Unfinished,
    };
    let code = filing.code;
    let Ok(seen) = state.portal.see(&visit, (&code, Drawn::Not)).await else {
        return Looked::Unknown;
    };
    let confirmed = confirmed(filing, &submission).cloned();
    let place = seen.place;
    Looked::Ready(Box::new(ShownFiling { item, code, place, submission, confirmed }))
}

/// What is about to be handed in of a visit.
pub(super) async fn ready(
    state: &AppState,
    of: (&Visitor, &HeaderMap),
    case: &Case,
) -> Vec<ShownFiling> {
    let (mut shown, versions) = (Vec::new(), current(state).await);
    for filing in &case.content.filings {
        if let Looked::Ready(filing) = look(state, of, (filing, &versions)).await {
            shown.push(*filing);
        }
    }
    shown
}

/// What was shown, in one text: who confirms it brings it back, so that nobody confirms what they have not seen.
pub(super) fn digests(shown: &[ShownFiling]) -> String {
    let digests: Vec<String> =
        shown.iter().filter_map(|filing| digest_of(&filing.submission)).collect();
    digests.join(BETWEEN)
}
