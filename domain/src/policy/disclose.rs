//! The only way out of the register: a record, a tier, and what the table says of each field.

use jiff::civil::Date;

use super::{Disclosure, Field, Policy, mask::mask};
use crate::{
    code::{LandCode, UnitCode},
    generalise::{exact_centroid, generalise, rounded_centroid},
    lifecycle::{LifecycleEvent, fields_of},
    profile::{Fact, Precision, PublicOutline, PublicProfile, PublicUnit, Sealed},
    record::{Fields, LandRecord, ParcelRecord, UnitRecord, Value},
    restriction::Restrictions,
    viewer::{Tier, Viewer},
};

impl Policy {
    /// What `viewer` may see of `record` on `today`; `None` when nothing may be said, which reads
    /// exactly like "not found" (rule P5).
    ///
    /// `asked` is the unit code the visitor brought, if any: the only unit that can be echoed.
    #[must_use]
    pub fn disclose(
        &self,
        record: &LandRecord,
        asked: Option<&UnitCode>,
        viewer: &Viewer,
        today: Date,
    ) -> Option<PublicProfile> {
        // What was proved for a home is not proved for the land it stands on, nor the other way.
        let tier = viewer.tier_for(&LandCode::Parcel(record.parcel.code));
        let unit_tier = asked.map_or(tier, |unit| viewer.tier_for(&LandCode::Unit(*unit)));
        let shows = |field| self.cell(field, tier) == Disclosure::Show;
        let parcel = &record.parcel;
        if parcel.classified || !shows(Field::ParcelCode) {
            return None;
        }
        let drawn = !parcel.outline.0.is_empty();
        let outline = match self.cell(Field::Outline, tier) {
            _ if !drawn => None,
            Disclosure::Show => {
                Some(PublicOutline { outline: parcel.outline.clone(), precision: Precision::Exact })
            }
            Disclosure::Generalise => Some(PublicOutline {
                outline: generalise(&parcel.outline, self.grid_m),
                precision: Precision::Generalised { cell_m: self.grid_m },
            }),
            Disclosure::Deny | Disclosure::Never | Disclosure::Mask | Disclosure::Echo => None,
        };
        let unit = match self.cell(Field::UnitCode, unit_tier) {
            Disclosure::Show => brought(record, asked).map(|unit| PublicUnit {
                code: unit.code,
                known: true,
                facts: self.facts(&unit.fields, unit_tier, parcel),
            }),
            Disclosure::Echo => {
                asked.map(|code| PublicUnit { code: *code, known: false, facts: Vec::new() })
            }
            Disclosure::Deny | Disclosure::Never | Disclosure::Mask | Disclosure::Generalise => {
                None
            }
        };
        let layers: Vec<_> = record
            .layers
            .iter()
            .filter(|answer| self.shows_theme(&answer.layer.theme, tier))
            .cloned()
            .collect();
        let restrictions = Restrictions::sort(&layers, &record.findings, today);
        let restrictions = if shows(Field::RestrictionExtent) {
            restrictions
        } else {
            restrictions.without_sizes_of_features()
        };
        let restrictions = if self.cell(Field::Outline, tier) == Disclosure::Show {
            restrictions
        } else {
            // Figures of the exact outline would give it away.
            restrictions.in_whole_percents(self.registered_area(parcel, tier))
        };
        Some(PublicProfile {
            code: parcel.code,
            local_id: parcel.local_id.clone().filter(|_| shows(Field::LocalId)),
            unit,
            facts: self.facts(&parcel.fields, tier, parcel),
            extents: outline.as_ref().and_then(|_| self.extents(tier)),
            outline,
            centroid: match self.cell(Field::Centroid, tier) {
                Disclosure::Show => exact_centroid(&parcel.outline),
                Disclosure::Generalise => rounded_centroid(&parcel.outline),
                Disclosure::Deny | Disclosure::Never | Disclosure::Mask | Disclosure::Echo => None,
            },
            restrictions,
            events: self.events(&parcel.events, tier),
            change_days: shows(Field::ChangeDays),
            predecessors: parcel.predecessors.clone(),
            successors: parcel.successors.clone(),
            version: record.version.clone(),
            policy: format!("{}@{}", self.id, self.version),
            sealed: Sealed,
        })
    }

    /// Where the holder of a home's own label stands: the unit's address down to the building,
    /// never to the door (rules P7, Q5), where row 5 lets everybody see that much.
    #[must_use]
    pub fn building_of(&self, unit: &UnitRecord) -> Option<Value> {
        match self.cell(Field::UnitLocation, Tier::Public) {
            Disclosure::Show | Disclosure::Mask => {
                mask(Field::UnitLocation, unit.fields.get(&Field::UnitLocation)?)
            }
            Disclosure::Deny | Disclosure::Never | Disclosure::Generalise | Disclosure::Echo => {
                None
            }
        }
    }

    /// How exactly the tier may be shown where restrictions lie (row 47); `None` for not at all.
    fn extents(&self, tier: Tier) -> Option<Precision> {
        match self.cell(Field::RestrictionExtent, tier) {
            Disclosure::Show => Some(Precision::Exact),
            Disclosure::Generalise => Some(Precision::Generalised { cell_m: self.grid_m }),
            Disclosure::Deny | Disclosure::Never | Disclosure::Mask | Disclosure::Echo => None,
        }
    }

    /// The registered area (row 6), where it is shown.
    fn registered_area(&self, parcel: &ParcelRecord, tier: Tier) -> Option<f64> {
        match parcel.fields.get(&Field::ParcelArea) {
            Some(Value::AreaM2(area))
                if self.cell_of(Field::ParcelArea, tier, parcel) == Disclosure::Show =>
            {
                Some(*area)
            }
            _ => None,
        }
    }

    fn events(&self, events: &[LifecycleEvent], tier: Tier) -> Vec<LifecycleEvent> {
        let shows = |field| self.cell(field, tier) == Disclosure::Show;
        events
            .iter()
            .filter_map(|event| {
                let fields = fields_of(event.stage).filter(|fields| shows(fields.day))?;
                let document = event.document.clone().filter(|_| shows(fields.number));
                Some(LifecycleEvent { document, ..event.clone() })
            })
            .collect()
    }

    fn facts(&self, fields: &Fields, tier: Tier, parcel: &ParcelRecord) -> Vec<Fact> {
        self.fields()
            .filter_map(|field| {
                let value = fields.get(&field)?;
                let value = match self.cell_of(field, tier, parcel) {
                    Disclosure::Show => value.clone(),
                    Disclosure::Mask => mask(field, value)?,
                    Disclosure::Deny
                    | Disclosure::Never
                    | Disclosure::Generalise
                    | Disclosure::Echo => return None,
                };
                Some(Fact { field, value })
            })
            .collect()
    }
}

/// The unit on record that the visitor brought the code of.
fn brought<'r>(record: &'r LandRecord, asked: Option<&UnitCode>) -> Option<&'r UnitRecord> {
    record.unit.as_ref().filter(|unit| asked == Some(&unit.code))
}
