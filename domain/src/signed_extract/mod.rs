//! An extract of a place to take away: everything that its page tells everybody, as one object, and a signature over
//! all of it. The document for people is drawn from the object and from nothing else, so the two cannot differ.
//!
//! The file is sealed as a verdict's is ([`crate::signed_verdict`]), and so are altered ones told apart ([`check`]).
//! A printed page has no file: its code leads to a [`Stub`], which proves that this portal gave an extract of that
//! digest of that place, and by which what is told now can be held against it.
//!
//! It is information, and decides nothing (rule Z3), and says so itself.

#[cfg(feature = "signed")]
mod digest;
#[cfg(feature = "signed")]
mod seal;
#[cfg(feature = "signed")]
mod stub;
#[cfg(test)]
#[cfg(feature = "signed")]
mod tests;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    LandCode, ParcelCode,
    lifecycle::LifecycleEvent,
    lineage::Lineage,
    localized::Localized,
    profile::{Fact, Precision},
    restriction::{Figures, LawStatus, Tolerance},
    severity::Severity,
    signed_verdict::{Issuer, Signing},
    theme::ThemeId,
};

#[cfg(feature = "signed")]
pub use digest::digest;
#[cfg(feature = "signed")]
pub use seal::{Checked, NotSigned, check, is_cut_short, sign};
#[cfg(feature = "signed")]
pub use stub::{Stub, StubRead};

/// What every such file calls itself.
pub const FORMAT: &str = "jianma-extract";
/// Raised when a program of before could not read it.
pub const FORMAT_VERSION: u32 = 1;
/// No genuine file is longer, bytes: it must fit in a form, and a portal reads forms of 256 KiB unless it is
/// configured otherwise.
pub const LONGEST: usize = 192 * 1024;

/// What a portal tells everybody of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// Who tells it.
    pub issuer: Issuer,
    /// The place that was asked for: a parcel, or a unit on it where units may be told of.
    pub code: LandCode,
    /// What it is.
    pub place: PlaceTold,
    /// What restricts it, in three lists (the model of the Swiss ÖREB extract).
    pub restrictions: ThreeLists,
    /// Its published events, oldest first (规批供用登管).
    pub events: Vec<LifecycleEvent>,
    /// What it came out of, and what became of it.
    pub lineage: Lineage,
    /// Its map, where one may be drawn.
    pub map: Option<Picture>,
    /// The data it is told by.
    pub data: DataTold,
    /// The policy that decided what is told, `id@version`.
    pub policy: String,
    /// What its words mean.
    pub glossary: Vec<Term>,
    /// What it is not.
    pub disclaimer: Vec<Localized>,
}

/// A place as the policy lets it be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceTold {
    /// The parcel.
    pub parcel: ParcelCode,
    /// The source's own id, where it may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// What is told of the parcel, in the order of the policy's table.
    pub facts: Vec<Fact>,
    /// What is told of the unit that was asked for; none where units are not told of (rule P5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_facts: Vec<Fact>,
    /// Longitude and latitude, degrees, as exactly as they may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<(f64, f64)>,
}

/// Every theme, in one of three lists; one that concerns the place, while a layer of it does not reach all of it,
/// in `concerned` and in `unknown`, where `missing` names that layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreeLists {
    /// How exact areas and shares are.
    pub figures: Figures,
    /// Themes that concern the place, gravest first.
    pub concerned: Vec<ThemeTold>,
    /// Themes that were checked and do not; one with a severity asks something because the place lies outside.
    pub not_concerned: Vec<ThemeTold>,
    /// Themes of which nothing, or not all, is known there; never *allowed*.
    pub unknown: Vec<ThemeTold>,
}

impl ThreeLists {
    /// Themes that ask something because the place lies outside: never told among what does not apply (rule Z4).
    pub fn outside(&self) -> impl Iterator<Item = &ThemeTold> {
        self.not_concerned.iter().filter(|theme| theme.severity.is_some())
    }

    /// Themes that were checked and ask nothing.
    pub fn untouched(&self) -> impl Iterator<Item = &ThemeTold> {
        self.not_concerned.iter().filter(|theme| theme.severity.is_none())
    }
}

/// A theme and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeTold {
    /// Its id.
    pub id: ThemeId,
    /// Its title.
    pub title: Localized,
    /// What it asks, in a sentence, where it asks anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Localized>,
    /// How grave that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Who can answer what is not known.
    pub office: Localized,
    /// The layers that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerTold>,
    /// Titles of layers that do not reach the place, and so say nothing of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Localized>,
}

/// A layer, and what of it lies on the place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerTold {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Localized,
    /// Whether it is law, or is to become it.
    pub status: LawStatus,
    /// Who answers for it.
    pub office: Localized,
    /// The day its source was drawn up.
    pub source_date: Date,
    /// From when it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_from: Option<Date>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<Date>,
    /// On what ground.
    pub basis: Vec<BasisTold>,
    /// What is too small to count.
    pub tolerance: Tolerance,
    /// Slivers that count together: m², and share from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slivers_together: Option<(f64, f64)>,
    /// What of it lies on the place.
    pub findings: Vec<FindingTold>,
}

/// A law, plan or map from which a restriction follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasisTold {
    /// Its title, version and articles as they are written.
    pub text: Localized,
    /// Its official number, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The articles that matter: `35`, `36(7)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<String>,
    /// Where in this portal's register of laws it stands: a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What of a layer lies on the place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingTold {
    /// What it is.
    pub label: Localized,
    /// How grave it is.
    pub severity: Severity,
    /// m²; nought where it only touches, or where no area is told ([`Figures`]).
    pub area_m2: f64,
    /// From 0 to 1; nought where it only touches.
    pub share: f64,
    /// Whether it is smaller than the layer's tolerance.
    pub sliver: bool,
    /// Whether it counts all the same.
    pub counts: bool,
}

/// The plan that the page has, without its words: shapes for an SVG of this size, in drawing order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// What is drawn.
    pub shapes: Vec<Shape>,
    /// So many metres are …
    pub scale_m: f64,
    /// … so many units.
    pub scale_units: f64,
    /// How exact the outline is; none where only a point is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// 审图号, where the map has one (rule M1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_number: Option<String>,
    /// Where the map is from (rule M1).
    pub source: Localized,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// What it shows.
    pub of: Drawn,
    /// A path as SVG writes it: `M`, `L` and `z` only.
    pub d: String,
}

/// What a shape shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawn {
    /// An edge between administrations or blocks.
    Boundary,
    /// Water.
    Water,
    /// Woods, parks, fields.
    Green,
    /// A building.
    Building,
    /// A main road.
    RoadMajor,
    /// A road.
    Road,
    /// A railway.
    Rail,
    /// The place itself.
    Place,
    /// Where restrictions of the gravest two kinds lie.
    Prohibited,
    /// Where others lie.
    Restricted,
}

/// The data a place is told by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataTold {
    /// `dataset/number`.
    pub version: String,
    /// The title of the data set.
    pub title: Localized,
    /// Where it is from.
    pub source: Localized,
    /// The day its source was drawn up.
    pub source_date: Date,
    /// When this version was published.
    pub published_at: Timestamp,
    /// Invented data (演示数据).
    pub demonstration: bool,
}

/// A word, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The word.
    pub term: Localized,
    /// What it means.
    pub meaning: Localized,
}

/// An extract with its file, which nobody has touched since it was signed.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedExtract {
    /// The file.
    pub text: String,
    /// What is in it, as it is read from there.
    pub extract: Extract,
    /// By what a printed page of it is checked: the end of an address.
    pub stub: String,
    /// When and with which key it was signed.
    pub signed: Signing,
}
