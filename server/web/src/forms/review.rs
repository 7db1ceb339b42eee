//! The pages that a form goes through before it is handed in (rule S10). Nothing of it is kept between
//! them: each carries what was typed to the next.

use app::steps::{DISCARD, HAND_IN, REVIEW, SAVE, STEP};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{dataset::DataVersion, service::ServiceItem};
use service::submission::{NotKept, Reviewed};

use super::{Against, Sent};
use crate::{form_body::Form, state::AppState};

/// Where a form that was sent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its fields again, with everything as typed.
    Fields,
    /// The page that shows what is about to be handed in.
    Review,
    /// It is handed in.
    HandIn,
    /// It is saved as a draft.
    Save,
    /// Its draft is deleted.
    Discard,
}

/// Where a form goes. One that names no step is of before there were any, or of a program: it is handed
/// in. A step that nobody knows hands nothing in. What was read through by data that have changed since is
/// shown once more.
pub(crate) async fn step(state: &AppState, form: &Form, switched: bool) -> Step {
    let text = |name: &str| form.get(name).map(String::as_str);
    match text(STEP) {
        _ if text("carried") == Some("yes") => Step::Fields,
        Some(REVIEW) => Step::Review,
        // Also in another language, or larger: that page says it again.
        Some(SAVE) => Step::Save,
        _ if switched => Step::Fields,
        None => Step::HandIn,
        Some(HAND_IN) if is_outdated(&current(state).await, text("seen").unwrap_or_default()) => {
            Step::Review
        }
        Some(HAND_IN) => Step::HandIn,
        Some(DISCARD) => Step::Discard,
        // To be changed, or nobody knows what.
        Some(_) => Step::Fields,
    }
}

/// The versions that are published now; none where they cannot be told.
pub(super) async fn current(state: &AppState) -> Vec<DataVersion> {
    state.portal.versions().await.unwrap_or_default()
}

/// Whether the data set of a version has another one among those of now.
pub(super) fn is_outdated(versions: &[DataVersion], seen: &str) -> bool {
    let Some((dataset, _)) = seen.rsplit_once('/') else { return false };
    let now = versions.iter().find(|version| version.dataset.id == dataset);
    now.is_some_and(|version| version.label() != seen)
}

impl Sent<'_> {
    /// What is about to be handed in, or what stands against it.
    pub(super) async fn reviewed(
        self,
        item: &'static ServiceItem,
        looked: Result<Reviewed, NotKept>,
    ) -> Response {
        let submission = match looked {
            Ok(Reviewed::Ready(submission)) => *submission,
            Ok(Reviewed::Kept(number)) => return self.receipt(number, true).await,
            Err(why) => return self.refused(item, why).await,
        };
        let against = Against { review: Some(submission), ..Against::default() };
        let at_counter = self.staff.is_some();
        let mut response = self.returned(item, against).await;
        if response.status() == StatusCode::OK && !at_counter {
            // As the form itself: the browser may keep it for its way back.
            let kept = HeaderValue::from_static("private, no-cache");
            response.headers_mut().insert(header::CACHE_CONTROL, kept);
        }
        response
    }
}
