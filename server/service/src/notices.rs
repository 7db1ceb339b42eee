//! Being told by e-mail that something happened to a request: naming an address, confirming it, stopping.
//!
//! Whoever follows a request names an address and may stop; whoever reads that address confirms and may stop,
//! by links that only this portal can make.

use domain::{
    Clock, Entropy, Locale,
    clock::china_date,
    policy::mask,
    request::{ReceiptKey, RequestNumber, RequestState},
    service::{AnswerFault, notice_address},
};
use service_api::{NoticeLink, NoticeView, Opened};
use store::{NewNotice, Notice, NoticeAddress, NoticeAsked, NoticeState, Notices, StoreError};

use crate::submission::token;

/// Bytes that are drawn for an address.
const DRAWN: usize = 18;

/// Why an address was not taken. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    /// It is none.
    #[error("the address needs attention")]
    Fault(AnswerFault),
    /// Too many were named for this request, or this one too often.
    #[error("too many addresses were named for the request")]
    TooOften,
    /// The request has ended.
    #[error("the request is {}: nothing more is told of it", .0.name())]
    Ended(RequestState),
    /// There is no such request any more.
    #[error("there is no request of that number")]
    Unknown,
    /// Storage did not answer.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What stands in the address of a link, for what was drawn for an address.
#[must_use]
pub fn link_token(receipts: &ReceiptKey, link: NoticeLink, id: &str) -> String {
    receipts.mark(purpose(link), id)
}

const fn purpose(link: NoticeLink) -> &'static str {
    match link {
        NoticeLink::Confirm => "confirm notices",
        NoticeLink::Stop => "stop notices",
    }
}

/// Notices as they are shown: the address masked.
pub(crate) fn shown(notice: Option<&Notice>) -> NoticeView {
    let Some(Notice { state, to, .. }) = notice else { return NoticeView::Unasked };
    // One whose host could name a person is not shown at all.
    let masked = to.as_ref().map(|to| mask::email(&to.address).unwrap_or_else(|| "***".to_owned()));
    let masked = masked.unwrap_or_default();
    match state {
        NoticeState::Asked | NoticeState::Sent => NoticeView::Waiting(masked),
        NoticeState::Confirmed => NoticeView::Told(masked),
        NoticeState::Stopped => NoticeView::Stopped,
        NoticeState::Refused => NoticeView::Refused,
        NoticeState::Lapsed => NoticeView::Lapsed,
    }
}

/// The notices that a link was made for, if it was made here.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn found_by(
    store: &dyn Notices,
    receipts: &ReceiptKey,
    number: &RequestNumber,
    (link, given): (NoticeLink, &str),
) -> Result<Option<Notice>, StoreError> {
    let notice = store.notice(number).await?;
    Ok(notice.filter(|notice| receipts.has_marked(purpose(link), &notice.id, given)))
}

/// What is done about notices.
#[derive(Clone, Copy)]
pub struct Noticing<'s> {
    /// Where they are kept.
    pub store: &'s dyn Notices,
    /// What links are made with.
    pub receipts: &'s ReceiptKey,
    /// The present.
    pub clock: &'s dyn Clock,
    /// Randomness.
    pub entropy: &'s dyn Entropy,
}

impl std::fmt::Debug for Noticing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Noticing").finish_non_exhaustive()
    }
}

impl Noticing<'_> {
    /// Names an address for a request: it is asked to confirm. One that has confirmed stays.
    ///
    /// # Errors
    /// [`NotAsked`].
    pub async fn ask(&self, opened: &Opened, typed: &str, locale: Locale) -> Result<(), NotAsked> {
        let at = self.clock.now();
        let address = notice_address().read(typed, china_date(at)).map_err(NotAsked::Fault)?;
        let (number, id) = (opened.number().clone(), token(self.entropy, DRAWN));
        // Of an address that nobody has confirmed so much is known: that it is the same one again.
        let mark = self.receipts.mark("notice address", &address.to_lowercase());
        let notice = NewNotice { number, id, to: NoticeAddress { address, locale }, mark, at };
        match self.store.ask_notices(&notice).await? {
            NoticeAsked::Done | NoticeAsked::Unchanged => Ok(()),
            NoticeAsked::TooOften => Err(NotAsked::TooOften),
            NoticeAsked::Unknown => Err(NotAsked::Unknown),
            NoticeAsked::Ended(state) => Err(NotAsked::Ended(state)),
        }
    }

    /// Stops the notices of a request, for whoever follows it.
    ///
    /// # Errors
    /// [`StoreError`]; they go on.
    pub async fn stop(&self, opened: &Opened) -> Result<(), StoreError> {
        self.store.stop_notices(opened.number(), None, self.clock.now()).await.map(drop)
    }

    /// Does what a link in a message is for; `false` where it was not made here, or not for what there is
    /// now.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was done.
    pub async fn follow(
        &self,
        number: &RequestNumber,
        link: (NoticeLink, &str),
    ) -> Result<bool, StoreError> {
        let Some(notice) = found_by(self.store, self.receipts, number, link).await? else {
            return Ok(false);
        };
        let at = self.clock.now();
        // Pressed twice it is done once.
        match link.0 {
            NoticeLink::Confirm => self.store.confirm_notices(number, &notice.id, at).await?,
            NoticeLink::Stop => self.store.stop_notices(number, Some(&notice.id), at).await?,
        };
        Ok(true)
    }
}
