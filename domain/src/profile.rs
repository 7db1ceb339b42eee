//! What the outside sees of a place. Only [`crate::policy::Policy::disclose`] can make one.

use geo::MultiPolygon;
use serde::{Deserialize, Serialize};

use crate::{
    code::{ParcelCode, UnitCode},
    dataset::DataVersion,
    field::Field,
    lifecycle::{LifecycleEvent, fields_of},
    record::Value,
    restriction::Restrictions,
};

/// One field that the policy lets through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Which field.
    pub field: Field,
    /// Its value, already masked where the policy says so.
    pub value: Value,
}

/// How exact an outline is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Precision {
    /// As surveyed; only where the data set is an open cadastre.
    Exact,
    /// Moved to a grid so that the survey cannot be read back (公开地图内容表示规范; rule M3).
    Generalised {
        /// Side of a grid cell, m.
        cell_m: f64,
    },
}

/// The outline that may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicOutline {
    /// CGCS2000/WGS 84 degrees, longitude first.
    pub outline: MultiPolygon<f64>,
    /// How exact it is.
    pub precision: Precision,
}

/// The unit that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicUnit {
    /// The code, in full only because the visitor supplied it (row 2, rule P7).
    pub code: UnitCode,
    /// Whether the register is known to have it. Where not, the code is only what the visitor
    /// brought, and the answer is the one for every other unit code of the parcel (rule P5).
    pub known: bool,
    /// What may be shown of it; nothing unless it is known.
    pub facts: Vec<Fact>,
}

/// What may be shown of one place to one viewer.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicProfile {
    /// The parcel.
    pub code: ParcelCode,
    /// The source's own id, where it has one and the policy shows it.
    pub local_id: Option<String>,
    /// The unit on it that was asked for.
    pub unit: Option<PublicUnit>,
    /// What may be shown of the parcel, in the order of the table (`docs/rules.md`, the rows).
    pub facts: Vec<Fact>,
    /// Its outline, if any may be shown.
    pub outline: Option<PublicOutline>,
    /// How exactly it may be drawn where in the outline restrictions lie
    /// ([`PublicProfile::extents_of`]); `None` for not at all (row 47).
    pub extents: Option<Precision>,
    /// Longitude and latitude, degrees, to three decimals; to six where the outline is exact.
    pub centroid: Option<(f64, f64)>,
    /// The three lists.
    pub restrictions: Restrictions,
    /// Published events, oldest first.
    pub events: Vec<LifecycleEvent>,
    /// Whether the days on which its code began and ended may be told (row 45).
    pub change_days: bool,
    /// Codes it was formed from.
    pub predecessors: Vec<ParcelCode>,
    /// Codes it became.
    pub successors: Vec<ParcelCode>,
    /// Where the data come from.
    pub version: DataVersion,
    /// The policy that decided, `id@version`.
    pub policy: String,
    // Keeps anybody but the policy from building one.
    pub(crate) sealed: Sealed,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sealed;

impl PublicProfile {
    /// Every field of which something is in it, for the audit.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let tied = !(self.predecessors.is_empty() && self.successors.is_empty());
        let also = [
            (Field::LocalId, self.local_id.is_some()),
            (Field::UnitCode, self.unit.as_ref().is_some_and(|unit| unit.known)),
            (Field::Outline, self.outline.is_some()),
            (Field::Centroid, self.centroid.is_some()),
            (Field::RestrictionExtent, self.draws_restrictions()),
            (Field::ChangeDays, self.change_days && tied),
        ];
        let unit = self.unit.iter().flat_map(|unit| &unit.facts);
        let mut fields: Vec<Field> = self.facts.iter().chain(unit).map(|fact| fact.field).collect();
        let concerned = self.restrictions.concerned.iter();
        fields.extend(concerned.filter_map(|answer| answer.theme.id.field()));
        for event in &self.events {
            let Some(of) = fields_of(event.stage) else { continue };
            fields.push(of.day);
            fields.extend(event.document.as_ref().map(|_| of.number));
        }
        fields.extend(also.iter().filter(|(_, there)| *there).map(|(field, _)| *field));
        fields.sort();
        fields.dedup();
        fields
    }

    /// The value of `field`, if it may be shown.
    #[must_use]
    pub fn fact(&self, field: Field) -> Option<&Value> {
        self.facts.iter().find(|fact| fact.field == field).map(|fact| &fact.value)
    }
}
