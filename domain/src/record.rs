//! What the register knows. Nothing here may leave the server: only
//! [`crate::policy::Policy::disclose`] turns a record into something that may.

use std::collections::BTreeMap;

use geo::MultiPolygon;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    code::{ParcelCode, UnitCode},
    dataset::DataVersion,
    dictionary::Coded,
    field::Field,
    lifecycle::LifecycleEvent,
    localized::Localized,
    restriction::{Finding, LayerAnswer},
};

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Value {
    /// Words as the register holds them.
    Text(String),
    /// Words in both languages.
    Localized(Localized),
    /// A dictionary value.
    Coded(Coded),
    /// An area, m².
    AreaM2(f64),
    /// A figure without a unit, e.g. a floor-area ratio.
    Number(f64),
    /// Money, in `currency` (ISO 4217).
    Money {
        /// The amount, in the currency's main unit.
        amount: f64,
        /// ISO 4217, e.g. `CNY`.
        currency: String,
    },
    /// A civil date.
    Date(Date),
    /// A period, both ends inclusive.
    Period {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Yes or no.
    Flag(bool),
}

/// The fields of one parcel or unit, as far as they are known.
pub type Fields = BTreeMap<Field, Value>;

/// A parcel (宗地, 宗海) as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelRecord {
    /// ZDDM or ZHDM.
    pub code: ParcelCode,
    /// The source's own id, where it is not the code (map-lot, French `id`).
    pub local_id: Option<String>,
    /// What is known of it.
    pub fields: Fields,
    /// The exact outline, CGCS2000/WGS 84 degrees, longitude first.
    pub outline: MultiPolygon<f64>,
    /// Area of `outline` on the ellipsoid, m².
    pub geometric_area_m2: f64,
    /// Military or otherwise classified: the answer is the one given for a code that does not
    /// exist (地图管理条例 art. 8, 36; rule P5).
    pub classified: bool,
    /// What happened to it, oldest first.
    pub events: Vec<LifecycleEvent>,
    /// Codes it was formed from (rule C7).
    pub predecessors: Vec<ParcelCode>,
    /// Codes it became, when it no longer exists.
    pub successors: Vec<ParcelCode>,
    /// The day it came into being, if known.
    pub valid_from: Option<Date>,
    /// The day it ended, if it has.
    pub valid_to: Option<Date>,
}

/// A unit on a parcel (定着物单元), e.g. a home.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRecord {
    /// BDCDYH.
    pub code: UnitCode,
    /// What is known of it.
    pub fields: Fields,
}

/// Everything the store knows about one place, for the policy to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct LandRecord {
    /// The parcel.
    pub parcel: ParcelRecord,
    /// The unit asked for, when it is not the parcel itself.
    pub unit: Option<UnitRecord>,
    /// What the overlay found at import.
    pub findings: Vec<Finding>,
    /// Every layer of the data set, and whether it reaches this parcel.
    pub layers: Vec<LayerAnswer>,
    /// Where the record comes from.
    pub version: DataVersion,
}
