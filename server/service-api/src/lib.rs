//! What the portal offers: the trait that pages, REST and commands ask, and the types of its answers.
//! They belong to none of the askers, and every answer has already passed the disclosure policy.

mod visit;

use async_trait::async_trait;
use domain::{
    LandCode, Localized, ParcelCode,
    base_map::{BaseFeature, Bounds},
    dataset::DataVersion,
    extent::PublicExtent,
    lineage::Lineage,
    policy::Policies,
    profile::PublicProfile,
    record::Value,
    request::{MessageKind, RequestEvent, RequestNumber, RequestState},
    retention::Retentions,
    service::Answers,
    viewer::Tier,
};
use jiff::{Timestamp, civil::Date};

pub use self::visit::{ClientAddress, Visit};

/// The server cannot answer just now. Pages say so and offer the next step; they never read it as
/// "nothing found".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the portal cannot answer just now")]
pub struct Unavailable;

/// Why somebody who asks about places is told of none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is there that may be shown: alike for "not found", "classified" and "not permitted"
    /// (rule P5).
    #[error("nothing is there that may be shown")]
    Nothing {
        /// Parcels that the code may have been meant as: likeliest first, few, public ones only.
        near: Vec<LandCode>,
    },
    /// They try too many places (rule P6).
    #[error("too many places were asked for; again in {retry_after} s")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The server cannot answer just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
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

/// A place with the map around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What may be shown.
    pub profile: PublicProfile,
    /// The map around it; `None` where no outline or centroid may be shown.
    pub map: Option<MapAround>,
    /// What the viewer has proved for this place: more than public, if it was written down.
    pub tier: Tier,
    /// What it came out of and what became of it; names no code that may not be shown.
    pub lineage: Lineage,
    /// The code has ended and no data set has its record any more: the rest is empty (rule C7).
    pub only_history: bool,
}

/// The map around a place, and what of its restrictions may be drawn on it.
#[derive(Clone, Debug, PartialEq)]
pub struct MapAround {
    /// What the map shows, degrees.
    pub bounds: Bounds,
    /// Base map features, in drawing order.
    pub base: Vec<BaseFeature>,
    /// Where in the shown outline its restrictions lie, gravest first; none where that may not be
    /// drawn (row 47).
    pub extents: Vec<PublicExtent>,
}

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Words of a code, an id or an address; empty for none.
    pub text: String,
    /// Only parcels whose published point lies in this box.
    pub bounds: Option<Bounds>,
    /// At most this many.
    pub limit: usize,
}

/// A parcel in a list: no outline, no exact position (rule M4).
#[derive(Clone, Debug, PartialEq)]
pub struct SearchHit {
    /// The parcel.
    pub code: ParcelCode,
    /// The source's own id.
    pub local_id: Option<String>,
    /// 坐落, parcel level.
    pub location: Option<String>,
    /// Longitude and latitude, degrees, to three decimals (row 32).
    pub point: Option<(f64, f64)>,
    /// Title of its data set.
    pub dataset: Localized,
    /// Its data version, `dataset/number`.
    pub data_version: String,
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
}

/// How long a request is kept, and whether it may be deleted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It has not ended.
    Open,
    /// It has ended, and something is still on its way to a department.
    OnItsWay,
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

/// What a label of this portal stands for, as far as its page says.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelSubject {
    /// A parcel, or a unit on it that is no home.
    Place(LandCode),
    /// A home: only the parcel it stands on (rules P7 and Q1).
    Home {
        /// The parcel.
        parcel: ParcelCode,
        /// The unit's code with the household hidden.
        masked: String,
        /// Its address down to the building, where the policy lets the holder of its label see
        /// that much.
        building: Option<Value>,
    },
}

/// A label that this portal issued and stands by.
#[derive(Clone, Debug, PartialEq)]
pub struct GenuineLabel {
    /// Its running number.
    pub serial: u64,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    pub issued_at: Timestamp,
    /// What it stands for.
    pub subject: LabelSubject,
    /// What may be shown of it; of a home, the parcel. `None` where that is nothing.
    pub place: Option<Place>,
}

/// A label that this portal issued and no longer stands by. Of a home's, nothing is said of where
/// it is: that is what withdrawing it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawnLabel {
    /// Its running number.
    pub serial: u64,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    pub issued_at: Timestamp,
    /// The code that is printed on it, unless it was a home's.
    pub code: Option<LandCode>,
    /// When it was withdrawn.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// What a label comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelReading {
    /// Issued here, and it counts.
    Genuine(Box<GenuineLabel>),
    /// Issued here, and it counts no more.
    Withdrawn(WithdrawnLabel),
    /// Not issued here: unknown, altered, forged, another portal's, or sealed with a key that is
    /// no longer trusted.
    NotIssued,
}

/// A code to try on the home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The code.
    pub code: LandCode,
    /// What it is.
    pub title: Localized,
}

/// The server, as the pages see it. Put into the Leptos context as `Arc<dyn Portal>`.
#[async_trait]
pub trait Portal: Send + Sync {
    /// A look at a place: counted and slowed before it (rule P6), written down where more than
    /// public is shown or anything is denied (rule P9), booked by what it found.
    async fn look(&self, visit: &Visit, code: &LandCode) -> Result<Place, Refusal>;

    /// The same for whoever asks only whether there is anything at a place that may be shown, e.g.
    /// to hand in a request about it.
    async fn knows(&self, visit: &Visit, code: &LandCode) -> Result<(), Refusal>;

    /// Parcels that a text, which is no code, may have been meant as: likeliest first, few, public
    /// ones only, never a household. Counts as a miss: it leads to no place.
    async fn mistyped(&self, visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal>;

    /// Parcels that match, best first. Counted by how many it names (rule P6).
    async fn search(&self, visit: &Visit, search: &Search) -> Result<Vec<SearchHit>, Refusal>;

    /// Features of a data set's base map in a box, at most `limit`, in drawing order.
    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable>;

    /// The current data versions.
    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable>;

    /// Codes worth trying, from the data that are loaded.
    async fn examples(&self) -> Result<Vec<Example>, Unavailable>;

    /// A request, if the secret opens it; `None` alike for a wrong number and a wrong secret.
    async fn request(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<RequestView>, NotShown>;

    /// A request with what is in it, if the secret opens it.
    async fn dossier(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DossierView>, NotShown>;

    /// What is left of a request that was deleted, if the secret opens it.
    async fn deleted(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<DeletedView>, Unavailable>;

    /// How long the requests of each item are kept.
    fn retentions(&self) -> &Retentions;

    /// What a label comes to; `text` is what follows `/l/`, `host` is where this portal is
    /// reached. Whoever guesses at labels is slowed and refused as for places.
    async fn label(&self, visit: &Visit, text: &str, host: &str) -> Result<LabelReading, Refusal>;

    /// Where requests go.
    fn reach(&self) -> Reach;

    /// The policies: which one governs a data set, and what it says to whoever asks why.
    fn policies(&self) -> &Policies;
}
