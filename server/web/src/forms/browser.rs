//! What a browser brings of the requests that were sent with it.

use axum::http::HeaderMap;
use domain::request::{RequestNumber, Submission};
use service::submission::Quota;
use service_api::Visit;

use crate::{
    cookies,
    security::visitor::{Submissions, Visitor},
    state::AppState,
};

/// What a browser knows of the requests that were sent with it.
pub(crate) struct Browser<'s> {
    pub(crate) state: &'s AppState,
    pub(crate) visitor: &'s Visitor,
    pub(crate) headers: &'s HeaderMap,
    /// Whether what was sent before is meant again.
    pub(crate) again: bool,
}

impl Quota for Browser<'_> {
    fn count(&self, visit: &Visit) -> Result<(), u64> {
        let Self { state, visitor, headers, .. } = *self;
        Submissions { state, visitor, headers }.count(visit)
    }

    fn asked_before(&self, submission: &Submission) -> Option<RequestNumber> {
        let before = cookies::sent_before(self.headers, &mark(self.state, submission));
        before.filter(|_| !self.again)
    }
}

/// By what a browser knows that it has sent the same before.
pub(crate) fn mark(state: &AppState, submission: &Submission) -> String {
    let asked = serde_json::to_string(&submission.clone().asked()).unwrap_or_default();
    state.receipts.mark("asked", &asked)
}
