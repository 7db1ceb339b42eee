//! Looking for a report whose answer was lost among those that its department lists.

use std::collections::HashSet;

use axum::http::{HeaderMap, StatusCode};
use domain::Clock;
use reqwest::{Method, Url};
use serde_json::Value;
use store::Delivery;

use super::{Courier, DeliveryFailure, FailureKind, failure_of};
use crate::{
    answer::{Confirmed, LONGEST_LIST},
    open311::{self, Open311, kept},
};

/// Pages that are read of a list.
const MOST_PAGES: u32 = 50;

/// Why a list does not tell whether a report is in it.
enum Unlisted {
    /// The department is not well at the moment: asked again later.
    Unwell(DeliveryFailure),
    /// It does not read, and would not tomorrow; in words.
    Unread(String),
}

impl From<DeliveryFailure> for Unlisted {
    fn from(failure: DeliveryFailure) -> Self {
        Self::Unwell(failure)
    }
}

impl Courier {
    /// Looks for a report among those that the department lists. Where it is not there, or the list does not read, nobody
    /// can tell whether the department has it; once a person who was told so had it sent again all the same, it is.
    pub(super) async fn search(
        &self,
        open311: &Open311,
        delivery: &Delivery,
        clock: &dyn Clock,
    ) -> Result<Option<Confirmed>, DeliveryFailure> {
        let asked = open311::listed(open311, &self.endpoint, delivery, clock.now())?;
        // All pages together: a lease has time for two exchanges.
        let looked = self.page_through(asked, delivery, clock);
        let reason = match tokio::time::timeout(self.department.timeout, looked).await {
            Ok(Ok(Some(found))) => return Ok(Some(found)),
            Ok(Err(Unlisted::Unwell(failure))) => return Err(failure),
            Err(_elapsed) => {
                let reason = "its list of reports was not read to its end in time";
                return Err(DeliveryFailure::new(FailureKind::Ambiguous, reason));
            }
            Ok(Ok(None)) => "its answer was lost, its list of reports does not name this one, and Open311 has no key to \
                             tell: ask the department, then settle this delivery, or retry it to send it once more"
                .to_owned(),
            Ok(Err(Unlisted::Unread(why))) => format!(
                "its answer was lost, and its list of reports does not read ({why}): ask the department, then settle \
                 this delivery, or retry it to send it once more"
            ),
        };
        if delivery.round.attempts == 0 {
            return Ok(None);
        }
        Err(DeliveryFailure::new(FailureKind::Rejected, reason))
    }

    /// Reads page by page until the report is found, or a page has nothing new. Who knows no pages gives the first
    /// one again, and some count from 0.
    async fn page_through(
        &self,
        list: Url,
        delivery: &Delivery,
        clock: &dyn Clock,
    ) -> Result<Option<Confirmed>, Unlisted> {
        let mut seen = HashSet::new();
        for page in 0..MOST_PAGES {
            let mut url = list.clone();
            if page > 0 {
                url.query_pairs_mut().append_pair("page", &page.to_string());
            }
            let nothing = HeaderMap::new();
            let answer = self.exchange_up_to(LONGEST_LIST, Method::GET, url, nothing, None).await?;
            if !answer.status.is_success() {
                let failure = failure_of(&answer, clock.now());
                return match failure.kind {
                    FailureKind::Stalled | FailureKind::Ambiguous => Err(Unlisted::Unwell(failure)),
                    // There is no such page.
                    FailureKind::Rejected if page > 0 => Ok(None),
                    _ if page > 0 && answer.status == StatusCode::NOT_FOUND => Ok(None),
                    _ => Err(Unlisted::Unread(failure.reason)),
                };
            }
            let reports = match answer.json() {
                Ok(Value::Array(reports)) => reports,
                Ok(_) => return Err(Unlisted::Unread("its answer is no list".to_owned())),
                Err(why) if answer.is_cut() => {
                    return Err(Unlisted::Unwell(DeliveryFailure::new(
                        FailureKind::Ambiguous,
                        why,
                    )));
                }
                Err(why) => return Err(Unlisted::Unread(why)),
            };
            if let Some(found) = Open311::found(delivery, &reports) {
                return Ok(Some(found));
            }
            let before = seen.len();
            seen.extend(reports.iter().map(|report| {
                let id = kept(report).ok().and_then(|it| it.reference);
                id.unwrap_or_else(|| report.to_string())
            }));
            if reports.is_empty() || (page > 1 && seen.len() == before) {
                return Ok(None);
            }
        }
        Err(Unlisted::Unread(format!("it has more than {MOST_PAGES} pages")))
    }
}
