//! What the server hands to the pages of a visit: what staff write for an applicant, and what the applicant reads and
//! confirms (desk D2).

use domain::{
    LandCode,
    case::CaseNumber,
    request::{Consent, ConsentBy, RequestNumber, Submission},
    service::{Answers, ServiceItem},
};
use jiff::Timestamp;
use service_api::Place;

use super::Say;

/// The key of the words for how an applicant confirmed.
pub(crate) const fn consent_key(how: ConsentBy) -> &'static str {
    match how {
        ConsentBy::AnotherBrowser => "consent_another_browser",
        ConsentBy::CounterScreen => "consent_counter_screen",
        ConsentBy::OnPaper => "consent_on_paper",
    }
}

/// The script by which the form of a visit is kept as somebody types.
pub const KEEPING: &str = include_str!("../keeping.js");

/// A visit in the list of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// Its number.
    pub number: CaseNumber,
    /// Since when, UTC.
    pub opened_at: Timestamp,
    /// How many services are in it.
    pub services: usize,
    /// How many of them were handed in.
    pub handed_in: usize,
    /// Who goes on with it now.
    pub holder: Option<String>,
    /// What was left for whoever goes on.
    pub note: String,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct CasePage {
    /// Its number.
    pub number: CaseNumber,
    /// What was left for whoever goes on.
    pub note: String,
    /// What stands in the field for a note: what was typed there and not kept.
    pub typed: String,
    /// The colleague who goes on with it now; none where it is the reader's, or nobody's.
    pub holder: Option<String>,
    /// What was not done, and why.
    pub not_done: Option<Say>,
    /// The services.
    pub filings: Vec<FilingLine>,
    /// How its applicant opens it.
    pub mirror: Option<MirrorShown>,
    /// The place as typed for a further service.
    pub place: String,
    /// The place for which a service is chosen, and whether its code has ended.
    pub choosing: Option<(LandCode, bool)>,
}

/// A service in a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilingLine {
    /// The place.
    pub code: LandCode,
    /// The service, by id.
    pub item: String,
    /// How it stands.
    pub stands: FilingStands,
}

/// How a service in a visit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilingStands {
    /// Something in its form needs attention.
    Unfinished,
    /// Nobody can look at it now.
    Unknown,
    /// Its applicant has not confirmed it as it is now.
    Unconfirmed,
    /// They have.
    Confirmed(Consent),
    /// It was handed in.
    HandedIn {
        /// As this request.
        number: RequestNumber,
        /// How it was confirmed.
        how: ConsentBy,
        /// Whether number and secret are in its applicant's hands.
        taken: bool,
    },
}

/// How an applicant opens what staff have written for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorShown {
    /// The pick-up code.
    pub code: String,
    /// Until when, UTC.
    pub until: Timestamp,
    /// On what it was opened.
    pub opened: Option<ConsentBy>,
}

/// The form of a service in a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPage {
    /// The visit.
    pub case: CaseNumber,
    /// The mark of what is kept, which a save brings back.
    pub was: String,
    /// What is kept, where another one saved since the form was opened: the fields that differ are shown beside.
    pub kept: Option<Answers>,
    /// Why it was not saved.
    pub not_done: Option<Say>,
}

/// What is about to be handed in for an applicant, as they are shown it.
#[derive(Clone, Debug)]
pub struct ShownFiling {
    /// The service.
    pub item: &'static ServiceItem,
    /// The place.
    pub code: LandCode,
    /// What may be shown of it.
    pub place: Place,
    /// What its department would get.
    pub submission: Submission,
    /// What was confirmed, if it is still this.
    pub confirmed: Option<Consent>,
}

/// Number and secret of a request, for its applicant alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptShown {
    /// The service, by id.
    pub item: String,
    /// The number.
    pub number: RequestNumber,
    /// The secret.
    pub secret: String,
    /// Whether it was printed before.
    pub copy: bool,
}

/// A visit on paper.
#[derive(Clone, Debug)]
pub struct PaperPage {
    /// Its number.
    pub case: CaseNumber,
    /// What is to be signed.
    pub filings: Vec<ShownFiling>,
    /// What was shown, as the button brings it back.
    pub shown: String,
    /// Whether there are receipts to print.
    pub printable: bool,
    /// What is printed now, and on no screen.
    pub receipts: Vec<ReceiptShown>,
}

/// What an applicant opens.
#[derive(Clone, Debug)]
pub enum MirrorPage {
    /// A code is asked for.
    PickUp {
        /// As typed, or as the address brought it.
        code: String,
        /// Whether it opened nothing.
        wrong: bool,
    },
    /// What staff have written.
    Shown {
        /// What is about to be handed in.
        filings: Vec<ShownFiling>,
        /// What was shown, as the button brings it back.
        shown: String,
        /// Whether it was changed since the applicant pressed the button.
        changed: bool,
        /// What was handed in.
        receipts: Vec<ReceiptShown>,
        /// Minutes after which the page clears itself: of a screen of the counter always.
        clears: Option<u32>,
    },
}

/// Minutes after which a screen of the counter that shows a receipt, and nothing to be confirmed, clears itself.
pub const CLEARS_AFTER: u32 = 3;
/// Minutes after which any other screen of the counter does where nobody presses anything.
pub const LEFT_AFTER: u32 = 15;
