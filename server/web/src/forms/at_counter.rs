//! The same form at the counter: staff fill it in for an applicant (desk D2). It stands on a page of theirs, is kept
//! with their case, and nothing is handed in from it.

use app::{asks, staff::StaffPage};
use axum::{extract::Request, response::Response};
use domain::{
    attachment::Attached,
    case::Filing,
    dataset::DataVersion,
    request::RequestNumber,
    service::{Answers, ServiceItem},
};
use service::{
    cases::given,
    submission::{NotKept, Reviewed},
};

pub(crate) use super::review::{Step, step};
use super::{Against, Sent, drafts::OF_THE_PRESS, item_of, review};
use crate::{
    attaching::addressed,
    form_body::Form,
    security::visitor::{AddressedCode, Submissions, Visitor},
    state::AppState,
};

/// A form at the counter, with the page that it stands on.
pub(crate) struct AtCounter {
    pub(crate) visitor: Visitor,
    pub(crate) head: Request,
    pub(crate) code: AddressedCode,
    pub(crate) form: Form,
    pub(crate) page: StaffPage,
}

impl AtCounter {
    async fn sent(self, state: &AppState) -> Sent<'_> {
        let Self { visitor, head, code, form, page } = self;
        let sent = Sent::of(state, visitor, head, code, (form, None)).await;
        Sent { staff: Some(page), ..sent }
    }

    /// The service that it is for.
    pub(crate) fn item(&self, state: &AppState) -> Option<&'static ServiceItem> {
        item_of(state, &self.head, &self.form)
    }

    /// Its fields, with everything as typed.
    pub(crate) async fn fields(self, state: &AppState, item: &'static ServiceItem) -> Response {
        self.sent(state).await.returned(item, Against::default()).await
    }

    /// What its applicant will be shown, or what stands against it; the request that it was handed in as, where
    /// that is so.
    ///
    /// # Errors
    /// That number.
    pub(crate) async fn reviewed(
        self,
        state: &AppState,
        (item, filing): (&'static ServiceItem, &Filing),
    ) -> Result<Response, RequestNumber> {
        let sent = self.sent(state).await;
        let asks = sent.asks();
        let visit = &sent.visitor.visit;
        let quota = Submissions { state, visitor: &sent.visitor, headers: sent.head.headers() };
        let files = files_of(state, filing);
        let given = given((filing, &files), item, asks.as_ref(), None);
        let looked = state.reception().review(visit, given, &quota).await;
        match looked {
            // Its secret is its applicant's, and is on no page of the counter.
            Ok(Reviewed::Kept(number)) | Err(NotKept::KeyReused(number)) => Err(number),
            looked => Ok(sent.reviewed(item, looked).await),
        }
    }
}

/// What of a form is kept with its case: what was typed, and what it carries of its place.
pub(crate) fn kept(form: &Form) -> Answers {
    let own = |name: &str| !OF_THE_PRESS.contains(&name) && !["was", "token"].contains(&name);
    let own = form.iter().filter(|(name, _)| own(name));
    own.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// The files that go with a filing, with new addresses for its department.
pub(crate) fn files_of(state: &AppState, filing: &Filing) -> Vec<Attached> {
    addressed(state, filing.files().cloned(), state.clock.now())
}

/// The facts that a filing asks its department for.
pub(crate) fn asks_of(filing: &Filing) -> Option<domain::suitability::AskWritten> {
    asks::read(filing.fields.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The versions that are published now, asked for once for all filings of a page.
pub(crate) async fn current(state: &AppState) -> Vec<DataVersion> {
    review::current(state).await
}

/// Whether the data of its place have been published anew since it was filled in: it is read through once more.
pub(crate) fn is_outdated(versions: &[DataVersion], filing: &Filing) -> bool {
    review::is_outdated(versions, filing.fields.get("seen").map_or("", String::as_str))
}
