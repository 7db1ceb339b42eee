//! Parcels, restriction layers and the base map.

mod shelf;
mod snapshot;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{
    ParcelCode,
    base_map::{BaseFeature, Bounds},
    code::LandCode,
    dataset::{DataVersion, DatasetInfo, Epoch},
    drawn::LayerAround,
    extent::FoundFeature,
    lineage::Succession,
    record::{LandRecord, ParcelRecord, UnitRecord},
    restriction::{Finding, LayerInfo},
};
use geo::MultiPolygon;
use jiff::{Timestamp, civil::Date};

pub use self::{
    shelf::{OnShelf, Shelf, ShelfPage, Shelved, Shelves, Thing},
    snapshot::{Reading, Snapshot, read, read_former},
};
use crate::StoreError;

/// As many places as a search counts. Where there are more it says so, and no page goes beyond.
pub const MOST_COUNTED: usize = 1_000;

/// A search over codes, the source's own ids, addresses, uses and kinds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchQuery {
    /// Words; empty for none.
    pub text: String,
    /// Only parcels whose point, as published to three decimals, lies in this box.
    pub bounds: Option<Bounds>,
    /// Of what is found, how many are passed over.
    pub skip: usize,
    /// At most this many.
    pub limit: usize,
    /// What may be searched, by data set. Of one that is not named, nothing is found.
    pub datasets: Vec<Searched>,
}

/// What of a data set's parcels a search may look at besides their codes. What it may not look at
/// has no part in what is found, in which order, or how much of it fits under a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The data set.
    pub dataset: String,
    /// Whether the source's own ids may be searched.
    pub local_id: bool,
    /// Whether addresses may be searched.
    pub location: bool,
    /// Whether uses may be searched.
    pub land_use: bool,
    /// Whether a box may find the point.
    pub point: bool,
}

/// A parcel that a search found, with what might be searched of it; never a classified one.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelHit {
    /// The parcel.
    pub code: ParcelCode,
    /// The source's own id.
    pub local_id: Option<String>,
    /// 坐落, parcel level.
    pub location: Option<String>,
    /// A point in the parcel, exact: the caller rounds it. Longitude, latitude; `None` without an
    /// outline.
    pub centre: Option<(f64, f64)>,
    /// The data set it is from.
    pub dataset: String,
}

/// A page of what a search found, and how much there is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchResult {
    /// Best first.
    pub hits: Vec<ParcelHit>,
    /// How many match, up to [`MOST_COUNTED`].
    pub matched: usize,
    /// Whether more than those match.
    pub more: bool,
    /// Whether nothing matches all that was typed, and these match its house number, without the building,
    /// floor or room in it.
    pub coarser: bool,
}

/// What somebody asks of a place, and of which data sets the policy tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The place.
    pub code: LandCode,
    /// The date in China.
    pub today: Date,
    /// Data sets whose records whoever asks may see.
    pub told: Vec<String>,
    /// Data sets whose codes everybody may be told of.
    pub public: Vec<String>,
}

/// What the register answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The record as [`Land::record`] has it, if its data set may be told of. Of a code that ended
    /// and has none any more, what [`Land::former`] says, if it led on to a record that everybody
    /// may know of, over however many codes, or to nothing at all.
    pub record: Option<LandRecord>,
    /// Whether that is all that is left of the code: its history.
    pub only_history: bool,
    /// The data set that has the record, where it may not be told of; `None` for a classified one.
    /// For the audit, never for an answer.
    pub withheld_by: Option<String>,
    /// Of a place that is told of, the history around its code as [`Land::lineage`] has it, without
    /// the codes that not everybody may be told of.
    pub ties: Vec<Tied>,
}

/// What a data set says of a code's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Tied {
    /// What it says.
    pub ties: Succession,
    /// The data set.
    pub dataset: String,
}

/// A part of a base map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaseMap {
    /// In drawing order.
    pub features: Vec<BaseFeature>,
    /// The grid that it was brought to at its import, m; `None` where it is as its source has it.
    pub grid_m: Option<f64>,
}

/// A current version around some ground. Not public.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// The version.
    pub version: DataVersion,
    /// How the codes of its parcels there begin: twelve characters, the cadastral sub-district.
    pub districts: BTreeSet<String>,
    /// Whether it has a parcel in each of the boxes that were asked for.
    pub everywhere: bool,
    /// Its layers.
    pub layers: Vec<LayerAround>,
    /// Those of them by name that have features in one of the boxes.
    pub near: BTreeSet<String>,
}

/// As much as a look at the features around some ground reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MostRead {
    /// Features.
    pub features: usize,
    /// Bytes of their outlines.
    pub bytes: usize,
}

/// Looking things up. Every answer is of the current data versions.
#[async_trait]
pub trait Land: Send + Sync {
    /// Which data are current at this moment, whatever process made them so. Asked at each request, and
    /// without waiting.
    ///
    /// # Errors
    /// [`StoreError`] when that is not known: then nothing that was answered before may be answered
    /// again.
    fn epoch(&self) -> Result<Epoch, StoreError>;

    /// Does `reading` over one snapshot of the data, on a thread that may wait: whoever needs several
    /// look-ups of one moment has them in one turn ([`crate::read`]). Its statements are stopped when
    /// its caller goes.
    async fn at_one_moment(&self, reading: Reading) -> Result<(), StoreError>;

    /// The same over the data as they were when these versions, `dataset` and number, were the current ones: a
    /// data set that is not named has none then. `false`, and nothing is done, where the rows of one are gone
    /// or it was rolled back from. What is classified today is not in it, whatever it was then. Nothing can be
    /// searched by words or by boxes.
    async fn at_former_moment(
        &self,
        versions: &[(String, u32)],
        reading: Reading,
    ) -> Result<bool, StoreError>;

    /// The current version of every data set, oldest import first.
    async fn versions(&self) -> Result<Vec<DataVersion>, StoreError>;

    /// Everything known of a place; `None` when no current data set has the parcel. That is so as
    /// well when one of them classifies it: no data set has it then (rule P5). When the code names a unit that is not known, `unit` is `None` and
    /// the parcel is still given. Of several data sets that have the parcel, the one with the newest
    /// source date answers, of equal dates the one imported last. Predecessors, successors and the day of the end are also what the
    /// records of other parcels say and said of this one.
    async fn record(&self, code: &LandCode) -> Result<Option<LandRecord>, StoreError>;

    /// Everything that is needed to answer for a place, in one snapshot. Whatever the reason why
    /// there is nothing to tell, the statements that are run are the same (rule P5).
    async fn look(&self, question: &Question) -> Result<Look, StoreError>;

    /// Which of these parcels have a record in one of the data sets and may be named: by the one
    /// statement for each, whether it has one or not.
    async fn recorded(
        &self,
        codes: &[ParcelCode],
        datasets: &[String],
    ) -> Result<Vec<ParcelCode>, StoreError>;

    /// Whether a current data set classifies the parcel: for the audit, never for an answer.
    async fn is_classified(&self, code: &ParcelCode) -> Result<bool, StoreError>;

    /// The history around a code: its ties, those of its predecessors and successors over
    /// [`domain::lineage::MOST_GENERATIONS`], and of the codes that changed together with them; at
    /// most [`domain::lineage::MOST_CODES`], the code itself first, the nearest before the farther.
    /// A tie counts whichever of its two records says so, in this version of the data set or an
    /// earlier one that was not rolled back. Codes that no current data set has, and of which [`Land::former`] says nothing
    /// either, are left out; of an unknown code the list is empty.
    /// Not public: classified ones are among them.
    async fn lineage(&self, code: &ParcelCode) -> Result<Vec<Succession>, StoreError>;

    /// What is left of a code that ended and that no current data set has a record of any more: an
    /// old certificate or label must lead on to its successors (GB/T 37346-2019 clause 9; rule
    /// C7). `None` also for a code whose last record was classified (rule P5). Not public: whether
    /// its successors may be shown is for the caller to ask.
    async fn former(&self, code: &ParcelCode) -> Result<Option<LandRecord>, StoreError>;

    /// Parcels that match, best first; never a classified one, neither in the list nor in the count.
    /// What a search is taken to mean is in [`domain::search`]. [`StoreError::Interrupted`] when it
    /// takes too long; it is stopped as well when its caller goes.
    async fn search(&self, query: &SearchQuery) -> Result<SearchResult, StoreError>;

    /// Parcels in whose box a point (longitude and latitude, degrees) lies, at most `limit`, the nearest first; the boxes
    /// are drawn out by some 50 m, for outlines that are generalised. Not public.
    async fn near_point(
        &self,
        point: (f64, f64),
        limit: u32,
    ) -> Result<Vec<ParcelCode>, StoreError>;

    /// The features that these layers found on a parcel, with all their ground, as that version of a
    /// data set has them; none of a version whose rows are gone. Not public: what may be drawn of
    /// them is for the caller to cut out.
    async fn found_features(
        &self,
        version: &DataVersion,
        code: &ParcelCode,
        layers: &[String],
    ) -> Result<Vec<FoundFeature>, StoreError>;

    /// Base map features of one data set that meet a box, at most `limit`, in drawing order
    /// (areas first).
    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<BaseMap, StoreError>;

    /// Whether storage answers and can be written, by writing a little; for `/readyz`.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Reads the whole database. Takes seconds in a large one; stopped when its caller goes.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a page is not as it was left.
    async fn check_pages(&self) -> Result<(), StoreError>;
}

/// A layer as staged by an import.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerToStore {
    /// What is said of it.
    pub info: LayerInfo,
    /// Where its data reach; `None` for everywhere in the data set.
    pub coverage: Option<MultiPolygon<f64>>,
}

/// A feature of a restriction layer as staged by an import.
#[derive(Clone, Debug, PartialEq)]
pub struct RestrictionFeature {
    /// The feature's own id in its source.
    pub id: String,
    /// What it is, for people.
    pub label: domain::Localized,
    /// Its outline, degrees; empty of one that is lines or points.
    pub outline: MultiPolygon<f64>,
}

/// How a code ended that is to be used no more (GB/T 37346-2019 clause 9; rule C7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its own record said on which day.
    On(Date),
    /// It gave way to another code: its own record or the other's said so.
    Into {
        /// The other code; of several, one.
        successor: ParcelCode,
        /// The day, if known.
        on: Option<Date>,
    },
    /// It was classified, or gave way to what is: nothing else is kept of that.
    Unnamed,
}

/// The version of a data set that is current while another one is imported, to hold the new one
/// against.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentVersion {
    /// What is said of it.
    pub version: DataVersion,
    /// Its parcels, ended ones among them.
    pub parcels: u64,
    /// Its classified parcels, which are not among these.
    pub classified: u64,
    /// Its units.
    pub units: u64,
    /// Its layers, each with the number of its features.
    pub layers: Vec<(LayerInfo, u64)>,
}

/// Parcels that an import stages and that another current data set has too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedCodes {
    /// The other data set.
    pub dataset: String,
    /// How many codes both have.
    pub count: u64,
    /// How many of them one of the two classifies: the other's records of them go.
    pub classified: u64,
    /// The first of those that neither classifies.
    pub first: Option<ParcelCode>,
}

/// One import: everything is staged in a transaction, and either all of it becomes the current
/// version of the data set or nothing changes. Dropped without [`LandWriter::publish`], it leaves
/// no trace. The version before is kept, out of every answer but [`crate::Versions`]; older ones
/// go.
///
/// Order matters: layers and their features first, then parcels, whose findings name them.
pub trait LandWriter: Send {
    /// Stages a layer.
    ///
    /// # Errors
    /// [`StoreError`] when storage fails; also for every other method.
    fn put_layer(&mut self, layer: &LayerToStore) -> Result<(), StoreError>;

    /// Says where a staged layer's data reach, once its features are read and it is known which of
    /// them were refused. `None` for everywhere in the data set.
    fn set_coverage(
        &mut self,
        layer: &str,
        coverage: Option<&MultiPolygon<f64>>,
    ) -> Result<(), StoreError>;

    /// Stages a feature of a staged layer.
    fn put_restriction(
        &mut self,
        layer: &str,
        feature: &RestrictionFeature,
    ) -> Result<(), StoreError>;

    /// How `code` had ended by any version of this data set that was ever current and was not
    /// rolled back, if one said so by then; what was only planned is left out.
    /// Codes are never used again (rule C7), so the caller can refuse to bring it back.
    fn ended(&mut self, code: &ParcelCode) -> Result<Option<Ending>, StoreError>;

    /// Says that a code is classified and where it lies, before anything is staged that may name or
    /// draw it: whatever else is staged goes without the name, and base maps leave out the cells
    /// around the outline ([`domain::closed`]). The parcel itself is still to be put.
    fn announce_classified(
        &mut self,
        code: &ParcelCode,
        outline: &MultiPolygon<f64>,
    ) -> Result<(), StoreError>;

    /// Stages a parcel with what the overlay found on it. `covered_by` are the ids of the layers
    /// that reach all of it. Returns `false`, staging nothing, when the version already has that code.
    ///
    /// Of a parcel that is classified, here or by another current data set, a keyed digest of its
    /// code is staged and nothing else. So is it of one that ended, on no day of its own, only into
    /// what is classified. Codes of such parcels are left out of the histories of others.
    fn put_parcel(
        &mut self,
        parcel: &ParcelRecord,
        findings: &[Finding],
        covered_by: &[String],
    ) -> Result<bool, StoreError>;

    /// Stages a unit. Returns `false`, staging nothing, when its parcel was not staged, or is
    /// classified, or the code is there already.
    fn put_unit(&mut self, unit: &UnitRecord) -> Result<bool, StoreError>;

    /// Says to what grid the base map was brought, m; `None` where it is as its source has it.
    fn set_base_grid(&mut self, grid_m: Option<f64>) -> Result<(), StoreError>;

    /// Stages a base map feature, or what of it lies on ground that is not closed.
    fn put_base(&mut self, feature: &BaseFeature) -> Result<(), StoreError>;

    /// The version that publishing would replace, if there is one.
    fn current(&mut self) -> Result<Option<CurrentVersion>, StoreError>;

    /// Which other current data sets have codes of the staged parcels, by name of the data set.
    fn shared_codes(&mut self) -> Result<Vec<SharedCodes>, StoreError>;

    /// Makes everything staged the current version, in one step that survives a crash. What other
    /// versions, kept or current, have of parcels that this one classifies goes in the same step.
    fn publish(self: Box<Self>, at: Timestamp) -> Result<DataVersion, StoreError>;
}

/// Where imports begin.
pub trait Imports {
    /// Begins an import of a data set, the next version of it.
    ///
    /// # Errors
    /// [`StoreError`] when storage fails or another import is running.
    fn begin_import(&self, dataset: &DatasetInfo) -> Result<Box<dyn LandWriter>, StoreError>;
}
