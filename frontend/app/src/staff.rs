//! What the server hands to the pages of the counter. It is provided for who is signed in alone: no address
//! leads to these pages by itself.

pub mod filing;
pub mod materials;
pub mod passkeys;
pub mod supervision;

use domain::{LandCode, Localized, staff::Member};
use jiff::Timestamp;
use service_api::{DossierView, SearchPage};

use passkeys::{OtherWays, OwnPage};
use supervision::{DeliveryPage, Supervision};

use crate::{context::QrSymbol, hall::CounterDesk};

/// What is said of something that is wrong, or was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Name, passphrase and code do not go together.
    Wrong,
    /// A passphrase that is too short.
    Short,
    /// One that is too long.
    Long,
    /// One that is tried first.
    Common,
    /// One that is a short piece again and again.
    Repeats,
    /// One that is little more than names.
    Names,
    /// The second is not the first.
    Again,
    /// The code is not that of now.
    Code,
    /// No request of the office about that place.
    Case,
    /// A reason that says nothing.
    Reason,
    /// Nothing can be looked up now.
    Unavailable,
    /// The look cannot be written down: nothing is shown.
    NotRecorded,
    /// No request, or none of the office.
    NotTheirs,
    /// No day.
    Day,
    /// No account.
    Id,
    /// Neither a code nor the number of a request.
    At,
    /// No other department.
    To,
    /// It stands elsewhere by now: nothing was done.
    Moved,
    /// It is being sent at this moment.
    UnderWay,
    /// The other department has it, or is being sent it.
    AlreadyThere,
    /// Its applicant took the request back.
    TakenBack,
    /// Nobody has proposed it, or something happened since.
    NotProposed,
    /// They proposed it themselves.
    SamePerson,
    /// It is not known whether two accounts are two people.
    NoNumber,
    /// It cannot be written down who does it: nothing was done.
    NotWritten,
    /// A colleague goes on with the visit.
    Held,
    /// It was changed since it was read.
    Stale,
    /// Nothing is handed in that its applicant has not confirmed as it is now.
    NotConfirmed,
    /// As many services as a visit can have.
    Full,
    /// Somebody has no receipt of what was handed in for them.
    NotTaken,
    /// A note that is longer than any that is kept.
    NoteLong,
    /// No way in which this material can be ticked off.
    NoSuchWay,
    /// Files, and no material that they show.
    NoMaterial,
    /// A word that cannot be signed just now.
    NotSigned,
    /// No place for a new form.
    NoPlaceHere,
    /// No code by which anything is opened.
    PickUp,
    /// No name for a passkey.
    PasskeyName,
    /// A passkey that is not taken.
    Passkey,
}

impl Say {
    /// The key of its words.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Wrong => "staff_sign_in_wrong",
            Self::Short => "staff_fault_short",
            Self::Long => "staff_fault_long",
            Self::Common => "staff_fault_common",
            Self::Repeats => "staff_fault_repeats",
            Self::Names => "staff_fault_names",
            Self::Again => "staff_fault_again",
            Self::Code => "staff_fault_code",
            Self::Case => "staff_case_fault",
            Self::Reason => "staff_reason_fault",
            Self::Unavailable => "staff_unavailable",
            Self::NotRecorded => "staff_not_recorded",
            Self::NotTheirs => "staff_request_not_theirs",
            Self::Day => "staff_day_fault",
            Self::Id => "staff_id_fault",
            Self::At => "staff_at_fault",
            Self::To => "staff_to_fault",
            Self::Moved => "staff_moved",
            Self::UnderWay => "staff_under_way",
            Self::AlreadyThere => "staff_already_there",
            Self::TakenBack => "staff_taken_back",
            Self::NotProposed => "staff_not_proposed",
            Self::SamePerson => "staff_same_person",
            Self::NoNumber => "staff_no_number",
            Self::NotWritten => "staff_not_written",
            Self::Held => "case_held",
            Self::Stale => "case_stale",
            Self::NotConfirmed => "case_not_confirmed",
            Self::Full => "case_full",
            Self::NotTaken => "case_not_taken",
            Self::NoteLong => "case_note_long",
            Self::NoSuchWay => "materials_no_such_way",
            Self::NoMaterial => "materials_no_material",
            Self::NotSigned => "materials_not_signed",
            Self::NoPlaceHere => "case_no_place",
            Self::PickUp => "mirror_no_code",
            Self::PasskeyName => "staff_passkey_name_fault",
            Self::Passkey => "staff_passkey_refused",
        }
    }
}

/// What is wrong with a form: the id of each field, and what is said of it.
pub type Faults = Vec<(&'static str, Say)>;

/// A page of the counter, and who reads it.
#[derive(Clone, Debug)]
pub struct StaffPage {
    /// Who is signed in; none on the pages that lead there.
    pub who: Option<Member>,
    /// What stands on it.
    pub shows: Shows,
}

/// What stands on a page of the counter.
#[derive(Clone, Debug)]
pub enum Shows {
    /// The form to sign in by.
    SignIn(SignIn, OtherWays),
    /// A page that leads on by itself.
    GoOn {
        /// Where to.
        to: String,
        /// What the identity service is called that it leads to; none where it leads back to the counter.
        service: Option<Localized>,
    },
    /// Choosing a passphrase.
    Enrol(Box<Enrol>),
    /// A link that is no good.
    LinkGone,
    /// That no role of theirs may do this.
    Forbidden,
    /// Their sessions and passkeys.
    Sessions(Box<OwnPage>),
    /// The desk.
    Desk(Box<Desk>),
    /// A request of their office.
    Request(Box<DossierView>),
    /// A notice of such a request, to be printed: the event that said it, and which print this is if it was printed
    /// before.
    Notice {
        /// The request.
        dossier: Box<DossierView>,
        /// The event, by its sequence.
        event: u32,
        /// The second print is 2.
        copy: Option<usize>,
    },
    /// The visits of their office.
    Cases(Vec<filing::CaseLine>),
    /// A visit.
    Case(Box<filing::CasePage>),
    /// The form of a service in a visit.
    Form(Box<filing::FormPage>),
    /// The materials of a service in a visit.
    Materials(Box<materials::MaterialsPage>),
    /// A visit on paper.
    Paper(Box<filing::PaperPage>),
    /// That there is no such visit.
    CaseGone,
    /// What an applicant reads and confirms. Nobody is signed in there.
    Mirror(Box<filing::MirrorPage>),
    /// Who looked at what.
    Looks(Box<Looks>),
    /// What waits for the office.
    Supervision(Box<Supervision>),
    /// One delivery.
    Delivery(Box<DeliveryPage>),
    /// No delivery, or none of the office.
    NoDelivery,
    /// A counter of a hall; none where the office has no hall.
    Counter(Option<Box<CounterDesk>>),
    /// Who of the office nobody lets in.
    Locks {
        /// Those who are kept out.
        locked: Vec<LockLine>,
        /// Who was let in again just now.
        lifted: Option<String>,
    },
}

/// Why somebody is to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They are not signed in.
    Needed,
    /// They were, and asked nothing for a while.
    Over,
    /// What they gave does not go together.
    Wrong,
    /// The passkey that they showed is not known, or not right.
    WrongPasskey,
    /// What the identity service says is not believed, or names nobody who may.
    NotByService,
    /// The identity service does not answer.
    ServiceDown,
    /// They are, and are to prove it once more before they add a passkey.
    Fresh,
    /// They have chosen a passphrase.
    Enrolled,
    /// They have signed out.
    Left,
}

/// The form to sign in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Why they are to sign in.
    pub why: Why,
    /// The name as typed.
    pub name: String,
    /// The address that they asked for.
    pub back: String,
    /// What they had typed there, name by name: it comes along.
    pub carried: Vec<(String, String)>,
}

/// Choosing a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrol {
    /// Who.
    pub member: Member,
    /// The address of the form.
    pub action: String,
    /// The secret of their codes in letters.
    pub secret: String,
    /// It as an address that apps read.
    pub address: String,
    /// The same as a symbol.
    pub symbol: Option<QrSymbol>,
    /// What is wrong.
    pub faults: Faults,
}

/// One of somebody's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// By what it is ended.
    pub mark: String,
    /// Whether it is the one that asks.
    pub here: bool,
    /// Whether it is of this browser.
    pub same_station: bool,
    /// Since when, UTC.
    pub started_at: Timestamp,
    /// Last asked, UTC.
    pub seen_at: Timestamp,
}

/// Somebody who is kept out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockLine {
    /// Who.
    pub member: Member,
    /// Until when, UTC; none until somebody lifts it.
    pub until: Option<Timestamp>,
}

/// What stands in the form of the page that lists looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditTyped {
    /// From this day on.
    pub from: String,
    /// To this day.
    pub to: String,
    /// Of whom.
    pub staff: String,
    /// At what: a code, or the number of a request or a visit.
    pub at: String,
    /// The steps of visits too.
    pub visits: bool,
    /// Those without a request alone.
    pub without_case: bool,
    /// Those outside working hours alone.
    pub odd_hours: bool,
}

/// Looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// What was asked.
    pub typed: AuditTyped,
    /// What is wrong with it.
    pub faults: Faults,
    /// The newest first.
    pub rows: Vec<LookRow>,
    /// Whether there are more.
    pub more: bool,
    /// Entries of the audit that do not read.
    pub unreadable: usize,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookRow {
    /// Its number in the audit.
    pub sequence: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// For which office.
    pub office: String,
    /// A code, or the number of a request or a visit.
    pub looked_at: String,
    /// The request that it was for.
    pub case: Option<String>,
    /// What for.
    pub reason: String,
    /// What was done in a visit.
    pub step: Option<LookStep>,
    /// Whether anything was shown.
    pub shown: bool,
    /// Whether nothing says what it was for.
    pub without_reason: bool,
    /// Whether it was outside working hours.
    pub odd: bool,
}

/// A step of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookStep {
    /// Its name, as words are found by it.
    pub what: &'static str,
    /// The service.
    pub item: Option<String>,
    /// How its applicant confirmed or opened it, as words are found by it.
    pub how: Option<&'static str>,
    /// The place, or the number of the request.
    pub about: Option<String>,
}

/// What stands in the forms of the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskTyped {
    /// What is looked for.
    pub q: String,
    /// The number of the request that it is for.
    pub case: String,
    /// What for.
    pub reason: String,
}

/// The desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// As typed.
    pub typed: DeskTyped,
    /// What is wrong with it.
    pub faults: Faults,
    /// Why nothing is shown.
    pub not_shown: Option<Say>,
    /// What was found. The place itself is handed over as on its own page.
    pub found: DeskFound,
}

/// What was found at the desk.
#[derive(Clone, Debug)]
pub enum DeskFound {
    /// Nothing was looked for.
    Nothing,
    /// A place.
    Place {
        /// Which one.
        code: LandCode,
        /// More than everybody sees, and it is written down.
        closer: bool,
    },
    /// No place that may be shown, by a code that is one.
    NoPlace,
    /// It is no code, and no words that anything is found by.
    NoCode,
    /// Parcels by their words.
    Hits(SearchPage),
    /// The number of a request.
    Request(String),
}
