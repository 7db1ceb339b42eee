//! What whoever has the secret of a request is told of it: [`Opened`] is what opens all of it.

use domain::{
    LandCode, Localized,
    attachment::Attached,
    request::{
        Assisted, MessageKind, ReceiptKey, RequestEvent, RequestNumber, RequestState, TimeLimit,
    },
    service::Answers,
    suitability::FactsAsked,
};
use jiff::{Timestamp, civil::Date};

use crate::{NoticeView, Unavailable};

/// A request that its secret has opened. Whoever asks about a request or does anything about it as its
/// applicant brings one, and nothing else makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened(RequestNumber);

impl Opened {
    /// The request of that number, if the secret is its own; `None` alike for a wrong number and a
    /// wrong secret, and after the same time.
    #[must_use]
    pub fn by(receipts: &ReceiptKey, number: &RequestNumber, secret: &str) -> Option<Self> {
        receipts.opens(number, secret).then(|| Self(number.clone()))
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> &RequestNumber {
        &self.0
    }
}

/// Why a request is not shown to whoever holds its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// The server cannot answer just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// What is kept of it is not as it was written: parts are missing or were changed. Nothing of it
    /// is shown, for nobody answers for any of it, and trying again does not help.
    #[error("what is kept of the request is not as it was written")]
    Altered,
}

/// A department's part in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentProgress {
    /// Its name.
    pub department: Localized,
    /// What it is told: the request, a correction, or that it was taken back.
    pub kind: MessageKind,
    /// When it confirmed that.
    pub confirmed_at: Option<Timestamp>,
    /// What to tell the applicant.
    pub progress: DeliveryProgress,
    /// Its own reference, where it is not the request's.
    pub reference: Option<String>,
}

/// How a delivery stands, in words for the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryProgress {
    /// Waits to be sent, and has not arrived.
    Waiting {
        /// Attempts so far.
        attempts: u32,
        /// When the next is due, unless it is being sent now.
        next: Option<Timestamp>,
    },
    /// It may have arrived; the department is asked, then.
    InDoubt {
        /// When, unless it is being asked now.
        next: Option<Timestamp>,
    },
    /// The department collects it by itself, and has not said that it has it.
    ToCollect,
    /// The portal does not know the department's address yet.
    NotConnected,
    /// The department has it.
    Delivered,
    /// It will not arrive by itself, and nobody has taken it up.
    Stuck,
    /// A member of staff has taken it up.
    WithStaff {
        /// When.
        since: Timestamp,
    },
    /// A member of staff settled it by hand; the timeline has their words.
    Settled,
    /// A member of staff had it sent to another department; the timeline has their words.
    Redirected,
    /// The applicant took the request back before the department confirmed it: it is not sent.
    TakenBack,
}

/// Where the requests of this portal go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the departments.
    Department,
    /// To the sample department: a demonstration.
    Sample,
    /// Nowhere yet: they are kept.
    Nobody,
}

/// A request as its applicant sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestView {
    /// Its number.
    pub number: RequestNumber,
    /// The service item's id.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub state: RequestState,
    /// What happened, oldest first.
    pub events: Vec<RequestEvent>,
    /// The department's reference.
    pub reference: Option<String>,
    /// Per department and message.
    pub departments: Vec<DepartmentProgress>,
    /// How long it is kept, and whether it may be deleted.
    pub keeping: Keeping,
    /// How it stands against the time that the law allows, where the law sets a number of days.
    pub time_limit: Option<TimeLimit>,
    /// The files that went with it, each with an address that is good for a while.
    pub attachments: Vec<Attached>,
}

/// How long a request is kept, and whether it may be deleted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It has not ended.
    Open,
    /// It has ended, and something is still on its way to a department.
    OnItsWay,
    /// It was asked to be taken up again, and no department has answered.
    AskedAgain,
    /// A law requires that it is kept until that day.
    ByLaw {
        /// The law.
        law: Localized,
        /// The day on which it is deleted.
        until: Date,
    },
    /// It may be deleted; on that day it is, where the item has a period.
    Until(Option<Date>),
}

/// A request with what is in it, as its applicant sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct DossierView {
    /// How it stands.
    pub request: RequestView,
    /// Data version the applicant saw, `dataset/number`.
    pub data_version: String,
    /// Every answer, as it is now.
    pub answers: Answers,
    /// Every answer as it was handed in, if it was corrected since.
    pub first: Option<Answers>,
    /// The facts that it asks a department for, if any.
    pub asks: Option<Box<FactsAsked>>,
    /// By which office it was handed in for its applicant, and what they had confirmed (desk D2).
    pub assisted: Option<Box<Assisted>>,
    /// Where its notices stand; `None` where this portal sends none.
    pub notices: Option<NoticeView>,
}

/// A request that was deleted: what the register of deletions says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedView {
    /// Its number.
    pub number: RequestNumber,
    /// The service item's id.
    pub item: String,
    /// The day in China.
    pub day: Date,
    /// Why.
    pub cause: DeletedBecause,
}

/// Why a request was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletedBecause {
    /// Its time was over.
    TimeOver,
    /// The applicant wanted it.
    Applicant,
    /// The operator did it, e.g. on a letter.
    Operator,
}
